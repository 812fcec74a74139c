"""Building into a room: blocks, lower ceilings, slopes and platforms, given as an architect would say them.

The one idea: every function adds one feature to a room and says where by sides and shares of walls, so that it means
the same in a room of another size. None of them asks whether the result is sound (`soundness` does).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from echoenv.scene.homes.plans import features
from echoenv.scene.homes.plans.plan import Room
from echoenv.scene.homes.plans.rect import Rect


def _round(rect: Rect) -> Rect:
    return Rect(*(round(value, 4) for value in (rect.x0, rect.z0, rect.x1, rect.z1)))


def _inside(room: Room) -> Rect:
    return _round(room.interior)


def box_corner(room: Room, corner: str, width: float, depth: float) -> None:
    """Box a corner, `width` [m] along x and `depth` along z: a shaft, or what makes the room L-shaped."""
    room.blocks.append(features.corner_block(_inside(room), corner, width, depth))


def cut_corner(room: Room, corner: str, leg: float) -> None:
    """Cut a corner at 45 degrees, `leg` [m] along both walls."""
    room.blocks.append(features.chamfer(_inside(room), corner, leg))


def add_breast(room: Room, side: str, along: float, width: float, depth: float) -> None:
    """Put a chimney breast or a pilaster on a wall, its middle at a share 0..1 of it; sizes in [m]."""
    low, high = _inside(room).span(side)
    start = round(low + along * (high - low) - width / 2.0, 3)
    room.blocks.append(features.breast(_inside(room), side, start, width, depth))


def add_pilasters(room: Room, side: str, count: int, width: float, depth: float) -> None:
    """Put evenly spaced pilasters on a wall; sizes in [m]."""
    for k in range(count):
        add_breast(room, side, (k + 1) / (count + 1), width, depth)


def leave_niche(room: Room, side: str, along: float, width: float, depth: float) -> None:
    """Build a wall up by `depth` [m] but for a niche of that width, its middle at a share 0..1 of the wall."""
    low, high = _inside(room).span(side)
    start = round(low + along * (high - low) - width / 2.0, 3)
    for first, length in ((low, start - low), (start + width, high - start - width)):
        room.blocks.append(features.breast(_inside(room), side, first, length, depth))


def add_column(room: Room, x: float, z: float, size: float, is_round: bool) -> None:
    """Put up a free column at shares 0..1 of the room's width and depth, so thick [m]."""
    inside = _inside(room)
    at = round(inside.x0 + x * inside.width, 2), round(inside.z0 + z * inside.depth, 2)
    room.blocks.append(features.column(*at, size, is_round))


def add_half_column(room: Room, side: str, along: float, size: float) -> None:
    """Put up a round column that stands half in a wall, at a share 0..1 of it, so thick [m]."""
    low, high = _inside(room).span(side)
    room.blocks.append(features.half_column(_inside(room), side, round(low + along * (high - low), 2), size))


def lower_ceiling(room: Room, side: str, depth: float, drop: float) -> None:
    """Lower the ceiling by `drop` [m] along a whole wall, `depth` [m] off it."""
    low, high = _inside(room).span(side)
    area = _round(_inside(room).along(side, low, high, depth))
    room.soffits.append(features.Soffit(area, round(room.height - drop, 3)))


def add_beams(room: Room, count: int, width: float, drop: float) -> None:
    """Put evenly spaced beams under the ceiling, across the room's shorter side; sizes in [m]."""
    inside = _inside(room)
    side = "west" if inside.width >= inside.depth else "north"
    length = max(inside.width, inside.depth)
    low, high = inside.span(side)
    for k in range(count):
        near = round((k + 0.5) / count * length - width / 2.0, 3)
        far = inside.along(side, low, high, near + width)
        area = Rect(far.x1 - width, far.z0, far.x1, far.z1) if side == "west" else Rect(
            far.x0, far.z1 - width, far.x1, far.z1
        )  # fmt: skip
        room.soffits.append(features.Soffit(_round(area), round(room.height - drop, 3), "beam"))


def slope_ceiling(room: Room, side: str, low: float, pitch: float) -> None:
    """Let the ceiling come down to `low` [m] at a wall, at a pitch [degrees]."""
    run = round((room.height - low) / float(np.tan(np.deg2rad(pitch))), 2)
    room.slope = features.Slope(side, low, run)


def raise_floor(room: Room, side: str, depth: float, height: float) -> None:
    """Raise the floor by `height` [m] at one end of a room, `depth` [m] deep."""
    platform = features.end_platform(_inside(room), side, depth, height)
    room.platform = features.Platform(side, _round(platform.outline), height)


def hang_radiators(room: Room) -> None:
    """Hang a radiator under every window of a room that leaves room for one."""
    for k, o in enumerate(room.openings):
        if o.kind == "window" and 0.45 <= o.bottom <= 1.0 and o.end - o.start > 0.8:
            room.openings[k] = replace(o, radiator=True)
