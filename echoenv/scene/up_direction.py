"""Which way is up in a mesh file, and the rotation from the file's frame to the world (+Y up, -Z forward).

The one idea: four sources in falling order of trust: what the caller says, a stage config beside the file (Habitat's),
the frame of the data set that the file belongs to, and the mesh itself (`find_up`). Each gives a rotation and a
sentence that tells the user which it was.
"""

from __future__ import annotations

import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.errors import SceneFileError, SettingsError, nearest

UP_DIRECTIONS = ("+x", "-x", "+y", "-y", "+z", "-z")

# Direction of the file that becomes -Z (forward) of the world: +z up gives Habitat's (x, y, z) -> (x, z, -y)
_FRONTS = {"+y": "-z", "-y": "+z", "+z": "+y", "-z": "-y", "+x": "-z", "-x": "-z"}


@dataclass(frozen=True, eq=False)
class Upright:
    """How a file's frame stands in the world.

    Attributes:
        rotation: File frame to world frame (3, 3) float64.
        source: How it was found, for the user to read.
    """

    rotation: NDArray[np.float64]
    source: str


def axis_vector(name: str) -> NDArray[np.float64]:
    """Unit vector (3,) of `+x`, `-x`, ..., in the file's frame."""
    vector = np.zeros(3)
    vector["xyz".index(name[1])] = 1.0 if name[0] == "+" else -1.0
    return vector


def parse_up(up: str) -> str:
    """The direction `+x` ... `-z` that a user wrote; `y` stands for `+y`.

    Raises:
        SettingsError: It is none of the six.
    """
    name = str(up).strip().lower()
    name = f"+{name}" if name in ("x", "y", "z") else name
    if name not in UP_DIRECTIONS:
        raise SettingsError(f"up='{up}' is not a direction: {nearest(name, UP_DIRECTIONS)}")
    return name


def rotation_from(up: NDArray[np.float64], front: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rotation (3, 3) that takes `up` to +Y and `front` to -Z; both (3,), unit length and perpendicular."""
    return np.stack([np.cross(front, up), up, -front])


def from_axis(name: str, source: str) -> Upright:
    """Upright by one of the six directions."""
    return Upright(rotation_from(axis_vector(name), axis_vector(_FRONTS[name])), source)


def from_argument(up: str) -> Upright:
    """Upright by what the caller says.

    Raises:
        SettingsError: Not a direction.
    """
    name = parse_up(up)
    return from_axis(name, f"{name} of the file is up, as the argument 'up' says")


def level_rotation(up: NDArray[np.float64], axis: str) -> NDArray[np.float64]:
    """Rotation (3, 3) that takes the unit vector `up` to +Y, turned from the frame of `axis` by the smallest angle."""
    base = rotation_from(axis_vector(axis), axis_vector(_FRONTS[axis]))
    tilted = base @ up
    cross, cosine = np.cross(tilted, [0.0, 1.0, 0.0]), float(tilted[1])
    skew = np.array([[0.0, -cross[2], cross[1]], [cross[2], 0.0, -cross[0]], [-cross[1], cross[0], 0.0]])
    return (np.eye(3) + skew + skew @ skew / (1.0 + cosine)) @ base


def from_stage_config(path: Path) -> Upright | None:
    """Upright by Habitat's stage config beside a mesh file.

    Looked for is `NAME.stage_config.json` of the mesh `NAME.*`, then any stage config in the folder whose
    `render_asset` is the mesh.

    Args:
        path: The mesh file.

    Returns:
        Upright by its "up" and "front", or None where there is no config or it names no "up".

    Raises:
        SceneFileError: The config is not JSON or its directions are not perpendicular vectors.
    """
    own = path.with_name(f"{path.name.split('.')[0]}.stage_config.json")
    for file in [own, *sorted(set(path.parent.glob("*.stage_config.json")) - {own})]:
        if not file.is_file():
            continue
        config = _read_config(file)
        if file != own and Path(str(config.get("render_asset", ""))).name != path.name:
            continue
        _warn_of_scale(config, file)
        return from_config(config, file)
    return None


def from_config(config: dict[str, Any], file: Path) -> Upright | None:
    """Upright by "up" and "front" of one of Habitat's configs.

    Args:
        config: Its entries.
        file: Where they are from, for errors and for the user to read.

    Returns:
        Upright, or None where "up" is not given; without "front" it is the data sets' usual one for that "up".

    Raises:
        SceneFileError: The directions are not perpendicular vectors.
    """
    if "up" not in config:
        return None
    up = _direction(config["up"], "up", file)
    front = _direction(config["front"], "front", file) if "front" in config else _default_front(up)
    if abs(float(up @ front)) > 1e-3:
        raise SceneFileError(
            f"'{file}': up {config['up']} and front {config['front']} are not perpendicular: correct it"
        )
    front = front - up * (front @ up)
    kind = "stage config" if file.name.endswith(".stage_config.json") else "config"
    return Upright(rotation_from(up, front / np.linalg.norm(front)), f"as the {kind} {file.name} beside the file says")


def _warn_of_scale(config: dict, file: Path) -> None:
    """Vertices are taken as metres: a config that says otherwise must not go unheard."""
    for key in ("scale", "units_to_meters"):
        value = config.get(key, 1.0)
        if value not in (1, [1, 1, 1]):
            warnings.warn(
                f"'{file}': \"{key}\": {value} is not applied; the mesh is taken to be in metres", stacklevel=4
            )


def _read_config(file: Path) -> dict:
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise SceneFileError(f"the stage config '{file}' is not JSON ({error}): correct or remove it") from None
    if not isinstance(config, dict):
        raise SceneFileError(f"the stage config '{file}' holds no JSON object: correct or remove it")
    return config


def _direction(value: object, key: str, file: Path) -> NDArray[np.float64]:
    try:
        vector = np.asarray(value, dtype=np.float64)
        usable = vector.shape == (3,) and bool(np.isfinite(vector).all()) and float(np.linalg.norm(vector)) > 1e-6
    except (TypeError, ValueError):
        usable = False
    if not usable:
        raise SceneFileError(f"'{file}': \"{key}\" is {value!r}; it must be three numbers such as [0, 1, 0]")
    return vector / np.linalg.norm(vector)


def _default_front(up: NDArray[np.float64]) -> NDArray[np.float64]:
    axis = max(UP_DIRECTIONS, key=lambda name: float(axis_vector(name) @ up))
    front = axis_vector(_FRONTS[axis])
    front = front - up * (front @ up)
    return front / np.linalg.norm(front)
