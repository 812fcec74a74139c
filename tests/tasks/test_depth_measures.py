"""Loss and errors of depth against numbers worked out by hand."""

from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch", reason="the learners need torch")

from echoenv.errors import DatasetError  # noqa: E402
from tasks.depth_measures import DepthErrors, log_depth_loss  # noqa: E402


def picture(*values: float) -> torch.Tensor:
    return torch.tensor(values).reshape(1, 1, 1, -1)


def test_the_loss_is_the_mean_logarithm_over_known_pixels() -> None:
    loss = log_depth_loss(picture(1.0, 5.0, 9.0), picture(2.0, 5.0, 0.0))
    assert loss.item() == pytest.approx(math.log(2.0) / 2.0)
    assert log_depth_loss(picture(1.0), picture(0.0)).item() == 0.0


def test_errors_of_one_picture() -> None:
    errors = DepthErrors()
    errors.add(picture(1.0, 3.0, 7.0), picture(2.0, 3.0, 0.0))
    found = errors.per_image()
    assert found["rms"] == pytest.approx(math.sqrt(0.5)) and found["rel"] == pytest.approx(0.25)
    assert found["log10"] == pytest.approx(math.log10(2.0) / 2.0) and found["mae"] == pytest.approx(0.5)
    assert (found["delta1"], found["delta2"], found["delta3"]) == (0.5, 0.5, 0.5)  # 2 is more than 1.25^3 = 1.95


def test_a_ratio_of_exactly_the_limit_is_outside() -> None:
    errors = DepthErrors()
    errors.add(picture(1.25, 1.2499), picture(1.0, 1.0))
    assert errors.per_image()["delta1"] == 0.5


def test_images_count_alike_or_pixels_do() -> None:
    errors = DepthErrors()
    errors.add(picture(2.0, 0.0, 0.0), picture(1.0, 0.0, 0.0))
    errors.add(picture(5.0, 5.0, 5.0), picture(5.0, 5.0, 5.0))
    errors.add(picture(5.0, 5.0, 5.0), picture(0.0, 0.0, 0.0))  # nothing is known of it: it counts nowhere
    assert errors.images == 2 and errors.pixels == 4
    assert errors.per_image()["rms"] == pytest.approx(0.5) and errors.pooled()["rms"] == pytest.approx(0.5)
    assert errors.per_image()["rel"] == pytest.approx(0.5) and errors.pooled()["rel"] == pytest.approx(0.25)


def test_a_prediction_of_nothing_is_very_near() -> None:
    errors = DepthErrors()
    errors.add(picture(0.0), picture(1.0))
    assert errors.per_image()["log10"] == pytest.approx(3.0)


def test_what_cannot_be_measured_is_said() -> None:
    errors = DepthErrors()
    with pytest.raises(DatasetError, match="no image has any known depth"):
        errors.per_image()
    with pytest.raises(DatasetError, match="diverged"):
        errors.add(picture(float("nan")), picture(1.0))
    with pytest.raises(DatasetError, match="where"):
        errors.add(picture(1.0), picture(1.0, 2.0))
