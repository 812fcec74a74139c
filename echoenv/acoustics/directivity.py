"""Directivity of sources: how much louder or softer a source is in each direction than straight ahead.

The one idea: a directivity is a pressure gain for each direction and octave band, 1 straight ahead. The ray tracer asks
for its square on a regular grid (`energy_table`), the exact paths for the gain itself (`gains`). Directions are unit
vectors in the source's own frame: x right, y up, -z ahead. Labels such as (L1) point to docs/physics.md.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.acoustics.direction_grid import fibonacci_sphere
from echoenv.errors import PoseError, SettingsError, nearest
from echoenv.scene.octave_bands import OCTAVE_BAND_COUNT, OCTAVE_CENTRES

ENERGY_ROWS, ENERGY_COLUMNS = 37, 72
"""Size of every `Directivity.energy_table`: steps of 5 degrees of elevation and azimuth."""

CARDIOID_FAMILY = {
    "omni": 0.0,
    "subcardioid": 0.25,
    "cardioid": 0.5,
    "supercardioid": (3.0 - np.sqrt(3.0)) / 2.0,
    "hypercardioid": 0.75,
    "figure_of_eight": 1.0,
}
"""By name, the share p of the pressure gradient in the patterns 1 - p + p cos(theta) (L1)."""

DIRECTIVITY_NAMES = (*CARDIOID_FAMILY, "talking_head")

_SPHERE = 16384  # directions over which the energy of tables is averaged

_TALKER_ANGLES = np.arange(0.0, 181.0, 15.0)
# Levels [dB] against straight ahead at those angles, octaves 125 Hz to 8 kHz: see `Directivity.talking_head`.
_TALKER_LEVELS = np.array([
    [0.0, 0.8, -0.1, -0.4, -0.6, -1.1, -1.6, -2.1, -2.7, -3.1, -3.5, -3.6, -3.6],
    [0.0, 0.7, -0.2, -0.5, -0.8, -1.6, -2.3, -3.1, -3.9, -4.5, -4.9, -5.0, -5.1],
    [0.0, 0.6, 0.1, 0.0, -0.1, -0.7, -1.6, -2.8, -4.4, -5.5, -6.0, -6.0, -5.9],
    [0.0, -0.2, -0.7, -1.4, -1.5, -1.4, -1.6, -2.5, -4.6, -7.0, -7.9, -6.9, -6.3],
    [0.0, -1.0, -0.1, -0.8, -2.5, -4.7, -7.0, -7.6, -7.9, -9.3, -13.0, -15.0, -13.1],
    [0.0, -1.7, -0.7, -1.6, -3.9, -5.3, -6.3, -9.0, -12.7, -14.5, -16.7, -21.0, -18.9],
    [0.0, -1.0, -1.7, -3.1, -5.8, -7.0, -8.7, -11.5, -15.0, -17.8, -21.5, -25.0, -26.3],
])  # fmt: skip


@dataclass(frozen=True, eq=False)
class Directivity(ABC):
    """How a source's sound depends on the direction in which it leaves.

    Attributes:
        name: What it is called.
    """

    name: str

    def gains(self, directions: ArrayLike) -> NDArray[np.float64]:
        """Pressure towards directions, as a multiple of that straight ahead.

        Args:
            directions: Unit vectors (n, 3) from the source, its own frame (x right, y up, -z ahead).

        Returns:
            (n, 8) per octave band; negative where the wave is turned over, as behind a figure of eight.

        Raises:
            PoseError: A direction is not finite or is zero, or their shape is another.
        """
        vectors = np.asarray(directions, dtype=np.float64)
        if vectors.ndim != 2 or vectors.shape[1] != 3:
            raise PoseError(f"directions have shape {vectors.shape}: give unit vectors (n, 3) in the source's frame")
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.all(np.isfinite(lengths) & (lengths > 0.0)):
            raise PoseError("a direction is zero or not finite: give unit vectors (n, 3) in the source's frame")
        return self._gains(vectors / lengths)

    @abstractmethod
    def _gains(self, directions: NDArray[np.float64]) -> NDArray[np.float64]:
        """`gains` of unit vectors that have been looked at."""

    def power(self) -> NDArray[np.float64]:
        """Mean over the sphere of the squared gain (8,): the power of the source against an omnidirectional one's."""
        return np.asarray((self._gains(fibonacci_sphere(_SPHERE)) ** 2).mean(axis=0))

    def energy_table(self) -> NDArray[np.float32]:
        """Squared gains on a regular grid, for kernels.

        Returns:
            (37, 72, 8) float32. Row i is the elevation -90 + 5 i degrees, asin(y); column j the azimuth 5 j degrees
            counter-clockwise seen from above, atan2(-x, -z), so that column 0 is ahead and column 18 left. Between
            them it is meant to be interpolated linearly, with columns that go round.
        """
        elevation = np.deg2rad(np.linspace(-90.0, 90.0, ENERGY_ROWS))[:, None]
        azimuth = np.deg2rad(np.arange(ENERGY_COLUMNS) * 360.0 / ENERGY_COLUMNS)
        level = np.cos(elevation)
        vectors = np.broadcast_arrays(-level * np.sin(azimuth), np.sin(elevation), -level * np.cos(azimuth))
        gains = self._gains(np.stack(vectors, axis=-1).reshape(-1, 3))
        return (gains.reshape(ENERGY_ROWS, ENERGY_COLUMNS, OCTAVE_BAND_COUNT) ** 2).astype(np.float32)

    def picture(self, path: str | Path) -> Path:
        """Draw the level in every band over azimuth (seen from above, ahead is up) and over elevation.

        Args:
            path: Picture file; its ending says which format.
        """
        from matplotlib.figure import Figure

        figure = Figure(figsize=(11.0, 5.0), layout="constrained")
        angle = np.deg2rad(np.arange(0.0, 361.0, 2.0))
        still = np.zeros_like(angle)
        planes = {
            "from above": np.stack([-np.sin(angle), still, -np.cos(angle)], axis=-1),
            "from its right side": np.stack([still, np.sin(angle), -np.cos(angle)], axis=-1),
        }
        for place, (title, directions) in enumerate(planes.items()):
            axis: Any = figure.add_subplot(1, 2, place + 1, projection="polar")
            axis.set_theta_zero_location("N" if place == 0 else "E")
            levels = 20.0 * np.log10(np.maximum(np.abs(self._gains(directions)), 1e-3))
            for band, centre in enumerate(OCTAVE_CENTRES):
                axis.plot(angle, np.maximum(levels[:, band], -30.0), label=f"{centre:g} Hz")
            axis.set(title=title, rlim=(-30.0, max(3.0, float(levels.max()))))
        axis.legend(loc="center left", bbox_to_anchor=(1.1, 0.5), title="level [dB]")
        figure.suptitle(self.name)
        figure.savefig(path, dpi=110)
        return Path(path)

    @classmethod
    def omni(cls) -> Directivity:
        """The same in all directions."""
        return FirstOrder("omni", 0.0)

    @classmethod
    def cardioid_family(cls, pattern: float | str = "cardioid") -> Directivity:
        """The pattern 1 - p + p cos(theta) about the axis straight ahead (L1), the same in all bands.

        Args:
            pattern: p, 0 (omni) to 1 (figure of eight), or a name of `CARDIOID_FAMILY`.

        Raises:
            SettingsError: An unknown name, with the nearest valid one, or p outside 0 to 1.
        """
        if isinstance(pattern, str):
            if pattern not in CARDIOID_FAMILY:
                raise SettingsError(f"directivity '{pattern}' is unknown: {nearest(pattern, CARDIOID_FAMILY)}")
            return FirstOrder(pattern, float(CARDIOID_FAMILY[pattern]))
        if not 0.0 <= pattern <= 1.0:
            raise SettingsError(f"cardioid share {pattern!r} must lie between 0 (omni) and 1 (figure of eight)")
        return FirstOrder(f"first order, p = {pattern:g}", float(pattern))

    @classmethod
    def talking_head(cls) -> Directivity:
        """A person who talks: mean of 15 talkers, running speech at normal level.

        Levels per octave from 125 Hz to 8 kHz at every 15 degrees are those of Monson, Hunter and Story, *Horizontal
        directivity of low- and high-frequency energy in speech and singing*, J. Acoust. Soc. Am. 132 (2012) 433-441,
        measured in the horizontal plane at 0.6 m. Two things are assumed: the pattern is the same in all planes through
        the axis, since no other plane was measured, and 63 Hz is as 125 Hz, since voices have next to nothing there.
        """
        levels = np.vstack([_TALKER_LEVELS[:1], _TALKER_LEVELS]).T
        return AroundAxis("talking_head", _TALKER_ANGLES, 10.0 ** (levels / 20.0))

    @classmethod
    def from_table(
        cls, azimuths: ArrayLike, elevations: ArrayLike, gains: ArrayLike, name: str = "table"
    ) -> Directivity:
        """Any directivity, from pressure gains on a regular grid.

        Args:
            azimuths: [degrees] (a,), counter-clockwise seen from above, 0 is ahead; in any order, each once.
            elevations: [degrees] (e,), -90 to 90, up is positive; in any order, each once.
            gains: Pressure (e, a, 8) per octave band, or (e, a) for all bands; not negative. They are divided by the
                gain straight ahead in each band, since a source's level is its level straight ahead.
            name: What it is called.

        Returns:
            A directivity that is linear in azimuth and elevation between the given values. A pole has one direction,
            so it gets the mean over all azimuths: of its own row, or of the row nearest to it.

        Raises:
            SettingsError: Shapes that do not fit, values that are negative or not finite, angles that occur twice or
                are out of range, or silence straight ahead.
        """
        return _tabulated(azimuths, elevations, gains, name)


