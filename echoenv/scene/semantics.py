"""Semantics of a scan: its second mesh and its list of objects, joined with the mesh that is seen.

The one idea: the semantic mesh is turned into the world by the frame that its data set gives it, each seen triangle
takes the id of the nearest semantic one, and the list names the ids. Half of the pair is an error, as nobody means it;
neither is a scan without semantics, which is said once.
"""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from echoenv.errors import SceneFileError
from echoenv.scene.data_files import unfinished_download
from echoenv.scene.mesh_files import read_mesh
from echoenv.scene.mesh_parts import MeshPart, check_parts, rotate
from echoenv.scene.semantic_files import Descriptor, read_descriptor
from echoenv.scene.semantic_transfer import ids_by_color, semantic_mesh, transferred_ids

_LEAST_FOUND = 0.5  # share of the area below which the two meshes are not of one place


@dataclass(frozen=True)
class SemanticFiles:
    """Where a scan's semantics lie.

    Attributes:
        mesh: The mesh with object ids or colours.
        descriptor: The list of objects.
    """

    mesh: Path
    descriptor: Path

    def are_here(self, scan: Path) -> bool:
        """Whether both files are there.

        Args:
            scan: The mesh that is seen, for the messages.

        Warns:
            UserWarning: Neither is there.

        Raises:
            SceneFileError: One of them is missing or not wholly downloaded.
        """
        missing = [path for path in (self.mesh, self.descriptor) if not path.is_file()]
        parts = [part for part in (unfinished_download(path) for path in missing) if part is not None]
        if parts:
            raise SceneFileError(f"'{parts[0]}' is a download that is not finished: finish it to have semantics")
        if len(missing) == 1:
            there = self.mesh if missing[0] == self.descriptor else self.descriptor
            raise SceneFileError(
                f"'{missing[0]}' is missing, which belongs to '{there.name}': get it too, or move '{there.name}' away "
                "to have the scene without semantics"
            )
        if missing:
            warnings.warn(
                f"'{scan}' comes without semantics ({self.mesh.name} and {self.descriptor.name} are not beside it): "
                "views show no objects",
                stacklevel=6,
            )
        return not missing


def without_objects(parts: Sequence[MeshPart]) -> list[MeshPart]:
    """Parts of no object: a scan's nodes are pieces of mesh, and their names no things."""
    return [dataclasses.replace(part, object_ids=np.zeros(len(part.triangles), dtype=np.int64)) for part in parts]


def with_semantics(
    parts: Sequence[MeshPart], files: SemanticFiles, frames: Sequence[NDArray[np.float64]]
) -> tuple[list[MeshPart], Descriptor]:
    """Parts with the ids of a semantic mesh.

    Args:
        parts: The seen mesh, in the world frame.
        files: Its semantics; both files must be there.
        frames: Rotations (3, 3) from the semantic mesh's frame to the world that are possible; the one is taken by
            which its bounds fit best, the first of several.

    Returns:
        The parts with `object_ids`, and what the ids mean.

    Warns:
        UserWarning: More than half of the area is of no object: the meshes are not of one place.

    Raises:
        SceneFileError: A file is damaged, or the semantic mesh tells no objects apart.
    """
    raw = read_mesh(files.mesh)
    check_parts(raw, f"'{files.mesh}'")
    own_ids = [part.object_ids for part in raw if part.object_ids is not None]
    descriptor = read_descriptor(files.descriptor, np.concatenate(own_ids) if own_ids else None)
    told_apart = _told_apart(raw, descriptor, files)
    frame = min(frames, key=lambda rotation: _misfit(parts, told_apart, rotation))
    source = semantic_mesh([dataclasses.replace(p, vertices=rotate(p.vertices, frame)) for p in told_apart])
    counts = np.cumsum([len(part.triangles) for part in parts])[:-1]
    corners = np.concatenate([part.vertices[part.triangles] for part in parts])
    ids = transferred_ids(corners, source)
    _warn_of_misfit(corners, ids, files)
    return [
        dataclasses.replace(part, object_ids=own) for part, own in zip(parts, np.split(ids, counts), strict=True)
    ], descriptor


def _told_apart(raw: Sequence[MeshPart], descriptor: Descriptor, files: SemanticFiles) -> list[MeshPart]:
    """The semantic mesh's parts with ids: their own, or by colour."""
    if any(part.object_ids is not None for part in raw):
        return list(raw)
    if not descriptor.color_ids:
        raise SceneFileError(
            f"'{files.mesh}' has no object ids: expected faces with an object_id, as in habitat-sim's converted "
            f"semantics; '{files.descriptor.name}' gives no colours either"
        )
    if all(part.vertex_colors is None and part.look.texture is None for part in raw):
        raise SceneFileError(
            f"'{files.mesh}' has neither textures that can be read nor vertex colours, by which "
            f"'{files.descriptor.name}' tells objects apart: get it anew"
        )
    return [dataclasses.replace(part, object_ids=ids_by_color(part, descriptor.color_ids)) for part in raw]


def _misfit(parts: Sequence[MeshPart], others: Sequence[MeshPart], rotation: NDArray[np.float64]) -> float:
    """How far [m] the bounds of the others, turned, are from those of the parts; rounded, so that the first wins."""
    low, high = _bounds(parts, np.eye(3))
    other_low, other_high = _bounds(others, rotation)
    return round(float(np.abs(low - other_low).sum() + np.abs(high - other_high).sum()), 2)


def _bounds(
    parts: Sequence[MeshPart], rotation: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    points = np.concatenate([rotate(part.vertices[np.unique(part.triangles)], rotation) for part in parts])
    return points.min(axis=0), points.max(axis=0)


def _warn_of_misfit(corners: NDArray[np.float64], ids: NDArray[np.int64], files: SemanticFiles) -> None:
    areas = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    share = float(areas[ids > 0].sum() / max(areas.sum(), 1e-12))
    if share < _LEAST_FOUND:
        warnings.warn(
            f"'{files.mesh}' gives an object to only {100.0 * share:.0f} % of the scene's area: is it of the same "
            "scene, and whole?",
            stacklevel=6,
        )
