"""The contract of all simulators, met by EchoEnv's own rays."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import echoenv
from echoenv.simulators.builtin import BuiltinSimulator
from tests.simulators.contract import SimulatorContract, contract_room


class TestBuiltin(SimulatorContract):
    """The whole contract, over a room held in memory."""

    @pytest.fixture
    def open_simulator(self) -> Callable[[], echoenv.Simulator]:
        settings = echoenv.PropagationSettings(rays=400)
        return lambda: echoenv.Simulator(contract_room(), propagation=settings, threads=1)

    def test_it_is_the_default(self, sim: echoenv.Simulator) -> None:
        assert isinstance(sim, BuiltinSimulator) and isinstance(sim, echoenv.Simulator) and sim.backend == "builtin"
