"""Rays that ask what of an edge is in sight, and whether a way over two edges is open.

The one idea: what is seen of an edge is found by looking at a few places of it and then by halving the distance between
the last place in sight and the first out of sight. Labels such as (D6) point to the section "Diffraction" of
docs/physics.md.
"""

import warp as wp

from echoenv.acoustics.propagation.surface_kernels import TOUCH
from echoenv.rays.query_kernels import RayQueries, is_occluded

wp.set_module_options({"enable_backward": False})

SAMPLES = wp.constant(8)  # places of an edge at which it is looked at
HALVINGS = wp.constant(6)  # of the distance between two of them, to find where it disappears
INSET = wp.constant(0.01)  # [m] from an edge's ends that are not looked at: something usually stands there


@wp.func
def is_clear(rays: RayQueries, start: wp.vec3, stop: wp.vec3) -> bool:
    """Whether nothing lies between two points, but for what touches them."""
    offset = stop - start
    length = wp.length(offset)
    if length < 4.0 * TOUCH:
        return True
    return not is_occluded(rays, start, offset / length, TOUCH, length - TOUCH)


@wp.func
def in_sight(
    rays: RayQueries, air: wp.vec3, tangent: wp.vec3, length: float, height: float, source: wp.vec3, listener: wp.vec3
) -> bool:
    """Whether source and listener see an edge at a height."""
    inset = wp.min(INSET, 0.25 * length)
    point = air + wp.clamp(height, inset, length - inset) * tangent
    if not is_clear(rays, point, listener):
        return False
    if wp.length_sq(source - listener) == 0.0:
        return True
    return is_clear(rays, point, source)


@wp.func
def limit_of_sight(
    rays: RayQueries,
    air: wp.vec3,
    tangent: wp.vec3,
    length: float,
    source: wp.vec3,
    listener: wp.vec3,
    seen: float,
    hidden: float,
    side: float,
) -> float:
    """Height at which an edge that is seen at one height goes out of sight, upwards (`side` 1) or downwards (-1).

    Args:
        rays: Queries.
        air: First end of the edge, moved into the open air [m].
        tangent: Unit vector along the edge.
        length: [m].
        source: [m].
        listener: [m].
        seen: A height in sight [m].
        hidden: A height out of sight [m], or `seen` if there is none.
        side: 1.0 or -1.0.
    """
    step = length / float(SAMPLES)
    inner = seen
    outer = seen
    found = bool(False)
    for _place in range(SAMPLES + 1):
        if not found:
            cell = wp.floor(inner / step - 0.5 + side * 1.0e-3)
            following = (cell + wp.where(side > 0.0, 1.5, 0.5)) * step
            if (hidden - inner) * side > 0.0 and (following - hidden) * side > 0.0:
                following = hidden
            if following <= 0.0 or following >= length:
                return wp.where(side > 0.0, length, 0.0)
            if in_sight(rays, air, tangent, length, following, source, listener):
                inner = following
            else:
                outer = following
                found = True
    if not found:
        return wp.where(side > 0.0, length, 0.0)
    for _halving in range(HALVINGS):
        middle = 0.5 * (inner + outer)
        if in_sight(rays, air, tangent, length, middle, source, listener):
            inner = middle
        else:
            outer = middle
    return 0.5 * (inner + outer)


