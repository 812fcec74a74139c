"""What acoustic kernels share: the surfaces as arrays on the device, and the steps of a path that reflects off them.

The one idea: the tracer (`tracing_kernels`) and the test of image sources (`image_kernels`) must agree on which mirror
chains are exact, because each leaves to the other what is not its own. So the rule, and the weights it needs, stand
here once. Labels such as (P7) point to the section "Propagation" of docs/physics.md.
"""

import warp as wp

wp.set_module_options({"enable_backward": False})

BANDS = wp.constant(8)
OFFSET = wp.constant(1.0e-4)  # [m] by which a reflected ray starts off the surface and short of the hit
TOUCH = wp.constant(1.0e-3)  # [m] around a source in which no triangle can hide it

vec8 = wp.types.vector(length=8, dtype=wp.float32)


@wp.struct
class AcousticMesh:
    """Triangles (T), facets (F), surfaces (S), flat patches (P) and mirror planes (Q) of a scene, for kernels.

    A facet is a pair of a surface and a patch. There are few, so they stay in the cache, and each hit fetches one place
    of the long list of triangles only.
    """

    triangles: wp.array(dtype=wp.vec4)  # (T,) unit normal, zero without area; facet
    facets: wp.array(dtype=wp.vec2i)  # (F,) surface; patch, -1 where a triangle is no mirror
    reflection: wp.array(dtype=vec8)  # (S,) reflected energy
    scattering: wp.array(dtype=vec8)  # (S,) diffuse part of it
    transmission: wp.array(dtype=vec8)  # (S,) energy that goes through
    patch_areas: wp.array(dtype=wp.float32)  # (P,) [m2]
    patch_planes: wp.array(dtype=wp.int32)  # (P,)
    plane_normals: wp.array(dtype=wp.vec3)  # (Q,) unit


@wp.struct
class TraceLimits:
    """Settings of propagation as kernels need them: lengths instead of times."""

    rays: int
    max_length: float  # [m]
    late_length: float  # [m] after which rays go over into the late field
    image_order: int
    image_rays: float
    energy_floor: float
    full_connection: float  # [1/m2] share of a hit's energy per area at a source below which not every hit asks
    transmission: int  # 0 where nothing goes through walls
    follow: float  # share of hits whose connections are followed through walls
    thin_lengths: wp.vec4  # [m] beyond which rays below thin_energies times the guide's energy are thinned
    thin_energies: wp.vec4
    guide_step: float  # [m]
    inverse_guide: wp.array(dtype=vec8)  # one over the mean energy of a ray after each step


@wp.func
def start_direction(ray: int, rays: int, rotation: wp.mat33) -> wp.vec3:
    """Point `ray` of a spherical Fibonacci set, turned, (P1)."""
    turn = float(wp.uint32(ray) * wp.uint32(-1640531527)) * 2.3283064365386963e-10  # golden section modulo one, exact
    height = 1.0 - (2.0 * float(ray) + 1.0) / float(rays)
    radius = wp.sqrt(wp.max(0.0, 1.0 - height * height))
    angle = 2.0 * wp.pi * turn
    return wp.normalize(rotation * wp.vec3(radius * wp.cos(angle), radius * wp.sin(angle), height))


@wp.func
def reflect(direction: wp.vec3, normal: wp.vec3) -> wp.vec3:
    """Mirror direction; the side of the normal does not matter."""
    return direction - 2.0 * wp.dot(direction, normal) * normal


@wp.func
def towards(normal: wp.vec3, direction: wp.vec3) -> wp.vec3:
    """The normal on the side that a ray in `direction` comes from."""
    return wp.where(wp.dot(normal, direction) > 0.0, -normal, normal)


@wp.func
def leave(point: wp.vec3, normal: wp.vec3, direction: wp.vec3) -> wp.vec3:
    """Start of the next leg: off the surface, and short of the hit so that no wall beside it in a corner is crossed."""
    return point + OFFSET * (normal - direction)


@wp.func
def mean8(values: vec8) -> float:
    """Mean over the bands."""
    total = float(0.0)
    for band in range(BANDS):
        total += values[band]
    return total / float(BANDS)


@wp.func
def thinning_stage(limits: TraceLimits, length: float) -> int:
    """How many stages of thinning `length` metres lie beyond."""
    passed = int(0)
    for stage in range(4):
        if length > limits.thin_lengths[stage]:
            passed = stage + 1
    return passed


@wp.func
def survival(limits: TraceLimits, carried: vec8, length: float) -> float:
    """Probability that a ray that carries so much goes on after `length` metres, (P9)."""
    stage = thinning_stage(limits, length)
    if stage == 0:
        return 1.0
    step = wp.min(int(length / limits.guide_step), limits.inverse_guide.shape[0] - 1)
    return wp.min(1.0, wp.max(wp.cw_mul(carried, limits.inverse_guide[step])) / limits.thin_energies[stage - 1])


@wp.func
def chain_stride(limits: TraceLimits, length: float) -> float:
    """How many rays stand for one of those that may still find images: two at most, since images need many rays."""
    stage = thinning_stage(limits, length)
    if stage == 0:
        return 1.0
    return wp.where(limits.thin_energies[stage - 1] >= 2.0, 2.0, 1.0)


@wp.func
def lambert_direction(normal: wp.vec3, first: float, second: float) -> wp.vec3:
    """Direction with density cosine / pi about the normal: the normal plus a point of the unit sphere, (P4)."""
    height = 1.0 - 2.0 * first
    radius = wp.sqrt(wp.max(0.0, 1.0 - height * height))
    angle = 2.0 * wp.pi * second
    sum = normal + wp.vec3(radius * wp.cos(angle), radius * wp.sin(angle), height)
    return wp.where(wp.length_sq(sum) > 1.0e-8, wp.normalize(sum), normal)


@wp.func
def finds_images(limits: TraceLimits, area: float, cosine: float, length: float, chance: float) -> bool:
    """Whether a mirror patch is seen, along a chain of mirrors, by rays enough to be found without fail, (P7).

    Args:
        limits: Settings.
        area: Of the patch [m2].
        cosine: Of the angle of incidence.
        length: From the listener along the chain [m].
        chance: Probability that a ray goes on as a mirror would, up to here.
    """
    return length <= limits.late_length and (
        float(limits.rays) / chain_stride(limits, length) * chance * area * cosine
        >= limits.image_rays * 4.0 * wp.pi * length * length
    )
