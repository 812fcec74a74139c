"""Ears for Habitat-Lab's tasks: echoes, and the sound of the goal as waves and as SoundSpaces' spectrogram.

The one idea: task sensors like any other, with a configuration each, so a YAML file lists them beside the point goal.
The sound of a goal is its episode's, loud as it is there; a second a step, as in SoundSpaces. Only `registration`
imports this module, for it imports Habitat-Lab.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from gym import spaces
from habitat.config.default_structured_configs import LabSensorConfig
from habitat.core.registry import registry
from habitat.core.simulator import Sensor, SensorTypes
from hydra.core.config_store import ConfigStore
from numpy.typing import NDArray

from echoenv.audio.chirps import ECHO_DURATION
from echoenv.audio.sound_files import read_sound
from echoenv.datasets.soundspaces.audio_goal import EVERLASTING, heard_second, spectrogram
from echoenv.errors import AudioFileError, SettingsError, nearest

_ENDINGS = (".wav", ".flac", ".ogg")


@dataclass
class EchoSensorConfig(LabSensorConfig):
    """What comes back when the agent chirps: (2, 2646) float32 with two ears at 44.1 kHz."""

    type: str = "EchoEnvEchoSensor"


@dataclass
class AudioGoalSensorConfig(LabSensorConfig):
    """One second of the goal's sound at the agent's ears: (2, sample rate) float32, one row for each ear.

    sounds_dir: Folder of sounds, as SoundSpaces' `data/sounds/1s_all`.
    sound: Which sound every episode has, where they name none.
    """

    type: str = "EchoEnvAudioGoalSensor"
    sounds_dir: str = "data/sounds/1s_all"
    sound: str = ""


@dataclass
class SpectrogramSensorConfig(AudioGoalSensorConfig):
    """The same as the spectrogram of SoundSpaces' networks: (65, 69, 2) at 44.1 kHz, (65, 26, 2) at 16 kHz."""

    type: str = "EchoEnvSpectrogramSensor"


class _Hearing(Sensor):
    """What the three sensors share: a simulator with ears, and a space of all numbers."""

    cls_uuid: ClassVar[str] = ""

    def __init__(self, sim: Any, config: Any, *args: Any, **kwargs: Any) -> None:
        if not hasattr(sim, "response_from"):
            raise SettingsError(f"{type(self).__name__} needs habitat.simulator.type=EchoEnvSim-v0: only it has ears")
        self._sim = sim
        super().__init__(config=config)

    def _get_uuid(self, *args: Any, **kwargs: Any) -> str:
        return self.cls_uuid

    def _get_sensor_type(self, *args: Any, **kwargs: Any) -> SensorTypes:
        return SensorTypes.PATH

    def _get_observation_space(self, *args: Any, **kwargs: Any) -> Any:
        limit = np.finfo(np.float32)
        return spaces.Box(low=limit.min, high=limit.max, shape=self._shape(), dtype=np.float32)

    def _shape(self) -> tuple[int, ...]:
        raise NotImplementedError


@registry.register_sensor(name="EchoEnvEchoSensor")
class EchoSensor(_Hearing):
    """The first 60 ms of what comes back when the agent chirps where it stands."""

    cls_uuid = "echo"

    def _shape(self) -> tuple[int, ...]:
        return self._sim.channels, round(ECHO_DURATION * self._sim.sample_rate)

    def get_observation(self, *args: Any, **kwargs: Any) -> NDArray[np.float32]:
        """The echo (channels, samples)."""
        return self._sim.echo()


@registry.register_sensor(name="EchoEnvAudioGoalSensor")
class AudioGoalSensor(_Hearing):
    """One second of the sound that the episode's first goal makes, at the agent's ears.

    A sound of one second is heard anew at every step; a longer one goes on from step to step, from the episode's
    `offset` on. After `duration` steps there is silence.
    """

    cls_uuid = "audiogoal"

    def _shape(self) -> tuple[int, ...]:
        return self._sim.channels, self._sim.sample_rate

    def get_observation(self, *args: Any, episode: Any, **kwargs: Any) -> NDArray[np.float32]:
        """The second (channels, sample rate) of this step."""
        return goal_second(self._sim, episode, self.config.sounds_dir, self.config.sound)


