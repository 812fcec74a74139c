"""The lamps that hang from ceilings, by kind of room.

The one idea: one kind of lamp hangs in a room, so many that no corner is farther than a few steps from one; where a
table stands, a pendant hangs over it, where something tall stands, nothing.
"""

from __future__ import annotations

from echoenv.scene.homes.assembly import Thing
from echoenv.scene.homes.placement import Layout
from echoenv.scene.homes.things import lamps
from echoenv.scene.homes.things.pieces import one_of

_OFFICES = ("office", "meeting", "lounge", "open_office")


def hang_lamps(layout: Layout) -> None:
    """Lamps over the whole floor of a room, in rows."""
    inside, kind = layout.inside, layout.room.kind
    spacing = 2.4 if kind in _OFFICES else (2.7 if kind == "hallway" else 3.6)
    columns, rows = max(1, round(inside.width / spacing)), max(1, round(inside.depth / spacing))
    lamp, turn = _lamp(layout, columns * rows), 0.0 if inside.width >= inside.depth else 90.0
    for i in range(columns):
        for k in range(rows):
            x = inside.x0 + inside.width * (i + 0.5) / columns
            z = inside.z0 + inside.depth * (k + 0.5) / rows
            layout.hangs(lamp, x, z, turn)


def _lamp(layout: Layout, count: int) -> Thing:
    style, kind, high = layout.style, layout.room.kind, layout.room.height
    if kind in _OFFICES:
        return lamps.tube_light(style) if high > 2.75 and style.chance(0.4) else lamps.panel_light()
    if kind in ("kitchen", "hallway") and style.chance(0.4):
        return lamps.spot_track(style)
    if kind in ("living", "bedroom") and count == 1 and high > 2.5 and style.chance(0.4):
        drop = min(0.75, high - 2.05)
        return one_of(style, (lamps.chandelier, lamps.pendant_lamp))(style, drop)
    return lamps.ceiling_lamp(style)
