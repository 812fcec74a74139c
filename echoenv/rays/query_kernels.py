"""What a Warp kernel calls to shoot a ray: `closest_hit` and `is_occluded`, on Embree or on Warp's own tree.

The one idea: a `RayQueries` holds either the addresses of Embree's functions (on a CPU) or the id of a Warp mesh (on
CUDA, and on CPUs without Embree). Kernels take it as an argument and never need to know which. A hit is a `vec4`:
(distance, u, v, triangle), distance in lengths of the direction, barycentric u and v of the triangle's second and third
corner, triangle -1.0 and distance `MISS` on a miss. Triangle numbers are exact in a float up to 16,777,216.
"""

import warp as wp

MISS = wp.constant(1.0e30)

wp.set_module_options({"enable_backward": False})


@wp.struct
class RayQueries:
    """Where to shoot rays: Embree's scene and functions, or a Warp mesh when `scene` is 0."""

    scene: wp.uint64
    intersect1: wp.uint64
    occluded1: wp.uint64
    intersect8: wp.uint64
    mesh: wp.uint64


@wp.func_native("""
#if defined(__CUDA_ARCH__)
    return wp::vec4(1.0e30f, 0.0f, 0.0f, -1.0f);
#else
    alignas(64) struct {
        float ox, oy, oz, tnear, dx, dy, dz, time, tfar; unsigned mask, id, flags;
        float nx, ny, nz, u, v; unsigned prim, geom, inst[4];
    } r = {origin[0], origin[1], origin[2], near_, direction[0], direction[1], direction[2], 0.0f, far_,
           0xffffffffu, 0, 0, 0, 0, 0, 0, 0, 0xffffffffu, 0xffffffffu, {0xffffffffu, 0xffffffffu, 0, 0}};
    ((void (*)(void*, void*, void*))function)((void*)scene, &r, (void*)0);
    if (r.geom == 0xffffffffu) return wp::vec4(1.0e30f, 0.0f, 0.0f, -1.0f);
    return wp::vec4(r.tfar, r.u, r.v, (float)r.prim);
#endif
""")
def _embree_closest(
    function: wp.uint64, scene: wp.uint64, origin: wp.vec3, direction: wp.vec3, near_: float, far_: float
) -> wp.vec4: ...


@wp.func_native("""
#if defined(__CUDA_ARCH__)
    return 0;
#else
    alignas(64) struct {
        float ox, oy, oz, tnear, dx, dy, dz, time, tfar; unsigned mask, id, flags;
    } r = {origin[0], origin[1], origin[2], near_, direction[0], direction[1], direction[2], 0.0f, far_,
           0xffffffffu, 0, 0};
    ((void (*)(void*, void*, void*))function)((void*)scene, &r, (void*)0);
    return r.tfar < 0.0f ? 1 : 0;
#endif
""")
def _embree_occluded(
    function: wp.uint64, scene: wp.uint64, origin: wp.vec3, direction: wp.vec3, near_: float, far_: float
) -> int: ...


