"""What fills the openings of walls: windows with panes and frames, doors with leaves, frames and handles.

The one idea: all is built in the wall's own frame (s right along the wall, y up, z out of the wall into the room),
from the opening's lower left corner, into the wall at negative z. A tunnel as deep as the wall joins its two faces; a
window's or an entrance's tunnel ends in a pane, so that the room stays closed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Color, Floats, Shape, box, cylinder, join, rectangle, rounded_box
from echoenv.scene.homes.style import STEEL, WHITE, scaled

if TYPE_CHECKING:
    from echoenv.scene.homes.shell import WallFace

SKY_RADIANCE = (9.0, 10.0, 11.5)
"""Linear radiance (3,) of a window pane, where 1 is a white wall in good light."""

LEAF_THICKNESS = 0.04
_FRAME = 0.06


def tunnel(width: float, height: float, depth: float, threshold: Color, cell: float = 0.3) -> Thing:
    """The inside of a hole through a wall: threshold, head and both jambs; with an architrave on both faces."""
    parts = [Part(_sides(width, height, depth, WHITE, cell), "wood_panel")]
    floor = rectangle([0, 0, 0], [width, 0, 0], [0, 0, -depth], scaled(threshold, 0.9), cell)
    parts.append(Part(floor, "wood_floor"))
    trims = [_architrave(width, height), _architrave(width, height).turned(180.0).moved(width, 0.0, -depth)]
    parts.append(Part(join(trims), "wood_panel"))
    return Thing("door", tuple(parts), (width, height, depth))


def _sides(width: float, height: float, depth: float, color: Color, cell: float) -> Shape:
    return join(
        [
            rectangle([0, 0, 0], [0, 0, -depth], [0, height, 0], color, cell),
            rectangle([width, 0, -depth], [0, 0, depth], [0, height, 0], color, cell),
            rectangle([0, height, -depth], [width, 0, 0], [0, 0, depth], color, cell),
        ]
    )


def _architrave(width: float, height: float) -> Shape:
    post = box((_FRAME, height + _FRAME, 0.014), WHITE, 0.5)
    head = box((width, _FRAME, 0.014), WHITE, 0.5, bottom=height)
    return join([post.moved(-_FRAME / 2), post.moved(width + _FRAME / 2), head.moved(width / 2)]).moved(z=0.007)


def _sky(points: Floats, height: float) -> Floats:
    """Sky colour by height in the pane: hazy trees below, white at the horizon, blue above."""
    t = np.clip(points[:, 1:2] / height, 0.0, 1.0)
    knots = np.array([0.0, 0.18, 0.30, 0.36, 1.0])
    colors = np.array(
        [[0.56, 0.64, 0.50], [0.62, 0.70, 0.58], [0.78, 0.83, 0.80], [0.95, 0.97, 0.98], [0.70, 0.84, 0.97]]
    )
    return np.concatenate([np.interp(t, knots, colors[:, k]) for k in range(3)], axis=1)


def window(width: float, height: float, depth: float, cell: float) -> Thing:
    """A recessed window: sill, reveals, frame with a mullion, and a bright pane with the sky in it."""
    pane = rectangle([0, 0, -depth], [width, 0, 0], [0, height, 0], WHITE, 0.1).colored(lambda v: _sky(v, height))
    reveal = join(
        [_sides(width, height, depth, WHITE, cell), rectangle([0, 0, 0], [width, 0, 0], [0, 0, -depth], WHITE, cell)]
    )
    bar, back = 0.05, 0.03 - depth
    bars = [
        box((bar, height, 0.05), WHITE).moved(bar / 2, 0, back),
        box((bar, height, 0.05), WHITE).moved(width - bar / 2, 0, back),
        box((width - 2 * bar, bar, 0.05), WHITE).moved(width / 2, 0, back),
        box((width - 2 * bar, bar, 0.05), WHITE).moved(width / 2, height - bar, back),
    ]
    lights = max(1, round(width / 0.9))
    bars += [box((0.06, height - 2 * bar, 0.045), WHITE).moved(width * k / lights, bar, back) for k in range(1, lights)]
    sill = rounded_box((width + 0.1, 0.03, 0.08), WHITE, 0.01, 1).moved(width / 2, -0.03, 0.02)
    parts = (
        Part(pane, "double_glazing", SKY_RADIANCE),
        Part(reveal, "plaster_on_brick"),
        Part(join([*bars, sill]), "wood_panel"),
    )
    return Thing("window", parts, (width, height, depth))


def _panelled_leaf(width: float, height: float, color: Color) -> Shape:
    """A door leaf with its hinge at the origin, running to +x, its faces at z = 0 and z = LEAF_THICKNESS."""
    slab = box((width, height, LEAF_THICKNESS), color).moved(width / 2, 0, LEAF_THICKNESS / 2)
    fields = [
        box((width - 0.26, high, LEAF_THICKNESS + 0.016), scaled(color, 0.93)).moved(width / 2, low, LEAF_THICKNESS / 2)
        for low, high in ((0.16, 0.66), (0.96, height - 1.12))
    ]
    return join([slab, *fields])


def _handles(width: float) -> Shape:
    lever = box((0.12, 0.018, 0.018), STEEL).moved(width - 0.11, 1.02, 0.0)
    post = cylinder(0.012, 0.06, STEEL, 8).turned(90.0, "x").moved(width - 0.06, 1.03, 0.0)
    front = join([lever.moved(z=LEAF_THICKNESS + 0.05), post.moved(z=LEAF_THICKNESS)])
    return join([front, join([lever.moved(z=-0.05), post.moved(z=-0.06)])])


def leaf_pose(face: WallFace, left: float, width: float) -> tuple[bool, bool]:
    """(folded flat against its wall?, hinge at the right?): by where the leaf is least in the way.

    Next to a corner it stands open along the other wall; elsewhere it lies folded back on its own wall, where that has
    room, and stands at a right angle if not.
    """
    room_left, room_right = left, face.length - left - width
    if min(room_left, room_right) < 0.35:
        return False, room_right < room_left
    if max(room_left, room_right) > width + 0.1:
        others = [(a, b) for a, b, _ in face.openings()]
        for hinge_right in (room_right >= room_left, room_right < room_left):
            lo, hi = (left + width, left + 2 * width) if hinge_right else (left - width, left)
            if lo > 0.03 and hi < face.length - 0.03 and not any(a < hi and lo < b for a, b in others):
                return True, hinge_right
    return False, room_right < room_left


def leaf_footprint(face: WallFace, left: float, width: float) -> tuple[float, float, float, float]:
    """Where an open door leaf stands in its wall's frame: s from, s to, z from, z to [m]."""
    folded, hinge_right = leaf_pose(face, left, width)
    jamb = left + width if hinge_right else left
    if folded:
        return (jamb, jamb + width, 0.0, 0.14) if hinge_right else (jamb - width, jamb, 0.0, 0.14)
    return (jamb, jamb + 0.12, 0.0, width) if hinge_right else (jamb - 0.12, jamb, 0.0, width)


