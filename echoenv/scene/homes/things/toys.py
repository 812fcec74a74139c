"""Toys: a teddy, balls, blocks, a train, a car, a doll's house, a tent.

The one idea: as in `kitchenware`, the origin of each thing is the middle of what it stands on.
"""

from __future__ import annotations

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Color, box, cylinder, join, lathe, pillow, rounded_box
from echoenv.scene.homes.solids import rod
from echoenv.scene.homes.style import BLACK, WHITE, Style, scaled
from echoenv.scene.homes.things.pieces import one_of, stood

_GAY: tuple[Color, ...] = (
    (0.84, 0.28, 0.24),
    (0.24, 0.46, 0.74),
    (0.94, 0.78, 0.26),
    (0.34, 0.62, 0.36),
    (0.88, 0.54, 0.22),
    (0.58, 0.40, 0.66),
)


def teddy(style: Style) -> Thing:
    """A sitting teddy bear."""
    fur = style.shade(one_of(style, ((0.66, 0.46, 0.28), (0.82, 0.72, 0.56), (0.50, 0.36, 0.26))))
    shapes = [pillow((0.19, 0.22, 0.16), fur, 1.0, 12), pillow((0.17, 0.16, 0.15), fur, 1.0, 12, bottom=0.18)]
    shapes.append(pillow((0.08, 0.06, 0.06), scaled(fur, 1.25), 1.0, 8, bottom=0.21).moved(z=0.065))
    shapes += [pillow((0.06, 0.06, 0.03), fur, 1.0, 8, bottom=0.31).moved(s * 0.06) for s in (-1, 1)]
    shapes += [pillow((0.08, 0.08, 0.17), fur, 1.0, 8).moved(s * 0.08, 0, 0.1) for s in (-1, 1)]
    shapes += [pillow((0.06, 0.15, 0.07), fur, 1.0, 8, bottom=0.06).moved(s * 0.11, 0, 0.04) for s in (-1, 1)]
    eyes = [pillow((0.014, 0.014, 0.01), BLACK, 1.0, 6, bottom=0.265).moved(s * 0.035, 0, 0.068) for s in (-1, 1)]
    nose = pillow((0.024, 0.018, 0.014), BLACK, 1.0, 6, bottom=0.245).moved(z=0.094)
    return Thing(
        "teddy",
        (Part(join(shapes), "upholstery", texture="felt"), Part(join([*eyes, nose]), "plastic")),
        (0.28, 0.36, 0.3),
    )


def ball(style: Style) -> Thing:
    """A ball of two colours."""
    size = style.between(0.12, 0.22)
    first, second = style.rng.permutation(len(_GAY))[:2]
    body = pillow((size, size, size), _GAY[first], 1.0, 14)
    return Thing(
        "ball",
        (
            Part(
                body.colored(
                    lambda v: [_GAY[second] if abs(y - size / 2) < 0.2 * size else _GAY[first] for y in v[:, 1]]
                ),
                "plastic",
            ),
        ),
        (size, size, size),
    )


def blocks(style: Style) -> Thing:
    """Building blocks, some of them piled up."""
    side = 0.05
    places = [
        (0, 0, 0),
        (1.15, 0, 0.1),
        (0.55, 1, 0.05),
        (-1.6, 0, 0.9),
        (0.6, 0, 1.5),
        (-0.8, 0, -1.3),
        (0.55, 2, 0.05),
    ]
    cubes = [
        box((side, side, side), _GAY[k % len(_GAY)], 1.0)
        .turned(12.0 * k if y == 0 else 0.0)
        .moved(x * side, y * side, z * side)
        for k, (x, y, z) in enumerate(places)
    ]
    return Thing("toy", (Part(join(cubes), "wooden_furniture"),), (0.24, 0.15, 0.24))


