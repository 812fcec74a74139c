"""What lies on desks and stands in offices: paper, binders, pens, printer, flip chart, screen, water dispenser.

The one idea: as in `kitchenware` for what stands on a desk; as in `seating` for what stands on the floor.
"""

from __future__ import annotations

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Color, box, cylinder, join, lathe, pillow, rounded_box
from echoenv.scene.homes.solids import rod
from echoenv.scene.homes.style import BLACK, STEEL, WHITE, Style, scaled
from echoenv.scene.homes.things.pieces import GREY, PURE, lying, one_of, stood, upright


def pen_holder(style: Style) -> Thing:
    """A beaker with pens and a ruler."""
    body = lathe([(0, 0), (0.038, 0), (0.04, 0.1), (0.036, 0.1), (0.034, 0.006), (0, 0.006)], style.bright(), 12)
    pens = [rod((0, 0.008, 0), (0.03, 0.17, 0), 0.004, style.bright(), 5).turned(72.0 * k) for k in range(5)]
    return Thing("desk-organizer", (Part(join([body, *pens]), "plastic"),), (0.1, 0.18, 0.1))


def desk_tray(style: Style) -> Thing:
    """Two letter trays one above the other, with paper in them."""
    color = one_of(style, (BLACK, STEEL, WHITE))
    shapes = []
    for y in (0.0, 0.09):
        shapes.append(box((0.26, 0.006, 0.33), color, 0.6, bottom=y))
        shapes += [box((0.006, 0.06, 0.33), color, 0.6, bottom=y).moved(s * 0.127) for s in (-1, 1)]
    posts = [box((0.008, 0.1, 0.008), color, 0.6).moved(sx * 0.126, 0, sz * 0.15) for sx in (-1, 1) for sz in (-1, 1)]
    sheets = [box((0.21, 0.02, 0.297), WHITE, 1.0, bottom=y + 0.0065) for y in (0.0, 0.09)]
    organizer = Thing("desk-organizer", (Part(join([*shapes, *posts]), "metal"),), (0.27, 0.15, 0.33))
    return organizer.carrying(Thing("paper", (Part(join(sheets), "paper", texture="paper"),), (0.21, 0.12, 0.3)))


def papers(style: Style) -> Thing:
    """A few sheets of paper, the top one printed."""
    sheets = [
        box((0.21, 0.004, 0.297), scaled(WHITE, 1.0 - 0.01 * k), 1.0, bottom=0.0045 * k).turned(
            float(style.rng.uniform(-9, 9))
        )
        for k in range(3)
    ]
    top = lying((0.19, 0.27), "paper", "newspaper", (0, 0.0136, 0), PURE)
    return Thing("paper", (Part(join(sheets), "paper"), top), (0.25, 0.015, 0.32))


def notebook(style: Style) -> Thing:
    """A notebook with a pen on it."""
    body = box((0.15, 0.014, 0.21), style.bright(), 1.0)
    pages = box((0.146, 0.008, 0.212), WHITE, 1.0, bottom=0.003)
    pen = rod((-0.03, 0.0195, 0.07), (0.05, 0.0195, -0.05), 0.005, BLACK, 6)
    return Thing("notebook", (Part(join([body, pages]), "paper"), Part(pen, "plastic")), (0.15, 0.025, 0.22))


def binders(style: Style, count: int = 4) -> Thing:
    """Binders in a row, their backs to the front."""
    color, shapes = style.bright(), []
    for k in range(count):
        x = 0.075 * (k - (count - 1) / 2)
        shapes.append(box((0.072, 0.32, 0.28), color if k % 3 else style.bright(), 0.6).moved(x))
        shapes.append(box((0.045, 0.14, 0.002), WHITE, 1.0, bottom=0.13).moved(x, 0, 0.141))
        shapes.append(cylinder(0.012, 0.002, BLACK, 8).turned(90.0, "x").moved(x, 0.06, 0.14))
    return Thing("binder", (Part(join(shapes), "books"),), (0.075 * count, 0.32, 0.29))


def folders(style: Style) -> Thing:
    """A few folders, lying."""
    shapes = [
        box((0.24, 0.012, 0.31), style.bright(), 1.0, bottom=0.0125 * k).turned(float(style.rng.uniform(-7, 7)))
        for k in range(4)
    ]
    return Thing("folder", (Part(join(shapes), "paper"),), (0.28, 0.05, 0.35))


def printer(style: Style) -> Thing:
    """A printer with paper in its tray."""
    color = one_of(style, (WHITE, BLACK, (0.5, 0.51, 0.53)))
    body = rounded_box((0.44, 0.2, 0.34), color, 0.025, 1, 0.5)
    lid = rounded_box((0.42, 0.05, 0.3), scaled(color, 0.85), 0.012, 1, 0.5, bottom=0.2).moved(z=-0.01)
    tray = box((0.26, 0.008, 0.16), GREY, 0.5, bottom=0.05).moved(z=0.24)
    sheet = box((0.21, 0.004, 0.15), WHITE, 0.5, bottom=0.0585).moved(z=0.24)
    panel = box((0.12, 0.03, 0.006), (0.12, 0.2, 0.26), 0.5, bottom=0.14).moved(0.12, 0, 0.171)
    mouth = box((0.28, 0.05, 0.004), BLACK, 0.5, bottom=0.055).moved(z=0.17)
    parts = (Part(join([body, lid, tray, panel, mouth]), "plastic"), Part(sheet, "paper"))
    return stood(Thing("printer", parts, (0.44, 0.25, 0.5)).moved(z=-0.05))


