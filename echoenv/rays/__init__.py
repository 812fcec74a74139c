"""The ray engine: which triangle does a ray meet first, and is anything in the way.

Sight, sound and navigation all ask here, so what an agent sees and what it hears cannot disagree.
"""

from echoenv.rays.engine import Hits, RayEngine

__all__ = ["Hits", "RayEngine"]
