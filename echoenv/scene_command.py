"""`python -m echoenv.scene`: list the scenes there are, look at one, hand one to other programs.

The one idea: this is the command line alone. What a picture shows lies in `echoenv/datasets/scene_picture.py`, what an
export writes in `echoenv/scene/export.py`.
"""

from __future__ import annotations

import collections
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from echoenv.command_line import ArgumentParser, run_command
from echoenv.errors import SettingsError, nearest
from echoenv.scene.up_direction import UP_DIRECTIONS

PROG = "python -m echoenv.scene"

_OVERVIEW = f"""\
usage: {PROG} list [--data-dir DIR]
       {PROG} show NAME|FILE [--out FILE|DIR] [--data-dir DIR] [--up AXIS]
       {PROG} export NAME|FILE DIR [--data-dir DIR] [--up AXIS]
       {PROG} materials NAME|FILE [--table FILE] [--out FILE|DIR] [--data-dir DIR] [--up AXIS]

list       the built-in homes, and the scenes of real data sets in a folder
show       one picture of a scene: from above, all around, four views; and what it is, in words
export     a scene data set for Habitat (GLB, semantics, configs; it grows with every scene exported into the same
           folder), and Replica's layout (coloured PLY, info_semantic.json)
materials  what a scene is made of: absorption in each octave band and share of the area; with another table, by it

examples:
  {PROG} show apartment_0
  {PROG} show my_scan.ply --up +z --out pictures/
  {PROG} export office_1 exported"""


def run(arguments: Sequence[str] | None = None) -> int:
    """Does what the command line says.

    Args:
        arguments: Command and flags; None takes those of the process.

    Returns:
        0.

    Raises:
        EchoEnvError: A mistake in what was asked for.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] in ("-h", "--help"):
        print(_OVERVIEW)
        return 0
    commands = {"list": _list, "show": _show, "export": _export, "materials": _materials}
    if given[0] not in commands:
        raise SettingsError(f"unknown command '{given[0]}': {nearest(given[0], commands)} (--help explains each)")
    commands[given[0]](given[1:])
    return 0


def _parser(command: str, description: str, names_scene: bool = True) -> ArgumentParser:
    parser = ArgumentParser(prog=f"{PROG} {command}", description=description)
    if names_scene:
        parser.add_argument("scene", metavar="NAME|FILE", help="name (apartment_0), mesh file or scene folder")
        parser.add_argument("--up", choices=UP_DIRECTIONS, help="which axis of a mesh file is up (default: found out)")
    parser.add_argument(
        "--data-dir",
        type=Path,
        metavar="DIR",
        help="real data sets (Replica, Matterport3D, HM3D, Gibson, ReplicaCAD), looked up before built-in homes",
    )
    return parser


def _list(arguments: list[str]) -> None:
    from echoenv.scene.homes import HOME_NAMES
    from echoenv.scene.lookup import checked_folder, find_in_data_set, scene_names

    flags = _parser("list", "List the scenes there are.", names_scene=False).parse_args(arguments)
    folder = checked_folder(flags.data_dir)
    real = {name: find_in_data_set(name, folder) for name in scene_names(folder)} if folder else {}
    if folder:
        print(f"in {folder}:" if real else f"in {folder}: no scene in a layout or a scene data set that is known")
    for name, found in real.items():
        if found:
            print(f"  {name:<18} {found.what}, {found.path}")
    print("built-in homes, generated from code, not Replica:")
    for name in HOME_NAMES:
        print(f"  {name:<18} {_describe_home(name)}{f' (the one in {folder} is taken)' if name in real else ''}")
    print("any number of other homes: procedural:STYLE?seed=SEED, such as procedural:apartment?seed=7")


def _describe_home(name: str) -> str:
    """What the cache knows of a home; building one for a list would take too long."""
    from echoenv.scene.homes import cache

    scene = cache.load(name)
    if scene is None:
        return "is built when it is first used"
    kinds = len({thing.category for thing in scene.objects})
    things = f"{len(scene.objects):>3} objects of {kinds} kinds"
    return f"{_extent(scene):<26} {len(scene.triangles):>7,} triangles, {things}"


def _show(arguments: list[str]) -> None:
    from echoenv.datasets.atomic_files import make_writable_folder, write_whole
    from echoenv.datasets.scene_picture import ScenePicture

    parser = _parser("show", "Write one picture of a scene: from above, all around, four views.")
    parser.add_argument("--out", type=Path, metavar="FILE|DIR", help="a .png file, or a folder (NAME.png here)")
    flags = parser.parse_args(arguments)
    if flags.out is not None and flags.out.suffix.lower() not in ("", ".png") and not flags.out.is_dir():
        raise SettingsError(f"--out {flags.out}: pictures are PNG files: give a name ending in .png, or a folder")
    scene = _load(flags)
    file = _picture_file(flags.out, scene.name)
    make_writable_folder(file.parent)
    _describe(scene)
    picture = ScenePicture(scene)
    elsewhere = "" if picture.grid_size else "; shown from another point of the floor"
    print(f"  positions: {picture.grid_size} on the 0.5 m grid{elsewhere}")
    print(f"  holes:     {100.0 * picture.open_share():.1f} % of the directions from there meet nothing")
    write_whole(file, picture.png())
    print(f"  picture:   {file}")


def _materials(arguments: list[str]) -> None:
    from echoenv.datasets.atomic_files import make_writable_folder
    from echoenv.scene.material_mapping import unknown_names, with_materials
    from echoenv.scene.material_pictures import BAND_NAMES, material_shares, mean_absorption, picture_of_materials

    parser = _parser("materials", "Write a picture of a scene's acoustic materials, and say what they are.")
    parser.add_argument(
        "--table", type=Path, metavar="FILE", help="materials of your own (JSON, EchoEnv's or SoundSpaces')"
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE|DIR", help="a .png file, or a folder (NAME_materials.png here)"
    )
    flags = parser.parse_args(arguments)
    if flags.out is not None and flags.out.suffix.lower() not in ("", ".png") and not flags.out.is_dir():
        raise SettingsError(f"--out {flags.out}: pictures are PNG files: give a name ending in .png, or a folder")
    scene = _load(flags)
    if flags.table is not None:
        mapping = _read_table(flags.table)
        for one in unknown_names(scene, mapping):
            print(f"  unknown:   '{one.name}', {100.0 * one.area:.1f} % of the area ({one.near})")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # said above, line by line
            scene = with_materials(scene, mapping)
    file = _picture_file(flags.out, f"{scene.name}_materials")
    make_writable_folder(file.parent)
    print(
        f"{scene.name}: absorption per octave band [Hz], area\n  {'':<26}{''.join(f'{name:>6}' for name in BAND_NAMES)}"
    )
    for share in material_shares(scene):
        bands = "".join(f"{value:6.2f}" for value in np.asarray(share.material.absorption))
        print(f"  {share.material.name:<26}{bands}  {share.area:7.1f} m2 {100.0 * share.share:5.1f} %")
    print(f"  {'average over the area':<26}{''.join(f'{value:6.2f}' for value in mean_absorption(scene))}")
    print(f"  picture:   {picture_of_materials(scene, file)}")


def _read_table(path: Path) -> Any:
    """Materials in either format; what is odd about a file of SoundSpaces' is said."""
    from echoenv.scene.material_files import FORMAT, read_json, read_materials
    from echoenv.scene.soundspaces_materials import read_soundspaces_materials

    if read_json(path).get("format") == FORMAT:
        return read_materials(path)
    mapping, report = read_soundspaces_materials(path, warn=False)
    print(report)
    return mapping


