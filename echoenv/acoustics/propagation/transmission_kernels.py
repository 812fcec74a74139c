"""Sound that goes through walls: what a straight line loses on its way, and which rooms behind a wall have mirrors.

The one idea: a wall is one wall whether it is modelled by one sheet or by two faces. A ray that comes upon a face from
its front may be entering a solid; if the next face that it meets is the back of one, within `WALL_THICKNESS`, both
together are one wall and are paid for once. Sound goes straight on and is not delayed. Labels such as (X1) point to the
section "Transmission" of docs/physics.md.
"""

import warp as wp

from echoenv.acoustics.propagation.surface_kernels import (
    OFFSET,
    AcousticMesh,
    TraceLimits,
    finds_images,
    leave,
    mean8,
    reflect,
    start_direction,
    towards,
    vec8,
)
from echoenv.rays.query_kernels import MISS, RayQueries, closest_hit

wp.set_module_options({"enable_backward": False})

MAX_WALLS = wp.constant(4)  # that one straight line goes through
WALL_THICKNESS = wp.constant(0.5)  # [m] up to which an entered and a left face are one wall
SCOUTS = wp.constant(8)  # one ray in so many looks for mirrors behind walls
FAINTEST_THROUGH = wp.constant(1.0e-7)  # energy below which what went through walls is dropped


@wp.func
def clearance(direction: wp.vec3, normal: wp.vec3) -> float:
    """Length [m] of a ray after which it is off a face: longer where it grazes."""
    return OFFSET / wp.max(wp.abs(wp.dot(direction, normal)), 0.05)


@wp.func
def passed_share(reflection: vec8, transmission: vec8) -> vec8:
    """Share of the energy that a face does not absorb which goes through, q of (X3)."""
    share = vec8(0.0)
    for band in range(8):
        kept = reflection[band] + transmission[band]
        if kept > 0.0:
            share[band] = transmission[band] / kept
    return share


@wp.func
def is_one_wall(direction: wp.vec3, entered: wp.vec3, left: wp.vec3, length: float) -> bool:
    """Whether two faces that a ray meets one after the other, `length` [m] apart, are the two of one wall, (X1)."""
    cosine_in = -wp.dot(direction, entered)
    cosine_out = wp.dot(direction, left)
    return cosine_in > 0.0 and cosine_out > 0.0 and length * wp.max(cosine_in, cosine_out) <= WALL_THICKNESS


@wp.func
def face_normal(triangle: wp.vec4) -> wp.vec3:
    """Normal of a triangle as the mesh winds it."""
    return wp.vec3(triangle[0], triangle[1], triangle[2])


@wp.func
def beyond_wall(
    rays: RayQueries, mesh: AcousticMesh, origin: wp.vec3, direction: wp.vec3, distance: float, triangle: wp.vec4
):
    """What lies behind the wall whose first face a ray meets.

    Args:
        rays: Queries.
        mesh: Surfaces.
        origin: Of the ray.
        direction: Of the ray.
        distance: To the first face [m].
        triangle: Of the first face, from `AcousticMesh.triangles`.

    Returns:
        Distance [m] from the origin at which the ray is past the wall, and the energy (8,) that goes through.
    """
    normal = face_normal(triangle)
    through = mesh.transmission[mesh.facets[int(triangle[3])][0]]
    past = distance + clearance(direction, normal)
    cosine = -wp.dot(direction, normal)
    if cosine > 0.0:
        hit = closest_hit(rays, origin, direction, past, distance + WALL_THICKNESS / wp.max(cosine, 0.01))
        if hit[3] >= 0.0:
            behind = mesh.triangles[int(hit[3])]
            if is_one_wall(direction, normal, face_normal(behind), hit[0] - distance):
                through = wp.min(through, mesh.transmission[mesh.facets[int(behind[3])][0]])
                past = hit[0] + clearance(direction, face_normal(behind))
    return past, through


