"""The engines whose accuracy is compared, asked the same questions: ours, RLR, pyroomacoustics.

The one idea: a question is a scene, a source and a listener; an answer is a response in one scale (free field 1/r) and
one time (direct sound at r/c), whichever engine gave it. Pyroomacoustics knows boxes and the open air only.
"""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.acoustics.acoustic_engine import AcousticEngine, Hearing, Speakers, TracedAcoustics
from echoenv.acoustics.air import Air
from echoenv.acoustics.propagation.settings import PropagationSettings
from echoenv.acoustics.receivers.receiver import Mono
from echoenv.acoustics.rlr.engine import RlrAcoustics
from echoenv.acoustics.rlr.settings import RlrSettings
from echoenv.audio.octave_filters import split_into_octaves
from echoenv.rays import RayEngine
from echoenv.scene.materials import AcousticMaterial
from echoenv.scene.scene import Scene

RATE = 44100
AIR = Air()
SPEED = AIR.speed_of_sound
ENGINES = ("echoenv", "rlr", "pyroomacoustics")
ENGINE_TITLES = {"echoenv": "EchoEnv", "rlr": "RLR", "pyroomacoustics": "pyroomacoustics"}

NOT_MODELLED = "not modelled"
NOT_TOLD = "not told"
"""The engine may do it, and keeps what would show it to itself."""

_DELAY_OF_PRA = 40  # samples by which its fractional-delay filters come late


def plain(absorption: float, scattering: float, transmission: ArrayLike = 0.0) -> AcousticMaterial:
    """A material; absorption and scattering the same in all bands."""
    alike, through = np.ones(8, np.float32), np.broadcast_to(np.asarray(transmission, np.float32), 8)
    return AcousticMaterial(f"absorption {absorption}", absorption * alike, scattering * alike, through)


def engine(name: str, scene: Scene, settings: PropagationSettings | RlrSettings | None = None) -> AcousticEngine:
    """`echoenv` or `rlr` in a scene, in one thread."""
    if name == "rlr":
        return RlrAcoustics(scene, settings if isinstance(settings, RlrSettings) else RlrSettings())
    own = settings if isinstance(settings, PropagationSettings) else PropagationSettings()
    return TracedAcoustics(RayEngine(scene, threads=1), own, AIR)


def responses(
    asked: AcousticEngine, sources: ArrayLike, listener: ArrayLike, duration: float, receiver: Any = None, seed: int = 0
) -> NDArray[np.float64]:
    """Responses (m, channels, n) from sources (m, 3) to a listener (3,) that faces -Z."""
    hearing = Hearing(receiver or Mono(), np.eye(3)[None], RATE, duration)
    speakers = Speakers(np.atleast_2d(np.asarray(sources, dtype=np.float64)))
    ears = np.atleast_2d(np.asarray(listener, dtype=np.float64))
    return asked.responses(speakers, ears, hearing, seed)[:, 0, 0].astype(np.float64)


def open_air(name: str, scene: Scene, distances: ArrayLike, air: bool = True) -> list[NDArray[np.float64]]:
    """Responses (n,) of one microphone to sources at distances [m] in a scene without walls near by."""
    if name == "pyroomacoustics":
        return [_pra_open_air(float(distance), air) for distance in np.asarray(distances)]
    listener = np.array([0.0, 2.0, 0.0])
    sources = listener + np.asarray(distances)[:, None] * np.array([[0.6, 0.0, 0.8]])
    longest = float(np.max(distances)) / SPEED + 0.05
    return list(responses(engine(name, scene), sources, listener, longest)[:, 0])


def pyroom() -> Any:
    """The package, without the high-pass filter that it puts on all responses."""
    pyroomacoustics = importlib.import_module("pyroomacoustics")
    pyroomacoustics.constants.set("rir_hpf_enable", False)
    return pyroomacoustics


def pra_box(
    size: ArrayLike, absorption: float, scattering: float, source: ArrayLike, listener: ArrayLike,
    *, order: int = 3, rays: int = 20_000, air: bool = True, seed: int = 0,
) -> NDArray[np.float64]:  # fmt: skip
    """Response (n,) in a box from the origin to `size` [m]: images to an order, rays beyond; no rays: images alone."""
    package = pyroom()
    np.random.seed(seed)
    room = package.ShoeBox(
        np.asarray(size), fs=RATE, materials=package.Material(absorption, scattering), max_order=order,
        ray_tracing=rays > 0, air_absorption=air, temperature=20.0, humidity=50.0,
    )  # fmt: skip
    room.set_sound_speed(SPEED)
    if rays:
        room.set_ray_tracing(n_rays=rays)
    room.add_source(np.asarray(source))
    room.add_microphone(np.asarray(listener))
    room.compute_rir()
    return np.asarray(room.rir[0][0], dtype=np.float64)[_DELAY_OF_PRA:]


def _pra_open_air(distance: float, air: bool) -> NDArray[np.float64]:
    package = pyroom()
    room = package.AnechoicRoom(3, fs=RATE, air_absorption=air, temperature=20.0, humidity=50.0)
    room.set_sound_speed(SPEED)
    room.add_source([0.6 * distance, 0.0, 0.8 * distance])
    room.add_microphone([0.0, 0.0, 0.0])
    room.compute_rir()
    return np.asarray(room.rir[0][0], dtype=np.float64)[_DELAY_OF_PRA:]


def gain_at(response: NDArray[np.float64], frequency: float) -> float:
    """Amplitude of a response (n,) at a frequency [Hz]."""
    times = np.arange(len(response)) / RATE
    return float(abs(np.sum(response * np.exp(-2j * np.pi * frequency * times))))


def arrival(response: NDArray[np.float64], near: float, reach: int = 64) -> float:
    """When a single wave near a moment [samples] arrives [samples], by its phase up to 0.8 of the Nyquist frequency."""
    first = max(round(near) - reach, 0)
    window = response[first : first + 2 * reach]
    peak = int(np.argmax(np.abs(window)))
    omega = np.pi * np.linspace(0.02, 0.8, 80)
    spectrum = np.exp(-1j * np.outer(omega, np.arange(len(window)) - peak)) @ window
    return first + peak - float(np.polyfit(omega, np.unwrap(np.angle(spectrum)), 1)[0])


def octave_energy(response: NDArray[np.float64]) -> NDArray[np.float64]:
    """Energy over time (n, 8) per octave band, on the scale on which a pulse of amplitude 1 holds 1 in each."""
    pulse = np.zeros(16384)
    pulse[8192] = 1.0
    unit = (split_into_octaves(pulse, RATE) ** 2).sum(axis=-1)
    return np.asarray((split_into_octaves(response, RATE) ** 2).T / unit)
