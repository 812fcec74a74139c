"""Where instruments stand: a piano at a wall with its stool, others in corners and on low shelves.

The one idea: as in `living`; a flute, a trumpet and a xylophone are things to set down, all others stand on the floor.
"""

from __future__ import annotations

from echoenv.scene.homes.assembly import Thing
from echoenv.scene.homes.furnishing.common import beside, in_room, walls
from echoenv.scene.homes.placement import Layout
from echoenv.scene.homes.style import Style
from echoenv.scene.homes.things import seating
from echoenv.scene.homes.things.guitars import guitar
from echoenv.scene.homes.things.instruments_keys import accordion
from echoenv.scene.homes.things.instruments_strings import cello, violin
from echoenv.scene.homes.things.pianos import grand_piano, upright_piano

_STANDING = (guitar, cello, violin, guitar, accordion)


def music_corner(layout: Layout) -> bool:
    """A piano with its bench, or a guitar, cello, violin or other instrument; a music stand's worth of room."""
    style = layout.style
    if layout.area > 26.0 and style.chance(0.35):
        spot = layout.against(grand_piano(style), walls(layout), "corner", front=0.5)
        if spot is not None:
            return True
    if layout.area > 15.0 and style.chance(0.6):
        piano = upright_piano(style)
        spot = layout.against(piano, walls(layout), "any", front=0.75)
        if spot is not None:
            in_room(layout, seating.stool(style), spot[0], spot[1], piano.size[2] + 0.3, 180.0, 0.1)
            return True
    first, second = small_instruments(style, 2)
    spot = layout.against(first, walls(layout), "corner", front=0.2)
    if spot is None:
        return False
    if style.chance(0.5):
        for sign in (-1.0, 1.0):
            if beside(layout, second, spot[0], spot[1] + sign * (first.size[0] / 2 + second.size[0] / 2 + 0.1)):
                break
    return True


def small_instruments(style: Style, count: int) -> list[Thing]:
    """Instruments that stand on the floor of any room."""
    return [_STANDING[int(k)](style) for k in style.rng.permutation(len(_STANDING))[:count]]
