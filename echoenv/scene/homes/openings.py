"""What fills the openings of walls that one walks through: tunnels with their frames, and the door of the home.

The one idea: all is built in the wall's own frame (s right along the wall, y up, z out of the wall into the room),
from the opening's lower left corner, into the wall at negative z. A tunnel as deep as the wall joins its two faces; an
entrance's tunnel ends in a closed door, so that the room stays closed.
"""

from __future__ import annotations

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.finishes import Finish
from echoenv.scene.homes.leaves import handles, heard_at, panelled_leaf
from echoenv.scene.homes.shapes import Color, Shape, box, join, rectangle
from echoenv.scene.homes.style import WHITE, scaled

_FRAME = 0.06


def tunnel(width: float, height: float, depth: float, threshold: Finish, cell: float = 0.35) -> Thing:
    """The inside of a hole through a wall: threshold, head and both jambs; with an architrave on both faces."""
    parts = [Part(sides(width, height, depth, WHITE, cell), "wood_panel")]
    floor = rectangle([0, 0, 0], [width, 0, 0], [0, 0, -depth], scaled(threshold.color, 0.9), cell)
    parts.append(Part(floor, threshold.material, texture=threshold.texture))
    trims = [_architrave(width, height), _architrave(width, height).turned(180.0).moved(width, 0.0, -depth)]
    parts.append(Part(join(trims), "wood_panel"))
    return Thing("door", tuple(parts), (width, height, depth))


def sides(width: float, height: float, depth: float, color: Color, cell: float) -> Shape:
    """Both jambs and the head of a hole so deep [m] into a wall."""
    return join(
        [
            rectangle([0, 0, 0], [0, 0, -depth], [0, height, 0], color, cell),
            rectangle([width, 0, -depth], [0, 0, depth], [0, height, 0], color, cell),
            rectangle([0, height, -depth], [width, 0, 0], [0, 0, depth], color, cell),
        ]
    )


def _architrave(width: float, height: float) -> Shape:
    post = box((_FRAME, height + _FRAME, 0.014), WHITE, 0.8)
    head = box((width, _FRAME, 0.014), WHITE, 0.8, bottom=height)
    return join([post.moved(-_FRAME / 2), post.moved(width + _FRAME / 2), head.moved(width / 2)]).moved(z=0.007)


def entrance(width: float, height: float, depth: float, color: Color) -> Thing:
    """The closed door of the home in its recess."""
    recess = join(
        [
            sides(width, height, depth, WHITE, 0.3),
            rectangle([0, 0, 0], [width, 0, 0], [0, 0, -depth], scaled(color, 0.8), 0.3),
            rectangle([0, 0, -depth], [width, 0, 0], [0, height, 0], color, 0.3),
        ]
    )
    slab = panelled_leaf(width - 0.02, height - 0.02, color).moved(0.01, 0.01, 0.02 - depth)
    levers = handles(width - 0.02).moved(0.01, 0, 0.02 - depth)
    parts = (
        Part(recess, "wood_panel"),
        Part(slab, "wooden_door", texture="wood_fine"),
        Part(levers, "metal"),
        Part(_architrave(width, height), "wood_panel"),
    )
    return Thing("door", parts, (width, height, depth), sounds_at=heard_at(width, height))
