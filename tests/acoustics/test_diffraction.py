"""Sound round edges: Fresnel, Maekawa, Biot-Tolstoy-Medwin, Pierce, finite differences (B4 tests 15 and 16)."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import modfresnelm

from echoenv.acoustics.paths import Arrivals
from echoenv.acoustics.propagation.acoustic_mesh import acoustic_scene
from echoenv.acoustics.propagation.diffraction.diffracted_arrivals import diffracted_arrivals
from echoenv.acoustics.propagation.diffraction.edges import diffraction_edges
from echoenv.acoustics.propagation.settings import PropagationSettings
from echoenv.rays import RayEngine
from echoenv.scene.octave_bands import EXACT_OCTAVE_CENTRES
from echoenv.scene.scene import Scene
from tests.acoustics.shoebox import AIR, SPEED, plane_scene
from tests.rooms import box_room, with_solid_block

WAVES = 2.0 * np.pi * EXACT_OCTAVE_CENTRES / SPEED
FAR = 600.0  # [m] to which "endless" edges go


def _engine(scene: Scene, threads: int = 1) -> RayEngine:
    return RayEngine(scene, threads=threads)


def _screen(absorption: float) -> RayEngine:
    """A half plane in x = 0 that ends at y = 0."""
    return _engine(plane_scene(np.array([[[0.0, -FAR, -FAR], [0, 0, -FAR], [0, 0, FAR], [0, -FAR, FAR]]]), absorption))


def _plate(thickness: float, absorption: float = 0.0) -> RayEngine:
    """A wall from x = 0 to its thickness that ends at y = 0."""
    low, high = (0.0, -FAR, -FAR), (thickness, 0.0, FAR)
    quads = [
        [[low[0], low[1], low[2]], [low[0], high[1], low[2]], [low[0], high[1], high[2]], [low[0], low[1], high[2]]],
        [
            [high[0], low[1], low[2]],
            [high[0], high[1], low[2]],
            [high[0], high[1], high[2]],
            [high[0], low[1], high[2]],
        ],
        [
            [low[0], high[1], low[2]],
            [high[0], high[1], low[2]],
            [high[0], high[1], high[2]],
            [low[0], high[1], high[2]],
        ],
    ]
    return _engine(plane_scene(np.array(quads), absorption))


def _sees(engine: RayEngine, source: np.ndarray, listener: np.ndarray) -> bool:
    return bool(np.any(source != listener)) and not engine.occluded(source[None], (listener - source)[None], 1.0)[0]


def _bent(engine: RayEngine, source: np.ndarray, listener: np.ndarray, **settings: float) -> Arrivals:
    options = PropagationSettings(**{"duration": 0.5, **settings})  # type: ignore[arg-type]
    visible = np.array([_sees(engine, source, listener)])
    return diffracted_arrivals(engine, acoustic_scene(engine), source[None], listener, options, AIR, visible)[0]


def _pressure(
    engine: RayEngine, source: np.ndarray, listener: np.ndarray, spread: np.ndarray | None = None
) -> np.ndarray:
    """Direct and diffracted pressure (8,) without the air's loss, over the free field at the straight distance.

    With `spread`, factors on the frequency, the root of the mean square over them.
    """
    distance = float(np.linalg.norm(source - listener))
    waves = WAVES if spread is None else WAVES * spread[:, None]
    total = np.full(waves.shape, 1.0 + 0.0j) if _sees(engine, source, listener) else np.zeros(waves.shape, complex)
    found = _bent(engine, source, listener)
    for delay, amplitude in zip(found.delays, found.amplitudes, strict=True):
        length = delay * SPEED
        lossless = amplitude * np.exp(0.5 * length * AIR.band_attenuation)
        total = total + distance * lossless * np.exp(-1j * waves * (length - distance))
    return np.abs(total) if spread is None else np.sqrt(np.mean(np.abs(total) ** 2, axis=0))


def _decibels(pressure: np.ndarray) -> np.ndarray:
    return 20.0 * np.log10(np.maximum(np.abs(pressure), 1e-9))


def _knife_edge(fresnel_number: np.ndarray) -> np.ndarray:
    """Pressure behind a black half plane over the free field's, by Kirchhoff and Fresnel, for nu = 2 sqrt(N)."""
    return np.abs(modfresnelm(np.sqrt(0.5 * np.pi) * fresnel_number)[1])


