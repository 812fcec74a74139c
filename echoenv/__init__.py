"""EchoEnv: a simulator for agents that see and hear.

The one idea: one ray engine for sight and sound. This page is the whole public surface; each name is imported when it
is first used, so `import echoenv` takes a moment and needs no GPU, no display and no network.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from echoenv.acoustics.air import Air as Air
    from echoenv.acoustics.differentiable.absorption_fit import fit_absorption as fit_absorption
    from echoenv.acoustics.differentiable.material_response import MaterialResponse as MaterialResponse
    from echoenv.acoustics.directivity import Directivity as Directivity
    from echoenv.acoustics.impulse_response import ImpulseResponse as ImpulseResponse
    from echoenv.acoustics.moving.sound_stage import SoundStage as SoundStage
    from echoenv.acoustics.propagation.propagator import PropagationSettings as PropagationSettings
    from echoenv.acoustics.propagation.propagator import Propagator as Propagator
    from echoenv.acoustics.propagation.ray_paths import ray_paths as ray_paths
    from echoenv.acoustics.receivers.ambisonics import Ambisonics as Ambisonics
    from echoenv.acoustics.receivers.hrtf import Hrtf as Hrtf
    from echoenv.acoustics.receivers.hrtf import Mono as Mono
    from echoenv.acoustics.receivers.microphone_array import MicrophoneArray as MicrophoneArray
    from echoenv.acoustics.rlr.settings import RlrSettings as RlrSettings
    from echoenv.datasets.reader import EchoDataset as EchoDataset
    from echoenv.datasets.soundspaces.folder import SoundSpacesFolder as SoundSpacesFolder
    from echoenv.datasets.visual_echoes import VisualEchoesDataset as VisualEchoesDataset
    from echoenv.errors import EchoEnvError as EchoEnvError
    from echoenv.navigation.moving_source import MovingSource as MovingSource
    from echoenv.navigation.pathfinder import PathFinder as PathFinder
    from echoenv.rays.engine import RayEngine as RayEngine
    from echoenv.scene.arrays import scene_from_arrays as scene_from_arrays
    from echoenv.scene.files import load_scene as load_scene
    from echoenv.scene.material_files import read_materials as read_materials
    from echoenv.scene.material_mapping import MaterialMapping as MaterialMapping
    from echoenv.scene.material_mapping import with_materials as with_materials
    from echoenv.scene.materials import AcousticMaterial as AcousticMaterial
    from echoenv.scene.scene import Scene as Scene
    from echoenv.scene.scene import Surface as Surface
    from echoenv.scene.soundspaces_materials import read_soundspaces_materials as read_soundspaces_materials
    from echoenv.simulators.moving_sounds import MovingSounds as MovingSounds
    from echoenv.simulators.simulator import Simulator as Simulator
    from echoenv.vision.camera import Camera as Camera
    from echoenv.vision.renderer import Renderer as Renderer

__version__ = "0.1.0"

_HOMES = {
    "AcousticMaterial": "echoenv.scene.materials",
    "Air": "echoenv.acoustics.air",
    "Ambisonics": "echoenv.acoustics.receivers.ambisonics",
    "Camera": "echoenv.vision.camera",
    "Directivity": "echoenv.acoustics.directivity",
    "EchoDataset": "echoenv.datasets.reader",
    "EchoEnvError": "echoenv.errors",
    "Hrtf": "echoenv.acoustics.receivers.hrtf",
    "ImpulseResponse": "echoenv.acoustics.impulse_response",
    "MaterialMapping": "echoenv.scene.material_mapping",
    "MaterialResponse": "echoenv.acoustics.differentiable.material_response",
    "MicrophoneArray": "echoenv.acoustics.receivers.microphone_array",
    "Mono": "echoenv.acoustics.receivers.hrtf",
    "MovingSounds": "echoenv.simulators.moving_sounds",
    "MovingSource": "echoenv.navigation.moving_source",
    "PathFinder": "echoenv.navigation.pathfinder",
    "PropagationSettings": "echoenv.acoustics.propagation.propagator",
    "Propagator": "echoenv.acoustics.propagation.propagator",
    "RayEngine": "echoenv.rays.engine",
    "Renderer": "echoenv.vision.renderer",
    "RlrSettings": "echoenv.acoustics.rlr.settings",
    "Scene": "echoenv.scene.scene",
    "Simulator": "echoenv.simulators.simulator",
    "SoundStage": "echoenv.acoustics.moving.sound_stage",
    "SoundSpacesFolder": "echoenv.datasets.soundspaces.folder",
    "Surface": "echoenv.scene.scene",
    "VisualEchoesDataset": "echoenv.datasets.visual_echoes",
    "fit_absorption": "echoenv.acoustics.differentiable.absorption_fit",
    "load_scene": "echoenv.scene.files",
    "ray_paths": "echoenv.acoustics.propagation.ray_paths",
    "read_materials": "echoenv.scene.material_files",
    "read_soundspaces_materials": "echoenv.scene.soundspaces_materials",
    "scene_from_arrays": "echoenv.scene.arrays",
    "with_materials": "echoenv.scene.material_mapping",
}

__all__ = ["__version__", *sorted(_HOMES)]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'echoenv' has no attribute '{name}'; it has {', '.join(sorted(_HOMES))}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
