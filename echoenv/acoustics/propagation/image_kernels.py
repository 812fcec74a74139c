"""The test of an image source: is there really a path of mirrors, and what do its walls leave of the sound?

The one idea: the line from the listener to an image source of order n, folded back at its n mirrors in whatever order
it meets them, must end at the source. So a ray is shot at the image, reflected at those mirrors, and must arrive; it
may go through the first wall that is none of them, and through walls on its last leg. Labels such as (P7)
point to the section "Propagation" of docs/physics.md.
"""

import warp as wp

from echoenv.acoustics.propagation.surface_kernels import (
    OFFSET,
    TOUCH,
    AcousticMesh,
    TraceLimits,
    finds_images,
    leave,
    mean8,
    reflect,
    towards,
    vec8,
)
from echoenv.acoustics.propagation.transmission_kernels import (
    FAINTEST_THROUGH,
    SCOUTS,
    beyond_wall,
    passed_share,
    transmitted,
)
from echoenv.rays.query_kernels import MISS, RayQueries, closest_hit, is_occluded

wp.set_module_options({"enable_backward": False})

MISSED_BY = wp.constant(5.0e-3)  # [m] by which a folded path may pass the source: rounding and uneven walls


@wp.kernel
def unfold_kernel(
    first: int,
    rays: RayQueries,
    mesh: AcousticMesh,
    limits: TraceLimits,
    listeners: wp.array(dtype=wp.vec3),
    sources: wp.array(dtype=wp.vec3),
    images: wp.array(dtype=wp.vec3),
    numbers: wp.array(dtype=wp.int32),
    chains: wp.array2d(dtype=wp.int32),
    orders: wp.array(dtype=wp.int32),
    reflectances: wp.array(dtype=vec8),
    walls: wp.array(dtype=wp.int32),
):
    """One thread a candidate.

    Args:
        first: Of the candidates of this launch.
        rays: Queries.
        mesh: Surfaces.
        limits: Settings.
        listeners: (n,) [m].
        sources: (n,) [m].
        images: (n,) [m] of the sources.
        numbers: (n,) chain of each.
        chains: (c, orders) planes of each chain.
        orders: (c,) number of reflections.
        reflectances: (n,) out: energy that mirrors and walls leave; -1 where there is no such path.
        walls: (n,) out: number of walls that the path goes through.
    """
    candidate = first + wp.tid()
    reflectances[candidate] = vec8(-1.0)
    chain = numbers[candidate]
    order = orders[chain]
    origin = listeners[candidate]
    direction = wp.normalize(images[candidate] - origin)
    energy = vec8(1.0)
    weights = vec8(1.0)
    chance = float(1.0)
    length = float(0.0)
    near = float(OFFSET)  # of the first leg: a listener that touches a wall hears from both of its sides
    used = int(0)  # one bit for each mirror of the chain
    reflections = int(0)
    passes = int(0)
    for _leg in range(order + 1):
        if reflections == order:
            break
        hit = closest_hit(rays, origin, direction, near, MISS)
        near = 0.0
        if hit[3] < 0.0:
            return
        triangle = mesh.triangles[int(hit[3])]
        facet = mesh.facets[int(triangle[3])]
        patch = facet[1]
        place = int(-1)
        if patch >= 0:
            for k in range(order):
                if chains[chain, k] == mesh.patch_planes[patch] and (used & (1 << k)) == 0 and place < 0:
                    place = k
        passed = vec8(0.0)
        if limits.transmission != 0:
            passed = passed_share(mesh.reflection[facet[0]], mesh.transmission[facet[0]])
        if place >= 0:
            used = used | (1 << place)
            reflections += 1
            length += hit[0]
            normal = towards(mesh.plane_normals[mesh.patch_planes[patch]], direction)
            if not finds_images(limits, mesh.patch_areas[patch], -wp.dot(normal, direction), length, chance):
                return
            mirror = vec8(1.0) - mesh.scattering[facet[0]]
            energy = wp.cw_mul(energy, wp.cw_mul(mesh.reflection[facet[0]], mirror))
            weights = wp.cw_mul(weights, wp.cw_mul(vec8(1.0) - passed, mirror))
            norm = mean8(weights)
            if norm <= 0.0:
                return
            weights = weights / norm
            chance *= norm
            origin = leave(origin + hit[0] * direction, normal, direction)
            direction = wp.normalize(reflect(direction, normal))
        else:
            weights = wp.cw_mul(weights, passed)
            norm = mean8(weights)
            if reflections > 0 or passes > 0 or norm <= 0.0:
                return
            weights = weights / norm
            past, through = beyond_wall(rays, mesh, origin, direction, hit[0], triangle)
            energy = wp.cw_mul(energy, through)
            length += past
            origin = origin + past * direction
            passes += 1
            chance = 1.0 / float(SCOUTS)
    offset = sources[candidate] - origin
    along = wp.dot(offset, direction)
    if along < 0.0 or wp.length(offset - along * direction) > MISSED_BY:
        return
    if wp.abs(length + along - wp.length(images[candidate] - listeners[candidate])) > MISSED_BY:
        return
    if is_occluded(rays, origin, direction, near, along - TOUCH):
        if limits.transmission == 0:
            return
        through, count = transmitted(rays, mesh, origin, direction, near, along - TOUCH)
        energy = wp.cw_mul(energy, through)
        passes += count
        if wp.max(energy) < FAINTEST_THROUGH:
            return
    reflectances[candidate] = energy
    walls[candidate] = passes
