"""What is fitted in kitchens and bathrooms: counters, sink, hob, refrigerator, toilet, basin, bathtub, shower.

The one idea: as in `seating`; a kitchen run is cut into units of about 0.6 m, each with its front, under one worktop.
"""

from __future__ import annotations

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Shape, box, cylinder, join, lathe, rounded_box
from echoenv.scene.homes.style import BLACK, STEEL, WHITE, Style, scaled
from echoenv.scene.homes.things.kitchenware import bottle, bowl, cup


def kitchen_run(style: Style, length: float) -> Thing:
    """A row of base units with worktop, sink, hob and oven."""
    units = max(3, round(length / 0.6))
    each, color = length / units, style.fronts
    body = box((length, 0.78, 0.56), scaled(color, 0.85), 0.3, bottom=0.1).moved(z=0.28)
    plinth = box((length, 0.1, 0.5), BLACK, 0.3).moved(z=0.25)
    fronts, handles = _unit_fronts(style, length, units, 0.12, 0.74, 0.58)
    run = Thing(
        "base-cabinet",
        (Part(join([body, plinth, *fronts]), "wooden_furniture"), Part(join(handles), "metal")),
        (length, 0.92, 0.63),
    )
    stone = style.shade((0.42, 0.40, 0.38), 0.3)
    top = rounded_box((length, 0.04, 0.62), stone, 0.008, 1, 0.2, bottom=0.88).moved(z=0.31)
    splash = box((length, 0.5, 0.01), style.shade((0.85, 0.86, 0.84)), 0.2, bottom=0.92).moved(z=0.006)
    x_sink, x_hob = -length / 2 + each * 1.0, length / 2 - each * 1.0
    return run.carrying(
        Thing("countertop", (Part(top, "stone"), Part(splash, "ceramic_tiles")), (length, 0.1, 0.62)),
        _sink().moved(x_sink, 0.92, 0.31),
        _hob().moved(x_hob, 0.92, 0.31),
        _oven().moved(x_hob, 0.14, 0.585),
        bowl(style).moved((x_sink + x_hob) / 2, 0.92, 0.34),
        cup(style).moved((x_sink + x_hob) / 2 + 0.25, 0.92, 0.2),
        bottle(style).moved(x_hob + 0.4 if x_hob + 0.5 < length / 2 else x_hob - 0.42, 0.92, 0.15),
    )


def _unit_fronts(
    style: Style, length: float, units: int, bottom: float, height: float, z: float
) -> tuple[list[Shape], list[Shape]]:
    each = length / units
    xs = [-length / 2 + each * (k + 0.5) for k in range(units)]
    fronts = [
        rounded_box((each - 0.008, height, 0.02), style.shade(style.fronts, 0.015), 0.004, 1, 0.3, bottom=bottom).moved(
            x, 0, z - 0.01
        )
        for x in xs
    ]
    handles = [box((0.18, 0.012, 0.02), STEEL, 0.5, bottom=bottom + height - 0.06).moved(x, 0, z + 0.01) for x in xs]
    return fronts, handles


def wall_units(style: Style, length: float) -> Thing:
    """A row of cupboards above a kitchen run, at the height where they hang."""
    units = max(3, round(length / 0.6))
    body = box((length, 0.68, 0.32), scaled(style.fronts, 0.88), 0.3, bottom=1.42).moved(z=0.16)
    fronts, handles = _unit_fronts(style, length, units, 1.425, 0.67, 0.345)
    lowered = [handle.moved(0, -0.56) for handle in handles]
    return Thing(
        "wall-cabinet",
        (Part(join([body, *fronts]), "wooden_furniture"), Part(join(lowered), "metal")),
        (length, 0.7, 0.36),
    )


