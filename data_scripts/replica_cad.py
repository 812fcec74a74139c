"""ReplicaCAD: fetch it from its owner's repository, file by file with checksums, and check it.

    python data_scripts/replica_cad.py --out data/replica_cad [--check] [--deep]

The one idea: the owner's repository lists every file with its size, and the large ones with their SHA-256, so nothing
is taken that does not agree; what is there already is only verified.

Address and version: habitat-sim's datasets_download.py (`replica_cad_dataset`, v1.6), in place of its `git clone`.
"""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from checking import Report, chosen
from fetching import RemoteFile, fetch
from script_command import Licence, made_folder, run_script, script_parser
from tqdm import tqdm

from echoenv.errors import DatasetError
from echoenv.scene.habitat_configs import SceneDataset

HOST = "https://huggingface.co"
REPOSITORY = "ai-habitat/ReplicaCAD_dataset"
VERSION = "v1.6"
CONFIG = "replicaCAD.scene_dataset_config.json"
LICENCE = Licence(
    "CC BY 4.0 by its page, with a licence file of its own (LICENSE.txt) that you should read",
    f"{HOST}/datasets/{REPOSITORY}",
    "name its authors",
    needs_agreement=False,
)


def run(arguments: Sequence[str] | None = None) -> int:
    """Does what the command line says; 0 where everything is there."""
    parser = script_parser("replica_cad.py", "Fetch and check ReplicaCAD.")
    flags = parser.parse_args(arguments)
    if not flags.check:
        LICENCE.require(flags.accept_licence)
        get(made_folder(flags.out))
    return check(flags.out, flags.scenes, flags.deep).finish("ReplicaCAD")


def get(out: Path, progress: bool = True) -> None:
    """Fetches every file of the repository that is not there or not right."""
    files = list_files()
    for remote in tqdm(files, desc="  files", disable=not progress):
        fetch(remote, out, progress=progress and (remote.size or 0) > 1 << 24)


def list_files() -> list[RemoteFile]:
    """Files of the repository with their sizes and checksums, as its owner's server lists them.

    Raises:
        DatasetError: The server does not answer, or answers something else.
    """
    address: str | None = f"{HOST}/api/datasets/{REPOSITORY}/tree/{VERSION}?recursive=true"
    found: list[RemoteFile] = []
    while address is not None:
        try:
            with urllib.request.urlopen(address, timeout=60) as response:
                entries = json.load(response)
                address = _next_page(response.headers.get("Link", ""))
            found += [_remote(entry) for entry in entries if entry["type"] == "file"]
        except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
            raise DatasetError(f"'{HOST}' does not answer ({error}): run this again later") from None
        except (KeyError, TypeError, ValueError) as error:
            raise DatasetError(f"'{HOST}' lists no files of {REPOSITORY} ({error}): run this again later") from None
    return found


def _next_page(link: str) -> str | None:
    """Address of the next page in a `Link` header: `<ADDRESS>; rel="next"`."""
    address, _, rest = link.partition(">")
    return address.lstrip("< ") if 'rel="next"' in rest else None


def _remote(entry: dict[str, Any]) -> RemoteFile:
    path = PurePosixPath(entry["path"])
    if path.is_absolute() or ".." in path.parts:
        raise ValueError(f"a file is called '{path}'")
    address = f"{HOST}/datasets/{REPOSITORY}/resolve/{VERSION}/{urllib.parse.quote(str(path))}"
    return RemoteFile(address, str(path), int(entry["size"]), entry.get("lfs", {}).get("oid"))


def check(out: Path, scenes: list[str] | None = None, deep: bool = False) -> Report:
    """What is there: the config, and stages and objects of every scene instance with their meshes."""
    report = Report()
    if not report.file(out / CONFIG):
        return report
    dataset = SceneDataset.read(out / CONFIG)
    for section in ("stages", "objects"):
        files = dataset.stages if section == "stages" else dataset.objects
        before = len(report.problems)
        for name in files:
            mesh = dataset.find(section, name).values.get("render_asset", "")
            report.file((files[name].parent / mesh).resolve())
        if len(report.problems) == before and files:
            report.good(f"{len(files)} {section} with their meshes")
    for scene in chosen(dataset.scene_names(), scenes, "ReplicaCAD's"):
        if deep:
            report.scene(scene, out)
        else:
            report.good(scene)
    return report


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point: mistakes are one line and exit status 2."""
    return run_script("replica_cad.py", run, arguments)


if __name__ == "__main__":
    sys.exit(main())
