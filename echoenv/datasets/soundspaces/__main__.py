"""`python -m echoenv.datasets.soundspaces FOLDER`: what is in a folder of SoundSpaces 1.0, and what is missing.

The one idea: this is the command line alone; the counting is `SoundSpacesFolder.check`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from echoenv.command_line import ArgumentParser, run_command
from echoenv.datasets.soundspaces.folder import SoundSpacesFolder
from echoenv.datasets.soundspaces.rules import RULES

PROG = "python -m echoenv.datasets.soundspaces"
_EPILOG = """\
Exit status 0 where everything is there and fits together, 1 where something is missing or disagrees, 2 for a mistake.

examples:
  python -m echoenv.datasets.soundspaces data --dataset replica
  python -m echoenv.datasets.soundspaces data/soundspaces --scene room_0 --read-all
"""


def build_parser() -> ArgumentParser:
    """The flags of the command."""
    parser = ArgumentParser(
        prog=PROG, epilog=_EPILOG, description="Check a folder in the layout of SoundSpaces 1.0 against its graphs."
    )
    parser.add_argument("folder", type=Path, help="the folder with metadata/, binaural_rirs/ and scene_observations/")
    parser.add_argument("--dataset", metavar="NAME", help="which data set, where there are several (replica, mp3d)")
    parser.add_argument("--rules", choices=tuple(RULES), help="whose rules a data set of another name has")
    parser.add_argument("--scene", action="append", metavar="NAME", help="check this scene alone; repeatable")
    parser.add_argument("--read-all", action="store_true", help="open every response, to find those that are damaged")
    return parser


def run(arguments: Sequence[str] | None = None) -> int:
    """Checks as the command line says.

    Args:
        arguments: Flags; None takes those of the process.

    Returns:
        0 where everything is there, otherwise 1.

    Raises:
        EchoEnvError: The folder is not of SoundSpaces, or a name is none.
    """
    from tqdm import tqdm

    flags = build_parser().parse_args(arguments)
    folder = SoundSpacesFolder(flags.folder, flags.dataset, flags.rules)
    scenes = [folder.scene(name) for name in flags.scene or folder.scenes()]
    complete = 0
    for scene in tqdm(scenes, unit=" scenes", disable=not sys.stderr.isatty()):
        report = scene.check(flags.read_all)
        complete += report.complete
        tqdm.write(str(report), file=sys.stdout)
    print(f"{complete} of {len(scenes)} scenes of {folder.dataset} are complete (rules of {folder.rules.name})")
    return 0 if complete == len(scenes) else 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point: `run`, with mistakes as one line and exit status 2."""
    return run_command(run, PROG, arguments)


if __name__ == "__main__":
    sys.exit(main())
