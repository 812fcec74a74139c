"""Wall absorption from measured decays: which materials make a room sound as it was heard to.

The one idea: of all absorptions the most plausible is wanted, near to what tables say and such that the decay curves of
a few places come out as measured. The curves' derivatives are exact (`differentiable`), so Gauss and Newton's method
gets there in some ten steps, and the curvature at the end tells which materials the sound has met often enough to say
anything about them. Labels such as (G5) point to the section "Energy as a function of the materials" of
docs/physics.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from echoenv.acoustics.differentiable.material_response import Coefficients, MaterialResponse
from echoenv.acoustics.differentiable.measured_decays import MeasuredDecay
from echoenv.errors import SettingsError
from echoenv.scene.octave_bands import OCTAVE_BAND_COUNT, OCTAVE_CENTRES

Values = NDArray[np.float64]

_TAME = 1e-4
"""Absorption of the prior is kept this far from 0 and 1, where a logit has no value."""


@dataclass(frozen=True, eq=False)
class AbsorptionFit:
    """Absorption as found, with how well it is known.

    Attributes:
        materials: Names (m).
        absorption: Most plausible energy absorption (m, 8).
        low: Lower end (m, 8) of the 68 % interval.
        high: Upper end (m, 8).
        prior: Where the fit started and what it was drawn towards (m, 8).
        told: Share (m, 8) of the prior's variance that the measurement removed: 0 nothing was learnt, 1 all.
        misfit: Root mean square [dB] (8,) of the difference between measured and found decay curves.
        misfit_before: The same with the prior's absorption.
        evaluations: How often the energy of all pairs was computed.
    """

    materials: tuple[str, ...]
    absorption: Values
    low: Values
    high: Values
    prior: Values
    told: Values
    misfit: Values
    misfit_before: Values
    evaluations: int

    @property
    def determined(self) -> NDArray[np.bool_]:
        """Whether (m, 8) the measurement says more than the prior: at least half of its variance is gone."""
        return self.told >= 0.5

    def report(self) -> str:
        """A table in Markdown: absorption by material and band, in brackets where it is undetermined."""
        lines = [f"| material | {' | '.join(f'{f:g} Hz' for f in OCTAVE_CENTRES)} |", "| --- " * 9 + "|"]
        for row, name in enumerate(self.materials):
            cells = [
                f"{self.absorption[row, band]:.3f} ({self.low[row, band]:.2f} to {self.high[row, band]:.2f})"
                if self.determined[row, band]
                else f"[{self.absorption[row, band]:.3f}] undetermined"
                for band in range(OCTAVE_BAND_COUNT)
            ]
            lines.append(f"| {name} | {' | '.join(cells)} |")
        return "\n".join(lines)


def fit_absorption(
    responses: Sequence[MaterialResponse], measured: Sequence[MeasuredDecay], *, prior: Coefficients = None,
    prior_deviation: float = 1.0, depth: float = 15.0, calibrated: bool = False, most_evaluations: int = 200,
) -> AbsorptionFit:  # fmt: skip
    """Find the absorption of all materials from measured decays, (G5).

    Args:
        responses: Traced paths of each pair of source and listener in one scene.
        measured: What was measured there, in the same order, with the same time bins.
        prior: Absorption to start from and to stay near to; the scene's own (of the tables) without it.
        prior_deviation: How far absorption is believed to be from the prior: standard deviation of
            log(absorption / (1 - absorption)); 1 is a factor of 2.7 for small absorption.
        depth: How far down [dB] the decay curves are used. Late sound is carried by few rays: where their noise exceeds
            a decibel or two, the fit is drawn to absorption that silences those few, so go deeper with more rays only.
        calibrated: The measurement's level is known: a source whose free field at 1 m has energy 1. Otherwise each
            pair and band has an unknown gain, and only the shape of its decay counts.
        most_evaluations: After so many the search stops.

    Raises:
        SettingsError: The pairs do not fit together, or a setting is out of range.
    """
    _check(responses, measured, prior_deviation, depth)
    problem = _Problem(responses, measured, prior, prior_deviation, depth, calibrated)
    found = optimize.least_squares(
        problem.residuals, problem.prior_logits.ravel(), problem.jacobian, method="lm", x_scale="jac",
        max_nfev=most_evaluations, ftol=1e-6, xtol=1e-5,
    )  # fmt: skip
    logits = found.x.reshape(problem.prior_logits.shape)
    deviation = problem.deviations(logits)
    return AbsorptionFit(
        materials=responses[0].materials,
        absorption=problem.absorption(logits),
        low=problem.absorption(logits - deviation),
        high=problem.absorption(logits + deviation),
        prior=problem.absorption(problem.prior_logits),
        told=1.0 - (deviation / prior_deviation) ** 2,
        misfit=problem.misfit(logits),
        misfit_before=problem.misfit(problem.prior_logits),
        evaluations=int(found.nfev),
    )


class _Problem:
    """The loss in the logits (m, 8) of absorption, as shares of what is not transmitted."""

    def __init__(
        self, responses: Sequence[MaterialResponse], measured: Sequence[MeasuredDecay], prior: Coefficients,
        prior_deviation: float, depth: float, calibrated: bool,
    ) -> None:  # fmt: skip
        self.responses = responses
        self.prior_deviation = prior_deviation
        self.windows = [
            decay.windows(depth, calibrated).with_noise(response.energy(prior), *response.squares(prior))
            for decay, response in zip(measured, responses, strict=True)
        ]
        self.available = 1.0 - responses[0].transmission
        share = responses[0].checked_absorption(prior) / np.maximum(self.available, _TAME)
        self.prior_logits = special.logit(np.clip(share, _TAME, 1.0 - _TAME))

    def absorption(self, logits: Values) -> Values:
        return np.asarray(self.available * special.expit(logits))

    def residuals(self, flat: Values) -> Values:
        """All differences in standard deviations: of the curves, then of the logits from the prior, (G5)."""
        logits = flat.reshape(self.prior_logits.shape)
        absorption = self.absorption(logits)
        pairs = zip(self.responses, self.windows, strict=True)
        curves = [windows.residual(response.energy(absorption)).ravel() for response, windows in pairs]
        return np.concatenate([*curves, ((logits - self.prior_logits) / self.prior_deviation).ravel()])

    def jacobian(self, flat: Values) -> Values:
        """Derivatives of `residuals`; none from one band to another."""
        logits = flat.reshape(self.prior_logits.shape)
        materials, bands = logits.shape
        blocks = []
        for sensitivity in self._sensitivities(logits):
            block = np.zeros((len(sensitivity), bands, materials, bands))
            block[:, range(bands), :, range(bands)] = sensitivity.swapaxes(0, 1)
            blocks.append(block.reshape(-1, logits.size))
        return np.concatenate([*blocks, np.eye(logits.size) / self.prior_deviation])

    def deviations(self, logits: Values) -> Values:
        """Standard deviations (m, 8) of the logits, from the Gauss-Newton Hessian of each band, (G6)."""
        hessian = np.zeros((OCTAVE_BAND_COUNT, len(logits), len(logits)))
        for sensitivity in self._sensitivities(logits):
            hessian += np.einsum("pbi,pbj->bij", sensitivity, sensitivity)
        hessian /= self._excess(logits)[:, None, None]
        hessian += np.eye(len(logits)) / self.prior_deviation**2
        return np.sqrt(np.einsum("bii->ib", np.linalg.inv(hessian)))

    def _excess(self, logits: Values) -> Values:
        """How many times (8,) larger the mean squared residual is than it should be, at least 1."""
        energies = [response.energy(self.absorption(logits)) for response in self.responses]
        pairs = list(zip(self.windows, energies, strict=True))
        squares = sum((windows.residual(energy) ** 2).sum(axis=0) for windows, energy in pairs)
        freedom = sum(windows.used.sum(axis=0) for windows, _ in pairs) - len(logits)
        return np.maximum(squares / np.maximum(freedom, 1), 1.0)

    def _sensitivities(self, logits: Values) -> list[Values]:
        """For each pair the derivatives (w, 8, m) of its residuals against the logits of the same band."""
        absorption = self.absorption(logits)
        slopes = absorption * (1.0 - special.expit(logits))  # of the absorption against its logit
        found = []
        for response, windows in zip(self.responses, self.windows, strict=True):
            energy, jacobian = response.energy_and_jacobian(absorption)
            found.append(windows.linearised(energy, jacobian * slopes.T))
        return found

    def misfit(self, logits: Values) -> Values:
        """Root mean square [dB] (8,) of the curves' differences."""
        absorption = self.absorption(logits)
        squares, number = np.zeros(OCTAVE_BAND_COUNT), np.zeros(OCTAVE_BAND_COUNT)
        for response, windows in zip(self.responses, self.windows, strict=True):
            difference = windows.residual(response.energy(absorption)) * windows.deviation
            squares += (difference**2).sum(axis=0)
            number += windows.used.sum(axis=0)
        return np.asarray(np.sqrt(squares / np.maximum(number, 1.0)))


def _check(
    responses: Sequence[MaterialResponse], measured: Sequence[MeasuredDecay], prior_deviation: float, depth: float
) -> None:
    if not len(responses) or len(responses) != len(measured):
        raise SettingsError(f"{len(responses)} responses and {len(measured)} decays: give as many of each, one or more")
    for response, decay in zip(responses, measured, strict=True):
        if response.materials != responses[0].materials:
            raise SettingsError(
                f"responses of different scenes: materials {response.materials} and {responses[0].materials}"
            )
        if decay.energy.shape != (response.bins, OCTAVE_BAND_COUNT) or decay.bin_width != response.bin_width:
            raise SettingsError(
                f"measured decay of {len(decay.energy)} bins of {decay.bin_width:g} s: give it the response's "
                f"{response.bins} bins of {response.bin_width:g} s"
            )
    if not (0.0 < prior_deviation < np.inf and 5.0 <= depth <= 90.0):
        raise SettingsError(
            f"prior_deviation {prior_deviation} and depth {depth} dB: give a positive number and 5 to 90 dB"
        )
