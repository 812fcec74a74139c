"""Bringing RLR's levels and times to EchoEnv's: measured in its own free field, once for each kind of listener.

The one idea: RLR's direct sound is deterministic, so a source 1 m away in the free field tells its scale and its time
origin; both are then numbers by which every response is multiplied and shifted. What was found with
rlr-audio-propagation 0.0.1:

* a source sends the energy 1, not 4 pi: one microphone reads 0.3012 at 1 m (so the factor is 3.320, 10.42 dB), 0.2925
  / r at 5 m and 0.2879 / r at 50 m. Levels are right at 1 m, 0.26 dB low at 5 m, and 0.4 dB low far away; without a
  listener radius the factor would be 3.651;
* sound travels at 344 m/s, and the direct sound is early by the listener's radius (12.8 samples at 44.1 kHz); ears come
  30 samples late instead, by the delay in their head-related responses;
* binaural responses are scaled as ours are: averaged over the sphere, ears pass the energy of the microphone (R3).
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from echoenv.acoustics.air import Air
from echoenv.acoustics.direction_grid import fibonacci_sphere
from echoenv.acoustics.rlr.library import Layout, RlrContext
from echoenv.acoustics.rlr.settings import RlrSettings

RLR_SPEED_OF_SOUND = 344.0
"""[m/s], from the direct sound of sources 0.5 to 50 m away."""

_DISTANCE = 1.0  # [m]
_DIRECTIONS = 128  # over which the energy of ears is averaged
_RISE = 0.2  # of the peak: where a response begins, as for head-related responses (R4)
_UPRIGHT = np.array([1.0, 0.0, 0.0, 0.0])
_ROOM_TO_RING = 0.1  # [s]


@dataclass(frozen=True)
class Calibration:
    """What makes RLR's responses ours.

    Attributes:
        gain: Factor on pressure.
        shift: Samples by which responses come too early; negative where they come too late.
    """

    gain: float
    shift: int


@functools.lru_cache(maxsize=32)
def calibration(layout: Layout, settings: RlrSettings, sample_rate: int) -> Calibration:
    """Gain and shift of a listener, from free-field responses at 1 m.

    Args:
        layout: The listener.
        settings: Only what touches direct sound matters.
        sample_rate: [Hz].
    """
    direct = replace(settings, direct=True, indirect=False, diffraction=False, temporal_coherence=False)
    context = RlrContext(None, 1, layout, direct, sample_rate, _ROOM_TO_RING)

    def heard(direction: NDArray[np.float64]) -> NDArray[np.float64]:
        return context.simulate(_DISTANCE * direction[None], np.zeros(3), _UPRIGHT)[0]

    ahead = heard(np.array([0.0, 0.0, -1.0]))
    begins = np.mean(
        [np.argmax(np.abs(channel) >= _RISE * np.abs(channel).max()) for channel in ahead[: _ears(layout)]]
    )
    shift = round(_DISTANCE / Air().speed_of_sound * sample_rate - begins) if settings.align else 0
    if layout.kind == "Binaural":
        energies = [np.sum(heard(direction) ** 2) / layout.channels for direction in fibonacci_sphere(_DIRECTIONS)]
        return Calibration(float(np.mean(energies)) ** -0.5 / _DISTANCE, shift)
    return Calibration(1.0 / float(ahead[0].sum()) / _DISTANCE, shift)


def _ears(layout: Layout) -> int:
    """Channels that tell when sound arrives: both ears, or the omnidirectional channel."""
    return 2 if layout.kind == "Binaural" else 1
