"""Cameras: the directions of pixels, and settings that are refused."""

from __future__ import annotations

import numpy as np
import pytest

from echoenv.errors import SettingsError
from echoenv.vision import Camera


@pytest.mark.parametrize("settings, words", [
    ({"width": 0}, "width=0"),
    ({"height": 12.5}, "height=12.5"),
    ({"hfov": 180.0}, "1 to 179 degrees"),
    ({"hfov": "wide"}, "hfov='wide'"),
    ({"near": 0.0}, "0 < near < far"),
    ({"near": 2.0, "far": 1.0}, "0 < near < far"),
    ({"far": float("inf")}, "far=inf"),
    ({"samples": 0}, "samples=0"),
    ({"samples": True}, "samples=True"),
    ({"projection": "equirectangle"}, "did you mean equirectangular"),
])  # fmt: skip
def test_bad_settings_say_what_is_allowed(settings, words):
    with pytest.raises(SettingsError, match=words):
        Camera(**settings)


@pytest.mark.parametrize("width, height, hfov", [(128, 128, 90.0), (160, 90, 75.0), (30, 60, 120.0)])
def test_pinhole_directions_follow_habitats_projection(width, height, hfov):
    directions = Camera(width, height, hfov).directions()
    # Through the projection matrix: diagonal (1/tan(h/2), (W/H)/tan(h/2)), pixel centres in -1..1, y up.
    scale = 1.0 / np.tan(np.deg2rad(hfov) / 2.0)
    across = directions[..., 0] / -directions[..., 2] * scale
    up = directions[..., 1] / -directions[..., 2] * scale * width / height
    np.testing.assert_allclose(across[0], (np.arange(width) + 0.5 - width / 2) / (width / 2), atol=1e-6)
    np.testing.assert_allclose(up[:, 0], -(np.arange(height) + 0.5 - height / 2) / (height / 2), atol=1e-6)


def test_panorama_looks_ahead_in_the_middle_and_right_to_the_right():
    camera = Camera(360, 180, projection="equirectangular")
    directions = camera.directions()
    np.testing.assert_allclose(np.linalg.norm(directions, axis=-1), 1.0, atol=1e-6)
    ahead = directions[89:91, 179:181].mean(axis=(0, 1))
    np.testing.assert_allclose(ahead / np.linalg.norm(ahead), [0, 0, -1], atol=1e-6)
    assert directions[90, 270, 0] > 0.999 and directions[90, 89, 0] < -0.999
    assert directions[0, :, 1].min() > 0.999 and directions[-1, :, 1].max() < -0.999
    azimuth = np.rad2deg(np.arctan2(directions[90, :, 0], -directions[90, :, 2]))
    np.testing.assert_allclose(azimuth, np.arange(360) + 0.5 - 180.0, atol=1e-4)


def test_samples_of_a_pixel_share_no_column_and_no_row():
    columns, rows = Camera(4, 3).tables(samples=3)
    x = np.array([[columns[(2 * 3 + a) * 3 + b, 0] for b in range(3)] for a in range(3)]).ravel()
    y = np.array([[rows[(1 * 3 + b) * 3 + a, 1] for b in range(3)] for a in range(3)]).ravel()
    assert len(np.unique(x)) == 9 and len(np.unique(y)) == 9
    centre = Camera(4, 3).directions()[1, 2]
    np.testing.assert_allclose([x.mean(), y.mean()], centre[:2], atol=1e-6)
    assert [x[4], y[4]] == pytest.approx(centre[:2].tolist(), abs=1e-6)
