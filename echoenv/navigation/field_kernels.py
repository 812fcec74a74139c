"""Kernels that ask a finished search, a field of distances from a goal: how far it is from a point, and by which way.

The one idea: a point takes the best root of the corners of its cell; the roots from there on are the turning points of
its way, which pulled tight is the shortest walk.
"""

import warp as wp

from echoenv.navigation.geodesic_kernels import FAR, GOAL, Search, is_free, through
from echoenv.navigation.pulling_kernels import pull
from echoenv.navigation.walk_kernels import (
    BLOCKED,
    REACH,
    STAND_SLACK,
    WalkGrid,
    cell_below,
    cell_corners,
    node_position,
    sample,
    sight,
)

TOO_LONG = wp.constant(float("nan"))

wp.set_module_options({"enable_backward": False, "max_unroll": 1})  # compiles faster


@wp.struct
class Way:
    """How far a point is from the goal [m] (FAR where there is no way), and by which `vertices` from which node on."""

    distance: float
    vertices: int
    node: int


@wp.func
def way_from(grid: WalkGrid, goal: wp.vec3, p: wp.vec3, s: Search) -> Way:
    """The way of a point by a corner of its cell and that corner's root, in row 0 of a finished search."""
    way = Way()
    way.distance = FAR
    way.vertices = int(0)
    way.node = GOAL
    low = cell_below(grid, p)
    if low < 0:
        return way
    corners = cell_corners(grid, low)
    for c in range(4):
        node = corners[c]
        if is_free(grid, node):
            if s.distance[0, node] < FAR:
                length = through(grid, s, 0, p, s.root[0, node], goal, way.distance)
                if length == FAR:
                    length = s.distance[0, node] + wp.length(node_position(grid, node) - p)
                if length < way.distance:
                    way.distance = length
                    way.node = node
    if way.distance < FAR:
        way.vertices = 3
        if sight(grid, p, goal) != BLOCKED:
            way.distance = wp.length(p - goal)
            way.node = GOAL
            way.vertices = 2
        else:
            node = s.root[0, way.node]
            while node != GOAL:
                way.vertices += 1
                node = s.root[0, node]
    return way


@wp.func
def write_polyline(
    grid: WalkGrid, goal: wp.vec3, p: wp.vec3, s: Search, node_: int, points: wp.array2d(dtype=wp.vec3), row: int
):
    """The turning points from a point to the goal, by its first node."""
    points[row, 0] = p
    node = int(node_)
    k = int(1)
    if node != GOAL:
        points[row, k] = node_position(grid, node)
        node = s.root[0, node]
        k += 1
    while node != GOAL:
        points[row, k] = s.turn[0, node]
        node = s.root[0, node]
        k += 1
    points[row, k] = goal


@wp.kernel
def field_kernel(
    first: int,
    grid: WalkGrid,
    goal: wp.vec3,
    points: wp.array(dtype=wp.vec3),
    s: Search,
    distances: wp.array(dtype=float),
    vertices: wp.array(dtype=int),
    nodes: wp.array(dtype=int),
):
    """One thread a point: its distance before pulling, FAR where there is no way, and `vertices` and `node` of it."""
    k = first + wp.tid()
    way = way_from(grid, goal, points[k], s)
    distances[k] = way.distance
    vertices[k] = way.vertices
    nodes[k] = way.node


@wp.kernel
def field_polyline_kernel(
    first: int,
    grid: WalkGrid,
    goal: wp.vec3,
    starts: wp.array(dtype=wp.vec3),
    s: Search,
    vertices: wp.array(dtype=int),
    nodes: wp.array(dtype=int),
    points: wp.array2d(dtype=wp.vec3),
):
    """One thread a point: the turning points from it to the goal."""
    row = first + wp.tid()
    if vertices[row] > 0:
        write_polyline(grid, goal, starts[row], s, nodes[row], points, row)


@wp.kernel
def field_distance_kernel(
    first: int,
    grid: WalkGrid,
    goal: wp.vec3,
    points: wp.array(dtype=wp.vec3),
    s: Search,
    rounds: int,
    capacity: int,
    polylines: wp.array2d(dtype=wp.vec3),
    spare: wp.array2d(dtype=wp.vec3),
    distances: wp.array(dtype=float),
):
    """One thread a point: the length of its pulled way; FAR where there is none, TOO_LONG where it has no room."""
    row = first + wp.tid()
    p = points[row]
    distances[row] = FAR
    here = sample(grid, p)
    if here[0] < grid.margin - STAND_SLACK or wp.abs(here[1] - p[1]) > REACH:
        return
    p = wp.vec3(p[0], here[1], p[2])
    way = way_from(grid, goal, p, s)
    if way.vertices == 2:
        distances[row] = way.distance
    elif 4 * way.vertices + 32 > capacity:
        distances[row] = TOO_LONG
    elif way.vertices > 0:
        write_polyline(grid, goal, p, s, way.node, polylines, row)
        count = pull(grid, polylines, spare, row, way.vertices, rounds, capacity)
        total = wp.float64(0.0)
        for k in range(1, count):
            total += wp.float64(wp.length(polylines[row, k] - polylines[row, k - 1]))
        distances[row] = float(total)
