"""The peer for sound: RLR, the engine of SoundSpaces 2.0, on the same mesh with the same materials.

The one idea: its materials come from a JSON file, so ours are written into one, per surface and octave band; everything
else is its default. It logs to the standard streams from native code, hence the detour of those.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.scene.octave_bands import OCTAVE_CENTRES
from echoenv.scene.scene import Scene, Surface


class RlrScene:
    """One source and one listener in a scene; `simulate` computes the response between them.

    Args:
        scene: Mesh and materials.
        source: [m] (3,), world frame.
        listener: [m] (3,), world frame; faces -Z.
        rays: Indirect rays; RLR's default is 5,000.
        depth: Bounces a ray; RLR's default is 200.

    Raises:
        ImportError: rlr-audio-propagation is not installed.
    """

    def __init__(
        self, scene: Scene, source: ArrayLike, listener: ArrayLike, rays: int = 5000, depth: int = 200
    ) -> None:
        from _rlr_audio_propagation import ChannelLayout, ChannelLayoutType, Config
        from rlr_audio_propagation.core import Context

        config = Config()
        config.thread_count, config.indirect_ray_count, config.indirect_ray_depth = 1, rays, depth
        with _silent(), tempfile.TemporaryDirectory() as folder:
            self.context: Any = Context(config)
            self.context.set_material_database_json(str(_write_materials(Path(folder), scene.surfaces)))
            self._add_mesh(scene)
        self.context.add_listener(ChannelLayout(ChannelLayoutType.Binaural, 2))
        self.context.set_listener_position(0, _floats(listener))
        self.context.set_listener_orientation_quaternion(0, [1.0, 0.0, 0.0, 0.0])
        self.context.add_source()
        self.context.set_source_position(0, _floats(source))

    def _add_mesh(self, scene: Scene) -> None:
        self.context.add_object()
        self.context.add_mesh_vertices(scene.vertices.ravel().tolist())
        for number, surface in enumerate(scene.surfaces):
            triangles = scene.triangles[scene.triangle_surfaces == number]
            self.context.add_mesh_indices(triangles.ravel().tolist(), 3, surface.name)
        self.context.finalize_object_mesh(0)

    def simulate(self) -> NDArray[np.float64]:
        """Response (2, n) at 44.1 kHz."""
        self.context.simulate()
        return np.asarray(self.context.get_listener_source_audio(0, 0))


def _write_materials(folder: Path, surfaces: Sequence[Surface]) -> Path:
    """Our materials as its database; damping, density and speed of a medium it wants but uses only inside solids."""
    medium = {"damping": [20.0, 0.0, 20000.0, 0.0], "density": 1.2, "speed": 343.0}
    materials = []
    for surface in surfaces:
        bands = {
            name: [float(x) for pair in zip(OCTAVE_CENTRES, getattr(surface.material, name), strict=True) for x in pair]
            for name in ("absorption", "scattering", "transmission")
        }
        materials.append({"name": surface.name, "labels": [surface.name], **bands, **medium})
    path = folder / "materials.json"
    path.write_text(json.dumps({"materials": materials}), encoding="utf-8")
    return path


def _floats(point: ArrayLike) -> list[float]:
    return [float(x) for x in np.asarray(point)]


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """Drop what native code writes on the standard streams."""
    kept = [os.dup(1), os.dup(2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        yield
    finally:
        for stream, copy in zip((1, 2), kept, strict=True):
            os.dup2(copy, stream)
            os.close(copy)
        os.close(nowhere)