def _picture_file(out: Path | None, name: str) -> Path:
    from echoenv.scene.export import file_name

    if out is not None and out.suffix.lower() == ".png" and not out.is_dir():
        return out
    return (out or Path()) / f"{file_name(name)}.png"


def _export(arguments: list[str]) -> None:
    from echoenv.datasets.atomic_files import make_writable_folder, write_whole
    from echoenv.scene.export import dataset_config, exported_files
    from echoenv.scene.habitat_configs import INSTANCE_ENDING, short_name
    from echoenv.scene.lookup import EXPORT_CONFIG

    parser = _parser("export", "Write a scene as a scene data set for Habitat and in Replica's layout.")
    parser.add_argument("folder", type=Path, metavar="DIR", help="where the files go; made where it is missing")
    flags = parser.parse_args(arguments)
    make_writable_folder(flags.folder)
    scene = _load(flags)
    _describe(scene)
    for path, data in exported_files(scene).items():
        make_writable_folder((flags.folder / path).parent)
        write_whole(flags.folder / path, data)
        print(f"  wrote:     {flags.folder / path} ({len(data) / 1e6:.1f} MB)")
    names = [short_name(path) for path in flags.folder.glob(f"*{INSTANCE_ENDING}")]
    write_whole(flags.folder / EXPORT_CONFIG, dataset_config(names))
    print(f"  wrote:     {flags.folder / EXPORT_CONFIG} ({len(names)} scene{'s' if len(names) > 1 else ''})")


def _load(flags: Any) -> Any:
    from echoenv.scene.files import load_scene

    return load_scene(flags.scene, data_dir=flags.data_dir, up=flags.up)


def _describe(scene: Any) -> None:
    """Prints what a scene is."""
    from echoenv.collect import describe_origin

    kinds = collections.Counter(thing.category for thing in scene.objects)
    most = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common(5))
    textured = sum(surface.texture is not None for surface in scene.surfaces)
    textures = [f"{textured} texture{'s' if textured > 1 else ''}"] if textured else []
    colors = [*textures, *(["vertex colours"] if scene.vertex_colors is not None else [])]
    print(f"{scene.name}: {describe_origin(scene)}")
    print(f"  up:        {scene.up_source}")
    print(f"  size:      {_extent(scene)}")
    print(f"  triangles: {len(scene.triangles):,}, {' and '.join(colors) or 'plain colours'}")
    print(f"  objects:   {f'{len(scene.objects)} of {len(kinds)} kinds ({most}, ...)' if kinds else 'none'}")


def _extent(scene: Any) -> str:
    low, high = scene.bounds
    width, height, depth = np.asarray(high - low, np.float64)
    return f"{width:.1f} x {depth:.1f} m, {height:.1f} high"


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point: `run`, with mistakes as one line and exit status 2."""
    return run_command(run, PROG, arguments)


if __name__ == "__main__":
    sys.exit(main())