@dataclass(frozen=True, eq=False)
class FirstOrder(Directivity):
    """A pattern of the cardioid family, equation (L1).

    Attributes:
        share: p of 1 - p + p cos(theta).
    """

    share: float

    def _gains(self, directions: NDArray[np.float64]) -> NDArray[np.float64]:
        gain = 1.0 - self.share - self.share * directions[:, 2]
        return np.repeat(gain[:, None], OCTAVE_BAND_COUNT, axis=1)

    def power(self) -> NDArray[np.float64]:
        """See `Directivity.power`; here in closed form."""
        return np.full(OCTAVE_BAND_COUNT, (1.0 - self.share) ** 2 + self.share**2 / 3.0)


@dataclass(frozen=True, eq=False)
class AroundAxis(Directivity):
    """A pattern that depends only on the angle from straight ahead.

    Attributes:
        angles: [degrees] (a,), rising from 0 to 180.
        values: Pressure gains (a, 8) at those angles.
    """

    angles: NDArray[np.float64]
    values: NDArray[np.float64]

    def _gains(self, directions: NDArray[np.float64]) -> NDArray[np.float64]:
        angle = np.rad2deg(np.arctan2(np.hypot(directions[:, 0], directions[:, 1]), -directions[:, 2]))
        return np.stack([np.interp(angle, self.angles, column) for column in self.values.T], axis=-1)


