"""What stands about: coat stands, racks for magazines and wine, folding screens, tall mirrors, clothes rails.

The one idea: as in `sofas`; frames of bars that hold what people hang or put into them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Floats, Shape, box, cylinder, join, lathe, rectangle, rounded_box
from echoenv.scene.homes.solids import rod, tube
from echoenv.scene.homes.style import BLACK, STEEL, WHITE, Style, scaled
from echoenv.scene.homes.things.bodies import beam, rounded_path, vessel
from echoenv.scene.homes.things.making import BRASS, PAINTS, made, metal, mirror_pane, taste, wood

_GLASS_GREEN = (0.10, 0.17, 0.11)


def coat_stand(style: Style) -> Thing:
    """A tree for coats: a pole with branches on a star of feet, a coat and a hat on it."""
    color = taste(style, "coat stand", (style.wood, scaled(style.wood, 0.6), BLACK))
    high, bars = 1.78, [rod((0, 0.04, 0), (0, 1.78, 0), 0.02, color, 10)]
    bars.append(lathe([(0, 1.775), (0.028, 1.78), (0.028, 1.81), (0, 1.83)], color, 10))
    for k in range(4):
        foot = tube([(0, 0.2, 0.0), (0, 0.13, 0.1), (0, 0.02, 0.24)], [0.016, 0.016, 0.02], color, 6)
        bars.append(foot.turned(90.0 * k + 45.0))
        for y, reach in ((high - 0.12, 0.17), (high - 0.45, 0.12)):
            arm = tube([(0, y - 0.04, 0), (0, y, 0.6 * reach), (0, y + 0.07, reach)], [0.012, 0.011, 0.014], color, 6)
            bars.append(arm.turned(90.0 * k + (0.0 if y > high - 0.2 else 45.0)))
    stand = made("rack", [wood(style, *bars)])
    stand = replace(stand.moved(z=0.065), size=(0.5, stand.size[1], 0.5))  # with what hangs on it
    middle = 0.25
    coats = [
        _coat(style).turned(90.0 * k + float(style.rng.uniform(-8, 8))).moved(0, 0, middle)
        for k in style.rng.permutation(4)[:2].tolist()
    ]
    return stand.carrying(*coats)


def _coat(style: Style, top: float = 1.64) -> Thing:
    """A coat that hangs from a peg at z = 0.1: drawn together above, falling in folds, with two sleeves."""
    dark = ((0.22, 0.26, 0.36), (0.46, 0.38, 0.28), (0.30, 0.30, 0.31), (0.52, 0.24, 0.22), (0.34, 0.40, 0.32))
    color = style.shade(dark[int(style.rng.integers(len(dark)))], 0.1)
    levels = [(0.0, 0.0, top - 0.95, 0.13), (0.2, 0.075, top - 0.95, 0.13), (0.185, 0.07, top - 0.5, 0.125)]
    levels += [
        (0.16, 0.06, top - 0.18, 0.115),
        (0.1, 0.045, top - 0.06, 0.11),
        (0.03, 0.03, top, 0.1),
        (0, 0, top, 0.1),
    ]
    body = vessel(levels, color, 18)

    def folded(v: Floats) -> Floats:
        around = np.arctan2(v[:, 2] - 0.125, v[:, 0])
        pull = 1.0 + 0.12 * np.sin(5.0 * around) * np.clip((top - v[:, 1]) / 0.95, 0.0, 1.0)
        return np.asarray([0.0, 0.0, 0.125] + (v - [0.0, 0.0, 0.125]) * np.stack([pull, 0 * pull + 1, pull], axis=-1))

    cloth = Shape(folded(body.vertices), body.triangles, body.colors, body.uvs)
    sleeves = [
        tube(
            [(s * 0.1, top - 0.09, 0.115), (s * 0.2, top - 0.3, 0.13), (s * 0.215, top - 0.66, 0.15)],
            [0.045, 0.05, 0.045],
            scaled(color, 0.95),
            8,
        )
        for s in (-1, 1)
    ]
    return Thing(
        "clothing", (Part(join([cloth, *sleeves]), "heavy_curtain", texture="fabric_coarse"),), (0.5, 0.95, 0.25)
    )


def magazine_rack(style: Style) -> Thing:
    """A low rack for magazines: two leaning sides of wire or leather, with magazines in it."""
    color = taste(style, "magazine rack", (BLACK, BRASS, STEEL))
    bars: list[Shape] = []
    for s in (-1, 1):
        frame = [(-0.19, 0.0, 0.16 + s * 0.13), (-0.19, 0.34, 0.16 + s * 0.16), (0.19, 0.34, 0.16 + s * 0.16)]
        bars.append(tube(rounded_path([*frame, (0.19, 0.0, 0.16 + s * 0.13)], 0.04, 3), 0.007, color, 6))
        for y in (0.07, 0.16, 0.25):
            z = 0.16 + s * (0.13 + 0.03 * y / 0.34)
            bars.append(rod((-0.19, y, z), (0.19, y, z), 0.004, color, 5))
    bars += [rod((x, 0.07, 0.02), (x, 0.07, 0.3), 0.004, color, 5) for x in np.linspace(-0.18, 0.18, 7).tolist()]
    papers, covers = [], []
    for k in range(5):
        z, lean = 0.06 + 0.05 * k, -3.0 + 2.0 * k
        high = style.between(0.27, 0.31)
        sheet = (
            box((0.22, high, 0.008), style.shade(WHITE, 0.08), 0.5)
            .turned(lean, "x")
            .moved(style.between(-0.06, 0.06), 0.074, z)
        )
        papers.append(sheet)
        x = float(sheet.vertices[:, 0].mean())
        front = rectangle((-0.11, 0.0, 0.0055), (0.22, 0, 0), (0, high, 0), (1.0, 1.0, 1.0), 0.5).turned(lean, "x")
        covers.append(Part(front.moved(x, 0.074, z), "paper", texture=f"cover_{int(style.rng.integers(8))}"))
    magazines = Thing("book", (Part(join(papers), "paper", texture="paper"), *covers), (0.3, 0.32, 0.3))
    return made("rack", [metal(*bars, texture="")], magazines)


def wine_rack(style: Style, columns: int = 4, rows: int = 6) -> Thing:
    """A rack of wooden bars with lying bottles, their necks to the front."""
    color, pitch, depth = style.shade(style.wood), 0.115, 0.26
    width, height = columns * pitch + 0.03, rows * pitch + 0.06
    bars = [
        box((0.022, height, 0.022), color, 0.9).moved(-width / 2 + 0.011 + k * pitch, 0, z)
        for k in range(columns + 1)
        for z in (0.02, depth - 0.02)
    ]
    bars += [
        box((width, 0.018, 0.02), color, 0.9, bottom=0.04 + pitch * r).moved(z=z)
        for r in range(rows)
        for z in (0.041, depth - 0.041)
    ]
    bars += [
        box((0.018, 0.018, depth - 0.04), color, 0.9, bottom=b).moved(s * (width / 2 - 0.011), 0, depth / 2)
        for s in (-1, 1)
        for b in (0.07, height - 0.04)
    ]
    profile = [(0, 0), (0.036, 0), (0.038, 0.19), (0.014, 0.24), (0.013, 0.3), (0, 0.3)]
    bottles = []
    for c in range(columns):
        for r in range(rows):
            if style.chance(0.6):
                glass = (_GLASS_GREEN, (0.16, 0.08, 0.06), (0.30, 0.34, 0.20))[int(style.rng.integers(3))]
                bottle = lathe(profile, glass, 8).turned(90.0, "x")
                bottles.append(bottle.moved(-width / 2 + 0.011 + pitch * (c + 0.5), 0.058 + pitch * r + 0.038, 0.0))
    rack = made("rack", [wood(style, *bars)])
    return rack.carrying(Thing("bottle", (Part(join(bottles), "heavy_glass"),), rack.size)) if bottles else rack


def folding_screen(style: Style, panels: int = 3, height: float = 1.7) -> Thing:
    """A screen of hinged panels that stands in zigzag: of paper in a lattice, of cloth, or of wicker."""
    kind = taste(style, "folding screen", ("paper", "cloth", "wicker"))
    color = taste(style, "folding screen wood", (style.wood, scaled(style.wood, 0.5), BLACK))
    wide, lean = 0.5, 22.0
    step, frames, fills = wide * float(np.cos(np.deg2rad(lean))), [], []
    tint, texture, of = {
        "paper": ((0.94, 0.91, 0.83), "paper", "paper"),
        "cloth": (style.textile, "linen", "fabric_panel"),
        "wicker": ((0.74, 0.60, 0.40), "wicker", "wooden_chair"),
    }[kind]
    for k in range(panels):
        bars = [box((0.03, height, 0.024), color, 0.9).moved(s * (wide / 2 - 0.015)) for s in (-1, 1)]
        bars += [box((wide - 0.06, 0.03, 0.022), color, 0.9, bottom=b) for b in (0.1, height - 0.035)]
        if kind == "paper":
            bars += [
                box((wide - 0.06, 0.012, 0.02), color, 0.9, bottom=0.1 + (height - 0.13) * f / 6) for f in range(1, 6)
            ]
            bars += [box((0.012, height - 0.16, 0.018), color, 0.9, bottom=0.12).moved(x) for x in (-0.075, 0.075)]
        pane = box((wide - 0.06, height - 0.16, 0.008), tint, 0.35, bottom=0.115)
        x = (k - (panels - 1) / 2) * step
        turn = lean if k % 2 else -lean
        frames += [bar.turned(turn).moved(x) for bar in bars]
        fills.append(pane.turned(turn).moved(x))
    return made("room-divider", [wood(style, *frames), Part(join(fills), of, texture=texture)])


def standing_mirror(style: Style, height: float = 1.6) -> Thing:
    """A tall mirror that leans back on a stay."""
    color, wide = taste(style, "standing mirror", (style.wood, BLACK, BRASS, PAINTS[0])), 0.48
    bars = [box((0.035, height, 0.03), color, 0.9).moved(s * (wide / 2 - 0.0175), 0, 0.015) for s in (-1, 1)]
    bars += [box((wide - 0.07, 0.035, 0.03), color, 0.9, bottom=b).moved(z=0.015) for b in (0.06, height - 0.035)]
    bars.append(box((wide - 0.06, height - 0.12, 0.008), scaled(color, 0.7), 0.9, bottom=0.08).moved(z=0.008))
    pane = mirror_pane(wide - 0.07, height - 0.13)
    leaning = join(bars).turned(-9.0, "x").moved(z=0.3)
    glass = Part(pane.shape.moved(0, 0.095, 0.0125).turned(-9.0, "x").moved(z=0.3), pane.material)
    stay = [beam((s * 0.14, 0.0, 0.0), (s * 0.1, height * 0.72, 0.1), 0.025, 0.02, color) for s in (-1, 1)]
    low = min(float(leaning.vertices[:, 1].min()), 0.0)
    return made("mirror", [wood(style, leaning.moved(y=-low), *stay), Part(glass.shape.moved(y=-low), glass.material)])


def clothes_rail(style: Style, width: float = 1.1) -> Thing:
    """A rail on castors with clothes on hangers."""
    color, x = taste(style, "clothes rail", (BLACK, STEEL, WHITE)), width / 2 - 0.04
    bars = [rod((s * x, 0.05, 0.24), (s * x, 1.58, 0.24), 0.014, color, 8) for s in (-1, 1)]
    bars += [rod((s * x, 0.06, 0.03), (s * x, 0.06, 0.45), 0.014, color, 8) for s in (-1, 1)]
    bars += [rod((-width / 2 + 0.01, 1.575, 0.24), (width / 2 - 0.01, 1.575, 0.24), 0.013, color, 8)]
    bars += [rod((-x, 0.1, 0.24), (x, 0.1, 0.24), 0.012, color, 8)]
    wheels = [
        cylinder(0.026, 0.02, BLACK, 10).turned(90.0, "z").moved(s * x + 0.01, 0.026, z)
        for s in (-1, 1)
        for z in (0.05, 0.43)
    ]
    clothes, at = [], -width / 2 + 0.14
    while at < width / 2 - 0.12:
        thick, long = style.between(0.04, 0.07), style.between(0.62, 1.0)
        color_ = style.bright()
        body = rounded_box((thick, long, 0.42), color_, 0.02, 1, 0.5, bottom=1.5 - long).moved(0, 0, 0.24)
        drawn = body.vertices.copy()
        share = np.clip((drawn[:, 1] - 1.34) / 0.16, 0.0, 1.0)
        drawn[:, 2] = 0.24 + (drawn[:, 2] - 0.24) * (1.0 - 0.75 * share)
        hook = rod((0, 1.47, 0.24), (0, 1.59, 0.24), 0.003, STEEL, 5)
        shape = Shape(drawn, body.triangles, body.colors, body.uvs).moved(at)
        clothes += [Part(shape, "heavy_curtain", texture=("fabric", "linen", "knit")[int(style.rng.integers(3))])]
        clothes.append(Part(hook.moved(at), "metal"))
        at += thick + style.between(0.03, 0.08)
    garments = Thing("clothing", tuple(clothes), (width, 1.6, 0.45))
    return made("rack", [metal(*bars, texture=""), Part(join(wheels), "plastic")], garments)
