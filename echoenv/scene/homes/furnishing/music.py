"""Where instruments stand: a piano at a wall, others in corners.

The one idea: as in `living`; instruments have stands of their own, so each needs only a corner.
"""

from __future__ import annotations

from collections.abc import Sequence

from echoenv.scene.homes.assembly import Thing
from echoenv.scene.homes.furnishing.common import Maker, walls
from echoenv.scene.homes.placement import Layout
from echoenv.scene.homes.style import seeded
from echoenv.scene.homes.things.guitars import guitar
from echoenv.scene.homes.things.instruments_drums import drum_kit
from echoenv.scene.homes.things.instruments_keys import accordion, xylophone
from echoenv.scene.homes.things.instruments_strings import cello, violin
from echoenv.scene.homes.things.instruments_winds import flute, trumpet
from echoenv.scene.homes.things.pianos import grand_piano, upright_piano

_STANDING = (guitar, cello, violin, accordion, trumpet, flute, xylophone)

_TUNE = "concert"

_ROOM: tuple[tuple[float, Maker], ...] = (
    *((0.0, make) for make in _STANDING),
    (15.0, upright_piano),
    (17.0, drum_kit),
    (22.0, grand_piano),
)
"""Instruments, each with the least area [m2] of a room that it suits."""


def _by_taste(layout: Layout, what: str, makers: Sequence[Maker]) -> list[Maker]:
    """The makers in an order that follows from the home's palette and the room alone, whatever else was drawn."""
    style = layout.style
    palette = (style.wood, style.fabric, style.textile, style.fronts, style.wall, style.accent)
    order = seeded(f"{_TUNE} {what} {layout.room.name} {palette}").permutation(len(makers))
    return [makers[int(k)] for k in order]


def music_corner(layout: Layout) -> bool:
    """An instrument, the first by taste that has room, and often a second one."""
    makers = [make for least, make in _ROOM if layout.area > least]
    wanted, found = (2 if layout.style.chance(0.5) else 1), 0
    for make in _by_taste(layout, "corner", makers)[:6]:
        found += _stands(layout, make(layout.style), 0.1, "any" if make is upright_piano else "corner")
        if found == wanted:
            break
    return found > 0


def drums(layout: Layout) -> bool:
    """A drum kit, in a corner or at a wall."""
    kit = drum_kit(layout.style)
    return _stands(layout, kit, 0.0) or _stands(layout, kit, 0.0, "any")


def large_instrument(layout: Layout) -> bool:
    """A piano or a drum kit, where the room is large enough for one."""
    makers = [make for least, make in _ROOM if 0.0 < least < layout.area]
    return any(_stands(layout, make(layout.style), 0.1) for make in _by_taste(layout, "large", makers))


def one_instrument(layout: Layout) -> bool:
    """The first of a few small instruments that fits into a corner."""
    makers = _by_taste(layout, "small", _STANDING)[:3]
    return any(_stands(layout, make(layout.style), 0.15) for make in makers)


def _stands(layout: Layout, thing: Thing, front: float, prefer: str = "corner") -> bool:
    return layout.against(thing, walls(layout), prefer, front=front) is not None
