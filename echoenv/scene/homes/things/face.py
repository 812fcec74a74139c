"""The skin of a head: where every point of it lies, for any face and any opening of the mouth.

The one idea: the skin is one function of two numbers, the level v (the height [m] above the eyes that a point has in
the middle of the face) and the angle theta about the vertical axis (0 in front, growing to the right of somebody who
looks at the face). Tables give each level's width, front and back; bumps along z make nose, brows, cheeks, lips and
chin; then the jaw turns about the axis through the ears, each point as far as its weight says. What lies on the skin
(beard, brows) asks the same function, so it moves with the mouth.

Sizes are those of an adult head (mean head breadth 0.152 m, length 0.197 m, height from chin to crown 0.232 m: NASA
Anthropometric Source Book, RP-1024, volume 2, 1978), the features drawn by eye.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from echoenv.scene.homes.shapes import Floats, rotation
from echoenv.scene.homes.style import Style

MOUTH = -0.0715
"""Level v [m] of the line between the lips."""

_JAW = (-0.022, 0.006)  # y, z [m] of the axis about which the jaw turns
_JAW_TURN = 16.5  # [degrees] at full opening
_CORNER = 0.46  # how far the corners of the mouth go with the jaw
_ANGLES = (0, 3, 6, 9, 12, 15.5, 19, 22.5, 26.5, 31, 36, 41.5, 47.5, 54, 62, 71, 81, 94, 114, 144, 180)
CORNER_COLUMN = 7
"""Which of `Face.angles` is the corner of the mouth."""

_LEVELS = np.array([
    # v, y at the sides, y at the back, half width, front, back [m]
    [-0.190, -0.187, -0.176, 0.0620, 0.006, -0.082],
    [-0.160, -0.153, -0.142, 0.0525, 0.012, -0.073],
    [-0.142, -0.131, -0.117, 0.0500, 0.018, -0.069],
    [-0.130, -0.113, -0.098, 0.0500, 0.030, -0.070],
    [-0.1255, -0.102, -0.086, 0.0525, 0.052, -0.075],
    [-0.1195, -0.090, -0.073, 0.0560, 0.0720, -0.082],
    [-0.110, -0.081, -0.064, 0.0585, 0.0810, -0.087],
    [-0.100, -0.074, -0.056, 0.0605, 0.0830, -0.091],
    [-0.090, -0.067, -0.049, 0.0630, 0.0815, -0.094],
    [-0.080, -0.060, -0.042, 0.0652, 0.0835, -0.097],
    [-0.0715, -0.054, -0.037, 0.0668, 0.0845, -0.098],
    [-0.060, -0.046, -0.031, 0.0690, 0.0855, -0.100],
    [-0.045, -0.035, -0.023, 0.0705, 0.0855, -0.102],
    [-0.020, -0.016, -0.010, 0.0725, 0.0870, -0.105],
    [0.000, 0.000, 0.000, 0.0737, 0.0880, -0.106],
    [0.020, 0.020, 0.020, 0.0748, 0.0920, -0.106],
    [0.045, 0.045, 0.045, 0.0755, 0.0915, -0.104],
    [0.065, 0.065, 0.065, 0.0740, 0.0840, -0.098],
    [0.085, 0.085, 0.084, 0.0695, 0.0690, -0.089],
    [0.100, 0.100, 0.100, 0.0605, 0.0505, -0.076],
    [0.111, 0.111, 0.111, 0.0480, 0.0310, -0.060],
    [0.1185, 0.1185, 0.1185, 0.0325, 0.0120, -0.043],
    [0.1225, 0.1225, 0.1225, 0.0180, -0.0020, -0.029],
    [0.1240, 0.1240, 0.1240, 0.0000, -0.0150, -0.015],
])  # fmt: skip


def _smooth_table() -> Floats:
    """The levels as a smooth curve: Catmull-Rom pieces between the rows, on a fine scale of v."""
    from echoenv.scene.homes.solids import curve

    run = curve(_LEVELS, 6)
    return run[np.argsort(run[:, 0], kind="stable")]


_TABLE = _smooth_table()
CROWN = float(_LEVELS[-1, 0])
"""Level v [m] of the highest point."""


@dataclass(frozen=True)
class Face:
    """What makes one face differ from another; all factors about 1.

    Attributes:
        width, jaw, chin, cheeks, brow, lips: Of these parts, in width or in how far they stand out.
        nose, nose_width, nose_long: How far the nose stands out, how wide and how long it is.
        eyes: Distance of the eyes.
        mouth: Width of the mouth.
    """

    width: float = 1.0
    jaw: float = 1.0
    chin: float = 1.0
    cheeks: float = 1.0
    brow: float = 1.0
    lips: float = 1.0
    nose: float = 1.0
    nose_width: float = 1.0
    nose_long: float = 1.0
    eyes: float = 1.0
    mouth: float = 1.0

    @staticmethod
    def drawn(style: Style) -> Face:
        """A face by chance."""

        def about(spread: float) -> float:
            return round(1.0 + spread * float(np.clip(style.rng.normal(0.0, 0.5), -1.0, 1.0)), 3)

        return Face(
            about(0.07), about(0.10), about(0.8), about(0.8), about(0.8), about(0.5),
            about(0.30), about(0.25), about(0.12), about(0.07), about(0.14),
        )  # fmt: skip

    def angles(self) -> Floats:
        """Columns (21,) of theta [degrees] from the middle of the face to the back; the 8th is the mouth's corner."""
        plain = np.asarray(_ANGLES, dtype=np.float64)
        return plain * (1.0 + (self.mouth - 1.0) * np.exp(-((plain / 60.0) ** 2)))

    def corner(self) -> float:
        """Theta [degrees] of the mouth's corner."""
        return float(self.angles()[CORNER_COLUMN])

    def skin(
        self, v: ArrayLike, theta: ArrayLike, openness: float = 0.0, roundness: float = 0.0, lower: bool = False
    ) -> Floats:
        """Points of the skin.

        Args:
            v: Levels [m], of any shape.
            theta: Angles [degrees], of a shape that goes with it.
            openness: Of the mouth, 0 shut to 1 wide open.
            roundness: How far the lips are drawn together and pushed out, 0 to 1.
            lower: Whether points on the line between the lips belong to the lower lip.

        Returns:
            Points [m] (..., 3) in the head's frame: eyes at y = 0, face towards +z.
        """
        level, angle = np.broadcast_arrays(np.asarray(v, dtype=np.float64), np.asarray(theta, dtype=np.float64))
        still = self._still(level, np.deg2rad(angle))
        still = self._rounded(still, level, roundness)
        weight = self._jaw_weight(level, angle, lower)
        about = np.array([0.0, *_JAW])
        turned = (still - about) @ rotation(_JAW_TURN * openness, "x").T + about
        return np.asarray(still + weight[..., None] * (turned - still))

    def _still(self, v: Floats, angle: Floats) -> Floats:
        side, back, wide, front, rear = (np.interp(v, _TABLE[:, 0], _TABLE[:, k]) for k in range(1, 6))
        wide = wide * self.width * (1.0 + (self.jaw - 1.0) * _bump(v, -0.090, 0.035))
        s, c = np.sin(angle), np.cos(angle)
        middle = 0.45 * front + 0.55 * rear
        z = np.where(c > 0.0, middle + (front - middle) * np.abs(c) ** 0.92, middle + (middle - rear) * c)
        y = np.where(c > 0.0, side + (v - side) * c**2, side + (back - side) * c**2)
        x = wide * np.sign(s) * np.abs(s) ** 0.96
        z = z + np.where(c > 0.0, self._relief(x, v), 0.0)
        return np.stack([x, y, z], axis=-1)

    def _relief(self, x: Floats, v: Floats) -> Floats:
        """How far [m] the face stands out beyond the head's round."""
        a = np.abs(x)
        eye = 0.0315 * self.eyes
        bumps = (
            (-0.0120, eye, 0.001, 0.0170, 0.0105),
            (-0.0045, 0.5 * eye, 0.004, 0.0065, 0.0085),
            (0.0034 * self.brow, 0.026, 0.0195, 0.020, 0.0065),
            (0.0045 * self.cheeks, 0.042, -0.026, 0.017, 0.014),
            (-0.0030, 0.050, -0.060, 0.016, 0.018),
            (0.0030, 0.0, -0.070, 0.022, 0.020),
            (0.0050 * self.chin, 0.0, -0.1075, 0.014, 0.0095),
            (-0.0018, 0.0, -0.0905, 0.018, 0.0050),
        )
        total = sum(h * _bump(a, at_x, wide) * _bump(v, at_v, high) for h, at_x, at_v, wide, high in bumps)
        return np.asarray(total + self._nose(a, v) + self._lips(a, v))

    def _nose(self, a: Floats, v: Floats) -> Floats:
        at = np.array([-0.0525, -0.0495, -0.0460, -0.0405, -0.0345, -0.0240, -0.0120, 0.000, 0.010, 0.018])
        out = np.array([0.0, 0.0065, 0.0175, 0.0238, 0.0230, 0.0180, 0.0120, 0.0070, 0.0035, 0.0])
        wide = np.array([0.011, 0.0115, 0.0115, 0.0112, 0.0105, 0.0090, 0.0078, 0.0070, 0.0070, 0.008])
        at = np.where(at < 0.0, at * self.nose_long, at) + (1.0 - self.nose_long) * -0.020
        ridge = np.interp(v, at, out) * self.nose
        across = np.interp(v, at, wide) * self.nose_width
        tip = at[3]
        wings = 0.0085 * _bump(a, 0.0128 * self.nose_width, 0.0052) * _bump(v, tip - 0.0015, 0.0058)
        return np.asarray(ridge * np.exp(-((a / across) ** 2.2)) + wings)

    def _lips(self, a: Floats, v: Floats) -> Floats:
        reach = np.exp(-((a / (0.0215 * self.mouth)) ** 4))
        upper = 0.0034 * _bump(v, MOUTH + 0.0052, 0.0038) * (1.0 - 0.25 * _bump(a, 0.0, 0.004))
        lower = 0.0046 * _bump(v, MOUTH - 0.0062, 0.0046)
        line = -0.0026 * _bump(v, MOUTH, 0.0022)
        return np.asarray(reach * (self.lips * (upper + lower) + line))

    def _rounded(self, points: Floats, v: Floats, roundness: float) -> Floats:
        share = roundness * _bump(v, MOUTH, 0.016) * np.exp(-((points[..., 0] / 0.034) ** 2))
        share = np.where(points[..., 2] > 0.0, share, 0.0)
        moved = points.copy()
        moved[..., 0] *= 1.0 - 0.34 * share
        moved[..., 2] += 0.007 * share
        return moved

    def _jaw_weight(self, v: Floats, theta: Floats, lower: bool) -> Floats:
        """How far (...) each point goes with the jaw, 0 to 1."""
        angle = np.abs((theta + 180.0) % 360.0 - 180.0)
        u = angle / self.corner()
        beyond = _CORNER * np.exp(-((np.maximum(u - 1.0, 0.0) / 1.3) ** 2))
        lens = np.sqrt(np.clip(1.0 - u**2, 0.0, 1.0))
        low_line = np.where(u < 1.0, _CORNER + (1.0 - _CORNER) * lens, beyond)
        high_line = np.where(u < 1.0, _CORNER * u**4 - 0.10 * lens, beyond)
        below = low_line + (1.0 - low_line) * _step((MOUTH - v) / 0.030)
        below = below * _step((v + 0.158) / 0.034)
        above = high_line * (1.0 - _step((v - MOUTH) / 0.026))
        is_lower = (v < MOUTH - 1e-9) | ((np.abs(v - MOUTH) <= 1e-9) & lower)
        return np.asarray(np.where(is_lower, below, above) * _step((112.0 - angle) / 62.0))


