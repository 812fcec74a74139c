"""What makes a task: which scenes, which sensors and actions, how it is rewarded and when it ends.

The one idea: plain frozen values, so that a task can be written in a YAML file, compared, and sent to another process.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from echoenv.datasets.episode_rules import EpisodeRules
from echoenv.envs.rewards import Reward
from echoenv.envs.sensors import sensors_named
from echoenv.errors import SettingsError, nearest
from echoenv.simulators.simulator import BACKEND_NAMES

TRAINING_HOMES = (
    "apartment_0", "apartment_1", "frl_apartment_0", "frl_apartment_1", "frl_apartment_2", "frl_apartment_3",
    "frl_apartment_4", "hotel_0", "office_0", "office_1", "office_2", "office_3", "room_0", "room_1", "room_2",
)  # fmt: skip
"""The 15 homes to learn in, of the VisualEchoes split."""

HELD_OUT_HOMES = ("apartment_2", "frl_apartment_5", "office_4")
"""The three homes to be tested in."""


@dataclass(frozen=True)
class NavigationSettings:
    """A navigation task.

    Attributes:
        scenes: Where it takes place; an episode draws one of them.
        sensors: What the agent senses: names of `echoenv.envs.sensors`.
        backend: Who simulates.
        data_dir: The user's folder of data sets; None for built-in homes alone.
        episodes: A split of episodes on disk; None draws them by `rules`.
        episode_seed: Of drawn episodes.
        rules: Of drawn episodes; a dictionary holds those that differ.
        max_steps: Actions after which an episode is cut off.
        success_distance: How near [m] a stop must be.
        forward: Length of a step [m].
        turn: Of a turn [degrees].
        allow_sliding: Along walls.
        height: Of views [pixels].
        width: Of views [pixels].
        hfov: Horizontal field of view [degrees].
        max_depth: At which depth is cut off, and by which it is divided [m].
        reward: What a step is worth; a dictionary holds what differs.
        sound: A dry sound at the goal: a file, or `telephone`, `chirps`, `noise`; None is silence.
        sample_rate: Of sound [Hz].
        step_time: Time that passes at each action [s].
        response_duration: How long a room's answer is followed [s].
        sound_rays: Rays of each response.
        source_height: Of the sounding goal above the floor [m].
        goal_speed: At which the goal walks [m/s]; 0 stays.
        chirps: Whether the agent may chirp, an action of its own, and hears the echo then.
        threads: Threads of each simulator on a CPU.
        kept_scenes: Scenes that are held open.

    Raises:
        SettingsError: A value is of no use; says which and what is allowed.
    """

    scenes: tuple[str, ...] = TRAINING_HOMES
    sensors: tuple[str, ...] = ("rgb", "depth", "pointgoal_with_gps_compass")
    backend: str = "builtin"
    data_dir: str | None = None
    episodes: str | None = None
    episode_seed: int = 0
    rules: EpisodeRules = field(default_factory=EpisodeRules)
    max_steps: int = 500
    success_distance: float = 0.2
    forward: float = 0.25
    turn: float = 10.0
    allow_sliding: bool = True
    height: int = 128
    width: int = 128
    hfov: float = 90.0
    max_depth: float = 10.0
    reward: Reward = field(default_factory=Reward)
    sound: str | None = None
    sample_rate: int = 16000
    step_time: float = 0.25
    response_duration: float = 1.0
    sound_rays: int = 500
    source_height: float = 1.5
    goal_speed: float = 0.0
    chirps: bool = False
    threads: int = 1
    kept_scenes: int = 4

    def __post_init__(self) -> None:
        if isinstance(self.scenes, str) or not self.scenes:
            raise SettingsError(f"scenes {self.scenes!r}: give one or more names in a list")
        object.__setattr__(self, "scenes", tuple(self.scenes))
        object.__setattr__(self, "sensors", tuple(self.sensors))
        object.__setattr__(self, "rules", _made(EpisodeRules, self.rules, "rules"))
        object.__setattr__(self, "reward", _made(Reward, self.reward, "reward"))
        sensors_named(self.sensors)
        if self.backend not in BACKEND_NAMES:
            raise SettingsError(
                f"backend {self.backend!r} is no simulator: {nearest(str(self.backend), BACKEND_NAMES)}"
            )
        positive = ("max_steps", "success_distance", "sample_rate", "step_time", "response_duration", "sound_rays",
                    "height", "width", "max_depth", "threads", "kept_scenes")  # fmt: skip
        for name in positive:
            value = getattr(self, name)
            if not isinstance(value, (int, float)) or isinstance(value, bool) or not value > 0:
                raise SettingsError(f"{name} = {value!r}: give a number above 0")
        if not isinstance(self.goal_speed, (int, float)) or not 0.0 <= self.goal_speed <= 10.0:
            raise SettingsError(f"goal_speed = {self.goal_speed!r}: give 0 to 10 m/s")

    def changed(self, **values: Any) -> NavigationSettings:
        """The same with other values.

        Raises:
            SettingsError: There is no such value; names the nearest.
        """
        _require_known(type(self), values, "setting")
        return replace(self, **values)


def _require_known(kind: type, names: Iterable[str], what: str) -> None:
    known = [each.name for each in fields(kind)]
    for name in names:
        if name not in known:
            raise SettingsError(f"{what} '{name}' is not known: {nearest(str(name), known)}")


def _made(kind: type, given: Any, what: str) -> Any:
    """`given` itself, or one made of a dictionary, as a YAML file has it."""
    if isinstance(given, kind):
        return given
    if not isinstance(given, Mapping):
        raise SettingsError(f"{what} = {given!r}: give {kind.__name__}, or a dictionary of what differs")
    _require_known(kind, given, what)
    return kind(**given)