def _sink() -> Thing:
    rim = join(
        [
            box((0.5, 0.012, 0.03), STEEL).moved(z=0.195),
            box((0.5, 0.012, 0.03), STEEL).moved(z=-0.195),
            box((0.03, 0.012, 0.36), STEEL).moved(0.235),
            box((0.03, 0.012, 0.36), STEEL).moved(-0.235),
            box((0.44, 0.004, 0.36), scaled(STEEL, 0.55), 0.15),
        ]
    )
    tap = join(
        [
            cylinder(0.014, 0.26, STEEL, 10).moved(z=-0.22),
            cylinder(0.011, 0.18, STEEL, 10).turned(90.0, "x").moved(0, 0.25, -0.22),
            cylinder(0.011, 0.05, STEEL, 10).moved(0, 0.21, -0.045),
        ]
    )
    return Thing("sink", (Part(rim, "metal"),), (0.5, 0.02, 0.42)).carrying(
        Thing("faucet", (Part(tap, "metal"),), (0.05, 0.28, 0.2))
    )


def _hob() -> Thing:
    plate = box((0.56, 0.008, 0.5), BLACK, 0.2)
    ring = lathe([(0.085, 0.009), (0.075, 0.010), (0.0, 0.010)], (0.25, 0.25, 0.27), 20)
    rings = [ring.moved(x, 0, z) for x in (-0.14, 0.14) for z in (-0.12, 0.12)]
    return Thing("cooktop", (Part(join([plate, *rings]), "heavy_glass"),), (0.56, 0.01, 0.5))


def _oven() -> Thing:
    front = rounded_box((0.58, 0.6, 0.02), BLACK, 0.006, 1, 0.2)
    bar = cylinder(0.01, 0.46, STEEL, 10).turned(90.0, "z").moved(0.23, 0.5, 0.035)
    knobs = [cylinder(0.018, 0.02, STEEL, 12).turned(90.0, "x").moved(x, 0.565, 0.01) for x in (-0.2, -0.1, 0.1, 0.2)]
    return Thing("small-appliance", (Part(join([front, bar, *knobs]), "metal"),), (0.6, 0.6, 0.05))


def refrigerator(style: Style) -> Thing:
    """A tall refrigerator with a freezer below."""
    color = style.shade((0.84, 0.85, 0.86) if style.chance(0.5) else (0.93, 0.93, 0.92))
    doors = [
        rounded_box((0.6, h, 0.05), color, 0.012, 1, 0.3, bottom=b).moved(z=0.625)
        for b, h in ((0.06, 0.64), (0.715, 1.12))
    ]
    body = box((0.6, 1.8, 0.6), scaled(color, 0.9), 0.25, bottom=0.04).moved(z=0.3)
    bars = [box((0.02, 0.35, 0.03), STEEL, bottom=b).moved(-0.25, 0, 0.665) for b in (0.32, 0.8)]
    return Thing("refrigerator", (Part(join([body, *doors, *bars]), "metal"),), (0.62, 1.85, 0.68))


def toilet() -> Thing:
    """A toilet with its cistern."""
    bowl_shape = lathe(
        [(0, 0), (0.11, 0), (0.10, 0.12), (0.19, 0.36), (0.19, 0.40), (0.12, 0.40), (0.08, 0.26), (0, 0.24)], WHITE, 24
    )
    bowl_part = bowl_shape.stretched(z=1.32).moved(z=0.42)
    lid = rounded_box((0.36, 0.03, 0.44), WHITE, 0.012, 2).turned(-82.0, "x").moved(0, 0.62, 0.22)
    tank = rounded_box((0.38, 0.38, 0.17), WHITE, 0.03, 3, 0.15, bottom=0.42).moved(z=0.095)
    foot = rounded_box((0.22, 0.42, 0.3), WHITE, 0.04, 2, 0.15).moved(z=0.16)
    button = cylinder(0.025, 0.012, STEEL, 12, bottom=0.8).moved(z=0.095)
    return Thing(
        "toilet", (Part(join([bowl_part, lid, tank, foot]), "porcelain"), Part(button, "metal")), (0.4, 0.8, 0.68)
    )


