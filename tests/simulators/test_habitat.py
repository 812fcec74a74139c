"""Habitat-Sim as a simulator: the contract on the real one where it is installed, and on a double everywhere."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import echoenv
from echoenv.errors import EngineError, SceneFileError, SettingsError
from echoenv.simulators.habitat import library
from echoenv.simulators.habitat.habitat_simulator import HabitatSimulator
from tests.simulators import habitat_double
from tests.simulators.contract import SimulatorContract, contract_room

RAYS = echoenv.PropagationSettings(rays=400)


@pytest.fixture
def double(monkeypatch: pytest.MonkeyPatch) -> None:
    """The double in the place of Habitat-Sim."""
    monkeypatch.setattr(library, "habitat_library", habitat_double.module)
    monkeypatch.setattr("echoenv.simulators.habitat.habitat_simulator.habitat_library", habitat_double.module)


class TestAdapterOverADouble(SimulatorContract):
    """The adapter's own arithmetic, everywhere."""

    @pytest.fixture
    def open_simulator(self, double: None) -> Callable[[], echoenv.Simulator]:
        return lambda: echoenv.Simulator(contract_room(), backend="habitat", propagation=RAYS, threads=1, gpu_device=-1)

    def test_all_channels_are_those_of_the_built_in_simulator(self, sim: echoenv.Simulator, place: np.ndarray) -> None:
        sim.set_agent_state(place, 30.0)
        seen, own = sim.get_sensor_observations(), echoenv.Simulator(sim.scene)
        own.set_agent_state(place, 30.0)
        wanted = own.get_sensor_observations()
        assert list(seen) == list(wanted)
        for name, view in wanted.items():
            assert seen[name].dtype == view.dtype and seen[name].shape == view.shape
            assert np.mean(np.isclose(seen[name], view, atol=2.0 if name == "rgb" else 1e-3)) > 0.99

    def test_what_cannot_be_is_named(self, sim: echoenv.Simulator, tmp_path: Path) -> None:
        with pytest.raises(SceneFileError, match=r"navmesh '.*none\.navmesh' is missing"):
            HabitatSimulator(contract_room(), navmesh=tmp_path / "none.navmesh", gpu_device=-1)
        (tmp_path / "odd.navmesh").write_bytes(b"something else")
        with pytest.raises(SceneFileError, match="is no navmesh"):
            HabitatSimulator(contract_room(), navmesh=tmp_path / "odd.navmesh", gpu_device=-1)
        with pytest.raises(EngineError, match="built without audio"):
            HabitatSimulator(contract_room(), acoustics="habitat", gpu_device=-1)
        with pytest.raises(SettingsError, match="habitat"):
            HabitatSimulator(contract_room(), acoustics="habitats", gpu_device=-1)
        with pytest.raises(EngineError, match="cannot open"):
            HabitatSimulator(contract_room(), habitat_scene=tmp_path / "gone.glb", gpu_device=-1)

    def test_a_scene_in_another_frame_is_refused(self, double: None, tmp_path: Path) -> None:
        from echoenv.scene.export import exported_files

        room = contract_room()
        glb = next(data for path, data in exported_files(room).items() if path.suffix == ".glb")
        (tmp_path / "turned.glb").write_bytes(glb)  # without its stage config Habitat takes a GLB for Z-up
        with pytest.raises(EngineError, match="stage config"):
            HabitatSimulator(room, habitat_scene=tmp_path / "turned.glb", gpu_device=-1)


@pytest.mark.skipif(importlib.util.find_spec("habitat_sim") is None, reason="habitat-sim is not installed")
class TestHabitatSim(SimulatorContract):
    """The real Habitat-Sim, where it imports."""

    @pytest.fixture
    def open_simulator(self) -> Callable[[], echoenv.Simulator]:
        return lambda: echoenv.Simulator(contract_room(), backend="habitat", propagation=RAYS, threads=1)


@pytest.mark.skipif(importlib.util.find_spec("habitat_sim") is not None, reason="habitat-sim is installed")
def test_without_habitat_sim_it_is_said_how_to_get_it() -> None:
    with pytest.raises(EngineError, match="conda") as caught:
        echoenv.Simulator(contract_room(), backend="habitat")
    assert "builtin" in str(caught.value) and "\n" not in str(caught.value)


def test_a_version_that_is_too_old_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library.importlib.util, "find_spec", lambda name: object() if name == "habitat_sim" else None)
    monkeypatch.setitem(sys.modules, "habitat_sim", habitat_double.module("0.2.1"))
    with pytest.raises(EngineError, match=r"0\.2\.1 is too old: 0\.2\.2"):
        library.habitat_library()
    monkeypatch.setitem(sys.modules, "habitat_sim", habitat_double.module("0.2.2"))
    assert library.habitat_library().__version__ == "0.2.2"


@pytest.mark.parametrize(
    ("version", "numbers"), [("0.3.3", (0, 3, 3)), ("0.3", (0, 3, 0)), ("0.2.2.dev1+g12", (0, 2, 2)), ("", (0, 0, 0))]
)
def test_versions_are_compared_by_their_numbers(version: str, numbers: tuple[int, int, int]) -> None:
    assert library.version_numbers(version) == numbers