def car(style: Style) -> Thing:
    """A toy car."""
    color = one_of(style, _GAY)
    body = rounded_box((0.11, 0.05, 0.24), color, 0.018, 1, 0.4, bottom=0.025)
    cabin = rounded_box((0.095, 0.05, 0.12), scaled(color, 0.9), 0.02, 1, 0.4, bottom=0.07)
    windows = box((0.097, 0.025, 0.09), (0.2, 0.24, 0.28), 1.0, bottom=0.082)
    wheels = [
        cylinder(0.027, 0.02, BLACK, 12).turned(90.0, "z").moved(s * 0.055 + 0.01, 0.027, z)
        for s in (-1, 1)
        for z in (-0.075, 0.075)
    ]
    return Thing("toy", (Part(join([body, cabin, windows, *wheels]), "plastic"),), (0.13, 0.12, 0.24))


def train(style: Style) -> Thing:
    """A wooden engine with two waggons."""
    shapes = []
    for k, x in enumerate((-0.17, 0.0, 0.17)):
        shapes.append(box((0.14, 0.035, 0.07), _GAY[k], 1.0, bottom=0.02).moved(x))
        shapes += [
            cylinder(0.017, 0.012, BLACK, 8).turned(90.0, "x").moved(x + dx, 0.017, z)
            for dx in (-0.045, 0.045)
            for z in (-0.042, 0.03)
        ]
    shapes.append(cylinder(0.028, 0.08, _GAY[3], 12).turned(-90.0, "z").moved(0.14, 0.08))
    shapes.append(cylinder(0.012, 0.04, BLACK, 8, bottom=0.1).moved(0.2))
    shapes.append(box((0.05, 0.075, 0.065), _GAY[0], 1.0, bottom=0.054).moved(0.125))
    shapes += [box((0.08, 0.03, 0.05), _GAY[4], 1.0, bottom=0.055).moved(x) for x in (-0.17, 0.0)]
    return Thing("toy", (Part(join(shapes), "wooden_furniture"),), (0.5, 0.15, 0.09))


def ring_tower(style: Style) -> Thing:
    """Coloured rings on a stick."""
    rings = [
        lathe(
            [
                (0, 0.02 + 0.03 * k),
                (0.075 - 0.01 * k, 0.02 + 0.03 * k),
                (0.075 - 0.01 * k, 0.048 + 0.03 * k),
                (0, 0.048 + 0.03 * k),
            ],
            _GAY[k],
            14,
        )
        for k in range(5)
    ]
    base = cylinder(0.07, 0.02, style.wood, 14)
    knob = pillow((0.04, 0.04, 0.04), _GAY[5], 1.0, 8, bottom=0.165)
    return Thing("toy", (Part(join([base, *rings, knob]), "wooden_furniture"),), (0.15, 0.21, 0.15))


def doll_house(style: Style) -> Thing:
    """An open doll's house with a gable, its back to the wall."""
    wall, roof = style.bright(), one_of(style, _GAY)
    boards = [box((0.7, 0.015, 0.3), wall, 0.6, bottom=y).moved(z=0.15) for y in (0.0, 0.28, 0.56)]
    posts = [box((0.015, 0.57, 0.3), wall, 0.6).moved(x, 0, 0.15) for x in (-0.342, 0.0, 0.342)]
    back = box((0.7, 0.575, 0.01), scaled(wall, 0.9), 0.6).moved(z=0.005)
    slopes = [box((0.47, 0.015, 0.32), roof, 0.6).turned(s * -38.0, "z").moved(s * 0.18, 0.7, 0.15) for s in (-1, 1)]
    inside = [
        rounded_box((0.12, 0.06, 0.08), _GAY[k], 0.01, 1, bottom=y).moved(x, 0, 0.12)
        for k, (x, y) in enumerate(((-0.2, 0.016), (0.18, 0.016), (-0.16, 0.296), (0.2, 0.296)))
    ]
    return stood(
        Thing("toy", (Part(join([*boards, *posts, back, *slopes, *inside]), "wooden_furniture"),), (0.74, 0.86, 0.31))
    )


