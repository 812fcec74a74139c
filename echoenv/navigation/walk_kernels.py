"""Kernels that stand, look and move on walkable space.

The one idea: the agent may be where clearance, interpolated between the four nodes of a lattice cell, is at least the
margin. Clearance is exact at nodes and linear beside a straight wall, so the boundary is where it should be, in
between nodes too, and sliding is a projection along its gradient. Points here are local: the lattice's first column is
at x = z = 0.
"""

import warp as wp

from echoenv.navigation.floor_kernels import node_near

BLOCKED = wp.constant(-1.0e30)
REACH = wp.constant(0.5)  # how far above or below a floor [m] a point still belongs to it, as in Habitat's is_navigable
SIGHT_SLACK = wp.constant(5.0e-4)  # how deep [m] a line of sight may cut into the boundary
WAY_SLACK = wp.constant(2.0e-4)  # how deep [m] a moving agent may cut into the boundary between two places
TOUCH_SLACK = wp.constant(1.0e-5)  # how deep [m] a moving agent may be in the boundary
STAND_SLACK = wp.constant(1.0e-4)  # how deep [m] a point may be in the boundary and still count as navigable

ARRIVED = wp.constant(1.0)  # nothing was in the way
MET = wp.constant(0.0)  # something was
OFF = wp.constant(-1.0)  # the start is not navigable

wp.set_module_options({"enable_backward": False, "max_unroll": 1})  # compiles faster


@wp.struct
class WalkGrid:
    """Nodes of walkable space: floors at lattice columns, from the top down in each column.

    clearance [m]: to the nearest obstacle or edge; leaps [m]: radius around a node that is known to be free.
    links: neighbours towards +x, -x, +z, -z, or -1.
    """

    cell: float
    margin: float
    columns_x: int
    columns_z: int
    starts: wp.array(dtype=int)
    columns: wp.array(dtype=int)
    heights: wp.array(dtype=float)
    clearance: wp.array(dtype=float)
    leaps: wp.array(dtype=float)
    links: wp.array(dtype=wp.vec4i)


@wp.func
def node_position(grid: WalkGrid, node: int) -> wp.vec3:
    """Local position of a node."""
    column = grid.columns[node]
    return wp.vec3(
        float(column % grid.columns_x) * grid.cell, grid.heights[node], float(column / grid.columns_x) * grid.cell
    )


@wp.func
def cell_below(grid: WalkGrid, p: wp.vec3) -> int:
    """The node at the low corner (in x and z) of the lattice cell that p is in, on the floor nearest to p; or -1."""
    ix = int(wp.floor(p[0] / grid.cell))
    iz = int(wp.floor(p[2] / grid.cell))
    if not (ix >= 0 and iz >= 0 and ix < grid.columns_x - 1 and iz < grid.columns_z - 1):
        return -1
    return node_near(grid.starts, grid.heights, iz * grid.columns_x + ix, p[1], 1.5 * REACH)


@wp.func
def cell_corners(grid: WalkGrid, low: int) -> wp.vec4i:
    """Nodes at the corners (0, 0), (1, 0), (0, 1), (1, 1) of a cell, counted in x then z; -1 where one is missing."""
    right = grid.links[low][0]
    ahead = grid.links[low][2]
    across = int(-1)
    if right >= 0:
        across = grid.links[right][2]
    if across < 0 and ahead >= 0:
        across = grid.links[ahead][0]
    return wp.vec4i(low, right, ahead, across)


@wp.func
def corner_clearance(grid: WalkGrid, corners: wp.vec4i) -> wp.vec4:
    """Clearance at a cell's corners; 0 where one is missing."""
    values = wp.vec4(0.0, 0.0, 0.0, 0.0)
    for k in range(4):
        if corners[k] >= 0:
            values[k] = grid.clearance[corners[k]]
    return values


@wp.func
def corner_heights(grid: WalkGrid, corners: wp.vec4i) -> wp.vec4:
    """Floor heights at a cell's corners; that of the low corner where one is missing."""
    low = grid.heights[corners[0]]
    values = wp.vec4(low, low, low, low)
    for k in range(1, 4):
        if corners[k] >= 0:
            values[k] = grid.heights[corners[k]]
    return values


