"""What every room has on its walls and ceiling: switches by the doors, outlets, vents, smoke detectors.

The one idea: they come last and take what wall is left, since in a furnished room they are seen only where nothing
stands before them.
"""

from __future__ import annotations

from collections.abc import Iterator

from echoenv.scene.homes.furnishing.common import hang, walls
from echoenv.scene.homes.placement import Layout
from echoenv.scene.homes.plans.plan import Opening
from echoenv.scene.homes.things import fixtures

_OFFICES = ("office", "meeting", "lounge", "open_office")


def add_fixtures(layout: Layout) -> None:
    """Fix to the room what belongs to the building."""
    style, office = layout.style, layout.room.kind in _OFFICES
    for side, s, opening in _door_sides(layout):
        if hang(layout, fixtures.switch(style), 1.05, [side], at=s):
            if opening.kind == "entrance" and not office:
                hang(layout, fixtures.thermostat(style), 1.35, [side], at=s)
            break
    for side in walls(layout)[: 3 if layout.area > 12.0 else 1]:
        hang(layout, fixtures.wall_plug(style), 0.25, [side])
    if office:
        _safety(layout)
    elif layout.room.kind in ("bathroom", "kitchen"):
        hang(layout, fixtures.vent(style), layout.room.height - 0.3, walls(layout))
    x, z = layout.inside.center
    if layout.room.kind not in ("bathroom", "kitchen"):
        layout.hangs(fixtures.smoke_detector(style), x + 0.9 * min(1.0, layout.inside.width / 3.0), z)


def _door_sides(layout: Layout) -> Iterator[tuple[str, float, Opening]]:
    """Walls and places s [m] right and left of doors, where switches are."""
    for side, face in layout.faces.items():
        for left, right, opening in face.openings():
            if opening.kind != "window":
                yield side, right + 0.46, opening
                yield side, left - 0.46, opening


def _safety(layout: Layout) -> None:
    style = layout.style
    hang(layout, fixtures.fire_extinguisher(style), 0.75, walls(layout))
    for face in layout.faces.values():
        for left, right, opening in face.openings():
            if opening.kind == "entrance" and opening.top + 0.3 < layout.room.height:
                sign = face.placed(fixtures.exit_sign(style), (left + right) / 2.0, opening.top + 0.1)
                layout.assembly.add(sign, "wall")
    x, z = layout.inside.center
    layout.hangs(fixtures.ceiling_vent(style), x - 0.3 * layout.inside.width, z - 0.04)
