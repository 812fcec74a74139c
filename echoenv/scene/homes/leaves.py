"""Leaves of doors: where they stand when they are open, and what they look like.

The one idea: a leaf turns about one end of its opening, by `Opening.open_angle`; everything about it follows from
that: the places that it takes (a chain of small rectangles, since it may stand at any angle) and the gate that it
leaves for people. All is in the frame of the wall of the room that it opens into (s right, z into the room).
"""

from __future__ import annotations

import itertools

import numpy as np

from echoenv.scene.homes.assembly import Part, Point, Thing
from echoenv.scene.homes.finishes import Finish
from echoenv.scene.homes.plans.plan import Opening
from echoenv.scene.homes.shapes import Color, Shape, box, cylinder, join
from echoenv.scene.homes.style import STEEL, scaled

LEAF_THICKNESS = 0.04
"""[m]"""

Area = tuple[float, float, float, float]
"""From s, to s, from z, to z [m] in a wall's frame."""

_OFF_WALL = 0.03  # [m] from the wall's face to the leaf
_FOLDED_DEPTH = 0.18  # [m] off the wall that a leaf takes that lies along it, with its handle
_PIECES = 6  # rectangles along one leaf
_SLID = 0.07  # [m] from the wall to a sliding leaf: room for its handle
_GAP = 0.01  # [m] between leaf and frame
_GLASS: Color = (0.74, 0.80, 0.80)


def leaf_width(opening: Opening, width: float) -> float:
    """Width [m] of each leaf that closes an opening so wide."""
    return width / 2.0 if opening.leaf == "double" else width


def hinges(opening: Opening, left: float, width: float) -> list[tuple[float, float]]:
    """(s of the hinge, +1.0 where the closed leaf runs to the right from it or -1.0) of every leaf."""
    ends = [(left, 1.0), (left + width, -1.0)]
    return ends if opening.leaf == "double" else [ends[int(opening.hinge_right)]]


def leaf_areas(opening: Opening, left: float, width: float) -> list[Area]:
    """What the open leaves of a door take, with their handles.

    Args:
        opening: The door, as the room sees it that it opens into.
        left: Left end s [m] of the opening.
        width: Of the opening [m].
    """
    if opening.leaf == "sliding":
        start = left + width if opening.hinge_right else left - width
        return [(start - 0.02, start + width + 0.02, 0.0, _FOLDED_DEPTH)]
    areas = []
    for hinge, sign in hinges(opening, left, width):
        areas += _pieces(hinge, sign, leaf_width(opening, width), opening.open_angle)
    return areas


def _pieces(hinge: float, sign: float, width: float, angle: float) -> list[Area]:
    """The chain of rectangles of one leaf; where it lies on its wall, one rectangle as deep as its handle."""
    if angle > 150.0:
        ends = sorted((hinge, hinge - sign * width))
        return [(ends[0], ends[1], 0.0, _FOLDED_DEPTH)]
    c, s = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    t = np.linspace(0.0, width, _PIECES + 1)
    found = []
    for a, b in itertools.pairwise(t):
        along = [r * c - k * s for r in (a, b) for k in (0.0, LEAF_THICKNESS)]
        off = [_OFF_WALL + r * s + k * c for r in (a, b) for k in (0.0, LEAF_THICKNESS)]
        grow = 0.06 if b > width - 0.2 else 0.02
        ends = sorted((hinge + sign * (min(along) - grow), hinge + sign * (max(along) + grow)))
        found.append((ends[0], ends[1], max(0.0, min(off) - grow), max(off) + min(grow, 0.02)))
    return found


def gate(opening: Opening, left: float, width: float) -> tuple[float, float]:
    """The point (s, z) [m] in the room through which one comes in: before the middle of what the leaves leave free."""
    if opening.leaf in ("double", "sliding") or opening.open_angle >= 80.0 or not opening.swings_here:
        return left + width / 2.0, 0.4
    angle = np.deg2rad(opening.open_angle)
    # Between the tip of the leaf and the other jamb, and 0.35 m further on at a right angle to that line.
    along = width * (np.cos(angle) + 1.0) / 2.0 + 0.35 * np.cos(angle / 2.0)
    off = width * np.sin(angle) / 2.0 + 0.35 * np.sin(angle / 2.0)
    return (left + width - along if opening.hinge_right else left + along), float(off)


def free_width(opening: Opening, width: float) -> float:
    """How wide [m] the way is that the open leaves of a door leave."""
    leaf, angle = leaf_width(opening, width), np.deg2rad(min(opening.open_angle, 90.0))
    if opening.leaf == "sliding":
        return width
    if opening.leaf == "double":
        return float(width - 2.0 * leaf * np.cos(angle)) - 2.0 * LEAF_THICKNESS
    return float(2.0 * leaf * np.sin(angle / 2.0)) - LEAF_THICKNESS


