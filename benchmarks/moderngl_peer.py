"""The peer for views: OpenGL through moderngl, without a window, one pass for colour, depth and normals.

The one idea: the least that a rasteriser must do (flat shading, no textures, all triangles in one draw call, three
targets read back), so that it is the hardest figure to beat.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.scene.scene import Scene

_VERTEX = """
#version 330
uniform mat4 to_clip; uniform mat4 to_camera;
in vec3 position; in vec3 colour; in vec3 normal;
out vec3 shade; out vec3 turned; out float depth;
void main() {
    vec4 seen = to_camera * vec4(position, 1.0);
    gl_Position = to_clip * seen;
    depth = -seen.z; turned = mat3(to_camera) * normal; shade = colour;
}
"""
_FRAGMENT = """
#version 330
in vec3 shade; in vec3 turned; in float depth;
layout(location = 0) out vec4 out_colour; layout(location = 1) out float out_depth;
layout(location = 2) out vec4 out_normal;
void main() { out_colour = vec4(shade, 1.0); out_depth = depth; out_normal = vec4(turned, 0.0); }
"""


class RasterisedScene:
    """A scene in an OpenGL context without a window.

    Args:
        scene: What to draw, in its surfaces' mean colours.
        normals: Of its triangles (T, 3).
        side: Width and height of the pictures [pixels].

    Raises:
        ImportError: moderngl is not installed.
        Exception: There is no OpenGL here; moderngl has no class of its own for that.
    """

    def __init__(self, scene: Scene, normals: NDArray[np.float32], side: int) -> None:
        import moderngl

        create_context: Any = moderngl.create_context
        self.context: Any = create_context(standalone=True, backend="egl")
        self.side = side
        self.program = self.context.program(vertex_shader=_VERTEX, fragment_shader=_FRAGMENT)
        buffer = self.context.buffer(_corner_attributes(scene, normals).tobytes())
        self.vertices = self.context.vertex_array(self.program, [(buffer, "3f 3f 3f", "position", "colour", "normal")])
        size = (side, side)
        self.targets = [self.context.texture(size, 4), self.context.texture(size, 1, dtype="f4"),
                        self.context.texture(size, 4, dtype="f4")]  # fmt: skip
        self.frame = self.context.framebuffer(self.targets, self.context.depth_renderbuffer(size))
        self.program["to_clip"].write(_projection().T.astype("f4").tobytes())
        self.context.enable(moderngl.DEPTH_TEST | moderngl.CULL_FACE)

    @property
    def renderer(self) -> str:
        """What OpenGL runs on, such as llvmpipe."""
        return str(self.context.info["GL_RENDERER"]).split(" (")[0]

    def draw(self, position: NDArray[np.float64], rotation: NDArray[np.float64]) -> tuple[bytes, bytes, bytes]:
        """Colour, depth and normals of one view, read back, row 0 at the bottom."""
        to_camera = np.eye(4)
        to_camera[:3, :3], to_camera[:3, 3] = rotation.T, -rotation.T @ position
        self.program["to_camera"].write(to_camera.T.astype("f4").tobytes())
        self.frame.use()
        self.context.clear()
        self.vertices.render()
        return self.targets[0].read(), self.targets[1].read(), self.targets[2].read()

    def depth(self, position: NDArray[np.float64], rotation: NDArray[np.float64]) -> NDArray[np.float32]:
        """Planar depth [m] (side, side), row 0 at the top, to check that it draws what we see."""
        return np.frombuffer(self.draw(position, rotation)[1], dtype=np.float32).reshape(self.side, self.side)[::-1]


def _corner_attributes(scene: Scene, normals: NDArray[np.float32]) -> NDArray[np.float32]:
    colours = np.array([s.color if s.texture is None else s.texture.mean((0, 1)) / 255.0 for s in scene.surfaces])
    corners = scene.vertices[scene.triangles].reshape(-1, 3)
    shades = np.repeat(colours[scene.triangle_surfaces], 3, axis=0)
    return np.concatenate([corners, shades, np.repeat(normals, 3, axis=0)], axis=1).astype(np.float32)


def _projection(hfov: float = 90.0, near: float = 0.05, far: float = 100.0) -> NDArray[np.float64]:
    scale = 1.0 / math.tan(math.radians(hfov) / 2.0)
    matrix = np.diag([scale, scale, -(far + near) / (far - near), 0.0])
    matrix[2, 3], matrix[3, 2] = -2.0 * far * near / (far - near), -1.0
    return matrix
