"""Replica's semantics: the names of the objects that a mesh's per-face `object_id` refers to.

The one idea: `info_semantic.json` beside the mesh lists the objects (`objects`: id, class_name, class_id), and for ids
that are not among them `id_to_label` gives the class and `classes` its name. Instance ids stay Replica's own, because
episodes and published masks use them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.errors import SceneFileError
from echoenv.scene.scene import SceneObject

INFO_FILE = "info_semantic.json"


def read_objects(path: Path, used_ids: NDArray[np.int64]) -> tuple[SceneObject, ...]:
    """Objects of a scene.

    Args:
        path: The `info_semantic.json`.
        used_ids: Instance ids that occur in the mesh.

    Returns:
        Every listed object, and one for each other id in use whose class `id_to_label` gives; by id. An object of id 0
        is left out: 0 means "no object" in views.

    Raises:
        SceneFileError: The file is missing, not JSON, or has no list `objects`.
    """
    info = _read_info(path)
    try:
        objects = {
            int(o["id"]): SceneObject(int(o["id"]), str(o["class_name"]), int(o.get("class_id", -1)))
            for o in info["objects"]
        }
        class_names = {int(c["id"]): str(c["name"]) for c in info.get("classes", ())}
        labels = [int(label) for label in info.get("id_to_label", ())]
    except (KeyError, TypeError, ValueError) as error:
        raise SceneFileError(
            f"'{path}' is not Replica's {INFO_FILE} ({type(error).__name__}: {error}): it needs 'objects' with id, "
            "class_name and class_id; download it anew"
        ) from None
    for class_id, name in ((o.category_id, o.category) for o in list(objects.values())):
        class_names.setdefault(class_id, name)
    for number in (int(i) for i in np.unique(used_ids) if i > 0):
        label = labels[number] if number < len(labels) else -1
        if number not in objects and label in class_names:
            objects[number] = SceneObject(number, class_names[label], label)
    return tuple(objects[number] for number in sorted(objects) if number > 0)


def read_classes(path: Path) -> dict[int, str]:
    """Class names by class id, as Replica's and ReplicaCAD's lists of classes give them.

    Args:
        path: The `info_semantic.json`, or ReplicaCAD's semantic lexicon.

    Raises:
        SceneFileError: The file is missing, not JSON, or its classes lack id or name.
    """
    try:
        return {int(entry["id"]): str(entry["name"]) for entry in _read_info(path).get("classes", ())}
    except (KeyError, TypeError, ValueError) as error:
        raise SceneFileError(f"'{path}': its classes need id and name ({type(error).__name__}: {error})") from None


def read_origin(path: Path) -> str:
    """What the list of an exported scene says that the scene was before; "" for Replica's own, or where it is missing.

    Args:
        path: The `info_semantic.json`.

    Raises:
        SceneFileError: The file is not JSON.
    """
    return str(_read_info(path).get("origin", "")) if path.is_file() else ""


def _read_info(path: Path) -> dict[str, Any]:
    try:
        info = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SceneFileError(
            f"'{path}' is missing: Replica's mesh_semantic.ply needs {INFO_FILE} beside it, which names its objects; "
            "download it with the mesh"
        ) from None
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise SceneFileError(f"'{path}' is not JSON ({error}): download it anew") from None
    if not isinstance(info, dict):
        raise SceneFileError(f"'{path}' holds no JSON object: download it anew")
    return info
