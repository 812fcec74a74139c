"""The level of sound that passes a doorway, in plan: `python -m benchmarks.diffraction_picture`.

The one idea: only the direct sound and what bends round edges is shown, between walls that reflect nothing, so that a
step at the shadow's boundary would be seen at once. Low frequencies fill the next room, high ones go straight on.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import matplotlib
import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.acoustics.air import Air
from echoenv.acoustics.propagation.acoustic_mesh import acoustic_scene
from echoenv.acoustics.propagation.diffraction.diffracted_arrivals import diffracted_arrivals
from echoenv.acoustics.propagation.settings import PropagationSettings
from echoenv.rays import RayEngine
from echoenv.scene.materials import AcousticMaterial
from echoenv.scene.octave_bands import EXACT_OCTAVE_CENTRES
from echoenv.scene.scene import Scene, Surface

matplotlib.use("Agg")
import matplotlib.pyplot as plt

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "images" / "diffraction.png"
SIZE = (8.0, 2.8, 6.0)
SOURCE = np.array([1.6, 1.5, 1.8])
BANDS = {2: "250 Hz", 6: "4 kHz"}
WALLS = (  # boxes [m], lower and upper corners: a wall with a doorway, and a cupboard
    ((4.0, 0.0, 0.0), (4.15, 2.8, 2.6)),
    ((4.0, 0.0, 3.5), (4.15, 2.8, 6.0)),
    ((4.0, 2.1, 2.6), (4.15, 2.8, 3.5)),
    ((1.2, 0.0, 3.6), (2.2, 2.0, 4.1)),
)

_STEP = 0.125  # [m] between places
_HEIGHT = 1.5  # [m] of the plan
_IN_BAND = 2.0 ** np.linspace(-0.48, 0.48, 25)  # frequencies that are averaged, over the band's centre


def _box(low: ArrayLike, high: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    corners = np.array(list(itertools.product(*zip(low, high, strict=True))))  # type: ignore[arg-type]
    quads = np.array([[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]])
    return corners, np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])


def two_rooms() -> Scene:
    """Two rooms with a doorway between them, and a cupboard in one."""
    shell, faces = _box((0.0, 0.0, 0.0), SIZE)
    vertices, triangles = [shell], [faces[:, ::-1]]
    for low, high in WALLS:
        corners, faces = _box(low, high)
        triangles.append(faces + sum(len(block) for block in vertices))
        vertices.append(corners)
    count, black = (
        sum(len(block) for block in triangles),
        AcousticMaterial("black", np.ones(8, np.float32), np.zeros(8, np.float32)),
    )
    return Scene(
        name="two rooms", origin="made for a picture", vertices=np.concatenate(vertices).astype(np.float32),
        triangles=np.concatenate(triangles).astype(np.int32), surfaces=(Surface("wall", black),),
        triangle_surfaces=np.zeros(count, np.int32), triangle_objects=np.zeros(count, np.int32), objects=(),
    )  # fmt: skip


def levels(engine: RayEngine, listener: NDArray[np.float64]) -> NDArray[np.float64]:
    """Level [dB] (bands,) of direct and diffracted sound over the source's free field at 1 m."""
    air, settings = Air(), PropagationSettings(duration=0.1)
    distance = float(np.linalg.norm(listener - SOURCE))
    visible = not engine.occluded(SOURCE[None], (listener - SOURCE)[None], 1.0)[0]
    found = diffracted_arrivals(
        engine, acoustic_scene(engine), SOURCE[None], listener, settings, air, np.array([visible])
    )[0]
    bands = np.array(list(BANDS))
    waves = 2.0 * np.pi * EXACT_OCTAVE_CENTRES[bands][:, None] * _IN_BAND / air.speed_of_sound
    total = np.full(waves.shape, visible / distance) * np.exp(-1j * waves * distance)
    for delay, amplitude in zip(found.delays, found.amplitudes, strict=True):
        total += amplitude[bands, None] * np.exp(-1j * waves * delay * air.speed_of_sound)
    return np.asarray(10.0 * np.log10(np.maximum(np.mean(np.abs(total) ** 2, axis=1), 1e-12)))


def main() -> None:
    """Draw the picture."""
    engine = RayEngine(two_rooms(), threads=1)
    xs, zs = np.arange(0.5 * _STEP, SIZE[0], _STEP), np.arange(0.5 * _STEP, SIZE[2], _STEP)
    plan = np.array([[levels(engine, np.array([x, _HEIGHT, z])) for x in xs] for z in zs])
    solid = np.zeros(plan.shape[:2], dtype=bool)
    for low, high in WALLS:
        if low[1] <= _HEIGHT <= high[1]:
            inside_x, inside_z = (xs >= low[0]) & (xs <= high[0]), (zs >= low[2]) & (zs <= high[2])
            solid |= inside_z[:, None] & inside_x[None]
    figure, axes = plt.subplots(1, len(BANDS), figsize=(11.0, 4.6), sharey=True, constrained_layout=True)
    for axis, (index, name) in zip(axes, enumerate(BANDS.values()), strict=True):
        values = np.where(solid, np.nan, plan[..., index])
        extent = (0.0, SIZE[0], SIZE[2], 0.0)
        image = axis.imshow(values, extent=extent, vmin=-50.0, vmax=0.0, cmap="viridis", interpolation="nearest")
        axis.contour(xs, zs, values, levels=np.arange(-48.0, 0.0, 6.0), colors="white", linewidths=0.5, alpha=0.6)
        for low, high in WALLS:
            if low[1] <= _HEIGHT <= high[1]:
                axis.add_patch(plt.Rectangle((low[0], low[2]), high[0] - low[0], high[2] - low[2], color="black"))
        axis.plot(SOURCE[0], SOURCE[2], "r*", markersize=10)
        axis.set(title=name, xlabel="x [m]")
    axes[0].set_ylabel("z [m]")
    figure.colorbar(image, ax=axes, label="direct and diffracted sound [dB re 1 m]")
    figure.savefig(PICTURE, dpi=110)
    print(f"drawn: {PICTURE.name}")


if __name__ == "__main__":
    main()
