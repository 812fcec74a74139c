"""Embree 4, found in the `embreex` wheel and called directly: scenes are built here, rays are shot from Warp kernels.

The one idea: `embreex` carries the Embree library but asks one ray at a time from Python arrays. Kernels that Warp
compiles for the CPU can call a C function by its address, so they call Embree's own `rtcIntersect1`, `rtcOccluded1` and
`rtcIntersect8`. A whole path is then followed inside one kernel, and coherent rays go in packets of eight, which is
twice as fast. This module only loads the library, builds the acceleration structure, and hands out the addresses.
"""

from __future__ import annotations

import ctypes
import functools
import importlib.util
import pathlib
import sys

import numpy as np
from numpy.typing import NDArray

from echoenv.errors import DeviceError

# Constants of Embree 4's C interface (rtcore_device.h, rtcore_geometry.h, rtcore_common.h).
_GEOMETRY_TYPE_TRIANGLE = 0
_BUFFER_TYPE_INDEX, _BUFFER_TYPE_VERTEX = 0, 1
_FORMAT_UINT3, _FORMAT_FLOAT3 = 0x5003, 0x9003
_SCENE_FLAG_ROBUST = 4  # no ray slips through the edge shared by two triangles
_BUILD_QUALITY_MEDIUM = 1
_PROPERTY_VERSION = 0
_PROPERTY_NATIVE_RAY8 = 33


@functools.cache
def load_library() -> ctypes.CDLL:
    """The Embree 4 library inside the installed `embreex` package.

    Raises:
        DeviceError: `embreex` is not installed, or its library is not found or not Embree 4.
    """
    if importlib.util.find_spec("embreex") is None:
        raise DeviceError("the Embree backend needs the package embreex: pip install embreex, or use backend='warp'")
    try:
        return _declare(ctypes.CDLL(str(_library_path())))
    except (ImportError, OSError) as problem:
        raise DeviceError(f"Embree does not load ({problem}): reinstall embreex, or use backend='warp'") from problem


def _library_path() -> pathlib.Path:
    import embreex.rtcore_scene  # loads the library and what it depends on into the process

    package = pathlib.Path(embreex.rtcore_scene.__file__).parent
    folders = [package.parent / "embreex.libs", package / ".dylibs", package]
    pattern = {"win32": "embree4*.dll"}.get(sys.platform, "libembree4*")
    found = [path for folder in folders for path in sorted(folder.glob(pattern))]
    if not found:
        raise DeviceError(f"no Embree library ({pattern}) in {package}: reinstall embreex, or use backend='warp'")
    return found[0]


def _declare(library: ctypes.CDLL) -> ctypes.CDLL:
    pointer, size, uint, cint = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int
    signatures = {
        "rtcNewDevice": (pointer, [ctypes.c_char_p]),
        "rtcReleaseDevice": (None, [pointer]),
        "rtcGetDeviceProperty": (ctypes.c_ssize_t, [pointer, cint]),
        "rtcNewScene": (pointer, [pointer]),
        "rtcReleaseScene": (None, [pointer]),
        "rtcSetSceneFlags": (None, [pointer, cint]),
        "rtcSetSceneBuildQuality": (None, [pointer, cint]),
        "rtcNewGeometry": (pointer, [pointer, cint]),
        "rtcReleaseGeometry": (None, [pointer]),
        "rtcSetSharedGeometryBuffer": (None, [pointer, cint, uint, cint, pointer, size, size, size]),
        "rtcCommitGeometry": (None, [pointer]),
        "rtcAttachGeometry": (uint, [pointer, pointer]),
        "rtcCommitScene": (None, [pointer]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


class EmbreeScene:
    """An acceleration structure over triangles, and the addresses by which kernels query it.

    Args:
        vertices: Positions [m] (V, 3) float32.
        triangles: Vertex indices (T, 3) int32.

    Attributes:
        address: Of the RTCScene.
        intersect1, occluded1, intersect8: Addresses of Embree's functions; `intersect8` is 0 where the processor has no
            eight-wide vectors.

    Raises:
        DeviceError: Embree is not available.
    """

    def __init__(self, vertices: NDArray[np.float32], triangles: NDArray[np.int32]) -> None:
        self._library = load_library()
        self._device = self._library.rtcNewDevice(b"")
        if not self._device:
            raise DeviceError("Embree could not start on this processor: use backend='warp'")
        # Embree reads vertices in 16-byte steps, hence the padding; it keeps pointers, hence the attributes.
        self._vertices = np.zeros(vertices.size + 4, dtype=np.float32)
        self._vertices[: vertices.size] = vertices.ravel()
        self._triangles = np.ascontiguousarray(triangles, dtype=np.uint32)
        self.address = self._build(len(vertices))
        wide = self._library.rtcGetDeviceProperty(self._device, _PROPERTY_NATIVE_RAY8)
        self.intersect1 = self._address_of("rtcIntersect1")
        self.occluded1 = self._address_of("rtcOccluded1")
        self.intersect8 = self._address_of("rtcIntersect8") if wide else 0

    @property
    def version(self) -> str:
        """Embree's version, such as 4.4.0."""
        number = self._library.rtcGetDeviceProperty(self._device, _PROPERTY_VERSION)
        return f"{number // 10000}.{number // 100 % 100}.{number % 100}"

    def _address_of(self, name: str) -> int:
        return int(ctypes.cast(getattr(self._library, name), ctypes.c_void_p).value or 0)

    def _build(self, vertex_count: int) -> int:
        lib = self._library
        scene = lib.rtcNewScene(self._device)
        lib.rtcSetSceneFlags(scene, _SCENE_FLAG_ROBUST)
        lib.rtcSetSceneBuildQuality(scene, _BUILD_QUALITY_MEDIUM)
        geometry = lib.rtcNewGeometry(self._device, _GEOMETRY_TYPE_TRIANGLE)
        lib.rtcSetSharedGeometryBuffer(
            geometry, _BUFFER_TYPE_VERTEX, 0, _FORMAT_FLOAT3, self._vertices.ctypes.data, 0, 12, vertex_count
        )
        lib.rtcSetSharedGeometryBuffer(
            geometry, _BUFFER_TYPE_INDEX, 0, _FORMAT_UINT3, self._triangles.ctypes.data, 0, 12, len(self._triangles)
        )
        lib.rtcCommitGeometry(geometry)
        lib.rtcAttachGeometry(scene, geometry)
        lib.rtcReleaseGeometry(geometry)
        lib.rtcCommitScene(scene)
        return int(scene)

    def __del__(self) -> None:
        if getattr(self, "address", 0):
            self._library.rtcReleaseScene(self.address)
        if getattr(self, "_device", None):
            self._library.rtcReleaseDevice(self._device)
