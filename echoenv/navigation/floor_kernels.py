"""Kernels that find floors by shooting rays down the columns of a lattice.

The one idea: a floor is a surface that a vertical ray meets, not steeper than the slope limit, with nothing in the next
`height` above it. Two floors of one column are therefore at least an agent's height apart, and a floor is named by its
column and roughly its height. Nodes are floors at lattice columns; column = row_z * columns_x + row_x.
"""

import warp as wp

from echoenv.rays.query_kernels import MISS, RayQueries, closest_hit, is_occluded

STEP_THROUGH = wp.constant(1.0e-3)  # two surfaces nearer than this [m] are one
MAX_SURFACES = wp.constant(4096)  # guards a column against a mesh of endless sheets

wp.set_module_options({"enable_backward": False, "max_unroll": 1})  # compiles faster


@wp.struct
class Lattice:
    """Vertical columns at x + i * cell, z + j * cell [m]; rays start at height `top`."""

    x: float
    z: float
    cell: float
    top: float
    columns_x: int
    columns_z: int


@wp.struct
class Walker:
    """What the agent needs to stand: room above [m], what it steps over [m], cosine of the steepest slope."""

    height: float
    climb: float
    cos_slope: float


@wp.func
def upward(normals: wp.array(dtype=wp.vec3), hit: wp.vec4) -> float:
    """Vertical part of the unit normal of a hit triangle, signed by the side that is its front."""
    return normals[int(hit[3])][1]


@wp.kernel
def floor_surfaces_kernel(
    first: int,
    rays: RayQueries,
    normals: wp.array(dtype=wp.vec3),
    lattice: Lattice,
    walker: Walker,
    starts: wp.array(dtype=int),
    counts: wp.array(dtype=int),
    headrooms: wp.array(dtype=float),
    heights: wp.array(dtype=float),
    fronts: wp.array(dtype=wp.uint8),
):
    """One thread a column. Without `starts` it counts floors; with them it writes their heights from the top down."""
    column = first + wp.tid()
    x = lattice.x + float(column % lattice.columns_x) * lattice.cell
    z = lattice.z + float(column / lattice.columns_x) * lattice.cell
    origin = wp.vec3(x, lattice.top, z)
    near_ = float(0.0)
    ceiling = float(-MISS)
    found = int(0)
    tallest = float(0.0)
    for _surface in range(MAX_SURFACES):
        hit = closest_hit(rays, origin, wp.vec3(0.0, -1.0, 0.0), near_, MISS)
        if hit[3] < 0.0:
            break
        up = upward(normals, hit)
        headroom = hit[0] - ceiling
        if wp.abs(up) >= walker.cos_slope:
            if ceiling >= 0.0:
                tallest = wp.max(tallest, headroom)
            if headroom >= walker.height - STEP_THROUGH:
                if starts.shape[0] > 0:
                    heights[starts[column] + found] = lattice.top - hit[0]
                    fronts[starts[column] + found] = wp.where(up > 0.0, wp.uint8(1), wp.uint8(0))
                found += 1
        ceiling = hit[0]
        near_ = hit[0] + STEP_THROUGH
    counts[column] = found
    headrooms[column] = tallest


@wp.func
def floor_near(
    rays: RayQueries, normals: wp.array(dtype=wp.vec3), walker: Walker, x: float, y: float, z: float
) -> float:
    """Height of a floor within the climb of height y at (x, z), or -MISS where there is none to stand on."""
    reach = walker.climb + STEP_THROUGH
    hit = closest_hit(rays, wp.vec3(x, y + reach, z), wp.vec3(0.0, -1.0, 0.0), 0.0, 2.0 * reach)
    if hit[3] < 0.0:
        return -MISS
    if wp.abs(upward(normals, hit)) < walker.cos_slope:
        return -MISS
    floor = y + reach - hit[0]
    head = wp.vec3(x, floor, z)
    if is_occluded(rays, head, wp.vec3(0.0, 1.0, 0.0), STEP_THROUGH, walker.height - STEP_THROUGH):
        return -MISS
    return floor


