"""The energy response as a function of the materials, with exact gradients.

The one idea: rays are traced once, and what is kept of every path are its geometry and how often it met each material.
The energy of a time bin is then a sum of monomials in the materials' coefficients (`differentiable_terms`): any
absorption and scattering can be tried in milliseconds, without another ray, and the gradient is that of the very number
which is returned. Held fixed are the places of source, listener and walls, the air, what walls transmit, and the rays.
Labels such as (G2) point to the section "Energy as a function of the materials" of docs/physics.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from echoenv.acoustics.air import Air
from echoenv.acoustics.differentiable.images import add_images
from echoenv.acoustics.differentiable.terms import Terms, no_terms, ordered_terms
from echoenv.acoustics.differentiable.tracing import Connections, TracedScene, trace_connections
from echoenv.acoustics.propagation.image_sources import propose_images
from echoenv.acoustics.propagation.settings import PropagationSettings
from echoenv.errors import MaterialError, PoseError, SettingsError, nearest
from echoenv.rays import RayEngine
from echoenv.scene.materials import AcousticMaterial
from echoenv.scene.octave_bands import OCTAVE_BAND_COUNT, OCTAVE_CENTRES
from echoenv.scene.scene import Scene

Values = NDArray[np.float64]
Coefficients = ArrayLike | Mapping[str, ArrayLike] | None
"""Energy fractions by material: (m, 8) or (m,) in the order of `materials`, or by name what differs from the scene."""

Pullback = Callable[[ArrayLike], tuple[Values, Values | None]]
"""From a loss' gradient (bins, 8) against the energy to those (m, 8) against absorption and scattering."""

_SMALLEST = 1e-12
"""Factors below count as this: gradients stay exact and finite where nothing is reflected."""

DEFAULT_SETTINGS = PropagationSettings(rays=4000, duration=1.0, bin_width=0.005)
"""Of `MaterialResponse.trace`: a second in steps of 5 ms."""


