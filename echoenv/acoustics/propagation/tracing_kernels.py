"""The tracer: follows each ray from a listener to its end and connects every hit to every source.

The one idea: one thread follows one ray through all its reflections, so nothing is written between bounces. At every
hit the energy that this wall sends from the source to the ray is added to a histogram over time, band and the direction
in which the ray first left. The histogram holds integers, so sums do not depend on the order in which threads add.
Labels such as (P3) point to the section "Propagation" of docs/physics.md.
"""

import warp as wp

from echoenv.acoustics.propagation.leg_kernels import MIRRORED, THROUGH, next_leg
from echoenv.acoustics.propagation.surface_kernels import (
    BANDS,
    OFFSET,
    TOUCH,
    AcousticMesh,
    TraceLimits,
    chain_stride,
    finds_images,
    leave,
    mean8,
    start_direction,
    survival,
    thinning_stage,
    towards,
    vec8,
)
from echoenv.acoustics.propagation.transmission_kernels import SCOUTS, face_normal, passed_share, transmitted
from echoenv.rays.query_kernels import MISS, RayQueries, closest_hit, is_occluded

wp.set_module_options({"enable_backward": False})

ENERGY_QUANTUM = wp.constant(2.0**-42)  # the histogram's unit, before the factor 4 / rays of (P2)
NEAREST_SOURCE = wp.constant(0.1)  # [m] spreading 1/r^2 stops growing here, so that one hit cannot outshine all others
MAX_REFLECTIONS = wp.constant(100000)


@wp.struct
class Histogram:
    """Where energy goes: integers [listener, source, direction, bin, band] in one line."""

    counts: wp.array(dtype=wp.int64)
    bins: int
    bin_length: float  # [m] that sound travels in a bin
    directions: wp.array(dtype=wp.vec3)  # unit
    triangles: wp.array(dtype=wp.vec3i)  # of neighbouring directions, counter-clockwise from outside
    triangle_map: wp.array2d(dtype=wp.int32)  # triangle at [height, turn] of the sphere
    lobe_radii: wp.array(dtype=wp.float32)  # (5,) by stage of thinning
    lobe_balance: wp.array2d(dtype=wp.float32)  # (5, cells) by stage and squared sine of the angle of incidence


@wp.struct
class SourcePatterns:
    """Directivities of sources: energy radiated, on grids of 5 degrees as `Directivity.energy_table` has them."""

    directed: int  # 0 where no source is
    numbers: wp.array2d(dtype=wp.int32)  # (L, M) table of each source; -1 for none
    rotations: wp.array2d(dtype=wp.mat33)  # (L, M) local to world
    tables: wp.array3d(dtype=vec8)  # (tables, rows, columns)


@wp.func
def radiated(patterns: SourcePatterns, listener: int, source: int, direction: wp.vec3) -> vec8:
    """Energy (8,) that a source sends in a direction of the world, against that straight ahead, (V1)."""
    table = patterns.numbers[listener, source]
    if table < 0:
        return vec8(1.0)
    local = wp.transpose(patterns.rotations[listener, source]) * direction
    rows = patterns.tables.shape[1]
    columns = patterns.tables.shape[2]
    high = (wp.asin(wp.clamp(local[1], -1.0, 1.0)) / wp.pi + 0.5) * float(rows - 1)
    turn = wp.atan2(-local[0], -local[2]) / (2.0 * wp.pi) * float(columns)
    turn = wp.where(turn < 0.0, turn + float(columns), turn)
    row = wp.clamp(int(high), 0, rows - 2)
    column = int(turn)
    up = high - float(row)
    on = turn - float(column)
    left = column % columns
    right = (column + 1) % columns
    below = patterns.tables[table, row, left] * (1.0 - on) + patterns.tables[table, row, right] * on
    above = patterns.tables[table, row + 1, left] * (1.0 - on) + patterns.tables[table, row + 1, right] * on
    return below * (1.0 - up) + above * up


