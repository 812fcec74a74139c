"""URDF files: the visible meshes of an articulated object, such as ReplicaCAD's fridge, in one pose of its joints.

The one idea: links hang on joints as branches on a tree; a link's place is its parent's place, the joint's origin and
the joint's own turn or slide, and its meshes have an origin of their own in it.

Format: the ROS wiki's urdf/XML pages (link, joint); angles are roll, pitch, yaw about the fixed x, y, z axes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from echoenv.errors import SceneFileError
from echoenv.scene.data_files import check_is_data, missing_file

_MOVING = ("revolute", "continuous", "prismatic")


@dataclass(frozen=True, eq=False)
class LinkMesh:
    """A mesh file and where it stands.

    Attributes:
        path: The mesh file.
        link: Name of the link that it belongs to.
        pose: Mesh frame to the frame of the articulated object (4, 4), scale included.
    """

    path: Path
    link: str
    pose: NDArray[np.float64]


def read_urdf(path: Path, joint_positions: Mapping[str, float] | None = None) -> list[LinkMesh]:
    """Read the visible meshes of a URDF file.

    Args:
        path: The file; meshes are named relative to it.
        joint_positions: Angle [radians] or slide [m] of joints by name; 0 for all others, which is closed.

    Returns:
        A mesh for each visual of each link; boxes, spheres and cylinders are left out.

    Raises:
        SceneFileError: Not a URDF file, a joint without its links, links that hang on each other in a circle, or a mesh
            that is not there.
    """
    check_is_data(path)
    try:
        root = ElementTree.parse(path).getroot()
    except ElementTree.ParseError as error:
        raise SceneFileError(f"'{path}' is not a URDF file ({error}): get it anew") from None
    if root.tag != "robot":
        raise SceneFileError(f"'{path}' is XML but not URDF (its root is '{root.tag}', not 'robot')")
    places = _link_places(root, joint_positions or {}, path)
    found: list[LinkMesh] = []
    for link in root.iter("link"):
        name = str(link.get("name", ""))
        for visual in link.findall("visual"):
            mesh = visual.find("geometry/mesh")
            if mesh is None:
                continue
            file = path.parent / str(mesh.get("filename", "")).removeprefix("package://")
            if not file.is_file():
                raise missing_file(file, f"the mesh of link '{name}' in '{path}'")
            scale = np.diag([*_numbers(mesh.get("scale"), 3, 1.0, path), 1.0])
            found.append(LinkMesh(file, name, places.get(name, np.eye(4)) @ _origin(visual, path) @ scale))
    return found


def _link_places(root: Any, positions: Mapping[str, float], path: Path) -> dict[str, NDArray[np.float64]]:
    """Link frame to the object's frame (4, 4) of every link."""
    joints: dict[str, tuple[str, NDArray[np.float64]]] = {}
    for joint in root.findall("joint"):
        parent, child = joint.find("parent"), joint.find("child")
        if parent is None or child is None:
            raise SceneFileError(f"'{path}': joint '{joint.get('name')}' lacks its parent or child link: correct it")
        move = _joint_move(joint, positions.get(str(joint.get("name")), 0.0), path)
        joints[str(child.get("link"))] = str(parent.get("link")), _origin(joint, path) @ move
    places: dict[str, NDArray[np.float64]] = {}
    for name in {str(link.get("name")) for link in root.iter("link")} | joints.keys():
        place, link, seen = np.eye(4), name, {name}
        while link in joints:
            parent_link, step = joints[link]
            place, link = step @ place, parent_link
            if link in seen:
                raise SceneFileError(f"'{path}': link '{link}' hangs on itself: correct its joints")
            seen.add(link)
        places[name] = place
    return places


def _joint_move(joint: Any, position: float, path: Path) -> NDArray[np.float64]:
    """The joint's own motion (4, 4)."""
    move = np.eye(4)
    if joint.get("type") not in _MOVING or position == 0.0:
        return move
    axis_element = joint.find("axis")
    axis = _numbers(axis_element.get("xyz") if axis_element is not None else "1 0 0", 3, 0.0, path)
    axis = axis / max(float(np.linalg.norm(axis)), 1e-12)
    if joint.get("type") == "prismatic":
        move[:3, 3] = axis * position
    else:
        skew = np.cross(np.eye(3), axis)
        move[:3, :3] += np.sin(position) * skew + (1.0 - np.cos(position)) * skew @ skew
    return move


def _origin(element: Any, path: Path) -> NDArray[np.float64]:
    """The `origin` of a joint or visual (4, 4)."""
    origin = element.find("origin")
    pose = np.eye(4)
    if origin is None:
        return pose
    roll, pitch, yaw = _numbers(origin.get("rpy"), 3, 0.0, path)
    for angle, axis in ((roll, 0), (pitch, 1), (yaw, 2)):  # about fixed axes, so each later turn stands to the left
        turn = np.eye(4)
        i, j = (axis + 1) % 3, (axis + 2) % 3
        turn[i, i] = turn[j, j] = np.cos(angle)
        turn[j, i], turn[i, j] = np.sin(angle), -np.sin(angle)
        pose = turn @ pose
    pose[:3, 3] = _numbers(origin.get("xyz"), 3, 0.0, path)
    return pose


def _numbers(text: str | None, count: int, default: float, path: Path) -> NDArray[np.float64]:
    if text is None:
        return np.full(count, default)
    try:
        values = np.array([float(word) for word in text.split()])
    except ValueError:
        values = np.zeros(0)
    if len(values) != count or not np.isfinite(values).all():
        raise SceneFileError(f"'{path}': '{text}' must be {count} numbers: correct it")
    return values
