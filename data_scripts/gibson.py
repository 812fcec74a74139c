"""Gibson: how to get it, and whether what is there is what Habitat and EchoEnv read.

    python data_scripts/gibson.py --out data/scene_datasets/gibson [--scenes Ackermanville] [--check] [--deep]
    python data_scripts/gibson.py --out data/scene_datasets/gibson --archive ARCHIVE.zip --accept-licence

The one idea: its owner gives it after a form, so this script fetches no scene; it says what to do, unpacks the archive
for Habitat, and checks it. Semantics are another data set's, converted by habitat-sim's tools, and may be missing.

Sources: gibson/data/README.md of github.com/StanfordVL/GibsonEnv; habitat-sim's DATASETS.md and tools.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from checking import Report
from fetching import RemoteFile, fetch
from script_command import Licence, made_folder, print_steps, run_script, script_parser
from unpacking import unpack

CONFIG = "http://dl.fbaipublicfiles.com/habitat/gibson/config_v1/gibson_semantic.scene_dataset_config.json"
LICENCE = Licence(
    "Gibson Dataset agreement",
    "https://goo.gl/forms/OxAQHbl1v97BJ3Sg1",
    "a form, which leads to the agreement and then to the data",
    needs_agreement=True,
)
STEPS = (
    "fill in the form at https://goo.gl/forms/OxAQHbl1v97BJ3Sg1",
    "fetch the archive for Habitat, gibson_habitat_trainval.zip (11 GB), from the page that it leads to",
    "run this again with --archive gibson_habitat_trainval.zip --accept-licence",
    "for semantics, which are optional: fetch 3DSceneGraph (https://3dscenegraph.stanford.edu) and convert it with"
    " habitat-sim's tools/gen_gibson_semantics.sh; NAME.scn and NAME_semantic.ply go beside NAME.glb (the .ids files"
    " in between are not read)",
)


def run(arguments: Sequence[str] | None = None) -> int:
    """Does what the command line says; 0 where everything is there."""
    parser = script_parser("gibson.py", "Unpack and check Gibson for Habitat.")
    parser.add_argument("--archive", type=Path, metavar="ZIP", help="gibson_habitat_trainval.zip, from its owner")
    flags = parser.parse_args(arguments)
    if flags.archive is not None and not flags.check:
        LICENCE.require(flags.accept_licence)
        get(made_folder(flags.out), flags.archive, flags.scenes)
    elif not flags.check and not any(flags.out.glob("*.glb")):
        LICENCE.show()
        print_steps(STEPS)
    return check(flags.out, flags.scenes, flags.deep).finish("Gibson")


def get(out: Path, archive: Path, scenes: Sequence[str] | None) -> None:
    """Unpacks the owner's archive flat, as Habitat wants it, and fetches Habitat's scene dataset config."""

    def place(member: PurePosixPath) -> PurePosixPath | None:
        wanted = member.suffix in (".glb", ".navmesh") and (not scenes or member.stem in scenes)
        return PurePosixPath(member.name) if wanted else None

    unpack(archive, out, place)
    fetch(RemoteFile(CONFIG, "gibson_semantic.scene_dataset_config.json"), out)


def check(out: Path, scenes: list[str] | None = None, deep: bool = False) -> Report:
    """What is there of the scenes: a mesh, and converted semantics where there are any."""
    report = Report()
    names = scenes or sorted(mesh.stem for mesh in out.glob("*.glb"))
    for name in names:
        if not report.file(out / f"{name}.glb"):
            continue
        semantics = [out / f"{name}.scn", out / f"{name}_semantic.ply"]
        if not any(file.exists() for file in semantics):
            report.good(f"{name}: mesh, no semantics")
        elif all([report.file(file) for file in semantics]):
            report.good(f"{name}: mesh and semantics")
        if deep:
            report.scene(name, out if out.name.lower().startswith("gibson") else out.parent)
    return report


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point: mistakes are one line and exit status 2."""
    return run_script("gibson.py", run, arguments)


if __name__ == "__main__":
    sys.exit(main())
