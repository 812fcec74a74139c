"""Receivers by name, and every kind of them through a simulator."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from echoenv.acoustics.propagation.settings import PropagationSettings
from echoenv.acoustics.receivers.ambisonics import Ambisonics
from echoenv.acoustics.receivers.hrtf import Hrtf
from echoenv.acoustics.receivers.microphone_array import MicrophoneArray
from echoenv.acoustics.receivers.receiver import Mono
from echoenv.errors import AudioFileError, EchoEnvError, SettingsError
from echoenv.simulators.receivers import receiver_named
from echoenv.simulators.simulator import Simulator
from tests.acoustics.shoebox import box_room


def test_names_stand_for_receivers() -> None:
    assert receiver_named("mono") == Mono()
    assert receiver_named("kemar") is Hrtf.kemar()
    assert receiver_named("spherical_head").channels == 2
    assert receiver_named("ambisonics") == Ambisonics(1)
    assert receiver_named("ambisonics:3") == Ambisonics(3)
    assert receiver_named("ambisonics:7:sn3d") == Ambisonics(7, "SN3D")
    array = MicrophoneArray(np.zeros((2, 3)))
    assert receiver_named(array) is array


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("kemarr", "did you mean kemar"),
        ("ambisonic:3", "did you mean ambisonics"),
        ("ambisonics:8", "whole number from 0 to 7"),
        ("ambisonics:-1", "ambisonics:ORDER"),
        ("ambisonics:three", "ambisonics:ORDER"),
        ("ambisonics:3:N3", "did you mean N3D"),
        ("ambisonics:3:N3D:4", "ambisonics:ORDER"),
        ("mono:2", "did you mean mono"),
        ("", "valid are ambisonics"),
    ],
)
def test_wrong_names_are_told_the_nearest_right_one(name: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        receiver_named(name)


def test_things_that_are_no_receivers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="MicrophoneArray"):
        receiver_named(3)  # type: ignore[arg-type]
    with pytest.raises(AudioFileError, match="missing"):
        receiver_named(tmp_path / "absent.sofa")
    assert issubclass(SettingsError, EchoEnvError)


def test_every_receiver_hears_the_same_room_equally_loud() -> None:
    """Direct sound of all, and energy at an omnidirectional channel of each to 1 dB."""
    settings = PropagationSettings(rays=600, image_order=2)
    levels = []
    for receiver in ("mono", "ambisonics:2:SN3D", MicrophoneArray([[0.0, 0.0, 0.0], [0.2, 0.0, 0.0]]), "kemar"):
        sim = Simulator(box_room((7.0, 3.0, 5.0), 0.4, 0.4), receiver=receiver, threads=1, propagation=settings)
        sim.set_agent_state([2.0, 0.0, 2.0], 30.0)
        response = sim.impulse_response([4.5, 1.5, 3.0], duration=0.5)
        assert np.isfinite(response.samples).all()
        assert response.samples.shape == (receiver_named(receiver).channels, 22050)
        levels.append(10 * np.log10(np.sum(response.samples[0].astype(float) ** 2)))
    np.testing.assert_allclose(levels[1:3], levels[0], atol=1.0)
    assert levels[3] == pytest.approx(levels[0], abs=6.0)
