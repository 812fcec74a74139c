"""The late field: strollers that wander about a scene once for all, and listeners' rays that join them.

The one idea: where a ray goes after a while depends little on where it came from. So strollers are followed through the
scene once; each knows the cell (a zone of the scene and a direction) in which it entered, and leaves samples: hits with
what it still carries there. A listener's ray that comes into a cell has, on average, the future of the strollers that
entered there; its sound is read off their samples, and only these are connected to the sources. Labels such as (P11)
point to the section "Propagation" of docs/physics.md.
"""

import warp as wp

from echoenv.acoustics.propagation.leg_kernels import next_leg
from echoenv.acoustics.propagation.surface_kernels import BANDS, AcousticMesh, TraceLimits, leave, towards, vec8
from echoenv.acoustics.propagation.tracing_kernels import Histogram, Joiner, SourcePatterns, ask_sources
from echoenv.acoustics.propagation.transmission_kernels import face_normal, passed_share
from echoenv.rays.query_kernels import MISS, RayQueries, closest_hit, is_occluded

wp.set_module_options({"enable_backward": False})

SHORTEST_PATHS = wp.constant(0.05)  # [m] mean free path below which strollers are in a cavity, and given up
LATE_CONNECTION = wp.constant(4.0)  # times `full_connection`: which sample is drawn is noise enough, so 2 to 4 % more
APART = wp.constant(0.005)  # [rad] by which doubled strollers part: between bare walls they would stay one for ever
_SEEDS_ASKED = wp.constant(6)  # nearest zones whose middle a point may lie in sight of


@wp.struct
class Stroller:
    """A ray of the late field between two of its stages."""

    origin: wp.vec3
    direction: wp.vec3
    throughput: vec8
    weights: vec8
    length: float  # [m] since it entered; negative where it has ended
    cell: int  # in which it entered
    hero: int


@wp.struct
class Sample:
    """A hit of the late field."""

    point: wp.vec3  # just off the surface
    normal: wp.vec3  # towards where the stroller came from
    direction: wp.vec3  # in which it came
    reflected: vec8  # energy that the surface reflects
    length: float  # [m] since the stroller entered
    surface: int
    cell: int  # in which the stroller entered; -1 where there is no sample


@wp.struct
class LateCells:
    """Zones of a scene times directions: cells of the late field."""

    middles: wp.array(dtype=wp.vec3)  # (zones,) [m]
    directions: wp.array(dtype=wp.vec3)  # (directions,) unit
    stand_ins: wp.array(dtype=wp.int32)  # (cells,) the nearest cell in which strollers entered
    inverse: wp.array(dtype=vec8)  # (cells,) one over the energy of the strollers that entered there
    inverse_worth: wp.array(dtype=wp.float32)  # (cells,) one over their share of all importance


@wp.struct
class LateSamples:
    """Samples, sorted by stage and cell."""

    samples: wp.array(dtype=Sample)
    firsts: wp.array2d(dtype=wp.int32)  # (stages, cells + 1) first sample of each cell
    draws: wp.array(dtype=wp.int32)  # (stages + 1,) first draw of each stage


@wp.func
def cell_at(rays: RayQueries, cells: LateCells, point: wp.vec3, direction: wp.vec3) -> int:
    """The cell of a ray: the zone whose middle is the nearest in sight, and the nearest direction."""
    zone = int(0)
    beyond = float(-1.0)
    for asked in range(_SEEDS_ASKED):
        nearest = float(MISS)
        which = int(-1)
        for middle in range(cells.middles.shape[0]):
            apart = wp.length_sq(cells.middles[middle] - point)
            if apart > beyond and apart < nearest:
                nearest = apart
                which = middle
        if which < 0:
            break
        beyond = nearest
        if asked == 0:
            zone = which
        distance = wp.sqrt(nearest)
        if not is_occluded(rays, point, (cells.middles[which] - point) / wp.max(distance, 1.0e-6), 0.0, distance):
            zone = which
            break
    closest = float(-2.0)
    bin = int(0)
    for k in range(cells.directions.shape[0]):
        cosine = wp.dot(cells.directions[k], direction)
        if cosine > closest:
            closest = cosine
            bin = k
    return zone * cells.directions.shape[0] + bin


