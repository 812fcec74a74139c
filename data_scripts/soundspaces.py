"""SoundSpaces 1.0: fetch metadata, sounds, episodes and responses from their owner, and check them.

    python data_scripts/soundspaces.py --out data                                     # what is small (90 MB)
    python data_scripts/soundspaces.py --out data --parts responses --dataset replica --scenes apartment_0 office_1
    python data_scripts/soundspaces.py --out data --check --dataset replica

The one idea: each part of the data is one archive, but the responses, which are one for each scene (682 GB for
Matterport3D, 81 GB for Replica), so that nobody has to take the archive of all of them (867 GB) for a few rooms.

Addresses and layout: soundspaces/README.md and scripts/download_data.py of github.com/facebookresearch/sound-spaces;
where the README and the code disagree on names (`points.txt`), the code counts.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path, PurePosixPath

from checking import Report, folders_in
from fetching import RemoteFile, fetch
from script_command import Licence, made_folder, run_script, script_parser
from unpacking import unpack

from echoenv.errors import SettingsError

ADDRESS = "http://dl.fbaipublicfiles.com/SoundSpaces"
ARCHIVES = {
    "metadata": "metadata.tar.xz",
    "sounds": "sounds.tar.xz",
    "episodes": "datasets.tar.xz",
    "weights": "pretrained_weights.tar.xz",
    "all-responses": "binaural_rirs.tar",
}
RESPONSES = {"responses": "binaural_rirs", "ambisonics": "ambisonic_rirs"}
PARTS = (*ARCHIVES, *RESPONSES)
ANGLES = ("0", "90", "180", "270")
SOUNDS = 102  # by the README
LICENCE = Licence(
    "CC BY 4.0",
    "https://github.com/facebookresearch/sound-spaces/blob/main/LICENSE",
    "name its authors; the scenes themselves (Replica, Matterport3D) are under the terms of their owners",
    needs_agreement=False,
)


def run(arguments: Sequence[str] | None = None) -> int:
    """Does what the command line says; 0 where everything is there."""
    parser = script_parser("soundspaces.py", "Fetch, unpack and check the data of SoundSpaces 1.0.")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=["metadata", "sounds", "episodes"], help="what")
    parser.add_argument("--dataset", choices=("replica", "mp3d"), default="replica", help="of which scenes")
    flags = parser.parse_args(arguments)
    if not flags.check:
        LICENCE.require(flags.accept_licence)
        out = made_folder(flags.out)
        for part in flags.parts:
            if part in RESPONSES:
                get_responses(out, RESPONSES[part], flags.dataset, flags.scenes, flags.keep_archives)
            else:
                get_archive(out, ARCHIVES[part], flags.keep_archives)
    return check(flags.out, flags.dataset, flags.scenes).finish("SoundSpaces 1.0")


def get_archive(out: Path, name: str, keep: bool) -> None:
    """Fetches and unpacks one archive, unless it was unpacked before."""
    marker = out / f".{name}.unpacked"
    if marker.is_file():
        return
    archive = fetch(RemoteFile(f"{ADDRESS}/{name}", name), out / "archives")
    unpack(archive, out, _below_data)
    marker.touch()
    if not keep:
        archive.unlink()


def _below_data(member: PurePosixPath) -> PurePosixPath | None:
    """Members go below `--out`, which is SoundSpaces' folder `data`, whether the archive names that folder or not."""
    return PurePosixPath(*member.parts[1:]) if member.parts[:1] == ("data",) else member


def get_responses(out: Path, kind: str, dataset: str, scenes: Sequence[str] | None, keep: bool) -> None:
    """Fetches and unpacks the responses of each scene that is not there yet.

    Raises:
        SettingsError: No scenes were named, and there is no metadata that lists them.
    """
    names = list(scenes or (folder.name for folder in folders_in(out / "metadata" / dataset)))
    if not names:
        raise SettingsError("name the --scenes whose responses you want, or fetch the metadata first, which lists them")
    for scene in names:
        folder = PurePosixPath(kind, dataset, scene)
        marker = out / kind / dataset / f".{scene}.unpacked"
        if marker.is_file():
            continue
        name = f"{scene}.tar.gz"
        archive = fetch(RemoteFile(f"{ADDRESS}/{kind}/{dataset}/{name}", name), out / "archives" / kind / dataset)
        unpack(archive, out, partial(_in_scene, folder=folder))
        marker.parent.mkdir(parents=True, exist_ok=True)
        marker.touch()
        if not keep:
            archive.unlink()


def _in_scene(member: PurePosixPath, folder: PurePosixPath) -> PurePosixPath | None:
    """A member's place in the scene's folder, from whichever of the folders above it the archive begins with."""
    parts = member.parts
    if folder.name in parts[:-1]:
        parts = parts[parts.index(folder.name) + 1 :]
    return folder.joinpath(*parts)


def check(out: Path, dataset: str, scenes: list[str] | None = None) -> Report:
    """What is there: metadata, responses, observations, episodes and sounds."""
    report = Report()
    names = scenes or [folder.name for folder in folders_in(out / "metadata" / dataset)]
    for scene in names:
        metadata = out / "metadata" / dataset / scene
        if all([report.file(metadata / "points.txt"), report.file(metadata / "graph.pkl")]):
            report.good(f"{scene}: {_count_points(metadata / 'points.txt')} points and a graph")
        _check_responses(report, out / "binaural_rirs" / dataset / scene)
        observations = out / "scene_observations" / dataset / f"{scene}.pkl"
        if report.file(observations, needed=False):
            report.good(f"{scene}: cached observations")
    _check_sounds(report, out / "sounds" / "1s_all")
    _check_episodes(report, out / "datasets")
    return report


def _count_points(path: Path) -> int:
    return sum(1 for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip())


def _check_responses(report: Report, folder: Path) -> None:
    """Counts responses; files without sound are named by number, as SoundSpaces takes them for silence."""
    if not folder.is_dir():
        return
    counts, empty, cut = {}, 0, 0
    for angle in ANGLES:
        files = [entry for entry in (folder / angle).glob("*.wav")] if (folder / angle).is_dir() else []
        counts[angle] = len(files)
        for file in files:
            size = file.stat().st_size
            empty += size <= 44
        cut += sum(1 for entry in folder.glob(f"{angle}/*.part"))
    if len(set(counts.values())) > 1 or not counts[ANGLES[0]]:
        report.bad(f"{folder}: {counts} responses by angle, which should be equal and not 0")
    elif cut:
        report.bad(f"{folder}: {cut} unfinished files")
    else:
        silent = f", {empty} of them empty (SoundSpaces takes these for silence)" if empty else ""
        report.good(f"{folder.name}: 4 x {counts[ANGLES[0]]:,} responses{silent}")


def _check_sounds(report: Report, folder: Path) -> None:
    files = sorted(folder.glob("*.wav")) if folder.is_dir() else []
    before = len(report.problems)
    for file in files:
        report.file(file)
    if files and len(files) < SOUNDS:
        report.bad(f"{folder}: {len(files)} of {SOUNDS} sounds")
    elif files and len(report.problems) == before:
        report.good(f"{len(files)} sounds")


def _check_episodes(report: Report, folder: Path) -> None:
    files = sorted(folder.rglob("*.json.gz")) if folder.is_dir() else []
    before = len(report.problems)
    for file in files:
        report.file(file)
    if files and len(report.problems) == before:
        report.good(f"{len(files)} episode files")


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point: mistakes are one line and exit status 2."""
    return run_script("soundspaces.py", run, arguments)


if __name__ == "__main__":
    sys.exit(main())