def test_at_the_shadow_boundary_sound_is_6_decibels_down_at_all_frequencies() -> None:
    engine = _screen(1.0)
    for source, listener in (
        ([-5.0, -1, 0], [5.0, 1, 0]),
        ([-2.0, 0.5, 1], [6.0, -1.5, 3]),
        ([-9.0, 0, 0], [3.0, 0, -2]),
    ):
        for step in (-1e-6, 1e-6):
            levels = _decibels(_pressure(engine, np.array(source), np.array(listener) + [0.0, step, 0.0]))
            np.testing.assert_allclose(levels, -6.0206, atol=0.02)


@pytest.mark.parametrize(("fresnel_number", "level"), [(0.0, -6.0), (1.0, -13.9), (2.4, -20.6)])
def test_behind_a_black_screen_levels_are_fresnels(fresnel_number: float, level: float) -> None:
    engine, source = _screen(1.0), np.array([-40.0, 0.0, 0.0])
    for band, wave in enumerate(WAVES):
        wavelength = 2.0 * np.pi / wave
        detour = fresnel_number**2 * wavelength / 4.0
        depths = np.linspace(0.0, 30.0, 60_001)
        excess = 40.0 + np.hypot(40.0, depths) - np.hypot(80.0, depths)
        depth = depths[min(np.searchsorted(excess, detour), len(depths) - 1)]
        if depth > 12.0:  # the theory of Fresnel is for small angles
            continue
        found = _decibels(_pressure(engine, source, np.array([40.0, -depth, 0.0])))[band]
        assert abs(found - level) < 0.5
        assert abs(found - _decibels(_knife_edge(np.array(fresnel_number)))) < 0.3


def test_screens_attenuate_as_maekawa_measured() -> None:
    engine, source = _screen(0.0), np.array([-4.0, -1.0, 0.0])
    for depth in (1.5, 2.0, 3.0, 5.0):
        listener = np.array([4.0, -depth, 0.5])
        point = np.array([0.0, 0.0, 0.25])
        detour = np.linalg.norm(point - source) + np.linalg.norm(point - listener) - np.linalg.norm(source - listener)
        numbers = 2.0 * detour * WAVES / (2.0 * np.pi)
        used = (numbers > 0.1) & (numbers < 30.0)
        attenuation = -_decibels(_pressure(engine, source, listener))
        assert np.abs(attenuation - 10.0 * np.log10(3.0 + 20.0 * numbers))[used].max() < 3.0


def test_in_the_shadow_higher_frequencies_are_weaker() -> None:
    for engine in (_screen(1.0), _screen(0.0), _plate(0.15)):
        for depth in (0.05, 0.5, 2.0, 5.0):
            found = _bent(engine, np.array([-3.0, -0.5, 0.0]), np.array([4.0, -depth, 1.0]), diffraction=2)
            strongest = np.abs(found.amplitudes[np.argmax(np.abs(found.amplitudes[:, 0]))])
            assert np.all(np.diff(strongest * np.exp(0.5 * found.delays[0] * SPEED * AIR.band_attenuation)) <= 1e-9)


@pytest.mark.parametrize("absorption", [0.0, 1.0])
def test_walking_across_a_shadow_boundary_no_centimetre_makes_half_a_decibel(absorption: float) -> None:
    engine, source = _screen(absorption), np.array([-5.0, -1.0, 0.0])
    levels = [_decibels(_pressure(engine, source, np.array([5.0, y, 0.6]))) for y in np.arange(0.7, 1.3, 0.01) + 3e-4]
    assert np.abs(np.diff(levels, axis=0)).max() < 0.5