def leaves(opening: Opening, width: float, height: float, finish: Finish) -> Thing:
    """The open leaves of a door, in the frame of the wall of the room that they open into.

    Args:
        opening: The door; its left end is at s = 0.
        width: Of the opening [m].
        height: Of the opening [m].
        finish: Of the leaves.
    """
    each = leaf_width(opening, width)
    parts: list[Part] = []
    for hinge, sign in hinges(opening, 0.0, width):
        for part in _leaf_parts(opening.leaf, each - 2 * _GAP, height - 0.02, finish):
            shape = _opened(part.shape.moved(y=0.012), opening, sign, each)
            parts.append(Part(shape.moved(hinge), part.material, part.glow, part.texture))
    if opening.leaf == "sliding":
        start = -0.04 if opening.hinge_right else -width - 0.04
        rail = box((2.0 * width + 0.08, 0.035, 0.03), STEEL, 0.6, bottom=height + 0.03)
        parts.append(Part(rail.moved(start + width + 0.04, 0.0, _SLID + LEAF_THICKNESS / 2), "metal"))
    return Thing("door", tuple(parts), (width, height, width), sounds_at=heard_at(width, height))


def heard_at(width: float, height: float) -> Point:
    """Where a door sounds [m], in the air before the middle of its opening; the frame that of `leaves`."""
    return width / 2.0, height / 2.0, 0.06


def _opened(shape: Shape, opening: Opening, sign: float, width: float) -> Shape:
    """A leaf that runs to +x from its hinge at the origin, turned or slid open, its hinge again at the origin."""
    if opening.leaf == "sliding":
        return shape.moved(0.0 if opening.hinge_right else -width, 0.0, _SLID)
    folded = opening.open_angle > 150.0
    off = _OFF_WALL + (LEAF_THICKNESS if folded else 0.0)
    if sign < 0.0:  # the leaf runs to -x, its thickness still into the room
        shape = shape.turned(180.0).moved(z=LEAF_THICKNESS)
    return shape.turned(-sign * opening.open_angle).moved(z=off)


def _leaf_parts(kind: str, width: float, height: float, finish: Finish) -> tuple[Part, ...]:
    """A door leaf with its hinge at the origin, running to +x, its faces at z = 0 and z = LEAF_THICKNESS."""
    metal = Part(handles(width), "metal")
    if kind == "glass" or (kind == "double" and width > 0.6):
        return (*_glazed(width, height, finish), metal)
    return Part(panelled_leaf(width, height, finish.color), finish.material, texture=finish.texture), metal


def _glazed(width: float, height: float, finish: Finish) -> tuple[Part, Part]:
    """The frame of a glazed leaf with a bar at the height of its handle, and its panes."""
    stile, rail, color = 0.12, 0.22, finish.color
    posts = [box((stile, height, LEAF_THICKNESS), color, 0.6).moved(x) for x in (stile / 2, width - stile / 2)]
    inner = width - 2 * stile
    bars = [
        box((inner, high, LEAF_THICKNESS), color, 0.6).moved(width / 2, low)
        for low, high in ((0.0, rail), (0.98, 0.06), (height - stile, stile))
    ]
    panes = [
        box((inner, high - low, 0.012), _GLASS, 0.6).moved(width / 2, low)
        for low, high in ((rail, 0.98), (1.04, height - stile))
    ]
    middle = LEAF_THICKNESS / 2
    frame = Part(join([*posts, *bars]).moved(z=middle), finish.material, texture=finish.texture)
    return frame, Part(join(panes).moved(z=middle), "heavy_glass")


def panelled_leaf(width: float, height: float, color: Color) -> Shape:
    """A leaf with two raised fields, its hinge at the origin, running to +x, its faces at z = 0 and LEAF_THICKNESS."""
    slab = box((width, height, LEAF_THICKNESS), color, 0.6).moved(width / 2, 0, LEAF_THICKNESS / 2)
    inset = min(0.26, 0.4 * width)
    fields = [
        box((width - inset, high, LEAF_THICKNESS + 0.016), scaled(color, 0.93), 0.6).moved(
            width / 2, low, LEAF_THICKNESS / 2
        )
        for low, high in ((0.16, 0.66), (0.96, height - 1.12))
    ]
    return join([slab, *fields])


def handles(width: float) -> Shape:
    """A lever on both faces of a leaf so wide [m]."""
    lever = box((0.12, 0.018, 0.018), STEEL).moved(width - 0.11, 1.02, 0.0)
    post = cylinder(0.012, 0.06, STEEL, 8).turned(90.0, "x").moved(width - 0.06, 1.03, 0.0)
    front = join([lever.moved(z=LEAF_THICKNESS + 0.05), post.moved(z=LEAF_THICKNESS)])
    return join([front, join([lever.moved(z=-0.05), post.moved(z=-0.06)])])
