"""How a ray goes on from the face that it met: through the wall, scattered, or as from a mirror.

The one idea: the tracer (`tracing_kernels`) and the late field (`late_kernels`) walk by the same rule, which stands
here once. One draw serves all bands: each ray has a hero band that chooses, and weights tell how likely the others were
to choose the same. Labels such as (P4) point to the section "Propagation" of docs/physics.md.
"""

import warp as wp

from echoenv.acoustics.propagation.surface_kernels import (
    BANDS,
    AcousticMesh,
    lambert_direction,
    leave,
    mean8,
    reflect,
    vec8,
)
from echoenv.acoustics.propagation.transmission_kernels import beyond_wall
from echoenv.rays.query_kernels import RayQueries

wp.set_module_options({"enable_backward": False})

THROUGH = wp.constant(0)
SCATTERED = wp.constant(1)
MIRRORED = wp.constant(2)


@wp.func
def next_leg(
    rays: RayQueries,
    mesh: AcousticMesh,
    hero: int,
    chances: wp.vec4,
    origin: wp.vec3,
    direction: wp.vec3,
    distance: float,
    triangle: wp.vec4,
    normal: wp.vec3,
    passed: vec8,
    throughput: vec8,
    weights: vec8,
):
    """The next leg of a path, (P4) and (X3).

    Args:
        rays: Queries.
        mesh: Surfaces.
        hero: Band that chooses.
        chances: Four draws from 0 to 1.
        origin: Where the last leg began.
        direction: Of the last leg.
        distance: Length of the last leg [m].
        triangle: That it met, from `AcousticMesh.triangles`.
        normal: Of the face, towards where the ray came from.
        passed: Share of the kept energy that goes through (8,).
        throughput: Energy (8,) that is left.
        weights: (8,) of the bands, mean 1.

    Returns:
        Origin and direction of the next leg; `throughput`; weights, mean 1; what they were divided by: the mean chance
        of this turn; the length [m] gone inside the wall; and which of `THROUGH`, `SCATTERED`, `MIRRORED` it was.
    """
    surface = mesh.facets[int(triangle[3])][0]
    scattering = mesh.scattering[surface]
    turn = int(THROUGH)
    inside = float(0.0)
    start = origin
    along = direction
    left = throughput
    likely = weights
    if chances[0] < passed[hero]:
        past, through = beyond_wall(rays, mesh, origin, direction, distance, triangle)
        for band in range(BANDS):
            left[band] = throughput[band] * through[band] / wp.max(mesh.transmission[surface][band], 1.0e-30)
        likely = wp.cw_mul(weights, passed)
        inside = past - distance
        start = origin + past * direction
    else:
        likely = wp.cw_mul(weights, vec8(1.0) - passed)
        start = leave(origin + distance * direction, normal, direction)
        if chances[1] < scattering[hero]:
            turn = SCATTERED
            likely = wp.cw_mul(likely, scattering)
            along = lambert_direction(normal, chances[2], chances[3])
        else:
            turn = MIRRORED
            likely = wp.cw_mul(likely, vec8(1.0) - scattering)
            along = wp.normalize(reflect(direction, normal))
    norm = mean8(likely)
    return start, along, left, likely / norm, norm, inside, turn
