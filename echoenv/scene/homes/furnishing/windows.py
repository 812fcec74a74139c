"""What hangs at windows: curtains to both sides, blinds, roller shades.

The one idea: rooms to sleep and live in have curtains, often with a shade in the recess; kitchens, bathrooms and
offices have blinds or shades alone. All windows of one room are dressed alike.
"""

from __future__ import annotations

from echoenv.scene.homes.placement import Layout
from echoenv.scene.homes.things import textiles

_CURTAINED = ("living", "bedroom", "hotel", "dining", "study")
_OFFICES = ("office", "meeting", "lounge", "open_office")


def dress_windows(layout: Layout) -> None:
    """Hang something at every window of a room, or nothing where people have nothing."""
    style, kind = layout.style, layout.room.kind
    heavy, shaded = style.chance(0.6), style.chance(0.35)
    slatted = style.chance(0.7 if kind in _OFFICES else 0.4)
    for face in layout.faces.values():
        for left, right, opening in face.openings():
            if opening.kind != "window":
                continue
            width, height = right - left, opening.top - opening.bottom
            if kind in _CURTAINED and _has_room_for_curtains(layout, left, right, face.length, opening.top):
                low = 0.03 if opening.bottom < 0.9 and style.chance(0.8) else max(0.03, opening.bottom - 0.12)
                layout.assembly.add(face.placed(textiles.curtains(style, width, opening.top, low, heavy), left))
                if not shaded:
                    continue
            elif kind == "hallway":
                continue
            shade = textiles.blinds(width, height) if slatted else textiles.roller_shade(style, width, height)
            layout.assembly.add(face.placed(shade, left, opening.bottom))


def _has_room_for_curtains(layout: Layout, left: float, right: float, length: float, top: float) -> bool:
    return left > 0.29 and right < length - 0.29 and top + 0.16 < layout.room.height