@wp.func
def transmitted(rays: RayQueries, mesh: AcousticMesh, origin: wp.vec3, direction: wp.vec3, near: float, far: float):
    """What a straight line lets through.

    Args:
        rays: Queries.
        mesh: Surfaces.
        origin: Of the line.
        direction: Unit vector.
        near: [m] from the origin, where it starts.
        far: [m] from the origin, where it ends.

    Returns:
        Energy (8,), zero where something in the way lets nothing through or there are more than `MAX_WALLS`; and the
        number of walls.
    """
    energy = vec8(1.0)
    walls = int(0)
    at = float(near)
    for _wall in range(MAX_WALLS + 1):
        hit = closest_hit(rays, origin, direction, at, far)
        if hit[3] < 0.0:
            return energy, walls
        triangle = mesh.triangles[int(hit[3])]
        if wp.max(mesh.transmission[mesh.facets[int(triangle[3])][0]]) <= 0.0 or walls == MAX_WALLS:
            return vec8(0.0), walls
        past, through = beyond_wall(rays, mesh, origin, direction, hit[0], triangle)
        energy = wp.cw_mul(energy, through)
        walls += 1
        if wp.max(energy) < FAINTEST_THROUGH:
            return vec8(0.0), walls
        if past >= far:
            return energy, walls
        at = past
    return vec8(0.0), walls


@wp.kernel
def scout_kernel(
    first: int,
    rays: RayQueries,
    mesh: AcousticMesh,
    limits: TraceLimits,
    listeners: wp.array(dtype=wp.vec3),
    rotations: wp.array(dtype=wp.mat33),
    ray_order: wp.array(dtype=wp.int32),
    chains: wp.array2d(dtype=wp.int32),
):
    """Follows some starting rays through the first wall, and the mirrors behind it while (P7) calls them exact, (X5).

    Args:
        first: Of the items (listener * rays + ray) of this launch.
        rays: Queries.
        mesh: Surfaces.
        limits: Settings.
        listeners: (L,) [m].
        rotations: (L,) of the starting directions.
        ray_order: (rays,) in which rays are followed.
        chains: (L * rays, image_order) out: mirror planes in the order of reflection; filled with -1 before.
    """
    item = first + wp.tid()
    listener = item / limits.rays
    ray = ray_order[item - listener * limits.rays]
    if ray % SCOUTS != 0:
        return
    origin = listeners[listener]
    direction = start_direction(ray, limits.rays, rotations[listener])
    hit = closest_hit(rays, origin, direction, OFFSET, MISS)
    if hit[3] < 0.0:
        return
    triangle = mesh.triangles[int(hit[3])]
    surface = mesh.facets[int(triangle[3])][0]
    weights = passed_share(mesh.reflection[surface], mesh.transmission[surface])
    if mean8(weights) <= 0.0:
        return
    weights = weights / mean8(weights)
    past, through = beyond_wall(rays, mesh, origin, direction, hit[0], triangle)
    if wp.max(through) < FAINTEST_THROUGH:
        return
    origin = origin + past * direction
    length = float(past)
    chance = float(1.0) / float(SCOUTS)
    for order in range(limits.image_order):
        hit = closest_hit(rays, origin, direction, 0.0, MISS)
        if hit[3] < 0.0:
            return
        triangle = mesh.triangles[int(hit[3])]
        facet = mesh.facets[int(triangle[3])]
        patch = facet[1]
        normal = towards(face_normal(triangle), direction)
        length += hit[0]
        if patch < 0 or length >= limits.max_length:
            return
        if not finds_images(limits, mesh.patch_areas[patch], -wp.dot(normal, direction), length, chance):
            return
        chains[item, order] = mesh.patch_planes[patch]
        share = passed_share(mesh.reflection[facet[0]], mesh.transmission[facet[0]])
        mirror = wp.cw_mul(vec8(1.0) - share, vec8(1.0) - mesh.scattering[facet[0]])
        weights = wp.cw_mul(weights, mirror)
        norm = mean8(weights)
        if norm <= 0.0:
            return
        weights = weights / norm
        chance *= norm
        origin = leave(origin + hit[0] * direction, normal, direction)
        direction = wp.normalize(reflect(direction, normal))
