"""Pilot rays: how fast sound of each band dies away in a scene, on average, as it travels.

The one idea: a pilot ray is followed as the tracer would, without sources; its energies are written down at even steps
of the way. Labels such as (P9) point to the section "Propagation" of docs/physics.md.
"""

import warp as wp

from echoenv.acoustics.propagation.surface_kernels import AcousticMesh, lambert_direction, leave, reflect, towards, vec8
from echoenv.rays.query_kernels import MISS, RayQueries, closest_hit

wp.set_module_options({"enable_backward": False})


@wp.kernel
def pilot_kernel(
    first: int,
    rays: RayQueries,
    mesh: AcousticMesh,
    step: float,
    origins: wp.array(dtype=wp.vec3),
    directions: wp.array(dtype=wp.vec3),
    energies: wp.array2d(dtype=vec8),
):
    """One thread a pilot ray; `energies` (rays, steps), zero before, gets what is left at each step [m] of the way."""
    ray = first + wp.tid()
    random = wp.rand_init(0, ray)
    origin = origins[ray]
    direction = directions[ray]
    energy = vec8(1.0)
    reached = int(0)
    length = float(0.0)
    steps = energies.shape[1]
    while reached < steps:
        hit = closest_hit(rays, origin, direction, 0.0, MISS)
        if hit[3] < 0.0:
            break
        length += hit[0]
        while reached < steps and float(reached) * step <= length:
            energies[ray, reached] = energy
            reached += 1
        triangle = mesh.triangles[int(hit[3])]
        normal = towards(wp.vec3(triangle[0], triangle[1], triangle[2]), direction)
        if wp.length_sq(normal) < 0.5 or hit[0] <= 0.0:
            break
        surface = mesh.facets[int(triangle[3])][0]
        energy = wp.cw_mul(energy, mesh.reflection[surface])
        origin = leave(origin + hit[0] * direction, normal, direction)
        scattering = mesh.scattering[surface]
        if wp.randf(random) < scattering[ray % 8]:
            direction = lambert_direction(normal, wp.randf(random), wp.randf(random))
        else:
            direction = wp.normalize(reflect(direction, normal))
