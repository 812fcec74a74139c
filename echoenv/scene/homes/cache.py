"""Finished homes kept on disk, so that each is built once on a machine.

The one idea: a kept home is only as good as the code that made it, so its file is named by a hash of the generator's
own sources. A file is written beside its place and moved there in one step; one that cannot be read is built anew,
and a cache that cannot be written is done without. `ECHOENV_CACHE` names another folder.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from echoenv.errors import EchoEnvError
from echoenv.scene.homes.assembly import ORIGIN, home_surface, surface_key
from echoenv.scene.scene import Scene, SceneObject

_ARRAYS = ("vertices", "triangles", "triangle_surfaces", "triangle_objects", "vertex_colors", "corner_uvs")


def folder() -> Path:
    """Where homes are kept: `$ECHOENV_CACHE`, or the platform's place for caches."""
    named = os.environ.get("ECHOENV_CACHE")
    if named:
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "echoenv" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "echoenv"
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "echoenv"


@functools.cache
def _generator_hash() -> str:
    sources = sorted(Path(__file__).parent.rglob("*.py"))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:16]


def path_of(name: str) -> Path:
    """The file in which a home is kept."""
    return folder() / "homes" / f"{name}-{_generator_hash()}.npz"


def load(name: str) -> Scene | None:
    """The kept home, or None where there is none or its file is broken."""
    try:
        with np.load(path_of(name), allow_pickle=False) as kept:
            arrays = {key: kept[key] for key in _ARRAYS}
            told = json.loads(str(kept["told"]))
        surfaces = tuple(home_surface(*key) for key in told["surfaces"])
        objects = tuple(
            SceneObject(number, category, sounds_at=at and tuple(at)) for number, category, at in told["objects"]
        )
        return Scene(name=name, origin=ORIGIN, surfaces=surfaces, objects=objects, light_is_baked=True, **arrays)
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile, EchoEnvError):
        return None


def store(scene: Scene) -> None:
    """Keep a home; where the folder cannot be written, go without."""
    told = {
        "surfaces": [surface_key(surface) for surface in scene.surfaces],
        "objects": [[thing.id, thing.category, thing.sounds_at] for thing in scene.objects],
    }
    place = path_of(scene.name)
    with contextlib.suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=place.parent, suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez(file, told=np.array(json.dumps(told)), **{key: getattr(scene, key) for key in _ARRAYS})
            os.replace(beside, place)
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(beside)
