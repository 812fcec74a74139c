"""Tables of materials on disk, in the project's own JSON format: read, checked line by line, and written.

The one idea: a file that says something impossible, or something that nobody would read, is refused with the place and
the fix; nothing is guessed. The format is documented in the section "Materials" of docs/physics.md:

    {
      "format": "echoenv-materials",
      "version": 1,
      "bands": [63, 125, 250, 500, 1000, 2000, 4000, 8000],
      "default": "plaster",
      "materials": {
        "plaster": {
          "absorption": [0.01, 0.01, 0.02, 0.02, 0.03, 0.03, 0.04, 0.04],
          "scattering": 0.1,
          "transmission": 0.0,
          "citation": "who measured it, and where it is printed"
        }
      },
      "categories": {"wall": "plaster"},
      "name_parts": {"ceiling": "plaster"}
    }
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from echoenv.errors import MaterialError, nearest
from echoenv.scene.material_mapping import MaterialMapping
from echoenv.scene.materials import AcousticMaterial
from echoenv.scene.octave_bands import OCTAVE_CENTRES

FORMAT = "echoenv-materials"
VERSION = 1

_KEYS = ("format", "version", "bands", "default", "materials", "categories", "name_parts", "labels", "comment")
_ROW_KEYS = ("absorption", "scattering", "transmission", "citation")


def read_materials(path: str | Path) -> MaterialMapping:
    """Read a table of materials in the project's own format.

    Args:
        path: A JSON file. `materials` is required; each of its rows needs `absorption`, `scattering` and `citation`,
            and may have `transmission` (0 without it). A coefficient is an energy fraction for all bands, or a list of
            one for each octave band.

    Returns:
        The mapping.

    Raises:
        MaterialError: The file is missing, is not such JSON, has an unknown key, lacks a key or a band, or a row breaks
            physics (outside 0..1, NaN, absorption + transmission above 1). The message says where.
    """
    table = read_json(path)
    if table.get("format") != FORMAT or table.get("version") != VERSION:
        raise MaterialError(
            f'\'{path}\' is not a table of materials: it must have "format": "{FORMAT}" and "version": {VERSION} '
            "(SoundSpaces' files are read with read_soundspaces_materials)"
        )
    check_keys(table, _KEYS, ("materials",), f"'{path}'")
    _check_bands(table.get("bands"), path)
    rows = _as_object(table["materials"], f"'{path}': materials")
    if not rows:
        raise MaterialError(f"'{path}' has no material: give at least one row in \"materials\"")
    rules = {key: _as_object(table.get(key, {}), f"'{path}': {key}") for key in ("categories", "name_parts", "labels")}
    materials = {name: _read_row(name, row, path) for name, row in rows.items()}
    return MaterialMapping(materials=materials, default=table.get("default"), source=f"'{path}'", **rules)


def write_materials(path: str | Path, mapping: MaterialMapping) -> Path:
    """Write a mapping in the project's own format, whole or not at all.

    Args:
        path: The file; its folder must exist.
        mapping: Any; reading the file gives the same materials and rules. To begin a table of one's own, write
            `built_in_mapping()` and change it.

    Returns:
        The path.

    Raises:
        MaterialError: A material has no citation, or the folder is missing or cannot be written.
    """
    uncited = [name for name, one in mapping.materials.items() if not one.citation.strip()]
    if uncited:
        raise MaterialError(
            f"'{path}' is not written: {', '.join(uncited)} cite no source: give AcousticMaterial(..., citation=...)"
        )
    table: dict[str, Any] = {"format": FORMAT, "version": VERSION, "bands": [int(c) for c in OCTAVE_CENTRES]}
    if mapping.default is not None:
        table["default"] = mapping.default
    table["materials"] = {name: _row_of(one) for name, one in mapping.materials.items()}
    for rules in ("categories", "name_parts", "labels"):
        given = getattr(mapping, rules)
        if given:
            table[rules] = {key: value if isinstance(value, str) else list(value) for key, value in given.items()}
    return _write_whole(Path(path), _as_text(table))


def read_json(path: str | Path) -> dict[str, Any]:
    """The JSON object in a file of materials.

    Raises:
        MaterialError: The file is missing, cannot be read, or holds no JSON object.
    """
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise MaterialError(f"file of materials '{path}' cannot be read ({error.strerror}): check its path") from None
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise MaterialError(f"file of materials '{path}' is not JSON ({error})") from None
    return _as_object(found, f"file of materials '{path}'")


def check_keys(row: Mapping[str, Any], known: Iterable[str], required: Iterable[str], where: str) -> None:
    """Refuse keys that nobody would read, and rows that lack one.

    Raises:
        MaterialError: There is an unknown key, with the nearest known, or a required key is missing.
    """
    known = tuple(known)
    for key in row:
        if key not in known:
            raise MaterialError(f"{where}: unknown key '{key}': {nearest(key, known)}")
    missing = [key for key in required if key not in row]
    if missing:
        raise MaterialError(f"{where}: {' and '.join(missing)} missing: give {', '.join(known)}")


def _as_object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise MaterialError(f"{where} must be a JSON object {{...}}, not {type(value).__name__}")
    return value


def _check_bands(bands: Any, path: str | Path) -> None:
    if bands is None:
        return
    given = [bands] if not isinstance(bands, list) else bands
    missing = [f"{centre:g}" for centre in OCTAVE_CENTRES if centre not in given]
    if missing or list(given) != [*OCTAVE_CENTRES]:
        what = f"lack {', '.join(missing)} Hz" if missing else "are others"
        raise MaterialError(
            f"'{path}': its bands {what}: rows need all of {[int(c) for c in OCTAVE_CENTRES]}, in order"
        )


def _read_row(name: str, row: Any, path: str | Path) -> AcousticMaterial:
    where = f"'{path}': material '{name}'"
    check_keys(_as_object(row, where), _ROW_KEYS, ("absorption", "scattering", "citation"), where)
    if not isinstance(row["citation"], str) or not row["citation"].strip():
        raise MaterialError(f"{where}: citation {row['citation']!r} must say where the numbers come from")
    try:
        return AcousticMaterial(
            name, row["absorption"], row["scattering"], row.get("transmission", 0.0), citation=row["citation"]
        )
    except MaterialError as error:
        raise MaterialError(f"'{path}': {error}") from None


def _row_of(material: AcousticMaterial) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for key in ("absorption", "scattering", "transmission"):
        values = np.asarray(getattr(material, key), dtype=np.float32)
        row[key] = [float(str(value)) for value in values]  # the shortest decimals that are the same float32
    return {**row, "citation": material.citation}


def _as_text(table: Mapping[str, Any]) -> str:
    """JSON with one line for each list and each rule, so that tables can be read and compared."""
    lines = []
    for key, value in table.items():
        if key == "materials":
            rows = [f"    {json.dumps(name)}: {{\n{_row_text(row)}\n    }}" for name, row in value.items()]
            lines.append('  "materials": {\n' + ",\n".join(rows) + "\n  }")
        elif isinstance(value, dict):
            rules = [f"    {json.dumps(name)}: {json.dumps(rule)}" for name, rule in value.items()]
            lines.append(f"  {json.dumps(key)}: {{\n" + ",\n".join(rules) + "\n  }")
        else:
            lines.append(f"  {json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _row_text(row: Mapping[str, Any]) -> str:
    return ",\n".join(f"      {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in row.items())


def _write_whole(path: Path, text: str) -> Path:
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise MaterialError(f"cannot write '{path}' ({error.strerror}): give a path in an existing folder") from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(temporary, 0o644)
    os.replace(temporary, path)
    return path
