"""Wavefront OBJ files with their .mtl materials, textures, objects and groups.

The one idea: trimesh turns the text into geometry; objects and materials are renamed to their numbers beforehand, so
that names of any spelling come back, and the .mtl file is read here, because trimesh says nothing of what is missing
in it.
"""

from __future__ import annotations

import io
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.errors import SceneFileError
from echoenv.scene.mesh_parts import Look, MeshPart
from echoenv.scene.textures import read_texture

_TOO_SHORT = re.compile(r"^[ \t]*(f|v)([ \t]+\S+){0,2}[ \t]*$", re.MULTILINE)
_MAP_OPTION = re.compile(  # what may stand between map_Kd and its file
    r"-(?:blendu|blendv|clamp|cc|imfchan|texres|boost|bm|type)[ \t]+\S+[ \t]+"
    r"|-[ost](?:[ \t]+[-+.\deE]+)+[ \t]+"
    r"|-mm[ \t]+\S+[ \t]+\S+[ \t]+"
)
_TWO_STAND_INS = b"newmtl a\nnewmtl b\n"  # with two materials or more, trimesh puts their names into its parts' names


def read_obj(path: Path) -> list[MeshPart]:
    """Read an OBJ file.

    Args:
        path: The file; its .mtl and textures are looked for beside it.

    Returns:
        One part per object (or group, where there are no objects) and material, in the file's frame.

    Raises:
        SceneFileError: Not an OBJ file, or cut off inside a line.
    """
    text = path.read_bytes().decode("utf-8", errors="replace").replace("\r\n", "\n").replace("\\\n", " ")
    _check_text(text, path)
    looks = _read_materials(text, path)
    text, objects, materials = _number_names(text)
    parts = []
    for (thing, material), mesh in sorted(_load_geometry(text), key=lambda item: item[0]):
        look_name = materials[material] if material >= 0 else ""
        look = looks.setdefault(look_name, Look(look_name))
        parts.append(_read_mesh(mesh, look, objects[thing] if thing >= 0 else ""))
    return parts


def _check_text(text: str, path: Path) -> None:
    if "\0" in text or not re.search(r"^[ \t]*v[ \t]", text, re.MULTILINE):
        raise SceneFileError(
            f"'{path}' is not an OBJ file (it has no 'v' lines of text): export it again as Wavefront OBJ"
        )
    short = _TOO_SHORT.search(text)
    if short:
        line = text.count("\n", 0, short.start()) + 1
        raise SceneFileError(
            f"'{path}', line {line}: '{short.group(0).strip()[:40]}' has fewer than three entries; "
            "the file is truncated or damaged, copy or export it anew"
        )


def _number_names(text: str) -> tuple[str, list[str], list[str]]:
    """The text with one material name for each pair of object (else group) and material, and the names of both.

    Pairs are told by their numbers, since trimesh keeps apart what has different materials.
    """
    objects: dict[str, int] = {}
    materials: dict[str, int] = {}
    current = {"thing": -1, "look": -1}
    letter = "o" if re.search(r"^o[ \t]+\S", text, re.MULTILINE) else "g"

    def replace(match: re.Match[str]) -> str:
        names, kind = (materials, "look") if match.group(1) == "usemtl" else (objects, "thing")
        current[kind] = names.setdefault(match.group(2).strip() or "default", len(names))
        return f"usemtl thing{current['thing']}look{current['look']}"

    text = re.sub(rf"^({letter}|usemtl)\b(.*)$", replace, text, flags=re.MULTILINE)
    return re.sub(r"^(?:mtllib|[og])\b.*$", "", text, flags=re.MULTILINE), list(objects), list(materials)


def _load_geometry(text: str) -> list[tuple[tuple[int, int], Any]]:
    """Meshes with the numbers of their object and material; -1 for none."""
    import trimesh

    stream = io.StringIO("mtllib stand_ins\n" + text)
    stand_ins = {"stand_ins": _TWO_STAND_INS}
    scene = trimesh.load_scene(stream, file_type="obj", resolver=stand_ins, process=False)
    meshes = []
    for name, mesh in scene.geometry.items():
        found = re.search(r"thing(-?\d+)look(-?\d+)", name)
        meshes.append(((int(found.group(1)), int(found.group(2))) if found else (-1, -1), mesh))
    return meshes


def _read_mesh(mesh: Any, look: Look, object_name: str) -> MeshPart:
    vertices = np.asarray(mesh.vertices, dtype=np.float64)
    triangles = np.asarray(getattr(mesh, "faces", np.zeros((0, 3))), dtype=np.int64)
    uv = getattr(mesh.visual, "uv", None)
    has_uv = look.texture is not None and uv is not None and len(uv) == len(vertices)
    colors: NDArray[np.uint8] | None = None
    if getattr(mesh.visual, "kind", None) == "vertex" and len(mesh.visual.vertex_colors) == len(vertices):
        colors = np.asarray(mesh.visual.vertex_colors)[:, :3]
    return MeshPart(
        vertices, triangles, look, colors, np.asarray(uv, dtype=np.float64)[triangles] if has_uv else None, object_name
    )


def _read_materials(text: str, path: Path) -> dict[str, Look]:
    looks: dict[str, Look] = {}
    for name in re.findall(r"^mtllib[ \t]+(\S.*?)[ \t]*$", text, re.MULTILINE):
        file = path.parent / name.replace("\\", "/")
        if not file.is_file():
            warnings.warn(f"material file '{name}' of '{path}' is missing: its surfaces are shown white", stacklevel=4)
            continue
        looks.update(_read_mtl(file))
    return looks


def _read_mtl(path: Path) -> dict[str, Look]:
    """Looks by name: `Kd` and `map_Kd` of each `newmtl`."""
    looks: dict[str, Look] = {}
    blocks = re.split(r"^[ \t]*newmtl[ \t]+", path.read_text(encoding="utf-8", errors="replace"), flags=re.MULTILINE)[
        1:
    ]
    for block in blocks:
        name = block.split("\n", 1)[0].strip()
        image = re.search(r"^[ \t]*map_Kd[ \t]+(\S.*?)[ \t]*$", block, re.MULTILINE | re.IGNORECASE)
        texture = None
        if image:
            file = path.parent / _MAP_OPTION.sub("", image.group(1)).replace("\\", "/")
            texture = read_texture(file, f"material '{name}' in '{path}'")
        looks[name] = Look(name, _diffuse_color(block, texture is not None), texture)
    return looks


def _diffuse_color(block: str, textured: bool) -> tuple[float, float, float]:
    """`Kd` as sRGB; white beside a texture where exporters write black, which would hide the texture."""
    found = re.search(r"^[ \t]*Kd[ \t]+([-+.\deE]+)[ \t]+([-+.\deE]+)[ \t]+([-+.\deE]+)", block, re.MULTILINE)
    try:
        red, green, blue = (min(max(float(v), 0.0), 1.0) for v in found.groups()) if found else (1.0, 1.0, 1.0)
    except ValueError:
        return 1.0, 1.0, 1.0
    return (1.0, 1.0, 1.0) if textured and red == green == blue == 0.0 else (red, green, blue)
