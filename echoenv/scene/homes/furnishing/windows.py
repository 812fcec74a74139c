"""What hangs at windows: curtains to both sides, blinds, roller shades.

The one idea: rooms to sleep and live in have curtains, often with a shade in the recess; kitchens, bathrooms and
offices have blinds or shades alone. All windows of one room are dressed alike.
"""

from __future__ import annotations

from echoenv.scene.homes.placement import Layout
from echoenv.scene.homes.things import textiles
from echoenv.scene.homes.walls import WallFace
from echoenv.scene.homes.windows import RADIATOR_DEPTH

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
            if kind in _CURTAINED and _has_room_for_curtains(layout, face, left, right, opening.top):
                low = 0.03 if opening.bottom < 0.9 and style.chance(0.85) else opening.bottom - 0.12
                low = max(low, face.floor(left) + 0.03, face.floor(right) + 0.03)
                _hang_curtains(layout, face, left, width, (low, opening.top), heavy)
                if not shaded:
                    continue
            elif kind == "hallway":
                continue
            shade = textiles.blinds(width, height) if slatted else textiles.roller_shade(style, width, height)
            layout.assembly.add(face.placed(shade, left, opening.bottom))


def _has_room_for_curtains(layout: Layout, face: WallFace, left: float, right: float, top: float) -> bool:
    """Whether curtains find room beside and over a window and come before no door."""
    if left < 0.29 or right > face.length - 0.29 or top + 0.16 > face.ceiling(left - 0.25, right + 0.25):
        return False
    cloth = layout.rect(face.side, left - 0.27, right + 0.27, 0.0, RADIATOR_DEPTH + 0.12)
    return not any(
        cloth.overlaps(layout.rect(side, a, b, 0.0, 0.55))
        for side, other in layout.faces.items()
        for a, b, opening in other.openings()
        if opening.kind != "window"
    )


def _hang_curtains(
    layout: Layout, face: WallFace, left: float, width: float, reach: tuple[float, float], heavy: bool
) -> None:
    """Curtains from low to top [m], before the radiator; nothing is to stand where they hang."""
    low, top = reach
    off = RADIATOR_DEPTH - 0.03
    pair = textiles.curtains(layout.style, width, top, low, heavy, off)
    layout.assembly.add(face.placed(pair, left), "wall")
    aside = textiles.drawn_width(width)
    for start in (left - 0.18, left + width + 0.18 - aside):
        layout.clear.append(layout.rect(face.side, start, start + aside, 0.0, off + 0.13))