@wp.func
def interpolate(values: wp.vec4, u: float, v: float) -> float:
    """Bilinear interpolation between the corners of a cell."""
    return (1.0 - v) * ((1.0 - u) * values[0] + u * values[1]) + v * ((1.0 - u) * values[2] + u * values[3])


@wp.func
def fraction(x: float, cell: float) -> float:
    """Where in its cell a coordinate is, 0 to 1."""
    return x / cell - wp.floor(x / cell)


@wp.func
def sample(grid: WalkGrid, p: wp.vec3) -> wp.vec3:
    """(clearance, floor height, leap) at a point; clearance -1 where there is no floor within reach."""
    low = cell_below(grid, p)
    if low < 0:
        return wp.vec3(-1.0, p[1], 0.0)
    corners = cell_corners(grid, low)
    u = fraction(p[0], grid.cell)
    v = fraction(p[2], grid.cell)
    clearance = interpolate(corner_clearance(grid, corners), u, v)
    return wp.vec3(clearance, interpolate(corner_heights(grid, corners), u, v), grid.leaps[low])


@wp.func
def gradient(grid: WalkGrid, p: wp.vec3) -> wp.vec3:
    """Horizontal gradient of clearance at a point on a floor."""
    low = cell_below(grid, p)
    if low < 0:
        return wp.vec3(0.0, 0.0, 0.0)
    c = corner_clearance(grid, cell_corners(grid, low))
    u = fraction(p[0], grid.cell)
    v = fraction(p[2], grid.cell)
    along_x = (1.0 - v) * (c[1] - c[0]) + v * (c[3] - c[2])
    along_z = (1.0 - u) * (c[2] - c[0]) + u * (c[3] - c[1])
    return wp.vec3(along_x, 0.0, along_z) / grid.cell


@wp.func
def horizontal(p: wp.vec3) -> wp.vec3:
    """A vector without its height."""
    return wp.vec3(p[0], 0.0, p[2])


@wp.func
def sight(grid: WalkGrid, a: wp.vec3, b: wp.vec3) -> float:
    """Floor height at b where one can walk straight from a to b, or BLOCKED; leaps where space is known to be free."""
    way = horizontal(b - a)
    length = wp.length(way)
    limit = grid.margin - SIGHT_SLACK
    along = float(0.0)
    y = float(a[1])
    while True:
        p = wp.vec3(a[0], y, a[2])
        if length > 0.0:
            p = p + (along / length) * way
        here = sample(grid, p)
        if here[0] < limit:
            return BLOCKED
        y = here[1]
        if along >= length:
            break
        along = wp.min(length, along + wp.max(here[2], 0.5 * grid.cell))
    if wp.abs(y - b[1]) > REACH:
        return BLOCKED
    return y


@wp.func
def on_floor(grid: WalkGrid, p: wp.vec3) -> wp.vec3:
    """A point put on the floor."""
    return wp.vec3(p[0], sample(grid, p)[1], p[2])


@wp.func
def straightened(grid: WalkGrid, before: wp.vec3, turn: wp.vec3, after: wp.vec3) -> wp.vec3:
    """A turn moved as far towards the line between its neighbours as both still see it."""
    way = after - before
    share = wp.clamp(wp.dot(turn - before, way) / wp.max(wp.dot(way, way), 1.0e-12), 0.0, 1.0)
    ideal = before + share * way
    best = turn
    low = float(0.0)
    high = float(1.0)
    halvings = int(7)
    for _halving in range(halvings):
        middle = 0.5 * (low + high)
        moved = on_floor(grid, turn + middle * (ideal - turn))
        free = sight(grid, moved, after) != BLOCKED
        if free:
            free = sight(grid, moved, before) != BLOCKED
        if free:
            low = middle
            best = moved
        else:
            high = middle
    return best


