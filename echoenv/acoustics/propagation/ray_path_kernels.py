"""Paths with all their points: the walks of some rays of the diffuse field, and exact arrivals walked once more.

The one idea: the tracer (`tracing_kernels`) keeps energy alone and forgets where it came by. These kernels walk by the
same steps and the same rules, so that what they record is the same sound, and write down every point. They are for
looking at a few thousand rays, not for speed. Labels such as (P7) point to docs/physics.md.
"""

import warp as wp

from echoenv.acoustics.propagation.image_kernels import MISSED_BY
from echoenv.acoustics.propagation.surface_kernels import (
    BANDS,
    OFFSET,
    TOUCH,
    AcousticMesh,
    TraceLimits,
    finds_images,
    lambert_direction,
    leave,
    mean8,
    reflect,
    start_direction,
    thinning_stage,
    towards,
    vec8,
)
from echoenv.acoustics.propagation.tracing_kernels import NEAREST_SOURCE, Histogram, SourcePatterns, lobe, radiated
from echoenv.acoustics.propagation.transmission_kernels import (
    MAX_WALLS,
    beyond_wall,
    face_normal,
    passed_share,
    transmitted,
)
from echoenv.rays.query_kernels import MISS, RayQueries, closest_hit, is_occluded

wp.set_module_options({"enable_backward": False})

# What happens at a point; `path_arrays.Interaction` has the same numbers.
AT_MIRROR = wp.constant(2)
AT_SCATTER = wp.constant(3)
AT_WALL = wp.constant(4)


