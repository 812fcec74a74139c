"""Ambisonics: sound at one point with its directions, as real spherical harmonics up to order 7.

The one idea: a plane wave of amplitude a from direction d is heard in channel (l, m) as a times the real spherical
harmonic Y_lm(d), and as nothing else. Turning the field, decoding it towards a direction or to two ears are then
matrices. Channels are in ACN order (l * (l + 1) + m) with the factors N3D or SN3D (AmbiX files are SN3D), without the
Condon-Shortley phase. The field's axes are x ahead, y left, z up *in the head's frame*: a receiver is turned with its
head, so for axes that stay with the world give the head no turn (heading 0: x along -Z, y along -X, z along +Y of the
world). Labels such as (L2) point to docs/physics.md.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, field

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from echoenv.acoustics.direction_grid import fibonacci_sphere
from echoenv.acoustics.receivers.hrtf import Hrtf
from echoenv.acoustics.receivers.receiver import Filters, Mono
from echoenv.errors import PoseError, SettingsError, nearest

MAX_ORDER = 7
NORMALIZATIONS = ("N3D", "SN3D")


@dataclass(frozen=True)
class Ambisonics:
    """An ideal ambisonic microphone in the middle of the head; a `Receiver` of (order + 1)^2 channels.

    Waves are encoded as plane waves: the curvature of waves from near sources is left out, as most tools expect.

    Attributes:
        order: 0 (omnidirectional) to 7 (64 channels).
        normalization: `N3D` (orthonormal: every channel hears a diffuse field equally loud) or `SN3D` (no channel is
            ever louder than the first).

    Raises:
        SettingsError: Another order or an unknown normalization.
    """

    order: int = 1
    normalization: str = "N3D"
    taps: int = field(default=Mono().taps, init=False, repr=False)
    reach: int = field(default=0, init=False, repr=False)
    noise_taps: int = field(default=1, init=False, repr=False)
    noise_lead: int = field(default=0, init=False, repr=False)

    def __post_init__(self) -> None:
        if isinstance(self.order, bool) or self.order not in range(MAX_ORDER + 1):
            raise SettingsError(f"ambisonic order {self.order!r} must be a whole number from 0 to {MAX_ORDER}")
        if self.normalization not in NORMALIZATIONS:
            raise SettingsError(
                f"ambisonic normalization {self.normalization!r} is unknown: "
                f"{nearest(str(self.normalization).upper(), NORMALIZATIONS)}"
            )

    @property
    def channels(self) -> int:
        """Number of channels."""
        return (self.order + 1) ** 2

    def at(self, sample_rate: int) -> Ambisonics:
        """The microphone itself: it serves all sample rates [Hz]."""
        return self

    def filters(
        self,
        directions: NDArray[np.float64],
        times: NDArray[np.float64],
        distances: NDArray[np.float64] | None = None,
    ) -> Filters:
        """See `Receiver.filters`: one delayed pulse, as loud in each channel as its harmonic."""
        pulses, starts = Mono().filters(directions, times)
        gains = self.encode(directions).astype(np.float32)
        return gains[:, :, None] * pulses, np.repeat(starts, self.channels, axis=1)

    def band_gains(self, directions: NDArray[np.float64], distances: NDArray[np.float64] | None = None) -> None:
        """See `Receiver.band_gains`: the harmonics are the same at all frequencies."""

    def noise_spectra(self, directions: NDArray[np.float64], length: int) -> NDArray[np.complex64]:
        """See `Receiver.noise_spectra`: the same at all frequencies."""
        return self.encode(directions).astype(np.complex64)[:, :, None]

    def encode(self, directions: ArrayLike) -> NDArray[np.float64]:
        """How loud a plane wave of amplitude 1 is in each channel, equation (L2).

        Args:
            directions: Unit vectors (q, 3) towards where waves come from, head frame (x right, y up, z backward).

        Returns:
            (q, channels).
        """
        vectors = np.asarray(directions, dtype=np.float64)
        if vectors.ndim != 2 or vectors.shape[1] != 3 or not np.isfinite(vectors).all():
            raise PoseError(f"directions of shape {vectors.shape} must be finite unit vectors (q, 3)")
        return real_spherical_harmonics(vectors, self.order) * self._scale

    def rotate(self, signal: ArrayLike, rotation: ArrayLike) -> NDArray[np.float64]:
        """The field after a turn: what came from direction d comes from rotation @ d.

        To hear a field recorded with world axes by a head with the local-to-world matrix H, turn it by H transposed.

        Args:
            signal: (..., channels, n).
            rotation: Matrix (3, 3), in the axes of this project (x right, y up, z backward).

        Returns:
            (..., channels, n).

        Raises:
            PoseError: The matrix is no rotation.
            SettingsError: The signal has another number of channels.
        """
        return np.asarray(rotation_matrix(rotation, self.order) @ self._checked(signal))

    def decode(self, signal: ArrayLike, directions: ArrayLike) -> NDArray[np.float64]:
        """What comes from each of some directions: the sharpest beam that leaves a plane wave from there as it is.

        Args:
            signal: (channels, n).
            directions: Unit vectors (d, 3), head frame.

        Returns:
            (d, n), by equation (L4).
        """
        beams = self.encode(directions) / self._scale**2 / self.channels
        return np.asarray(beams @ self._checked(signal))

    def binaural(
        self, signal: ArrayLike, ears: Hrtf, sample_rate: int, rotation: ArrayLike | None = None
    ) -> NDArray[np.float32]:
        """The field at two ears, by as many virtual loudspeakers, evenly spread, as harmonics can tell apart.

        Right up to some 400 Hz times the order, above which a head spans more than the order resolves: within 0.1 dB
        for a spherical head, while the details of measured ears (KEMAR, order 7) are missed by 1 dB rms at 1.2 kHz and
        3 dB at 2 kHz.

        Args:
            signal: (channels, n) at `sample_rate`.
            ears: Head-related responses.
            sample_rate: [Hz].
            rotation: Local-to-world matrix (3, 3) of the head in the field's frame; None for no turn.

        Returns:
            Left and right ear (2, n + taps - 1), the response of straight ahead beginning at time 0 as in `render`.
        """
        field_ = self._checked(signal) if rotation is None else self.rotate(signal, np.asarray(rotation).T)
        speakers = fibonacci_sphere(2 * self.channels + 2)
        feeds = np.linalg.pinv(self.encode(speakers).T) @ field_
        filters, starts = ears.at(sample_rate).filters(speakers, np.zeros(len(speakers)))
        first = int(starts.min())
        placed = np.zeros((len(speakers), 2, int(starts.max()) - first + filters.shape[2]), np.float32)
        for row, shifts, result in zip(filters, starts - first, placed, strict=True):
            for ear in (0, 1):
                result[ear, shifts[ear] : shifts[ear] + filters.shape[2]] = row[ear]
        length = scipy.fft.next_fast_len(field_.shape[1] + placed.shape[2], real=True)
        spectrum = np.einsum("sf,sef->ef", scipy.fft.rfft(feeds, length), scipy.fft.rfft(placed, length))
        return scipy.fft.irfft(spectrum, length)[:, -first : field_.shape[1] + placed.shape[2] - 1].astype(np.float32)

    def intensity_direction(self, signal: ArrayLike) -> NDArray[np.float64]:
        """Where the sound comes from on the whole: the direction of its mean intensity, equation (L5).

        Args:
            signal: (channels, n), order 1 at least.

        Returns:
            Unit vector (3,), head frame; zeros where as much energy flows one way as the other, or for silence.
        """
        if self.order < 1:
            raise SettingsError("ambisonics of order 0 have no direction: give order 1 at least")
        pressure, left, up, ahead = (self._checked(signal)[:4] / self._scale[:4, None]).astype(np.float64)
        intensity = np.array([-(pressure @ left), pressure @ up, -(pressure @ ahead)])
        length = np.linalg.norm(intensity)
        return intensity / length if length > 0.0 else intensity

    @functools.cached_property
    def _scale(self) -> NDArray[np.float64]:
        """Factor (channels,) from N3D to this normalization."""
        degrees = np.repeat(np.arange(self.order + 1), 2 * np.arange(self.order + 1) + 1)
        return np.ones(self.channels) if self.normalization == "N3D" else 1.0 / np.sqrt(2.0 * degrees + 1.0)

    def _checked(self, signal: ArrayLike) -> NDArray[np.float64]:
        samples = np.asarray(signal, dtype=np.float64)
        if samples.ndim < 2 or samples.shape[-2] != self.channels:
            raise SettingsError(
                f"signal of shape {samples.shape} is not of order {self.order}: give ({self.channels} channels, n)"
            )
        return samples


def real_spherical_harmonics(directions: NDArray[np.float64], order: int) -> NDArray[np.float64]:
    """Real spherical harmonics in ACN order, N3D: their mean square over the sphere is 1 each, equation (L2).

    Args:
        directions: Unit vectors (q, 3), head frame of this project (x right, y up, z backward).
        order: The highest degree.

    Returns:
        (q, (order + 1)^2).
    """
    ahead, left, up = -directions[:, 2], -directions[:, 0], directions[:, 1]
    result = np.empty((len(directions), (order + 1) ** 2))
    turned = (ahead + 1j * left) ** np.arange(order + 1)[:, None]  # (m, q): sin^m(theta) times cos and sin of m phi
    for m in range(order + 1):
        # associated Legendre functions without their sin^m(theta), which `turned` holds
        before, legendre = np.zeros_like(up), np.full_like(up, float(math.prod(range(1, 2 * m, 2))))
        for degree in range(m, order + 1):
            share = math.factorial(degree - m) / math.factorial(degree + m)
            factor = math.sqrt((2 * degree + 1) * (2 - (m == 0)) * share)
            middle = degree * (degree + 1)
            if m:
                result[:, middle - m] = factor * legendre * turned[m].imag
            result[:, middle + m] = factor * legendre * turned[m].real
            after = ((2 * degree + 1) * up * legendre - (degree + m) * before) / (degree + 1 - m)
            before, legendre = legendre, after
    return result


def rotation_matrix(rotation: ArrayLike, order: int) -> NDArray[np.float64]:
    """How a turn mixes the channels: one block for each degree, equation (L3).

    Args:
        rotation: Matrix (3, 3), in the axes of this project.
        order: The highest degree.

    Returns:
        ((order + 1)^2, (order + 1)^2), orthogonal, for N3D and SN3D alike.

    Raises:
        PoseError: The matrix is no rotation.
    """
    turn = np.asarray(rotation, dtype=np.float64)
    if turn.shape != (3, 3) or not np.allclose(turn @ turn.T, np.eye(3), atol=1e-6) or np.linalg.det(turn) < 0.0:
        raise PoseError(f"rotation of shape {turn.shape} is none: give an orthogonal matrix (3, 3) of determinant 1")
    before, inverse = _projection(order)
    after = real_spherical_harmonics(fibonacci_sphere(len(before)) @ turn.T, order)
    matrix = np.zeros((before.shape[1],) * 2)
    for degree in range(order + 1):  # harmonics of one degree turn among themselves: all else would be rounding
        block = slice(degree**2, (degree + 1) ** 2)
        matrix[block, block] = (inverse[block] @ after[:, block]).T
    return matrix


@functools.lru_cache(maxsize=MAX_ORDER + 1)
def _projection(order: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Harmonics at evenly spread points and their pseudo-inverse."""
    harmonics = real_spherical_harmonics(fibonacci_sphere(4 * (order + 1) ** 2), order)
    return harmonics, np.asarray(np.linalg.pinv(harmonics), dtype=np.float64)
