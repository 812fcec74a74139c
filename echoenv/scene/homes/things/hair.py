"""Hair, beards, brows and glasses of a head.

The one idea: hair is a shell over the skin, from a hairline to the crown, so thick as its kind says; a beard is a shell
over the jaw and moves with it. The same face always gives the same triangles, whatever the mouth does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from echoenv.scene.homes.shapes import Color, Floats, Shape, grid, join, pillow
from echoenv.scene.homes.solids import curve, lofted, tube
from echoenv.scene.homes.style import Style, scaled
from echoenv.scene.homes.things.face import CROWN, MOUTH, Face
from echoenv.scene.homes.things.standing import pick

HAIR_COLORS: tuple[Color, ...] = (
    (0.09, 0.07, 0.06), (0.09, 0.07, 0.06), (0.16, 0.10, 0.07), (0.24, 0.15, 0.10), (0.30, 0.19, 0.11),
    (0.45, 0.29, 0.15), (0.60, 0.43, 0.22), (0.74, 0.58, 0.34),
    (0.52, 0.22, 0.10), (0.62, 0.61, 0.60), (0.86, 0.85, 0.82),
)  # fmt: skip

_CUTS = ("short", "short", "parted", "long", "long", "bun", "curly", "bob", "receding", "bald")
_MIDDLE = np.array([0.0, 0.015, -0.010])  # [m] from which hair stands out


@dataclass(frozen=True)
class Hair:
    """Hair of one head.

    Attributes:
        cut: `short`, `parted`, `long`, `bun`, `curly`, `bob`, `receding` or `bald`.
        beard: `none`, `stubble`, `moustache` or `full`.
        color: sRGB (3,).
        seed: Of its single strands.
    """

    cut: str
    beard: str
    color: Color
    seed: int

    @staticmethod
    def drawn(style: Style, skin: Color) -> Hair:
        """Hair by chance; mostly dark on dark skin."""
        colors = HAIR_COLORS if skin[0] > 0.75 else (*HAIR_COLORS[:4], HAIR_COLORS[-2])
        cut = _CUTS[int(style.rng.integers(len(_CUTS)))]
        beards = ("none", "none", "stubble", "moustache", "full") if cut not in ("long", "bun", "bob") else ("none",)
        beard = beards[int(style.rng.integers(len(beards)))]
        return Hair(cut, beard, style.shade(pick(style, colors), 0.12), int(style.rng.integers(2**31)))

    def shapes(self, face: Face, openness: float, roundness: float) -> list[Shape]:
        """All hair of the head, its brows and its beard."""
        found = [_brow(face, side, scaled(self.color, 0.8)) for side in (-1, 1)]
        if self.cut != "bald":
            found.append(self._cap(face))
        if self.cut in ("long", "bob"):
            found.append(self._curtain(face, -0.235 if self.cut == "long" else -0.105))
        if self.cut == "bun":
            found.append(pillow((0.078, 0.070, 0.070), self.color, 0.9, 16).moved(0.0, 0.075, -0.105))
        if self.beard == "full":
            found.append(self._beard(face, openness, roundness))
        if self.beard in ("full", "moustache"):
            found.append(self._moustache(face, openness, roundness))
        return found

    def _strands(self, count: int) -> Floats:
        """How much lighter or darker each of a row of strands is (count,), the last one as the first."""
        spread = np.random.Generator(np.random.PCG64(self.seed)).uniform(-1.0, 1.0, count)
        spread[-1] = spread[0]
        return spread

    def _cap(self, face: Face) -> Shape:
        columns, rows = 33, 11
        theta = np.linspace(-180.0, 180.0, columns)
        line = _hairline(self.cut, theta)
        share = np.array([0.0, 0.0, 0.06, *np.linspace(0.15, 1.0, rows - 3)])[:, None]
        v = line[None, :] + (CROWN - line)[None, :] * share
        points = face.skin(v, np.broadcast_to(theta, v.shape))
        ways = points - _MIDDLE
        ways /= np.linalg.norm(ways, axis=-1, keepdims=True)
        strands = self._strands(columns)
        thick = self._thickness(theta[None, :], v, share) * (1.0 + 0.16 * strands[None, :] * (share < 0.98))
        thick[0] = -0.002
        return self._colored(grid(points + thick[..., None] * ways, self.color), strands, rows)

    def _thickness(self, theta: Floats, v: Floats, share: Floats) -> Floats:
        """How far [m] hair stands off the skin."""
        rise = np.clip(share / 0.16, 0.0, 1.0) ** 0.6
        above = np.clip((v + 0.02) / 0.12, 0.0, 1.0)
        tall = {
            "short": 0.009,
            "parted": 0.016,
            "long": 0.014,
            "bun": 0.007,
            "curly": 0.036,
            "bob": 0.020,
            "receding": 0.006,
        }[self.cut]
        thick = tall * (0.55 + 0.45 * above) * rise
        if self.cut == "parted":
            side = np.deg2rad(theta)
            groove = np.exp(-(((np.sin(side) - 0.42) / 0.10) ** 2)) * np.clip(np.cos(side) + 0.3, 0.0, 1.0)
            parted = thick * (1.0 + 0.5 * np.sin(-side) * np.clip(np.cos(side), 0.0, 1.0)) * (1.0 - 0.75 * groove)
            thick = parted + (thick - parted) * share**3  # all meet at the crown
        if self.cut == "curly":
            thick = thick * (1.0 + 0.16 * np.sin(np.deg2rad(theta * 11.0)) * np.sin(v * 190.0) * (share < 0.97))
        return np.asarray(thick)

    def _curtain(self, face: Face, low: float) -> Shape:
        """Hair that hangs behind the ears, closed: down its outside and up its inside."""
        theta = np.deg2rad(np.linspace(66.0, 294.0, 21))
        y = (
            np.array([0.055, 0.03, 0.0, -0.04, -0.08, -0.12, low + 0.03, low])
            if low < -0.2
            else np.array([0.055, 0.03, 0.0, -0.03, -0.06, -0.085, low])
        )
        share = (0.055 - y) / (0.055 - low)
        wide = (
            0.078 * face.width
            + 0.013 * np.clip(share / 0.2, 0.0, 1.0)
            - 0.004
            + (0.016 if low < -0.2 else 0.020) * np.sin(np.pi * share * 0.75)
        )[:, None]
        deep = (0.104 - 0.006 + 0.020 * np.clip(share / 0.2, 0.0, 1.0) + 0.008 * np.sin(np.pi * share))[:, None]
        strands = self._strands(21)
        ripple = 1.0 + 0.025 * strands[None, :]
        outer = np.stack(
            [
                wide * np.sin(theta) * ripple,
                np.broadcast_to(y[:, None], (len(y), 21)),
                -0.004 + deep * np.cos(theta) * ripple,
            ],
            axis=-1,
        )
        inner = outer * [0.84, 1.0, 0.86]
        rings = np.concatenate([outer, inner[:, ::-1]], axis=1)[::-1]
        shape = lofted(rings, self.color)
        return replace(shape, colors=np.clip(shape.colors * _streaks(shape.vertices, self.seed), 0.0, 1.0))

    def _beard(self, face: Face, openness: float, roundness: float) -> Shape:
        columns, rows = 29, 8
        theta = np.linspace(-84.0, 84.0, columns)
        a = np.abs(theta)
        top = np.interp(
            a, [0, 12, 20, 27, 40, 60, 76, 84], [-0.0865, -0.0865, -0.080, -0.0640, -0.058, -0.046, -0.016, 0.004]
        )
        low = np.interp(a, [0, 50, 84], [-0.134, -0.126, -0.112])
        share = np.linspace(0.0, 1.0, rows)[:, None]
        v = low + (top - low) * share
        points = face.skin(v, np.broadcast_to(theta, v.shape), openness, roundness)
        full = np.sin(np.pi * np.clip(share, 0.03, 0.97)) ** 0.5 * (0.005 + 0.009 * np.exp(-((a / 45.0) ** 2)))
        full = full * (1.0 + 0.18 * self._strands(columns)) * np.clip((84.0 - a) / 6.0, 0.0, 1.0)
        full[[0, -1]] = -0.002
        ways = points - np.array([0.0, -0.075, 0.0])
        ways /= np.linalg.norm(ways, axis=-1, keepdims=True)
        return self._colored(grid(points + full[..., None] * ways, self.color), self._strands(columns), rows)

    def _moustache(self, face: Face, openness: float, roundness: float) -> Shape:
        theta = np.linspace(-26.0, 26.0, 15)
        share = np.linspace(0.0, 1.0, 5)[:, None]
        low = MOUTH + 0.0075 - 0.0105 * np.clip((np.abs(theta) - 17.0) / 9.0, 0.0, 1.0)
        v = low + 0.0095 * share
        points = face.skin(v, np.broadcast_to(theta, v.shape), openness, roundness)
        out = (
            0.0048
            * np.sin(np.pi * share) ** 0.5
            * (1.0 - (np.abs(theta) / 27.0) ** 4)
            * (1.0 + 0.2 * self._strands(15))
            - 0.0006
        )
        points[..., 2] += out
        return self._colored(grid(points, self.color), self._strands(15), 5)

    def _colored(self, shape: Shape, strands: Floats, rows: int) -> Shape:
        tint = 1.0 + 0.22 * np.tile(strands, rows)[:, None]
        return replace(shape, colors=np.clip(shape.colors * tint, 0.0, 1.0))


def _streaks(points: Floats, seed: int) -> Floats:
    """Lighter and darker strands (n, 1) around the head."""
    around = np.arctan2(points[:, 0], points[:, 2])
    phase = (seed % 628) / 100.0
    return np.asarray(1.0 + 0.16 * np.sin(23.0 * around + phase)[:, None] * np.sin(9.0 * around - phase)[:, None])


def _hairline(cut: str, theta: Floats) -> Floats:
    """Level v [m] where hair begins, for each angle [degrees]."""
    a = np.abs(theta)
    at = [0, 20, 38, 52, 64, 76, 84, 92, 104, 118, 140, 180]
    front = [0.064, 0.066, 0.060, 0.046, 0.028, -0.012, -0.022, 0.004, -0.004, -0.050, -0.088, -0.098]
    if cut == "receding":
        front = [0.080, 0.098, 0.108, 0.092, 0.045, -0.008, -0.020, 0.006, -0.004, -0.050, -0.088, -0.098]
    if cut in ("long", "bob"):
        front = [0.062, 0.062, 0.054, 0.036, 0.012, -0.020, -0.030, -0.034, -0.040, -0.060, -0.088, -0.098]
    return np.interp(a, at, front)


def _brow(face: Face, side: int, color: Color) -> Shape:
    """One eyebrow."""
    run = curve([(0.0125, 0.0200), (0.024, 0.0225), (0.036, 0.0228), (0.047, 0.0165)], 3)
    x, v = run[:, 0] * face.eyes, run[:, 1]
    theta = np.rad2deg(np.arcsin(np.clip(x / (0.0748 * face.width), 0.0, 0.98) ** (1 / 0.96)))
    path = face.skin(v, side * theta)
    path[:, 2] += 0.0006
    thick = np.interp(np.arange(len(path)), [0, 2, 6, len(path) - 1], [0.0022, 0.0032, 0.0028, 0.0010])
    return tube(path, thick, color, 5)


def glasses(face: Face, color: Color, width: float) -> Shape:
    """Rims, a bridge and temples; `width` [m] of one glass."""
    eye = 0.0315 * face.eyes
    z = float(face.skin(0.0, 14.0)[2]) + 0.012
    turn = np.linspace(0.0, 2.0 * np.pi, 19)[:-1]
    square = 0.75
    x = width / 2 * np.sign(np.cos(turn)) * np.abs(np.cos(turn)) ** square
    y = 0.40 * width * np.sign(np.sin(turn)) * np.abs(np.sin(turn)) ** square - 0.001
    shapes = []
    for side in (-1, 1):
        bend = 6.0 * (x * side) ** 2
        shapes.append(
            tube(
                np.stack([x + side * eye, y, z - 0.010 * (x * side > 0) * (x * side) / 0.02 - bend * 0.2], axis=1),
                0.0017,
                color,
                5,
                loop=True,
            )
        )
        outer = eye + width / 2
        path = [
            (side * outer, 0.006, z - 0.012),
            (side * (0.079 * face.width), 0.006, 0.045),
            (side * (0.080 * face.width), 0.002, -0.010),
            (side * (0.078 * face.width), -0.018, -0.024),
        ]
        shapes.append(tube(path, 0.0019, color, 4))
    inner = eye - width / 2
    shapes.append(tube(curve([(-inner, 0.002, z), (0.0, 0.005, z + 0.003), (inner, 0.002, z)], 4), 0.0018, color, 4))
    return join(shapes)