def basin(style: Style, width: float = 0.65) -> Thing:
    """A wash basin in a cabinet, with a tap and a mirror on the wall above."""
    cabinet = box((width, 0.55, 0.44), style.fronts, 0.25, bottom=0.27).moved(z=0.22)
    top = join(
        [
            rounded_box((width + 0.02, 0.05, 0.1), WHITE, 0.015, 1, bottom=0.82).moved(z=0.05),
            rounded_box((width + 0.02, 0.05, 0.06), WHITE, 0.015, 1, bottom=0.82).moved(z=0.44),
            *(
                rounded_box((0.09, 0.05, 0.36), WHITE, 0.015, 1, bottom=0.82).moved(s * (width / 2 - 0.035), 0, 0.25)
                for s in (-1, 1)
            ),
            box((width - 0.14, 0.012, 0.34), (0.86, 0.87, 0.87), 0.15, bottom=0.822).moved(z=0.25),
        ]
    )
    tap = join(
        [
            cylinder(0.014, 0.14, STEEL, 10, bottom=0.86).moved(z=0.06),
            cylinder(0.011, 0.13, STEEL, 10).turned(90.0, "x").moved(0, 0.99, 0.06),
        ]
    )
    mirror = Thing(
        "panel",
        (Part(box((width, 0.75, 0.012), (0.72, 0.78, 0.80), 0.2, bottom=1.15).moved(z=0.008), "heavy_glass"),),
        (width, 0.75, 0.02),
    )
    thing = Thing("sink", (Part(cabinet, "wooden_furniture"), Part(top, "porcelain")), (width + 0.02, 0.87, 0.48))
    return thing.carrying(
        Thing("faucet", (Part(tap, "metal"),), (0.03, 0.14, 0.14)),
        mirror,
        bottle(style).moved(width / 2 - 0.08, 0.87, 0.08),
    )


def bathtub(length: float = 1.7, width: float = 0.75) -> Thing:
    """A bathtub along the wall."""
    wall, height = 0.07, 0.56
    rim = [
        rounded_box((length, height, wall), WHITE, 0.025, 1, 0.25).moved(z=wall / 2),
        rounded_box((length, height, wall), WHITE, 0.025, 1, 0.25).moved(z=width - wall / 2),
        *(
            rounded_box((wall, height, width - 0.04), WHITE, 0.025, 1, 0.25).moved(
                s * (length - wall) / 2, 0, width / 2
            )
            for s in (-1, 1)
        ),
        box((length - 0.1, 0.14, width - 0.1), (0.88, 0.90, 0.90), 0.2).moved(z=width / 2),
    ]
    tap = join(
        [
            cylinder(0.02, 0.14, STEEL, 10, bottom=height).moved(-length / 2 + 0.035, 0, width / 2),
            cylinder(0.014, 0.12, STEEL, 10).turned(-90.0, "z").moved(-length / 2 + 0.03, height + 0.11, width / 2),
        ]
    )
    return Thing("bathtub", (Part(join(rim), "porcelain"),), (length, height, width)).carrying(
        Thing("faucet", (Part(tap, "metal"),), (0.1, 0.14, 0.1))
    )


def shower(width: float = 0.9) -> Thing:
    """A shower with a tray, a glass screen on one side and a head on the wall."""
    tray = rounded_box((width, 0.06, width), WHITE, 0.02, 2, 0.2).moved(z=width / 2)
    screen = box((0.012, 1.9, width - 0.04), (0.80, 0.88, 0.88), 0.25, bottom=0.06).moved(
        width / 2 - 0.01, 0, width / 2
    )
    post = box((0.025, 1.92, 0.025), STEEL, 0.4, bottom=0.05).moved(width / 2 - 0.01, 0, width - 0.02)
    pipe = [
        cylinder(0.011, 1.15, STEEL, 8, bottom=0.95).moved(0, 0, 0.05),
        cylinder(0.011, 0.26, STEEL, 8).turned(90.0, "x").moved(0, 2.09, 0.05),
    ]
    head = cylinder(0.09, 0.02, STEEL, 18, bottom=2.05).moved(0, 0, 0.3)
    parts = (Part(tray, "porcelain"), Part(screen, "heavy_glass"), Part(join([post, *pipe, head]), "metal"))
    return Thing("shower-stall", parts, (width, 2.1, width))
