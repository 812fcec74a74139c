"""Sight: cameras that look at a scene through the ray engine.

Colour, depth, normals and object ids of one view come from the same rays, so they agree to the pixel.
"""

from echoenv.vision.camera import Camera
from echoenv.vision.renderer import CHANNELS, Renderer

__all__ = ["CHANNELS", "Camera", "Renderer"]
