"""What a Warp kernel calls to shoot a ray: `closest_hit` and `is_occluded`, on Embree or on Warp's own tree.

The one idea: a `RayQueries` holds either the addresses of Embree's functions (on a CPU) or the id of a Warp mesh (on
CUDA, and on CPUs without Embree). Kernels take it as an argument and never need to know which. A hit is a `vec4`:
(distance, u, v, triangle), distance in lengths of the direction, barycentric u and v of the triangle's second and third
corner, triangle -1.0 and distance `MISS` on a miss. Triangle numbers are exact in a float up to 16,777,216.

Cameras see front faces only: `closest_front_hit` and `closest_front_hits8` pass through back faces as if they were not
there, also where a front face and a back face lie in one plane (a wall between two rooms).
"""

import warp as wp

MISS = wp.constant(1.0e30)
_TOUCHING = wp.constant(
    2.0e-5
)  # faces this close [fraction of the distance, at least of 1 m] may be taken as one plane
_MAX_BACK_FACES = wp.constant(1000)  # that one ray passes on Warp's tree

Directions8 = wp.types.matrix(shape=(3, 8), dtype=wp.float32)
"""Directions of a packet: rows x, y, z; one column a ray."""

Hits8 = wp.types.matrix(shape=(8, 4), dtype=wp.float32)
"""Hits of a packet: one row (distance, u, v, triangle) a ray."""

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
    return 0;
#else
    struct Candidates { int* valid; void *user, *context; const float *rays, *hits; unsigned count; };
    void (*filter)(const Candidates*) = [](const Candidates* c) {
        const float *d = c->rays + 4 * c->count, *normal = c->hits;
        for (unsigned i = 0, n = c->count; i < n; i++)
            if (d[i] * normal[i] + d[n + i] * normal[n + i] + d[2 * n + i] * normal[2 * n + i] >= 0.0f) c->valid[i] = 0;
    };
    return (wp::uint64)filter;
#endif
""")
def _front_filter() -> wp.uint64:
    """Address of a function that Embree calls for every candidate hit, and that refuses back faces."""
    ...


@wp.func_native("""
#if defined(__CUDA_ARCH__)
    return wp::vec4(1.0e30f, 0.0f, 0.0f, -1.0f);
#else
    alignas(64) struct {
        float ox, oy, oz, tnear, dx, dy, dz, time, tfar; unsigned mask, id, flags;
        float nx, ny, nz, u, v; unsigned prim, geom, inst[4];
    } r = {origin[0], origin[1], origin[2], near_, direction[0], direction[1], direction[2], 0.0f, far_,
           0xffffffffu, 0, 0, 0, 0, 0, 0, 0, 0xffffffffu, 0xffffffffu, {0xffffffffu, 0xffffffffu, 0, 0}};
    struct { unsigned flags, features; void *context, *filter, *other; float width; } filtered =
        {2u, 0xffffffffu, 0, (void*)filter, 0, 0.0f};
    ((void (*)(void*, void*, void*))function)((void*)scene, &r, filter ? (void*)&filtered : (void*)0);
    if (r.geom == 0xffffffffu) return wp::vec4(1.0e30f, 0.0f, 0.0f, -1.0f);
    return wp::vec4(r.tfar, r.u, r.v, (float)r.prim);
#endif
""")
def _embree_closest(
    function: wp.uint64,
    scene: wp.uint64,
    origin: wp.vec3,
    direction: wp.vec3,
    near_: float,
    far_: float,
    filter: wp.uint64,
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


@wp.func_native("""
    wp::mat_t<8, 4, float> hits(0.0f);
