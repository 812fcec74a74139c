"""What a scan's object ids mean: Matterport3D's `.house`, HM3D's `.semantic.txt`, Gibson's `.scn`, Replica's JSON.

The one idea: whatever the file, it lists objects with an id and a class, as Habitat's semantic sensor shows them; HM3D
has a colour for each as well, by which its mesh tells them apart. Which of the four a file is, is told by its content.

Formats: habitat-sim 0.3, src/esp/scene/{Mp3d,HM3D,Gibson,Replica}SemanticScene.cpp; Matterport's data_organization.md.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.errors import SceneFileError
from echoenv.scene.data_files import check_is_data, missing_file
from echoenv.scene.replica import read_classes, read_objects
from echoenv.scene.scene import SceneObject

HOUSE_HEADER = "ASCII 1.1"
HM3D_HEADER = "HM3D Semantic Annotations"


@dataclass(frozen=True)
class Descriptor:
    """Objects and classes of a scene.

    Attributes:
        objects: The objects, by id; id 0 is left out, which means "no object" in views.
        color_ids: Instance id by sRGB colour 0xRRGGBB, where the mesh is told apart by colours (HM3D).
        classes: Class names by class id, where a file lists classes beside the objects.
    """

    objects: tuple[SceneObject, ...]
    color_ids: dict[int, int] = field(default_factory=dict)
    classes: dict[int, str] = field(default_factory=dict)


def read_descriptor(path: Path, used_ids: NDArray[np.int64] | None = None) -> Descriptor:
    """Read a semantic descriptor of any of the four formats.

    Args:
        path: The file.
        used_ids: Instance ids that occur in the mesh; Replica's lists may name further objects for them by class.

    Returns:
        Its objects and colours.

    Raises:
        SceneFileError: Missing, not the data, of an unknown format or version, or damaged.
    """
    if not path.is_file():
        raise missing_file(path, "which names the objects of a scene")
    check_is_data(path)
    if path.suffix.lower() == ".house":
        return read_house(path)
    with path.open("rb") as file:
        first = file.readline(256)
    if HOUSE_HEADER.encode() in first:
        return read_house(path)
    if HM3D_HEADER.encode() in first:
        return read_hm3d(path)
    if first.lstrip()[:1] == b"{":
        return _read_json(path, used_ids)
    raise SceneFileError(
        f"'{path}' is no semantic descriptor: expected a first line with '{HOUSE_HEADER}' (Matterport3D) or "
        f"'{HM3D_HEADER}', or JSON (Replica, Gibson)"
    )


def read_house(path: Path) -> Descriptor:
    """Read Matterport3D's house file.

    Lines begin with their kind; `C` is a class (index, raw index, raw name, mpcat40 index, mpcat40 name), `O` an object
    (index, region, class index, box). Categories are mpcat40's, as Habitat's are by default.

    Args:
        path: The `.house` file.

    Returns:
        The objects by Matterport's index; "unknown" where a class is missing. Object 0 is left out.

    Raises:
        SceneFileError: Of another version, damaged, or cut off.
    """
    lines = _lines(path)
    if not lines or HOUSE_HEADER not in lines[0]:
        raise SceneFileError(
            f"'{path}' is a house file of another version (its first line is '{lines[0][:40] if lines else ''}'): "
            f"'{HOUSE_HEADER}' is read, as in Matterport's data for Habitat"
        )
    classes: dict[int, tuple[int, str]] = {}
    objects: list[SceneObject] = []
    expected = 0
    for number, line in enumerate(lines[1:], 2):
        words = line.split() or [""]
        try:
            if words[0] == "H":
                expected = int(words[8])
            elif words[0] == "C":
                classes[int(words[1])] = int(words[4]), words[5]
            elif words[0] == "O":
                category_id, category = classes.get(int(words[3]), (-1, "unknown"))
                objects.append(SceneObject(int(words[1]), category, category_id))
        except (IndexError, ValueError):
            raise SceneFileError(
                f"'{path}', line {number}: a line '{words[0]}' of a house file is cut off or damaged: get it anew"
            ) from None
    if len(objects) < expected:
        raise SceneFileError(f"'{path}' lists {len(objects)} of its {expected} objects: it is cut off, get it anew")
    return Descriptor(tuple(sorted((o for o in objects if o.id > 0), key=lambda o: o.id)))


def read_hm3d(path: Path) -> Descriptor:
    """Read HM3D's annotation table.

    Each line behind the header is `id,RRGGBB,"category",region`; a category may hold commas. Class ids count categories
    by their first use from 1 on, as Habitat does, whose class 0 is "Unknown".

    Args:
        path: The `.semantic.txt` file.

    Returns:
        The objects, and their ids by colour.

    Raises:
        SceneFileError: No such table, or a damaged line.
    """
    lines = _lines(path)
    if not lines or HM3D_HEADER not in lines[0]:
        raise SceneFileError(f"'{path}' is not HM3D's: its first line must hold '{HM3D_HEADER}'")
    objects: dict[int, SceneObject] = {}
    colors: dict[int, int] = {}
    class_ids: dict[str, int] = {}
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        try:
            front, category, _ = line.split('"')
            id_text, color_text = (word.strip() for word in front.split(",")[:2])
            id_, color = int(id_text), int(color_text, 16)
        except ValueError:
            raise SceneFileError(
                f"'{path}', line {number}: expected id,RRGGBB,\"category\",region and found '{line[:60]}': get it anew"
            ) from None
        class_id = class_ids.setdefault(category, len(class_ids) + 1)
        objects[id_] = SceneObject(id_, category, class_id)
        colors[color] = id_
    return Descriptor(tuple(objects[id_] for id_ in sorted(objects) if id_ > 0), colors)


def read_gibson(path: Path, values: dict[str, Any]) -> Descriptor:
    """Gibson's objects, as habitat-sim's `npz2scn.py` writes them from 3D Scene Graph.

    Args:
        path: The `.scn` file, for errors.
        values: Its JSON: `objects`, each with `id` and `class_`.

    Returns:
        The objects; class ids count categories by their first use from 1 on, as Habitat does.

    Raises:
        SceneFileError: An object without id or class.
    """
    class_ids: dict[str, int] = {}
    objects: dict[int, SceneObject] = {}
    try:
        for entry in values["objects"]:
            category = str(entry["class_"])
            class_id = class_ids.setdefault(category, len(class_ids) + 1)
            objects[int(entry["id"])] = SceneObject(int(entry["id"]), category, class_id)
    except (KeyError, TypeError, ValueError) as error:
        raise SceneFileError(
            f"'{path}' is not Gibson's semantics ({type(error).__name__}: {error}): it needs 'objects' with id and "
            "class_, as habitat-sim's tools/npz2scn.py writes them"
        ) from None
    return Descriptor(tuple(objects[id_] for id_ in sorted(objects) if id_ > 0))


def _read_json(path: Path, used_ids: NDArray[np.int64] | None) -> Descriptor:
    try:
        values = json.loads(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise SceneFileError(f"'{path}' is not JSON ({error}): get it anew") from None
    if isinstance(values.get("classes"), list):
        ids = np.zeros(0, dtype=np.int64) if used_ids is None else used_ids
        objects = read_objects(path, ids) if isinstance(values.get("objects"), list) else ()
        return Descriptor(objects, classes=read_classes(path))
    if isinstance(values.get("objects"), list):
        return read_gibson(path, values)
    raise SceneFileError(f"'{path}' has neither 'classes' nor 'objects': it is no semantic descriptor of Habitat's")


def _lines(path: Path) -> list[str]:
    check_is_data(path)
    return path.read_text(encoding="utf-8", errors="replace").splitlines()