@wp.kernel
def bridge_kernel(
    first: int,
    rays: RayQueries,
    walker: Walker,
    points: wp.array(dtype=wp.vec3),
    heights: wp.array(dtype=float),
):
    """One thread a point at which a small gap may be bridged: its height, or -MISS where something is in the way."""
    k = first + wp.tid()
    p = points[k]
    origin = wp.vec3(p[0], p[1] + walker.height, p[2])
    hit = closest_hit(rays, origin, wp.vec3(0.0, -1.0, 0.0), 0.0, walker.height + walker.climb)
    heights[k] = p[1]
    if hit[3] >= 0.0:
        floor = origin[1] - hit[0]
        head = wp.vec3(p[0], floor, p[2])
        blocked = is_occluded(rays, head, wp.vec3(0.0, 1.0, 0.0), STEP_THROUGH, walker.height - STEP_THROUGH)
        heights[k] = wp.where(blocked or floor > p[1] + walker.climb, -MISS, floor)


@wp.kernel
def edge_sites_kernel(
    first: int,
    rays: RayQueries,
    normals: wp.array(dtype=wp.vec3),
    walker: Walker,
    cell: float,
    points: wp.array(dtype=wp.vec3),
    directions: wp.array(dtype=wp.vec3),
    sites: wp.array(dtype=wp.vec3),
):
    """One thread a node and a direction in which it has no neighbour: halve the way until the floor's edge is known."""
    k = first + wp.tid()
    p = points[k]
    d = directions[k]
    inside = float(0.0)
    outside = float(cell)
    middle = float(0.0)  # a bridged gap has no floor even here
    for _halving in range(13):
        q = p + middle * d
        if floor_near(rays, normals, walker, q[0], p[1], q[2]) == -MISS:
            outside = middle
        else:
            inside = middle
        middle = 0.5 * (inside + outside)
    sites[k] = p + outside * d


@wp.kernel
def links_kernel(
    first: int,
    lattice: Lattice,
    climb: float,
    columns: wp.array(dtype=int),
    starts: wp.array(dtype=int),
    heights: wp.array(dtype=float),
    links: wp.array(dtype=wp.vec4i),
):
    """One thread a node: its neighbours towards +x, -x, +z, -z within the climb, -1 where there is none."""
    node = first + wp.tid()
    column = columns[node]
    ix = column % lattice.columns_x
    iz = column / lattice.columns_x
    link = wp.vec4i(-1, -1, -1, -1)
    if ix + 1 < lattice.columns_x:
        link[0] = node_near(starts, heights, column + 1, heights[node], climb)
    if ix > 0:
        link[1] = node_near(starts, heights, column - 1, heights[node], climb)
    if iz + 1 < lattice.columns_z:
        link[2] = node_near(starts, heights, column + lattice.columns_x, heights[node], climb)
    if iz > 0:
        link[3] = node_near(starts, heights, column - lattice.columns_x, heights[node], climb)
    links[node] = link


@wp.func
def node_near(
    starts: wp.array(dtype=int), heights: wp.array(dtype=float), column: int, height: float, reach: float
) -> int:
    """The node of a column nearest to a height and within `reach` of it, or -1."""
    best = int(-1)
    nearest = float(reach)
    for node in range(starts[column], starts[column + 1]):
        away = wp.abs(heights[node] - height)
        if away <= nearest:
            nearest = away
            best = node
    return best


@wp.kernel
def gaps_kernel(
    first: int,
    lattice: Lattice,
    climb: float,
    reach: int,
    columns: wp.array(dtype=int),
    starts: wp.array(dtype=int),
    heights: wp.array(dtype=float),
    links: wp.array(dtype=wp.vec4i),
    wanted: wp.array2d(dtype=float),
):
    """One thread a node and one of +x, +z: heights that would bridge up to `reach` missing columns, -MISS elsewhere."""
    item = first + wp.tid()
    node = item / 2
    along_z = item % 2
    column = columns[node]
    stride = wp.where(along_z == 1, lattice.columns_x, 1)
    room = lattice.columns_x - 1 - column % lattice.columns_x
    if along_z == 1:
        room = lattice.columns_z - 1 - column / lattice.columns_x
    for k in range(reach):
        wanted[item, k] = -MISS
    if links[node][2 * along_z] < 0:
        for away in range(2, wp.min(reach + 1, room) + 1):
            other = node_near(starts, heights, column + away * stride, heights[node], climb)
            if other >= 0:
                for k in range(1, away):
                    share = float(k) / float(away)
                    wanted[item, k - 1] = (1.0 - share) * heights[node] + share * heights[other]
                break
