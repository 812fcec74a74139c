"""What a hit looks like: the colour of a triangle at a point, from its corners' colours, its texture and the light.

The one idea: everything about a triangle lies in one record of 64 bytes (`TriangleLooks`), so a pixel costs one line of
cache for the triangle and, where there is a texture, eight texels. Four 8-bit channels are filtered at once as 16-bit
lanes of one 64-bit integer, with weights in 256ths, as graphics processors do.
"""

import warp as wp

wp.set_module_options({"enable_backward": False})

_LANES = wp.constant(wp.uint64(0x00FF00FF00FF00FF))


@wp.struct
class TriangleLooks:
    """How one triangle looks."""

    normal: wp.vec3  # unit, world frame, counter-clockwise side
    object_id: wp.int32
    color_a: wp.uint32  # sRGB, vertex colour times surface colour, red in the lowest byte
    color_b: wp.uint32
    color_c: wp.uint32
    texture: wp.int32  # index of the finest level of its texture, or -1
    uv_a: wp.vec2
    uv_b: wp.vec2
    uv_c: wp.vec2
    texels_per_metre: wp.float32  # of the finest level
    padding: wp.int32  # to 64 bytes


@wp.struct
class SceneLooks:
    """How a scene looks."""

    triangles: wp.array(dtype=TriangleLooks)
    texels: wp.array(dtype=wp.uint32)
    levels: wp.array(dtype=wp.vec4i)  # first texel, width, height, index of the coarsest level
    is_lit: wp.int32  # 1 where colours hold no light, so that the renderer adds its own


@wp.func
def _spread(texel: wp.uint32) -> wp.uint64:
    """Channels r, b, g, a of a texel as 16-bit lanes."""
    wide = wp.uint64(texel)
    return (wide | (wide << wp.uint64(24))) & _LANES


@wp.func
def _bilinear(texels: wp.array(dtype=wp.uint32), level: wp.vec4i, uv: wp.vec2) -> wp.uint64:
    """256 times the texture at `uv` (0..1, v up), four lanes as in `_spread`; the texture repeats."""
    width = level[1]
    height = level[2]
    x = wp.int32(wp.floor(uv[0] * float(width) * 256.0 - 127.5))  # in 256ths of a texel from the first texel's centre
    y = wp.int32(wp.floor((1.0 - uv[1]) * float(height) * 256.0 - 127.5))
    right = wp.uint64(x & 255)
    below = wp.uint64(y & 255)
    left = wp.uint64(256) - right
    above = wp.uint64(256) - below
    x0 = x >> 8
    y0 = y >> 8
    x1 = wp.where(x0 + 1 < width, x0 + 1, 0)
    y1 = wp.where(y0 + 1 < height, y0 + 1, 0)
    x0 = wp.where(x0 >= 0, x0, width - 1)
    y0 = wp.where(y0 >= 0, y0, height - 1)
    upper = level[0] + y0 * width
    lower = level[0] + y1 * width
    top = _spread(texels[upper + x0]) * left + _spread(texels[upper + x1]) * right
    bottom = _spread(texels[lower + x0]) * left + _spread(texels[lower + x1]) * right
    # rows are 16-bit already: keep 8 bits and 8 bits of each row's weight
    top = ((top + wp.uint64(0x0080008000800080)) >> wp.uint64(8)) & _LANES
    bottom = ((bottom + wp.uint64(0x0080008000800080)) >> wp.uint64(8)) & _LANES
    return top * above + bottom * below


@wp.func
def _lanes_to_color(lanes: wp.uint64) -> wp.vec3:
    r = float(wp.int32(lanes & wp.uint64(0xFFFF)))
    g = float(wp.int32((lanes >> wp.uint64(32)) & wp.uint64(0xFFFF)))
    b = float(wp.int32((lanes >> wp.uint64(16)) & wp.uint64(0xFFFF)))
    return wp.vec3(r, g, b) * (1.0 / 256.0)


@wp.func
def sample_texture(looks: SceneLooks, finest: int, uv: wp.vec2, footprint: float) -> wp.vec3:
    """sRGB 0..255 of a texture at `uv`, filtered trilinearly.

    Args:
        looks: The scene.
        finest: Index of the texture's finest level.
        uv: Texture coordinates, v up.
        footprint: Width of the pixel in texels of the finest level. At 2**k the level k is read; between two powers of
            two the levels are blended in proportion to the footprint.
    """
    wrapped = wp.vec2(uv[0] - wp.floor(uv[0]), uv[1] - wp.floor(uv[1]))
    level = looks.levels[finest]
    if footprint <= 1.0:
        return _lanes_to_color(_bilinear(looks.texels, level, wrapped))
    coarsest = level[3]
    bits = wp.cast(wp.min(footprint, 1.0e9), wp.int32)  # exponent and mantissa are the level and its fraction
    fine = wp.min(finest + (bits >> 23) - 127, coarsest)
    coarse = wp.min(fine + 1, coarsest)
    fraction = float(bits & 0x7FFFFF) * (1.0 / 8388608.0)
    near_color = _lanes_to_color(_bilinear(looks.texels, looks.levels[fine], wrapped))
    far_color = _lanes_to_color(_bilinear(looks.texels, looks.levels[coarse], wrapped))
    return near_color + fraction * (far_color - near_color)


@wp.func
def _to_color(packed: wp.uint32) -> wp.vec3:
    word = wp.int32(packed)
    return wp.vec3(float(word & 255), float((word >> 8) & 255), float((word >> 16) & 255))


@wp.func
def _light(normal: wp.vec3) -> float:
    """A soft sky above, a key light from the upper right of -Z, never black: shapes can be told apart, 0..1."""
    sky = 0.62 + 0.16 * normal[1]
    key = 0.22 * wp.max(0.0, wp.dot(normal, wp.vec3(0.4444, 0.7777, 0.4444)))
    return wp.min(sky + key, 1.0)


@wp.func
def surface_color(looks: SceneLooks, triangle: TriangleLooks, u: float, v: float, footprint: float, normal: wp.vec3) -> wp.vec3:
    """sRGB 0..255 of a triangle at barycentric (u, v).

    Args:
        looks: The scene.
        triangle: The triangle's record.
        u: Weight of the second corner.
        v: Weight of the third corner.
        footprint: Width of the pixel on the surface [m].
        normal: Unit normal on the side that is seen.
    """
    color = _to_color(triangle.color_a)
    if triangle.color_b != triangle.color_a or triangle.color_c != triangle.color_a:
        color = (1.0 - u - v) * color + u * _to_color(triangle.color_b) + v * _to_color(triangle.color_c)
    if triangle.texture >= 0:
        uv = (1.0 - u - v) * triangle.uv_a + u * triangle.uv_b + v * triangle.uv_c
        texel = sample_texture(looks, triangle.texture, uv, footprint * triangle.texels_per_metre)
        color = wp.cw_mul(color, texel) * (1.0 / 255.0)
    if looks.is_lit != 0:
        color = color * _light(normal)
    return color
