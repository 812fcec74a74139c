"""Seats and beds: sofas, armchairs, chairs of several kinds, stools, beds with their bedding.

The one idea: each function draws one member of a family from the home's style and returns it in its own frame: back at
z = 0, front towards +z, centred at x = 0, standing on y = 0.
"""

from __future__ import annotations

import numpy as np

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Color, Shape, box, cylinder, join, pillow, rounded_box
from echoenv.scene.homes.style import BLACK, STEEL, WHITE, Style, scaled


def legs(
    width: float, depth: float, height: float, color: Color, radius: float = 0.02, inset: float = 0.05, z: float = 0.0
) -> Shape:
    """Four round legs under a top of that width and depth [m] whose back edge is at `z`."""
    leg = cylinder(radius * 0.8, height, color, 8, top_radius=radius)
    xs, zs = width / 2 - inset, depth / 2 - inset
    return join(leg.moved(sx * xs, 0.0, z + depth / 2 + sz * zs) for sx in (-1, 1) for sz in (-1, 1))


def sofa(style: Style, width: float = 2.0, depth: float = 0.88) -> Thing:
    """A sofa with seat and back cushions and a few loose ones."""
    color, arm = style.shade(style.fabric), 0.18
    seats = max(1, round((width - 2 * arm) / 0.65))
    each = (width - 2 * arm) / seats
    body = [
        rounded_box((width - 2 * arm, 0.22, depth - 0.06), scaled(color, 0.92), 0.03, 1, 0.4, bottom=0.12).moved(
            z=depth / 2 - 0.03
        ),
        rounded_box((width - 0.02, 0.72, 0.2), color, 0.06, 2, 0.3, bottom=0.1).moved(z=0.1),
        *(
            rounded_box((arm, 0.5, depth - 0.04), color, 0.06, 2, 0.3, bottom=0.1).moved(
                s * (width - arm) / 2, 0, depth / 2
            )
            for s in (-1, 1)
        ),
    ]
    for k in range(seats):
        x = -width / 2 + arm + each * (k + 0.5)
        body.append(
            rounded_box((each - 0.01, 0.15, depth - 0.24), style.shade(color, 0.03), 0.05, 2, 0.3, bottom=0.33).moved(
                x, 0, depth / 2 + 0.1
            )
        )
        back = rounded_box((each - 0.02, 0.42, 0.17), style.shade(color, 0.03), 0.07, 2, 0.3)
        body.append(back.turned(-12.0, "x").moved(x, 0.46, 0.27))
    feet = legs(width, depth, 0.12, scaled(style.wood, 0.7), inset=0.1)
    thing = Thing("sofa", (Part(join(body), "upholstery"), Part(feet, "wooden_furniture")), (width, 0.88, depth))
    spots = style.rng.permutation(seats)[: max(1, seats - 1)]
    loose = [
        cushion(style).turned(float(style.rng.uniform(-15, 15))).moved(-width / 2 + arm + each * (k + 0.5), 0.47, 0.44)
        for k in spots
    ]
    return thing.carrying(*loose)


def cushion(style: Style, size: float = 0.42) -> Thing:
    """A loose cushion, leaning back."""
    body = pillow((size, size, 0.15), style.bright(), 0.5, 20)
    upright = body.moved(0, -size / 2, 0).turned(-22.0, "x").moved(0, size / 2, 0)
    return Thing("cushion", (Part(upright, "cushion"),), (size, size, 0.2))


def armchair(style: Style) -> Thing:
    """A soft chair for one."""
    chair = sofa(style, style.between(0.82, 0.92), 0.85)
    return Thing("chair", chair.parts, chair.size, chair.carries)


def dining_chair(style: Style) -> Thing:
    """A wooden chair with a slatted back."""
    color = style.wood
    seat = rounded_box((0.44, 0.04, 0.44), color, 0.015, 1, bottom=0.43).moved(z=0.24)
    posts = [box((0.035, 0.86, 0.035), color).moved(s * 0.195, 0.0, 0.03) for s in (-1, 1)]
    front = [box((0.035, 0.43, 0.035), color).moved(s * 0.195, 0.0, 0.43) for s in (-1, 1)]
    slats = [rounded_box((0.36, 0.07, 0.02), color, 0.008, 1, bottom=h).moved(z=0.03) for h in (0.55, 0.66, 0.77)]
    rails = [box((0.36, 0.03, 0.02), color, bottom=0.2).moved(z=z) for z in (0.03, 0.43)]
    parts = [Part(join([seat, *posts, *front, *slats, *rails]), "wooden_chair")]
    parts.append(Part(rounded_box((0.40, 0.035, 0.38), style.fabric, 0.015, 1, bottom=0.47).moved(z=0.25), "cushion"))
    return Thing("chair", tuple(parts), (0.46, 0.86, 0.48))


