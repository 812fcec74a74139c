"""Finished homes kept on disk, so that each is built once on a machine (`kept`).

The one idea: arrays are kept as they are; surfaces and objects by what names them, patterns by their names alone, since
all homes share them. A file that cannot be read is as good as none: the home is built anew.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np

from echoenv.errors import EchoEnvError
from echoenv.scene import colors
from echoenv.scene.homes import kept
from echoenv.scene.homes.assembly import ORIGIN, home_surface, surface_key
from echoenv.scene.scene import Scene, SceneObject

_ARRAYS = ("vertices", "triangles", "triangle_surfaces", "triangle_objects", "vertex_colors", "corner_uvs")


def path_of(name: str) -> Path:
    """The file in which a home is kept."""
    return kept.folder() / "homes" / f"{name}-{kept.hash_of_sources(Path(__file__).parent, Path(colors.__file__))}.npz"


def load(name: str) -> Scene | None:
    """The kept home, or None where there is none or its file is broken."""
    try:
        with np.load(path_of(name), allow_pickle=False) as file:
            arrays = {key: file[key] for key in _ARRAYS}
            told = json.loads(str(file["told"]))
        surfaces = tuple(home_surface(*key) for key in told["surfaces"])
        objects = tuple(SceneObject(k, category, sounds_at=at and tuple(at)) for k, category, at in told["objects"])
        return Scene(name=name, origin=ORIGIN, surfaces=surfaces, objects=objects, light_is_baked=True, **arrays)
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile, EchoEnvError):
        return None


def store(scene: Scene) -> None:
    """Keep a home; where the folder cannot be written, go without."""
    told = {
        "surfaces": [surface_key(surface) for surface in scene.surfaces],
        "objects": [[thing.id, thing.category, thing.sounds_at] for thing in scene.objects],
    }
    arrays = {key: getattr(scene, key) for key in _ARRAYS}
    kept.keep(path_of(scene.name), lambda file: np.savez(file, told=np.array(json.dumps(told)), **arrays))
