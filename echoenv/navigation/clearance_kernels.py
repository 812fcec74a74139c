"""Kernels that measure how far each floor node is from what stands in the agent's way, exactly.

The one idea: what stops an upright cylinder on a floor of height y is the part of the mesh between y + climb and y +
height. Seen from above, the part of a triangle in that band is a convex polygon; clearance is the horizontal distance
to the nearest such polygon, or to the nearest edge of the floor. Triangles are listed by lattice cell (bins), so that
a node looks only around itself, ring by ring, and stops when no farther ring can be nearer.
"""

import warp as wp

from echoenv.navigation.floor_kernels import Lattice
from echoenv.rays.query_kernels import MISS

HALF_DIAGONAL = wp.constant(0.70711)

wp.set_module_options({"enable_backward": False})


@wp.func
def segment_distance(p: wp.vec2, a: wp.vec2, b: wp.vec2) -> float:
    """Distance from p to the segment a b."""
    along = b - a
    square = wp.dot(along, along)
    t = float(0.0)
    if square > 0.0:
        t = wp.clamp(wp.dot(p - a, along) / square, 0.0, 1.0)
    return wp.length(p - a - t * along)


@wp.func
def from_above(p: wp.vec3) -> wp.vec2:
    """A point without its height."""
    return wp.vec2(p[0], p[2])


@wp.func
def clipped_edge_distance(p: wp.vec2, a: wp.vec3, b: wp.vec3, low: float, high: float) -> float:
    """Horizontal distance from p to the part of the segment a b between two heights; MISS where there is none."""
    rise = b[1] - a[1]
    enter = float(0.0)
    leave = float(1.0)
    if wp.abs(rise) < 1.0e-9:
        if a[1] < low or a[1] > high:
            return MISS
    else:
        t0 = (low - a[1]) / rise
        t1 = (high - a[1]) / rise
        enter = wp.max(0.0, wp.min(t0, t1))
        leave = wp.min(1.0, wp.max(t0, t1))
        if enter > leave:
            return MISS
    return segment_distance(p, from_above(a + enter * (b - a)), from_above(a + leave * (b - a)))


@wp.func
def cut_distance(p: wp.vec2, a: wp.vec3, b: wp.vec3, c: wp.vec3, height: float) -> float:
    """Horizontal distance from p to the line along which a horizontal plane cuts a triangle; MISS where it does not."""
    above_a = a[1] >= height
    above_b = b[1] >= height
    above_c = c[1] >= height
    if above_a == above_b and above_b == above_c:
        return MISS
    lone = a
    second = b
    third = c
    if above_a == above_c:
        lone = b
        second = c
        third = a
    if above_a == above_b:
        lone = c
        second = a
        third = b
    s = (height - lone[1]) / (second[1] - lone[1])
    t = (height - lone[1]) / (third[1] - lone[1])
    return segment_distance(p, from_above(lone + s * (second - lone)), from_above(lone + t * (third - lone)))


@wp.func
def covers(p: wp.vec2, a: wp.vec3, b: wp.vec3, c: wp.vec3, low: float, high: float) -> bool:
    """Whether the triangle has a point straight above or below p between two heights."""
    ab = from_above(b - a)
    ac = from_above(c - a)
    ap = p - from_above(a)
    area = ab[0] * ac[1] - ab[1] * ac[0]
    if wp.abs(area) < 1.0e-12:
        return False
    u = (ap[0] * ac[1] - ap[1] * ac[0]) / area
    v = (ab[0] * ap[1] - ab[1] * ap[0]) / area
    if u < 0.0 or v < 0.0 or u + v > 1.0:
        return False
    height = a[1] + u * (b[1] - a[1]) + v * (c[1] - a[1])
    return height >= low and height <= high


