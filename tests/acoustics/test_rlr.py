"""RLR behind the same interface: scale, time, sides, what it refuses, and what is said where it is not installed."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import echoenv
from echoenv.acoustics.acoustic_engine import Hearing, Speakers
from echoenv.acoustics.direction_grid import fibonacci_sphere
from echoenv.acoustics.receivers.ambisonics import Ambisonics
from echoenv.acoustics.receivers.hrtf import Hrtf, Mono
from echoenv.acoustics.receivers.microphone_array import MicrophoneArray
from echoenv.acoustics.rlr.engine import RlrAcoustics, RlrHead, layout_of
from echoenv.acoustics.rlr.settings import RlrSettings
from echoenv.audio.room_metrics import metrics_of_response
from echoenv.errors import AudioFileError, EngineError, SettingsError
from echoenv.scene.pose import heading_to_matrix
from tests.acoustics.shoebox import SPEED, plane_scene
from tests.rooms import box_room, with_solid_block

RATE = 44100
SIZE = (7.0, 3.0, 5.0)
FAR_QUAD = plane_scene(np.array([[[900.0, 0, 0], [901, 0, 0], [901, 1, 0], [900, 1, 0]]]), 0.5)
FEW_RAYS = RlrSettings(indirect_ray_count=500)


WITHOUT_RLR = ("out_of_range", "unknown_engines", "not_installed")


@pytest.fixture(autouse=True)
def _installed(request: pytest.FixtureRequest) -> None:
    if not any(name in request.node.name for name in WITHOUT_RLR):
        pytest.importorskip("_rlr_audio_propagation", reason="pip install 'echoenv[rlr]'")


def heard(
    sources: Any, listener: Any, receiver: Any = None, headings: Any = (0.0,), duration: float = 0.2, **settings: Any
) -> np.ndarray:
    """Free-field responses (m, h, channels, n)."""
    hearing = Hearing(receiver or Mono(), heading_to_matrix(np.asarray(headings)), RATE, duration)
    engine = RlrAcoustics(FAR_QUAD, RlrSettings(**settings))
    return engine.responses(Speakers(np.asarray(sources, float)), np.array([listener], float), hearing, 0)[:, 0]


def test_free_field_level_is_one_at_a_metre_and_half_a_decibel_off_elsewhere() -> None:
    distances = np.array([0.5, 1.0, 2.0, 5.0, 20.0])
    responses = heard([[d, 2.0, 0.0] for d in distances], [0.0, 2.0, 0.0])[:, 0, 0]
    levels = 20 * np.log10(responses.astype(float).sum(axis=1) * distances)
    assert levels[1] == pytest.approx(0.0, abs=0.01)
    assert np.abs(levels).max() < 0.65


def test_direct_sound_arrives_at_its_distance_once_it_is_aligned() -> None:
    distances = np.array([0.5, 1.0, 3.0, 8.0])
    places = [[d, 2.0, 0.0] for d in distances]
    aligned, raw = (heard(places, [0.0, 2.0, 0.0], align=align)[:, 0, 0].argmax(axis=1) for align in (True, False))
    expected = distances / SPEED * RATE
    assert np.abs(aligned - expected).max() < 3.0  # sound travels at 344 m/s there
    np.testing.assert_allclose(raw - expected, -13.0, atol=3.0)  # the listener's radius early


def test_a_source_at_the_left_is_louder_on_the_left_in_every_heading() -> None:
    west = [[-1.0, 2.0, 0.0]]
    responses = heard(west, [0.0, 2.0, 0.0], RlrHead(), [0.0, 90.0, 180.0, 270.0])[0]
    left, right = np.moveaxis((responses.astype(float) ** 2).sum(axis=2), 1, 0)
    assert left[0] > 3.0 * right[0]
    assert right[2] > 3.0 * left[2]
    np.testing.assert_allclose(10 * np.log10(left[[1, 3]] / right[[1, 3]]), 0.0, atol=0.3)


def test_ears_pass_the_energy_of_the_microphone_on_average() -> None:
    ears = heard(fibonacci_sphere(60), [0.0, 0.0, 0.0], RlrHead())[:, 0].astype(float)
    assert 10 * np.log10((ears**2).sum(axis=2).mean()) == pytest.approx(0.0, abs=0.3)


@pytest.mark.parametrize(("order", "normalization"), [(1, "N3D"), (3, "SN3D"), (5, "N3D")])
def test_ambisonics_have_our_channels_axes_and_normalization(order: int, normalization: str) -> None:
    receiver = Ambisonics(order, normalization)
    headings = np.array([0.0, 70.0])
    for direction in fibonacci_sphere(5):
        responses = heard([direction], np.zeros(3), receiver, headings, align=False)[0]
        for response, turn in zip(responses, heading_to_matrix(headings), strict=True):
            expected = receiver.encode(direction[None] @ turn)[0]
            np.testing.assert_allclose(response.sum(axis=1), expected, atol=0.01)
            np.testing.assert_allclose(receiver.intensity_direction(response), direction @ turn, atol=0.01)


def test_ambisonic_reverberation_fills_all_channels_alike() -> None:
    hearing = Hearing(Ambisonics(2), heading_to_matrix(np.zeros(1)), RATE, 0.5)
    engine = RlrAcoustics(box_room(SIZE, 0.2, 1.0), FEW_RAYS)
    response = engine.responses(Speakers(np.array([[1.0, 1.0, 1.0]])), np.array([[4.0, 1.5, 3.0]]), hearing, 0)
    late = (response[0, 0, 0, :, round(0.1 * RATE) :].astype(float) ** 2).sum(axis=1)
    assert np.abs(10 * np.log10(late / late.mean())).max() < 3.0


def test_one_argument_swaps_engines_and_both_hear_the_same_room() -> None:
    room = box_room(SIZE, 0.15, 0.5)
    found = {}
    for name in ("echoenv", "rlr"):
        simulator = echoenv.Simulator(room, acoustics=name, receiver="mono", threads=1)
        simulator.set_agent_state([3.0, 0.0, 2.5])
        response = simulator.impulse_response([1.5, 1.5, 2.0], duration=0.8)
        assert response.samples.shape == (1, round(0.8 * RATE))
        found[name] = metrics_of_response(response.samples[0], RATE)
        assert simulator.acoustics.name == name
    middle = slice(2, 7)  # 250 Hz to 4 kHz
    np.testing.assert_allclose(found["rlr"].t30[middle], found["echoenv"].t30[middle], rtol=0.15)
    # RLR's first mirror reflections are some 3 dB loud (docs/accuracy.md, test 3), hence so much more clarity
    difference = found["rlr"].c80[3:7] - found["echoenv"].c80[3:7]
    assert ((difference > -1.0) & (difference < 4.0)).all()


def test_sources_in_one_call_sound_as_they_do_alone_but_for_noise() -> None:
    hearing = Hearing(Mono(), heading_to_matrix(np.zeros(1)), RATE, 0.4)
    sources, ears = np.array([[1.0, 1.0, 1.0], [6.0, 2.0, 4.0], [3.0, 1.2, 0.6]]), np.array([[3.0, 1.5, 2.5]])
    engine = RlrAcoustics(box_room(SIZE, 0.3, 0.5), FEW_RAYS)
    together = engine.responses(Speakers(sources), ears, hearing, 0)[:, 0, 0, 0]
    alone = np.stack([engine.responses(Speakers(one[None]), ears, hearing, 0)[0, 0, 0, 0] for one in sources])
    first = [np.argmax(np.abs(r) > 0.5 * np.abs(r).max()) for r in together]
    assert first == [np.argmax(np.abs(r) > 0.5 * np.abs(r).max()) for r in alone]
    energy = [(r.astype(float) ** 2).sum(axis=1) for r in (together, alone)]
    np.testing.assert_allclose(10 * np.log10(energy[0] / energy[1]), 0.0, atol=1.5)


def test_the_same_questions_to_a_new_engine_have_the_same_answers() -> None:
    def answers() -> bytes:
        engine = RlrAcoustics(box_room(SIZE, 0.3, 0.5), FEW_RAYS)
        hearing = Hearing(Mono(), heading_to_matrix(np.zeros(1)), RATE, 0.2)
        ask = Speakers(np.array([[1.0, 1.0, 1.0]])), np.array([[3.0, 1.5, 2.5]]), hearing, 0
        first, second = engine.responses(*ask), engine.responses(*ask)
        assert not np.array_equal(first, second)  # no seed: the second answer is another
        return first.tobytes() + second.tobytes()

    assert answers() == answers()


def test_absorption_is_of_energy() -> None:
    floor = np.array([[[-20.0, 0, -20], [-20, 0, 20], [20, 0, 20], [20, 0, -20]]])
    hearing = Hearing(Mono(), heading_to_matrix(np.zeros(1)), RATE, 0.1)
    energies = []
    for absorption in (0.0, 0.36, 0.75):
        engine = RlrAcoustics(plane_scene(floor, absorption, 1.0), RlrSettings(direct=False, diffraction=False))
        response = engine.responses(Speakers(np.array([[0.5, 1.5, 0]])), np.array([[-0.5, 1.5, 0]]), hearing, 0)
        energies.append((response.astype(float) ** 2).sum())
    np.testing.assert_allclose(np.array(energies) / energies[0], [1.0, 0.64, 0.25], rtol=0.02)


def test_an_echo_holds_no_direct_sound() -> None:
    simulator = echoenv.Simulator(box_room(SIZE, 0.3, 0.3), acoustics=FEW_RAYS, receiver="mono")
    response = simulator.echo_responses([[3.0, 0.0, 2.5]], headings=[0.0], duration=0.1)[0, 0, 0]
    first = np.flatnonzero(np.abs(response) > 0.05 * np.abs(response).max())[0] / RATE
    assert first > 1.8 * 1.5 / SPEED  # floor and ceiling are 1.5 m away; reflections are early by the radius too
    assert simulator.echoes([[3.0, 0.0, 2.5]]).shape == (1, 4, 1, 2646)


def test_diffraction_does_nothing_until_the_mesh_is_simplified() -> None:
    room = with_solid_block(box_room((8.0, 3.0, 6.0), 1.0, 0.0), (3.9, 0.0, 0.0), (4.1, 2.0, 4.0))
    hearing = Hearing(Mono(), heading_to_matrix(np.zeros(1)), RATE, 0.2)
    ask = Speakers(np.array([[2.5, 1.2, 2.0]])), np.array([[5.5, 1.2, 2.0]]), hearing, 0

    def heard_behind(**settings: bool) -> bytes:
        return RlrAcoustics(room, RlrSettings(indirect_ray_count=100, **settings)).responses(*ask).tobytes()  # type: ignore[arg-type]

    assert heard_behind(diffraction=True) == heard_behind(diffraction=False)
    simplified = heard_behind(diffraction=True, mesh_simplification=True)
    assert simplified != heard_behind(diffraction=False, mesh_simplification=True)


def test_rates_other_than_the_default_have_the_same_scale() -> None:
    for rate in (16000, 48000):
        hearing = Hearing(Mono(), heading_to_matrix(np.zeros(1)), rate, 0.1)
        response = RlrAcoustics(FAR_QUAD).responses(Speakers(np.array([[1.0, 0, 0]])), np.zeros((1, 3)), hearing, 0)
        assert response.shape[-1] == rate // 10
        assert response.sum() == pytest.approx(1.0, abs=0.01)
        assert abs(int(response.argmax()) - rate / SPEED) <= 1.0


REFUSED: dict[str, Callable[[echoenv.Simulator], object]] = {
    "no paths, arrivals or energies": lambda sim: sim.propagate([1, 1, 1], [2, 1, 1]),
    "the same to all sides": lambda sim: sim.impulse_responses([[1, 1, 1]], [[3, 0, 2]], directivities="cardioid"),
    "end at order 5": lambda sim: layout_of(Ambisonics(7)),
    "cannot hear with MicrophoneArray": lambda sim: layout_of(MicrophoneArray([[0.1, 0, 0]])),
    "cannot hear with Hrtf": lambda sim: layout_of(Hrtf.spherical_head()),
}


@pytest.mark.parametrize("message", REFUSED)
def test_what_rlr_cannot_do_is_a_named_error(message: str) -> None:
    simulator = echoenv.Simulator(box_room(SIZE), acoustics="rlr")
    with pytest.raises(EngineError, match=message):
        REFUSED[message](simulator)


def test_files_that_are_no_sofa_files_are_refused(tmp_path) -> None:
    room = box_room(SIZE)
    with pytest.raises(AudioFileError, match="missing"):
        echoenv.Simulator(room, acoustics="rlr", receiver=tmp_path / "absent.sofa")
    (tmp_path / "text.sofa").write_text("no")
    simulator = echoenv.Simulator(room, acoustics="rlr", receiver=tmp_path / "text.sofa")
    with pytest.raises(AudioFileError, match="RLR cannot read"):
        simulator.impulse_responses([[1.0, 1.0, 1.0]], [[3.0, 0.0, 2.0]])


def test_settings_of_the_other_engine_are_refused() -> None:
    with pytest.raises(SettingsError, match="propagation= is for EchoEnv"):
        echoenv.Simulator(box_room(SIZE), acoustics="rlr", propagation=echoenv.PropagationSettings(rays=100))
    with pytest.raises(SettingsError, match="air= is for EchoEnv"):
        echoenv.Simulator(box_room(SIZE), acoustics="rlr", air=echoenv.Air(10.0))


@pytest.mark.parametrize(
    "wrong",
    [{"indirect_ray_count": 0}, {"frequency_bands": 2.5}, {"direct": 1}, {"listener_radius": -0.1},
     {"source_radius": float("nan")}, {"direct_sh_order": 9}, {"thread_count": True}],
)  # fmt: skip
def test_settings_out_of_range_are_named(wrong: dict) -> None:
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        RlrSettings(**wrong)


def test_unknown_engines_are_answered_with_the_nearest() -> None:
    with pytest.raises(SettingsError, match="did you mean echoenv"):
        echoenv.Simulator(box_room(SIZE), acoustics="echoenf")
    with pytest.raises(SettingsError, match="is no engine"):
        echoenv.Simulator(box_room(SIZE), acoustics=3)  # type: ignore[arg-type]


def test_where_it_is_not_installed_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    real: Callable[..., Any] = importlib.import_module

    def without(name: str, *rest: Any) -> Any:
        if name == "_rlr_audio_propagation":
            raise ModuleNotFoundError(name)
        return real(name, *rest)

    monkeypatch.setattr(importlib, "import_module", without)
    with pytest.raises(EngineError, match=r"pip install 'echoenv\[rlr\]'.*CC BY-NC") as raised:
        echoenv.Simulator(box_room(SIZE), acoustics="rlr")
    assert "\n" not in str(raised.value)