@wp.func_native("""
#if !defined(__CUDA_ARCH__)
    alignas(64) struct {
        float ox[8], oy[8], oz[8], tnear[8], dx[8], dy[8], dz[8], time[8], tfar[8]; unsigned mask[8], id[8], flags[8];
        float nx[8], ny[8], nz[8], u[8], v[8]; unsigned prim[8], geom[8], inst[4][8];
    } r;
    alignas(64) int valid[8];
    struct { unsigned flags, features; void *context, *filter, *intersect; float width; } coherent =
        {1u << 16, 0xffffffffu, 0, 0, 0, 0.0f};
    for (int i = 0; i < 8; i++) {
        int k = first + i < count ? first + i : count - 1;
        const wp::vec3& o = origins.data[k]; const wp::vec3& d = directions.data[k];
        valid[i] = first + i < count ? -1 : 0;
        r.ox[i] = o[0]; r.oy[i] = o[1]; r.oz[i] = o[2]; r.tnear[i] = 0.0f;
        r.dx[i] = d[0]; r.dy[i] = d[1]; r.dz[i] = d[2]; r.time[i] = 0.0f; r.tfar[i] = far_;
        r.mask[i] = 0xffffffffu; r.id[i] = i; r.flags[i] = 0; r.geom[i] = r.prim[i] = 0xffffffffu;
        r.inst[0][i] = r.inst[1][i] = 0xffffffffu;
    }
    ((void (*)(const int*, void*, void*, void*))function)(valid, (void*)scene, &r, &coherent);
    for (int i = 0; i < 8 && first + i < count; i++) {
        bool hit = r.geom[i] != 0xffffffffu;
        hits.data[first + i] = hit ? wp::vec4(r.tfar[i], r.u[i], r.v[i], (float)r.prim[i])
                                   : wp::vec4(1.0e30f, 0.0f, 0.0f, -1.0f);
    }
#endif
""")
def _embree_closest8(
    function: wp.uint64,
    scene: wp.uint64,
    first: int,
    count: int,
    origins: wp.array(dtype=wp.vec3),
    directions: wp.array(dtype=wp.vec3),
    far_: float,
    hits: wp.array(dtype=wp.vec4),
): ...


@wp.func
def closest_hit(rays: RayQueries, origin: wp.vec3, direction: wp.vec3, near_: float, far_: float) -> wp.vec4:
    """First triangle between `near_` and `far_` along a ray: (distance, u, v, triangle), or a miss."""
    if rays.scene != wp.uint64(0):
        return _embree_closest(rays.intersect1, rays.scene, origin, direction, near_, far_)
    query = wp.mesh_query_ray(rays.mesh, origin + near_ * direction, direction, far_ - near_)
    if query.result:
        return wp.vec4(near_ + query.t, query.v, 1.0 - query.u - query.v, float(query.face))
    return wp.vec4(MISS, 0.0, 0.0, -1.0)


@wp.func
def is_occluded(rays: RayQueries, origin: wp.vec3, direction: wp.vec3, near_: float, far_: float) -> bool:
    """Whether any triangle lies between `near_` and `far_` along a ray."""
    if rays.scene != wp.uint64(0):
        return _embree_occluded(rays.occluded1, rays.scene, origin, direction, near_, far_) != 0
    return wp.mesh_query_ray_anyhit(rays.mesh, origin + near_ * direction, direction, far_ - near_)


@wp.kernel
def intersect_kernel(
    first: int,
    rays: RayQueries,
    origins: wp.array(dtype=wp.vec3),
    directions: wp.array(dtype=wp.vec3),
    far_: wp.array(dtype=float),
    hits: wp.array(dtype=wp.vec4),
):
    """One thread a ray."""
    ray = first + wp.tid()
    hits[ray] = closest_hit(rays, origins[ray], directions[ray], 0.0, far_[ray])


@wp.kernel
def intersect_packets_kernel(
    first: int,
    rays: RayQueries,
    count: int,
    origins: wp.array(dtype=wp.vec3),
    directions: wp.array(dtype=wp.vec3),
    far_: float,
    hits: wp.array(dtype=wp.vec4),
):
    """One thread a packet of eight neighbouring rays."""
    ray = 8 * (first + wp.tid())
    if rays.intersect8 != wp.uint64(0):
        _embree_closest8(rays.intersect8, rays.scene, ray, count, origins, directions, far_, hits)
    else:
        for k in range(ray, wp.min(ray + 8, count)):
            hits[k] = closest_hit(rays, origins[k], directions[k], 0.0, far_)


@wp.kernel
def occluded_kernel(
    first: int,
    rays: RayQueries,
    origins: wp.array(dtype=wp.vec3),
    directions: wp.array(dtype=wp.vec3),
    far_: wp.array(dtype=float),
    blocked: wp.array(dtype=wp.uint8),
):
    """One thread a ray."""
    ray = first + wp.tid()
    hit = is_occluded(rays, origins[ray], directions[ray], 0.0, far_[ray])
    blocked[ray] = wp.where(hit, wp.uint8(1), wp.uint8(0))