@dataclass(frozen=True, eq=False)
class MaterialResponse:
    """How sound gets from one source to one listener, for any materials.

    Attributes:
        materials: Names (m) of the scene's materials, in order of first use.
        absorption: Energy absorption (m, 8) in the scene.
        scattering: Diffuse part (m, 8) of the reflected energy in the scene.
        transmission: Energy (m, 8) that goes through, fixed: it lowers what is reflected, and is not followed further.
        source: [m] (3,), world frame.
        listener: [m] (3,), world frame.
        bin_width: Length of a time bin [s].
        bins: Number of time bins.
        escaped: Share, 0 to 1, of the rays that left the mesh.
        paths: All connections, factors in the order: each material left diffusely, each material left as by a mirror.
        reference_scattering: (m, 8) by which rays chose; another scattering is reached by weights, noisier the further.
    """

    materials: tuple[str, ...]
    absorption: Values
    scattering: Values
    transmission: Values
    source: Values
    listener: Values
    bin_width: float
    bins: int
    escaped: float
    paths: Terms
    reference_scattering: Values

    def __repr__(self) -> str:
        return f"MaterialResponse({len(self.materials)} materials, {self.bins} bins of {1000.0 * self.bin_width:g} ms)"

    @classmethod
    def trace(
        cls, engine: RayEngine, source: ArrayLike, listener: ArrayLike, settings: PropagationSettings | None = None,
        seed: int = 0, *, air: Air | None = None, reference_scattering: Coefficients = None,
    ) -> MaterialResponse:  # fmt: skip
        """Trace the paths.

        Args:
            engine: Rays over the scene.
            source: Where it sounds [m] (3,), world frame.
            listener: Where it is heard [m] (3,), world frame.
            settings: Of which rays, duration, bin_width, image_order, image_rays, lobe_angle, and the times of thinning
                count (`DEFAULT_SETTINGS`). At these times the lobe widens as in a `Propagator`, but no path is thinned
                or ended for being weak: what is weak depends on the materials. Transmission and diffraction are not
                followed.
            seed: Of the rays.
            air: What fills the scene.
            reference_scattering: By which rays choose between "diffuse" and "mirror"; the scene's own without it. Where
                scattering is to be varied, it should lie amid the values that will be tried.

        Returns:
            The response. Same arguments, same bytes, for any number of threads.

        Raises:
            PoseError: A position is not finite or not (3,).
            SettingsError: The seed is negative, or the scattering has another shape or is not between 0 and 1.
        """
        settings, air = settings or DEFAULT_SETTINGS, air or Air()
        start, end = _as_point(source, "source"), _as_point(listener, "listener")
        if not isinstance(seed, int | np.integer) or seed < 0:
            raise SettingsError(f"seed {seed!r} cannot be used: give a whole number of at least 0")
        names, used, surface_materials = scene_materials(engine.scene)
        absorption, scattering, transmission = (
            np.array([getattr(material, what) for material in used], dtype=np.float64) for what in _COEFFICIENTS
        )
        reference = _coefficients(reference_scattering, scattering, names, "reference scattering")
        scene = TracedScene.of(engine, surface_materials, reference)
        reach = settings.duration * air.speed_of_sound
        found, chains, escaped = trace_connections(scene, start, end, settings, reach, int(seed))
        candidates = propose_images(start[None], end, chains[:, : settings.image_order], scene.mirrors, reach)
        sampled = sum(len(lengths) for lengths in found.lengths)
        add_images(scene, candidates, start, end, settings, found)
        paths = _as_terms(found, sampled, 2 * len(names), settings, air)
        return cls(
            names, absorption, scattering, transmission, start, end, settings.resolution, settings.bins, escaped, paths,
            reference,
        )  # fmt: skip

    def energy(self, absorption: Coefficients = None, scattering: Coefficients = None) -> Values:
        """Energy (bins, 8) over time for these materials, on the scale of `Propagation.energy_over_time`, (G2).

        Args:
            absorption: Of the materials; the scene's own without it.
            scattering: Of the materials; the scene's own without it, which is about three times as fast.

        Raises:
            SettingsError: Another shape, an unknown name, or a value that is NaN or out of range; a scattering for
                which the reference scattering sent no rays.
            MaterialError: Absorption and transmission together exceed 1.
        """
        terms, factors = self._terms_at(absorption, scattering)[:2]
        return terms.by_bin(terms.values(factors))

    def energy_and_pullback(
        self, absorption: Coefficients = None, scattering: Coefficients = None
    ) -> tuple[Values, Pullback]:
        """Energy (bins, 8), and the function that carries a loss' gradient back to the materials, (G3).

        Args:
            absorption: As in `energy`.
            scattering: As in `energy`.

        Returns:
            The energy, and a function from dL/dE (bins, 8) to dL/dabsorption (m, 8) and dL/dscattering (m, 8); the
            latter is None where no scattering was given.
        """
        terms, factors, absorbed, scattered = self._terms_at(absorption, scattering)
        values = terms.values(factors)

        def pullback(gradient: ArrayLike) -> tuple[Values, Values | None]:
            by_factor = terms.pull_back(values, self._as_gradient(gradient))
            count = len(self.materials)
            met = by_factor if scattered is None else by_factor[:count] + by_factor[count:]
            against_absorption = -met / np.maximum(self._reflection(absorbed), _SMALLEST)
            if scattered is None:
                return against_absorption, None
            diffuse, mirror = np.maximum(scattered, _SMALLEST), np.maximum(1.0 - scattered, _SMALLEST)
            return against_absorption, by_factor[:count] / diffuse - by_factor[count:] / mirror

        return terms.by_bin(values), pullback

    def gradient(
        self, loss_gradient: ArrayLike, absorption: Coefficients = None, scattering: Coefficients = None
    ) -> Values:
        """Gradient (m, 8) of a loss against the absorption, from its gradient (bins, 8) against the energy."""
        return self.energy_and_pullback(absorption, scattering)[1](loss_gradient)[0]

    def jacobian(self, absorption: Coefficients = None) -> Values:
        """Derivative (bins, 8, m) of the energy of each bin and band against each material's absorption in that band.

        Bands do not mix: the energy of one depends on the coefficients of the same alone.
        """
        return self.energy_and_jacobian(absorption)[1]

    def energy_and_jacobian(self, absorption: Coefficients = None) -> tuple[Values, Values]:
        """`energy` and `jacobian` in one."""
        terms, factors, absorbed, _ = self._terms_at(absorption, None)
        values = terms.values(factors)
        reflected = np.maximum(self._reflection(absorbed), _SMALLEST)
        return terms.by_bin(values), -terms.log_jacobian(values) / reflected.T

    def squares(self, absorption: Coefficients = None) -> tuple[Values, Values]:
        """Sums (bins, 8) of the squared energies of the rays' connections, and of the exact arrivals.

        The first is about the variance of `energy` over seeds: too much for early sound, whose rays start evenly
        spread, too little for late sound, where several connections are one ray's.
        """
        reflected = np.log(np.maximum(self._reflection(self.checked_absorption(absorption)), _SMALLEST))
        squared = self.paths.values(np.tile(reflected, (2, 1)) + _log_choices(self.scattering)) ** 2
        exact = self.paths.exact[:, None]
        return self.paths.by_bin(np.where(exact, 0.0, squared)), self.paths.by_bin(np.where(exact, squared, 0.0))

    def _terms_at(
        self, absorption: Coefficients, scattering: Coefficients
    ) -> tuple[Terms, Values, Values, Values | None]:
        """Terms, logarithms of their factors, absorption (m, 8), scattering (m, 8) where it was given."""
        absorbed = self.checked_absorption(absorption)
        reflected = np.log(np.maximum(self._reflection(absorbed), _SMALLEST))
        if scattering is None:
            return self._at_own_scattering, reflected, absorbed, None
        scattered = _coefficients(scattering, self.scattering, self.materials, "scattering")
        self._check_support(scattered)
        return self.paths, np.tile(reflected, (2, 1)) + _log_choices(scattered), absorbed, scattered

    def checked_absorption(self, absorption: Coefficients) -> Values:
        """Absorption (m, 8) as an array, the scene's own where nothing is given; raises as `energy` does."""
        absorbed = _coefficients(absorption, self.absorption, self.materials, "absorption")
        total = absorbed + self.transmission
        if np.any(total > 1.0 + 1e-6):
            material, band = np.unravel_index(int(np.argmax(total)), total.shape)
            raise MaterialError(
                f"material '{self.materials[material]}': absorption + transmission is {total[material, band]:.3f} at "
                f"{OCTAVE_CENTRES[band]:g} Hz; energy cannot exceed 1: lower the absorption"
            )
        return absorbed

    def _reflection(self, absorption: Values) -> Values:
        return 1.0 - absorption - self.transmission

    def _check_support(self, scattering: Values) -> None:
        never_diffuse = (scattering > 0.0) & (self.reference_scattering.max(axis=1) == 0.0)[:, None]
        never_mirror = (scattering < 1.0) & (self.reference_scattering.min(axis=1) == 1.0)[:, None]
        bad = np.flatnonzero((never_diffuse | never_mirror).any(axis=1))
        if len(bad):
            reference = self.reference_scattering[bad[0]].max()
            raise SettingsError(
                f"material '{self.materials[bad[0]]}' was traced with scattering {reference:g} in all bands and has no "
                "paths for another: trace with a reference_scattering between 0 and 1"
            )

    def _as_gradient(self, gradient: ArrayLike) -> Values:
        values = np.asarray(gradient, dtype=np.float64)
        if values.shape != (self.bins, OCTAVE_BAND_COUNT) or not np.isfinite(values).all():
            raise SettingsError(
                f"loss gradient of shape {values.shape}: give finite numbers ({self.bins}, 8), one for each time bin "
                "and band of the energy"
            )
        return values

    @cached_property
    def _at_own_scattering(self) -> Terms:
        """The paths as functions of the reflected fractions (m) alone, equal ones added up."""
        count = len(self.materials)
        return self.paths.merged(_log_choices(self.scattering), np.tile(np.arange(count), 2))

    def compressed(self, paths: int = 100_000, seed: int = 0) -> MaterialResponse:
        """The same response by fewer paths, drawn so that its mean stays the same, for faster evaluations, (G4).

        What is lost is least at the scene's own materials. The gradient stays that of the energy that is returned.

        Args:
            paths: How many to keep on average; all are kept where there are not more.
            seed: Of the draw.

        Raises:
            SettingsError: Fewer paths than time bins, or a negative seed.
        """
        if paths < self.bins or seed < 0:
            raise SettingsError(
                f"compression to {paths} paths, seed {seed}: give at least {self.bins} paths, seed >= 0"
            )
        reflected = np.log(np.maximum(self._reflection(self.absorption), _SMALLEST))
        values = self.paths.values(np.tile(reflected, (2, 1)) + _log_choices(self.scattering))
        return replace(self, paths=self.paths.thinned(values, int(paths), seed))