@wp.func
def direction_bin(histogram: Histogram, direction: wp.vec3, chance: float) -> int:
    """A corner of the triangle of bins around `direction`, drawn by the weight that interpolates between them, (P5)."""
    side = histogram.triangle_map.shape[0]
    turn = wp.atan2(direction[0], direction[2]) / (2.0 * wp.pi) + 0.5
    row = wp.clamp(int((0.5 * direction[1] + 0.5) * float(side)), 0, side - 1)
    column = wp.clamp(int(turn * float(side)), 0, side - 1)
    corners = histogram.triangles[histogram.triangle_map[row, column]]
    a = histogram.directions[corners[0]]
    b = histogram.directions[corners[1]]
    c = histogram.directions[corners[2]]
    weight_a = wp.max(0.0, wp.dot(direction, wp.cross(b, c)))
    weight_b = wp.max(0.0, wp.dot(direction, wp.cross(c, a)))
    weight_c = wp.max(0.0, wp.dot(direction, wp.cross(a, b)))
    drawn = chance * (weight_a + weight_b + weight_c)
    if drawn < weight_a:
        return corners[0]
    if drawn < weight_a + weight_b:
        return corners[1]
    return corners[2]


@wp.func
def lobe(histogram: Histogram, stage: int, incoming: wp.vec3, normal: wp.vec3, outgoing: wp.vec3) -> float:
    """Regularised mirror, as a multiple of a Lambert reflection, (P6)."""
    cosine_in = wp.dot(incoming, normal)
    cosine_out = wp.dot(outgoing, normal)
    apart = wp.length_sq(outgoing - incoming - (cosine_out - cosine_in) * normal)
    if apart > histogram.lobe_radii[stage] * histogram.lobe_radii[stage]:
        return 0.0
    cells = histogram.lobe_balance.shape[1]
    cell_in = wp.clamp(int((1.0 - cosine_in * cosine_in) * float(cells)), 0, cells - 1)
    cell_out = wp.clamp(int((1.0 - cosine_out * cosine_out) * float(cells)), 0, cells - 1)
    return wp.pi * histogram.lobe_balance[stage, cell_in] * histogram.lobe_balance[stage, cell_out]


@wp.func
def add_energy(histogram: Histogram, slot: int, length: float, energy: vec8):
    """Add to the bin of a path of `length` metres."""
    bin = wp.min(int(length / histogram.bin_length), histogram.bins - 1)
    place = (slot * histogram.bins + bin) * BANDS
    for band in range(BANDS):
        wp.atomic_add(histogram.counts, place + band, wp.int64(energy[band] / ENERGY_QUANTUM + 0.5))


@wp.kernel
def energy_kernel(
    first: int,
    scale: wp.array2d(dtype=wp.float64),
    counts: wp.array2d(dtype=wp.int64),
    energy: wp.array2d(dtype=wp.float64),
):
    """Energy from counts, in their place; one thread a direction and bin, most of which nothing has reached.

    Args:
        first: Of the rows of this launch.
        scale: (bins, 8) energy of one count.
        counts: (rows, 8), a row for each bin of each direction and pair.
        energy: The same memory, out: a count of 0 has the bits of an energy of 0.
    """
    row = first + wp.tid()
    bin = row % scale.shape[0]
    for band in range(BANDS):
        count = counts[row, band]
        if count != wp.int64(0):
            energy[row, band] = wp.float64(count) * scale[bin, band]


@wp.struct
class Joiner:
    """A ray where it goes over into the late field."""

    origin: wp.vec3
    direction: wp.vec3
    carried: vec8
    length: float  # [m] from the listener; 0 where no ray came so far
    slot: int  # of the histogram


@wp.func
def joiner(origin: wp.vec3, direction: wp.vec3, throughput: vec8, weights: vec8, length: float, slot: int) -> Joiner:
    """The ray as it is."""
    ray = Joiner()
    ray.origin = origin
    ray.direction = direction
    ray.carried = wp.cw_mul(throughput, weights)
    ray.length = length
    ray.slot = slot
    return ray


