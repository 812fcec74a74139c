"""Where instruments stand: a piano at a wall, others in corners.

The one idea: as in `living`; instruments have stands of their own, so each needs only a corner.
"""

from __future__ import annotations

from echoenv.scene.homes.assembly import Thing
from echoenv.scene.homes.furnishing.common import beside, walls
from echoenv.scene.homes.placement import Layout
from echoenv.scene.homes.style import Style
from echoenv.scene.homes.things.guitars import guitar
from echoenv.scene.homes.things.instruments_drums import drum_kit
from echoenv.scene.homes.things.instruments_keys import accordion, xylophone
from echoenv.scene.homes.things.instruments_strings import cello, violin
from echoenv.scene.homes.things.instruments_winds import flute, trumpet
from echoenv.scene.homes.things.pianos import grand_piano, upright_piano

_STANDING = (guitar, cello, violin, accordion, trumpet, flute, xylophone)


def music_corner(layout: Layout) -> bool:
    """A piano, or one or two instruments in a corner."""
    style = layout.style
    if layout.area > 23.0 and style.chance(0.3) and _stands(layout, grand_piano(style), 0.1):
        return True
    if layout.area > 15.0 and style.chance(0.5) and _stands(layout, upright_piano(style), 0.1, "any"):
        return True
    if layout.area > 21.0 and style.chance(0.3) and _stands(layout, drum_kit(style), 0.1):
        return True
    first, second = small_instruments(style, 2)
    spot = layout.against(first, walls(layout), "corner", front=0.2)
    if spot is None:
        return _stands(layout, second, 0.0)
    if style.chance(0.6):
        for sign in (-1.0, 1.0):
            if beside(layout, second, spot[0], spot[1] + sign * (first.size[0] / 2 + second.size[0] / 2 + 0.1)):
                break
    return True


def _stands(layout: Layout, thing: Thing, front: float, prefer: str = "corner") -> bool:
    return layout.against(thing, walls(layout), prefer, front=front) is not None


def small_instruments(style: Style, count: int) -> list[Thing]:
    """Instruments that stand on the floor of any room."""
    return [_STANDING[int(k)](style) for k in style.rng.permutation(len(_STANDING))[:count]]


def one_instrument(layout: Layout) -> bool:
    """The first of a few small instruments that fits into a corner."""
    return any(_stands(layout, thing, 0.15) for thing in small_instruments(layout.style, 3))