@wp.kernel
def stroll_kernel(
    first: int,
    rays: RayQueries,
    mesh: AcousticMesh,
    transmission: int,
    stage: int,
    until: float,
    before: wp.array(dtype=Stroller),
    parents: wp.array(dtype=wp.int32),
    shares: wp.array(dtype=wp.float32),
    after: wp.array(dtype=Stroller),
    samples: wp.array(dtype=Sample),
):
    """One thread a stroller: follows it for one stage and keeps one of its hits, any with the same chance.

    Args:
        first: Of the strollers of this launch.
        rays: Queries.
        mesh: Surfaces.
        transmission: 0 where nothing goes through walls.
        stage: Number of the stage, for the draws.
        until: Length [m] at which the stage ends.
        before: Strollers at the end of the last stage.
        parents: (n,) which of them each goes on as.
        shares: (n,) by how much what it carries changes.
        after: (n,) out: strollers at the end of this stage.
        samples: (n,) out: the hit that was kept, for all that there were.
    """
    place = first + wp.tid()
    random = wp.rand_init(stage, place)
    walker = before[parents[place]]
    origin = walker.origin
    off = wp.vec3(wp.randn(random), wp.randn(random), wp.randn(random))
    direction = wp.normalize(walker.direction + APART * off)
    throughput = walker.throughput * shares[place]
    weights = walker.weights
    length = walker.length
    sample = Sample()
    sample.cell = -1
    met = float(0.0)
    arrived = length > until  # the last leg of the stage before may have been longer than this stage
    legs = int((until - length) / SHORTEST_PATHS) + 1
    while not arrived and legs > 0:
        legs -= 1
        hit = closest_hit(rays, origin, direction, 0.0, MISS)
        if hit[3] < 0.0:
            break
        length += hit[0]
        triangle = mesh.triangles[int(hit[3])]
        normal = towards(face_normal(triangle), direction)
        if wp.length_sq(normal) < 0.5:
            break
        surface = mesh.facets[int(triangle[3])][0]
        kept_energy = mesh.reflection[surface]
        passed = vec8(0.0)
        if transmission != 0:
            passed = passed_share(kept_energy, mesh.transmission[surface])
            kept_energy = kept_energy + mesh.transmission[surface]
        throughput = wp.cw_mul(throughput, kept_energy)
        met += 1.0
        if wp.randf(random) * met <= 1.0:
            sample.point = leave(origin + hit[0] * direction, normal, direction)
            sample.normal = normal
            sample.direction = direction
            sample.reflected = wp.cw_mul(wp.cw_mul(throughput, weights), vec8(1.0) - passed)
            sample.length = length
            sample.surface = surface
            sample.cell = walker.cell
        chances = wp.vec4(wp.randf(random), wp.randf(random), wp.randf(random), wp.randf(random))
        origin, direction, throughput, weights, _norm, inside, _turn = next_leg(
            rays, mesh, walker.hero, chances, origin, direction, hit[0], triangle, normal, passed, throughput, weights
        )
        length += inside
        if length > until:
            arrived = True
    walker.origin = origin
    walker.direction = direction
    walker.throughput = throughput
    walker.weights = weights
    walker.length = wp.where(arrived, length, -1.0)
    after[place] = walker
    sample.reflected = sample.reflected * met
    samples[place] = sample


@wp.kernel
def enter_kernel(first: int, rays: RayQueries, cells: LateCells, strollers: wp.array(dtype=Stroller)):
    """One thread a stroller that has wandered long enough: its cell, and its length back to 0."""
    place = first + wp.tid()
    walker = strollers[place]
    if walker.length >= 0.0:
        walker.cell = cell_at(rays, cells, walker.origin, walker.direction)
        walker.length = 0.0
        strollers[place] = walker


