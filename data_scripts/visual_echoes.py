"""VisualEchoes: fetch views, echoes and responses from their owner, and check them.

    python data_scripts/visual_echoes.py --out data/visual_echoes [--parts views-128 echoes]
    python data_scripts/visual_echoes.py --out data/visual_echoes --check

The one idea: views are one pickle for each size, sounds one archive for each kind; the pickles are other people's
programs and are not opened here.

Addresses, layout and licence: README.md of github.com/facebookresearch/VisualEchoes.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from checking import Report, chosen, folders_in
from fetching import RemoteFile, fetch
from replica import SCENES
from script_command import Licence, made_folder, run_script, script_parser
from unpacking import unpack

ADDRESS = "http://dl.fbaipublicfiles.com/VisualEchoes"
VIEWS = {f"views-{size}": f"rgb_depth/scene_observations_{size}.pkl" for size in (128, 140, 256, 280)}
SOUNDS = {
    "echoes": "echoes_navigable.tar.gz",
    "responses": "echolocation_RIRs_navigable.tar.gz",
    "echoes-all": "echoes_all.tar.gz",
    "responses-all": "echolocation_RIRs_all.tar.gz",
}
PARTS = (*VIEWS, *SOUNDS)
STATES = 1740 * 4  # navigable positions and headings of the 18 scenes, by the README
LICENCE = Licence(
    "CC BY 4.0",
    "https://github.com/facebookresearch/VisualEchoes",
    "name its authors; it is made from Replica, whose terms hold too",
    needs_agreement=False,
)


def run(arguments: Sequence[str] | None = None) -> int:
    """Does what the command line says; 0 where everything is there."""
    parser = script_parser("visual_echoes.py", "Fetch, unpack and check VisualEchoes.")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=["views-128", "echoes"], help="what to fetch")
    flags = parser.parse_args(arguments)
    scenes = chosen(SCENES, flags.scenes, "VisualEchoes'")
    if not flags.check:
        LICENCE.require(flags.accept_licence)
        out = made_folder(flags.out)
        for part in flags.parts:
            get(out, part, scenes, flags.keep_archives)
    return check(flags.out, scenes).finish("VisualEchoes")


def get(out: Path, part: str, scenes: Sequence[str], keep: bool) -> None:
    """Fetches one part, and unpacks the scenes of an archive."""
    if part in VIEWS:
        name = PurePosixPath(VIEWS[part]).name
        fetch(RemoteFile(f"{ADDRESS}/{VIEWS[part]}", name), out)
        return
    marker = out / f".{SOUNDS[part]}.unpacked"
    if marker.is_file():
        return
    archive = fetch(RemoteFile(f"{ADDRESS}/{SOUNDS[part]}", SOUNDS[part]), out / "archives")
    unpack(archive, out, lambda member: member if set(member.parts) & set(scenes) else None)
    if set(scenes) == set(SCENES):
        marker.touch()
    if not keep:
        archive.unlink()


def check(out: Path, scenes: Sequence[str]) -> Report:
    """What is there: pickles by their beginning, sound files by their number and length."""
    report = Report()
    for file in (PurePosixPath(path).name for path in VIEWS.values()):
        if report.file(out / file, needed=False):
            report.good(f"{file}: {(out / file).stat().st_size:,} bytes")
    for name in (archive.removesuffix(".tar.gz") for archive in SOUNDS.values()):
        there = [folder for folder in folders_in(out / name) if folder.name in scenes]
        if there:
            _check_sounds(report, out / name, there, len(there) == len(SCENES) and name.endswith("_navigable"))
    return report


def _check_sounds(report: Report, folder: Path, scenes: Sequence[Path], all_scenes: bool) -> None:
    files = [file for scene in scenes for file in scene.rglob("*.wav")]
    before = len(report.problems)
    for file in files:
        report.file(file)
    expected = STATES if all_scenes else None
    if not files or (expected is not None and len(files) % expected):
        told = f", which is no multiple of {expected:,}" if expected else ""
        report.bad(f"{folder}: {len(files):,} sound files{told}")
    elif len(report.problems) == before:
        report.good(f"{folder.name}: {len(files):,} sound files of {len(scenes)} scenes")


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point: mistakes are one line and exit status 2."""
    return run_script("visual_echoes.py", run, arguments)


if __name__ == "__main__":
    sys.exit(main())
