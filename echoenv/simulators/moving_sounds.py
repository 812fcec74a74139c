"""Moving sounds in a simulator's scene: its walkable space for paths, its air, ears and rays for sound.

The one idea: this is where a walk, which knows nothing of sound, and a stage, which knows nothing of floors, meet.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from numpy.typing import ArrayLike

from echoenv.acoustics.directivity import Directivity
from echoenv.acoustics.moving.sound_stage import SoundStage
from echoenv.acoustics.moving.trajectories import SampledPoses, Trajectory
from echoenv.acoustics.propagation.propagator import Propagator
from echoenv.audio.sound_streams import SoundStream
from echoenv.navigation.moving_source import MovingSource, Repeat
from echoenv.scene.pose import as_position
from echoenv.simulators.agent import SENSOR_HEIGHT
from echoenv.simulators.builtin import BuiltinSimulator
from echoenv.simulators.placement import require_open_space

RAYS = 3_000
"""Rays of one of many moments that follow each other, where a simulator's settings say nothing of rays."""


class MovingSounds(SoundStage):
    """Sources that walk through a simulator's scene.

    Args:
        simulator: Whose scene, air, receiver, sample rate and settings of propagation.
        response_duration: How long sound is followed [s]; about the room's reverberation time.
        doppler: Whether movement shifts pitch, as it does in air.
    """

    def __init__(self, simulator: BuiltinSimulator, response_duration: float = 1.0, *, doppler: bool = True) -> None:
        settings = simulator.propagation.lasting(response_duration)
        if settings.rays is None:
            settings = replace(settings, rays=RAYS)
        propagator = Propagator(simulator.engine, settings, simulator.air)
        super().__init__(propagator, simulator.receiver, simulator.sample_rate, doppler=doppler, seed=simulator.seed)
        self._simulator = simulator

    def walk(
        self, points: ArrayLike, speed: float = 1.4, height: float = SENSOR_HEIGHT, repeat: Repeat = "once"
    ) -> MovingSource:
        """A path for a source or the listener along the shortest walks from point to point.

        Args:
            points: Where it comes through [m] (k, 3), snapped to walkable space.
            speed: [m/s].
            height: Above the floor [m].
            repeat: `once`, `loop` or `back_and_forth`.

        Raises:
            PoseError: There is no way between two points.
        """
        return MovingSource.through(self._simulator.pathfinder, points, speed, height, repeat)

    def add(
        self,
        path: Trajectory | ArrayLike,
        sound: ArrayLike | str | Path | SoundStream,
        gain: float = 1.0,
        start: float = 0.0,
        loop: bool = False,
        directivity: Directivity | None = None,
    ) -> None:
        """See `SoundStage.add`; a point that stays must be in the open, not in a solid or outside.

        Raises:
            PoseError, SettingsError, AudioFileError: A path, a number or a sound cannot be used.
        """
        if not isinstance(path, Trajectory):
            point = as_position(path, "source")
            remedy = "a source is a point in the air: 1.5 m above the floor, say, not on it"
            require_open_space(self._simulator.engine, point[None], "the source at", remedy)
        super().add(path, sound, gain, start, loop, directivity)

    def agent(self) -> SampledPoses:
        """The agent's ears as they are now, for a listener that stays."""
        state = self._simulator.agent_state
        return SampledPoses([0.0], state.sensor_position[None], rotations=state.matrix[None])
