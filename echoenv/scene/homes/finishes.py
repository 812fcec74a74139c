"""What floors, walls and ceilings are made of: material, pattern and colour of the surfaces of every room.

The one idea: a finish is a line of an architect's schedule of rooms, and it says at once how a surface looks and how it
sounds. A home draws once what it is built of (masonry, light-weight walls, a loft) and which floor runs through its
rooms; each room then draws among what rooms of its kind have. Chance is seeded by the palette of the home alone, so
that the same style gives the same finishes however often, and in whatever order, one asks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from echoenv.scene.homes.plans.plan import Room
from echoenv.scene.homes.shapes import Color
from echoenv.scene.homes.style import Style, scaled, seeded

OWN_COLORS: Color = (1.0, 1.0, 1.0)
"""Colour of finishes whose pattern has colours of its own (brick, marble)."""

OFFICE_KINDS = ("office", "meeting", "lounge", "open_office")
"""Rooms that are fitted out as offices are."""

_CEILING: Color = (0.95, 0.95, 0.94)
_FLOOR_TILES: tuple[Color, ...] = ((0.78, 0.77, 0.74), (0.60, 0.59, 0.57), (0.84, 0.81, 0.75), (0.68, 0.64, 0.58))
_WALL_TILES: tuple[Color, ...] = (
    (0.90, 0.91, 0.90),
    (0.91, 0.89, 0.84),
    (0.81, 0.86, 0.84),
    (0.77, 0.81, 0.76),
    (0.81, 0.84, 0.87),
)
_CARPETS: tuple[Color, ...] = (
    (0.66, 0.61, 0.53),
    (0.58, 0.57, 0.55),
    (0.50, 0.47, 0.43),
    (0.50, 0.54, 0.57),
)
_HOTEL_CARPETS: tuple[Color, ...] = ((0.26, 0.31, 0.42), (0.42, 0.24, 0.24), (0.28, 0.36, 0.32), (0.50, 0.43, 0.33))
_OFFICE_CARPETS: tuple[Color, ...] = ((0.38, 0.40, 0.44), (0.44, 0.44, 0.43), (0.32, 0.38, 0.46), (0.40, 0.43, 0.38))
_LINOLEUMS: tuple[Color, ...] = ((0.58, 0.60, 0.58), (0.64, 0.58, 0.49), (0.50, 0.55, 0.58))

Weights = tuple[tuple[str, float], ...]
"""Names and how often each is chosen."""

_SHELLS: Weights = (("masonry", 0.2), ("boards", 0.24), ("studs", 0.12), ("dry-lined", 0.32), ("loft", 0.12))
_OFFICE_SHELLS: Weights = (("boards", 0.58), ("dry-lined", 0.12), ("studs", 0.18), ("masonry", 0.12))
_WALLS = {
    "masonry": "plaster_on_brick",
    "dry-lined": "dry_lining",
    "studs": "gypsum_on_studs",
    "boards": "gypsum_board",
    "loft": "gypsum_board",
}
_CEILINGS = {"masonry": "lath", "dry-lined": "plaster", "studs": "plaster", "boards": "plaster", "loft": "concrete"}

_HOME_FLOORS: Weights = (("planks", 0.35), ("floating planks", 0.25), ("herringbone", 0.25), ("carpet", 0.15))
_OFFICE_FLOORS: Weights = (("carpet tiles", 0.7), ("linoleum", 0.3))
_OFFICE_CEILINGS: Weights = (
    ("fibreboard tiles", 0.35),
    ("mineral tiles", 0.22),
    ("acoustic plaster", 0.25),
    ("plaster", 0.18),
)

_FLOORS: dict[str, Weights] = {
    "living": (("home", 0.75), ("carpet", 0.1), ("thick carpet", 0.15)),
    "dining": (("home", 1.0),),
    "study": (("home", 0.7), ("carpet", 0.3)),
    "bedroom": (("home", 0.6), ("carpet", 0.25), ("thick carpet", 0.15)),
    "hallway": (("home", 0.65), ("tiles", 0.2), ("stone", 0.15)),
    "kitchen": (("large tiles", 0.45), ("tiles", 0.2), ("floating planks", 0.35)),
    "bathroom": (("tiles", 0.35), ("large tiles", 0.2), ("mosaic", 0.2), ("marble", 0.12), ("terrazzo", 0.13)),
    "hotel": (("hotel carpet", 1.0),),
    "office": (("office", 1.0),),
    "meeting": (("office", 1.0),),
    "lounge": (("office", 0.6), ("floating planks", 0.4)),
    "open_office": (("office", 1.0),),
}

_MANY_VOICES = {"open_office": "mineral tiles", "lounge": "acoustic plaster"}
"""Ceilings of rooms in which many talk at once: nobody could work there under bare plaster (ISO 22955)."""

_ACCENTS: dict[str, Weights] = {
    "living": (("paint", 0.3), ("wallpaper", 0.2), ("brick", 0.15), ("wood", 0.25), ("none", 0.1)),
    "bedroom": (("paint", 0.35), ("wallpaper", 0.4), ("wood", 0.1), ("none", 0.15)),
    "dining": (("paint", 0.3), ("wallpaper", 0.25), ("brick", 0.2), ("none", 0.25)),
    "study": (("paint", 0.4), ("wood", 0.2), ("none", 0.4)),
    "hallway": (("none", 0.6), ("paint", 0.25), ("wood", 0.15)),
    "kitchen": (("none", 0.75), ("paint", 0.25)),
    "bathroom": (("none", 0.5), ("tiles", 0.5)),
    "hotel": (("wallpaper", 0.5), ("wood", 0.3), ("paint", 0.2)),
    "lounge": (("paint", 0.4), ("brick", 0.3), ("wood", 0.3)),
    "meeting": (("paint", 0.5), ("wood", 0.3), ("none", 0.2)),
    "office": (("paint", 0.4), ("none", 0.6)),
    "open_office": (("paint", 0.4), ("brick", 0.3), ("none", 0.3)),
}

_WALLPAPERS: Weights = (("wallpaper_stripes", 0.35), ("wallpaper_damask", 0.3), ("wallpaper_leaves", 0.35))
_TILE_PATTERNS: Weights = (("tiles_metro", 0.45), ("tiles_floor", 0.35), ("tiles_mosaic", 0.2))
_TINTED = ("bedroom", "dining", "study", "hallway")
"""Rooms whose walls are now and then all in a pale shade of the accent."""


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
        Always the same for the same kind, name and palette. A room of a kind that is not listed here gets the floor of
        the home and plain walls.
    """
    palette = (style.wall, style.accent, style.wood, style.boards, style.fabric, style.textile, style.fronts)
    home, own = seeded(f"finishes {palette}"), seeded(f"finishes {palette} {room.name}")
    office = room.kind in OFFICE_KINDS
    shells, floors = (_SHELLS, _HOME_FLOORS), (_OFFICE_SHELLS, _OFFICE_FLOORS)
    shell, run = (_one(home, choices) for choices in (floors if office else shells))
    ceiling = _one(home, _OFFICE_CEILINGS)
    floor = _one(own, _FLOORS.get(room.kind, (("home", 1.0),)))
    wall = _wall(room.kind, shell, style, own)
    accent = _accent(_one(own, _ACCENTS.get(room.kind, (("none", 1.0),))), wall, shell, style, own)
    return RoomFinishes(
        floor=_floor(
            run if floor in ("home", "office") else floor, style, home if floor in ("home", "office") else own
        ),
        wall=wall,
        accent=accent,
        ceiling=_ceiling(ceiling if office else _CEILINGS[shell], room.kind, own),
        skirting=room.kind != "bathroom",
    )


