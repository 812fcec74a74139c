"""What light asks of a ray engine.

The one idea: modules of scenes stand below the ray engine and know nothing of it but two questions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from echoenv.scene.scene import Scene


class Tracer(Protocol):
    """Ray queries on one scene; see `echoenv.rays.RayEngine`."""

    def intersect(self, origins: Any, directions: Any) -> Any:
        """Hits with `distance`, `triangle` and `barycentric` of rays (n, 3), (n, 3)."""

    def occluded(self, origins: Any, directions: Any, distances: Any) -> Any:
        """Whether (n,) anything lies on each ray before its distance."""


TracerOf = Callable[[Scene], Tracer]
"""Makes the tracer of a scene."""