_COEFFICIENTS = ("absorption", "scattering", "transmission")


def scene_materials(scene: Scene) -> tuple[tuple[str, ...], list[AcousticMaterial], NDArray[np.int64]]:
    """The materials of a scene's surfaces, each once.

    Returns:
        Names (m), materials (m), and the material (S,) of each surface. Surfaces share a material where its name and
        all its numbers agree; materials of one name that differ are told apart by their surface's name in brackets.
    """
    keys = [_key(surface.material) for surface in scene.surfaces]
    in_use = np.zeros(len(keys), dtype=bool)
    in_use[np.unique(scene.triangle_surfaces)] = True
    first = {key: number for number, key in reversed(list(enumerate(keys))) if in_use[number]}
    order = sorted(first, key=lambda key: first[key])
    plain = [str(key[0]) for key in order]
    names: list[str] = []
    for key, name in zip(order, plain, strict=True):
        wanted = name if plain.count(name) == 1 else f"{name} [{scene.surfaces[first[key]].name}]"
        names.append(wanted if wanted not in names else f"{wanted} {len(names)}")
    position = {key: index for index, key in enumerate(order)}
    surfaces = np.array([position.get(key, 0) for key in keys], dtype=np.int64)
    return tuple(names), [scene.surfaces[first[key]].material for key in order], surfaces


