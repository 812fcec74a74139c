"""Rooms that tests of tasks share."""

from __future__ import annotations

from typing import Any

import pytest

from tests.envs.tasks import quick_settings, write_room, write_soundspaces


@pytest.fixture(scope="session")
def room(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A furnished box as a file."""
    return write_room(tmp_path_factory.mktemp("scenes"))


@pytest.fixture(scope="session")
def small(room: str) -> dict[str, Any]:
    """Settings that make a task in it quick."""
    return quick_settings(room)


@pytest.fixture(scope="session")
def precomputed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Settings of a task over a folder of SoundSpaces that EchoEnv wrote."""
    return write_soundspaces(tmp_path_factory.mktemp("soundspaces"))
