"""Textures and antialiasing: exact up close, the mean from afar."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from echoenv.errors import MeshError
from echoenv.rays import RayEngine
from echoenv.scene.scene import Surface
from echoenv.vision import Camera, Renderer
from echoenv.vision.textures import SRGB_TO_LINEAR, linear_to_srgb, mip_chain, pack_textures
from tests.vision.quads import PLAIN, Quad, quads

AHEAD = np.eye(3)
RNG_IMAGE = np.random.default_rng(3).integers(0, 256, (16, 16, 3)).astype(np.uint8)


def look(scene, camera, **options):
    return Renderer(RayEngine(scene, **options)).render((0, 0, 0), AHEAD, camera, ["rgb"])["rgb"][0]


def checkerboard(size):
    return np.repeat(255 * (np.indices((size, size)).sum(axis=0) % 2).astype(np.uint8)[..., None], 3, axis=2)


@pytest.mark.parametrize("backend", ["embree", "warp"])
def test_texels_are_exact_where_pixels_fall_on_their_centres(backend):
    # A square of 2 m at 1 m fills a view of 90 degrees: with 3 x 3 pixels a texel, the middle one is its centre.
    scene = quads(Quad(1.0, texture=RNG_IMAGE))
    view = look(scene, Camera(48, 48), backend=backend)
    np.testing.assert_array_equal(view[1::3, 1::3], RNG_IMAGE)
    third = (RNG_IMAGE[:, :-1].astype(float) * 2 + RNG_IMAGE[:, 1:]) / 3.0  # a third of the way to the right neighbour
    np.testing.assert_allclose(view[1::3, 2:-1:3], third, atol=0.51)


def test_pixels_as_large_as_texels_see_them_unchanged():
    np.testing.assert_array_equal(look(quads(Quad(1.0, texture=RNG_IMAGE)), Camera(16, 16)), RNG_IMAGE)


def test_textures_repeat():
    view = look(quads(Quad(1.0, texture=RNG_IMAGE, repeats=3.0)), Camera(48, 48))
    np.testing.assert_array_equal(view, np.tile(RNG_IMAGE, (3, 3, 1)))


def test_color_of_the_surface_multiplies_the_texture():
    view = look(quads(Quad(1.0, color=(1.0, 0.5, 0.0), texture=RNG_IMAGE)), Camera(16, 16)).astype(float)
    np.testing.assert_array_equal(view[..., 0], RNG_IMAGE[..., 0])
    np.testing.assert_allclose(view[..., 1], RNG_IMAGE[..., 1] * (128 / 255), atol=0.51)
    assert not view[..., 2].any()


@pytest.mark.parametrize("size", [(8, 8), (12, 20), (37, 5), (1, 9), (1, 1)])
def test_every_level_has_the_mean_light_of_the_image(size):
    image = np.random.default_rng(0).integers(0, 256, (*size, 3)).astype(np.uint8)
    chain = mip_chain(image)
    assert chain[0] is image and chain[-1].shape == (1, 1, 3)
    assert [level.shape[:2] for level in chain[1:]] == [
        (max(1, size[0] >> k), max(1, size[1] >> k)) for k in range(1, len(chain))
    ]
    mean = SRGB_TO_LINEAR[image].mean(axis=(0, 1))
    for level in chain:
        np.testing.assert_allclose(SRGB_TO_LINEAR[level].mean(axis=(0, 1)), mean, atol=0.004)


def test_srgb_there_and_back():
    np.testing.assert_array_equal(linear_to_srgb(SRGB_TO_LINEAR), np.arange(256))


def test_a_fine_checkerboard_from_afar_is_even():
    scene = quads(Quad(10.0, 40.0, texture=checkerboard(64), repeats=40.0))  # 32 texels a metre, 0.16 m a pixel
    view = look(scene, Camera()).astype(float)
    grey = linear_to_srgb(np.float32([0.5]))[0]
    assert abs(view.mean() - grey) < 2.0 and view.std() < 2.0


def test_levels_blend_from_sharp_to_even_with_distance():
    # The same picture of a striped floor: contrast falls with distance, and never rises again (no aliasing).
    contrast = []
    for distance in (1.0, 2.0, 4.0, 8.0, 16.0, 32.0):
        scene = quads(
            Quad(distance, 64.0, texture=np.repeat(checkerboard(8), 4, axis=0).repeat(4, axis=1), repeats=128.0)
        )
        contrast.append(look(scene, Camera(64, 64)).astype(float).std())
    assert contrast[0] > 80.0 and contrast[-1] < 2.0
    assert all(later <= earlier + 1.0 for earlier, later in itertools.pairwise(contrast))


def test_shared_textures_are_kept_once_and_bad_ones_are_named():
    surfaces = (Surface("a", PLAIN, texture=RNG_IMAGE), Surface("b", PLAIN), Surface("c", PLAIN, texture=RNG_IMAGE))
    pack = pack_textures(surfaces)
    assert pack.surface_levels.tolist() == [0, -1, 0] and len(pack.texels) == 256 + 64 + 16 + 4 + 1
    assert pack.levels[0].tolist() == [0, 16, 16, 4]
    with pytest.raises(MeshError, match="surface 'bad'"):
        pack_textures((Surface("bad", PLAIN, texture=RNG_IMAGE[..., 0]),))


def test_antialiasing_gives_edges_the_share_that_they_cover():
    # The square's right edge crosses a column of pixels; x = 0.3 m at 1 m, pixels 0.25 m wide: it covers 1/5 of one.
    scene = quads(Quad(1.0, 0.3))
    plain, smooth = look(scene, Camera(8, 8)), look(scene, Camera(8, 8, samples=4))
    assert set(np.unique(plain)) == {0, 255}
    covered = SRGB_TO_LINEAR[smooth[4, 5, 0]]
    assert covered == pytest.approx(0.2, abs=1 / 16 + 0.005)
    assert smooth[4, 4].tolist() == [255, 255, 255] and not smooth[0].any()


def test_antialiasing_leaves_even_colors_and_other_channels_as_they_are():
    color = (17, 130, 201)
    scene = quads(Quad(1.0, 2.0, tuple(value / 255.0 for value in color)), Quad(5.0, 1.0))
    eye = Renderer(RayEngine(scene))
    plain, smooth = (eye.render((0, 0, 0), AHEAD, Camera(33, 17, samples=samples)) for samples in (1, 3))
    assert np.all(smooth["rgb"] == color)
    for name in ("depth", "normal", "semantic"):
        assert plain[name].tobytes() == smooth[name].tobytes()