@wp.kernel
def walk_kernel(
    first: int,
    count: int,
    steps: int,
    rays: RayQueries,
    mesh: AcousticMesh,
    limits: TraceLimits,
    histogram: Histogram,
    listener: wp.vec3,
    source: wp.vec3,
    seed: int,
    rotation: wp.mat33,
    patterns: SourcePatterns,
    points: wp.array2d(dtype=wp.vec3),
    events: wp.array2d(dtype=wp.vec2i),
    energies: wp.array2d(dtype=vec8),
    connections: wp.array2d(dtype=wp.vec2i),
    lengths: wp.array2d(dtype=wp.float32),
    ends: wp.array(dtype=wp.vec2i),
):
    """One thread a ray: the walk of the tracer, without thinning, ended by roulette so that rays stay equally strong.

    Args:
        first: Of the rays of this launch.
        count: Number of rays.
        steps: Most points of a ray.
        rays: Queries.
        mesh: Surfaces.
        limits: Settings of the propagator: which reflections are exact depends on its number of rays, not on `count`.
        histogram: The lobe; nothing is added to it.
        listener: [m].
        source: [m].
        seed: At least 0.
        rotation: Of the starting directions.
        patterns: The source's directivity, of an array (1, 1).
        points: (count, steps) [m] out: where the ray met something, off the surface where it left it again.
        events: (count, steps) out: what the ray did there, and the triangle.
        energies: (count, steps) out: what the source sends this way, to be times 4 / count; 0 for nothing.
        connections: (count, steps) out: what sound does there on its way from the source to the ray, and the number of
            walls before.
        lengths: (count, steps) [m] out: of the path from the listener to the source by this point.
        ends: (count,) out: number of points; 1 where the ray was cut off by `steps`.
    """
    ray = first + wp.tid()
    random = wp.rand_init(seed, ray)
    origin = listener
    direction = start_direction(ray, count, rotation)
    hero = (ray + ray / 16 + wp.abs(seed)) % BANDS
    throughput = vec8(1.0)
    weights = vec8(1.0)
    chance = float(1.0)
    exact = bool(True)
    length = float(0.0)
    reflections = int(0)
    walls = int(0)
    near = float(OFFSET)
    for step in range(steps):
        hit = closest_hit(rays, origin, direction, near, MISS)
        near = 0.0
        if hit[3] < 0.0:
            return
        length += hit[0]
        triangle = mesh.triangles[int(hit[3])]
        normal = towards(face_normal(triangle), direction)
        if length >= limits.max_length or wp.length_sq(normal) < 0.5:
            return
        facet = mesh.facets[int(triangle[3])]
        patch = facet[1]
        mirrors = exact and reflections < limits.image_order and patch >= 0
        if mirrors:
            mirrors = finds_images(limits, mesh.patch_areas[patch], -wp.dot(normal, direction), length, chance)
        scattering = mesh.scattering[facet[0]]
        kept_energy = mesh.reflection[facet[0]]
        passed = vec8(0.0)
        if limits.transmission != 0:
            passed = passed_share(kept_energy, mesh.transmission[facet[0]])
            kept_energy = kept_energy + mesh.transmission[facet[0]]
        throughput = wp.cw_mul(throughput, kept_energy)
        carried = wp.cw_mul(throughput, weights)
        reflected = wp.cw_mul(carried, vec8(1.0) - passed)
        point = leave(origin + hit[0] * direction, normal, direction)
        ends[ray] = wp.vec2i(step + 1, 0)
        points[ray, step] = point
        events[ray, step] = wp.vec2i(AT_SCATTER, int(hit[3]))

        offset = source - point
        distance = wp.length(offset)
        cosine = wp.dot(normal, offset) / wp.max(distance, 1.0e-9)
        if cosine > 0.0 and length + distance < limits.max_length:
            outgoing = offset / wp.max(distance, 1.0e-9)
            mirror = float(0.0)
            if not mirrors:
                mirror = lobe(histogram, thinning_stage(limits, length), direction, normal, outgoing)
            spread = wp.max(distance, NEAREST_SOURCE)
            scattered = wp.cw_mul(reflected, scattering) * (cosine / (spread * spread))
            specular = wp.cw_mul(reflected, vec8(1.0) - scattering) * (mirror * cosine / (spread * spread))
            energy = scattered + specular
            between = int(0)
            if wp.max(energy) > 0.0 and is_occluded(rays, point, outgoing, 0.0, distance - TOUCH):
                through = vec8(0.0)
                if limits.transmission != 0:
                    through, between = transmitted(rays, mesh, point, outgoing, 0.0, distance - TOUCH)
                energy = wp.cw_mul(energy, through)
            if patterns.directed != 0:
                energy = wp.cw_mul(energy, radiated(patterns, 0, 0, -outgoing))
            energies[ray, step] = energy
            kind = wp.where(mean8(scattered) >= mean8(specular), AT_SCATTER, AT_MIRROR)
            connections[ray, step] = wp.vec2i(kind, between)
            lengths[ray, step] = length + distance

        # Energy stays with the rays that are left: what one carries on average over the bands is one again.
        kept = wp.min(1.0, mean8(carried))
        if wp.randf(random) >= kept:
            return
        throughput = throughput / kept

        goes_through = bool(False)
        if limits.transmission != 0:
            goes_through = wp.randf(random) < passed[hero]
        if goes_through:
            past, through = beyond_wall(rays, mesh, origin, direction, hit[0], triangle)
            for band in range(BANDS):
                throughput[band] = throughput[band] * through[band] / wp.max(mesh.transmission[facet[0]][band], 1.0e-30)
            weights = wp.cw_mul(weights, passed)
            events[ray, step] = wp.vec2i(AT_WALL, int(hit[3]))
            exact = exact and reflections == 0 and walls == 0
            walls += 1
            length += past - hit[0]
            origin = origin + past * direction
        else:
            weights = wp.cw_mul(weights, vec8(1.0) - passed)
            exact = mirrors
            reflections += 1
            if wp.randf(random) < scattering[hero]:
                weights = wp.cw_mul(weights, scattering)
                events[ray, step] = wp.vec2i(AT_SCATTER, int(hit[3]))
                direction = lambert_direction(normal, wp.randf(random), wp.randf(random))
                exact = False
            else:
                weights = wp.cw_mul(weights, vec8(1.0) - scattering)
                events[ray, step] = wp.vec2i(AT_MIRROR, int(hit[3]))
                direction = wp.normalize(reflect(direction, normal))
            origin = point
        norm = mean8(weights)
        weights = weights / norm
        if not goes_through:
            chance *= norm
    ends[ray] = wp.vec2i(steps, 1)


