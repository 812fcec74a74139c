"""The uniform theory of diffraction, path by path: waves of a wedge's four boundaries, added up in every band.

The one idea: a path has few numbers and needs many operations on them, so one thread works out one path in all bands.
Labels such as (D4) point to the section "Diffraction" of docs/physics.md.
"""

import warp as wp

wp.set_module_options({"enable_backward": False})

NARROW = wp.constant(
    4.0
)  # how much nearer to its boundary than others' the wave of a reflection no arrival has is heard
FADE = wp.constant(0.61)  # fits `magnitude` to within 0.3 dB; it only shapes the ends of edges
ON_BOUNDARY = wp.constant(1.0e-9)  # [rad]
_LEAST = wp.constant(1.0e-30)


@wp.func
def boundary_strength(offset: float, opening: float) -> float:
    """Strength of a boundary's wave, equation (D2)."""
    if wp.abs(offset) < ON_BOUNDARY:
        return wp.where(offset < 0.0, -0.5, 0.5)
    half = 0.5 * offset
    sharpness = opening / wp.pi
    return wp.abs(wp.sin(half)) / (2.0 * sharpness * wp.tan(half / sharpness))


@wp.func
def magnitude(phase: float) -> float:
    """|w(X)| of (D4) to 0.3 dB, from its two limits."""
    root = wp.sqrt(phase)
    slope = 0.79788456  # sqrt(2 / pi)
    return (1.0 + FADE * root) / (1.0 + (FADE + slope) * root + 1.7724539 * FADE * phase)


@wp.func
def transition(table: wp.array(dtype=wp.vec2), phase: float) -> wp.vec2:
    """w(X), real and imaginary part, interpolated between values at evenly spaced sqrt(X) / (1 + sqrt(X)), (D4)."""
    root = wp.sqrt(phase)
    place = root / (1.0 + root) * float(table.shape[0] - 1)
    node = wp.min(int(place), table.shape[0] - 2)
    share = place - float(node)
    return table[node] * (1.0 - share) + table[node + 1] * share


@wp.func
def first_quadrant_angle(y: float, x: float) -> float:
    """atan2(y, x) of positive numbers to 1e-5 rad, by the polynomial 4.4.49 of Abramowitz and Stegun."""
    ratio = wp.min(x, y) / wp.max(x, y)
    square = ratio * ratio
    angle = 0.0208351
    angle = angle * square - 0.0851330
    angle = angle * square + 0.1801410
    angle = angle * square - 0.3302995
    angle = ratio * (angle * square + 0.9998660)
    return wp.where(y > x, 0.5 * wp.pi - angle, angle)


@wp.func
def share_within_ends(ends: wp.vec2, sides: wp.vec2, wave_number: float, phase: float, level: float) -> float:
    """Share of an endless edge's wave that comes from between the ends, equation (D6); `level` is |w(phase)|."""
    share = float(0.0)
    root = wp.sqrt(phase)
    for end in range(2):
        away = ends[end] * wave_number
        fading = magnitude(away)
        total = wp.max(phase + away, _LEAST)
        angle = first_quadrant_angle(root, wp.sqrt(wp.max(away, _LEAST)))
        angle += (0.5 * wp.pi * wp.sqrt(phase / total) - angle) * (1.0 - fading)
        beyond = angle / wp.pi * magnitude(total) * fading / level
        share += sides[end] * (0.5 - wp.min(beyond, 0.5))
    return share


@wp.func
def own_boundary(length: float, direct: float) -> float:
    """How far, 0 to 1, a reflection's boundary is another than one of the direct sound: at grazing they are one."""
    if direct > 0.0:
        return wp.min(wp.abs(1.0 - length / direct), 1.0)
    return wp.where(length > 0.0, 1.0, 0.0)


@wp.func
def boundary_lengths(offsets: wp.vec4, span: float) -> wp.vec4:
    """Lengths [m] that times the wave number are the phases X, equation (D3)."""
    lengths = wp.vec4()
    for boundary in range(4):
        sine = wp.where(wp.abs(offsets[boundary]) < ON_BOUNDARY, 0.0, wp.sin(0.5 * offsets[boundary]))
        lengths[boundary] = span * 2.0 * sine * sine
    return lengths


@wp.kernel
def rough_kernel(
    first: int,
    openings: wp.array(dtype=float),
    offsets: wp.array(dtype=wp.vec4),
    spans: wp.array(dtype=float),
    wave_number: float,
    levels: wp.array(dtype=float),
):
    """One thread a path: how strong it is at most, were its edge endless.

    Args:
        first: Of the paths of this launch.
        openings: As in `utd.Bends`.
        offsets: As there.
        spans: As there.
        wave_number: [rad/m].
        levels: (n,) out.
    """
    path = first + wp.tid()
    lengths = boundary_lengths(offsets[path], spans[path])
    level = float(0.0)
    for boundary in range(4):
        strength = boundary_strength(offsets[path][boundary], openings[path])
        level += wp.abs(strength) * magnitude(wave_number * lengths[boundary])
    levels[path] = level


@wp.kernel
def bend_kernel(
    first: int,
    openings: wp.array(dtype=float),
    offsets: wp.array(dtype=wp.vec4),
    spans: wp.array(dtype=float),
    stretch: wp.array(dtype=float),
    ends: wp.array(dtype=wp.vec2),
    sides: wp.array(dtype=wp.vec2),
    mirrors: wp.array3d(dtype=float),
    imaged: wp.array(dtype=wp.vec2),
    faded: wp.array(dtype=wp.uint8),
    wave_numbers: wp.array(dtype=float),
    table: wp.array(dtype=wp.vec2),
    gains: wp.array2d(dtype=float),
):
    """One thread a path: pressure over that of free sound in every band, equations (D2) to (D6).

    Args:
        first: Of the paths of this launch.
        openings: As in `utd.Bends`.
        offsets: As there.
        spans: As there.
        stretch: Factors on `spans`.
        ends: As in `utd.Bends`.
        sides: As there.
        mirrors: (n, 2, bands) pressure that the faces mirror.
        imaged: 1 where a face's reflection is an arrival of its own, else 0.
        faded: 1 where the wave is to have faded out where the shortest way reaches an end, else 0.
        wave_numbers: [rad/m] (bands,).
        table: Of `transition`.
        gains: (n, bands) out.
    """
    path = first + wp.tid()
    lengths = boundary_lengths(offsets[path], spans[path] * stretch[path])
    strengths = wp.vec4()
    for boundary in range(4):
        strengths[boundary] = boundary_strength(offsets[path][boundary], openings[path])
    for band in range(wave_numbers.shape[0]):
        total = wp.vec2(0.0, 0.0)
        leading = wp.vec2(0.0, 0.0)
        for boundary in range(4):
            phase = lengths[boundary] * wave_numbers[band]
            wave = transition(table, phase)
            level = wp.length(wave)
            share = share_within_ends(ends[path], sides[path], wave_numbers[band], phase, level)
            if faded[path] != wp.uint8(0):
                share = wp.max(2.0 * share - 1.0, 0.0)
            weight = strengths[boundary] * share
            if boundary >= 2:
                face = 3 - boundary
                weight *= mirrors[path, face, band]
                if imaged[path][face] == 0.0:
                    own = own_boundary(lengths[boundary], lengths[0])
                    own = wp.min(own, own_boundary(lengths[boundary], lengths[1]))
                    weight *= 1.0 - magnitude(NARROW * phase) * own
            total += weight * wave
            leading += weight * weight * level * wave
        gains[path, band] = -wp.dot(total, leading) / wp.max(wp.length(leading), _LEAST)
