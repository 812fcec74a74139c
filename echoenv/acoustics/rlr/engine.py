"""RLR, the engine of SoundSpaces 2.0, behind the same interface as EchoEnv's own.

The one idea: the same scene, the same materials, the same poses and the same scale go in and come out, so that one
argument swaps engines; what RLR keeps to itself or cannot do is an `EngineError` that says so.

What to know before results are compared:

* RLR has no seed. Seeds are ignored: the responses of one engine object differ from call to call, while a program that
  asks a new object the same things in the same order gets the same bytes on the same machine.
* It traces anew for every heading and in proportion to the number of sources.
* Ambisonics go to order 5 and come with the world's axes from it; they are turned into the head's here. Its settings
  for spherical harmonics are raised to the order, or the higher channels would be silent.
* Its ears are its own: `kemar` stands for the head that is built into it; a SOFA file is rendered by it, from spherical
  harmonics.
* Where source and listener share one point its direct sound is switched off, as ours is not there.
* Binary for Linux x86-64 alone, CC BY-NC 4.0: not for commercial use.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from echoenv.acoustics.acoustic_engine import Hearing, Points, Responses, Speakers
from echoenv.acoustics.paths import Propagation
from echoenv.acoustics.propagation.image_sources import MIN_DISTANCE
from echoenv.acoustics.receivers.ambisonics import Ambisonics, rotation_matrix
from echoenv.acoustics.receivers.hrtf import Hrtf
from echoenv.acoustics.receivers.receiver import Mono, Receiver
from echoenv.acoustics.rlr.calibration import calibration
from echoenv.acoustics.rlr.library import Layout, RlrContext, rlr_library
from echoenv.acoustics.rlr.settings import RlrSettings
from echoenv.errors import AudioFileError, EngineError
from echoenv.scene.scene import Scene

_KEPT_CONTEXTS = 2
_MAX_ORDER = 5
_FROM_RLR_AXES = np.array([[0.0, 0.0, -1.0], [-1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
"""Its harmonics stand in the frame x right, y up, z backward as ours do in x ahead, y left, z up: the turn between."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RlrHead:
    """Ears that RLR renders.

    Attributes:
        sofa: File with head-related responses; None takes the head that is built into RLR.
    """

    sofa: str | None = None
    channels: int = 2


def layout_of(receiver: Receiver | RlrHead) -> Layout:
    """The listener of RLR that stands for a receiver.

    Raises:
        EngineError: RLR has nothing like it.
    """
    if isinstance(receiver, RlrHead):
        return Layout("Binaural", 2, receiver.sofa)
    if isinstance(receiver, Mono):
        return Layout("Mono", 1)
    if isinstance(receiver, Hrtf) and receiver is Hrtf.kemar():
        return Layout("Binaural", 2)
    if isinstance(receiver, Ambisonics):
        if receiver.order > _MAX_ORDER:
            raise EngineError(f"RLR's ambisonics end at order {_MAX_ORDER}: ask for that instead of {receiver.order}")
        return Layout("Ambisonics", receiver.channels)
    raise EngineError(
        f"RLR cannot hear with {type(receiver).__name__} '{getattr(receiver, 'name', '')}': give 'mono', "
        "'ambisonics:1' to 5, 'kemar' (the head that is built into RLR) or the path of a SOFA file"
    )


def rlr_receiver(receiver: str | Path | Receiver | RlrHead) -> Receiver | RlrHead | None:
    """RLR's own receiver for a name or a SOFA file; None where `receiver_named` should look."""
    if isinstance(receiver, RlrHead) or str(receiver) == "kemar":
        return receiver if isinstance(receiver, RlrHead) else RlrHead()
    if isinstance(receiver, str | Path) and Path(receiver).suffix.lower() == ".sofa":
        if not Path(receiver).is_file():
            raise AudioFileError(f"SOFA file '{receiver}' is missing: give the path of a .sofa file")
        return RlrHead(str(receiver))
    return None