@dataclass(frozen=True, eq=False)
class Tabulated(Directivity):
    """A pattern on a grid of azimuths and elevations.

    Attributes:
        azimuths: [degrees] (a + 1,), rising; the last is the first after a whole turn.
        elevations: [degrees] (e,), rising from -90 to 90.
        values: Pressure gains (e, a + 1, 8).
    """

    azimuths: NDArray[np.float64]
    elevations: NDArray[np.float64]
    values: NDArray[np.float64]

    def _gains(self, directions: NDArray[np.float64]) -> NDArray[np.float64]:
        across, up, back = directions.T
        elevation = np.rad2deg(np.arctan2(up, np.hypot(across, back)))
        azimuth = np.rad2deg(np.arctan2(-across, -back))
        azimuth = self.azimuths[0] + (azimuth - self.azimuths[0]) % 360.0
        row, down = _between(self.elevations, elevation)
        column, along = _between(self.azimuths, azimuth)
        low, high = (
            self.values[at, column] * (1.0 - along) + self.values[at, column + 1] * along for at in (row, row + 1)
        )
        return np.asarray(low * (1.0 - down) + high * down)


def directivity_named(directivity: str | Directivity) -> Directivity:
    """The directivity that a user means.

    Args:
        directivity: One of `DIRECTIVITY_NAMES`, or a directivity, which is returned as it is.

    Raises:
        SettingsError: An unknown name, with the nearest valid one.
    """
    if isinstance(directivity, Directivity):
        return directivity
    if directivity == "talking_head":
        return Directivity.talking_head()
    if directivity not in CARDIOID_FAMILY:
        raise SettingsError(f"directivity {directivity!r} is unknown: {nearest(str(directivity), DIRECTIVITY_NAMES)}")
    return Directivity.cardioid_family(directivity)


