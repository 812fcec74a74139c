"""Matterport3D: how to get it, and whether what is there is what Habitat and EchoEnv read.

    python data_scripts/matterport3d.py --out data/scene_datasets/mp3d [--scenes 17DRP5sb8fy] [--check] [--deep]
    python data_scripts/matterport3d.py --out data/scene_datasets/mp3d --archive mp3d_habitat.zip --accept-licence

The one idea: its owners hand it out by e-mail after a signed form, with a script of their own, so this one fetches no
scene; it says what to do, unpacks the archive that their script fetches, and checks names, ends and semantics.

Sources: niessner.github.io/Matterport; habitat-sim's DATASETS.md, also for the address of the scene dataset config.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from checking import Report, folders_in
from fetching import RemoteFile, fetch
from script_command import Licence, made_folder, print_steps, run_script, script_parser
from unpacking import unpack

CONFIG = "http://dl.fbaipublicfiles.com/habitat/mp3d/config_v1/mp3d.scene_dataset_config.json"
LICENCE = Licence(
    "Matterport3D Terms of Use",
    "https://niessner.github.io/Matterport/",
    "non-commercial academic use; a signed form by e-mail, before its owners give you their download script",
    needs_agreement=True,
)
STEPS = (
    "sign the Terms of Use, linked from https://niessner.github.io/Matterport/, and mail them to"
    " matterport3d@googlegroups.com",
    "its owners answer with download_mp.py; run: python download_mp.py --task habitat -o DOWNLOADS"
    " (it is written for Python 2.7)",
    "run this again with --archive DOWNLOADS/v1/tasks/mp3d_habitat.zip --accept-licence",
)
COUNT = 90  # buildings, by the owners' README


def run(arguments: Sequence[str] | None = None) -> int:
    """Does what the command line says; 0 where everything is there."""
    parser = script_parser("matterport3d.py", "Unpack and check Matterport3D for Habitat (90 buildings, 15 GB).")
    parser.add_argument("--archive", type=Path, metavar="ZIP", help="mp3d_habitat.zip, from its owners' script")
    flags = parser.parse_args(arguments)
    if flags.archive is not None and not flags.check:
        LICENCE.require(flags.accept_licence)
        get(made_folder(flags.out), flags.archive, flags.scenes)
    elif not flags.check and not folders_in(flags.out):
        LICENCE.show()
        print_steps(STEPS)
    return check(flags.out, flags.scenes, flags.deep).finish("Matterport3D")


def get(out: Path, archive: Path, scenes: Sequence[str] | None) -> None:
    """Unpacks the owners' archive, and fetches Habitat's scene dataset config."""

    def place(member: PurePosixPath) -> PurePosixPath | None:
        if member.parts[0] == "mp3d":  # the archive holds the scenes in a folder of this name
            member = PurePosixPath(*member.parts[1:])
        return member if not scenes or (member.parts and member.parts[0] in scenes) else None

    unpack(archive, out, place)
    fetch(RemoteFile(CONFIG, "mp3d.scene_dataset_config.json"), out)


def check(out: Path, scenes: list[str] | None = None, deep: bool = False) -> Report:
    """What is there of the scenes: mesh, house file and semantic mesh of each."""
    report = Report()
    there = [folder.name for folder in folders_in(out) if any(folder.glob(f"{folder.name}.*"))]
    for scene in scenes or there:
        files = [out / scene / f"{scene}{ending}" for ending in (".glb", ".house", "_semantic.ply")]
        if all([report.file(file) for file in files]):
            report.good(f"{scene}: mesh and semantics")
            if deep:
                report.scene(scene, out)
    if not scenes and there:
        report.good(f"{len(there)} of its {COUNT} buildings")
    return report


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point: mistakes are one line and exit status 2."""
    return run_script("matterport3d.py", run, arguments)


if __name__ == "__main__":
    sys.exit(main())