def _one(rng: np.random.Generator, choices: Weights) -> str:
    """One name, each as often as its weight says; always one draw."""
    names, weights = zip(*choices, strict=True)
    return str(names[int(np.searchsorted(np.cumsum(weights) / sum(weights), rng.random(), side="right"))])


def _any(rng: np.random.Generator, colors: tuple[Color, ...]) -> Color:
    return colors[int(rng.integers(len(colors)))]


def _floor(name: str, style: Style, rng: np.random.Generator) -> Finish:
    palettes = (_FLOOR_TILES, _CARPETS, _HOTEL_CARPETS, _OFFICE_CARPETS, _LINOLEUMS)
    tile, carpet, hotel, office, linoleum = (_any(rng, palette) for palette in palettes)
    return {
        "planks": Finish("wood_floor", "planks", style.boards),
        "floating planks": Finish("floating_parquet", "planks", style.boards),
        "herringbone": Finish("parquet", "parquet_herringbone", style.boards),
        "carpet": Finish("pile_carpet", "carpet", carpet),
        "thick carpet": Finish("tufted_carpet", "carpet_pile", carpet),
        "hotel carpet": Finish("tufted_carpet", "carpet", hotel),
        "tiles": Finish("ceramic_tiles", "tiles_floor", tile),
        "large tiles": Finish("ceramic_tiles", "tiles_large", tile),
        "mosaic": Finish("ceramic_tiles", "tiles_mosaic", tile),
        "stone": Finish("marble", "stone", OWN_COLORS),
        "marble": Finish("marble", "marble", OWN_COLORS),
        "terrazzo": Finish("marble", "terrazzo", OWN_COLORS),
        "carpet tiles": Finish("needle_felt", "carpet_tiles", office),
        "linoleum": Finish("linoleum", "plaster", linoleum),
    }[name]


