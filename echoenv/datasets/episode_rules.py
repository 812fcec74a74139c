"""By which rules a start and a goal make an episode, and how hard the episodes are that come out.

The one idea: Habitat's rules for PointNav. A way that is nearly straight is kept seldom, for an agent that only walks
straight ahead solves it; everything else is a limit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from echoenv.datasets.episode_types import Episode
from echoenv.errors import DatasetError, SettingsError

GOAL_PLACES = (0, 1)
"""Names the series of random numbers from which a seed's goal places are drawn, beside those of its episodes."""

_OFFSET, _STEEPNESS = 0.98, 20.0  # of Habitat's rule for ways that are nearly straight


@dataclass(frozen=True)
class EpisodeRules:
    """Limits that an episode keeps.

    Attributes:
        nearest: Shortest way from start to goal [m], at least.
        farthest: The same, at most.
        height_difference: Between start and goal [m], at most: they are on one floor.
        island_radius: Of the part of walkable space that start and goal are on [m], at least.
        ratio: Ways less than this times as long as the straight line are kept with `keep_probability` only.
        retries: Starts that are tried for a goal before another goal is drawn.
        goal_radius: What goals say is near enough [m]; None leaves it to the task.
        goal_places: Places of a scene that are goals, the same ones in all episodes of a seed; None is anywhere. A few
            of them let responses that were heard be kept.
        most_goals: Goals that are tried for one episode before it is given up.

    Raises:
        SettingsError: A limit is out of range.
    """

    nearest: float = 1.0
    farthest: float = 30.0
    height_difference: float = 0.5
    island_radius: float = 1.5
    ratio: float = 1.1
    retries: int = 10
    goal_radius: float | None = 0.2
    goal_places: int | None = None
    most_goals: int = 2000

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            whole = each.name in ("retries", "most_goals", "goal_places")
            fits = isinstance(value, int if whole else (int, float)) and np.isfinite(value) and value >= 0
            if value is None and each.name in ("goal_radius", "goal_places"):
                continue
            if not fits or (whole and value < 1):
                raise SettingsError(f"rule {each.name} = {value!r}: give a {'whole ' if whole else ''}number above 0")
        if not 0.0 < self.nearest < self.farthest:
            raise SettingsError(
                f"nearest={self.nearest:g} m, farthest={self.farthest:g} m: give 0 < nearest < farthest"
            )


def keep_probability(ratio: float, limit: float = 1.1) -> float:
    """How often a way is kept that is `ratio` times as long as the straight line.

    Habitat's rule: 20 (ratio - 0.98)^2 below the limit, 0.008 for a straight way and 0.288 at 1.1; always above it.
    """
    return 1.0 if ratio >= limit else min(1.0, _STEEPNESS * (ratio - _OFFSET) ** 2)


@dataclass(frozen=True, eq=False)
class Difficulty:
    """How hard episodes are.

    Attributes:
        geodesic: Shortest ways [m] (n,), of the episodes that say theirs.
        ratio: Those over the straight line from start to nearest goal (n,); 1 is straight.
        actions: Fewest actions (k,), of the episodes that say theirs (AudioNav).
        episodes: Number of all episodes.
    """

    geodesic: NDArray[np.float64]
    ratio: NDArray[np.float64]
    actions: NDArray[np.float64]
    episodes: int

    @property
    def share_nearly_straight(self) -> float:
        """Share of ways less than 1.1 times as long as the straight line; not a number where there is none."""
        return float(np.mean(self.ratio < 1.1)) if len(self.ratio) else float("nan")

    def lines(self) -> list[str]:
        """What a person wants to know, a line each."""
        if not len(self.geodesic):
            return [f"{self.episodes} episodes; none says its geodesic_distance"]
        low, first, middle, third, high = np.quantile(self.geodesic, [0.0, 0.25, 0.5, 0.75, 1.0])
        said = [
            f"{self.episodes} episodes, shortest ways {low:.2f} to {high:.2f} m: a quarter below {first:.2f}, "
            f"half below {middle:.2f}, a quarter above {third:.2f}, mean {self.geodesic.mean():.2f} m",
            f"over the straight line: median {np.median(self.ratio):.2f}, at most {self.ratio.max():.2f}; "
            f"{100.0 * self.share_nearly_straight:.0f} % nearly straight (below 1.1)",
        ]
        if len(self.actions):
            said.append(f"fewest actions {self.actions.min():.0f} to {self.actions.max():.0f}, "
                        f"median {np.median(self.actions):.0f}")  # fmt: skip
        return said


def difficulty(episodes: Iterable[Episode]) -> Difficulty:
    """How hard episodes are, by what their files say.

    Raises:
        DatasetError: A distance is shorter than the straight line, which no way is.
    """
    geodesic: list[float] = []
    ratio: list[float] = []
    actions: list[float] = []
    count = 0
    for episode in episodes:
        count += 1
        if "num_action" in (episode.info or {}):
            actions.append(float((episode.info or {})["num_action"]))
        if episode.geodesic_distance is None or not episode.goals:
            continue
        straight = float(np.linalg.norm(episode.goal_positions - episode.start, axis=1).min())
        if straight > episode.geodesic_distance * 1.01 + 0.05:
            raise DatasetError(
                f"episode {episode.episode_id!r} of {episode.scene_id} says {episode.geodesic_distance:.3f} m, but its "
                f"nearest goal is {straight:.3f} m away through the air: the file was changed or damaged"
            )
        geodesic.append(float(episode.geodesic_distance))
        ratio.append(episode.geodesic_distance / max(straight, 1e-9))
    return Difficulty(np.array(geodesic), np.array(ratio), np.array(actions), count)
