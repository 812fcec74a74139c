"""Kernels that pull a polyline tight like a string.

The one idea: three moves, repeated until they gain nothing: turns that are not needed go, turns move towards the line
between their neighbours, and corners are cut in two, which lets the string follow a rounded boundary.
"""

# (Warp's array annotations are values, not types.)

import warp as wp

from echoenv.navigation.walk_kernels import BLOCKED, WalkGrid, on_floor, sight, straightened

wp.set_module_options({"enable_backward": False, "max_unroll": 1})  # compiles faster


@wp.func
def drop_turns(grid: WalkGrid, points: wp.array2d(dtype=wp.vec3), row: int, count: int) -> int:
    """Leave out every turn whose neighbours see each other; returns the number of points left."""
    kept = int(1)
    for k in range(1, count - 1):
        if sight(grid, points[row, kept - 1], points[row, k + 1]) == BLOCKED:
            points[row, kept] = points[row, k]
            kept += 1
    points[row, kept] = points[row, count - 1]
    return kept + 1


@wp.func
def straighten(grid: WalkGrid, points: wp.array2d(dtype=wp.vec3), row: int, count: int):
    """Move every turn as far towards the line between its neighbours as both still see it."""
    for k in range(1, count - 1):
        points[row, k] = straightened(grid, points[row, k - 1], points[row, k], points[row, k + 1])


@wp.func
def cut_corners(
    grid: WalkGrid,
    points: wp.array2d(dtype=wp.vec3),
    spare: wp.array2d(dtype=wp.vec3),
    row: int,
    count: int,
    capacity: int,
) -> int:
    """Replace every clear turn by two, as far from it as they see each other; returns the number of points."""
    made = int(1)
    spare[row, 0] = points[row, 0]
    for k in range(1, count - 1):
        turn = points[row, k]
        back = points[row, k - 1] - turn
        on = points[row, k + 1] - turn
        shorter = wp.min(wp.length(back), wp.length(on))
        low = float(0.0)
        if shorter > 1.0e-4:
            if wp.dot(wp.normalize(back), wp.normalize(on)) > -0.999 and made + count - k + 1 < capacity:
                back = wp.normalize(back)
                on = wp.normalize(on)
                high = float(0.5 * shorter)
                for _halving in range(9):
                    middle = 0.5 * (low + high)
                    a = on_floor(grid, turn + middle * back)
                    if sight(grid, a, on_floor(grid, turn + middle * on)) != BLOCKED:
                        low = middle
                    else:
                        high = middle
        if low > 2.0e-3:
            spare[row, made] = on_floor(grid, turn + low * back)
            spare[row, made + 1] = on_floor(grid, turn + low * on)
            made += 2
        else:
            spare[row, made] = turn
            made += 1
    spare[row, made] = points[row, count - 1]
    for k in range(made + 1):
        points[row, k] = spare[row, k]
    return made + 1


@wp.func
def length_of(points: wp.array2d(dtype=wp.vec3), row: int, count: int) -> float:
    """Length of a polyline."""
    total = float(0.0)
    for k in range(1, count):
        total += wp.length(points[row, k] - points[row, k - 1])
    return total


@wp.func
def pull(
    grid: WalkGrid,
    points: wp.array2d(dtype=wp.vec3),
    spare: wp.array2d(dtype=wp.vec3),
    row: int,
    vertices: int,
    rounds: int,
    capacity: int,
) -> int:
    """Pull a polyline tight until a round gains less than 0.1 mm; returns its number of points."""
    count = int(vertices)
    length = length_of(points, row, count)
    for turn in range(rounds):
        if count <= 2:
            break
        count = drop_turns(grid, points, row, count)
        straighten(grid, points, row, count)
        if turn % 2 == 1:
            count = cut_corners(grid, points, spare, row, count, capacity)
        shorter = length_of(points, row, count)
        if turn % 2 == 1 and length - shorter < 1.0e-4:
            break
        length = shorter
    return count


@wp.kernel
def pull_kernel(
    first: int,
    grid: WalkGrid,
    rounds: int,
    capacity: int,
    vertices: wp.array(dtype=int),
    points: wp.array2d(dtype=wp.vec3),
    spare: wp.array2d(dtype=wp.vec3),
):
    """One thread a polyline: pull it tight."""
    row = first + wp.tid()
    if vertices[row] > 0:
        vertices[row] = pull(grid, points, spare, row, vertices[row], rounds, capacity)