class RlrAcoustics:
    """RLR in one scene.

    Args:
        scene: Mesh and materials; coefficients are handed over as the fractions of energy that they are.
        settings: Its settings, by its names.

    Raises:
        EngineError: The library is not installed.
    """

    name = "rlr"

    def __init__(self, scene: Scene, settings: RlrSettings | None = None) -> None:
        rlr_library()
        self.scene = scene
        self.settings = settings or RlrSettings()
        self._contexts: OrderedDict[tuple[Any, ...], RlrContext] = OrderedDict()

    def responses(self, speakers: Speakers, ears: Points, hearing: Hearing, seed: int) -> Responses:
        """See `AcousticEngine.responses`; the seed is ignored.

        Raises:
            EngineError: Sources are directed, or the receiver is one that RLR does not have.
        """
        if speakers.directed:
            raise EngineError(
                "RLR's sources send the same to all sides: leave the directivity out, or acoustics='echoenv'"
            )
        rows = [self._at(speakers.positions, ear, hearing) for ear in ears]
        return np.stack(rows, axis=1)

    def pair_responses(self, sources: Points, ears: Points, hearing: Hearing, seeds: NDArray[np.int64]) -> Responses:
        """See `AcousticEngine.pair_responses`; seeds are ignored."""
        return np.stack([self._at(source[None], ear, hearing)[0] for source, ear in zip(sources, ears, strict=True)])

    def propagation(self, source: Points, listener: Points, duration: float, seed: int) -> Propagation:
        """RLR tells no paths.

        Raises:
            EngineError: Always.
        """
        raise EngineError(
            "RLR gives responses only, no paths, arrivals or energies: ask for impulse_response, or acoustics='echoenv'"
        )

    def close(self) -> None:
        """Destroy the library's contexts."""
        self._contexts.clear()

    def _at(self, sources: Points, ear: NDArray[np.float64], hearing: Hearing) -> Responses:
        """Responses (m, h, channels, samples) at one place [m] (3,)."""
        together = np.linalg.norm(sources - ear, axis=1) <= MIN_DISTANCE
        samples = round(hearing.duration * hearing.sample_rate)
        found = np.zeros(
            (len(sources), len(hearing.rotations), layout_of(hearing.receiver).channels, samples), np.float32
        )
        for chosen, direct in ((~together, self.settings.direct), (together, False)):
            if chosen.any():
                found[chosen] = self._simulate(sources[chosen], ear, hearing, replace(self.settings, direct=direct))
        return found

    def _simulate(
        self, sources: Points, ear: NDArray[np.float64], hearing: Hearing, settings: RlrSettings
    ) -> Responses:
        layout = layout_of(hearing.receiver)
        if isinstance(hearing.receiver, Ambisonics):
            settings = _resolving(settings, hearing.receiver.order)
        context = self._context(len(sources), layout, settings, hearing)
        right = calibration(layout, settings, hearing.sample_rate)
        samples = round(hearing.duration * hearing.sample_rate)
        found = np.zeros((len(sources), len(hearing.rotations), layout.channels, samples), np.float32)
        for heading, quaternion in enumerate(Rotation.from_matrix(hearing.rotations).as_quat()):
            axes = _head_axes(hearing.receiver, hearing.rotations[heading])
            for source, response in enumerate(context.simulate(sources, ear, quaternion[[3, 0, 1, 2]])):
                _place(
                    right.gain * (response if axes is None else axes @ response), right.shift, found[source, heading]
                )
        return found

    def _context(self, sources: int, layout: Layout, settings: RlrSettings, hearing: Hearing) -> RlrContext:
        """The context for so many sources; RLR crashes where one is added later, so each number has its own."""
        key = (sources, layout, settings, hearing.sample_rate, hearing.duration)
        if key not in self._contexts:
            while len(self._contexts) >= _KEPT_CONTEXTS:
                self._contexts.popitem(last=False)
            longest = hearing.duration + 0.1  # early and late by what calibration shifts
            self._contexts[key] = RlrContext(self.scene, sources, layout, settings, hearing.sample_rate, longest)
        self._contexts.move_to_end(key)
        return self._contexts[key]


def _resolving(settings: RlrSettings, order: int) -> RlrSettings:
    """Settings whose spherical harmonics reach an order."""
    direct, indirect = (max(order, value) for value in (settings.direct_sh_order, settings.indirect_sh_order))
    return replace(settings, direct_sh_order=direct, indirect_sh_order=indirect)


def _head_axes(receiver: Receiver | RlrHead, rotation: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """What turns RLR's ambisonic channels into those of a head (channels, channels); None where there is nothing to do.

    Args:
        receiver: What hears.
        rotation: Of the head (3, 3), local to world.
    """
    if not isinstance(receiver, Ambisonics):
        return None
    degrees = np.repeat(np.arange(receiver.order + 1), 2 * np.arange(receiver.order + 1) + 1)
    scale = np.ones(receiver.channels) if receiver.normalization == "N3D" else 1.0 / np.sqrt(2.0 * degrees + 1.0)
    return np.asarray(scale[:, None] * rotation_matrix(rotation.T @ _FROM_RLR_AXES, receiver.order))


def _place(response: NDArray[np.float64], shift: int, result: NDArray[np.float32]) -> None:
    """Write a response (channels, n) into `result` (channels, samples), `shift` samples later."""
    begin = max(shift, 0)
    kept = response[:, max(-shift, 0) :][:, : max(result.shape[1] - begin, 0)]
    result[:, begin : begin + kept.shape[1]] = kept