@wp.func
def band_distance(p: wp.vec2, a: wp.vec3, b: wp.vec3, c: wp.vec3, low: float, high: float) -> float:
    """Horizontal distance from p to the part of a triangle between two heights; MISS where there is none."""
    if covers(p, a, b, c, low, high):
        return 0.0
    edges = wp.min(clipped_edge_distance(p, a, b, low, high), clipped_edge_distance(p, b, c, low, high))
    edges = wp.min(edges, clipped_edge_distance(p, c, a, low, high))
    return wp.min(edges, wp.min(cut_distance(p, a, b, c, low), cut_distance(p, a, b, c, high)))


@wp.kernel
def triangle_bins_kernel(
    first: int,
    lattice: Lattice,
    corners: wp.array2d(dtype=wp.vec3),
    starts: wp.array(dtype=int),
    counts: wp.array(dtype=int),
    bins: wp.array(dtype=int),
):
    """One thread a triangle: the cells around columns that it touches from above; counts them without `starts`."""
    k = first + wp.tid()
    a = corners[k, 0]
    b = corners[k, 1]
    c = corners[k, 2]
    low = wp.min(a, wp.min(b, c))
    high = wp.max(a, wp.max(b, c))
    x0 = wp.max(0, int(wp.floor((low[0] - lattice.x) / lattice.cell + 0.5)))
    z0 = wp.max(0, int(wp.floor((low[2] - lattice.z) / lattice.cell + 0.5)))
    x1 = wp.min(lattice.columns_x - 1, int(wp.floor((high[0] - lattice.x) / lattice.cell + 0.5)))
    z1 = wp.min(lattice.columns_z - 1, int(wp.floor((high[2] - lattice.z) / lattice.cell + 0.5)))
    found = int(0)
    for iz in range(z0, z1 + 1):
        for ix in range(x0, x1 + 1):
            centre = wp.vec2(lattice.x + float(ix) * lattice.cell, lattice.z + float(iz) * lattice.cell)
            if band_distance(centre, a, b, c, -MISS, MISS) <= HALF_DIAGONAL * lattice.cell:
                if starts.shape[0] > 0:
                    bins[starts[k] + found] = iz * lattice.columns_x + ix
                found += 1
    counts[k] = found


@wp.kernel
def clearance_kernel(
    first: int,
    lattice: Lattice,
    height: float,
    climb: float,
    farthest: float,
    columns: wp.array(dtype=int),
    heights: wp.array(dtype=float),
    corners: wp.array2d(dtype=wp.vec3),
    triangle_starts: wp.array(dtype=int),
    triangle_list: wp.array(dtype=int),
    extents: wp.array(dtype=wp.vec2),
    sites: wp.array(dtype=wp.vec3),
    site_starts: wp.array(dtype=int),
    clearance: wp.array(dtype=float),
):
    """One thread a node: distance to the nearest obstacle or edge of the floor, `farthest` where none is as near."""
    node = first + wp.tid()
    ix = columns[node] % lattice.columns_x
    iz = columns[node] / lattice.columns_x
    y = heights[node]
    p = wp.vec2(lattice.x + float(ix) * lattice.cell, lattice.z + float(iz) * lattice.cell)
    low = y + climb
    high = y + height
    best = float(farthest)
    ring = int(0)
    while (float(ring) - 0.5) * lattice.cell < best:
        for dz in range(-ring, ring + 1):
            stride = int(1)
            if wp.abs(dz) < ring:
                stride = 2 * ring  # only the ring's two ends: its inside has been looked at
            for dx in range(-ring, ring + 1, stride):
                if ix + dx >= 0 and ix + dx < lattice.columns_x and iz + dz >= 0 and iz + dz < lattice.columns_z:
                    cell = (iz + dz) * lattice.columns_x + ix + dx
                    for k in range(triangle_starts[cell], triangle_starts[cell + 1]):
                        if extents[k][0] < high and extents[k][1] > low:
                            t = triangle_list[k]
                            best = wp.min(
                                best, band_distance(p, corners[t, 0], corners[t, 1], corners[t, 2], low, high)
                            )
                    for k in range(site_starts[cell], site_starts[cell + 1]):
                        if wp.abs(sites[k][1] - y) < 0.5 * height:
                            best = wp.min(best, wp.length(p - from_above(sites[k])))
        ring += 1
    clearance[node] = best
