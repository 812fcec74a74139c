"""An agent's actions: a step forward and turns, with Habitat's amounts, sliding and rule for collisions.

The one idea: `move` is a function of pose and action to pose and collision, for one agent or a batch, and keeps
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.errors import PoseError, SettingsError, nearest
from echoenv.navigation.pathfinder import PathFinder

ACTIONS = ("move_forward", "turn_left", "turn_right")

_COLLISION_SLACK = 1e-5
"""[m2] by which the square of the way walked must fall short of the way intended, as in Habitat."""


@dataclass(frozen=True)
class MotionSettings:
    """What actions amount to.

    Attributes:
        forward: [m] of a step.
        turn: [degrees].
        allow_sliding: Slide along walls; otherwise stop at them.
    """

    forward: float = 0.25
    turn: float = 10.0
    allow_sliding: bool = True

    def __post_init__(self) -> None:
        for name, high in (("forward", 10.0), ("turn", 360.0)):
            value = getattr(self, name)
            if not isinstance(value, (int, float)) or not 0.0 <= value <= high:
                raise SettingsError(
                    f"motion setting {name} = {value!r} is not possible: give a number from 0 to {high:g}"
                )


DEFAULT_MOTION = MotionSettings()


def forward_direction(heading: ArrayLike) -> NDArray[np.float64]:
    """Unit vectors (..., 3), world frame, in which headings [degrees] (...,) face."""
    angle = np.deg2rad(np.asarray(heading, dtype=np.float64))
    return np.stack([-np.sin(angle), np.zeros_like(angle), -np.cos(angle)], axis=-1)


def move(
    pathfinder: PathFinder,
    position: ArrayLike,
    heading: ArrayLike,
    action: str | Sequence[str],
    settings: MotionSettings = DEFAULT_MOTION,
) -> tuple[NDArray[np.float64], Any, Any]:
    """Carry out an action.

    A collision is when the agent gets less far than it meant to: |after - start|^2 + 1e-5 < |intended - start|^2, over
    the floor plan. Where it cannot be in the first place it does not move and collides. A turn never collides.

    Args:
        pathfinder: Where it can walk.
        position: World point on the floor [m] (3,), or (n, 3) for n agents.
        heading: [degrees], or (n,), counter-clockwise from above; 0 faces -Z.
        action: One of `ACTIONS` for all, or a sequence of n.
        settings: Amounts.

    Returns:
        Position [m], heading [degrees] in 0..360, and whether it collided, shaped as given.

    Raises:
        SettingsError: Unknown action.
        PoseError: A position or heading is not finite, or their numbers differ.
    """
    start, angle = np.array(position, dtype=np.float64), np.array(heading, dtype=np.float64)
    if (
        start.shape[-1:] != (3,)
        or start.shape[:-1] != angle.shape
        or not (np.isfinite(start).all() and np.isfinite(angle).all())
    ):
        raise PoseError(
            f"positions {start.shape} and headings {angle.shape} must be finite, (3,) with one heading or (n, 3) with n"
        )
    if start.ndim == 1 and isinstance(action, str):
        return _move_one(pathfinder, start, float(angle), action, settings)
    points, turned = start.reshape(-1, 3), angle.reshape(-1)
    names = _as_actions(action, len(points))
    steps = names == "move_forward"
    collided = np.zeros(len(points), dtype=bool)
    points[steps], collided[steps] = _step(pathfinder, points[steps], turned[steps], settings)
    turned = (turned + settings.turn * ((names == "turn_left").astype(float) - (names == "turn_right"))) % 360.0
    if start.ndim == 1:
        return points[0], float(turned[0]), bool(collided[0])
    return points, turned, collided


def _move_one(
    pathfinder: PathFinder, start: NDArray[np.float64], heading: float, action: str, settings: MotionSettings
) -> tuple[NDArray[np.float64], float, bool]:
    """The same for one agent, without the arrays of many: it is done at every step."""
    if action not in ACTIONS:
        raise SettingsError(f"action '{action}' is not known: {nearest(action, ACTIONS)}")
    if action == "move_forward":
        after, collided = _step(pathfinder, start[None], np.array([heading]), settings)
        return after[0], heading % 360.0, bool(collided[0])
    turn = settings.turn if action == "turn_left" else -settings.turn
    return start, (heading + turn) % 360.0, False


def _step(
    pathfinder: PathFinder, starts: NDArray[np.float64], headings: NDArray[np.float64], settings: MotionSettings
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    intended = starts + settings.forward * forward_direction(headings)
    walk = pathfinder.try_step if settings.allow_sliding else pathfinder.try_step_no_sliding
    after = walk(starts, intended)
    got, meant = after - starts, intended - starts
    squares = got[:, 0] ** 2 + got[:, 2] ** 2, meant[:, 0] ** 2 + meant[:, 2] ** 2
    return after, squares[0] + _COLLISION_SLACK < squares[1]


def _as_actions(action: str | Sequence[str], count: int) -> NDArray[np.str_]:
    if not isinstance(action, (str, Sequence, np.ndarray)):
        raise SettingsError(f"action {action!r} is not a name: {nearest('', ACTIONS)}")
    names = np.array([action] * count if isinstance(action, str) else list(action), dtype=np.str_)
    if names.shape != (count,):
        raise SettingsError(f"{names.size} actions were given for {count} agents: give one for all or one for each")
    for name in sorted(set(names.tolist()) - set(ACTIONS)):
        raise SettingsError(f"action '{name}' is not known: {nearest(name, ACTIONS)}")
    return names
