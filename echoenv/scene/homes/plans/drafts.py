"""Drafts of floor plans drawn by chance: which rooms a home has, how large, beside which others, joined how.

The one idea: a draft is rows of rooms. Rooms of one row share its depth, their areas are drawn, and the depth of the
second row follows from the length of the first, so that all rooms together always fill one rectangle. A program says
which rooms a home has; its drafts that are badly proportioned (`is_proportioned`) are thrown away by `varied_plans`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from echoenv.scene.homes.plans.plan import Rect

DRAFT_STYLES = ("apartment", "hotel", "meeting_room", "office", "room")
"""Styles of homes that can be drawn."""

_AREAS = {
    "living": (14.0, 32.0),
    "kitchen": (7.0, 14.0),
    "bedroom": (10.0, 19.0),
    "bathroom": (4.5, 9.0),
    "hallway": (2.8, 22.0),
    "study": (7.5, 14.0),
    "dining": (10.0, 19.0),
    "office": (10.0, 26.0),
    "meeting": (17.0, 40.0),
    "lounge": (15.0, 32.0),
    "open_office": (26.0, 55.0),
    "hotel": (15.0, 30.0),
}
"""Smallest and largest area [m2] of a room of each kind, between the centre lines of its walls."""

_SHORTEST_SIDES = {
    "living": 3.4,
    "kitchen": 2.4,
    "bedroom": 2.8,
    "bathroom": 1.9,
    "hallway": 1.4,
    "study": 2.5,
    "dining": 2.9,
    "office": 2.8,
    "meeting": 3.8,
    "lounge": 3.5,
    "open_office": 4.4,
    "hotel": 3.4,
}
"""Shortest side [m] that a room of each kind may have."""

_LONGEST_TO_SHORTEST = 2.2
_SMALLEST_HOME = 15.5  # [m2]: smaller ones have too few places to stand
_LARGEST_HOME = 150.0  # [m2]: larger ones have too many triangles
_NAMES = {"living": "living room", "dining": "dining room", "open_office": "open office", "meeting": "meeting room"}


@dataclass(frozen=True)
class Link:
    """Two rooms with a way between them: a `door` that opens into the second, or a `passage`."""

    first: str
    second: str
    kind: str = "door"


@dataclass(frozen=True)
class Draft:
    """Rooms without heights and openings.

    Attributes:
        rooms: Kind and outline [m] by name.
        links: Ways between them; every room is reached by them.
        entry: The room with the entrance.
    """

    rooms: dict[str, tuple[str, Rect]]
    links: tuple[Link, ...]
    entry: str

    def is_proportioned(self) -> bool:
        """Whether the home is not too large, and every room has the area and the sides that its kind needs."""
        whole = sum(outline.width * outline.depth for _, outline in self.rooms.values())
        return _SMALLEST_HOME <= whole <= _LARGEST_HOME and all(
            _is_proportioned(kind, outline) for kind, outline in self.rooms.values()
        )

    def turned(self, swap: bool, mirror_x: bool, mirror_z: bool) -> Draft:
        """The draft mirrored, and with x and z swapped, its lowest corner again at the origin."""
        width = max(outline.x1 for _, outline in self.rooms.values())
        depth = max(outline.z1 for _, outline in self.rooms.values())

        def turn(r: Rect) -> Rect:
            x0, x1 = (width - r.x1, width - r.x0) if mirror_x else (r.x0, r.x1)
            z0, z1 = (depth - r.z1, depth - r.z0) if mirror_z else (r.z0, r.z1)
            corners = (z0, x0, z1, x1) if swap else (x0, z0, x1, z1)
            return Rect(*(round(value, 2) for value in corners))

        return Draft({name: (kind, turn(r)) for name, (kind, r) in self.rooms.items()}, self.links, self.entry)


def _is_proportioned(kind: str, outline: Rect) -> bool:
    short, long = sorted((outline.width, outline.depth))
    low, high = _AREAS[kind]
    fits = short >= _SHORTEST_SIDES[kind] and 0.9 * low <= outline.width * outline.depth <= 1.2 * high
    return fits and (kind == "hallway" or long <= _LONGEST_TO_SHORTEST * short)


Program = Callable[[np.random.Generator], Draft | None]
"""Which rooms a home has, and beside which others: draws a draft of them, or None where that is badly proportioned."""


def draw_program(style: str, rng: np.random.Generator) -> Program:
    """A program of one of `DRAFT_STYLES`; its drafts are turned and mirrored by chance."""
    program = _PROGRAMS[style](rng)
    flips = [bool(rng.random() < 0.5) for _ in range(3)]

    def draw(chance: np.random.Generator) -> Draft | None:
        draft = program(chance)
        return draft.turned(*flips) if draft is not None and draft.is_proportioned() else None

    return draw


def _named(kinds: Sequence[str]) -> list[tuple[str, str]]:
    """(name, kind) of rooms, their names unique."""
    named, counts = [], dict.fromkeys(kinds, 0)
    for kind in kinds:
        counts[kind] += 1
        name = _NAMES.get(kind, kind)
        named.append((name if counts[kind] == 1 else f"{name} {counts[kind]}", kind))
    return named


def _areas(rng: np.random.Generator, kinds: Sequence[str]) -> list[float]:
    return [float(rng.uniform(*_AREAS[kind])) for kind in kinds]


def _fit_in_row(kinds: Sequence[str], areas: Sequence[float], depth: float) -> bool:
    """Whether rooms of those areas [m2], so deep [m], are about as broad as their kinds need."""
    for kind, area in zip(kinds, areas, strict=True):
        short, long = sorted((area / depth, depth))
        if short < _SHORTEST_SIDES[kind] - 0.02 or (kind != "hallway" and long > _LONGEST_TO_SHORTEST * short + 0.02):
            return False
    return True


def _row(
    rooms: Sequence[tuple[str, str]], areas: Sequence[float], z0: float, depth: float
) -> dict[str, tuple[str, Rect]]:
    """Rooms side by side along x from x = 0 [m]."""
    edges = [round(edge, 2) for edge in itertools.accumulate((area / depth for area in areas), initial=0.0)]
    return {
        name: (kind, Rect(edges[k], z0, edges[k + 1], round(z0 + depth, 2))) for k, (name, kind) in enumerate(rooms)
    }


def _chain(rng: np.random.Generator, kinds: Sequence[str], links: Sequence[str], entry: int) -> Draft | None:
    """One row of rooms, each joined to the next."""
    rooms = _named(kinds)
    areas = _areas(rng, kinds)
    depth = round(float(np.sqrt(max(areas)) * rng.uniform(0.75, 1.35)), 2)
    if not _fit_in_row(kinds, areas, depth):
        return None
    names = [name for name, _ in rooms]
    ways = [Link(a, b, kind) for a, b, kind in zip(names, names[1:], links, strict=False)]
    return Draft(_row(rooms, areas, 0.0, depth), tuple(ways), names[entry])


def _row_of(kinds: Sequence[str], link: str = "door", entry: int = 0) -> Program:
    return partial(_chain, kinds=kinds, links=[link] * (len(kinds) - 1), entry=entry)


def _corridor(rng: np.random.Generator, north: Sequence[str], south: Sequence[str], end: str | None) -> Draft | None:
    """Two rows of rooms with a hallway between, perhaps closed by a room at its end; every room opens to the hallway.

    A living room, kitchen or dining room beside another of them in the north row is open to it as well.
    """
    rooms = _named([*north, *south, *([end] if end else [])])
    upper, lower = rooms[: len(north)], rooms[len(north) : len(north) + len(south)]
    depth, hall = round(float(rng.uniform(2.9, 5.2)), 2), round(float(rng.uniform(1.4, 1.9)), 2)
    top_areas = _areas(rng, north)
    if not _fit_in_row(north, top_areas, depth):
        return None
    placed = _row(upper, top_areas, 0.0, depth)
    length = placed[upper[-1][0]][1].x1
    hall_end, bottom = length, round(depth + hall, 2)
    areas = _areas(rng, south)
    if end:
        hall_end = round(length - float(rng.uniform(2.6, 4.2)), 2)
    if south and hall_end > 1.0:
        second = sum(areas) / hall_end
        if not _fit_in_row(south, areas, second):
            return None
        # The sum of rounded widths may miss the hallway's end by a centimetre: the last room takes what is left.
        for name, (kind, r) in _row(lower, areas, bottom, round(second, 2)).items():
            placed[name] = (kind, Rect(r.x0, r.z0, hall_end if name == lower[-1][0] else r.x1, r.z1))
        bottom = placed[lower[0][0]][1].z1
    placed["hallway"] = ("hallway", Rect(0.0, depth, hall_end, round(depth + hall, 2)))
    if end:
        placed[rooms[-1][0]] = (end, Rect(hall_end, depth, length, bottom))
    open_kinds = ("living", "kitchen", "dining")
    ways = [Link(a, b, "passage") for (a, k), (b, m) in itertools.pairwise(upper) if {k, m} <= {*open_kinds}]
    through = [
        name for name, kind in rooms if not (kind == "kitchen" and any(name in (w.first, w.second) for w in ways))
    ]
    ways += [Link("hallway", name) for name in through]
    return Draft(placed, tuple(ways), "hallway")


def _foyer(rng: np.random.Generator, north: Sequence[str], south: Sequence[str], links: Sequence[Link]) -> Draft | None:
    """A row of rooms above another that holds the small hallway through which the home is entered."""
    rooms = _named([*north, *south])
    upper, lower = rooms[: len(north)], rooms[len(north) :]
    depth = round(float(rng.uniform(3.2, 5.2)), 2)
    top_areas = _areas(rng, north)
    if not _fit_in_row(north, top_areas, depth):
        return None
    placed = _row(upper, top_areas, 0.0, depth)
    length = placed[upper[-1][0]][1].x1
    areas = [float(rng.uniform(*((3.5, 7.0) if kind == "hallway" else _AREAS[kind]))) for kind in south]
    if not _fit_in_row(south, areas, sum(areas) / length):
        return None
    for name, (kind, r) in _row(lower, areas, depth, round(sum(areas) / length, 2)).items():
        placed[name] = (kind, Rect(r.x0, r.z0, length if name == lower[-1][0] else r.x1, r.z1))
    return Draft(placed, tuple(links), "hallway")


def _shuffled(rng: np.random.Generator, kinds: Sequence[str]) -> list[str]:
    return [kinds[k] for k in rng.permutation(len(kinds))]


def _apartment(rng: np.random.Generator) -> Program:
    if rng.random() < 0.3:
        return _small_apartment(rng)
    bedrooms = int(rng.integers(1, 4))
    private = ["bathroom"] + ["bedroom"] * bedrooms + ["bathroom"] * int(bedrooms == 3 and rng.random() < 0.5)
    if rng.random() < 0.4:
        private.append("study")
    private = _shuffled(rng, private)
    public = ["living", "kitchen"] if rng.random() < 0.5 else ["kitchen", "living"]
    if rng.random() < 0.4:
        public.insert(2 if public[1] == "living" else 0, "dining")
    end = None
    if len(private) > 2 and rng.random() < 0.4 and private[-1] != "bathroom":
        end = private.pop()
    if len(private) > 3 or (len(private) > 2 and rng.random() < 0.3):
        public.append(private.pop())
    return partial(_corridor, north=public, south=private, end=end)


def _small_apartment(rng: np.random.Generator) -> Program:
    links = [Link("living room", "kitchen", "passage"), Link("hallway", "living room"), Link("hallway", "bathroom")]
    north, south = ["living", "kitchen"], ["bathroom", "hallway"]
    if rng.random() < 0.7:
        south.append("bedroom")
        links.append(Link("hallway", "bedroom"))
        if rng.random() < 0.3:
            south.append("bathroom")
            links.append(Link("bedroom", "bathroom 2"))
    if len(south) == 2 or rng.random() < 0.4:
        extra = "bedroom" if len(south) == 2 else "study"
        north.insert(0, extra)
        links.append(Link("living room", extra))
    return partial(_foyer, north=north, south=south, links=links)


def _hotel(rng: np.random.Generator) -> Program:
    links = [Link("hallway", "hotel", "passage" if rng.random() < 0.6 else "door"), Link("hallway", "bathroom")]
    north, south = ["hotel"], ["bathroom", "hallway"]
    if rng.random() < 0.4:
        north.insert(0, "living")
        links.append(Link("hotel", "living room", "passage" if rng.random() < 0.6 else "door"))
        if rng.random() < 0.4:
            south.insert(0, "study")
            links.append(Link("living room", "study"))
    return partial(_foyer, north=north, south=south, links=links)


def _office(rng: np.random.Generator) -> Program:
    count = int(rng.integers(1, 8))
    kinds = _shuffled(rng, ["office", "office", "office", "open_office", "lounge", "meeting"])
    if count == 1:
        return _row_of(kinds[:1] if kinds[0] != "meeting" else ["lounge"])
    if count == 2:
        return _row_of(kinds[:2], entry=int(rng.integers(2)))
    kinds = _shuffled(rng, [*kinds[: count - 2], "kitchen" if rng.random() < 0.5 else "bathroom", "office"])
    split = (len(kinds) + 1) // 2
    return partial(_corridor, north=kinds[:split], south=kinds[split:], end=None)


def _meeting_room(rng: np.random.Generator) -> Program:
    beside = _shuffled(rng, ["lounge", "office", "kitchen", "meeting"])[: int(rng.choice([0, 0, 1, 1, 2]))]
    kinds = ["meeting", *beside] if len(beside) < 2 else [beside[0], "meeting", beside[1]]
    return _row_of(kinds, entry=int(len(beside) == 2))


_ROOMS_BESIDE = {
    "living": (("kitchen", "passage"), ("dining", "passage"), ("study", "door")),
    "bedroom": (("bathroom", "door"), ("study", "door")),
    "dining": (("kitchen", "passage"), ("living", "passage")),
    "study": (("bedroom", "door"), ("bathroom", "door")),
}


def _single_room(rng: np.random.Generator) -> Program:
    kind = list(_ROOMS_BESIDE)[int(rng.choice(4, p=[0.35, 0.3, 0.2, 0.15]))]
    if rng.random() < 0.6 and kind != "study":
        return _row_of([kind])
    choices = _ROOMS_BESIDE[kind]
    other, link = choices[int(rng.integers(len(choices)))]
    return _row_of([kind, other], link)


_PROGRAMS: dict[str, Callable[[np.random.Generator], Program]] = {
    "apartment": _apartment,
    "hotel": _hotel,
    "meeting_room": _meeting_room,
    "office": _office,
    "room": _single_room,
}
