"""Episodes from and to JSON: strict, and a mistake says in which file and which episode it is.

The one idea: every field is checked by a small reader that raises `FieldError` with what is wrong; `parse_episode`
adds where.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from echoenv.datasets.episode_types import Episode, Goal, Numbers, PathPoint
from echoenv.errors import DatasetError
from echoenv.scene.pose import described

_EPISODE_FIELDS = ("episode_id", "scene_id", "start_position", "start_rotation", "info", "goals", "shortest_paths",
                   "start_room")  # fmt: skip
"""What a new episode is written with, in Habitat's order."""

_AUDIO_FIELDS = ("object_category", "sound_id", "offset", "duration", "distractor_sound_id",
                 "distractor_position_index")  # fmt: skip
_GOAL_FIELDS = ("position", "radius")
_POINT_FIELDS = ("position", "rotation", "action")

_UNIT_SLACK = 1e-2  # of a quaternion's length: files hold rounded numbers


class FieldError(Exception):
    """What is wrong with an episode, without where it is."""


def parse_episode(raw: Any, where: str, check_distances: bool = True, needs_goal: bool = True) -> Episode:
    """An episode from parsed JSON.

    Args:
        raw: What the JSON holds.
        where: File and number of the episode, for messages.
        check_distances: Refuse a geodesic distance that is zero, negative, infinite or not a number: success weighted
            by path length (SPL) divides by it.
        needs_goal: Refuse an episode without a goal.

    Raises:
        DatasetError: A field is missing or not what it should be; the message names file, episode and field.
    """
    try:
        if not isinstance(raw, dict):
            raise FieldError(f"is {described(raw)}, not an object with episode_id, scene_id, ...")
        return _episode(raw, check_distances, needs_goal)
    except FieldError as wrong:
        name = f" (episode_id {raw['episode_id']!r})" if isinstance(raw, dict) and "episode_id" in raw else ""
        raise DatasetError(f"{where}{name}: {wrong}") from None


def _episode(raw: dict[str, Any], check_distances: bool, needs_goal: bool) -> Episode:
    for name in ("episode_id", "scene_id", "start_position", "start_rotation"):
        if name not in raw:
            raise FieldError(f"has no '{name}': every episode needs one")
    known = (*_EPISODE_FIELDS, *_AUDIO_FIELDS)
    return Episode(
        episode_id=_typed(raw, "episode_id", (str, int), "a text or a whole number"),
        scene_id=_scene_id(raw["scene_id"]),
        start_position=_finite(raw["start_position"], "start_position", 3),
        start_rotation=_rotation(raw["start_rotation"], "start_rotation"),
        goals=_goals(raw.get("goals"), needs_goal),
        info=_info(raw.get("info"), check_distances),
        shortest_paths=_paths(raw.get("shortest_paths")),
        start_room=_typed(raw, "start_room", (str,), "a text", optional=True),
        object_category=_typed(raw, "object_category", (str,), "a text", optional=True),
        sound_id=_typed(raw, "sound_id", (str,), "a text", optional=True),
        offset=_count(raw, "offset"),
        duration=_count(raw, "duration"),
        distractor_sound_id=_typed(raw, "distractor_sound_id", (str,), "a text", optional=True),
        distractor_position_index=_count(raw, "distractor_position_index"),
        extra={name: value for name, value in raw.items() if name not in known},
        fields=tuple(raw),
    )