@wp.func
def ask_sources(
    rays: RayQueries,
    mesh: AcousticMesh,
    limits: TraceLimits,
    histogram: Histogram,
    sources: wp.array2d(dtype=wp.vec3),
    patterns: SourcePatterns,
    listener: int,
    slot: int,
    point: wp.vec3,
    normal: wp.vec3,
    direction: wp.vec3,
    surface: int,
    reflected: vec8,
    mirrors: bool,
    length: float,
    full_connection: float,
    first_chance: float,
    second_chance: float,
):
    """Add what every source sends by way of one hit, (P2).

    Args:
        rays: Queries.
        mesh: Surfaces.
        limits: Settings.
        histogram: To add to.
        sources: (L, M) [m].
        patterns: Their directivities.
        listener: Which one.
        slot: Of the histogram, of the first source.
        point: The hit, just off the surface.
        normal: Towards where the ray came from.
        direction: In which the ray came.
        surface: That it met.
        reflected: Energy (8,) of the ray that the surface reflects.
        mirrors: Whether the mirror part is left to an image source.
        length: From the listener to the hit [m].
        full_connection: Share [1/m2] of the reflected energy below which a source is not always asked.
        first_chance: A draw from 0 to 1.
        second_chance: Another.
    """
    # Weak connections are worth few shadow rays, and so is what little walls let through; one draw for all sources, so
    # that none disturbs the others.
    scattering = mesh.scattering[surface]
    scattered = mean8(scattering)
    follows = limits.transmission != 0 and second_chance < limits.follow
    stage = thinning_stage(limits, length)
    for source in range(sources.shape[1]):
        offset = sources[listener, source] - point
        distance = wp.length(offset)
        cosine = wp.dot(normal, offset) / wp.max(distance, 1.0e-9)
        if cosine > 0.0 and length + distance < limits.max_length:
            outgoing = offset / wp.max(distance, 1.0e-9)
            mirror = float(0.0)
            if not mirrors:
                mirror = lobe(histogram, stage, direction, normal, outgoing)
            spread = wp.max(distance, NEAREST_SOURCE)
            area = cosine / (spread * spread)
            asked = wp.min(1.0, (scattered + (1.0 - scattered) * mirror) * area / full_connection)
            if first_chance < asked:
                share = (scattering + (vec8(1.0) - scattering) * mirror) * area
                energy = wp.cw_mul(reflected, share) / asked
                if is_occluded(rays, point, outgoing, 0.0, distance - TOUCH):
                    if follows:
                        through, _count = transmitted(rays, mesh, point, outgoing, 0.0, distance - TOUCH)
                        energy = wp.cw_mul(energy, through) / limits.follow
                    else:
                        energy = vec8(0.0)
                if patterns.directed != 0:
                    energy = wp.cw_mul(energy, radiated(patterns, listener, source, -outgoing))
                if wp.max(energy) > 0.0:
                    add_energy(histogram, slot + source * histogram.directions.shape[0], length + distance, energy)


