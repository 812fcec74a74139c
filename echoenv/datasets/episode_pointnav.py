"""PointNav episodes in any walkable space, drawn by Habitat's rules.

The one idea: episode number k of a seed has its own stream of random numbers, made of the seed and k alone. It is the
same whatever else is asked for, in whichever order, by however many processes.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from echoenv.datasets.episode_paths import GreedyFollower
from echoenv.datasets.episode_rules import GOAL_PLACES, EpisodeRules, keep_probability
from echoenv.datasets.episode_types import Episode, Goal, Numbers, heading_to_rotation
from echoenv.errors import DatasetError, PoseError
from echoenv.navigation.pathfinder import PathFinder

DEFAULT_RULES = EpisodeRules()


def pointnav_episodes(
    pathfinder: PathFinder,
    scene_id: str,
    count: int,
    seed: int = 0,
    rules: EpisodeRules = DEFAULT_RULES,
    *,
    first: int = 0,
    follower: GreedyFollower | None = None,
) -> Iterator[Episode]:
    """Episodes `first` to `first + count - 1` of a seed, one after another.

    Args:
        pathfinder: The scene's walkable space; starts and goals are on its main island.
        scene_id: What the episodes say their scene is.
        count: How many.
        seed: 0 or more; the same seed gives the same episodes.
        rules: Limits that they keep.
        first: Number of the first.
        follower: Writes the actions of the shortest way into each episode; None leaves them out. Episodes whose goal
            it cannot reach are drawn anew.

    Raises:
        DatasetError: The scene is too small or too open for the rules; says which rule refused how often.
    """
    require_room(pathfinder, rules)
    for number in range(first, first + count):
        yield pointnav_episode(pathfinder, scene_id, number, seed, rules, follower)


def pointnav_episode(
    pathfinder: PathFinder,
    scene_id: str,
    number: int,
    seed: int = 0,
    rules: EpisodeRules = DEFAULT_RULES,
    follower: GreedyFollower | None = None,
) -> Episode:
    """Episode `number` of a seed; arguments as in `pointnav_episodes`.

    Raises:
        DatasetError: No start and goal keep the rules.
    """
    random = np.random.default_rng([seed, number])
    refused = dict.fromkeys(("height", "no way", "too near", "too far", "too straight", "not followed"), 0)
    for _ in range(rules.most_goals):
        goal, *starts = pathfinder.get_random_navigable_point(random, count=1 + rules.retries)
        if rules.goal_places is not None:
            places = np.random.default_rng([seed, *GOAL_PLACES])
            goal = random.choice(pathfinder.get_random_navigable_point(places, count=rules.goal_places))
        distance_from = _DistanceTo(pathfinder, goal)
        chances, heading = random.random(rules.retries), float(random.uniform(0.0, 360.0))
        for start, chance in zip(starts, chances, strict=True):
            distance = _way(distance_from, start, goal, float(chance), rules, refused)
            if distance is None:
                continue
            episode = _episode(scene_id, number, start, goal, heading, distance, rules)
            if follower is None:
                return episode
            try:
                path = follower.follow(start, heading, goal)
            except PoseError:
                refused["not followed"] += 1
                continue
            return _with_path(episode, path)
    raise DatasetError(
        f"no episode {number} in '{scene_id}' after {rules.most_goals} goals: refused "
        + ", ".join(f"{times} {why}" for why, times in refused.items() if times)
        + "; give other limits, or a larger scene"
    )


def island_radius(pathfinder: PathFinder, island: int | None = None) -> float:
    """How far [m] the farthest point of an island (the main one by default) is from the mean of all its points."""
    chosen = pathfinder.main_island if island is None else island
    points = pathfinder.space.floors.points[pathfinder.space.islands.labels == chosen]
    return float(np.linalg.norm(points - points.mean(axis=0), axis=1).max())


def require_room(pathfinder: PathFinder, rules: EpisodeRules) -> None:
    """Refuse a scene whose walkable space is smaller than the rules allow.

    Raises:
        DatasetError: Saying how large it is.
    """
    radius = island_radius(pathfinder)
    if radius < rules.island_radius:
        raise DatasetError(
            f"the scene's walkable space has a radius of {radius:.2f} m, less than island_radius="
            f"{rules.island_radius:g} m: give a smaller limit, or a larger scene"
        )


class _DistanceTo:
    """Lengths of shortest ways to a goal [m]: a field that is searched when it is first asked, where there are fields.

    The pathfinder keeps its last fields, so an environment that begins the episode does not search again.
    """

    def __init__(self, pathfinder: PathFinder, goal: NDArray[np.float64]) -> None:
        self._pathfinder, self._goal = pathfinder, goal

    def __call__(self, start: NDArray[np.float64]) -> float:
        if hasattr(self._pathfinder, "distance_field"):
            return float(self._pathfinder.distance_field(self._goal)(start))
        return float(self._pathfinder.geodesic_distance(start, self._goal))


def _way(
    distance_from: _DistanceTo,
    start: NDArray[np.float64],
    goal: NDArray[np.float64],
    chance: float,
    rules: EpisodeRules,
    refused: dict[str, int],
) -> float | None:
    """Length [m] of the shortest way where it keeps the rules; None, and counted in `refused`, where it does not."""
    straight = float(np.linalg.norm(start - goal))
    if abs(start[1] - goal[1]) > rules.height_difference:
        refused["height"] += 1
    elif straight > rules.farthest:  # no way is shorter than the straight line
        refused["too far"] += 1
    else:
        distance = distance_from(start)
        if not np.isfinite(distance):
            refused["no way"] += 1
        elif distance < rules.nearest:
            refused["too near"] += 1
        elif distance > rules.farthest:
            refused["too far"] += 1
        elif chance > keep_probability(distance / straight, rules.ratio):
            refused["too straight"] += 1
        else:
            return distance
    return None


def _episode(
    scene_id: str,
    number: int,
    start: NDArray[np.float64],
    goal: NDArray[np.float64],
    heading: float,
    distance: float,
    rules: EpisodeRules,
) -> Episode:
    return Episode(
        episode_id=str(number),
        scene_id=scene_id,
        start_position=as_numbers(start),
        start_rotation=heading_to_rotation(heading),
        goals=(Goal(as_numbers(goal), rules.goal_radius),),
        info={"geodesic_distance": distance},
    )


def _with_path(episode: Episode, path: list) -> Episode:
    from dataclasses import replace

    return replace(episode, shortest_paths=(tuple(path),))


def as_numbers(point: NDArray[np.float64]) -> Numbers:
    """A point as plain numbers, without negative zeros: `-0.00` and `0.00` are two texts for one place."""
    return tuple(float(value) + 0.0 for value in point)