def _wall(kind: str, shell: str, style: Style, rng: np.random.Generator) -> Finish:
    pattern, tile, tint = _one(rng, _TILE_PATTERNS), _any(rng, _WALL_TILES), rng.random() < 0.3
    if kind == "bathroom":
        return Finish("ceramic_tiles", pattern, tile)
    color = _blended(style.wall, style.accent, 0.35) if tint and kind in _TINTED else style.wall
    return Finish(_WALLS[shell], "plaster", color)


def _accent(name: str, wall: Finish, shell: str, style: Style, rng: np.random.Generator) -> Finish:
    paper, white, pattern = _one(rng, _WALLPAPERS), rng.random() < 0.4, _one(rng, _TILE_PATTERNS)
    if shell == "loft" and name in ("paint", "wallpaper"):
        name = "brick"
    papered = "wallpaper_on_plaster" if wall.material == "plaster_on_brick" else wall.material
    brick = Finish("painted_brick", "brick_white", OWN_COLORS) if white else Finish("brick", "brick", OWN_COLORS)
    return {
        "none": wall,
        "paint": Finish(wall.material, wall.texture, style.accent),
        "wallpaper": Finish(papered, paper, _blended(style.wall, style.accent, 0.7)),
        "brick": brick,
        "wood": Finish("wood_panel", "wood_fine", style.wood),
        "tiles": Finish("ceramic_tiles", pattern, scaled(wall.color, 0.75)),
    }[name]


def _ceiling(name: str, kind: str, rng: np.random.Generator) -> Finish:
    if name in ("plaster", "fibreboard tiles") and kind in _MANY_VOICES:
        name = _MANY_VOICES[kind]
    if rng.random() < 0.25 and name in ("lath", "concrete") and kind in ("living", "dining", "bedroom", "study"):
        name = "boards"
    if name == "concrete" and kind in ("kitchen", "hallway", "hotel"):
        name = "plaster"  # where pipes and lamps are hidden above a suspended ceiling
    if kind == "bathroom":
        name = "boards against damp"
    return {
        "lath": Finish("plaster_on_lath", "plaster", _CEILING),
        "plaster": Finish("gypsum_ceiling", "plaster", _CEILING),
        "boards against damp": Finish("gypsum_board", "plaster", _CEILING),
        "concrete": Finish("rough_concrete", "concrete", (0.66, 0.65, 0.63)),
        "boards": Finish("wood_panel", "ceiling_boards", (0.80, 0.73, 0.62)),
        "mineral tiles": Finish("mineral_ceiling_tile", "ceiling_tiles", _CEILING),
        "fibreboard tiles": Finish("fibreboard_ceiling_tile", "ceiling_tiles", _CEILING),
        "acoustic plaster": Finish("acoustic_plaster", "plaster_rough", _CEILING),
    }[name]


def _blended(first: Color, second: Color, share: float) -> Color:
    """A colour between two, `share` of the way to the second."""
    r, g, b = (a + share * (c - a) for a, c in zip(first, second, strict=True))
    return r, g, b