def leaf(face: WallFace, left: float, width: float, height: float) -> Thing:
    """The open leaf of a door, in the frame of the wall of the room that it opens into."""
    folded, hinge_right = leaf_pose(face, left, width)
    color: Color = (0.90, 0.89, 0.86)
    gap = 0.01
    body = _panelled_leaf(width - 2 * gap, height - 0.02, color).moved(0, 0.012, 0)
    shape, metal = body, _handles(width - 2 * gap)
    angle = 177.0 if folded else 87.0
    off_wall = 0.03 + (LEAF_THICKNESS if folded else 0.0)
    if hinge_right:  # mirrored: the leaf runs to -x, its thickness still into the room
        mirrored = [part.turned(180.0).moved(0, 0, LEAF_THICKNESS) for part in (shape, metal)]
        turned = [part.turned(angle).moved(width, 0, off_wall) for part in mirrored]
    else:
        turned = [part.turned(-angle).moved(0, 0, off_wall) for part in (shape, metal)]
    return Thing("door", (Part(turned[0], "wooden_door"), Part(turned[1], "metal")), (width, height, width))


def entrance(width: float, height: float, depth: float, color: Color) -> Thing:
    """The closed door of the home in its recess."""
    sides = join(
        [
            _sides(width, height, depth, WHITE, 0.3),
            rectangle([0, 0, 0], [width, 0, 0], [0, 0, -depth], scaled(color, 0.8), 0.3),
            rectangle([0, 0, -depth], [width, 0, 0], [0, height, 0], color, 0.3),
        ]
    )
    slab = _panelled_leaf(width - 0.02, height - 0.02, color).moved(0.01, 0.01, 0.02 - depth)
    handles = _handles(width - 0.02).moved(0.01, 0, 0.02 - depth)
    parts = (
        Part(sides, "wood_panel"),
        Part(slab, "wooden_door"),
        Part(join([handles]), "metal"),
        Part(_architrave(width, height), "wood_panel"),
    )
    return Thing("door", parts, (width, height, depth))
