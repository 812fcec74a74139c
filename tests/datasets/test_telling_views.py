"""Telling views: they face the things, not the wall, and show each thing once."""

from __future__ import annotations

import dataclasses

import numpy as np

from echoenv.datasets.telling_views import telling_views
from echoenv.scene.pose import heading_to_matrix
from echoenv.scene.scene import SceneObject
from echoenv.simulators.agent import sensor_positions
from echoenv.simulators.simulator import Simulator
from echoenv.vision.camera import Camera
from tests.rooms import box_room

ROOM = (9.0, 3.0, 4.0)


def room_with_two_things():
    """A long empty room whose two end walls are named as things."""
    room = box_room(ROOM, 0.1, 0.1)
    center = room.vertices[room.triangles].mean(axis=1)
    low, high = room.bounds
    ids = np.where(center[:, 0] < low[0] + 0.01, 1, np.where(center[:, 0] > high[0] - 0.01, 2, 3))
    objects = (SceneObject(1, "bookshelf"), SceneObject(2, "wardrobe"), SceneObject(3, "wall"))
    return dataclasses.replace(room, triangle_objects=ids, objects=objects)


def views_of(simulator, count):
    return telling_views(simulator, np.asarray(simulator.pathfinder.grid_positions(), np.float32), count, 64, 48)


def test_each_of_the_first_two_views_shows_another_thing():
    simulator = Simulator(room_with_two_things(), receiver="mono")
    shown = []
    for view in views_of(simulator, 2):
        eye, turn = sensor_positions(view.position[None].astype(float)), heading_to_matrix([view.heading])
        ids = simulator.renderer.render(eye, turn, Camera(64, 48, 82.0), ("semantic",))["semantic"]
        shown += [thing for thing in (1, 2) if np.mean(ids == thing) > 0.08]
        assert view.picture.shape == (48, 64, 3)
    assert sorted(shown) == [1, 2]


def test_no_two_views_from_one_place():
    places = np.stack([view.position for view in views_of(Simulator(room_with_two_things(), receiver="mono"), 5)])
    assert len(np.unique(places, axis=0)) == 5
