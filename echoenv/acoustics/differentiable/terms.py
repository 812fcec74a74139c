"""Energy as a sum of monomials: what a fixed set of sound paths brings, as a function of what their walls leave.

The one idea: with its geometry fixed, a path's energy is a number times one factor for each wall that it met, so the
energy of a time bin is a sum of monomials in the walls' factors. In logarithms a monomial is linear, term = exp(weight
+ counts . log factors), so one sparse matrix of counts gives all values, and its transpose all gradients, exactly.
Labels such as (G2) point to the section "Energy as a function of the materials" of docs/physics.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from echoenv.scene.octave_bands import OCTAVE_BAND_COUNT

Values = NDArray[np.float64]

_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # odd multiplier that spreads small numbers over 64 bits (golden section)
_MIX = np.uint64(6364136223846793005)  # another (Knuth)
_FAINTEST_SHARE = 1e-8  # of a bin's energy: terms below are kept as if they had so much


@dataclass(frozen=True, eq=False)
class Terms:
    """Monomials (n) in k factors, each for one time bin, in order of time bins.

    Attributes:
        bins: Time bin (n,) int64 of each term, rising.
        counts: How often (n, k) each factor stands in the term: CSR matrix of float64.
        log_weights: Logarithm of what does not depend on the factors, (n, 8) or (n, 1) for all bands alike.
        bin_count: Number of time bins; some may be empty.
        exact: Whether (n,) a term is free of noise; the others are samples.
    """

    bins: NDArray[np.int64]
    counts: sparse.csr_matrix
    log_weights: Values
    bin_count: int
    exact: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.bins)

    def values(self, log_factors: Values) -> Values:
        """Energy (n, 8) of every term at the logarithms (k, 8) of the factors, (G2)."""
        exponents = np.asarray(self.counts @ log_factors)
        exponents += self.log_weights
        return np.asarray(np.exp(exponents, out=exponents))

    def by_bin(self, values: Values) -> Values:
        """Sums (bins, ...) of `values` (n, ...) of the terms in each time bin."""
        total = np.zeros((self.bin_count, *values.shape[1:]))
        if len(self):
            total[self._filled] = np.add.reduceat(values, self._starts, axis=0)
        return total

    def pull_back(self, values: Values, gradient: Values) -> Values:
        """Gradient (k, 8) against the logarithms of the factors, from one (bins, 8) against the energy, (G3)."""
        return np.asarray(self._transposed @ (values * gradient[self.bins]))

    def log_jacobian(self, values: Values) -> Values:
        """Derivative (bins, 8, k) of the energy of each bin and band against the logarithms of its factors."""
        starts = np.searchsorted(self.bins, np.arange(self.bin_count + 1))
        places, shape = np.arange(len(self)), (self.bin_count, len(self))
        bands = [sparse.csr_matrix((values[:, band], places, starts), shape) @ self.counts for band in range(8)]
        return np.stack([band.toarray() for band in bands], axis=1)

    def merged(self, log_factors: Values, groups: NDArray[np.int64]) -> Terms:
        """The same energy with the factors' own values taken as constants, as a function of products of columns.

        Args:
            log_factors: Values (k, 8) that go into the weights.
            groups: New column (k,) of each column: factors that are multiplied from now on by the same variable.

        Returns:
            Terms in max(groups) + 1 factors, whose values at log factors 0 are this object's at `log_factors`. Terms of
            one bin with equal counts are added up. (Equal is told by 64 bits of hash: two among a million differing
            terms are taken for equal with a probability of 3e-8.)
        """
        width = int(groups.max()) + 1 if len(groups) else 0
        joined = sparse.csr_matrix((np.ones(len(groups)), (np.arange(len(groups)), groups)), shape=(len(groups), width))
        counts = (self.counts @ joined).tocsr()
        counts.sort_indices()
        weights = self.values(log_factors)
        keys = _row_keys(counts)
        order = np.lexsort((keys, self.bins))
        new = np.ones(len(order), dtype=bool)
        new[1:] = (keys[order][1:] != keys[order][:-1]) | (self.bins[order][1:] != self.bins[order][:-1])
        starts = np.flatnonzero(new)
        summed = np.add.reduceat(weights[order], starts, axis=0) if len(starts) else weights
        with np.errstate(divide="ignore"):
            log_weights = np.log(summed)
        kept = order[starts]
        return Terms(self.bins[kept], counts[kept], log_weights, self.bin_count, self.exact[kept])

    def thinned(self, values: Values, count: int, seed: int) -> Terms:
        """About `count` of the terms, which stand for all: any energy keeps its mean over seeds, (G4).

        A term is kept with a probability in proportion to the root of its largest share in the energy of its bin over
        all bands, at most 1, and divided by it: strong terms stay as they are, weak ones are drawn, and none is so
        unlikely that it could outshine the others where the materials change.

        Args:
            values: Energy (n, 8) of the terms at materials near those that will be asked for.
            count: How many terms to keep on average.
            seed: Of the draw.
        """
        if len(self) <= count:
            return self
        shares = values / np.maximum(self.by_bin(values)[self.bins], np.finfo(np.float64).tiny)
        worth = np.sqrt(np.maximum(shares.max(axis=1), _FAINTEST_SHARE))
        chance = _chances(worth, count)
        kept = np.random.default_rng([seed, 2]).random(len(self)) < chance
        log_weights = self.log_weights[kept] - np.log(chance[kept])[:, None]
        return Terms(self.bins[kept], self.counts[kept], log_weights, self.bin_count, self.exact[kept])

    @cached_property
    def _starts(self) -> NDArray[np.int64]:
        return np.flatnonzero(np.concatenate([[True], self.bins[1:] != self.bins[:-1]]))

    @cached_property
    def _filled(self) -> NDArray[np.int64]:
        return self.bins[self._starts]

    @cached_property
    def _transposed(self) -> sparse.csr_matrix:
        return self.counts.T.tocsr()


def ordered_terms(
    bins: NDArray[np.int64], counts: sparse.csr_matrix, log_weights: Values, bin_count: int, exact: NDArray[np.bool_]
) -> Terms:
    """Terms in order of time bins from terms in any order."""
    order = np.argsort(bins, kind="stable")
    return Terms(bins[order], counts[order], log_weights[order], bin_count, exact[order])


def no_terms(factors: int, bin_count: int) -> Terms:
    """No terms at all, as where a source cannot be heard."""
    empty = np.zeros(0, dtype=np.int64)
    return Terms(
        empty, sparse.csr_matrix((0, factors)), np.zeros((0, OCTAVE_BAND_COUNT)), bin_count, empty.astype(bool)
    )


def _chances(worth: Values, count: int) -> Values:
    """Probabilities min(1, c * worth) (n,), with c such that their sum is `count`."""
    descending = np.sort(worth)[::-1]
    # with the first i certain, the others share what is left of the count
    left = count - np.arange(len(worth))
    factors = left / np.maximum(np.cumsum(descending[::-1])[::-1], 1e-300)
    certain = int(np.argmax((factors * descending <= 1.0) | (left <= 1)))
    return np.asarray(np.minimum(1.0, factors[certain] * worth))


def _row_keys(counts: sparse.csr_matrix) -> NDArray[np.uint64]:
    """A hash (n,) of every row: equal for equal rows."""
    columns = (np.arange(counts.shape[1], dtype=np.uint64) + np.uint64(1)) * _SPREAD
    columns = (columns ^ (columns >> np.uint64(29))) * _MIX
    columns ^= columns >> np.uint64(32)
    # sums of products wrap modulo 2^64, in any order to the same number
    products = columns[counts.indices] * counts.data.astype(np.uint64)
    sums = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(products, dtype=np.uint64)])
    return np.asarray(sums[counts.indptr[1:]] - sums[counts.indptr[:-1]])