def test_a_quarter_of_a_plane_casts_the_shadow_of_kirchhoff_round_its_corner() -> None:
    # the screen is y < 0 and z < 0: what it hides is the product of two knife edges
    quad = np.array([[[0.0, -FAR, -FAR], [0, 0, -FAR], [0, 0, 0], [0, -FAR, 0]]])
    engine, source = _engine(plane_scene(quad, 1.0)), np.array([-6.0, 0.0, 0.0])
    band = 3

    def step(offset: float) -> complex:
        """Fresnel's step: 1 far in the light, 1/2 on the boundary, 0 in the shadow."""
        fresnel_number = abs(offset) * np.sqrt(WAVES[band] / (np.pi * 12.0))  # at the screen, half way
        wave = modfresnelm(np.sqrt(0.5 * np.pi) * fresnel_number)[1] * np.exp(-0.5j * np.pi * fresnel_number**2)
        return 1.0 - wave if offset > 0 else wave

    worst = 0.0
    angles = np.linspace(0.0, 2.0 * np.pi, 73)
    levels = []
    for angle in angles:
        y, z = 1.2 * np.cos(angle) + 0.004, 1.2 * np.sin(angle) + 0.003
        found = _pressure(engine, source, np.array([6.0, y, z]))[band]
        expected = abs(1.0 - (1.0 - step(y)) * (1.0 - step(z)))
        levels.append(_decibels(found))
        worst = max(worst, abs(float(_decibels(found) - _decibels(expected))))
    assert worst < 1.5
    assert np.abs(np.diff(levels)).max() < 1.5  # a step is 10 cm of walking


def test_an_edge_fades_as_one_walks_past_its_end() -> None:
    quad = np.array([[[0.0, -2, -2.0], [0, 0, -2], [0, 0, 2], [0, -2, 2]]])
    engine, source = _engine(plane_scene(quad, 1.0)), np.array([-3.0, -0.5, 0.0])
    start = _bent(engine, source, np.array([3.0, -0.7, 0.0]), diffraction=1)
    top = start.keys[np.argmax(start.departures[:, 1])]
    levels = []
    for z in np.arange(0.0, 9.0, 0.03):
        found = _bent(engine, source, np.array([3.0, -0.7, z]), diffraction=1)
        levels.append(np.abs(found.amplitudes[found.keys == top]).max(axis=0, initial=0.0))
    assert np.abs(np.diff(levels, axis=0)).max() < 0.004  # of the free field at 1 m
    assert np.all(levels[-1] < 0.3 * levels[0])


def _biot_tolstoy(
    opening: float, theta_source: float, theta: float, r_source: float, r: float, height: float
) -> np.ndarray:
    """Diffracted pressure (8,) of an endless rigid wedge over the free field after the same length, without its phase.

    Svensson, Fred and Vanderkooy, JASA 106, 2331 (1999), over cosh eta instead of the edge, along a path of the
    complex plane on which the integrand dies away.
    """
    sharpness = np.pi / opening
    steps = np.concatenate([np.linspace(0.0, 1.0, 4001)[1:-1] ** 3 * 0.5, np.linspace(0.5, 14.0, 16_000)])
    eta = steps - 0.5j * np.tanh(2.0 * steps)
    lengths = np.sqrt(r_source**2 + r**2 + height**2 + 2.0 * r_source * r * np.cosh(eta))
    angles = [np.pi + a * theta_source + b * theta for a in (1, -1) for b in (1, -1)]
    beta = sum(np.sin(sharpness * a) / (np.cosh(sharpness * eta) - np.cos(sharpness * a)) for a in angles)
    shortest = np.hypot(r_source + r, height)
    values = (beta / lengths)[:, None] * np.exp(-1j * (lengths - shortest)[:, None] * WAVES)
    mean = 0.5 * (values[1:] + values[:-1])
    return -sharpness / (2.0 * np.pi) * shortest * np.sum(mean * np.diff(eta)[:, None], axis=0)


def _wedge(opening: float) -> RayEngine:
    """An edge along z; the first face lies in -y, the air is counter-clockwise round +z from there... through +x."""

    def face(angle: float) -> list[list[float]]:
        x, y = FAR * np.sin(angle), -FAR * np.cos(angle)
        return [[0.0, 0.0, -FAR], [x, y, -FAR], [x, y, FAR], [0.0, 0.0, FAR]]

    faces = [face(0.0)] if opening > 2.0 * np.pi - 1e-6 else [face(0.0), face(opening)]
    return _engine(plane_scene(np.array(faces), 0.0))


def _place(angle: float, radius: float, height: float) -> np.ndarray:
    return np.array([radius * np.sin(angle), -radius * np.cos(angle), height])