@wp.kernel
def sight_kernel(
    first: int,
    rays: RayQueries,
    sources: wp.array(dtype=wp.vec3),
    listener: wp.vec3,
    only_whether: int,
    airs: wp.array(dtype=wp.vec3),
    tangents: wp.array(dtype=wp.vec3),
    lengths: wp.array(dtype=float),
    heights: wp.array(dtype=float),
    parts: wp.array(dtype=wp.vec2),
    seen: wp.array(dtype=wp.uint8),
):
    """One thread an edge.

    Args:
        first: Of the edges of this launch.
        rays: Queries.
        sources: (n,) [m].
        listener: [m].
        only_whether: 1 asks whether anything is in sight, and not for the part's ends.
        airs: (n,) first ends, moved into the open air [m].
        tangents: (n,) unit vectors.
        lengths: (n,) [m].
        heights: (n,) where the shortest way turns [m]; the part in sight that is nearest is found.
        parts: (n,) out: heights of the part's ends [m].
        seen: (n,) out: 1 where anything is in sight.
    """
    edge = first + wp.tid()
    source = sources[edge]
    air = airs[edge]
    tangent = tangents[edge]
    length = lengths[edge]
    wanted = wp.clamp(heights[edge], 0.0, length)
    place = wanted
    found = in_sight(rays, air, tangent, length, wanted, source, listener)
    if not found:
        nearest = 2.0 * length
        for sample in range(SAMPLES):
            height = (float(sample) + 0.5) / float(SAMPLES) * length
            apart = wp.abs(height - wanted)
            if apart < nearest and in_sight(rays, air, tangent, length, height, source, listener):
                nearest = apart
                place = height
                found = True
    seen[edge] = wp.where(found, wp.uint8(1), wp.uint8(0))
    parts[edge] = wp.vec2(0.0, length)
    if found and only_whether == 0:
        low = limit_of_sight(rays, air, tangent, length, source, listener, place, wanted, -1.0)
        high = limit_of_sight(rays, air, tangent, length, source, listener, place, wanted, 1.0)
        parts[edge] = wp.vec2(low, high)


@wp.kernel
def mutual_sight_kernel(
    first: int,
    rays: RayQueries,
    count: int,
    least_alike: float,
    airs: wp.array(dtype=wp.vec3),
    tangents: wp.array(dtype=wp.vec3),
    lengths: wp.array(dtype=float),
    seen: wp.array(dtype=wp.uint8),
):
    """Which edges see each other: at equal parts of their lengths, forwards and backwards; one thread a pair.

    Args:
        first: Of the pairs of this launch.
        rays: Queries.
        count: Number of edges.
        least_alike: Cosine between two edges that are worth asking for.
        airs: (count,) first ends, moved into the open air [m].
        tangents: (count,) unit vectors.
        lengths: (count,) [m].
        seen: (count * count,) out: 1 where edge i sees edge j, j > i.
    """
    pair = first + wp.tid()
    i = pair / count
    j = pair - i * count
    if j <= i:
        return
    alike = wp.dot(tangents[i], tangents[j])
    if wp.abs(alike) < least_alike:
        return
    for place in range(1, 8, 2):
        part = float(place) / 8.0
        other = wp.where(alike > 0.0, part, 1.0 - part)
        one = airs[i] + part * lengths[i] * tangents[i]
        two = airs[j] + other * lengths[j] * tangents[j]
        if is_clear(rays, one, two):
            seen[pair] = wp.uint8(1)
            return


@wp.kernel
def legs_kernel(
    first: int,
    rays: RayQueries,
    sources: wp.array(dtype=wp.vec3),
    listener: wp.vec3,
    ones: wp.array(dtype=wp.vec3),
    others: wp.array(dtype=wp.vec3),
    legs: wp.array(dtype=wp.uint8),
):
    """Which legs of ways over two edges are clear; one thread a way.

    Args:
        first: Of the ways of this launch.
        rays: Queries.
        sources: (n,) [m].
        listener: [m].
        ones: (n,) turning points at the first edge, in the open air [m].
        others: (n,) turning points at the second edge, in the open air [m].
        legs: (n,) out: 1 where the way is open, then 2 where the source sees the second edge, 4 where the listener
            sees the first.
    """
    way = first + wp.tid()
    source = sources[way]
    one = ones[way]
    other = others[way]
    result = int(0)
    if is_clear(rays, one, other) and is_clear(rays, one, source) and is_clear(rays, other, listener):
        result = 1
        if is_clear(rays, other, source):
            result += 2
        if is_clear(rays, one, listener):
            result += 4
    legs[way] = wp.uint8(result)
