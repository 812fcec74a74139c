"""What a hit looks like: the colour of a triangle at a point, from its corners' colours, its texture and the light.

The one idea: what counts is memory, not arithmetic. Everything about a triangle lies in one record of 64 bytes, one
line of the cache, and a texture is read in two steps: `texture_spot` finds the place and asks for its texels,
`surface_color` reads them when they have arrived.
"""

import warp as wp

wp.set_module_options({"enable_backward": False})


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
    is_textured: wp.int32
    is_lit: wp.int32  # 1 where colours hold no light, so that the renderer adds its own


@wp.func_native("""
#if !defined(__CUDA_ARCH__)
    __builtin_prefetch(&triangles.data[triangle]);
#endif
""")
def prefetch_triangle(triangles: wp.array(dtype=TriangleLooks), triangle: int):
    """Ask for a record that will be read soon; of no effect but on speed."""
    ...


@wp.func_native("""
#if !defined(__CUDA_ARCH__)
    for (int k = 0; k < (spot[3] > 0.0f ? 2 : 1); k++) {
        const wp::vec_t<4, int>& level = levels.data[(int)spot[2] + k];
        const int row = (int)(spot[1] * level[2] - 0.5f), column = (int)(spot[0] * level[1]);
        __builtin_prefetch(&texels.data[level[0] + row * level[1] + column]);
        __builtin_prefetch(&texels.data[level[0] + (row + 1) * level[1] + column]);
    }
#endif
""")
def _prefetch_texels(texels: wp.array(dtype=wp.uint32), levels: wp.array(dtype=wp.vec4i), spot: wp.vec4):
    """Ask for the texels of a spot that will be read soon; of no effect but on speed."""
    ...


@wp.func_native("""
#if defined(__CUDA_ARCH__)
    float sum[4] = {0.0f, 0.0f, 0.0f, 0.0f};
    auto add = [&](unsigned texel, float weight) {
        for (int c = 0; c < 4; c++) sum[c] += weight * ((texel >> 8 * c) & 255u);
    };
#else  // the same, four channels at a time
    typedef float Color __attribute__((ext_vector_type(4)));
    typedef unsigned char Texel __attribute__((ext_vector_type(4)));
    Color sum = 0.0f;
    auto add = [&](unsigned texel, float weight) {
        sum += weight * __builtin_convertvector(__builtin_bit_cast(Texel, texel), Color);
    };
#endif
    for (int k = 0; k < (spot[3] > 0.0f ? 2 : 1); k++) {
        const wp::vec_t<4, int>& level = levels.data[(int)spot[2] + k];
        const int width = level[1], height = level[2];
        const float x = spot[0] * width - 0.5f, y = spot[1] * height - 0.5f, left = wp::floor(x), top = wp::floor(y);
        const int x0 = left < 0.0f ? width - 1 : (int)left, x1 = (int)left + 1 < width ? (int)left + 1 : 0;
        const int y0 = top < 0.0f ? height - 1 : (int)top, y1 = (int)top + 1 < height ? (int)top + 1 : 0;
        const unsigned *upper = texels.data + level[0] + y0 * width, *lower = texels.data + level[0] + y1 * width;
        const float share = k ? spot[3] : 1.0f - spot[3], bottom = (y - top) * share, above = share - bottom;
        const float above_right = (x - left) * above, bottom_right = (x - left) * bottom;
        add(upper[x0], above - above_right);
        add(upper[x1], above_right);
        add(lower[x0], bottom - bottom_right);
        add(lower[x1], bottom_right);
    }
    return wp::vec_t<3, float>(sum[0], sum[1], sum[2]);
""")
def _sample_texture(texels: wp.array(dtype=wp.uint32), levels: wp.array(dtype=wp.vec4i), spot: wp.vec4) -> wp.vec3:
    """Colour, sRGB 0..255, of a texture at a spot (`texture_spot`), filtered trilinearly; the texture repeats."""
    ...


@wp.func
def texture_spot(looks: SceneLooks, triangle: TriangleLooks, u: float, v: float, footprint: float) -> wp.vec4:
    """Where to read the texture: (across 0..1, down 0..1, finer level, share of the next coarser level).

    A pixel 2**k texels of the finest level wide reads level k; between two powers of two it blends the levels in
    proportion to its width.

    Args:
        looks: The scene.
        triangle: The triangle's record.
        u: Weight of the second corner.
        v: Weight of the third corner.
        footprint: Width of the pixel on the surface [m].
    """
    if triangle.texture < 0:
        return wp.vec4()
    uv = (1.0 - u - v) * triangle.uv_a + u * triangle.uv_b + v * triangle.uv_c
    width = wp.clamp(footprint * triangle.texels_per_metre, 1.0, 1.0e9)
    bits = wp.cast(width, wp.int32)  # a float's exponent is the level, its mantissa the share of the next
    level = triangle.texture + (bits >> 23) - 127
    share = float(bits & 0x7FFFFF) * (1.0 / 8388608.0)
    coarsest = looks.levels[triangle.texture][3]
    if level >= coarsest:
        level = coarsest
        share = 0.0
    spot = wp.vec4(uv[0] - wp.floor(uv[0]), wp.ceil(uv[1]) - uv[1], float(level), share)
    _prefetch_texels(looks.texels, looks.levels, spot)
    return spot


@wp.func
def _to_color(packed: wp.uint32) -> wp.vec3:
    word = wp.int32(packed)
    return wp.vec3(float(word & 255), float((word >> 8) & 255), float((word >> 16) & 255))


@wp.func
def _light(normal: wp.vec3) -> float:
    """A soft sky and a key light from above, from +X more than from +Z, so that no two walls of a box look alike.

    The key light falls off with half a cosine to the far side, so that nothing is black: 0.45 to 1.
    """
    sky = 0.55 + 0.10 * normal[1]
    return sky + 0.35 * (0.5 + 0.5 * wp.dot(normal, wp.vec3(0.561, 0.701, 0.441)))


@wp.func
def surface_color(
    looks: SceneLooks, triangle: TriangleLooks, u: float, v: float, spot: wp.vec4, normal: wp.vec3
) -> wp.vec3:
    """Colour, sRGB 0..255, of a triangle at barycentric (u, v).

    Args:
        looks: The scene.
        triangle: The triangle's record.
        u: Weight of the second corner.
        v: Weight of the third corner.
        spot: Of its texture there, see `texture_spot`.
        normal: Unit normal on the side that is seen.
    """
    color = _to_color(triangle.color_a)
    if triangle.color_b != triangle.color_a or triangle.color_c != triangle.color_a:
        color = (1.0 - u - v) * color + u * _to_color(triangle.color_b) + v * _to_color(triangle.color_c)
    if triangle.texture >= 0:
        texel = _sample_texture(looks.texels, looks.levels, spot)
        color = wp.cw_mul(color, texel) * (1.0 / 255.0)
    if looks.is_lit != 0:
        color = color * _light(normal)
    return color
