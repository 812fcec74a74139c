"""Habitat-Sim's own AudioSensor as an acoustic engine: the SoundSpaces 2.0 that its users have built.

The one idea: the sensor is a listener that sits on the agent, so for every pair the agent is put at the ears, the
source is set, and the sensor is read; what it gives is what a SoundSpaces user gets, over its `globalVolume` alone.
Levels and arrival times are Habitat-Sim's own: nothing is aligned as `acoustics="rlr"` is.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from echoenv.acoustics.acoustic_engine import Hearing, Points, Responses, Speakers
from echoenv.acoustics.paths import Propagation
from echoenv.acoustics.receivers.receiver import Mono
from echoenv.acoustics.rlr.engine import RlrHead
from echoenv.acoustics.rlr.settings import RlrSettings
from echoenv.errors import EngineError
from echoenv.simulators.agent import SENSOR_HEIGHT
from echoenv.simulators.habitat.library import has_audio_sensor

_UUID = "audio_sensor"  # Habitat-Sim 0.2.2 looks its sensor up by this very name
_NAMES = {
    "frequency_bands": "frequencyBands",
    "direct_sh_order": "directSHOrder",
    "indirect_sh_order": "indirectSHOrder",
    "thread_count": "threadCount",
    "indirect_ray_count": "indirectRayCount",
    "indirect_ray_depth": "indirectRayDepth",
    "source_ray_count": "sourceRayCount",
    "source_ray_depth": "sourceRayDepth",
    "max_diffraction_order": "maxDiffractionOrder",
    "direct": "direct",
    "indirect": "indirect",
    "diffraction": "diffraction",
    "transmission": "transmission",
    "mesh_simplification": "meshSimplification",
    "temporal_coherence": "temporalCoherence",
}


class HabitatAcoustics:
    """Sound from Habitat-Sim's AudioSensor.

    Args:
        library: `habitat_sim`.
        simulator: `habitat_sim.Simulator` with one agent.
        settings: RLR's, by its names; those that Habitat-Sim does not have are left alone.
        materials: SoundSpaces' JSON file of materials, for scenes with semantics; None computes without.

    Raises:
        EngineError: Habitat-Sim was built without audio.
    """

    name = "habitat"

    def __init__(
        self, library: Any, simulator: Any, settings: RlrSettings | None = None, materials: str | None = None
    ) -> None:
        if not has_audio_sensor(library):
            raise EngineError(
                "this habitat-sim was built without audio (python setup.py install --audio builds it with): take "
                "acoustics='echoenv' or 'rlr'"
            )
        self._library, self._simulator = library, simulator
        self._settings = settings or RlrSettings()
        self._materials = materials
        self._sensor: Any = None
        self._opened: tuple[Any, ...] = ()

    def responses(self, speakers: Speakers, ears: Points, hearing: Hearing, seed: int) -> Responses:
        """See `AcousticEngine.responses`; the seed is ignored, as Habitat-Sim has none for sound.

        Raises:
            EngineError: Sources are directed, or the receiver is one that Habitat-Sim does not have.
        """
        if speakers.directed:
            raise EngineError("habitat-sim's sources send the same to all sides: leave the directivity out")
        return np.stack([[self._heard(source, ear, hearing) for ear in ears] for source in speakers.positions])

    def pair_responses(self, sources: Points, ears: Points, hearing: Hearing, seeds: NDArray[np.int64]) -> Responses:
        """See `AcousticEngine.pair_responses`; seeds are ignored."""
        return np.stack([self._heard(source, ear, hearing) for source, ear in zip(sources, ears, strict=True)])

    def propagation(self, source: Points, listener: Points, duration: float, seed: int) -> Propagation:
        """Habitat-Sim tells no paths.

        Raises:
            EngineError: Always.
        """
        raise EngineError("habitat-sim gives responses only, no paths or energies: take acoustics='echoenv'")

    def close(self) -> None:
        """Let go of the sensor; it goes with its simulator."""
        self._sensor = None

    def _heard(self, source: Points, ear: Points, hearing: Hearing) -> Responses:
        """Responses (h, channels, samples) float32 at one place."""
        sensor = self._sensor_for(hearing)
        samples = round(hearing.duration * hearing.sample_rate)
        sensor.setAudioSourceTransform(source.astype(np.float32))
        agent = self._simulator.get_agent(0)
        found = []
        for x, y, z, w in Rotation.from_matrix(hearing.rotations).as_quat():
            state = self._library.AgentState()
            state.position = ear - [0.0, SENSOR_HEIGHT, 0.0]
            state.rotation = np.array([x, y, z, w])
            agent.set_state(state)
            response = np.asarray(self._simulator.get_sensor_observations()[_UUID], dtype=np.float32)
            fitted = np.zeros((response.shape[0], samples), np.float32)
            fitted[:, : response.shape[1]] = response[:, :samples]
            found.append(fitted / np.float32(self._global_volume))
        return np.stack(found)

    def _sensor_for(self, hearing: Hearing) -> Any:
        """The sensor for a listener and sample rate; Habitat-Sim cannot change either later."""
        kind, channels = _channels_of(hearing.receiver)
        wanted = (kind, hearing.sample_rate)
        if self._sensor is not None and self._opened != wanted:
            raise EngineError(
                f"habitat-sim's audio sensor hears {self._opened[0]} at {self._opened[1]} Hz since it was opened: open "
                "another Simulator for another receiver or sample rate"
            )
        if self._sensor is None:
            self._sensor, self._opened = self._add_sensor(kind, channels, hearing), wanted
        return self._sensor

    def _add_sensor(self, kind: str, channels: int, hearing: Hearing) -> Any:
        spec = self._library.AudioSensorSpec()
        spec.uuid = _UUID
        spec.position = [0.0, SENSOR_HEIGHT, 0.0]
        spec.enableMaterials = self._materials is not None
        spec.channelLayout.type = getattr(self._library.sensor.RLRAudioPropagationChannelLayoutType, kind)
        spec.channelLayout.channelCount = channels
        spec.acousticsConfig.sampleRate = hearing.sample_rate
        spec.acousticsConfig.irTime = max(hearing.duration, float(spec.acousticsConfig.irTime))
        for ours, theirs in _NAMES.items():
            setattr(spec.acousticsConfig, theirs, getattr(self._settings, ours))
        self._global_volume = float(spec.acousticsConfig.globalVolume)
        self._simulator.add_sensor(spec)
        sensor = _sensors_of(self._simulator)[_UUID]
        if self._materials is not None:
            sensor.setAudioMaterialsJSON(self._materials)
        return sensor


def _sensors_of(simulator: Any) -> Any:
    """Sensors of the agent by name; `_sensors` was their place up to Habitat-Sim 0.2."""
    agent = simulator.get_agent(0)
    return agent._sensors if hasattr(agent, "_sensors") else agent.scene_node.node_sensors


def _channels_of(receiver: Any) -> tuple[str, int]:
    """Habitat-Sim's name and number of channels for a receiver.

    Raises:
        EngineError: It has nothing like it.
    """
    if isinstance(receiver, RlrHead) and receiver.sofa is None:
        return "Binaural", 2
    if isinstance(receiver, Mono):
        return "Mono", 1
    order = getattr(receiver, "order", None)
    if order is not None:
        return "Ambisonics", (int(order) + 1) ** 2
    raise EngineError(
        f"habitat-sim cannot hear with '{getattr(receiver, 'name', receiver)}': give 'kemar' (its own head), 'mono' or "
        "'ambisonics:ORDER'"
    )