@pytest.mark.parametrize("solid", [0.0, 30.0, 60.0, 90.0, 120.0, 150.0])
def test_wedges_of_any_angle_are_those_of_biot_and_tolstoy(solid: float) -> None:
    opening = 2.0 * np.pi - np.deg2rad(solid)
    engine = _wedge(opening)
    worst, count = 0.0, 0
    for r_source, r, height in ((1.0, 1.0, 0.0), (2.0, 1.0, 1.0), (3.0, 4.0, -2.0)):
        for start in np.deg2rad([12.0, 40.0, 75.0]):
            for theta in np.deg2rad([200.0, 225.0, 260.0, 300.0, 325.0]):
                if theta > opening - 0.05 or theta - start < np.pi + 0.03:
                    continue
                source, listener = _place(start, r_source, 0.0), _place(theta, r, height)
                found = _bent(engine, source, listener)
                main = np.argmax(np.abs(found.amplitudes[:, 0]))
                length = found.delays[main] * SPEED
                gain = found.amplitudes[main] * length * np.exp(0.5 * length * AIR.band_attenuation)
                error = _decibels(gain) - _decibels(_biot_tolstoy(opening, start, theta, r_source, r, height))
                worst, count = max(worst, float(np.abs(error[2:]).max())), count + 1
    assert count >= 3
    assert worst < 0.6  # dB, 250 Hz to 8 kHz


def test_the_lit_zone_of_a_wedge_is_right_too() -> None:
    opening, start, r = np.deg2rad(300.0), np.deg2rad(70.0), 2.0
    engine = _wedge(opening)
    for theta in np.deg2rad([160.0, 200.0, 235.0, 245.0]):
        source, listener = _place(start, r, 0.0), _place(theta, r, 0.0)
        distance = np.linalg.norm(source - listener)
        bent = _biot_tolstoy(opening, start, theta, r, r, 0.0) * np.exp(-1j * WAVES * (2 * r - distance))
        expected = np.abs(1.0 + distance / (2.0 * r) * bent)
        assert np.abs(_decibels(_pressure(engine, source, listener)) - _decibels(expected))[1:].max() < 1.0


def _finite_differences(thickness: int, listeners: list[tuple[float, float]], step: float = 0.02) -> np.ndarray:
    """Spectra (bands, listeners) in a plane with a rigid plate of so many cells that ends at the origin."""
    size, source = 600, (-1.5, -0.6)
    courant = np.float32(0.999 / np.sqrt(2.0))
    pressure, along_x, along_y = (np.zeros(s, np.float32) for s in ((size, size), (size + 1, size), (size, size + 1)))
    origin = size // 2
    begin = tuple(origin + round(c / step) for c in source)
    ends = [(origin + thickness + round(x / step), origin + round(y / step)) for x, y in listeners]
    interval = courant * step / SPEED
    frequencies = EXACT_OCTAVE_CENTRES[1:5]
    spectra = np.zeros((len(frequencies), len(listeners)), complex)
    count = int(0.031 / interval)
    for number in range(count):
        along_x[1:-1] -= courant * (pressure[1:] - pressure[:-1])
        along_y[:, 1:-1] -= courant * (pressure[:, 1:] - pressure[:, :-1])
        along_x[origin : origin + thickness + 1, :origin] = 0.0
        if thickness:
            along_y[origin : origin + thickness, : origin + 1] = 0.0
        pressure -= courant * (along_x[1:] - along_x[:-1] + along_y[:, 1:] - along_y[:, :-1])
        time = number * interval
        pressure[begin] += np.exp(-((np.pi * 900.0 * (time - 1.5 / 900.0)) ** 2))
        fade = 0.5 + 0.5 * np.cos(np.pi * np.clip(4.0 * number / count - 3.0, 0.0, 1.0))
        spectra += fade * np.exp(-2j * np.pi * frequencies * time)[:, None] * np.array([pressure[end] for end in ends])
    return np.abs(spectra)


def test_thick_walls_are_those_of_finite_differences() -> None:
    # walls of 20 cm against the half plane, whose level is known; in the plane, sound falls as the root of distance
    listeners, step, cells = [(1.5, -0.6), (1.5, -0.2), (1.0, -1.0)], 0.02, 10
    ratio = _decibels(_finite_differences(cells, listeners) / _finite_differences(0, listeners))
    source, thin, thick = np.array([-1.5, -0.6, 0.0]), _screen(0.0), _plate(cells * step)
    for index, (x, y) in enumerate(listeners):
        before, after = np.array([x, y, 0.0]), np.array([x + cells * step, y, 0.0])

        def in_plane(engine: RayEngine, listener: np.ndarray) -> np.ndarray:
            found = _bent(engine, source, listener)
            main = np.argmax(np.abs(found.amplitudes[:, 0]))
            length = found.delays[main] * SPEED
            return _decibels(found.amplitudes[main] * np.exp(0.5 * length * AIR.band_attenuation) * np.sqrt(length))

        ours = in_plane(thick, after) - in_plane(thin, before)
        assert np.abs(ours[1:5] - ratio[:, index]).max() < 1.0


