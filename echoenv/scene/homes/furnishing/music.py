"""Where instruments stand: a piano at a wall, others in corners.

The one idea: as in `living`; instruments have stands of their own, so each needs only a corner.
"""

from __future__ import annotations

from echoenv.scene.homes.assembly import Thing
from echoenv.scene.homes.furnishing.common import Maker, walls
from echoenv.scene.homes.placement import Layout
from echoenv.scene.homes.style import Style
from echoenv.scene.homes.things.guitars import guitar
from echoenv.scene.homes.things.instruments_drums import drum_kit
from echoenv.scene.homes.things.instruments_keys import accordion, xylophone
from echoenv.scene.homes.things.instruments_strings import cello, violin
from echoenv.scene.homes.things.instruments_winds import flute, trumpet
from echoenv.scene.homes.things.pianos import grand_piano, upright_piano

_STANDING = (guitar, cello, violin, accordion, trumpet, flute, xylophone)

_ROOM: tuple[tuple[float, Maker], ...] = (
    *((0.0, make) for make in _STANDING),
    (15.0, upright_piano),
    (17.0, drum_kit),
    (22.0, grand_piano),
)
"""Instruments, each with the least area [m2] of a room that it suits."""


def music_corner(layout: Layout) -> bool:
    """An instrument, the first by chance that has room, and often a second one."""
    style = layout.style
    makers = [make for least, make in _ROOM if layout.area > least]
    order = [makers[int(k)] for k in style.rng.permutation(len(makers))]
    wanted, found = (2 if style.chance(0.6) else 1), 0
    for make in order[:6]:
        found += _stands(layout, make(style), 0.1, "any" if make is upright_piano else "corner")
        if found == wanted:
            break
    return found > 0


def large_instrument(layout: Layout) -> bool:
    """A piano or a drum kit, where the room is large enough for one."""
    makers = [make for least, make in _ROOM if 0.0 < least < layout.area]
    order = [makers[int(k)] for k in layout.style.rng.permutation(len(makers))]
    return any(_stands(layout, make(layout.style), 0.1) for make in order)


def _stands(layout: Layout, thing: Thing, front: float, prefer: str = "corner") -> bool:
    return layout.against(thing, walls(layout), prefer, front=front) is not None


def small_instruments(style: Style, count: int) -> list[Thing]:
    """Instruments that stand on the floor of any room."""
    return [_STANDING[int(k)](style) for k in style.rng.permutation(len(_STANDING))[:count]]


def one_instrument(layout: Layout) -> bool:
    """The first of a few small instruments that fits into a corner."""
    return any(_stands(layout, thing, 0.15) for thing in small_instruments(layout.style, 3))
