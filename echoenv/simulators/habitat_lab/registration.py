"""Makes EchoEnv known to Habitat-Lab: the one place that decides whether it can be imported here.

The one idea: Habitat-Lab registers what is imported; so to register is to import, once, and to keep the settings.
"""

from __future__ import annotations

import importlib
from typing import Any

from echoenv.errors import EngineError
from echoenv.simulators.habitat_lab.settings import LabSettings
from echoenv.simulators.habitat_lab.stand_ins import put_stand_ins_away, without_habitat_sim

_NEEDED = "pip install habitat-lab==0.3.320260507"


def register_all(settings: LabSettings | None, changes: dict[str, Any]) -> type:
    """See `echoenv.simulators.habitat_lab.register`."""
    chosen = (settings or LabSettings()).changed(changes)
    require_habitat_lab()
    simulator = importlib.import_module("echoenv.simulators.habitat_lab.lab_simulator")
    sensors = importlib.import_module("echoenv.simulators.habitat_lab.lab_sensors")
    importlib.import_module("echoenv.simulators.habitat_lab.lab_dataset")
    sensors.register_configs()
    simulator.EchoEnvSim.settings = chosen
    return simulator.EchoEnvSim


def require_habitat_lab() -> str:
    """Import Habitat-Lab, without habitat-sim where that is not installed.

    Returns:
        Its version.

    Raises:
        EngineError: It is not installed, too old, or does not import on this Python; says what to do.
    """
    stood_in = without_habitat_sim()
    try:
        habitat = importlib.import_module("habitat")
        importlib.import_module("habitat.config.default_structured_configs")
    # Releases before 2026 hold dataclasses that Python 3.11 refuses with a ValueError.
    except (ImportError, ValueError) as error:
        if stood_in:
            put_stand_ins_away()
        raise EngineError(
            f"habitat-lab cannot be imported here ({error}): {_NEEDED}, on Python 3.10 or 3.11"
        ) from error
    return str(getattr(habitat, "__version__", "0.3"))