#if !defined(__CUDA_ARCH__)
    alignas(64) struct {
        float ox[8], oy[8], oz[8], tnear[8], dx[8], dy[8], dz[8], time[8], tfar[8]; unsigned mask[8], id[8], flags[8];
        float nx[8], ny[8], nz[8], u[8], v[8]; unsigned prim[8], geom[8], inst[4][8];
    } r;
    alignas(64) int valid[8];
    struct { unsigned flags, features; void *context, *filter, *intersect; float width; } how =
        {1u << 16, 0xffffffffu, 0, 0, 0, 0.0f};
    for (int i = 0; i < 8; i++) {
        valid[i] = -1;
        r.ox[i] = origin[0]; r.oy[i] = origin[1]; r.oz[i] = origin[2]; r.tnear[i] = near_;
        r.dx[i] = directions.data[0][i]; r.dy[i] = directions.data[1][i]; r.dz[i] = directions.data[2][i];
        r.time[i] = 0.0f; r.tfar[i] = far_; r.mask[i] = 0xffffffffu; r.id[i] = i; r.flags[i] = 0;
        r.geom[i] = r.prim[i] = r.inst[0][i] = r.inst[1][i] = 0xffffffffu;
    }
    void (*intersect)(const int*, void*, void*, void*) = (void (*)(const int*, void*, void*, void*))function;
    intersect(valid, (void*)scene, &r, &how);
    if (filter) {
        bool again = false;
        for (int i = 0; i < 8; i++) {
            bool back = r.nx[i] * r.dx[i] + r.ny[i] * r.dy[i] + r.nz[i] * r.dz[i] >= 0.0f;
            valid[i] = r.geom[i] != 0xffffffffu && back ? -1 : 0;
            again |= valid[i] != 0;
        }
        for (int i = 0; again && i < 8; i++) {
            if (!valid[i]) continue;
            float start = 0.9999f * r.tfar[i];  // nothing is nearer, but a front face may touch this back face
            r.tnear[i] = start > near_ ? start : near_; r.tfar[i] = far_;
            r.geom[i] = r.prim[i] = 0xffffffffu;
        }
        how.flags |= 2u;
        how.filter = (void*)filter;
        if (again) intersect(valid, (void*)scene, &r, &how);
    }
    for (int i = 0; i < 8; i++) {
        bool hit = r.geom[i] != 0xffffffffu;
        hits.data[i][0] = hit ? r.tfar[i] : 1.0e30f;
        hits.data[i][1] = hit ? r.u[i] : 0.0f;
        hits.data[i][2] = hit ? r.v[i] : 0.0f;
        hits.data[i][3] = hit ? (float)r.prim[i] : -1.0f;
    }
#endif
    return hits;
