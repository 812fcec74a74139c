"""A head that can talk: a bust whose jaw and lips move.

The one idea: a `TalkingHead` is one person, drawn from a seed; `posed` gives that person with the mouth opened so far.
Only places of vertices differ between poses, never triangles, colours or texture coordinates, so an animation may swap
the vertices of the scene and keep all else.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from echoenv.errors import SettingsError
from echoenv.scene.homes.assembly import Part, Point, Thing, as_point
from echoenv.scene.homes.shapes import Color, Floats, Shape, box, grid, join, lathe, pillow
from echoenv.scene.homes.solids import circle, lofted, tube
from echoenv.scene.homes.style import BLACK, Style, scaled, seeded
from echoenv.scene.homes.things.face import CORNER_COLUMN, MOUTH, Face, lower_levels, upper_levels
from echoenv.scene.homes.things.hair import Hair, glasses
from echoenv.scene.homes.things.standing import DARK, pick, standing

_LIPS = np.array([0.86, 0.63, 0.62])  # of the skin's colour
SKINS: tuple[Color, ...] = (
    (0.95, 0.79, 0.69), (0.90, 0.70, 0.57), (0.83, 0.62, 0.47), (0.72, 0.50, 0.36), (0.55, 0.36, 0.25),
    (0.40, 0.26, 0.19),
)  # fmt: skip
IRISES: tuple[Color, ...] = (
    (0.25, 0.14, 0.07), (0.36, 0.22, 0.10), (0.30, 0.45, 0.62), (0.32, 0.46, 0.30), (0.42, 0.46, 0.48),
)  # fmt: skip
CLOTHES: tuple[Color, ...] = (
    (0.20, 0.26, 0.42), (0.62, 0.18, 0.18), (0.22, 0.23, 0.25), (0.86, 0.85, 0.82), (0.28, 0.44, 0.36),
    (0.78, 0.60, 0.30), (0.46, 0.34, 0.52), (0.40, 0.58, 0.66),
)  # fmt: skip


def talking_head(seed: int, openness: float = 0.0, plinth: float = 0.0) -> Thing:
    """A head on its shoulders, as `TalkingHead(seed, plinth).posed(openness)`."""
    return TalkingHead(seed, plinth).posed(openness)


class TalkingHead:
    """One person's head and shoulders.

    Args:
        seed: Who it is: skin, face, hair, beard, glasses, eyes and clothes follow from it.
        plinth: Height [m] of a plinth below the bust; 0 for none.

    Raises:
        SettingsError: The plinth's height is not a finite number of at least 0.
    """

    def __init__(self, seed: int, plinth: float = 0.0) -> None:
        if not (math.isfinite(plinth) and plinth >= 0.0):
            raise SettingsError(f"plinth {plinth!r} must be a height in metres, 0 for none")
        style = Style.drawn(seeded(f"head {int(seed)}"))
        self._face = Face.drawn(style)
        self._skin: Color = style.shade(pick(style, SKINS), 0.06)
        self._hair = Hair.drawn(style, self._skin)
        self._iris: Color = pick(style, IRISES)
        self._cloth: Color = style.shade(pick(style, CLOTHES), 0.08)
        self._collar = pick(style, (self._cloth, scaled(self._cloth, 0.6), (0.92, 0.91, 0.88)))
        self._high_collar = style.chance(0.3)
        self._glasses = style.between(0.044, 0.052) if style.chance(0.3) else 0.0
        self._frame = pick(style, (BLACK, (0.45, 0.26, 0.14), (0.66, 0.60, 0.50)))
        self._plinth = plinth
        self._still = self._parts(0.0, 0.0)
        self._thing = standing("head", self._still, self._mouth())
        self._shift = self._thing.parts[0].shape.vertices[0] - self._still[0].shape.vertices[0]

    def posed(self, openness: float, roundness: float = 0.0) -> Thing:
        """The head with its mouth opened.

        Args:
            openness: 0 with the lips together to 1 with the jaw dropped as far as in a shout.
            roundness: How far the lips are drawn together and pushed out, 0 (as in "ah") to 1 (as in "oo").

        Returns:
            A thing of category `head` in its own frame (`assembly.Thing`), the same triangles in the same order for
            every pose; it sounds between the lips.

        Raises:
            SettingsError: Either is not a number from 0 to 1.
        """
        for name, value in (("openness", openness), ("roundness", roundness)):
            if not (math.isfinite(value) and 0.0 <= value <= 1.0):
                raise SettingsError(f"{name} {value!r} must be a number from 0 to 1")
        parts = []
        for still, moved in zip(self._still, self._parts(float(openness), float(roundness)), strict=True):
            parts.append(replace(still, shape=replace(still.shape, vertices=moved.shape.vertices + self._shift)))
        return replace(self._thing, parts=tuple(parts))

    def mouth_gap(self, openness: float, roundness: float = 0.0) -> float:
        """Distance [m] between the lips in the middle of the mouth."""
        upper = self._face.skin(MOUTH, 0.0, openness, roundness)
        return float(np.linalg.norm(upper - self._face.skin(MOUTH, 0.0, openness, roundness, lower=True)))

    def _mouth(self) -> Point:
        return as_point(self._face.skin(MOUTH, 0.0) + [0.0, 0.0, 0.005])

    def _parts(self, openness: float, roundness: float) -> list[Part]:
        head = [*self._skin_shapes(openness, roundness), *self._ears()]
        inside = [*self._mouth_inside(openness, roundness), *(s for side in (-1, 1) for s in self._eye(side))]
        hair = self._hair.shapes(self._face, openness, roundness)
        worn = [glasses(self._face, self._frame, self._glasses)] if self._glasses else []
        parts = [Part(join([*head, *inside]), "people"), Part(join([*hair, *worn]), "people")]
        parts.append(Part(join(self._clothes()), "people", texture="fabric"))
        if self._plinth:
            column = box((0.34, self._plinth, 0.28), (0.86, 0.85, 0.83), 0.6, bottom=-0.40 - self._plinth)
            parts.append(Part(column.moved(z=-0.015), "wooden_furniture"))
        return parts

    def _skin_shapes(self, openness: float, roundness: float) -> list[Shape]:
        """Neck, jaw and lower lip; upper lip, face and skull."""
        half = self._face.angles()
        theta = np.concatenate([-half[:0:-1], half])
        shapes = []
        for levels, lower in ((lower_levels(), True), (upper_levels(), False)):
            v = np.broadcast_to(levels[:, None], (len(levels), len(theta)))
            points = self._face.skin(v, theta[None, :], openness, roundness, lower)
            shape = grid(points, self._skin)
            still = self._face.skin(v, theta[None, :]).reshape(-1, 3)
            shapes.append(replace(shape, colors=self._complexion(still, v.ravel())))
        return shapes

    def _complexion(self, points: Floats, v: Floats) -> Floats:
        """Colours (n, 3) of points of the skin: lips, cheeks, nostrils, shade about the eyes, stubble."""
        x, front = np.abs(points[:, 0]), points[:, 2] > 0.02
        skin, face = np.asarray(self._skin), self._face

        def spot(at_x: float, at_v: float, wide: float, high: float) -> Floats:
            return np.where(front, np.exp(-(((x - at_x) / wide) ** 2) - ((v - at_v) / high) ** 2), 0.0)[:, None]

        colors = np.broadcast_to(skin, points.shape).copy()
        colors *= 1.0 - spot(0.044, -0.030, 0.016, 0.014) * [0.0, 0.07, 0.06]
        colors *= 1.0 - 0.22 * spot(0.030 * face.eyes, 0.004, 0.015, 0.009)
        colors *= 1.0 - 0.55 * spot(0.0068 * face.nose_width, -0.0487 * face.nose_long - 0.0012, 0.0036, 0.0028)
        colors *= 1.0 - 0.10 * spot(0.0, -0.0925, 0.014, 0.004)
        if self._hair.beard in ("stubble", "full"):
            colors = self._stubbled(colors, points, v)
        half = 0.0225 * face.mouth + 0.0025
        bow = np.sqrt(np.clip(1.0 - (x / half) ** 2, 0.0, 1.0))
        high = MOUTH + (0.0085 * bow - 0.0012 * np.exp(-((x / 0.003) ** 2))) * face.lips**0.5
        low = MOUTH - 0.0105 * bow * face.lips**0.5
        inside = np.clip(1.0 + np.minimum(high - v, v - low) / 0.0022, 0.0, 1.0) * ((x < half) & front)
        lip = skin * _LIPS
        return np.asarray(colors + np.clip(inside, 0.0, 1.0)[:, None] * (lip - colors))

    def _stubbled(self, colors: Floats, points: Floats, v: Floats) -> Floats:
        x = np.abs(points[:, 0])
        upper = np.interp(x, [0.0, 0.020, 0.030, 0.050, 0.066], [-0.052, -0.053, -0.060, -0.058, -0.030])
        share = np.clip((upper - v) / 0.008, 0.0, 1.0) * np.clip((v + 0.140) / 0.02, 0.0, 1.0) * (points[:, 2] > -0.01)
        tone = 0.35 * np.asarray(self._hair.color) + 0.30 * np.asarray(self._skin)
        return np.asarray(colors + 0.45 * share[:, None] * (tone - colors))

    def _mouth_inside(self, openness: float, roundness: float) -> list[Shape]:
        """The dark pocket between the lips, teeth and tongue."""
        half = self._face.angles()[: CORNER_COLUMN + 1]
        theta = np.concatenate([-half[:0:-1], half])
        low = self._face.skin(MOUTH, theta, openness, roundness, lower=True)
        high = self._face.skin(MOUTH, theta, openness, roundness)
        round_off = np.sqrt(np.clip(1.0 - (theta / half[-1]) ** 2, 0.0, 1.0))[:, None]
        back = np.array([0.0, 0.0, -1.0])
        rows = [low, low + 0.005 * round_off * back, low + 0.030 * round_off * back]
        rows += [0.5 * (low + high) + 0.046 * round_off * back]
        rows += [high + 0.030 * round_off * back, high + 0.005 * round_off * back, high]
        pocket = grid(np.stack(rows), (0.0, 0.0, 0.0))
        lip = np.asarray(self._skin) * _LIPS
        shades = [lip, 0.6 * lip, (0.20, 0.05, 0.05), (0.07, 0.02, 0.02), (0.20, 0.05, 0.05), 0.6 * lip, lip]
        pocket = replace(pocket, colors=np.repeat(np.asarray(shades), len(theta), axis=0))
        upper = self._teeth(0.0, 0.0095, MOUTH - 0.0040, MOUTH + 0.0040, roundness)
        lower = self._teeth(openness, 0.0125, MOUTH - 0.0060, MOUTH + 0.0015, roundness)
        return [pocket, upper, lower, self._tongue(openness, roundness)]

    def _teeth(self, openness: float, behind: float, low: float, high: float, roundness: float) -> Shape:
        """A row of teeth `behind` [m] the line between the lips."""
        theta = np.linspace(-17.0, 17.0, 13)
        front = self._face.skin(MOUTH, theta, 0.0, 0.3 * roundness)
        x, z = 0.92 * front[:, 0], front[:, 2] - behind - 0.006 * (theta / 17.0) ** 2
        ring = [(z - 0.004, low), (z - 0.004, high), (z, high), (z, low)]
        rings = np.stack([np.stack([x, np.full(13, y), depth], axis=1) for depth, y in ring], axis=1)
        shape = lofted(rings + self._drop(openness), (0.93, 0.91, 0.85))
        shade = np.where(np.arange(13) % 2 == 0, 0.93, 1.0)
        colors = shape.colors.copy()
        colors[: 13 * 5] *= np.repeat(shade, 5)[:, None]
        return replace(shape, colors=colors)

    def _tongue(self, openness: float, roundness: float) -> Shape:
        body = pillow((0.034, 0.013, 0.046), (0.72, 0.34, 0.34), 0.8, 10)
        z = float(self._face.skin(MOUTH, 0.0, 0.0, roundness)[2]) - 0.040
        return replace(body, vertices=body.vertices + [0.0, MOUTH - 0.0145, z] + self._drop(openness))

    def _drop(self, openness: float) -> Floats:
        """How far [m] (3,) the chin moves."""
        return np.asarray(self._face.skin(-0.105, 0.0, openness) - self._face.skin(-0.105, 0.0))

    def _eye(self, side: int) -> list[Shape]:
        """Ball with iris and pupil, and lids."""
        x, r = 0.0315 * self._face.eyes, 0.0128
        theta = np.rad2deg(np.arcsin((x / (0.0737 * self._face.width)) ** (1 / 0.96)))
        place = self._face.skin(0.001, side * theta)
        center = np.array([side * x, 0.001, place[2] - r + 0.0062])
        bands = [((0.0, 0.19), DARK), ((0.19, 0.50), self._iris), ((0.50, 1.75), (0.94, 0.93, 0.91))]
        ball = []
        for (start, end), color in bands:
            turn = np.linspace(end, start, 3)
            ball.append(lathe([(r * np.sin(t), r * np.cos(t)) for t in turn], color, 12))
        glint = pillow((0.0022, 0.0022, 0.0012), (1.0, 1.0, 1.0), 1.0, 6).moved(0.002, 0.0025, r - 0.0004)
        outward = 3.0 * side
        shapes = [join([join(ball).turned(90.0, "x"), glint]).turned(outward)]
        shapes += [self._lid(24.0, 105.0, r + 0.0011), self._lid(-105.0, -30.0, r + 0.0009)]
        return [shape.moved(*center) for shape in shapes]

    def _lid(self, start: float, end: float, radius: float) -> Shape:
        """A piece of a ball about the eye between two elevations [degrees]."""
        up, across = np.deg2rad(np.linspace(start, end, 5))[:, None], np.deg2rad(np.linspace(-84.0, 84.0, 9))[None, :]
        points = radius * np.stack(
            np.broadcast_arrays(np.sin(across), np.cos(across) * np.sin(up), np.cos(across) * np.cos(up)), axis=-1
        )
        colors = np.broadcast_to(np.asarray(self._skin) * 0.93, points.shape).copy()
        colors[0 if start > 0 else -1] *= 0.35 if start > 0 else 0.75
        shape = grid(points, (0.0, 0.0, 0.0))
        return replace(shape, colors=colors.reshape(-1, 3))

    def _ears(self) -> list[Shape]:
        shapes = []
        for side in (-1, 1):
            shell = pillow((0.012, 0.060, 0.034), self._skin, 1.0, 8, bottom=-0.030)
            hollow = pillow((0.006, 0.034, 0.017), scaled(self._skin, 0.70), 1.0, 8, bottom=-0.014).moved(
                side * 0.0042, 0, 0.003
            )
            rim = [(side * 0.004, 0.029 * y, 0.0165 * z) for z, y in circle(1.0, 18)[1:14]]
            ear = join([shell, hollow, tube(rim, 0.0032, scaled(self._skin, 0.96), 5)])
            shapes.append(
                ear.turned(-side * 22.0).turned(8.0, "x").moved(side * (0.0745 * self._face.width), -0.010, -0.012)
            )
        return shapes

    def _clothes(self) -> list[Shape]:
        """Shoulders and chest down to a straight edge, and a collar."""
        levels = (
            (-0.400, 0.165, 0.080, -0.115, 0.75), (-0.340, 0.192, 0.092, -0.126, 0.75),
            (-0.275, 0.212, 0.082, -0.124, 0.78),
            (-0.240, 0.208, 0.068, -0.116, 0.82), (-0.218, 0.184, 0.054, -0.106, 0.90),
            (-0.203, 0.140, 0.042, -0.098, 1.0), (-0.190, 0.098, 0.030, -0.091, 1.0),
            (-0.178, 0.074, 0.020, -0.086, 1.0), (-0.170, 0.066, 0.016, -0.083, 1.0),
        )  # fmt: skip
        rings = [_level_ring(*level) for level in levels]
        shapes = [lofted(rings, self._cloth)]
        top = -0.140 if self._high_collar else -0.166
        collar = [
            _level_ring(y, w, zf, zb, 1.0)
            for y, w, zf, zb in (
                (-0.185, 0.078, 0.026, -0.088),
                (top, 0.064, 0.026, -0.082),
                (top, 0.058, 0.020, -0.075),
            )
        ]
        shapes.append(lofted(collar, self._collar, caps=False))
        return shapes


def _level_ring(y: float, wide: float, front: float, back: float, square: float) -> Floats:
    """A closed level line (24, 3), counter-clockwise from above."""
    c, s = circle(1.0, 24).T
    middle, half = (front + back) / 2.0, (front - back) / 2.0
    x = wide * np.sign(c) * np.abs(c) ** square
    z = middle - half * np.sign(s) * np.abs(s) ** square
    return np.column_stack([x, np.full(24, y), z])