def _scene_id(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise FieldError(f"scene_id {described(value)} must be a text, the scene's name or path")
    return value


def _typed(raw: Mapping[str, Any], name: str, kinds: tuple[type, ...], words: str, optional: bool = False) -> Any:
    value = raw.get(name)
    if (value is None and optional) or (isinstance(value, kinds) and not isinstance(value, bool)):
        return value
    raise FieldError(f"{name} {described(value)} must be {words}{' or null' if optional else ''}")


def _count(raw: Mapping[str, Any], name: str) -> Any:
    value = raw.get(name)
    if value is None or (_is_number(value) and math.isfinite(value) and value >= 0):
        return value
    raise FieldError(f"{name} {described(value)} must be a number of 0 or more, or null")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _finite(value: Any, name: str, count: int) -> Numbers:
    fits = isinstance(value, Sequence) and not isinstance(value, str) and len(value) == count
    if not fits or not all(_is_number(each) and math.isfinite(each) for each in value):
        shape = "[x, y, z] in metres" if count == 3 else "[x, y, z, w]"
        raise FieldError(f"{name} {described(value)} must be {count} finite numbers {shape}")
    return tuple(value)


def _rotation(value: Any, name: str) -> Numbers:
    x, y, z, w = quaternion = _finite(value, name, 4)
    length = math.sqrt(x * x + y * y + z * z + w * w)
    if abs(length - 1.0) > _UNIT_SLACK:
        raise FieldError(f"{name} {described(value)} has the length {length:.4g}: a rotation [x, y, z, w] has 1")
    if 1.0 - 2.0 * (x * x + z * z) / (length * length) < 0.0:
        raise FieldError(f"{name} {described(value)} turns the agent upside down: the order is [x, y, z, w], w last")
    return quaternion


def _goals(value: Any, needed: bool) -> tuple[Goal, ...]:
    if value is None and not needed:
        return ()
    if not isinstance(value, list):
        raise FieldError(f"goals {described(value)} must be a list of goals")
    if needed and not value:
        raise FieldError("goals are empty: an episode needs at least one")
    return tuple(_goal(goal, f"goal {number}") for number, goal in enumerate(value))


def _goal(value: Any, name: str) -> Goal:
    if not isinstance(value, dict) or "position" not in value:
        raise FieldError(f"{name} {described(value)} must be an object with a position")
    radius = value.get("radius")
    if radius is not None and not (_is_number(radius) and math.isfinite(radius) and radius > 0.0):
        raise FieldError(f"{name} has radius {described(radius)}: give metres above 0, or null")
    extra = {key: each for key, each in value.items() if key not in _GOAL_FIELDS}
    return Goal(_finite(value["position"], f"{name}'s position", 3), radius, extra, tuple(value))


def _info(value: Any, check_distances: bool) -> dict[str, Any] | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise FieldError(f"info {described(value)} must be an object or null")
    for name in ("geodesic_distance", "num_action") if check_distances else ():
        number = value.get(name)
        if name in value and (not _is_number(number) or not 0.0 < float(number or 0.0) < math.inf):
            raise FieldError(
                f"info.{name} is {described(number)}: give a finite number above 0 (SPL and SNA divide by it)"
            )
    if not isinstance(value.get("sound", ""), (str, type(None))):
        raise FieldError(f"info.sound {described(value['sound'])} must be a text")
    return value


def _paths(value: Any) -> tuple[tuple[PathPoint, ...], ...] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(path, list) for path in value):
        raise FieldError(f"shortest_paths {described(value)} must be null or a list of points for each goal")
    return tuple(tuple(_point(point, f"shortest_paths' point {number}") for number, point in enumerate(path))
                 for path in value)  # fmt: skip


def _point(value: Any, name: str) -> PathPoint:
    if value is None or (isinstance(value, (int, str)) and not isinstance(value, bool)):
        return PathPoint(action=value)  # some files hold actions alone
    if not isinstance(value, dict):
        raise FieldError(f"{name} {described(value)} must be an object with position, rotation and action")
    position, rotation, action = (value.get(field) for field in _POINT_FIELDS)
    if action is not None and (not isinstance(action, (int, str)) or isinstance(action, bool)):
        raise FieldError(f"{name} has action {described(action)}: give its number or name, or null")
    return PathPoint(
        None if position is None else _finite(position, f"{name}'s position", 3),
        None if rotation is None else _rotation(rotation, f"{name}'s rotation"),
        action,
        {key: each for key, each in value.items() if key not in _POINT_FIELDS},
        tuple(value),
    )


def episode_to_json(episode: Episode) -> dict[str, Any]:
    """What JSON holds of an episode: the fields of the file it came from, and those that were set since."""
    shown = _fields(episode, _EPISODE_FIELDS, _AUDIO_FIELDS)
    for name, value in shown.items():
        if name in episode.extra:
            continue
        if name in ("start_position", "start_rotation"):
            shown[name] = list(value)
        elif name == "goals":
            shown[name] = [_goal_to_json(goal) for goal in value]
        elif name == "info" and value is not None:
            shown[name] = dict(value)
        elif name == "shortest_paths" and value is not None:
            shown[name] = [[_point_to_json(point) for point in path] for path in value]
    return shown


def _goal_to_json(goal: Goal) -> dict[str, Any]:
    return {**_fields(goal, _GOAL_FIELDS), "position": list(goal.position)}


def _point_to_json(point: PathPoint) -> Any:
    if not point.fields and point.position is None and point.rotation is None and not point.extra:
        return point.action
    shown = _fields(point, _POINT_FIELDS)
    for name in ("position", "rotation"):
        if shown.get(name) is not None:
            shown[name] = list(shown[name])
    return shown


def _fields(thing: Episode | Goal | PathPoint, usual: Sequence[str], rare: Sequence[str] = ()) -> dict[str, Any]:
    """Fields by name: those of the file in its order, or the usual ones; then what else has a value."""
    names = list(thing.fields or usual)
    names += [name for name in (*usual, *rare) if name not in names and getattr(thing, name) not in (None, ())]
    names += [name for name in thing.extra if name not in names]
    return {name: thing.extra[name] if name in thing.extra else getattr(thing, name) for name in names
            if name in thing.extra or hasattr(thing, name)}  # fmt: skip
