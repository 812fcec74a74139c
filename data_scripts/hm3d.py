"""HM3D: fetch it with your own token from its owner, unpack it, and check it.

    export MATTERPORT_TOKEN_ID=... MATTERPORT_TOKEN_SECRET=...
    python data_scripts/hm3d.py --out data/scene_datasets/hm3d --splits minival --accept-licence
    python data_scripts/hm3d.py --out data/scene_datasets/hm3d --check [--deep]

The one idea: a split comes as one tar file for each kind of file, and all of them go into one folder of scenes. The
`glb` archives have the textures that EchoEnv reads; the `habitat` ones have them in the Basis format, and navmeshes.

Addresses: the README of github.com/matterport/habitat-matterport-3dresearch; tokens: habitat-sim's DATASETS.md.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path, PurePosixPath

from checking import Report, folders_in
from fetching import RemoteFile, basic_credentials, fetch
from script_command import Licence, made_folder, print_steps, run_script, script_parser
from unpacking import unpack

from echoenv.errors import SettingsError

ADDRESS = "https://api.matterport.com/resources/habitat"
EXAMPLE = "https://github.com/matterport/habitat-matterport-3dresearch/raw/main/example"
SPLITS = ("example", "minival", "val", "train")
KINDS = ("glb", "semantic-annots", "semantic-configs", "habitat")
LICENCE = Licence(
    "Matterport End User License Agreement for Academic Use of Model Data",
    "https://matterport.com/matterport-end-user-license-agreement-academic-use-model-data",
    "non-commercial academic use; access is granted by Matterport, to you by name",
    needs_agreement=True,
)
STEPS = (
    "ask for access: https://matterport.com/habitat-matterport-3d-research-dataset",
    "make an API token: https://my.matterport.com/settings/account/devtools",
    "put its id and secret into MATTERPORT_TOKEN_ID and MATTERPORT_TOKEN_SECRET and run this again",
)


def run(arguments: Sequence[str] | None = None) -> int:
    """Does what the command line says; 0 where everything is there."""
    parser = script_parser("hm3d.py", "Fetch, unpack and check HM3D 0.2 (minival 1 GB, val 9 GB, train 67 GB).")
    parser.add_argument("--splits", nargs="+", choices=SPLITS, default=["minival"], help="which splits to fetch")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS[:3]), help="which kinds of files")
    flags = parser.parse_args(arguments)
    if not flags.check:
        LICENCE.require(flags.accept_licence)
        out = made_folder(flags.out)
        for split in flags.splits:
            get(out, split, flags.kinds, flags.scenes, flags.keep_archives)
    return check(flags.out, flags.scenes, flags.deep).finish("HM3D")


def credentials() -> dict[str, str]:
    """The header that tells the owner's server who asks.

    Raises:
        SettingsError: The token is not in the environment.
    """
    user, secret = os.environ.get("MATTERPORT_TOKEN_ID", ""), os.environ.get("MATTERPORT_TOKEN_SECRET", "")
    if not user or not secret:
        print_steps(STEPS)
        raise SettingsError("MATTERPORT_TOKEN_ID and MATTERPORT_TOKEN_SECRET are not set: the steps are above")
    return basic_credentials(user, secret)


def get(out: Path, split: str, kinds: Sequence[str], scenes: Sequence[str] | None, keep: bool) -> None:
    """Fetches a split's archives and unpacks them into the folder of its scenes."""
    headers = {} if split == "example" else credentials()
    base = EXAMPLE if split == "example" else ADDRESS
    for kind in kinds:
        name = f"hm3d-{split}-{kind}-v0.2.tar"
        marker = out / split / f".{name}.unpacked"
        if marker.is_file() and not scenes:
            continue
        archive = fetch(RemoteFile(f"{base}/{name}", name, headers=headers), out / "archives")
        unpack(archive, out, partial(_place, split=split, scenes=scenes))
        if not scenes:
            marker.touch()
        if not keep:
            archive.unlink()


def _place(member: PurePosixPath, split: str, scenes: Sequence[str] | None) -> PurePosixPath | None:
    """Scenes go into the split's folder, the config of all splits above it."""
    parts = [part for part in member.parts if not part.startswith("hm3d-") and part != split]
    if not parts:
        return None
    if parts[-1] == "hm3d_annotated_basis.scene_dataset_config.json":
        return PurePosixPath(parts[-1])
    if scenes and len(parts) > 1 and not {parts[0], parts[0][6:]} & set(scenes):
        return None
    return PurePosixPath(split, *parts)


def check(out: Path, scenes: list[str] | None = None, deep: bool = False) -> Report:
    """What is there of the scenes: a mesh, and semantics where the scene has any (a quarter of HM3D does)."""
    report = Report()
    for folder in (child for split in folders_in(out) for child in folders_in(split)):
        name = folder.name[6:] if folder.name[:5].isdigit() else folder.name
        if scenes and not {name, folder.name} & set(scenes):
            continue
        meshes = [folder / f"{name}{ending}" for ending in (".glb", ".basis.glb")]
        has_mesh = [mesh for mesh in meshes if report.file(mesh, needed=False)]
        semantics = [folder / f"{name}{ending}" for ending in (".semantic.glb", ".semantic.txt")]
        if not has_mesh:
            report.bad(f"{folder}: no mesh ({meshes[0].name} or {meshes[1].name})")
        elif not any(file.exists() for file in semantics):
            report.good(f"{folder.name}: {has_mesh[0].name}, no semantics")
        elif all([report.file(file) for file in semantics]):
            report.good(f"{folder.name}: {has_mesh[0].name} and semantics")
        if deep and has_mesh:
            report.scene(name, out)
    return report


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point: mistakes are one line and exit status 2."""
    return run_script("hm3d.py", run, arguments)


if __name__ == "__main__":
    sys.exit(main())