def tent(style: Style) -> Thing:
    """A children's tent of cloth over four poles."""
    color = style.bright()
    wide, high = 1.0, 1.35
    body = lathe([(0.68, 0.02), (0.04, high - 0.1)], color, 4).turned(45.0).moved(z=wide / 2)
    inner = lathe([(0.035, high - 0.1), (0.675, 0.02)], color, 4).turned(45.0).moved(z=wide / 2)
    poles = [rod((s * 0.47, 0, 0.03), (-s * 0.06, high, wide / 2 + 0.05), 0.012, style.wood) for s in (-1, 1)]
    poles += [rod((s * 0.47, 0, wide - 0.03), (-s * 0.06, high, wide / 2 - 0.05), 0.012, style.wood) for s in (-1, 1)]
    door = box((0.3, 0.62, 0.004), scaled(color, 0.45), 0.6).turned(-19.3, "x").moved(0, 0.02, wide - 0.008)
    parts = (
        Part(join([body, inner]), "medium_curtain", texture="linen"),
        Part(join(poles), "wood_panel"),
        Part(door, "medium_curtain"),
    )
    return stood(Thing("toy", parts, (1.0, high, 1.0)))


def toy_chest(style: Style) -> Thing:
    """A chest with toys looking out."""
    color = one_of(style, (WHITE, style.wood, style.bright()))
    sides = [box((0.7, 0.36, 0.02), color, 0.6).moved(z=z) for z in (0.01, 0.39)]
    ends = [box((0.02, 0.36, 0.38), color, 0.6).moved(s * 0.34, 0, 0.2) for s in (-1, 1)]
    floor = box((0.66, 0.02, 0.36), color, 0.6, bottom=0.02).moved(z=0.2)
    chest = Thing(
        "storage", (Part(join([*sides, *ends, floor]), "wooden_furniture", texture="wood_fine"),), (0.7, 0.5, 0.4)
    )
    filling = pillow((0.62, 0.3, 0.34), style.bright(), 0.4, 12, bottom=0.04).moved(z=0.2)
    chest = chest.carrying(Thing("blanket", (Part(filling, "heavy_curtain", texture="quilt"),), (0.62, 0.3, 0.34)))
    return stood(chest.carrying(teddy(style).moved(-0.15, 0.31, 0.18), ball(style).moved(0.16, 0.32, 0.2)))


def rocking_horse(style: Style) -> Thing:
    """A rocking horse of wood, seen from the side."""
    wood = style.shade(style.wood)
    body = pillow((0.5, 0.2, 0.18), wood, 0.9, 12, bottom=0.36)
    neck = rod((0.18, 0.5, 0.0), (0.32, 0.74, 0.0), 0.055, wood, 8)
    head = pillow((0.22, 0.11, 0.1), wood, 0.9, 10, bottom=0.7).moved(0.38)
    mane = box((0.04, 0.24, 0.03), (0.3, 0.2, 0.14), 1.0, bottom=0.55).turned(-28.0, "z").moved(-0.08, 0.05)
    legs = [rod((0.14 * i, 0.4, 0.06 * k), (0.27 * i, 0.07, 0.12 * k), 0.022, wood) for i in (-1, 1) for k in (-1, 1)]
    runners = [
        rod((x0, y0, 0.12 * k), (x1, y1, 0.12 * k), 0.018, one_of(style, _GAY))
        for k in (-1, 1)
        for x0, y0, x1, y1 in ((-0.45, 0.1, -0.2, 0.03), (-0.2, 0.03, 0.2, 0.03), (0.2, 0.03, 0.45, 0.1))
    ]
    shape = join([body, neck, head, mane, *legs, *runners]).moved(0, -0.012, 0.16)
    return stood(Thing("toy", (Part(shape, "wooden_furniture", texture="wood_fine"),), (0.96, 0.82, 0.33)))