""")
def _embree_closest_from8(
    function: wp.uint64,
    scene: wp.uint64,
    origin: wp.vec3,
    directions: Directions8,
    near_: float,
    far_: float,
    filter: wp.uint64,
) -> Hits8:
    """Rays from one point: without the filter at first, which is fastest; those that met a back face go on with it."""
    ...


@wp.func
def _beside(direction: wp.vec3) -> wp.vec3:
    """The direction turned by two millionths, more than rounding and less than anyone can see or hear.

    A ray aimed exactly at a corner (Embree) or along the edge of a box of the tree (Warp) can slip through a closed
    mesh. One that met nothing is therefore asked once more, beside: it costs nothing where walls are all around.
    """
    return direction + 2.0e-6 * wp.length(direction) * wp.vec3(0.61, -0.52, 0.60)


@wp.func
def _closest_hit_asked_once(
    rays: RayQueries, origin: wp.vec3, direction: wp.vec3, near_: float, far_: float
) -> wp.vec4:
    if rays.scene != wp.uint64(0):
        return _embree_closest(rays.intersect1, rays.scene, origin, direction, near_, far_, wp.uint64(0))
    query = wp.mesh_query_ray(rays.mesh, origin + near_ * direction, direction, far_ - near_)
    if query.result:
        return wp.vec4(near_ + query.t, query.v, 1.0 - query.u - query.v, float(query.face))
    return wp.vec4(MISS, 0.0, 0.0, -1.0)


@wp.func
def closest_hit(rays: RayQueries, origin: wp.vec3, direction: wp.vec3, near_: float, far_: float) -> wp.vec4:
    """First triangle between `near_` and `far_` along a ray: (distance, u, v, triangle), or a miss."""
    hit = _closest_hit_asked_once(rays, origin, direction, near_, far_)
    if hit[3] < 0.0:
        hit = _closest_hit_asked_once(rays, origin, _beside(direction), near_, far_)
    return hit


@wp.func
def _front_hit_touching(mesh: wp.uint64, origin: wp.vec3, direction: wp.vec3, distance: float, gap: float) -> wp.vec4:
    """The front face, if any, that a ray meets within `gap` of `distance`, where it also meets a back face."""
    found = wp.vec4(MISS, 0.0, 0.0, -1.0)
    a = origin + (distance - gap) * direction
    b = origin + (distance + gap) * direction
    query = wp.mesh_query_aabb(mesh, wp.min(a, b), wp.max(a, b))
    points = wp.mesh_get(mesh).points
    face = int(0)
    while wp.mesh_query_aabb_next(query, face):
        corner = points[wp.mesh_get_index(mesh, 3 * face)]
        side = points[wp.mesh_get_index(mesh, 3 * face + 1)] - corner
        other = points[wp.mesh_get_index(mesh, 3 * face + 2)] - corner
        normal = wp.cross(side, other)
        towards = wp.dot(normal, direction)
        if towards < 0.0:
            t = wp.dot(normal, corner - origin) / towards
            across = wp.cross(corner - origin, direction)
            u = wp.dot(other, across) / towards
            v = -wp.dot(side, across) / towards
            if wp.abs(t - distance) <= gap and t < found[0] and wp.min(wp.min(u, v), 1.0 - u - v) >= -1.0e-6:
                found = wp.vec4(t, u, v, float(face))
    return found


@wp.func
def _mesh_closest_front(mesh: wp.uint64, origin: wp.vec3, direction: wp.vec3, near_: float, far_: float) -> wp.vec4:
    start = float(near_)
    for _ in range(_MAX_BACK_FACES):
        query = wp.mesh_query_ray(mesh, origin + start * direction, direction, far_ - start)
        if not query.result:
            break
        distance = start + query.t
        if wp.dot(query.normal, direction) < 0.0:
            return wp.vec4(distance, query.v, 1.0 - query.u - query.v, float(query.face))
        gap = _TOUCHING * wp.max(1.0, distance)
        front = _front_hit_touching(mesh, origin, direction, distance, gap)
        if front[3] >= 0.0 and front[0] >= near_ and front[0] <= far_:
            return front
        start = distance + gap
        if start >= far_:
            break
    return wp.vec4(MISS, 0.0, 0.0, -1.0)


@wp.func
def closest_front_hit(rays: RayQueries, origin: wp.vec3, direction: wp.vec3, near_: float, far_: float) -> wp.vec4:
    """First triangle that turns its front to the ray; back faces and triangles without area are passed."""
    if rays.scene != wp.uint64(0):
        return _embree_closest(rays.intersect1, rays.scene, origin, direction, near_, far_, _front_filter())
    return _mesh_closest_front(rays.mesh, origin, direction, near_, far_)


@wp.func
def closest_hits8(
    rays: RayQueries, origin: wp.vec3, directions: Directions8, near_: float, far_: float, front_only: bool
) -> Hits8:
    """A packet of neighbouring rays from one point; needs `rays.intersect8`."""
    filter = wp.uint64(0)
    if front_only:
        filter = _front_filter()
    return _embree_closest_from8(rays.intersect8, rays.scene, origin, directions, near_, far_, filter)


@wp.func
def is_occluded(rays: RayQueries, origin: wp.vec3, direction: wp.vec3, near_: float, far_: float) -> bool:
    """Whether any triangle lies between `near_` and `far_` along a ray.

    Of rays aimed exactly at a corner of a closed mesh Embree lets a few in a thousand through, and no others.
    """
    if rays.scene != wp.uint64(0):
        return _embree_occluded(rays.occluded1, rays.scene, origin, direction, near_, far_) != 0
    if wp.mesh_query_ray_anyhit(rays.mesh, origin + near_ * direction, direction, far_ - near_):
        return True
    aside = _beside(direction)
    return wp.mesh_query_ray_anyhit(rays.mesh, origin + near_ * aside, aside, far_ - near_)


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
        for k in range(ray, wp.min(ray + 8, count)):
            if hits[k][3] < 0.0:
                hits[k] = closest_hit(rays, origins[k], _beside(directions[k]), 0.0, far_)
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
