"""What tests of navigation share: path finders, each built once."""

from __future__ import annotations

import functools

import pytest

from echoenv.navigation.pathfinder import PathFinder
from echoenv.rays import RayEngine
from tests.navigation.rooms import BOX_ROOM, INWARD, box, scene_of


@functools.cache
def _box_room() -> PathFinder:
    return PathFinder(RayEngine(scene_of(box(*BOX_ROOM, inward=INWARD)), threads=1))


@pytest.fixture
def box_room() -> PathFinder:
    """The empty room of 8 x 2.8 x 6 m."""
    return _box_room()
