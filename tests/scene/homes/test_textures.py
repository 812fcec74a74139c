"""The pattern library: complete, repeatable, without seams, toned for tinting, and what its names say."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest

from echoenv.errors import SettingsError
from echoenv.scene.colors import to_linear, to_srgb
from echoenv.scene.homes.style import seeded
from echoenv.scene.homes.textures import library
from echoenv.scene.homes.textures.bonds import courses, herringbone, regular, staggered
from echoenv.scene.homes.textures.canvas import Canvas
from echoenv.scene.homes.textures.library import TEXTURE_NAMES, Texture, mean_color, paint, texture
from echoenv.scene.homes.textures.noise import blurred, fbm, smooth, warped, worley
from echoenv.scene.homes.textures.recipe import quantised, toned

TINTING = """wood_fine wood_bold planks parquet_herringbone tiles_floor tiles_large tiles_metro tiles_mosaic plaster
plaster_rough wallpaper_stripes wallpaper_damask wallpaper_leaves carpet carpet_tiles carpet_pile fabric fabric_coarse
fabric_stripes fabric_check knit quilt linen leather paper concrete metal_brushed wicker cork felt ceiling_tiles
ceiling_boards towel marble_light skin""".split()  # noqa: SIM905
COLORED = ["brick", "brick_white", "marble", "granite", "terrazzo", "stone"]
FAMILIES = {
    "painting": 24,
    "poster": 6,
    "photo": 8,
    "rug": 8,
    "spines": 6,
    "cover": 8,
    "tv_picture": 4,
    "desktop": 4,
    "outdoor": 6,
    "packaging": 4,
}
SINGLE = """clock_face map calendar newspaper keyboard notes whiteboard_notes oven_front washer_front
vinyl""".split()  # noqa: SIM905
PICTURES = [*(f"{stem}_{k}" for stem, count in FAMILIES.items() for k in range(count)), *SINGLE]
DIGESTED = ("planks", "terrazzo", "fabric_check", "wallpaper_damask", "painting_12", "rug_0", "notes", "outdoor_1")


def digest(names):
    return hashlib.sha256(b"".join(paint(name).tobytes() for name in names)).hexdigest()


def test_every_name_exists_and_no_other():
    assert sorted([*TINTING, *COLORED, *PICTURES]) == sorted(TEXTURE_NAMES)


@pytest.mark.parametrize("name", TEXTURE_NAMES)
def test_every_pattern_is_an_image_of_its_kind(name):
    pattern = texture(name)
    assert isinstance(pattern, Texture) and pattern.name == name
    assert pattern.pixels.dtype == np.uint8 and pattern.pixels.shape[2] == 3
    assert max(pattern.pixels.shape) in (256, 384, 512) and min(pattern.pixels.shape[:2]) >= 128
    assert pattern.tints == (name in TINTING)
    assert (pattern.size is None) == (name in PICTURES)
    assert pattern.pixels.reshape(-1, 3).std(axis=0).max() > 1.5, "a plain image is no pattern"


@pytest.mark.parametrize("name", [*TINTING, *COLORED])
def test_patterns_with_a_size_are_at_real_scale_and_resolution(name):
    pattern = texture(name)
    for texels, metres in zip(pattern.pixels.shape[1::-1], pattern.size, strict=True):
        assert 0.0007 < metres / texels < 0.005
    assert pattern.aspect == pytest.approx(pattern.size[0] / pattern.size[1])


def steps(image):
    """Mean step from the last row back to the first one, and the largest one between neighbours inside."""
    values = image.astype(np.float64)
    inside = np.abs(np.diff(values, axis=0)).mean(axis=(1, 2))
    return np.abs(values[0] - values[-1]).mean(), 1.02 * inside.max()


@pytest.mark.parametrize("name", [*TINTING, *COLORED])
@pytest.mark.parametrize("axis", [0, 1])
def test_tiles_have_no_seam(name, axis):
    across, inside = steps(np.moveaxis(texture(name).pixels, axis, 0))
    assert across <= inside


def test_a_seam_would_be_found():
    for name, rows in (("concrete", 200), ("marble", 180), ("knit", 250)):
        across, inside = steps(texture(name).pixels[:rows])
        assert across > inside


@pytest.mark.parametrize("name", TINTING)
def test_tinting_patterns_are_nearly_white_and_not_cut_off(name):
    pattern = texture(name)
    assert 0.80 <= pattern.mean.mean() <= 0.93
    assert np.ptp(pattern.mean) < 0.09, "the colour comes from the thing"
    assert (pattern.pixels == 255).mean() < 0.001 and (pattern.pixels == 0).mean() < 0.001


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_use_their_range_and_are_not_cut_off(name):
    pixels = texture(name).pixels
    assert (pixels == 255).mean() < 0.04 and (pixels == 0).mean() < 0.01
    assert np.ptp(pixels.mean(axis=2)) > 80


def test_no_two_patterns_are_alike():
    assert len({texture(name).pixels.tobytes() for name in TEXTURE_NAMES}) == len(TEXTURE_NAMES)


def test_same_bytes_in_another_process():
    code = f"from tests.scene.homes.test_textures import digest; print(digest({DIGESTED!r}))"
    other = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert other.stdout.strip() == digest(DIGESTED)


def test_the_last_bits_of_a_float_decide_nothing():
    ties = (np.arange(200) + 0.5) / 255.0
    assert (quantised(ties - 1e-12) == quantised(ties + 1e-12)).all()


def test_a_texture_is_painted_once_and_paint_is_pure():
    assert texture("cork") is texture("cork")
    assert paint("cork") is not paint("cork")
    assert (paint("cork") == texture("cork").pixels).all()


@pytest.mark.parametrize(
    ("wrong", "near"), [("wod_fine", "wood_fine"), ("painting_24", "painting_2"), ("", "valid are")]
)
def test_unknown_names_are_told_the_nearest(wrong, near):
    with pytest.raises(SettingsError, match=near):
        texture(wrong)


def test_the_mean_is_of_light_not_of_numbers():
    halves = np.zeros((4, 4, 3), dtype=np.uint8)
    halves[:2] = 255
    assert mean_color(halves) == pytest.approx(to_srgb(np.array([0.5] * 3)))
    pixels = texture("brick").pixels / 255.0
    assert texture("brick").mean == pytest.approx(to_srgb(to_linear(pixels).mean(axis=(0, 1))))


def test_toning_sets_the_mean_and_stays_below_white():
    image = 1.0 + 0.1 * fbm(seeded("toning"), (64, 64), (8, 8))[..., None] * np.ones(3)
    result = toned(image, 0.88)
    assert result.mean() == pytest.approx(0.88, abs=2e-3) and result.max() < 1.0
    order = np.argsort(image[..., 0].ravel())
    assert (np.diff(result[..., 0].ravel()[order]) >= -1e-12).all()


@pytest.mark.parametrize("name", [f"outdoor_{k}" for k in range(6)])
def test_views_out_of_windows_are_bright_with_the_sky_on_top(name):
    pixels = texture(name).pixels / 255.0
    height = len(pixels)
    sky, ground = pixels[: height // 6].mean(axis=(0, 1)), pixels[int(0.72 * height) :].mean(axis=(0, 1))
    assert sky[2] > sky[0] and sky.mean() > ground.mean()
    assert pixels.mean() > 0.6


def test_boards_of_a_floor_differ_and_have_dark_joints():
    laid = staggered(seeded("planks"), (512, 512), 8, 2)
    grey = texture("planks").pixels.mean(axis=2)
    tones = np.bincount(laid.piece.ravel(), grey.ravel()) / np.bincount(laid.piece.ravel())
    assert np.ptp(tones) > 12.0
    assert grey[laid.edge < 1.0].mean() < 0.85 * grey[laid.edge > 6.0].mean()


def test_courses_wrap_round_and_measure_from_the_edges():
    laid = courses((8, 20), [[3, 13], [8]])
    assert laid.count == 3
    assert laid.piece[0, 0] == laid.piece[0, 19] == 1, "the piece that begins at 13 goes on at 0"
    assert laid.along[0, 0] == 7.5 and laid.along[0, 13] == 0.5
    assert laid.edge[0, 3] == 0.5 and laid.edge[1, 8] == 1.5
    assert (laid.piece[4:] == 2).all(), "one piece fills its course"


def test_half_bond_shifts_every_second_course():
    laid = regular((64, 64), 4, 2, 0.5)
    starts = [int(np.flatnonzero(laid.along[row] == 0.5)[0]) for row in (0, 16, 32)]
    assert starts == [0, 16, 0]


def test_herringbone_is_made_of_equal_whole_blocks():
    laid = herringbone(512, 4)
    area = 512**2 / laid.count
    unit = 512 / (2.0**0.5 * 8)
    assert area == pytest.approx(4 * unit**2, rel=1e-6)
    pixels = np.bincount(laid.piece.ravel())
    assert np.abs(pixels - area).max() < 0.03 * area
    assert laid.along.max() == pytest.approx(4 * unit, abs=1.0) and laid.across.max() == pytest.approx(unit, abs=1.0)


def test_noise_is_normal_in_size_and_has_no_seam():
    for shape, cells in (((128, 128), (16, 16)), ((128, 256), (5, 9)), ((64, 64), (64, 64))):
        values = np.concatenate([smooth(seeded(f"noise {k}"), shape, cells).ravel() for k in range(8)])
        assert abs(values.mean()) < 0.1 and values.std() == pytest.approx(1.0, abs=0.12)
    field = fbm(seeded("seam"), (128, 128), (4, 4), 3)
    assert np.abs(field[0] - field[-1]).max() < 1.5 * np.abs(np.diff(field, axis=0)).max()


def test_cells_agree_with_the_distance_to_every_point():
    shape, cells = (40, 60), (5, 6)
    near, second, index = worley(seeded("cells"), shape, cells, 0.8)
    stray = 0.5 + 0.8 * (seeded("cells").random((2, *cells)) - 0.5)
    points = np.stack(np.meshgrid(np.arange(5.0), np.arange(6.0), indexing="ij"), -1) + np.moveaxis(stray, 0, -1)
    places = np.stack(np.meshgrid((np.arange(40) + 0.5) / 8.0, (np.arange(60) + 0.5) / 10.0, indexing="ij"), -1)
    apart = np.abs(places[:, :, None] - points.reshape(-1, 2))
    apart = np.sqrt(np.square(np.minimum(apart, np.array(cells) - apart)).sum(axis=-1))
    np.testing.assert_allclose(near, apart.min(axis=2))
    np.testing.assert_allclose(second, np.sort(apart, axis=2)[:, :, 1])
    assert (index == apart.argmin(axis=2)).all()


def test_warping_by_whole_pixels_rolls_and_blurring_keeps_the_mean():
    image = seeded("warp").random((16, 24))
    moved = warped(image, np.full(image.shape, 3.0), np.full(image.shape, -2.0))
    np.testing.assert_allclose(moved, np.roll(image, (-3, 2), (0, 1)))
    assert blurred(image, 2).mean() == pytest.approx(image.mean())
    assert blurred(image, 2).std() < 0.5 * image.std()


def test_shapes_cover_their_area():
    for draw, area in (
        (lambda canvas: canvas.ellipse(0.6, 0.5, 0.3, 0.3, (0, 0, 0)), np.pi * 0.09),
        (lambda canvas: canvas.ellipse(0.6, 0.5, 0.3, 0.1, (0, 0, 0), turn=0.7), np.pi * 0.03),
        (lambda canvas: canvas.rect(0.21, 0.13, 0.77, 0.58, (0, 0, 0)), 0.56 * 0.45),
        (lambda canvas: canvas.polygon([(0.1, 0.1), (1.1, 0.2), (0.5, 0.9)], (0, 0, 0)), 0.38),
        (lambda canvas: canvas.line([(0.2, 0.2), (0.9, 0.6)], 0.05, (0, 0, 0)), 0.05 * 0.65**0.5 + np.pi * 0.025**2),
        (lambda canvas: canvas.ring(0.6, 0.5, 0.3, 0.05, (0, 0, 0)), 2.0 * np.pi * 0.3 * 0.05),
        (lambda canvas: canvas.below(0.4 + 0.2 * canvas.x, (0, 0, 0)), 1.25 * 0.4 + 0.1 * 1.25**2),
    ):
        canvas = Canvas(160, 128)
        draw(canvas)
        assert (1.0 - canvas.pixels[..., 0]).sum() / 128**2 == pytest.approx(area, rel=0.02)


def test_shapes_may_stick_out_of_the_canvas():
    canvas = Canvas(64, 64)
    canvas.ellipse(0.0, 1.0, 0.2, 0.2, (0, 0, 0))
    canvas.rect(-2.0, -3.0, 5.0, 0.1, (0, 0, 0))
    canvas.polygon([(2.0, 2.0), (3.0, 2.0), (2.5, 3.0)], (0, 0, 0))
    assert canvas.pixels[0, 0, 0] == 0.0 and canvas.pixels[-1].max() == 0.0 and canvas.pixels[32, 32, 0] == 1.0


def test_the_library_names_its_errors_before_it_paints(monkeypatch):
    monkeypatch.setattr(library, "_RECIPES", {})
    with pytest.raises(SettingsError):
        paint("planks")


def test_patterns_are_kept_on_disk_and_a_broken_file_is_painted_anew(tmp_path, monkeypatch):
    monkeypatch.setenv("ECHOENV_CACHE", str(tmp_path))
    painted = library._kept_pixels("cork")
    (file,) = (tmp_path / "patterns").glob("cork-*.npy")
    np.save(file, 255 - painted)  # what lies there is what is read
    np.testing.assert_array_equal(library._kept_pixels("cork"), 255 - painted)
    file.write_bytes(file.read_bytes()[:1000])
    np.testing.assert_array_equal(library._kept_pixels("cork"), painted)
    np.testing.assert_array_equal(np.load(file), painted)