def _key(material: AcousticMaterial) -> tuple[str | bytes, ...]:
    return (material.name, *(np.asarray(getattr(material, what)).tobytes() for what in _COEFFICIENTS))


def _as_terms(found: Connections, sampled: int, factors: int, settings: PropagationSettings, air: Air) -> Terms:
    """Connections, the first `sampled` of them by rays, as terms: their bin, and their air in the weights."""
    if not found.lengths:
        return no_terms(factors, settings.bins)
    lengths, log_weights = np.concatenate(found.lengths), np.concatenate(found.log_weights)
    bins = np.minimum(lengths / (settings.resolution * air.speed_of_sound), settings.bins - 1).astype(np.int64)
    weights = log_weights[:, None] - lengths[:, None] * air.band_attenuation
    exact = np.arange(len(bins)) >= sampled
    return ordered_terms(bins, sparse.vstack(found.counts, format="csr"), weights, settings.bins, exact)


def _log_choices(scattering: Values) -> Values:
    """Logarithms (2 m, 8) of the diffuse and of the mirror part of what materials reflect."""
    return np.log(np.maximum(np.concatenate([scattering, 1.0 - scattering]), _SMALLEST))


def _coefficients(given: Coefficients, own: Values, names: tuple[str, ...], what: str) -> Values:
    """Fractions (m, 8) from what a user gives."""
    if given is None:
        return own
    if isinstance(given, Mapping):
        values = own.copy()
        for name, bands in given.items():
            values[_index(name, names)] = _fitted(bands, (OCTAVE_BAND_COUNT,), f"{what} of '{name}'")
    else:
        array = np.asarray(given, dtype=np.float64)
        values = _fitted(array[:, None] if array.ndim == 1 else array, own.shape, f"{what} of {len(names)} materials")
    bad = np.flatnonzero(~((values >= 0.0) & (values <= 1.0)).all(axis=1))
    if len(bad):
        shown = np.round(values[bad[0]], 4).tolist()
        raise SettingsError(f"{what} {shown} of material '{names[bad[0]]}': give fractions of energy from 0 to 1")
    return values


def _fitted(given: ArrayLike, shape: tuple[int, ...], what: str) -> Values:
    array = np.asarray(given, dtype=np.float64)
    bands_alone = array.shape == (*shape[:-1], 1) or (len(shape) == 1 and array.ndim == 0)
    if array.shape != shape and not bands_alone:
        raise SettingsError(f"{what} has shape {array.shape}: give {shape}, or one number for all bands")
    return np.broadcast_to(array, shape).astype(np.float64)


def _index(name: str, names: tuple[str, ...]) -> int:
    if name not in names:
        raise SettingsError(f"material '{name}' is not in the scene: {nearest(name, names)}")
    return names.index(name)


def _as_point(value: ArrayLike, what: str) -> Values:
    point = np.asarray(value, dtype=np.float64)
    if point.shape != (3,) or not np.isfinite(point).all():
        raise PoseError(f"{what} position {point.tolist()}: give three finite coordinates in metres")
    return point
