"""The command line of `python -m echoenv.datasets.episodes`: draw episodes in a scene and write them as Habitat does.

The one idea: the files say by which seed and rules they were drawn, so the same command goes on where it was stopped,
and a command for more episodes only adds them.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from echoenv.command_line import ArgumentParser, positive_int, run_command, seed_number
from echoenv.datasets.episode_audionav import AUDIO_RULES, PositionGraph, audionav_episodes, grid_graph
from echoenv.datasets.episode_files import EpisodeFile, read_episode_file, write_split
from echoenv.datasets.episode_paths import GreedyFollower
from echoenv.datasets.episode_picture import save_episode_map
from echoenv.datasets.episode_pointnav import DEFAULT_RULES, pointnav_episodes
from echoenv.datasets.episode_rules import EpisodeRules, difficulty
from echoenv.datasets.episode_scenes import content_name, scene_name
from echoenv.datasets.episode_types import Episode
from echoenv.errors import DatasetError, SettingsError
from echoenv.navigation.pathfinder import PathFinder
from echoenv.rays.engine import RayEngine
from echoenv.scene.files import load_scene

PROG = "python -m echoenv.datasets.episodes"
MADE_BY = "made_by"
"""Field of the files that says how their episodes were drawn."""

_TASKS = ("pointnav", "audionav")
_WRITE_EVERY = 1000  # episodes

_EPILOG = """\
Written are DIR/SPLIT/SPLIT.json.gz and DIR/SPLIT/content/SCENE.json.gz, as Habitat-Lab (PointNav-v1) and SoundSpaces
(AudioNav-v1) read them, and a picture, DIR/SPLIT/pictures/SCENE.png. Scenes are added to a split one command each.
The same seed gives the same bytes; a command that was stopped, or asks for more, goes on with what is there.

examples:
  python -m echoenv.datasets.episodes --scene apartment_0 --out data/episodes --split val --count 100
  python -m echoenv.datasets.episodes --scene room_0 --task audionav --sound telephone --out data/audionav