def _pierce(
    wave: np.ndarray, before: float, width: float, after: float, angle_source: float, angle: float
) -> np.ndarray:
    """Pressure behind a thick rigid barrier over the free field after the same length; Pierce, JASA 55, 941 (1974).

    Angles [rad] are from the barrier's top to the source and to the listener, round the edges' air.
    """
    nu, total = 2.0 / 3.0, before + width + after

    def bend(theta: float, gamma: np.ndarray) -> np.ndarray:
        x = gamma * (np.cos(nu * np.pi) - np.cos(nu * theta)) / (nu * np.sin(nu * np.pi))
        return np.abs(x)

    share = np.sqrt(width * total / ((width + before) * (width + after)))
    first = bend(angle_source, np.sqrt(wave * before * (width + after) / (np.pi * total)))
    second = bend(angle, np.sqrt(wave * after * (width + before) / (np.pi * total)))

    def fade(x: np.ndarray) -> np.ndarray:
        return 2.0 * np.abs(modfresnelm(np.sqrt(0.5 * np.pi) * x)[1]) / np.sqrt(2.0)  # sqrt(f^2 + g^2)

    return fade(np.maximum(first, second)) * fade(share * np.minimum(first, second))


def test_thick_barriers_are_those_of_pierce() -> None:
    width = 1.0
    engine = _plate(width)
    for source, listener in (([-3.0, -1.0, 0.0], [4.0, -1.0, 0.0]), ([-2.0, -2.0, 0.0], [6.0, -1.0, 0.0])):
        before, after = np.hypot(*source[:2]), np.hypot(listener[0] - width, listener[1])
        angles = np.pi + np.arctan2(-source[1], -source[0]), np.pi + np.arctan2(-listener[1], listener[0] - width)
        found = _bent(engine, np.array(source), np.array(listener))
        main = np.argmax(np.abs(found.amplitudes[:, 0]))
        length = found.delays[main] * SPEED
        assert found.diffractions[main] == 2
        np.testing.assert_allclose(length, before + width + after, atol=1e-4)
        gain = found.amplitudes[main] * length * np.exp(0.5 * length * AIR.band_attenuation)
        expected = _decibels(_pierce(WAVES, before, width, after, *angles))
        assert np.abs(_decibels(gain) - expected)[2:].max() < 2.0
        assert np.abs(_decibels(gain) - expected)[5:].max() < 1.0


def test_paths_are_the_shortest_to_a_tenth_of_a_sample() -> None:
    engine = _engine(with_solid_block(box_room((40.0, 30.0, 40.0)), (18.0, 0.0, 15.0), (18.7, 12.0, 26.0)))
    edges = diffraction_edges(engine)
    source, listener = np.array([14.0, 9.3, 17.0]), np.array([23.0, 8.1, 24.0])
    found = _bent(engine, source, listener)
    top = [i for i in range(len(edges)) if abs(edges.starts[i, 1] - 12.0) < 1e-3 and abs(edges.tangents[i, 2]) > 0.9]
    near, far = sorted(top, key=lambda i: edges.starts[i, 0])

    def length(heights: np.ndarray) -> float:
        one = edges.starts[near] + heights[0] * edges.tangents[near]
        two = edges.starts[far] + heights[1] * edges.tangents[far]
        return float(np.linalg.norm(one - source) + np.linalg.norm(two - one) + np.linalg.norm(listener - two))

    best = minimize(length, [5.0, 5.0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12}).fun
    over = np.flatnonzero((found.diffractions == 2) & (found.departures[:, 1] > 0.3))
    assert np.abs(found.delays[over] - best / SPEED).min() * 44100 < 0.1


