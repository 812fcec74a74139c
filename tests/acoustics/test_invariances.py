"""What must not change a room's sound: how it is cut into triangles, their order and winding, its unit (B4 test 24)."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from echoenv.acoustics.paths import Propagation
from echoenv.scene.scene import Scene
from tests.acoustics.shoebox import AIR, SPEED, propagator
from tests.rooms import box_room, with_solid_block

ROOM = dataclasses.replace(
    with_solid_block(box_room((6.0, 3.0, 5.0), 0.2, 0.5), (2.5, 0.0, 2.0), (3.4, 1.0, 2.9)), vertex_colors=None
)
A, B = np.array([1.1, 1.2, 1.4]), np.array([4.7, 1.6, 3.3])
SEEDS = list(range(8))


def flipped(room: Scene) -> Scene:
    return dataclasses.replace(room, triangles=np.ascontiguousarray(room.triangles[:, ::-1]))


def reordered(room: Scene) -> Scene:
    order = np.random.default_rng(0).permutation(len(room.triangles))
    arrays = ("triangles", "triangle_surfaces", "triangle_objects")
    return dataclasses.replace(room, **{name: np.ascontiguousarray(getattr(room, name)[order]) for name in arrays})


def split(room: Scene) -> Scene:
    a, b, c = room.triangles.T
    middles = room.vertices[room.triangles].mean(axis=1)
    m = (len(room.vertices) + np.arange(len(a))).astype(np.int32)
    return dataclasses.replace(
        room,
        vertices=np.concatenate([room.vertices, middles]).astype(np.float32),
        triangles=np.concatenate([np.stack(t, axis=1) for t in ((a, b, m), (b, c, m), (c, a, m))]),
        triangle_surfaces=np.tile(room.triangle_surfaces, 3),
        triangle_objects=np.tile(room.triangle_objects, 3),
    )


def traced(room: Scene, first_seed: int) -> list[Propagation]:
    # Which side of an edge is outside follows from the winding: without diffraction.
    tracer = propagator(room, rays=4000, duration=0.1, diffraction=0)
    count = len(SEEDS)
    return tracer.propagate_pairs(np.tile(A, (count, 1)), np.tile(B, (count, 1)), [first_seed + s for s in SEEDS])


def coarse(pairs: list[Propagation]) -> np.ndarray:
    """Energy (seeds, bins of 10 ms, 8)."""
    energy = np.stack([pair.energy_over_time() for pair in pairs])
    return energy.reshape(len(pairs), -1, round(0.01 / pairs[0].diffuse.bin_width), 8).sum(axis=2)


@pytest.fixture(scope="module")
def plain() -> list[Propagation]:
    return traced(ROOM, 0)


@pytest.mark.parametrize("change", [flipped, reordered, split])
def test_how_a_room_is_cut_into_triangles_is_not_heard(change, plain: list[Propagation]) -> None:
    found = traced(change(ROOM), 100)
    strong = [[pair.arrivals.amplitudes[pair.arrivals.orders <= 1] for pair in pairs] for pairs in (found, plain)]
    delays = [pairs[0].arrivals.delays[pairs[0].arrivals.orders <= 1] for pairs in (found, plain)]
    np.testing.assert_allclose(delays[0], delays[1], rtol=1e-6)
    np.testing.assert_allclose(strong[0][0], strong[1][0], rtol=1e-4)
    ours, theirs = coarse(found), coarse(plain)
    error = np.sqrt((ours.var(axis=0, ddof=1) + theirs.var(axis=0, ddof=1)) / len(SEEDS))
    used = theirs.mean(axis=0) > 0
    off = np.abs(ours.mean(axis=0) - theirs.mean(axis=0))[used] / (error[used] + 1e-9)
    assert np.sqrt(np.mean(off**2)) < 2.0  # deviations of 1 on average
    totals = ours.sum(axis=(1, 2)), theirs.sum(axis=(1, 2))
    spread = np.sqrt((totals[0].var(ddof=1) + totals[1].var(ddof=1)) / len(SEEDS))
    assert abs(totals[0].mean() - totals[1].mean()) < 3.0 * spread
    assert spread < 0.03 * totals[1].mean(), "too noisy to tell"


@pytest.mark.parametrize("scale", [0.5, 3.0])
def test_a_room_in_another_unit_is_later_and_weaker_in_proportion(scale: float, plain: list[Propagation]) -> None:
    larger = dataclasses.replace(ROOM, vertices=(ROOM.vertices * scale).astype(np.float32))
    tracer = propagator(larger, rays=4000, duration=0.1 * scale, bin_width=0.0005 * scale, thinning=(), diffraction=0)
    found = tracer.propagate([A * scale], [B * scale])[0][0].arrivals
    reference = propagator(ROOM, rays=4000, duration=0.1, thinning=(), diffraction=0).propagate([A], [B])[0][0]
    reference = reference.arrivals
    few, many = (pair.orders <= 1 for pair in (reference, found))
    np.testing.assert_allclose(found.delays[many], scale * reference.delays[few], rtol=1e-6)

    def dry(pair, chosen) -> np.ndarray:
        lengths = pair.delays[chosen, None] * SPEED
        return pair.amplitudes[chosen] * np.exp(0.5 * lengths * AIR.band_attenuation)

    np.testing.assert_allclose(dry(found, many) * scale, dry(reference, few), rtol=1e-4)