def _bump(value: Floats, middle: float, width: float) -> Floats:
    return np.asarray(np.exp(-(((value - middle) / width) ** 2)))


def _step(value: Floats) -> Floats:
    """A smooth step from 0 at 0 to 1 at 1."""
    t = np.clip(value, 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t))


def lower_levels() -> Floats:
    """Rows (17,) of v [m] from the neck to the line between the lips."""
    return np.array([
        -0.190, -0.160, -0.142, -0.134, -0.1285, -0.1245, -0.1205, -0.116, -0.111, -0.105, -0.099, -0.093,
        -0.088, -0.0825, -0.0775, -0.0740, MOUTH,
    ])  # fmt: skip


def upper_levels() -> Floats:
    """Rows (33,) of v [m] from the line between the lips to the crown."""
    near = [MOUTH, -0.0690, -0.0660, -0.0625, -0.0580]
    nose = [-0.0530, -0.0495, -0.0460, -0.0420, -0.0375, -0.0315, -0.0245]
    eyes = [-0.0175, -0.0110, -0.0050, 0.0010, 0.0070, 0.0130, 0.0190, 0.0260, 0.0340]
    top = [0.0430, 0.0530, 0.0640, 0.0750, 0.0860, 0.0960, 0.1050, 0.1120, 0.1170, 0.1205, 0.1228, CROWN]
    return np.array([*near, *nose, *eyes, *top])
