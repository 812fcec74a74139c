"""How sound propagation is computed: every setting, its unit, its default, and the trap it hides.

The one idea: settings trade time for noise, never for bias. Fewer rays or stronger thinning make the response noisier
about the same mean; where a setting does shift the mean, its description says so.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace

from echoenv.errors import SettingsError

MAX_RAYS = 10_000_000
MAX_IMAGE_ORDER = 32
THINNING_STAGES = 4


@dataclass(frozen=True)
class PropagationSettings:
    """Settings of `Propagator`.

    Attributes:
        rays: Rays a listener. Noise falls as one over the square root; cost grows in proportion. With few rays fewer
            mirror reflections are exact (`image_rays`), which moves energy from arrivals to the diffuse response.
        duration: Length of the response [s]. Paths that would arrive later are not followed.
        bin_width: Time resolution [s] of the diffuse energy; None takes 0.5 ms up to half a second and 1 ms beyond.
            Memory for a pair is 42 directions * 8 bands * 8 bytes a bin.
        image_order: Most reflections of an exact mirror reflection; 0 leaves all of them to the lobe. Beyond the order
            mirror energy is kept, but its arrivals are smeared by a few milliseconds.
        image_rays: Rays that must be expected at every mirror of a chain for it to count as exact. Lower finds more
            exact reflections, but some of them by luck: those that no ray finds are lost.
        lobe_angle: Half-angle [degrees] of the lobe that stands for a mirror direction where reflections are not exact.
            Narrower is noisier, wider smears the time of arrival; the energy stays the same. With every stage of
            thinning the lobe widens (`mirror_lobe.WIDENING`).
        energy_floor: A ray ends when its energy has fallen by this many decibels. Decays are right down to about 15 dB
            above it.
        thinning: Pairs (time [s], n), in rising order, at most four: after the time only every n-th ray goes on and
            stands for n (rays that may still find images are at most halved). The late field needs few rays, since each
            has been everywhere; each n must divide the next. () keeps all: for references.

    Raises:
        SettingsError: A value is out of range.
    """

    rays: int = 5000
    duration: float = 2.0
    bin_width: float | None = None
    image_order: int = 8
    image_rays: float = 4.0
    lobe_angle: float = 10.0
    energy_floor: float = 90.0
    thinning: tuple[tuple[float, int], ...] = ((0.005, 2), (0.02, 4), (0.08, 8))

    def __post_init__(self) -> None:
        self._check_range("rays", 1, MAX_RAYS)
        self._check_range("duration", 1e-4, 60.0)
        self._check_range("image_order", 0, MAX_IMAGE_ORDER)
        self._check_range("image_rays", 0.0, math.inf)
        self._check_range("lobe_angle", 1.0, 45.0)
        self._check_range("energy_floor", 10.0, 300.0)
        if self.bin_width is not None:
            self._check_range("bin_width", 1e-5, 1.0)
        self._check_thinning()

    def _check_range(self, name: str, low: float, high: float) -> None:
        value = getattr(self, name)
        if not low <= value <= high:
            raise SettingsError(f"propagation setting {name}={value} is out of range: give {low:g} to {high:g}")

    def _check_thinning(self) -> None:
        times, strides = [0.0, *(time for time, _ in self.thinning)], [1, *(stride for _, stride in self.thinning)]
        rising = all(a < b for a, b in itertools.pairwise(times))
        divide = all(b > a and b % a == 0 for a, b in itertools.pairwise(strides))
        if len(self.thinning) > THINNING_STAGES or not rising or not divide:
            raise SettingsError(
                f"propagation setting thinning={self.thinning}: give at most {THINNING_STAGES} pairs (time [s], n) "
                "with rising times, each n a multiple of the one before, such as ((0.05, 2), (0.1, 4))"
            )

    def lasting(self, duration: float) -> PropagationSettings:
        """The same settings for responses of another duration [s]."""
        return replace(self, duration=duration)

    @property
    def resolution(self) -> float:
        """Width of a time bin [s]."""
        if self.bin_width is not None:
            return self.bin_width
        return 0.0005 if self.duration <= 0.5 else 0.001

    @property
    def bins(self) -> int:
        """Number of time bins that cover the duration."""
        return max(1, math.ceil(self.duration / self.resolution - 1e-9))
