"""What a surface does to sound: energy absorption, scattering and transmission in octave bands.

The one idea: all three coefficients are fractions of incident *energy* (never pressure) and add up with the reflected
part to one. `absorption` is what the surface turns into heat, `transmission` what goes through it; of the rest,
1 - absorption - transmission, a fraction `scattering` is reflected diffusely by Lambert's law and the remainder as by a
mirror.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.errors import MaterialError
from echoenv.scene.octave_bands import OCTAVE_BAND_COUNT, OCTAVE_CENTRES


def _band_values(values: ArrayLike, material: str, what: str) -> NDArray[np.float32]:
    try:
        bands = np.broadcast_to(np.asarray(values, dtype=np.float32), (OCTAVE_BAND_COUNT,)).copy()
    except (TypeError, ValueError):
        raise MaterialError(
            f"material '{material}': {what} {values!r} must be one number, or one for each of the "
            f"{OCTAVE_BAND_COUNT} octave bands from {OCTAVE_CENTRES[0]:g} to {OCTAVE_CENTRES[-1]:g} Hz"
        ) from None
    if not np.all((bands >= 0.0) & (bands <= 1.0)):
        raise MaterialError(
            f"material '{material}': {what} {np.round(bands, 4).tolist()} must lie between 0 and 1 in every octave "
            "band (they are fractions of energy)"
        )
    bands.flags.writeable = False
    return bands


@dataclass(frozen=True, eq=False)
class AcousticMaterial:
    """One acoustic material.

    Attributes:
        name: How the material is called in tables and messages.
        absorption: Energy absorption (8,) per octave band, 63 Hz to 8 kHz; a number stands for all bands.
        scattering: Fraction (8,) of the reflected energy that leaves diffusely.
        transmission: Energy (8,) that goes through.
        citation: Where the numbers come from.

    Raises:
        MaterialError: A coefficient is outside 0..1 or absorption + transmission exceeds 1.
    """

    name: str
    absorption: NDArray[np.float32]
    scattering: NDArray[np.float32]
    transmission: NDArray[np.float32] | float = 0.0
    citation: str = ""

    def __post_init__(self) -> None:
        for field in ("absorption", "scattering", "transmission"):
            object.__setattr__(self, field, _band_values(getattr(self, field), self.name, field))
        total = np.asarray(self.absorption) + np.asarray(self.transmission)
        if np.any(total > 1.0 + 1e-6):
            band = int(np.argmax(total))
            raise MaterialError(
                f"material '{self.name}': absorption + transmission is {total[band]:.3f} at {OCTAVE_CENTRES[band]:g} "
                "Hz; energy cannot exceed 1: lower one of them"
            )

    @property
    def reflection(self) -> NDArray[np.float32]:
        """Reflected energy (8,), 1 - absorption - transmission."""
        return np.clip(1.0 - np.asarray(self.absorption) - np.asarray(self.transmission), 0.0, 1.0).astype(np.float32)