@wp.kernel
def sample_kernel(
    first: int,
    grid: WalkGrid,
    points: wp.array(dtype=wp.vec3),
    samples: wp.array(dtype=wp.vec2),
    nodes: wp.array(dtype=int),
):
    """One thread a point: (clearance, floor height), and the corner with most clearance; -1 where there is no floor."""
    k = first + wp.tid()
    p = points[k]
    here = sample(grid, p)
    samples[k] = wp.vec2(here[0], here[1])
    nodes[k] = -1
    if here[0] >= 0.0 and wp.abs(here[1] - p[1]) <= REACH:
        corners = cell_corners(grid, cell_below(grid, p))
        values = corner_clearance(grid, corners)
        best = float(-1.0)
        for c in range(4):
            if corners[c] >= 0 and values[c] > best:
                best = values[c]
                nodes[k] = corners[c]
    else:
        samples[k] = wp.vec2(-1.0, here[1])


@wp.func
def onto_boundary(grid: WalkGrid, p: wp.vec3) -> wp.vec3:
    """The point where the gradient of clearance leads from p, just outside, to the margin."""
    q = p
    for _round in range(12):
        here = sample(grid, q)
        if here[0] >= grid.margin - 1.0e-6:
            break
        slope = gradient(grid, q)
        q = wp.vec3(q[0], here[1], q[2]) + ((grid.margin - here[0]) / wp.max(wp.dot(slope, slope), 0.25)) * slope
    return q


@wp.func
def up_to_boundary(grid: WalkGrid, inside: wp.vec3, outside: wp.vec3) -> wp.vec3:
    """The last navigable point between a navigable one and one that is not."""
    low = float(0.0)
    high = float(1.0)
    for _halving in range(20):
        middle = 0.5 * (low + high)
        if sample(grid, inside + middle * (outside - inside))[0] >= grid.margin - TOUCH_SLACK:
            low = middle
        else:
            high = middle
    return inside + low * (outside - inside)


@wp.func
def stays_inside(grid: WalkGrid, a: wp.vec3, b: wp.vec3) -> bool:
    """Whether what lies between two near points is navigable too."""
    parts = int(4)
    for k in range(1, parts):
        if sample(grid, a + (float(k) / float(parts)) * (b - a))[0] < grid.margin - WAY_SLACK:
            return False
    return True


@wp.func
def slid_along(grid: WalkGrid, start: wp.vec3, way: wp.vec3) -> wp.vec3:
    """Where an agent gets that wants to go a short way and meets the boundary.

    In parts so short that the projection onto the boundary cannot lie beyond a gap that is too narrow to walk through.
    """
    p = start
    parts = int(8)
    for _part in range(parts):
        wanted = p + way / float(parts)
        q = onto_boundary(grid, wanted)
        held = sample(grid, q)[0] < grid.margin - TOUCH_SLACK
        if not held:
            held = not stays_inside(grid, p, q)
        if held:
            q = up_to_boundary(grid, p, wanted)  # a corner that cannot be slid round
        p = wp.vec3(q[0], sample(grid, q)[1], q[2])
    return p


@wp.kernel
def step_kernel(
    first: int,
    grid: WalkGrid,
    sliding: int,
    ends: wp.array2d(dtype=wp.vec3),
    reached: wp.array(dtype=wp.vec4),
):
    """One thread an agent: walk from start towards end by half cells, sliding along boundaries or stopping there.

    `ends` (2, agents): where from and where to. `reached`: where it got, and ARRIVED, MET or OFF.
    """
    k = first + wp.tid()
    p = ends[0, k]
    here = sample(grid, p)
    if here[0] < grid.margin - STAND_SLACK or wp.abs(here[1] - p[1]) > REACH:
        reached[k] = wp.vec4(p[0], p[1], p[2], OFF)
        return
    p = wp.vec3(p[0], here[1], p[2])
    way = horizontal(ends[1, k] - p)
    count = int(wp.ceil(wp.length(way) / (0.5 * grid.cell)))
    outcome = float(ARRIVED)
    for _part in range(count):
        q = p + way / float(count)
        there = sample(grid, q)
        free = there[0] >= grid.margin - TOUCH_SLACK
        if free and here[2] < wp.length(way) / float(count):  # a gap too narrow to walk through may lie between
            free = stays_inside(grid, p, q)
        if not free:
            outcome = MET
            if sliding == 0:
                p = up_to_boundary(grid, p, q)
                break
            q = slid_along(grid, p, way / float(count))
            there = sample(grid, q)
        p = wp.vec3(q[0], there[1], q[2])
        here = there
    reached[k] = wp.vec4(p[0], p[1], p[2], outcome)
