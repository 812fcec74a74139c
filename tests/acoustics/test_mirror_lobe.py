"""The regularised mirror keeps energy (B4 test 6 of the acoustic specification: the furnace)."""

from __future__ import annotations

import numpy as np
import pytest

from echoenv.acoustics.propagation.mirror_lobe import LOBE_CELLS, lobe_balance, lobe_radii


@pytest.mark.parametrize("angle", [5.0, 10.0, 37.0])
def test_a_uniform_field_stays_uniform(angle: float) -> None:
    radius = float(lobe_radii(angle)[0])
    factors = lobe_balance(radius)
    random = np.random.default_rng(0)
    # A Lambert field is uniform on the disc of directions' components along the wall.
    turn, square = random.uniform(0, 2 * np.pi, 400_000), random.uniform(0, 1, 400_000)
    arriving = np.sqrt(square)[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    arriving_factors = factors[np.minimum((square * LOBE_CELLS).astype(int), LOBE_CELLS - 1)]
    for leaving_square in (0.0, 0.3, 0.8, 0.95, 0.999):
        leaving = np.array([np.sqrt(leaving_square), 0.0])
        near = np.linalg.norm(arriving - leaving, axis=1) < radius
        density = np.pi * factors[min(int(leaving_square * LOBE_CELLS), LOBE_CELLS - 1)] * arriving_factors * near
        noise = density.std() / np.sqrt(len(density))
        assert density.mean() == pytest.approx(1.0, abs=0.01 + 3 * noise)
    assert factors.shape == (LOBE_CELLS,)


def test_the_lobe_widens_with_thinning_up_to_the_whole_hemisphere() -> None:
    radii = lobe_radii(30.0)
    assert (np.diff(radii) >= 0).all()
    assert radii[0] == pytest.approx(0.5)
    assert radii[-1] == 1.0