@wp.kernel
def trace_kernel(
    first: int,
    rays: RayQueries,
    mesh: AcousticMesh,
    limits: TraceLimits,
    histogram: Histogram,
    listeners: wp.array(dtype=wp.vec3),
    sources: wp.array2d(dtype=wp.vec3),
    seeds: wp.array(dtype=wp.int32),
    rotations: wp.array(dtype=wp.mat33),
    ray_order: wp.array(dtype=wp.int32),
    patterns: SourcePatterns,
    chains: wp.array2d(dtype=wp.int32),
    records: wp.array(dtype=wp.vec4),
    joining: wp.array(dtype=Joiner),
):
    """One thread a ray of a listener.

    Args:
        first: Of the items (listener * rays + ray) of this launch.
        rays: Queries.
        mesh: Surfaces.
        limits: Settings.
        histogram: To add to.
        listeners: (L,) [m].
        sources: (L, M) [m]: each listener has its own.
        seeds: (L,).
        rotations: (L,) of the starting directions.
        ray_order: (rays,) in which rays are followed, for the sake of the cache; it changes no result.
        patterns: The sources' directivities.
        chains: (L * rays, image_order) out: mirror planes in the order of reflection while the chain is exact; filled
            with -1 before.
        records: (L * rays,) out: how many rays escaped with this one without going through a wall, number of free paths
            after the first, their sum [m] and sum of squares [m2], each path counted for as many rays as this one
            stands for.
        joining: (L * rays,) out: rays that go over into the late field, (P11); zero before.
    """
    item = first + wp.tid()
    listener = item / limits.rays
    ray = ray_order[item - listener * limits.rays]
    random = wp.rand_init(seeds[listener], ray)
    origin = listeners[listener]
    direction = start_direction(ray, limits.rays, rotations[listener])
    direction_count = histogram.directions.shape[0]
    source_count = sources.shape[1]
    slot = listener * source_count * direction_count + direction_bin(histogram, direction, wp.randf(random))
    hero = (ray + ray / 16 + wp.abs(seeds[listener])) % BANDS

    throughput = vec8(1.0)
    weights = vec8(1.0)
    chance = float(1.0)
    exact = bool(True)
    length = float(0.0)
    stands_for = float(1.0)
    record = wp.vec4(0.0, 0.0, 0.0, 0.0)
    reflections = int(0)
    walls = int(0)
    near = float(OFFSET)  # of the first leg: a listener that touches a wall hears from both of its sides
    for leg in range(MAX_REFLECTIONS):
        hit = closest_hit(rays, origin, direction, near, MISS)
        near = 0.0
        if hit[3] < 0.0:
            if walls == 0:
                record[0] = stands_for
            break
        if leg > 0:
            record = record + stands_for * wp.vec4(0.0, 1.0, hit[0], hit[0] * hit[0])
        length += hit[0]
        triangle = mesh.triangles[int(hit[3])]
        normal = towards(face_normal(triangle), direction)
        if length >= limits.max_length or wp.length_sq(normal) < 0.5:
            break
        facet = mesh.facets[int(triangle[3])]
        patch = facet[1]
        mirrors = exact and reflections < limits.image_order and patch >= 0  # and leaves its mirror part to an image
        if mirrors:
            mirrors = finds_images(limits, mesh.patch_areas[patch], -wp.dot(normal, direction), length, chance)
        if mirrors:
            if stands_for < chain_stride(limits, length):
                if ray % 2 != 0:
                    break
                stands_for = 2.0
                throughput = 2.0 * throughput
            chains[listener * limits.rays + ray, reflections] = mesh.patch_planes[patch]

        kept_energy = mesh.reflection[facet[0]]
        passed = vec8(0.0)
        if limits.transmission != 0:
            passed = passed_share(kept_energy, mesh.transmission[facet[0]])
            kept_energy = kept_energy + mesh.transmission[facet[0]]
        throughput = wp.cw_mul(throughput, kept_energy)
        carried = wp.cw_mul(throughput, weights)
        if not mirrors:
            kept = survival(limits, carried, length)
            if kept < 1.0:
                if wp.randf(random) >= kept:
                    break
                throughput = throughput / kept
                carried = carried / kept
                stands_for /= kept
        reflected = wp.cw_mul(carried, vec8(1.0) - passed)
        met = origin + hit[0] * direction
        ask_sources(
            rays, mesh, limits, histogram, sources, patterns, listener, slot, leave(met, normal, direction), normal,
            direction, facet[0], reflected, mirrors, length, limits.full_connection, wp.randf(random),
            wp.randf(random),
        )  # fmt: skip
        # Not where no source can be reached in time: what a ray tells of the room must not depend on the sources.
        if wp.max(carried) < limits.energy_floor * stands_for:
            break

        chances = wp.vec4(wp.randf(random), wp.randf(random), wp.randf(random), wp.randf(random))
        origin, direction, throughput, weights, norm, inside, turn = next_leg(
            rays, mesh, hero, chances, origin, direction, hit[0], triangle, normal, passed, throughput, weights
        )
        length += inside
        if turn == THROUGH:
            if mirrors:
                chains[listener * limits.rays + ray, reflections] = -1
            # Scouts find the mirrors behind the first wall, and nobody those behind others.
            exact = exact and reflections == 0 and walls == 0
            chance = 1.0 / float(SCOUTS)
            walls += 1
        else:
            exact = mirrors and turn == MIRRORED
            reflections += 1
            chance *= norm
        if length > limits.late_length:
            joining[listener * limits.rays + ray] = joiner(origin, direction, throughput, weights, length, slot)
            break
    records[listener * limits.rays + ray] = record