def office_chair(style: Style) -> Thing:
    """A swivel chair on a star of five feet."""
    seat = rounded_box((0.48, 0.08, 0.46), style.fabric, 0.035, 2, 0.3, bottom=0.44).moved(z=0.30)
    back = rounded_box((0.44, 0.52, 0.07), style.fabric, 0.033, 2, 0.3, bottom=0.58).turned(-6.0, "x").moved(z=0.10)
    arms = [rounded_box((0.05, 0.03, 0.26), BLACK, 0.012, 1, bottom=0.66).moved(s * 0.27, 0, 0.28) for s in (-1, 1)]
    posts = [box((0.03, 0.2, 0.03), BLACK, bottom=0.47).moved(s * 0.26, 0, 0.28) for s in (-1, 1)]
    column = cylinder(0.028, 0.36, STEEL, 12, bottom=0.08).moved(z=0.30)
    foot = box((0.04, 0.03, 0.28), BLACK, bottom=0.05).moved(z=0.14)
    wheel = cylinder(0.025, 0.03, BLACK, 10).turned(90.0, "z").moved(0.015, 0.025, 0.27)
    star = [join([foot, wheel]).turned(72.0 * k).moved(z=0.30) for k in range(5)]
    spine = box((0.07, 0.32, 0.03), BLACK, bottom=0.40).moved(z=0.06)
    plastic = join([spine, *arms, *posts, column, *star])
    return Thing("chair", (Part(join([seat, back]), "office_chair"), Part(plastic, "plastic")), (0.60, 1.1, 0.60))


def stool(style: Style) -> Thing:
    """A round stool."""
    seat = cylinder(0.18, 0.04, style.wood, 20, bottom=0.43).moved(z=0.2)
    return Thing(
        "stool",
        (Part(join([seat, legs(0.34, 0.34, 0.43, style.wood, 0.015, z=0.03)]), "wooden_chair"),),
        (0.4, 0.47, 0.4),
    )


def bed(style: Style, width: float = 1.6, length: float = 2.05) -> Thing:
    """A bed with its head at the wall: frame, headboard, mattress, duvet and pillows."""
    wood, cover = style.shade(style.wood), style.shade(style.textile)
    frame = [
        rounded_box((width + 0.06, 0.18, length), wood, 0.02, 1, 0.5, bottom=0.1).moved(z=length / 2),
        rounded_box((width + 0.08, 0.95, 0.06), wood, 0.02, 1, 0.3).moved(z=0.03),
        legs(width, length, 0.1, scaled(wood, 0.8), 0.03),
    ]
    mattress = rounded_box((width, 0.22, length - 0.1), WHITE, 0.05, 2, 0.4, bottom=0.27).moved(z=length / 2 + 0.03)
    duvet = rounded_box((width + 0.07, 0.26, length * 0.68), cover, 0.06, 2, 0.2, bottom=0.27).moved(z=length * 0.65)
    rumpled = duvet.stretched().colored(
        lambda v: np.asarray(cover) * (1.0 + 0.02 * np.sin(9.0 * v[:, :1] + 4.0 * v[:, 2:]))
    )
    fold = rounded_box((width + 0.06, 0.05, 0.32), WHITE, 0.024, 2, 0.2, bottom=0.505).moved(z=length * 0.36)
    heads = (-0.25, 0.25) if width > 1.2 else (0.0,)
    pillows = [
        Thing(
            "pillow",
            (
                Part(
                    pillow((min(0.68, width / len(heads) - 0.06), 0.17, 0.42), style.shade(WHITE, 0.04), 0.5, 24),
                    "cushion",
                ),
            ),
            (0.7, 0.2, 0.4),
        ).moved(side * width, 0.47, 0.36)
        for side in heads
    ]
    blanket = Thing("comforter", (Part(join([rumpled, fold]), "mattress"),), (width, 0.5, length))
    parts = (Part(join(frame), "wooden_furniture"), Part(mattress, "mattress"))
    return Thing("bed", parts, (width + 0.1, 0.95, length + 0.03)).carrying(blanket, *pillows)
