"""Judging a policy: episodes in homes that it has never seen, and a table of how it did.

The one idea: a policy is something that acts; networks and baselines are run through the same episodes, which follow
from the home, a seed and a number alone, so their rows can be compared one by one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from echoenv.datasets.atomic_files import write_whole
from echoenv.envs.navigation import NavigationEnv

Row = dict[str, Any]
"""An episode's `scene`, `episode`, `number` of the seed, `start_distance` [m] and measures."""

SHOWN = ("success", "spl", "soft_spl", "distance_to_goal", "distance_to_goal_by_start", "collisions", "steps")


class Acting(Protocol):
    """A policy in an episode."""

    def __call__(self, observation: dict[str, NDArray[Any]], env: NavigationEnv, /) -> Any:
        """The next action."""


class Watching(Protocol):
    """Someone who looks on."""

    def __call__(self, observation: dict[str, NDArray[Any]], info: Row, action: Any, stopped: bool, /) -> None:
        """Is told of the beginning, with None for the action, and of what each action came to."""


def run_episodes(
    new_policy: Callable[[int], Acting], settings: dict[str, Any], homes: Sequence[str], episodes: int, seed: int,
    done: Callable[[Row], None] = lambda _: None,
) -> list[Row]:  # fmt: skip
    """Runs a policy through episodes.

    Args:
        new_policy: Makes the policy for an episode, given a number that is its own.
        settings: Values of `NavigationSettings`.
        homes: Where.
        episodes: In each home: numbers 0, 1, ... of the seed.
        seed: Of the episodes.
        done: Is told of each row.
    """
    rows = []
    for home in homes:
        env = NavigationEnv(**home_settings(settings, home, seed))
        for number in range(episodes):
            rows.append(run_episode(new_policy(number), env, seed, number))
            done(rows[-1])
        env.close()
    return rows


def home_settings(settings: dict[str, Any], home: str, seed: int) -> dict[str, Any]:
    """Settings of a task for the episodes of a seed in one home."""
    return {**settings, "scenes": (home,), "episode_seed": seed}


def run_episode(policy: Acting, env: NavigationEnv, seed: int, number: int, watch: Watching | None = None) -> Row:
    """Runs a policy through one episode.

    Args:
        policy: Made for this episode.
        env: In a home, with `home_settings`.
        seed: Of the episodes.
        number: Of the episode.
        watch: Looks on.
    """
    observation, info = env.reset(seed=seed + number, options={"episode": number})
    start_distance, ended = env.distance, False
    if watch is not None:
        watch(observation, info, None, False)
    while not ended:
        action = policy(observation, env)
        observation, _, stopped, truncated, info = env.step(action)
        ended = stopped or truncated
        if watch is not None:
            watch(observation, info, action, stopped)
    return {**info, "number": number, "start_distance": start_distance}


def network_policy(model: Any, deterministic: bool) -> Callable[[int], Acting]:
    """A Stable-Baselines3 model as a policy, with a memory of its own in every episode; draws follow the episode."""

    def new(number: int) -> Acting:
        import torch

        torch.manual_seed(number)
        memory: list[Any] = [None]

        def act(observation: dict[str, NDArray[Any]], _: NavigationEnv) -> Any:
            begins = np.array([memory[0] is None])
            action, memory[0] = model.predict(observation, memory[0], begins, deterministic)
            if memory[0] is None:
                memory[0] = ()  # a policy without a memory
            return int(action) if np.ndim(action) == 0 else action

        return act

    return new


def summary(rows: Iterable[Row]) -> dict[str, tuple[float, float]]:
    """Mean and standard error of every measure."""
    kept = list(rows)
    result = {}
    for name in SHOWN:
        values = np.array([row[name] for row in kept if name in row], dtype=float)
        if len(values):
            error = float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else 0.0
            result[name] = (float(values.mean()), error)
    return result


def table(results: dict[str, list[Row]]) -> str:
    """Results by policy as a Markdown table: all homes together, then each home's SPL."""
    homes = sorted({row["scene"] for rows in results.values() for row in rows})
    lines = ["| policy | episodes | " + " | ".join(name.replace("_", " ") for name in SHOWN) + " |"]
    lines.append("| --- |" + " --- |" * (len(SHOWN) + 1))
    for policy, rows in results.items():
        found = summary(rows)
        cells = [f"{found[name][0]:.3f} ± {found[name][1]:.3f}" if name in found else "-" for name in SHOWN]
        lines.append(f"| {policy} | {len(rows)} | " + " | ".join(cells) + " |")
    lines += ["", "| SPL | " + " | ".join(homes) + " |", "| --- |" + " --- |" * len(homes)]
    for policy, rows in results.items():
        cells = [f"{summary(row for row in rows if row['scene'] == home)['spl'][0]:.3f}" for home in homes]
        lines.append(f"| {policy} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def write_results(folder: Path, name: str, results: dict[str, list[Row]], about: dict[str, Any]) -> None:
    """Writes `NAME.json`, with every episode, and `NAME.md`."""
    data = {"about": about, "episodes": results, "summary": {key: summary(rows) for key, rows in results.items()}}
    write_whole(folder / f"{name}.json", json.dumps(data, indent=1).encode())
    write_whole(folder / f"{name}.md", table(results).encode())
