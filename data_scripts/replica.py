"""Replica: fetch it from its owner's release, unpack it, and check it.

    python data_scripts/replica.py --out data/scene_datasets/replica --accept-licence [--scenes room_0 office_1]
    python data_scripts/replica.py --out data/scene_datasets/replica --check

The one idea: the release is one tar.gz in seventeen parts, so all of it is fetched whatever scenes are wanted; of those
scenes alone the files are kept, and without `--textures` not the high-resolution ones, which nothing here reads.

Addresses: download.sh of github.com/facebookresearch/Replica-Dataset; the terms: its LICENSE.
"""

from __future__ import annotations

import string
import sys
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from checking import Report, chosen
from fetching import RemoteFile, fetch
from script_command import Licence, made_folder, run_script, script_parser
from unpacking import Place, unpack

RELEASE = "https://github.com/facebookresearch/Replica-Dataset/releases/download/v1.0"
CONFIGS = "http://dl.fbaipublicfiles.com/habitat/Replica/additional_habitat_configs.zip"
PARTS = tuple(f"replica_v1_0.tar.gz.parta{letter}" for letter in string.ascii_lowercase[:17])
SCENES = (
    *(f"apartment_{i}" for i in range(3)),
    *(f"frl_apartment_{i}" for i in range(6)),
    "hotel_0",
    *(f"office_{i}" for i in range(5)),
    *(f"room_{i}" for i in range(3)),
)
LICENCE = Licence(
    "Replica Dataset Research Terms",
    "https://github.com/facebookresearch/Replica-Dataset/blob/main/LICENSE",
    "non-commercial research and education only; whoever you give it to must agree to the terms first",
    needs_agreement=True,
)
_NEEDED = ("habitat/mesh_semantic.ply", "habitat/info_semantic.json")


def run(arguments: Sequence[str] | None = None) -> int:
    """Does what the command line says; 0 where everything is there."""
    parser = script_parser("replica.py", "Fetch, unpack and check Replica (18 scenes, 34 GB to fetch).")
    parser.add_argument("--textures", action="store_true", help="keep the high-resolution HDR textures too")
    flags = parser.parse_args(arguments)
    scenes = chosen(SCENES, flags.scenes, "Replica's")
    if not flags.check:
        LICENCE.require(flags.accept_licence)
        out = made_folder(flags.out)
        get(out, scenes, flags.textures, flags.keep_archives)
    return check(flags.out, scenes, flags.deep).finish("Replica")


def get(out: Path, scenes: Sequence[str], textures: bool, keep: bool) -> None:
    """Fetches the parts, unpacks the scenes that are not there yet, and adds Habitat's configs."""
    wanted = (*_NEEDED, *(["textures/parameters.json"] if textures else []))
    if all((out / scene / needed).is_file() for scene in scenes for needed in wanted):
        print("  all scenes are there already")
        return
    folder = out / "archives"
    archives = [fetch(RemoteFile(f"{RELEASE}/{part}", part), folder) for part in PARTS]
    unpack(archives, out, _place(scenes, textures))
    configs = fetch(RemoteFile(CONFIGS, "additional_habitat_configs.zip"), folder)
    unpack(configs, out, _place(scenes, textures=True, others=True))
    if not keep:
        for archive in (*archives, configs):
            archive.unlink()


def _place(scenes: Sequence[str], textures: bool, others: bool = False) -> Place:
    def place(member: PurePosixPath) -> PurePosixPath | None:
        if not member.parts or member.parts[0] not in SCENES:
            return member if others else None
        unwanted = member.parts[0] not in scenes or (not textures and "textures" in member.parts)
        return None if unwanted else member

    return place


def check(out: Path, scenes: Sequence[str], deep: bool = False) -> Report:
    """What is there of the scenes."""
    report = Report()
    for scene in scenes:
        if all([report.file(out / scene / needed) for needed in _NEEDED]):
            extra = [name for name in ("mesh.ply", "textures") if (out / scene / name).exists()]
            report.good(f"{scene}: mesh and semantics{''.join(f', {name}' for name in extra)}")
            if deep:
                report.scene(scene, out)
    return report


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point: mistakes are one line and exit status 2."""
    return run_script("replica.py", run, arguments)


if __name__ == "__main__":
    sys.exit(main())
