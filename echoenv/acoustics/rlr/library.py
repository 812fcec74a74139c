"""The RLR library at arm's length: imported late, silenced, one context with its scene, sources and one listener.

The one idea: RLR is a C library that reports on the standard streams and crashes when a source is added after it has
run, so a `RlrContext` is built whole, with all its sources, and thrown away when their number changes; only positions
are ever moved.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.acoustics.rlr.settings import RlrSettings
from echoenv.errors import AudioFileError, EngineError
from echoenv.scene.materials import AcousticMaterial
from echoenv.scene.octave_bands import OCTAVE_CENTRES
from echoenv.scene.scene import Scene

_INSTALL = (
    "the acoustic engine RLR is not installed: pip install 'echoenv[rlr]' (Linux on x86-64, needs g++; its licence is "
    " CC BY-NC 4.0, for non-commercial use), or use acoustics='echoenv'"
)

_MEDIUM = {"damping": [20.0, 0.0, 20000.0, 0.0], "density": 1.2, "speed": 343.0}
"""What RLR wants to know of the inside of walls and our materials do not have: air."""

Category = str


@dataclass(frozen=True)
class Layout:
    """What RLR's listener is.

    Attributes:
        kind: `Mono`, `Binaural` or `Ambisonics`.
        channels: Of its responses.
        sofa: Head-related responses of a binaural listener; None takes the head that is built into RLR.
    """

    kind: str
    channels: int
    sofa: str | None = None


def rlr_library() -> Any:
    """The Python binding.

    Raises:
        EngineError: It is not installed, and how it is.
    """
    try:
        return importlib.import_module("_rlr_audio_propagation")
    except (ImportError, OSError) as error:
        raise EngineError(_INSTALL) from error


class RlrContext:
    """A scene, some sources and a listener in the library.

    Args:
        scene: Mesh and materials; None is the free field.
        sources: Their number.
        layout: Of the listener.
        settings: Settings.
        sample_rate: [Hz].
        duration: Longest response [s].

    Raises:
        EngineError: The library is not installed.
        AudioFileError: The library refuses the SOFA file.
    """

    def __init__(
        self, scene: Scene | None, sources: int, layout: Layout, settings: RlrSettings, sample_rate: int,
        duration: float,
    ) -> None:  # fmt: skip
        library = rlr_library()
        config = library.Config()
        for name, value in settings.for_library().items():
            setattr(config, name, value)
        config.sample_rate, config.max_ir_length = float(sample_rate), float(duration)
        self.channels = layout.channels
        with _told() as told:
            self._context: Any = library.Context(config)
            if scene is not None:
                self._add_scene(scene)
            self._context.add_listener(
                library.ChannelLayout(getattr(library.ChannelLayoutType, layout.kind), layout.channels)
            )
            self._context.set_listener_radius(0, settings.listener_radius)
            if layout.sofa is not None:
                self._context.set_listener_hrtf(0, layout.sofa)
            for source in range(sources):
                self._context.add_source()
                if settings.source_radius:
                    self._context.set_source_radius(source, settings.source_radius)
        self.sources = sources
        if layout.sofa is not None and "Error reading HRTF file" in told():
            raise AudioFileError(
                f"RLR cannot read the SOFA file '{layout.sofa}': its reader (libmysofa) wants SimpleFreeFieldHRIR as "
                "the SOFA toolboxes write it"
            )

    def _add_scene(self, scene: Scene) -> None:
        with tempfile.TemporaryDirectory() as folder:
            categories = _write_materials(Path(folder) / "materials.json", scene)
            self._context.set_material_database_json(str(Path(folder) / "materials.json"))
            self._context.add_object()
            self._context.add_mesh_vertices(scene.vertices.ravel().tolist())
            for category in dict.fromkeys(categories):
                surfaces = [number for number, other in enumerate(categories) if other == category]
                triangles = scene.triangles[np.isin(scene.triangle_surfaces, surfaces)]
                if len(triangles):
                    self._context.add_mesh_indices(triangles.ravel().tolist(), 3, category)
            self._context.finalize_object_mesh(0)

    def simulate(
        self, sources: NDArray[np.float64], listener: NDArray[np.float64], quaternion: NDArray[np.float64]
    ) -> list[NDArray[np.float64]]:
        """Run the engine.

        Args:
            sources: [m] (m, 3), world frame.
            listener: [m] (3,), world frame.
            quaternion: Of the head (4,) as (w, x, y, z), local to world.

        Returns:
            For each source the response (channels, n) as RLR returns it; n differs.
        """
        for number, point in enumerate(sources):
            self._context.set_source_position(number, _floats(point))
        self._context.set_listener_position(0, _floats(listener))
        self._context.set_listener_orientation_quaternion(0, _floats(quaternion))
        with _told():
            self._context.simulate()
        return [self._response(number) for number in range(self.sources)]

    def _response(self, source: int) -> NDArray[np.float64]:
        count = self._context.get_ir_channel_count(0, source)
        channels = [np.asarray(self._context.get_ir_channel(0, source, k), dtype=np.float64) for k in range(count)]
        response = np.zeros((self.channels, max((len(channel) for channel in channels), default=0)))
        for row, channel in zip(response, channels, strict=False):
            row[: len(channel)] = channel
        return response


def _write_materials(path: Path, scene: Scene) -> list[Category]:
    """Our materials as RLR's database, and the category of every surface.

    RLR finds a material by labels that are parts of a category's name, so names are numbers of one length: none is part
    of another. Its header calls the coefficients fractions of pressure; its reflections carry 1 - absorption of the
    *energy* (measured on a Lambert plane), so ours are handed over as they are.
    """
    numbers: dict[bytes, int] = {}
    categories: list[Category] = []
    materials: list[dict[str, Any]] = []
    for surface in scene.surfaces:
        bands = _bands(surface.material)
        number = numbers.setdefault(json.dumps(bands).encode(), len(numbers))
        category = f"surface{number:06d}end"
        if number == len(materials):
            materials.append({"name": category, "labels": [category], **bands, **_MEDIUM})
        categories.append(category)
    path.write_text(json.dumps({"materials": materials}), encoding="utf-8")
    return categories


def _bands(material: AcousticMaterial) -> dict[str, list[float]]:
    return {
        name: [float(x) for pair in zip(OCTAVE_CENTRES, np.asarray(getattr(material, name)), strict=True) for x in pair]
        for name in ("absorption", "scattering", "transmission")
    }


def _floats(values: NDArray[np.float64]) -> list[float]:
    return [float(value) for value in values]


@contextlib.contextmanager
def _told() -> Iterator[Any]:
    """Keep what native code writes on the standard streams; what is yielded gives the text afterwards."""
    kept = [os.dup(1), os.dup(2)]
    text: list[str] = []
    with tempfile.TemporaryFile() as file:
        try:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
            yield lambda: "".join(text)
        finally:
            for stream, copy in zip((1, 2), kept, strict=True):
                os.dup2(copy, stream)
                os.close(copy)
            file.seek(0)
            text.append(file.read().decode(errors="replace"))
