"""Mesh files by their ending, and one clear line for each way in which such a file can be damaged.

The one idea: every reader yields `MeshPart`s in the file's own frame; whatever else a parser stumbles over becomes a
`SceneFileError` that names the file.
"""

from __future__ import annotations

import json
import struct
import warnings
from collections.abc import Sequence
from pathlib import Path

from echoenv.errors import EchoEnvError, SceneFileError
from echoenv.scene.data_files import UNFINISHED_ENDINGS, check_is_data
from echoenv.scene.mesh_parts import MeshPart
from echoenv.scene.textures import large_images

MESH_ENDINGS = (".glb", ".gltf", ".obj", ".ply")

# glTF's extensions for Basis textures: in KTX2 containers, and the older one of Habitat's data sets in .basis files
_BASIS = {"KHR_texture_basisu", "GOOGLE_texture_basis"}


def read_mesh(path: Path) -> Sequence[MeshPart]:
    """Read a mesh file.

    Args:
        path: A .glb, .gltf, .obj or .ply file.

    Returns:
        Its parts in the file's own frame.

    Warns:
        UserWarning: Once for all textures that are in the Basis format, as those of HM3D's `.basis.glb` and of
            Matterport3D's archive for Habitat are, and which is not read: such surfaces keep their plain colour.

    Raises:
        SceneFileError: Missing, empty, not the data that its name promises, damaged, or of an unknown kind.
    """
    check_is_data(path)
    try:
        with large_images():
            if path.suffix.lower() in (".glb", ".gltf") and _has_basis_textures(path):
                return _without_textures(path)
            return _read_by_ending(path)
    except (EchoEnvError, Warning):
        raise
    except OSError as error:
        raise SceneFileError(
            f"'{path}' cannot be opened ({error.strerror or error}): check it and its rights"
        ) from None
    except Exception as error:
        reason = (str(error).splitlines() or [""])[0][:120] or type(error).__name__
        raise SceneFileError(f"'{path}' is damaged and cannot be read ({reason}): export it again") from None


def _read_by_ending(path: Path) -> Sequence[MeshPart]:
    """Parts by the reader for the file's ending; trimesh is loaded only where it is needed."""
    ending = path.suffix.lower()
    if ending in (".glb", ".gltf"):
        from echoenv.scene.gltf_files import read_gltf

        return read_gltf(path)
    if ending == ".obj":
        from echoenv.scene.obj_files import read_obj

        return read_obj(path)
    if ending == ".ply":
        from echoenv.scene.ply_files import read_ply

        return [read_ply(path)]
    if ending in UNFINISHED_ENDINGS:
        raise SceneFileError(f"'{path}' is a download that is not finished: finish it, then give the file itself")
    allowed = ", ".join(MESH_ENDINGS)
    how = f"ends in '{ending}'" if ending else "has no ending"
    raise SceneFileError(f"'{path}' {how}: scenes are read from {allowed}; convert it to one of them")


def _has_basis_textures(path: Path) -> bool:
    """Whether a glTF file's textures are in the Basis format; damage is left to the reader, which names it."""
    try:
        with path.open("rb") as file:
            if path.suffix.lower() == ".glb":
                head = file.read(20)
                header = json.loads(file.read(struct.unpack("<I", head[12:16])[0]))
            else:
                header = json.load(file)
        return bool(_BASIS & {*header.get("extensionsUsed", ()), *header.get("extensionsRequired", ())})
    except (OSError, ValueError, struct.error, AttributeError, TypeError, RecursionError, MemoryError):
        return False


def _without_textures(path: Path) -> Sequence[MeshPart]:
    """Parts of a file with Basis textures; one warning instead of one for each texture."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        parts = _read_by_ending(path)
    textures = [one for one in caught if str(one.message).startswith("texture '")]
    for one in caught:
        if one not in textures:
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
    if textures:
        better = path.with_name(f"{path.name.split('.')[0]}.glb")
        advice = f"put '{better.name}' beside it, as from HM3D's 'glb' archives" if better != path else (
            "convert them to PNG or JPEG, or take the scans' own meshes, to have them")  # fmt: skip
        warnings.warn(
            f"'{path}': its {len(textures)} textures are in the Basis format, which is not read: plain colours are "
            f"used instead; {advice}",
            stacklevel=2,
        )
    return parts