def flip_chart(style: Style) -> Thing:
    """A flip chart on three legs."""
    board = box((0.7, 0.95, 0.02), WHITE, 0.6, bottom=0.85).turned(-8.0, "x").moved(0, 0, 0.26)
    sheet = upright((0.64, 0.85), "paper", "whiteboard_notes", (0, 0.92, 0.012))
    front = Part(sheet.shape.turned(-8.0, "x").moved(0, 0, 0.26), "paper", texture=sheet.texture)
    legs = [rod((s * 0.32, 0.0, 0.5), (s * 0.12, 1.75, 0.02), 0.014, STEEL) for s in (-1, 1)]
    legs.append(rod((0, 0.0, 0.02), (0, 1.7, 0.025), 0.014, STEEL))
    tray = box((0.5, 0.02, 0.07), STEEL, 0.6, bottom=0.84).moved(0, 0, 0.18)
    return stood(
        Thing("flipchart", (Part(join([*legs, tray]), "metal"), Part(board, "plastic"), front), (0.72, 1.85, 0.54))
    )


def projector_screen(style: Style, width: float = 1.8) -> Thing:
    """A white screen let down from its case, on the wall."""
    high = 0.62 * width
    cloth = box((width, high, 0.006), (0.94, 0.94, 0.94), 1.0).moved(z=0.05)
    edge = [box((0.03, high, 0.002), BLACK, 1.0).moved(s * (width / 2 - 0.015), 0, 0.0545) for s in (-1, 1)]
    case = rounded_box((width + 0.12, 0.1, 0.1), WHITE, 0.02, 1, 1.0, bottom=high).moved(z=0.052)
    bar = box((width, 0.03, 0.02), BLACK, 1.0, bottom=-0.03).moved(z=0.05)
    parts = (Part(cloth, "light_curtain"), Part(join([*edge, case, bar]), "plastic"))
    return Thing(
        "projector-screen",
        tuple(Part(p.shape.moved(y=0.03), p.material) for p in parts),
        (width + 0.12, high + 0.13, 0.1),
    )


def projector(style: Style) -> Thing:
    """A projector under the ceiling (y = 0), facing +z."""
    pole = cylinder(0.015, 0.3, WHITE, 8, bottom=-0.3)
    body = rounded_box((0.32, 0.11, 0.26), WHITE, 0.02, 1, 0.5, bottom=-0.41)
    lens = cylinder(0.035, 0.03, BLACK, 14).turned(90.0, "x").moved(0.07, -0.355, 0.125)
    return Thing("projector", (Part(join([pole, body, lens]), "plastic"),), (0.32, 0.41, 0.29))


def water_dispenser(style: Style) -> Thing:
    """A water dispenser with its large bottle."""
    body = rounded_box((0.3, 0.95, 0.3), WHITE, 0.02, 1, 0.5).moved(z=0.16)
    niche = box((0.2, 0.2, 0.004), GREY, 0.5, bottom=0.6).moved(z=0.311)
    taps = [
        box((0.03, 0.04, 0.04), c, 0.5, bottom=0.74).moved(x, 0, 0.33)
        for x, c in ((-0.05, (0.2, 0.4, 0.7)), (0.05, (0.75, 0.25, 0.2)))
    ]
    tank = lathe(
        [(0.04, 0.95), (0.05, 0.98), (0.13, 1.03), (0.13, 1.3), (0.1, 1.33), (0, 1.33)], (0.55, 0.70, 0.80), 16
    ).moved(z=0.16)
    parts = (Part(join([body, niche, *taps]), "plastic"), Part(tank, "plastic"))
    return Thing("water-dispenser", parts, (0.32, 1.33, 0.36))


def paper_bin(style: Style) -> Thing:
    """A wire bin with crumpled paper."""
    color = one_of(style, (BLACK, STEEL))
    body = lathe([(0, 0), (0.11, 0), (0.14, 0.32), (0.135, 0.32), (0.106, 0.01), (0, 0.01)], color, 16)
    balls = [
        pillow((0.1, 0.09, 0.1), WHITE, 0.9, 6, bottom=0.2 + 0.04 * k)
        .turned(50.0 * k)
        .moved(0.03 * (k - 1), 0, 0.02 * k)
        for k in range(3)
    ]
    parts = (Part(body.moved(z=0.15), "metal"), Part(join(balls).moved(z=0.15), "paper"))
    return stood(Thing("bin", parts, (0.29, 0.36, 0.29)))


def name_plate(style: Style) -> Thing:
    """A small figure or sign on a desk: a rubber duck, a stone, a calendar."""
    kind = int(style.rng.integers(2))
    if kind == 0:
        yellow: Color = (0.92, 0.78, 0.22)
        duck = [
            pillow((0.06, 0.045, 0.075), yellow, 1.0, 10),
            pillow((0.04, 0.04, 0.04), yellow, 1.0, 8, bottom=0.035).moved(z=0.018),
            pillow((0.02, 0.008, 0.02), (0.9, 0.5, 0.15), 1.0, 6, bottom=0.05).moved(z=0.04),
        ]
        return Thing("toy", (Part(join(duck), "plastic"),), (0.06, 0.08, 0.09))
    sheet = upright((0.18, 0.13), "paper", "calendar", (0, 0.004, 0.0))
    turned = Part(sheet.shape.turned(-18.0, "x").moved(z=0.055), "paper", texture="calendar")
    stand = [box((0.18, 0.135, 0.003), WHITE, 1.0).turned(s * 18.0, "x").moved(z=-s * 0.052) for s in (-1, 1)]
    return Thing("calendar", (Part(join(stand), "paper"), turned), (0.18, 0.14, 0.12))
