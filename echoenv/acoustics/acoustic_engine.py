"""What stands between a simulator and its sound: one interface, EchoEnv's own engine behind it, others by name.

The one idea: an engine turns sources, ears and headings into impulse responses in one scale (a free-field path of 1 m
has amplitude 1) and one time (what is straight ahead begins at distance over speed of sound). Whoever asks need not
know which engine answers; what an engine cannot do is an `EngineError` that says so.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from echoenv.acoustics.air import Air
from echoenv.acoustics.directivity import Directivity
from echoenv.acoustics.paths import Propagation
from echoenv.acoustics.propagation.propagator import PropagationSettings, Propagator
from echoenv.acoustics.receivers.hrtf import Receiver
from echoenv.acoustics.rendering import noise_seed, render
from echoenv.rays.engine import RayEngine

_KEPT_PROPAGATIONS = 16  # an agent that turns on the spot hears the same propagation again

Points = NDArray[np.float64]
Responses = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Hearing:
    """What is to be heard.

    Attributes:
        receiver: Ears or microphones.
        rotations: Local-to-world matrices (h, 3, 3) of the head, one for each heading.
        sample_rate: [Hz].
        duration: Length of a response [s].
    """

    receiver: Receiver
    rotations: NDArray[np.float64]
    sample_rate: int
    duration: float


@dataclass(frozen=True, eq=False)
class Speakers:
    """What sounds.

    Attributes:
        positions: [m] (m, 3), world frame.
        directivities: One for each source (m,), None for an omnidirectional one; or None where all are.
        rotations: Local-to-world matrices (m, 3, 3) of the sources; None where all are omnidirectional.
    """

    positions: Points
    directivities: Sequence[Directivity | None] | None = None
    rotations: NDArray[np.float64] | None = None

    @property
    def directed(self) -> bool:
        """Whether any source is louder in one direction than in another."""
        return self.directivities is not None and any(one is not None for one in self.directivities)


class AcousticEngine(Protocol):
    """Computes responses in one scene."""

    @property
    def name(self) -> str:
        """What it is called as `Simulator(acoustics=...)`."""

    def responses(self, speakers: Speakers, ears: Points, hearing: Hearing, seed: int) -> Responses:
        """From every source (m,) to all ears [m] (n, 3): (m, n, h, channels, samples) float32."""

    def pair_responses(self, sources: Points, ears: Points, hearing: Hearing, seeds: NDArray[np.int64]) -> Responses:
        """From each omnidirectional source [m] (n, 3) to the ears (n, 3) of its index: (n, h, channels, samples)."""

    def propagation(self, source: Points, listener: Points, duration: float, seed: int) -> Propagation:
        """Paths and energies between two points [m] (3,).

        Raises:
            EngineError: The engine keeps them to itself.
        """

    def close(self) -> None:
        """Let go of what is kept."""


class TracedAcoustics:
    """EchoEnv's own engine: `Propagator` and `render`.

    Args:
        engine: Rays over the scene.
        settings: How sound is traced; the duration is set by what is asked for.
        air: What fills the scene.
    """

    name = "echoenv"

    def __init__(self, engine: RayEngine, settings: PropagationSettings, air: Air) -> None:
        self.engine, self.settings, self.air = engine, settings, air
        self._propagators: dict[float, Propagator] = {}
        self._kept: OrderedDict[tuple[Any, ...], Propagation] = OrderedDict()

    def propagator(self, duration: float) -> Propagator:
        """The propagator for responses of a duration [s], prepared once."""
        if duration not in self._propagators:
            self._propagators[duration] = Propagator(self.engine, self.settings.lasting(duration), self.air)
        return self._propagators[duration]

    def responses(self, speakers: Speakers, ears: Points, hearing: Hearing, seed: int) -> Responses:
        """See `AcousticEngine.responses`: one tracing a listener serves all sources and headings."""
        if len(speakers.positions) == len(ears) == 1 and not speakers.directed:
            kept = self.propagation(speakers.positions[0], ears[0], hearing.duration, seed)
            return _rendered(kept, hearing, seed)[None, None]
        directed: dict[str, Any] = {}
        if speakers.directed:
            directed = {"directivities": speakers.directivities, "rotations": speakers.rotations}
        pairs = self.propagator(hearing.duration).propagate(speakers.positions, ears, seed=seed, **directed)
        return np.stack([np.stack([_rendered(pair, hearing, seed) for pair in row]) for row in pairs])

    def pair_responses(self, sources: Points, ears: Points, hearing: Hearing, seeds: NDArray[np.int64]) -> Responses:
        """See `AcousticEngine.pair_responses`."""
        pairs = self.propagator(hearing.duration).propagate_pairs(sources, ears, seed=seeds)
        return np.stack([_rendered(pair, hearing, seed) for pair, seed in zip(pairs, seeds.tolist(), strict=True)])

    def propagation(self, source: Points, listener: Points, duration: float, seed: int) -> Propagation:
        """See `AcousticEngine.propagation`; the last few are kept."""
        key = (source.tobytes(), listener.tobytes(), float(duration), seed)
        if key not in self._kept:
            self._kept[key] = self.propagator(duration).propagate(source[None], listener[None], seed=seed)[0][0]
            if len(self._kept) > _KEPT_PROPAGATIONS:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]

    def close(self) -> None:
        """See `AcousticEngine.close`."""
        self._kept.clear()


def _rendered(pair: Propagation, hearing: Hearing, seed: int) -> Responses:
    noise = noise_seed(seed, pair.source)
    return render(pair, hearing.rotations, hearing.receiver, hearing.sample_rate, hearing.duration, seed=noise)