@wp.kernel
def locate_kernel(
    first: int, rays: RayQueries, cells: LateCells, joining: wp.array(dtype=Joiner), located: wp.array(dtype=wp.int32)
):
    """One thread a listener's ray: the cell in which it joins, -1 where it does not."""
    place = first + wp.tid()
    ray = joining[place]
    located[place] = -1
    if ray.length > 0.0:
        located[place] = cells.stand_ins[cell_at(rays, cells, ray.origin, ray.direction)]


@wp.kernel
def gather_kernel(
    first: int,
    rays: int,
    joining: wp.array(dtype=Joiner),
    located: wp.array(dtype=wp.int32),
    order: wp.array(dtype=wp.int32),
    firsts: wp.array2d(dtype=wp.int32),
    worths: wp.array(dtype=wp.float32),
):
    """One thread a listener: sorts its rays by cell and adds up what they are worth.

    Args:
        first: Of the listeners of this launch.
        rays: Of each listener.
        joining: (L * rays,) rays.
        located: (L * rays,) their cells, -1 for none.
        order: (L * rays,) out: rays of a listener, sorted by cell; the last ones are not written.
        firsts: (L, cells + 2) out, zero before: the first of each cell in `order`, and after the cells how many there
            are.
        worths: (L * rays,) out: importance of the ordered rays, added up: the mean over the bands of each one's share.
    """
    listener = first + wp.tid()
    begin = listener * rays
    cells = firsts.shape[1] - 2
    total = vec8(0.0)
    for ray in range(rays):
        cell = located[begin + ray]
        if cell >= 0:
            firsts[listener, cell + 2] = firsts[listener, cell + 2] + 1
            total = total + joining[begin + ray].carried
    inverse = vec8(0.0)
    for band in range(BANDS):
        inverse[band] = 0.125 / wp.max(total[band], 1.0e-30)
    for cell in range(cells):
        firsts[listener, cell + 2] = firsts[listener, cell + 2] + firsts[listener, cell + 1]
    for ray in range(rays):
        cell = located[begin + ray]
        if cell >= 0:
            place = firsts[listener, cell + 1]
            order[begin + place] = ray
            firsts[listener, cell + 1] = place + 1
    worth = float(0.0)
    for place in range(firsts[listener, cells]):
        worth += wp.dot(joining[begin + order[begin + place]].carried, inverse)
        worths[begin + place] = worth


@wp.func
def worth_before(worths: wp.array(dtype=wp.float32), begin: int, place: int) -> float:
    """Importance of the rays before one."""
    if place == 0:
        return 0.0
    return worths[begin + place - 1]


@wp.kernel
def plan_kernel(
    first: int,
    rays: int,
    cells: LateCells,
    late: LateSamples,
    firsts: wp.array2d(dtype=wp.int32),
    worths: wp.array(dtype=wp.float32),
    plan: wp.array3d(dtype=wp.float32),
):
    """One thread a listener and stage: how much the samples of each cell are worth to the listener, added up.

    Args:
        first: Of the items (listener * stages + stage) of this launch.
        rays: Of each listener.
        cells: Cells.
        late: Samples.
        firsts: (L, cells + 2) from `gather_kernel`.
        worths: (L * rays,) from `gather_kernel`.
        plan: (L, stages, cells + 1) out.
    """
    item = first + wp.tid()
    listener = item / plan.shape[1]
    stage = item - listener * plan.shape[1]
    begin = listener * rays
    total = float(0.0)
    plan[listener, stage, 0] = 0.0
    for cell in range(plan.shape[2] - 1):
        a = firsts[listener, cell]
        b = firsts[listener, cell + 1]
        if b > a:
            worth = worth_before(worths, begin, b) - worth_before(worths, begin, a)
            number = late.firsts[stage, cell + 1] - late.firsts[stage, cell]
            total += float(number) * worth * cells.inverse_worth[cell]
        plan[listener, stage, cell + 1] = total


