"""How sound propagation is computed: every setting, its unit, its default, and the trap it hides.

The one idea: settings trade time for noise. Fewer rays or stronger thinning make the response noisier about the same
mean; where a setting does shift the mean, its description says so.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace
from numbers import Integral, Real

from echoenv.errors import SettingsError

MAX_RAYS = 10_000_000
MAX_IMAGE_ORDER = 32
MAX_DIFFRACTIONS = 4
THINNING_STAGES = 4

SHORT_DURATION = 0.5
"""Responses up to this length [s] are computed with finer time bins, and without the late field."""

_MOST_RAYS_THAT_JOIN = 20_000


@dataclass(frozen=True)
class PropagationSettings:
    """Settings of `Propagator`.

    Attributes:
        rays: Rays a listener; None takes 2,000 up to half a second and 12,000 beyond, since late sound is what few of
            them carry. Noise falls as one over the square
            root; cost grows in proportion. With few rays fewer mirror reflections are exact (`image_rays`), which moves
            energy from arrivals to the diffuse response.
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
        thinning: Pairs (time [s], n), in rising order, at most four: after the time, a ray that carries less than n
            times the mean goes on with a probability in proportion to what it carries, and then stands for those that
            did not (rays that may still find images are at most halved). Strong rays, which the late sound is made of,
            always go on. () keeps all: for references.
        late_start: Time [s] after which rays are not followed but go over into the scene's late field, which is traced
            once (a second or two) and serves all sources and listeners (P11); earlier is quicker and relies more on it.
            None follows every ray to its end. The late field has an error of its own, one or two tenths of a decibel,
            so it is left out where more than 20,000 rays or no thinning ask for less, and in responses up to half a
            second, which gain nothing by it.
        transmission: Whether sound goes through walls, by their materials' `transmission`. Where no material has any it
            costs nothing. Without it, what goes into walls is lost.
        diffraction: Most edges that a diffracted path bends round; 0 leaves diffraction out.

    Raises:
        SettingsError: A value is out of range.
    """

    rays: int | None = None
    duration: float = 2.0
    bin_width: float | None = None
    image_order: int = 8
    image_rays: float = 4.0
    lobe_angle: float = 10.0
    energy_floor: float = 90.0
    thinning: tuple[tuple[float, float], ...] = ((0.005, 2.0), (0.02, 6.0), (0.08, 8.0))
    late_start: float | None = 0.06
    transmission: bool = True
    diffraction: int = 2

    def __post_init__(self) -> None:
        self._check_range("duration", 1e-4, 60.0)
        self._check_range("image_order", 0, MAX_IMAGE_ORDER, Integral)
        self._check_range("image_rays", 0.0, math.inf)
        self._check_range("lobe_angle", 1.0, 45.0)
        self._check_range("energy_floor", 10.0, 300.0)
        self._check_range("diffraction", 0, MAX_DIFFRACTIONS, Integral)
        if not isinstance(self.transmission, bool):
            raise SettingsError(f"propagation setting transmission={self.transmission!r}: give True or False")
        if self.late_start is not None:
            self._check_range("late_start", 0.005, 1.0)
        if self.rays is not None:
            self._check_range("rays", 1, MAX_RAYS, Integral)
        if self.bin_width is not None:
            self._check_range("bin_width", 1e-5, 1.0)
        self._check_thinning()

    def _check_range(self, name: str, low: float, high: float, kind: type = Real) -> None:
        value = getattr(self, name)
        if not isinstance(value, kind) or not low <= float(value) <= high:  # type: ignore[arg-type]
            number = "a whole number" if kind is Integral else "a number"
            raise SettingsError(f"propagation setting {name}={value!r}: give {number} from {low:g} to {high:g}")

    def _check_thinning(self) -> None:
        try:
            pairs = [(float(time), float(energy)) for time, energy in self.thinning]
        except (TypeError, ValueError):
            pairs = [(math.nan, math.nan)]
        times = [0.0, *(time for time, _ in pairs)]
        rising = all(a < b for a, b in itertools.pairwise(times))
        positive = all(energy > 0.0 for _, energy in pairs)
        if len(pairs) > THINNING_STAGES or not rising or not positive:
            raise SettingsError(
                f"propagation setting thinning={self.thinning!r}: give at most {THINNING_STAGES} pairs (time [s], n) "
                "with rising times and n above 0, such as ((0.05, 2), (0.1, 4))"
            )

    def lasting(self, duration: float) -> PropagationSettings:
        """The same settings for responses of another duration [s]."""
        return replace(self, duration=duration)

    @property
    def resolution(self) -> float:
        """Width of a time bin [s]."""
        if self.bin_width is not None:
            return self.bin_width
        return 0.0005 if self.duration <= SHORT_DURATION else 0.001

    @property
    def ray_count(self) -> int:
        """Number of rays a listener."""
        if self.rays is not None:
            return self.rays
        return 2_000 if self.duration <= SHORT_DURATION else 12_000

    @property
    def seam(self) -> float:
        """When [s] rays go over into the late field; never where they do not."""
        return self.late_start if self.late_start is not None and self.joins_late_field else math.inf

    @property
    def joins_late_field(self) -> bool:
        """Whether rays go over into the scene's late field."""
        wanted = self.late_start is not None and bool(self.thinning)
        return wanted and self.duration > SHORT_DURATION and self.ray_count <= _MOST_RAYS_THAT_JOIN

    @property
    def bins(self) -> int:
        """Number of time bins that cover the duration."""
        return max(1, math.ceil(self.duration / self.resolution - 1e-9))