@wp.func
def record_walls(
    rays: RayQueries,
    mesh: AcousticMesh,
    origin: wp.vec3,
    direction: wp.vec3,
    near: float,
    far: float,
    row: int,
    place: int,
    points: wp.array2d(dtype=wp.vec3),
    events: wp.array2d(dtype=wp.vec2i),
) -> int:
    """Write down where a straight line enters walls, as `transmitted` counts them; the number of places after that."""
    at = float(near)
    for _wall in range(MAX_WALLS):
        hit = closest_hit(rays, origin, direction, at, far)
        if hit[3] < 0.0 or place >= points.shape[1]:
            return place
        points[row, place] = origin + hit[0] * direction
        events[row, place] = wp.vec2i(AT_WALL, int(hit[3]))
        place += 1
        past, _through = beyond_wall(rays, mesh, origin, direction, hit[0], mesh.triangles[int(hit[3])])
        if past >= far:
            return place
        at = past
    return place


@wp.kernel
def retrace_kernel(
    first: int,
    rays: RayQueries,
    mesh: AcousticMesh,
    listener: wp.vec3,
    targets: wp.array(dtype=wp.vec3),
    images: wp.array(dtype=wp.vec3),
    orders: wp.array(dtype=wp.int32),
    through_first: int,
    points: wp.array2d(dtype=wp.vec3),
    events: wp.array2d(dtype=wp.vec2i),
    found: wp.array(dtype=wp.int32),
):
    """One thread an arrival: from the listener by its mirrors to the source, as `unfold_kernel` walks.

    Args:
        first: Of the arrivals of this launch.
        rays: Queries.
        mesh: Surfaces.
        listener: [m].
        targets: (n,) [m] the source of each.
        images: (n,) [m] of the sources.
        orders: (n,) number of reflections.
        through_first: Whether the first thing that is met is a wall to go through.
        points: (n, places) [m] out: from the listener on.
        events: (n, places) out: what happens there, and the triangle.
        found: (n,) out: number of places; -1 where the walk does not end at the source.
    """
    row = first + wp.tid()
    found[row] = -1
    origin = listener
    direction = wp.normalize(images[row] - origin)  # to the last bit as `unfold_kernel` has it
    place = int(0)
    length = float(0.0)
    near = float(OFFSET)
    if through_first != 0:
        hit = closest_hit(rays, origin, direction, near, MISS)
        if hit[3] < 0.0:
            return
        points[row, place] = origin + hit[0] * direction
        events[row, place] = wp.vec2i(AT_WALL, int(hit[3]))
        place += 1
        past, _through = beyond_wall(rays, mesh, origin, direction, hit[0], mesh.triangles[int(hit[3])])
        origin = origin + past * direction
        length += past
        near = 0.0
    for _reflection in range(orders[row]):
        hit = closest_hit(rays, origin, direction, near, MISS)
        near = 0.0
        if hit[3] < 0.0:
            return
        triangle = mesh.triangles[int(hit[3])]
        patch = mesh.facets[int(triangle[3])][1]
        if patch < 0:
            return
        length += hit[0]
        normal = towards(mesh.plane_normals[mesh.patch_planes[patch]], direction)
        points[row, place] = origin + hit[0] * direction
        events[row, place] = wp.vec2i(AT_MIRROR, int(hit[3]))
        place += 1
        origin = leave(origin + hit[0] * direction, normal, direction)
        direction = wp.normalize(reflect(direction, normal))
    offset = targets[row] - origin
    along = wp.dot(offset, direction)
    if along < 0.0 or wp.length(offset - along * direction) > MISSED_BY:
        return
    if wp.abs(length + along - wp.length(images[row] - listener)) > MISSED_BY:
        return
    found[row] = record_walls(rays, mesh, origin, direction, near, along - TOUCH, row, place, points, events)


@wp.kernel
def walls_kernel(
    first: int,
    rays: RayQueries,
    mesh: AcousticMesh,
    starts: wp.array(dtype=wp.vec3),
    source: wp.vec3,
    points: wp.array2d(dtype=wp.vec3),
    events: wp.array2d(dtype=wp.vec2i),
    found: wp.array(dtype=wp.int32),
):
    """One thread a connection: where the straight line from a point to the source enters walls.

    Args:
        first: Of the connections of this launch.
        rays: Queries.
        mesh: Surfaces.
        starts: (n,) [m].
        source: [m].
        points: (n, places) [m] out.
        events: (n, places) out: a wall, and its triangle.
        found: (n,) out: number of places.
    """
    row = first + wp.tid()
    offset = source - starts[row]
    far = wp.length(offset) - TOUCH
    found[row] = record_walls(rays, mesh, starts[row], wp.normalize(offset), 0.0, far, row, 0, points, events)
