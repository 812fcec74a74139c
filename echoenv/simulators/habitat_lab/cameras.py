"""Cameras as Habitat-Lab's sensor configurations say them, and what they see.

The one idea: a `MountedCamera` is one of our cameras fixed to the agent; sensors with equal cameras in one place are
rendered together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.errors import SettingsError
from echoenv.vision.camera import Camera
from echoenv.vision.renderer import Renderer

_CHANNELS = {"RGB": "rgb", "Depth": "depth", "Semantic": "semantic"}
"""What a sensor sees, by a word of its type's name."""


@dataclass(frozen=True)
class MountedCamera:
    """A camera fixed to the agent.

    Attributes:
        uuid: Name of the sensor.
        channel: `rgb`, `depth` or `semantic`.
        camera: Size, field of view and kind.
        position: Of the camera [m] (x, y, z), in the agent's frame (x right, y up, z backward).
        orientation: Turns [rad] about the agent's x, then y, then z axis.
    """

    uuid: str
    channel: str
    camera: Camera
    position: tuple[float, ...]
    orientation: tuple[float, ...]

    @property
    def mount(self) -> tuple[Camera, tuple[float, ...], tuple[float, ...]]:
        """What must be equal for two sensors to be rendered together."""
        return self.camera, self.position, self.orientation

    @property
    def rotation(self) -> NDArray[np.float64]:
        """Rotation (3, 3), camera to agent."""
        x, y, z = (_turn(axis, angle) for axis, angle in enumerate(self.orientation))
        return z @ y @ x


def camera_of(config: Any, uuid: str) -> MountedCamera:
    """The camera that a sensor's configuration describes.

    Args:
        config: Habitat-Lab's: type, width, height, position, orientation, and for pinhole cameras hfov.
        uuid: Name of the sensor.

    Raises:
        SettingsError: It asks for what there is not: fisheye lenses, orthographic views, noise models.
    """
    kind = str(config.type)
    channels = [channel for word, channel in _CHANNELS.items() if word in kind]
    if not channels or "Fisheye" in kind:
        raise SettingsError(f"simulator sensor type '{kind}' ({uuid}) is not known to EchoEnvSim-v0: it has RGB, depth "
                            "and semantic sensors, pinhole and equirectangular")  # fmt: skip
    for name, plain in (("sensor_subtype", "PINHOLE"), ("noise_model", "None")):
        if str(config.get(name, plain)) != plain:
            raise SettingsError(
                f"{uuid}: {name} '{config.get(name)}' is not there in EchoEnvSim-v0: leave it '{plain}'"
            )
    panorama = "Equirectangular" in kind
    camera = Camera(
        width=int(config.width),
        height=int(config.height),
        hfov=90.0 if panorama else float(config.hfov),
        projection="equirectangular" if panorama else "pinhole",
    )
    position, orientation = (tuple(float(value) for value in config[name]) for name in ("position", "orientation"))
    return MountedCamera(uuid, channels[0], camera, position, orientation)


def look(
    renderer: Renderer, cameras: Iterable[MountedCamera], position: NDArray[np.float64], matrix: NDArray[np.float64]
) -> dict[str, NDArray[Any]]:
    """What cameras see.

    Args:
        renderer: Of the scene.
        cameras: Fixed to the agent.
        position: Of the agent [m] (3,), world frame.
        matrix: Its rotation (3, 3), local to world.

    Returns:
        By uuid: rgb (H, W, 3) uint8; depth (H, W) float32 [m], 0 where nothing is met; semantic (H, W) int32, ids of
        objects, 0 where there is none.
    """
    together: dict[Any, list[MountedCamera]] = {}
    for camera in cameras:
        together.setdefault(camera.mount, []).append(camera)
    seen: dict[str, NDArray[Any]] = {}
    for (camera, offset, _), members in together.items():
        eye = position + matrix @ np.array(offset)
        channels = tuple(member.channel for member in members)
        views = renderer.render(eye[None], (matrix @ members[0].rotation)[None], camera, channels)
        seen.update({member.uuid: views[member.channel][0] for member in members})
    return seen


def _turn(axis: int, angle: float) -> NDArray[np.float64]:
    """Rotation (3, 3) about an axis, counter-clockwise seen from its end."""
    cosine, sine = np.cos(angle), np.sin(angle)
    second, third = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.eye(3)
    matrix[second, second] = matrix[third, third] = cosine
    matrix[third, second], matrix[second, third] = sine, -sine
    return matrix