@registry.register_sensor(name="EchoEnvSpectrogramSensor")
class SpectrogramSensor(_Hearing):
    """The same second, as SoundSpaces' networks are given it."""

    cls_uuid = "spectrogram"

    def _shape(self) -> tuple[int, ...]:
        return spectrogram(np.zeros((self._sim.channels, self._sim.sample_rate), np.float32)).shape

    def get_observation(self, *args: Any, episode: Any, **kwargs: Any) -> NDArray[np.float32]:
        """The spectrogram of this step."""
        return spectrogram(goal_second(self._sim, episode, self.config.sounds_dir, self.config.sound))


def goal_second(sim: Any, episode: Any, sounds_dir: str, sound: str = "") -> NDArray[np.float32]:
    """One second (channels, sample rate) of a goal's sound; computed once for all sensors that ask at one step.

    Args:
        sim: The simulator.
        episode: Whose first goal sounds; `sound_id`, or `info`'s `sound`, names what.
        sounds_dir: Folder of sounds.
        sound: The sound of episodes that name none.

    Raises:
        AudioFileError: The sound is not in the folder.
        SettingsError: The episode names no sound, or has a distractor, which only SoundSpaces' graph can place.
    """
    if getattr(episode, "distractor_sound_id", None) is not None:
        raise SettingsError(
            f"episode {episode.episode_id!r} has a distractor at a position of SoundSpaces' graph, which this scene "
            "does not have: set distractor_sound_id to null"
        )
    state = sim.get_agent_state()
    pose = (*state.position.tolist(), state.heading)
    asked = (id(episode), sim.steps, pose, sounds_dir, sound)
    if getattr(sim, "_heard_last", (None, None))[0] != asked:
        sim._heard_last = asked, _goal_second(sim, episode, sounds_dir, sound)
    return sim._heard_last[1].copy()


def _goal_second(sim: Any, episode: Any, sounds_dir: str, sound: str) -> NDArray[np.float32]:
    named = getattr(episode, "sound_id", None) or (episode.info or {}).get("sound") or sound
    if not named:
        raise SettingsError(f"episode {episode.episode_id!r} names no sound: give the sensor's configuration a 'sound'")
    rate = sim.sample_rate
    duration = getattr(episode, "duration", None)
    if sim.steps > (EVERLASTING if duration is None else int(duration)):
        return np.zeros((sim.channels, rate), np.float32)
    dry = _sound(sim, Path(sounds_dir), str(named), rate)
    seconds = max(1, len(dry) // rate)
    second = (int(getattr(episode, "offset", None) or 0) + sim.steps) % seconds
    return heard_second(dry, sim.response_from(episode.goals[0].position), rate, second)


def _sound(sim: Any, folder: Path, name: str, rate: int) -> NDArray[np.float32]:
    """A sound (n,) by its name, read once for each simulator."""
    kept = sim.__dict__.setdefault("_sounds", {})
    key = (str(folder), name)
    if key not in kept:
        path = folder / name
        found = [path] if path.suffix in _ENDINGS else [path.with_name(path.name + ending) for ending in _ENDINGS]
        files = [file for file in found if file.is_file()]
        if not files:
            there = [file.stem for file in folder.glob("*") if file.suffix in _ENDINGS] if folder.is_dir() else []
            hint = nearest(name, there) if there else f"'{folder}' holds no sounds; give sounds_dir another folder"
            raise AudioFileError(f"sound '{name}' is not in '{folder}': {hint}")
        kept[key] = read_sound(files[0], rate)[0].mean(axis=0)
    return kept[key]


def register_configs() -> None:
    """Make the sensors' configurations known to Hydra, as `/habitat/task/lab_sensors: echo_sensor` and so on."""
    store = ConfigStore.instance()
    nodes = {"echo_sensor": EchoSensorConfig, "audiogoal_sensor": AudioGoalSensorConfig,
             "spectrogram_sensor": SpectrogramSensorConfig}  # fmt: skip
    for name, node in nodes.items():
        store.store(package=f"habitat.task.lab_sensors.{name}", group="habitat/task/lab_sensors", name=name, node=node)