def _doorway() -> Scene:
    scene = box_room((10.0, 2.8, 6.0), absorption=0.1, scattering=0.1)
    for low, high in (((5, 0, 0), (5.15, 2.8, 2.5)), ((5, 0, 3.5), (5.15, 2.8, 6)), ((5, 2.1, 2.5), (5.15, 2.8, 3.5))):
        scene = with_solid_block(scene, low, high)
    return scene


@pytest.mark.parametrize("source", [[2.0, 1.5, 3.0], [2.0, 1.5, 1.5]])
def test_walking_past_a_door_levels_glide(source: list[float]) -> None:
    engine, spread = _engine(_doorway()), 2.0 ** np.linspace(-0.45, 0.45, 61)
    levels = np.array(
        [
            _decibels(_pressure(engine, np.array(source), np.array([7.0, 1.5, z]), spread))
            for z in np.arange(2.0, 4.0, 0.01) + 3e-4
        ]
    )
    steps = np.abs(np.diff(levels, axis=0))
    assert np.percentile(steps, 95.0) < 0.5
    assert steps[:, 2:].max() < 2.0  # where the wall's plane is crossed, deep in the shadow; 250 Hz and above
    bare = np.array([_sees(engine, np.array(source), np.array([7.0, 1.5, z])) for z in np.arange(2.0, 4.0, 0.01)])
    assert bare.any() and not bare.all()  # without diffraction the level would jump by everything


def test_swapping_source_and_listener_changes_nothing() -> None:
    engine = _engine(_doorway())
    for source, listener in (([2.0, 1.5, 1.5], [7.0, 1.2, 4.8]), ([4.0, 1.0, 0.7], [6.1, 1.7, 1.0])):
        there = _bent(engine, np.array(source), np.array(listener))
        back = _bent(engine, np.array(listener), np.array(source))
        assert len(there) == len(back) > 0
        np.testing.assert_allclose(there.delays, back.delays, rtol=1e-5)
        np.testing.assert_allclose(there.amplitudes, back.amplitudes, atol=2e-4)
        np.testing.assert_allclose(there.departures, back.directions, atol=1e-2)


def test_results_are_the_same_to_the_byte_with_any_number_of_threads() -> None:
    source, listener = np.array([2.0, 1.5, 1.5]), np.array([7.0, 1.2, 4.8])

    def run(threads: int) -> Arrivals:
        engine = _engine(_doorway(), threads)
        arguments = (
            engine,
            acoustic_scene(engine),
            source[None],
            listener,
            PropagationSettings(),
            AIR,
            np.array([False]),
        )
        return diffracted_arrivals(*arguments, threads=threads)[0]

    one, again, two = run(1), run(1), run(2)
    for field in dataclasses.fields(Arrivals):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(again, field.name))
        np.testing.assert_array_equal(getattr(one, field.name), getattr(two, field.name))


def test_keys_follow_edges_while_the_listener_moves_and_settings_bound_the_paths() -> None:
    engine, source = _engine(_doorway()), np.array([2.0, 1.5, 1.5])
    here, there = (_bent(engine, source, np.array([7.0, 1.5, z])) for z in (4.7, 4.71))
    assert set(here.keys) == set(there.keys)
    assert len(set(here.keys)) == len(here)
    assert 0 not in here.keys
    assert len(_bent(engine, source, np.array([7.0, 1.5, 4.8]), diffraction=0)) == 0
    assert set(_bent(engine, source, np.array([7.0, 1.5, 4.8]), diffraction=1).diffractions) == {1}
    late = _bent(engine, source, np.array([7.0, 1.5, 4.8]), duration=0.019)
    assert len(late) > 0 and late.delays.max() < 0.019


@pytest.mark.parametrize("place", [[3.0, 1.4, 2.0], [5.0, 1.0, 2.5], [5.0, 1.0, 1.0], [5.07, 1.0, 1.0]])
def test_a_listener_at_the_source_on_an_edge_on_a_wall_or_in_it_gets_finite_sound(
    place: list[float],
) -> None:
    engine, source = _engine(_doorway()), np.array([3.0, 1.4, 2.0])
    found = _bent(engine, source, np.array(place))
    assert np.isfinite(found.amplitudes).all()
    assert np.abs(found.amplitudes).max(initial=0.0) < 120.0
    np.testing.assert_allclose(np.linalg.norm(found.directions, axis=1), 1.0, atol=1e-9)
