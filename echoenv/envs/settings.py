"""What makes a task: which scenes, which sensors and actions, how it is rewarded and when it ends.

The one idea: plain frozen values, so that a task can be written in a YAML file, compared, and sent to another process.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from echoenv.datasets.episode_rules import EpisodeRules
from echoenv.envs.actions import ACTION_SETS, VelocityRanges, action_set
from echoenv.envs.rewards import Reward
from echoenv.envs.sensors import sensors_named
from echoenv.envs.sounds import SPLITS
from echoenv.errors import SettingsError, nearest
from echoenv.simulators.simulator import BACKEND_NAMES

TRAINING_HOMES = (
    "apartment_0", "apartment_1", "frl_apartment_0", "frl_apartment_1", "frl_apartment_2", "frl_apartment_3",
    "frl_apartment_4", "hotel_0", "office_0", "office_1", "office_2", "office_3", "room_0", "room_1", "room_2",
)  # fmt: skip
"""The 15 homes to learn in, of the VisualEchoes split."""

HELD_OUT_HOMES = ("apartment_2", "frl_apartment_5", "office_4")
"""The three homes to be tested in."""

# Numbers by their kind: above 0, of which some are counted, and 0 or more.
_COUNTED = ("max_steps", "sample_rate", "sound_rays", "height", "width", "threads", "kept_scenes")
_POSITIVE = ("success_distance", "step_time", "response_duration", "max_depth", "grid_spacing")
_NOT_NEGATIVE = ("forward", "turn", "response_memory", "source_height", "episode_seed")
_SWITCHES = ("allow_sliding", "chirps")
_TEXTS = ("data_dir", "episodes", "sound")


@dataclass(frozen=True)
class NavigationSettings:
    """A navigation task.

    Attributes:
        scenes: Where it takes place; an episode draws one of them.
        sensors: What the agent senses: names of `echoenv.envs.sensors`.
        backend: Who simulates. With `soundspaces` the size of views, the sample rate and the grid are those of the
            data in `data_dir`, whatever is said here.
        data_dir: The user's folder of data sets; None for built-in homes alone.
        episodes: A split of episodes on disk; None draws them by `rules`.
        episode_seed: Of drawn episodes.
        rules: Of drawn episodes; a dictionary holds those that differ.
        max_steps: Actions after which an episode is cut off.
        success_distance: How near [m] a stop must be.
        actions: What the agent can do: `habitat` (steps and turns), `grid` (SoundSpaces' edges and quarter turns) or
            `velocity`. None takes `grid` where the backend has nothing else, and `habitat` otherwise.
        forward: Length of a step of `habitat` [m].
        turn: Of a turn of `habitat` [degrees].
        grid_spacing: Of `grid` [m].
        velocity: Ranges of `velocity`; a dictionary holds what differs.
        allow_sliding: Along walls; on a grid nobody slides.
        height: Of views [pixels].
        width: Of views [pixels].
        hfov: Horizontal field of view [degrees].
        max_depth: At which depth is cut off, and by which it is divided [m].
        reward: What a step is worth; a dictionary holds what differs.
        sound: A dry sound at the goal: a file, or a name of `echoenv.envs.sounds`; None is silence.
        sounds: Several, in its place, of which each episode draws one; or a folder of files. An episode that names
            its own sound has that.
        sound_split: `heard` or `unheard`, the part of `sounds` (or of all that are made here) that is drawn from.
        sample_rate: Of sound [Hz].
        step_time: Time that passes at each action [s].
        response_duration: How long a room's answer is followed [s].
        sound_rays: Rays of each response.
        response_memory: Responses that were heard are kept for who comes to the same place again [MB]; 0 traces
            each one anew. With few `rules.goal_places`, on a grid, most are then found.
        source_height: Of the sounding goal above the floor [m].
        goal_speed: At which the goal walks [m/s]; 0 stays.
        chirps: Whether the agent may chirp, an action of its own, and hears the echo then.
        device: Where views are rendered and sound is traced, of the built-in simulator: `cpu`, `cuda`, `cuda:1`.
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
    actions: str | None = None
    forward: float = 0.25
    turn: float = 10.0
    grid_spacing: float = 0.5
    velocity: VelocityRanges = field(default_factory=VelocityRanges)
    allow_sliding: bool = True
    height: int = 128
    width: int = 128
    hfov: float = 90.0
    max_depth: float = 10.0
    reward: Reward = field(default_factory=Reward)
    sound: str | None = None
    sounds: tuple[str, ...] = ()
    sound_split: str | None = None
    sample_rate: int = 16000
    step_time: float = 0.25
    response_duration: float = 1.0
    sound_rays: int = 500
    response_memory: float = 0.0
    source_height: float = 1.5
    goal_speed: float = 0.0
    chirps: bool = False
    device: str = "cpu"
    threads: int = 1
    kept_scenes: int = 4

    def __post_init__(self) -> None:
        for name in ("scenes", "sensors"):
            object.__setattr__(self, name, _names(name, getattr(self, name)))
        sounds = (self.sounds,) if isinstance(self.sounds, str) else self.sounds
        object.__setattr__(self, "sounds", _names("sounds", sounds) if sounds else ())
        for name, kind in (("rules", EpisodeRules), ("reward", Reward), ("velocity", VelocityRanges)):
            object.__setattr__(self, name, _made(kind, getattr(self, name), name))
        sensors_named(self.sensors)
        self._check_choices()
        self._check_numbers()
        action_set(self)

    @property
    def action_set(self) -> str:
        """Name of the action set, where `actions` left it open."""
        if self.actions is not None:
            return self.actions
        return "grid" if self.backend == "soundspaces" else "habitat"

    def _check_choices(self) -> None:
        for name, choices in (("backend", BACKEND_NAMES), ("actions", ACTION_SETS), ("sound_split", SPLITS)):
            given = getattr(self, name)
            if given not in choices and (given is not None or name == "backend"):
                what = "is no simulator" if name == "backend" else "is not known"
                raise SettingsError(f"{name} {given!r} {what}: {nearest(str(given), choices)}")
        if self.backend == "soundspaces" and self.action_set != "grid":
            raise SettingsError(
                f"actions '{self.actions}' cannot be on precomputed data: give 'grid', or leave actions out"
            )
        if self.backend == "habitat" and self.action_set == "velocity":
            raise SettingsError("actions 'velocity' are those of backend 'builtin': take that, or 'habitat' or 'grid'")
        if not isinstance(self.device, str) or (self.device != "cpu" and self.backend != "builtin"):
            raise SettingsError(
                f"device {self.device!r}: give 'cpu', or with backend 'builtin' a device such as 'cuda'"
            )
        if self.chirps and self.action_set == "velocity":
            raise SettingsError("a velocity cannot chirp: take chirps=False, or actions 'habitat' or 'grid'")

    def _check_numbers(self) -> None:
        for name in (*_COUNTED, *_POSITIVE, *_NOT_NEGATIVE, "hfov", "goal_speed"):
            value = getattr(self, name)
            whole = name in (*_COUNTED, "episode_seed")
            fits = _is_number(value) and (not whole or value == int(value))
            if not fits or value < 0 or (value == 0 and name in (*_COUNTED, *_POSITIVE)):
                low = "of 0 or more" if name in _NOT_NEGATIVE else "above 0"
                raise SettingsError(f"{name} = {value!r}: give a {'whole ' if whole else ''}number {low}")
        if not 0.0 <= self.goal_speed <= 10.0:
            raise SettingsError(f"goal_speed = {self.goal_speed!r}: give 0 to 10 m/s")
        if not 1.0 <= self.hfov <= 179.0:
            raise SettingsError(f"hfov = {self.hfov!r}: give 1 to 179 degrees")
        for name in _SWITCHES:
            if not isinstance(getattr(self, name), bool):
                raise SettingsError(f"{name} = {getattr(self, name)!r}: give true or false")
        for name in _TEXTS:
            if not isinstance(getattr(self, name), (str, Path, type(None))):
                raise SettingsError(f"{name} = {getattr(self, name)!r}: give a name or a path, or nothing")
        for one in fields(Reward):
            if not _is_number(getattr(self.reward, one.name)):
                raise SettingsError(f"reward.{one.name} = {getattr(self.reward, one.name)!r}: give a number")

    def changed(self, **values: Any) -> NavigationSettings:
        """The same with other values.

        Raises:
            SettingsError: There is no such value; names the nearest.
        """
        _require_known(type(self), values, "setting")
        return replace(self, **values)


def _is_number(value: object) -> bool:
    numeric = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    return numeric and bool(np.isfinite(value))  # type: ignore[call-overload]


def _names(what: str, given: Any) -> tuple[str, ...]:
    """One or more names, as a tuple."""
    names = () if isinstance(given, (str, Path)) or not isinstance(given, Iterable) else tuple(given)
    if not names or not all(isinstance(one, (str, Path)) for one in names):
        raise SettingsError(f"{what} {given!r}: give one or more names in a list")
    return tuple(str(one) for one in names)


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
