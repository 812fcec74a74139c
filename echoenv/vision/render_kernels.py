"""Kernels that render views: shoot a tile of camera rays, look up what they met, write all channels.

The one idea: one thread of work is a tile of 4 x 2 pixels, whose eight rays go to Embree as one packet, and everything
from the ray to the written pixel happens there, so nothing but the finished channels touches memory. Rays are scaled so
that a pinhole ray's length is planar depth: its direction has z = -1 in the camera's frame.
"""

import warp as wp

from echoenv.rays.query_kernels import Directions8, Hits8, RayQueries, closest_front_hit, closest_hit, closest_hits8
from echoenv.vision.looks_kernels import SceneLooks, prefetch_triangle, surface_color, texture_spot

wp.set_module_options({"enable_backward": False})

TILE_WIDTH = 4
TILE_HEIGHT = 2
_TILE_WIDTH = wp.constant(TILE_WIDTH)
_TILE_PIXELS = wp.constant(TILE_WIDTH * TILE_HEIGHT)


@wp.struct
class View:
    """A camera, with `samples` x `samples` pixels of the picture rendered for each of its own."""

    width: wp.int32  # of the picture, in pixels
    height: wp.int32
    tiles_across: wp.int32
    tiles: wp.int32  # in a picture
    samples: wp.int32
    front_only: wp.int32
    near_: wp.float32
    far_: wp.float32
    pixel_size: wp.float32  # width of a pixel at distance 1
    columns: wp.array(dtype=wp.vec2)  # see camera.py
    rows: wp.array(dtype=wp.vec2)


@wp.struct
class Channels:
    """Where to write pixels (frame, row, column); an empty array is a channel that is not wanted."""

    rgb: wp.array(dtype=wp.vec3ub)
    depth: wp.array(dtype=wp.float32)
    normal: wp.array(dtype=wp.vec3)
    semantic: wp.array(dtype=wp.int32)


@wp.func
def pixel_direction(view: View, rotation: wp.mat33, x: int, y: int) -> wp.vec3:
    """Direction, world frame, of a pixel of the picture."""
    across = wp.min(x, view.width - 1)
    down = wp.min(y, view.height - 1)
    if view.samples > 1:
        column_sample = y % view.samples
        row_sample = x % view.samples
        across = across * view.samples + column_sample
        down = down * view.samples + row_sample
    column = view.columns[across]
    row = view.rows[down]
    return rotation * wp.vec3(column[0] * row[0], row[1], -column[1] * row[0])


@wp.func
def _write_miss(channels: Channels, pixel: int):
    if channels.rgb.shape[0] > 0:
        channels.rgb[pixel] = wp.vec3ub(wp.uint8(0), wp.uint8(0), wp.uint8(0))
    if channels.depth.shape[0] > 0:
        channels.depth[pixel] = 0.0
    if channels.normal.shape[0] > 0:
        channels.normal[pixel] = wp.vec3(0.0, 0.0, 0.0)
    if channels.semantic.shape[0] > 0:
        channels.semantic[pixel] = 0


@wp.func
def hit_spot(view: View, looks: SceneLooks, direction: wp.vec3, hit: wp.vec4) -> wp.vec4:
    """Where the pixel that met `hit` reads its texture."""
    if hit[3] < 0.0:
        return wp.vec4()
    triangle = looks.triangles[int(hit[3])]
    slant = wp.max(wp.abs(wp.dot(triangle.normal, direction)), 1.0e-6)
    return texture_spot(looks, triangle, hit[1], hit[2], hit[0] * view.pixel_size / slant)


@wp.func
def write_pixel(
    view: View,
    looks: SceneLooks,
    channels: Channels,
    pixel: int,
    rotation: wp.mat33,
    direction: wp.vec3,
    hit: wp.vec4,
    spot: wp.vec4,
):
    """Write all wanted channels of one pixel; `spot` is `hit_spot` of the hit."""
    if hit[3] < 0.0:
        _write_miss(channels, pixel)
        return
    triangle = looks.triangles[int(hit[3])]
    normal = triangle.normal
    if view.front_only == 0 and wp.dot(normal, direction) > 0.0:
        normal = -normal
    if channels.rgb.shape[0] > 0:
        color = surface_color(looks, triangle, hit[1], hit[2], spot, normal)
        channels.rgb[pixel] = wp.vec3ub(
            wp.uint8(wp.int32(color[0] + 0.5)), wp.uint8(wp.int32(color[1] + 0.5)), wp.uint8(wp.int32(color[2] + 0.5))
        )
    if channels.depth.shape[0] > 0:
        channels.depth[pixel] = hit[0]
    if channels.normal.shape[0] > 0:
        channels.normal[pixel] = wp.transpose(rotation) * normal
    if channels.semantic.shape[0] > 0:
        channels.semantic[pixel] = triangle.object_id


