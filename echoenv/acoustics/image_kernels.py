"""The test of an image source: is there really a path of mirrors, and what do its walls leave of the sound?

The one idea: the line from the listener to an image source of order n, folded back at n mirrors, must end at the
source. So a ray is shot at the image, reflected n times at whatever it meets, and must arrive. Labels such as (P7)
point to the section "Propagation" of docs/physics.md.
"""

import warp as wp

from echoenv.acoustics.surface_kernels import (
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
    orders: wp.array(dtype=wp.int32),
    reflectances: wp.array(dtype=vec8),
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
        orders: (n,) number of reflections.
        reflectances: (n,) out: energy that the mirrors leave; -1 where there is no such path.
    """
    candidate = first + wp.tid()
    reflectances[candidate] = vec8(-1.0)
    origin = listeners[candidate]
    direction = wp.normalize(images[candidate] - origin)
    energy = vec8(1.0)
    weights = vec8(1.0)
    chance = float(1.0)
    length = float(0.0)
    near = float(OFFSET)  # of the first leg: a listener that touches a wall hears from both of its sides
    for _reflection in range(orders[candidate]):
        hit = closest_hit(rays, origin, direction, near, MISS)
        near = float(0.0)
        if hit[3] < 0.0:
            return
        triangle = mesh.triangles[int(hit[3])]
        facet = mesh.facets[int(triangle[3])]
        patch = facet[1]
        if patch < 0:
            return
        length += hit[0]
        normal = towards(mesh.plane_normals[mesh.patch_planes[patch]], direction)
        if not finds_images(limits, mesh.patch_areas[patch], -wp.dot(normal, direction), length, chance):
            return
        mirror = vec8(1.0) - mesh.scattering[facet[0]]
        energy = wp.cw_mul(energy, wp.cw_mul(mesh.reflection[facet[0]], mirror))
        weights = wp.cw_mul(weights, mirror)
        norm = mean8(weights)
        if norm <= 0.0:
            return
        weights = weights / norm
        chance *= norm
        origin = leave(origin + hit[0] * direction, normal, direction)
        direction = wp.normalize(reflect(direction, normal))
    offset = sources[candidate] - origin
    along = wp.dot(offset, direction)
    if along < 0.0 or wp.length(offset - along * direction) > MISSED_BY:
        return
    if wp.abs(length + along - wp.length(images[candidate] - listeners[candidate])) > MISSED_BY:
        return
    if not is_occluded(rays, origin, direction, near, along - TOUCH):
        reflectances[candidate] = energy