def _between(grid: NDArray[np.float64], values: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The place (n,) in a rising grid before each value, and how far (n, 1) it is on the way to the next."""
    place = np.clip(np.searchsorted(grid, values, side="right") - 1, 0, len(grid) - 2)
    share = (values - grid[place]) / (grid[place + 1] - grid[place])
    return place, np.clip(share, 0.0, 1.0)[:, None]


def _tabulated(azimuths: ArrayLike, elevations: ArrayLike, gains: ArrayLike, name: str) -> Tabulated:
    """See `Directivity.from_table`."""
    around, up = _as_angles(azimuths, "azimuths"), _as_angles(elevations, "elevations")
    values = np.asarray(gains, dtype=np.float64)
    if values.ndim == 2:
        values = np.repeat(values[..., None], OCTAVE_BAND_COUNT, axis=2)
    if values.shape != (len(up), len(around), OCTAVE_BAND_COUNT):
        raise SettingsError(
            f"directivity '{name}': gains of shape {np.shape(gains)} do not fit {len(up)} elevations and {len(around)} "
            f"azimuths: give ({len(up)}, {len(around)}, {OCTAVE_BAND_COUNT})"
        )
    if not np.isfinite(values).all() or values.min() < 0.0:
        raise SettingsError(f"directivity '{name}': gains must be finite and not negative pressures, not decibels")
    if np.abs(up).max() > 90.0:
        raise SettingsError(f"directivity '{name}': elevations must lie between -90 and 90 degrees")
    around, order = np.unique(around % 360.0, return_index=True)
    rising = np.argsort(up)
    up, values = up[rising], values[rising][:, order]
    if len(around) != np.size(azimuths) or np.any(np.diff(up) <= 0.0):
        raise SettingsError(f"directivity '{name}': an angle occurs twice; give each once (360 degrees is 0)")
    up, values = _with_poles(up, values)
    around, values = np.append(around, around[0] + 360.0), np.concatenate([values, values[:, :1]], axis=1)
    ahead = Tabulated(name, around, up, values).gains([[0.0, 0.0, -1.0]])
    if ahead.min() <= 0.0:
        raise SettingsError(f"directivity '{name}' is silent straight ahead, against which gains are counted: turn it")
    return Tabulated(name, around, up, values / ahead)


def _with_poles(
    elevations: NDArray[np.float64], values: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A grid that ends at both poles, each of one value (the mean over azimuth)."""
    below, above = (np.broadcast_to(values[end].mean(axis=0), values[end].shape)[None] for end in (0, -1))
    inner = np.abs(elevations) < 90.0
    return np.concatenate([[-90.0], elevations[inner], [90.0]]), np.concatenate([below, values[inner], above])


def _as_angles(values: ArrayLike, what: str) -> NDArray[np.float64]:
    angles = np.asarray(values, dtype=np.float64)
    if angles.ndim != 1 or not len(angles) or not np.isfinite(angles).all():
        raise SettingsError(f"directivity: {what} of shape {angles.shape} must be a list of finite angles in degrees")
    return angles