@wp.kernel
def render_tiles_kernel(
    first: int,
    rays: RayQueries,
    view: View,
    looks: SceneLooks,
    positions: wp.array(dtype=wp.vec3),
    rotations: wp.array(dtype=wp.mat33),
    channels: Channels,
):
    """One thread a tile of 4 x 2 pixels; needs `rays.intersect8`."""
    item = first + wp.tid()
    frame = item / view.tiles
    tile = item - frame * view.tiles
    tile_row = tile / view.tiles_across
    left = (tile - tile_row * view.tiles_across) * 4
    top = tile_row * 2
    rotation = rotations[frame]
    directions = Directions8()
    for k in range(8):
        direction = pixel_direction(view, rotation, left + (k & 3), top + (k >> 2))
        directions[0, k] = direction[0]
        directions[1, k] = direction[1]
        directions[2, k] = direction[2]
    count = int(8)  # a loop that is not unrolled
    hits = closest_hits8(rays, positions[frame], directions, view.near_, view.far_, view.front_only != 0)
    for k in range(count):
        prefetch_triangle(looks.triangles, int(wp.max(hits[k, 3], 0.0)))
    spots = Hits8()
    if looks.is_textured != 0 and channels.rgb.shape[0] > 0:
        for k in range(count):
            direction = wp.vec3(directions[0, k], directions[1, k], directions[2, k])
            spots[k] = hit_spot(view, looks, direction, hits[k])
    for k in range(count):
        x = left + (k & 3)
        y = top + (k >> 2)
        if x < view.width and y < view.height:
            pixel = (frame * view.height + y) * view.width + x
            direction = wp.vec3(directions[0, k], directions[1, k], directions[2, k])
            write_pixel(view, looks, channels, pixel, rotation, direction, hits[k], spots[k])


@wp.kernel
def render_pixels_kernel(
    first: int,
    rays: RayQueries,
    view: View,
    looks: SceneLooks,
    positions: wp.array(dtype=wp.vec3),
    rotations: wp.array(dtype=wp.mat33),
    channels: Channels,
):
    """The same, one thread a pixel, for CUDA and for processors without packets; pixels in the order of the tiles."""
    item = first + wp.tid()
    tile = item / 8
    k = item - 8 * tile
    frame = tile / view.tiles
    tile = tile - frame * view.tiles
    tile_row = tile / view.tiles_across
    x = (tile - tile_row * view.tiles_across) * 4 + (k & 3)
    y = tile_row * 2 + (k >> 2)
    if x >= view.width or y >= view.height:
        return
    rotation = rotations[frame]
    direction = pixel_direction(view, rotation, x, y)
    hit = wp.vec4()
    if view.front_only != 0:
        hit = closest_front_hit(rays, positions[frame], direction, view.near_, view.far_)
    else:
        hit = closest_hit(rays, positions[frame], direction, view.near_, view.far_)
    pixel = (frame * view.height + y) * view.width + x
    write_pixel(view, looks, channels, pixel, rotation, direction, hit, hit_spot(view, looks, direction, hit))


@wp.func
def _linear_to_srgb(linear: float) -> wp.uint8:
    encoded = 12.92 * linear
    if linear > 0.0031308:
        encoded = 1.055 * wp.pow(linear, 1.0 / 2.4) - 0.055
    return wp.uint8(wp.int32(255.0 * wp.clamp(encoded, 0.0, 1.0) + 0.5))


@wp.kernel
def average_samples_kernel(
    first: int,
    width: int,
    samples: int,
    fine: wp.array(dtype=wp.vec3ub),
    srgb_to_linear: wp.array(dtype=wp.float32),
    rgb: wp.array(dtype=wp.vec3ub),
):
    """One thread a pixel: mean, in linear light, of its samples x samples pixels in the fine picture."""
    pixel = first + wp.tid()
    row = pixel / width
    x = pixel - row * width
    total = wp.vec3()
    for b in range(samples):
        start = (row * samples + b) * width * samples + x * samples
        for a in range(samples):
            color = fine[start + a]
            total += wp.vec3(
                srgb_to_linear[int(color[0])], srgb_to_linear[int(color[1])], srgb_to_linear[int(color[2])]
            )
    mean = total / float(samples * samples)
    rgb[pixel] = wp.vec3ub(_linear_to_srgb(mean[0]), _linear_to_srgb(mean[1]), _linear_to_srgb(mean[2]))
