"""The rules of SoundSpaces 2.0's continuous simulator: what an agent hears at each step, and the settings it runs with.

The one idea: time goes in steps of a quarter of a second. At each the dry sound of that quarter, with what came before
it, is heard through the response of the new pose, and fades over from the old one. The rules are SoundSpaces' own with
their seams (see `heard_in_step`), for results that are to be compared; `MovingSounds` is what sound does in air.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.signal import fftconvolve

from echoenv.acoustics.propagation.settings import PropagationSettings
from echoenv.acoustics.rlr.settings import RlrSettings
from echoenv.errors import SettingsError, nearest
from echoenv.navigation.motion import MotionSettings
from echoenv.scene.pose import as_position
from echoenv.simulators.simulator import Simulator


@dataclass(frozen=True)
class ContinuousRules:
    """Numbers of the continuous simulator.

    Attributes:
        step_time: Time that passes at each step [s].
        crossfade: How long [s] the old pose's sound fades into the new one's; 0 switches at once.
        source_height: Of a sound above its goal on the floor [m].
        response_duration: Longest response [s].
        repeats: How often a sound of one second is put after itself, so that it is longer than a response.
    """

    step_time: float = 0.25
    crossfade: float = 0.05
    source_height: float = 1.5
    response_duration: float = 4.0
    repeats: int = 3


RULES = ContinuousRules()


def continuous_settings(acoustics: str = "echoenv", sample_rate: int = 16000) -> dict[str, Any]:
    """Arguments of `Simulator` with which SoundSpaces 2.0 navigates.

    Args:
        acoustics: `echoenv`, our engine with what theirs is meant to compute (transmission, diffraction); or `rlr`,
            theirs with its own numbers: 500 rays and responses blended over time.
        sample_rate: [Hz]; 16000 for Matterport3D as in its configurations, 44100 for Replica.

    Raises:
        SettingsError: Another engine.
    """
    common = {"sample_rate": sample_rate, "motion": MotionSettings(forward=0.25, turn=10.0)}
    if acoustics == "echoenv":
        return {**common, "acoustics": "echoenv", "propagation": PropagationSettings()}
    if acoustics == "rlr":
        return {**common, "acoustics": RlrSettings.soundspaces()}
    raise SettingsError(f"acoustics '{acoustics}' has no such preset: {nearest(acoustics, ('echoenv', 'rlr'))}")


def prepared_sound(sound: ArrayLike, sample_rate: int, rules: ContinuousRules = RULES) -> NDArray[np.float32]:
    """A dry sound (n,) as the simulator plays it: one of less than two seconds is repeated.

    Raises:
        SettingsError: It is shorter than a second, or no row of finite samples.
    """
    samples = np.asarray(sound, dtype=np.float32)
    if samples.ndim != 1 or len(samples) < sample_rate or not np.isfinite(samples).all():
        raise SettingsError(
            f"dry sound of shape {samples.shape} must be one row of at least a second ({sample_rate} finite samples)"
        )
    return np.tile(samples, rules.repeats) if len(samples) // sample_rate == 1 else samples


def heard_in_step(
    sound: NDArray[np.float32], response: NDArray[np.float32], index: int, samples: int
) -> NDArray[np.float32]:
    """What one step lets hear through one response, by SoundSpaces' rule.

    From where the sound has been playing for at least as long as the response, the reverberation of what was played
    before is heard, and at its end the sound goes on from its beginning. Within one response of its beginning nothing
    comes from before, at the first round as at every later one: there reverberation breaks off, as in SoundSpaces.

    Args:
        sound: Dry sound (n,), longer than the response.
        response: (channels, m).
        index: Where in the sound the step begins.
        samples: Length of the step.

    Returns:
        (channels, samples).
    """
    reach = response.shape[1]
    if index - reach < 0:
        played = sound[: index + samples]
        heard = fftconvolve(played[None], response, axes=1)[:, index : index + samples]
    else:
        # A slice, not a modulus: at most once round, since a step is shorter than a sound.
        played = np.concatenate([sound, sound[:samples]])[index - reach + 1 : index + samples]
        heard = fftconvolve(played[None], response, mode="valid", axes=1)
    return np.pad(heard, [(0, 0), (0, samples - heard.shape[1])]).astype(np.float32)


def crossfaded(before: NDArray[np.float32], after: NDArray[np.float32], samples: int) -> NDArray[np.float32]:
    """Sound (channels, n) that fades linearly from one to another over its first samples."""
    if samples == 0:
        return after
    weights = np.arange(samples + 1, dtype=np.float32) / samples
    faded = after.copy()
    faded[:, : samples + 1] = before[:, : samples + 1] * weights[::-1] + after[:, : samples + 1] * weights
    return faded


class ContinuousSound:
    """A sound at a goal, heard step by step while the agent of a simulator walks.

    Args:
        simulator: Whose agent hears.
        sound: Dry sound (n,) at the simulator's sample rate.
        goal: Where it sounds: a point on the floor [m] (3,), the sound is `source_height` above.
        rules: Numbers.
        start: Where in the sound the first step begins: a sample, which SoundSpaces draws within the first step.

    Raises:
        SettingsError: The sound is too short, or the start lies outside.
        PoseError: The goal is not finite or inside a solid.
    """

    def __init__(
        self, simulator: Simulator, sound: ArrayLike, goal: ArrayLike, rules: ContinuousRules = RULES, start: int = 0
    ) -> None:
        self.simulator, self.rules = simulator, rules
        self.sound = prepared_sound(sound, simulator.sample_rate, rules)
        self.source = as_position(goal, "goal") + [0.0, rules.source_height, 0.0]
        if not 0 <= start < len(self.sound):
            raise SettingsError(f"start {start} lies outside the sound: give a sample from 0 to {len(self.sound) - 1}")
        self._index = start
        self._last: NDArray[np.float32] | None = None

    def hear(self) -> NDArray[np.float32]:
        """What the agent hears (channels, samples) float32 in the step that begins where it stands now.

        Call it once after each action (and once before the first): time goes on by `step_time`.
        """
        simulator, rate = self.simulator, self.simulator.sample_rate
        samples = int(rate * self.rules.step_time)
        response = _trimmed(simulator.impulse_response(self.source, self.rules.response_duration).samples)
        heard = heard_in_step(self.sound, response, self._index, samples)
        if self._last is not None and self.rules.crossfade > 0.0:
            before = heard_in_step(self.sound, self._last, self._index, samples)
            heard = crossfaded(before, heard, int(self.rules.crossfade * rate))
        self._last = response
        self._index = (self._index + samples) % len(self.sound)
        return heard


def _trimmed(response: NDArray[np.float32]) -> NDArray[np.float32]:
    """A response (channels, n) without the zeros at its end."""
    sounding = np.flatnonzero(np.any(response != 0.0, axis=0))
    return response[:, : int(sounding[-1]) + 1 if len(sounding) else 1]