"""


def build_parser() -> ArgumentParser:
    """The flags of the command."""
    parser = ArgumentParser(prog=PROG, epilog=_EPILOG, description="Draw navigation episodes in a scene by Habitat's "
                            "rules and write them in Habitat's format.")  # fmt: skip
    add = parser.add_argument_group("what is drawn").add_argument
    add("--scene", required=True, metavar="NAME|FILE", help="name (apartment_0) or mesh file")
    add("--task", choices=_TASKS, default="pointnav", help="anywhere (pointnav), or on a grid with sounds (audionav)")
    add("--count", type=positive_int, default=50, metavar="N", help="episodes (50)")
    add("--seed", type=seed_number, default=0, metavar="N", help="seed; episode k of a seed is always the same (0)")
    add("--nearest", type=_metres, default=1.0, metavar="M", help="shortest way from start to goal, at least (1)")
    add("--farthest", type=_metres, default=30.0, metavar="M", help="the same, at most (30)")
    add("--island-radius", type=_metres, default=1.5, metavar="M", help="of the walkable space, at least (1.5)")
    add("--paths", action="store_true", help="pointnav: write the actions of each shortest way too")
    add("--sound", action="append", default=[], metavar="NAME", help="audionav: a sound's name; repeatable (telephone)")
    add("--spacing", type=_metres, default=0.5, metavar="M", help="audionav: distance of grid positions (0.5)")
    add("--agent-height", type=_metres, default=1.5, metavar="M", help="room the agent needs above the floor (1.5)")
    add("--agent-radius", type=_metres, default=0.1, metavar="M", help="the agent's radius (0.1)")
    add = parser.add_argument_group("where from and where to").add_argument
    add("--out", type=Path, required=True, metavar="DIR", help="the data set's folder")
    add("--split", default="val", metavar="NAME", help="train, val, test or any other name (val)")
    add("--scene-id", metavar="TEXT", help="what the episodes call their scene (its name, or the file as given)")
    add("--data-dir", type=Path, metavar="DIR", help="real data sets such as Replica, looked up before built-in homes")
    add("--up", metavar="AXIS", help="which axis of a mesh file is up, such as +z (default: found out)")
    add("--no-picture", action="store_true", help="draw no picture")
    return parser


def run(arguments: Sequence[str] | None = None) -> int:
    """Does what the command line says.

    Args:
        arguments: Flags; None takes those of the process.

    Returns:
        0.

    Raises:
        EchoEnvError: A mistake in what was asked for.
    """
    flags = build_parser().parse_args(arguments)
    rules = _rules(flags)
    scene_id = flags.scene_id or flags.scene
    made_by = _made_by(flags, rules)
    file = flags.out / flags.split / "content" / f"{content_name(scene_name(scene_id))}.json.gz"
    known = _known(file, made_by, scene_id)[: flags.count]
    scene = load_scene(flags.scene, flags.data_dir, flags.up)
    pathfinder = PathFinder(RayEngine(scene), flags.agent_height, flags.agent_radius)
    episodes = list(known)
    for episode in _progress(_drawn(flags, pathfinder, rules, scene_id, len(known)), flags.count, len(known)):
        episodes.append(episode)
        if len(episodes) % _WRITE_EVERY == 0:
            write_split(flags.out, flags.split, episodes, fields={MADE_BY: made_by})
    main_file = write_split(flags.out, flags.split, episodes, fields={MADE_BY: made_by})
    print(f"{main_file}: scene '{scene.name}' ({scene.origin}), {flags.task}, {len(known)} were there")
    for line in difficulty(episodes).lines():
        print(f"  {line}")
    if not flags.no_picture:
        picture = main_file.parent / "pictures" / f"{content_name(scene_name(scene_id))}.png"
        save_episode_map(picture, pathfinder, episodes)
        print(f"  {picture}")
    return 0


def _metres(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0.0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"'{text}' must be a number of metres")
    return value


def _rules(flags: argparse.Namespace) -> EpisodeRules:
    if flags.task == "audionav" and flags.paths:
        raise SettingsError("--paths is for pointnav: SoundSpaces' files hold none; leave it out")
    if flags.task == "pointnav" and flags.sound:
        raise SettingsError("--sound is for audionav: add --task audionav")
    base = AUDIO_RULES if flags.task == "audionav" else DEFAULT_RULES
    return replace(base, nearest=flags.nearest, farthest=flags.farthest, island_radius=flags.island_radius)


def _made_by(flags: argparse.Namespace, rules: EpisodeRules) -> dict[str, Any]:
    """What decides the episodes, their number aside."""
    said = {"program": "EchoEnv", "task": flags.task, "scene": flags.scene, "seed": flags.seed, **asdict(rules),
            "agent_height": flags.agent_height, "agent_radius": flags.agent_radius}  # fmt: skip
    if flags.task == "audionav":
        return {**said, "spacing": flags.spacing, "sounds": flags.sound or ["telephone"]}
    return {**said, "paths": flags.paths}


def _known(file: Path, made_by: dict[str, Any], scene_id: str) -> tuple[Episode, ...]:
    """Episodes that an earlier command wrote into the scene's file.

    Raises:
        DatasetError: They were drawn otherwise.
    """
    if not file.exists():
        return ()
    there: EpisodeFile = read_episode_file(file)
    other = there.fields.get(MADE_BY)
    same_scene = all(episode.scene_id == scene_id for episode in there.episodes)
    if other == made_by and same_scene:
        return there.episodes
    changed = [name for name in made_by if not isinstance(other, dict) or other.get(name) != made_by[name]]
    raise DatasetError(
        f"'{file}' holds episodes drawn otherwise ({', '.join(changed) or 'scene_id'} differ): "
        "give another --out or --split, or remove the file"
    )


def _drawn(
    flags: argparse.Namespace, pathfinder: PathFinder, rules: EpisodeRules, scene_id: str, known: int
) -> Iterator[Episode]:
    missing = flags.count - known
    if flags.task == "audionav":
        graph: PositionGraph = grid_graph(pathfinder, flags.spacing)
        sounds = flags.sound or ["telephone"]
        return audionav_episodes(graph, scene_id, missing, flags.seed, sounds, rules, first=known)
    follower = GreedyFollower(pathfinder, rules.goal_radius or 0.2) if flags.paths else None
    return pointnav_episodes(pathfinder, scene_id, missing, flags.seed, rules, first=known, follower=follower)


def _progress(episodes: Iterator[Episode], count: int, known: int) -> Iterator[Episode]:
    from tqdm import tqdm

    return iter(tqdm(episodes, total=count, initial=known, unit="episode", disable=not sys.stderr.isatty()))


def main(arguments: Sequence[str] | None = None) -> int:
    """The command, with mistakes as one line on stderr."""
    return run_command(run, PROG, arguments)
