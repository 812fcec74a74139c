"""What floors, walls and ceilings are made of: material, pattern and colour of the surfaces of every room.

The one idea: a finish is what an architect writes into a schedule of rooms, and it says at once how a surface looks and
how it sounds. A home draws once what it is built of (masonry, light-weight walls, a concrete loft) and which floor runs
through its rooms; each room then draws among what rooms of its kind have. Chance is seeded by the palette of the home
alone, so that the same style gives the same finishes however often and in whatever order one asks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from echoenv.scene.homes.plans.plan import Room
from echoenv.scene.homes.shapes import Color
from echoenv.scene.homes.style import Style, scaled, seeded

OWN_COLORS: Color = (1.0, 1.0, 1.0)
"""Colour of finishes whose pattern has colours of its own (brick, marble)."""

_CEILING_WHITE: Color = (0.95, 0.95, 0.94)
_SCREED: Color = (0.62, 0.61, 0.59)
_TILE_COLORS: tuple[Color, ...] = ((0.78, 0.77, 0.74), (0.62, 0.61, 0.59), (0.86, 0.84, 0.79), (0.70, 0.66, 0.60))
_WALL_TILE_COLORS: tuple[Color, ...] = (
    (0.90, 0.92, 0.92),
    (0.92, 0.91, 0.87),
    (0.80, 0.87, 0.87),
    (0.74, 0.81, 0.77),
    (0.80, 0.84, 0.89),
)
_OFFICE_CARPETS: tuple[Color, ...] = ((0.38, 0.40, 0.44), (0.44, 0.44, 0.43), (0.32, 0.38, 0.46), (0.40, 0.43, 0.38))
_LINOLEUMS: tuple[Color, ...] = ((0.60, 0.62, 0.60), (0.66, 0.60, 0.50), (0.50, 0.56, 0.60))

Weights = tuple[tuple[str, float], ...]
"""Names and how often each is chosen."""

_SHELLS: Weights = (("masonry", 0.4), ("light", 0.45), ("loft", 0.15))
_WALLS = {"masonry": "plaster_on_brick", "light": "gypsum_board", "loft": "painted_concrete"}
_CEILINGS = {"masonry": "plaster_on_lath", "light": "gypsum_ceiling", "loft": "rough_concrete"}

_HOME_FLOORS: Weights = (("planks", 0.5), ("herringbone", 0.25), ("carpet", 0.25))
_OFFICE_FLOORS: Weights = (("carpet tiles", 0.7), ("linoleum", 0.3))
_OFFICE_CEILINGS: Weights = (("mineral tiles", 0.6), ("plaster", 0.4))

_FLOORS: dict[str, Weights] = {
    "living": (("home", 1.0),),
    "dining": (("home", 1.0),),
    "study": (("home", 0.7), ("carpet", 0.3)),
    "bedroom": (("home", 0.6), ("carpet", 0.4)),
    "hallway": (("home", 0.6), ("tiles", 0.25), ("stone", 0.15)),
    "kitchen": (("large tiles", 0.5), ("tiles", 0.2), ("planks", 0.3)),
    "bathroom": (("tiles", 0.45), ("mosaic", 0.25), ("marble", 0.15), ("terrazzo", 0.15)),
    "hotel": (("carpet", 1.0),),
    "office": (("office", 1.0),),
    "meeting": (("office", 1.0),),
    "lounge": (("office", 0.7), ("planks", 0.3)),
    "open_office": (("office", 1.0),),
}

_OFFICES = ("office", "meeting", "lounge", "open_office")

_ACCENTS: dict[str, Weights] = {
    "living": (("paint", 0.35), ("wallpaper", 0.25), ("brick", 0.2), ("wood", 0.1), ("none", 0.1)),
    "bedroom": (("paint", 0.35), ("wallpaper", 0.45), ("wood", 0.1), ("none", 0.1)),
    "dining": (("paint", 0.3), ("wallpaper", 0.25), ("brick", 0.2), ("none", 0.25)),
    "study": (("paint", 0.4), ("wood", 0.2), ("none", 0.4)),
    "hotel": (("wallpaper", 0.5), ("wood", 0.3), ("paint", 0.2)),
    "lounge": (("paint", 0.4), ("brick", 0.3), ("wood", 0.3)),
    "meeting": (("paint", 0.5), ("wood", 0.3), ("none", 0.2)),
    "office": (("paint", 0.4), ("none", 0.6)),
    "open_office": (("paint", 0.4), ("brick", 0.3), ("none", 0.3)),
    "kitchen": (("none", 0.8), ("paint", 0.2)),
}

_WALLPAPERS = ("wallpaper_stripes", "wallpaper_damask", "wallpaper_leaves")


@dataclass(frozen=True)
class Finish:
    """How one surface looks and sounds.

    Attributes:
        material: The acoustic material's name (`material_table`).
        texture: The pattern's name (`textures.library`).
        color: Its mean sRGB colour; white where the pattern has colours of its own.
    """

    material: str
    texture: str
    color: Color


@dataclass(frozen=True)
class RoomFinishes:
    """The finishes of a room.

    Attributes:
        floor: Of the floor.
        wall: Of most walls.
        accent: Of one wall; the same as `wall` in rooms without one that stands out.
        ceiling: Of the ceiling.
        skirting: Whether boards run along the foot of the walls.
    """

    floor: Finish
    wall: Finish
    accent: Finish
    ceiling: Finish
    skirting: bool


def finishes(room: Room, style: Style) -> RoomFinishes:
    """The finishes of a room.

    Args:
        room: Its kind says what there is to choose from, its name which chance is its own.
        style: The palette of the home; its source of chance is left alone.

    Returns:
        Always the same for the same kind, name and palette.
    """
    palette = (style.wall, style.accent, style.wood, style.boards, style.fabric, style.textile, style.fronts)
    home, own = seeded(f"finishes {palette}"), seeded(f"finishes {palette} {room.name}")
    shell, home_floor, office_floor, office_ceiling = (
        _one(home, choices) for choices in (_SHELLS, _HOME_FLOORS, _OFFICE_FLOORS, _OFFICE_CEILINGS)
    )
    floor = _one(own, _FLOORS.get(room.kind, (("home", 1.0),)))
    floor = {"home": home_floor, "office": office_floor}.get(floor, floor)
    tiled = room.kind == "bathroom"
    wall = (
        _wall_tiles(own) if tiled else Finish(_WALLS[shell], "concrete" if shell == "loft" else "plaster", style.wall)
    )
    accent = _accent(_one(own, _ACCENTS.get(room.kind, (("none", 1.0),))), wall, style, own)
    ceiling = _ceiling(office_ceiling if room.kind in _OFFICES else shell)
    return RoomFinishes(_floor(floor, style, own), wall, accent, ceiling, skirting=not tiled)


def _one(rng: np.random.Generator, choices: Weights) -> str:
    """One name, each as often as its weight says; always one draw."""
    names, weights = zip(*choices, strict=True)
    return str(names[int(np.searchsorted(np.cumsum(weights) / sum(weights), rng.random(), side="right"))])


def _any(rng: np.random.Generator, colors: tuple[Color, ...]) -> Color:
    return colors[int(rng.integers(len(colors)))]


def _floor(name: str, style: Style, rng: np.random.Generator) -> Finish:
    tile, office, lino = (_any(rng, colors) for colors in (_TILE_COLORS, _OFFICE_CARPETS, _LINOLEUMS))
    return {
        "planks": Finish("wood_floor", "planks", style.boards),
        "herringbone": Finish("parquet", "parquet_herringbone", style.boards),
        "carpet": Finish("thick_carpet", "carpet", scaled(style.textile, 0.85)),
        "tiles": Finish("ceramic_tiles", "tiles_floor", tile),
        "large tiles": Finish("ceramic_tiles", "tiles_large", tile),
        "mosaic": Finish("ceramic_tiles", "tiles_mosaic", tile),
        "stone": Finish("marble", "stone", OWN_COLORS),
        "marble": Finish("marble", "marble", OWN_COLORS),
        "terrazzo": Finish("marble", "terrazzo", OWN_COLORS),
        "carpet tiles": Finish("thin_carpet", "carpet_tiles", office),
        "linoleum": Finish("linoleum", "plaster", lino),
    }[name]


def _wall_tiles(rng: np.random.Generator) -> Finish:
    pattern = _one(rng, (("tiles_metro", 0.45), ("tiles_floor", 0.35), ("tiles_mosaic", 0.2)))
    return Finish("ceramic_tiles", pattern, _any(rng, _WALL_TILE_COLORS))


def _accent(name: str, wall: Finish, style: Style, rng: np.random.Generator) -> Finish:
    paper, brick = _WALLPAPERS[int(rng.integers(len(_WALLPAPERS)))], ("brick", "brick_white")[int(rng.integers(2))]
    return {
        "none": wall,
        "paint": Finish(wall.material, wall.texture, style.accent),
        "wallpaper": Finish(wall.material, paper, scaled(style.accent, 1.2)),
        "brick": Finish("painted_brick" if brick == "brick_white" else "brick", brick, OWN_COLORS),
        "wood": Finish("wood_panel", "wood_fine", style.wood),
    }[name]


def _ceiling(name: str) -> Finish:
    return {
        "masonry": Finish(_CEILINGS["masonry"], "plaster", _CEILING_WHITE),
        "light": Finish(_CEILINGS["light"], "plaster", _CEILING_WHITE),
        "loft": Finish(_CEILINGS["loft"], "concrete", _SCREED),
        "mineral tiles": Finish("acoustic_ceiling_tile", "ceiling_tiles", _CEILING_WHITE),
        "plaster": Finish("gypsum_ceiling", "plaster", _CEILING_WHITE),
    }[name]