@wp.kernel
def join_kernel(
    first: int,
    rays: RayQueries,
    mesh: AcousticMesh,
    limits: TraceLimits,
    histogram: Histogram,
    sources: wp.array2d(dtype=wp.vec3),
    seeds: wp.array(dtype=wp.int32),
    patterns: SourcePatterns,
    cells: LateCells,
    late: LateSamples,
    joining: wp.array(dtype=Joiner),
    order: wp.array(dtype=wp.int32),
    firsts: wp.array2d(dtype=wp.int32),
    worths: wp.array(dtype=wp.float32),
    plan: wp.array3d(dtype=wp.float32),
):
    """One thread a draw: the sound that all sources send by way of a sample and a ray of the listener, (P11).

    The sample is drawn by its worth to the listener, the ray from those in the cell in which the sample's stroller
    entered.

    Args:
        first: Of the items (listener * draws + draw) of this launch.
        rays: Queries.
        mesh: Surfaces.
        limits: Settings.
        histogram: To add to.
        sources: (L, M) [m].
        seeds: (L,).
        patterns: The sources' directivities.
        cells: Cells.
        late: Samples.
        joining: (L * rays,) rays.
        order: From `gather_kernel`.
        firsts: From `gather_kernel`.
        worths: From `gather_kernel`.
        plan: From `plan_kernel`.
    """
    item = first + wp.tid()
    stages = plan.shape[1]
    draw_count = late.draws[stages]
    listener = item / draw_count
    draw = item - listener * draw_count
    stage = int(0)
    while draw >= late.draws[stage + 1]:
        stage += 1
    number = late.draws[stage + 1] - late.draws[stage]
    total = plan[listener, stage, plan.shape[2] - 1]
    if total <= 0.0:
        return
    shift = wp.randf(wp.rand_init(seeds[listener], -1 - stage))  # one for the stage: draws are evenly spaced
    step = total / float(number)
    drawn = (float(draw - late.draws[stage]) + shift) * step
    cell = int(0)
    above = plan.shape[2] - 1
    while above - cell > 1:
        middle = (cell + above) / 2
        if plan[listener, stage, middle] <= drawn:
            cell = middle
        else:
            above = middle
    begin = listener * limits.rays
    low = firsts[listener, cell]
    high = firsts[listener, cell + 1]
    below = worth_before(worths, begin, low)
    worth = worth_before(worths, begin, high) - below
    first_sample = late.firsts[stage, cell]
    samples = late.firsts[stage, cell + 1] - first_sample
    density = worth * cells.inverse_worth[cell]  # worth of each of the cell's samples
    if samples == 0 or density <= 0.0:
        return
    index = wp.clamp(int((drawn - plan[listener, stage, cell]) / density), 0, samples - 1)
    sample = late.samples[first_sample + index]

    random = wp.rand_init(seeds[listener], 1073741824 + draw)
    mark = below + worth * wp.randf(random)
    while high - low > 1:
        middle = (low + high) / 2
        if worth_before(worths, begin, middle) <= mark:
            low = middle
        else:
            high = middle
    ray = joining[begin + order[begin + low]]
    chance = (worths[begin + low] - worth_before(worths, begin, low)) / worth
    if chance <= 0.0:
        return
    scale = step / (density * chance)
    reflected = wp.cw_mul(wp.cw_mul(sample.reflected, ray.carried), cells.inverse[cell]) * scale
    ask_sources(
        rays, mesh, limits, histogram, sources, patterns, listener, ray.slot, sample.point, sample.normal,
        sample.direction, sample.surface, reflected, False, ray.length + sample.length,
        LATE_CONNECTION * limits.full_connection, wp.randf(random), wp.randf(random),
    )  # fmt: skip
