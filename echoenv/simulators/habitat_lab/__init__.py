"""EchoEnv's simulator for Habitat-Lab: a Habitat-Lab configuration runs on our scenes by changing its simulator type.

The one idea: one line before Habitat-Lab is used,

    from echoenv.simulators import habitat_lab
    habitat_lab.register()

and `habitat.simulator.type=EchoEnvSim-v0` runs wherever habitat-lab (0.3) is installed, with habitat-sim or without.
Scenes are what episode files name: `room_0`, `procedural:apartment?seed=7`, or files. Importing this package imports
nothing of Habitat. Processes that start others (Habitat-Lab's VectorEnv) put the line at the top of their main script,
outside `if __name__ == "__main__":`, so that the others read it too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from echoenv.simulators.habitat_lab.stand_ins import MissingHabitatSimError, without_habitat_sim

if TYPE_CHECKING:
    from echoenv.simulators.habitat_lab.settings import LabSettings

SIMULATOR_TYPE = "EchoEnvSim-v0"
"""What `habitat.simulator.type` is to be."""

__all__ = ["SIMULATOR_TYPE", "MissingHabitatSimError", "register", "without_habitat_sim"]


def register(settings: LabSettings | None = None, **changes: Any) -> type:
    """Make EchoEnv's simulator, sensors and data set known to Habitat-Lab; safe to call again, with other settings.

    Registered are the simulator `EchoEnvSim-v0`, the sensors `EchoEnvEchoSensor`, `EchoEnvAudioGoalSensor` and
    `EchoEnvSpectrogramSensor` (in configurations: `/habitat/task/lab_sensors`: `echo_sensor`, `audiogoal_sensor`,
    `spectrogram_sensor`), and the data set `EchoEnvAudioNav-v1`. Where habitat-sim is not installed Habitat-Lab is
    imported without it (`without_habitat_sim`).

    Args:
        settings: What Habitat-Lab's configuration has no place for; None takes the defaults.
        **changes: Single settings, such as `data_dir="data"` or `sample_rate=16000`.

    Returns:
        The simulator's class.

    Raises:
        EngineError: habitat-lab is not installed, or too old.
        SettingsError: An unknown setting.
    """
    from echoenv.simulators.habitat_lab.registration import register_all

    return register_all(settings, changes)
