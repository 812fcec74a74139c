"""Dry sounds made from numbers: a telephone, a bell, footsteps and others, the same bytes every time.

The one idea: each is what makes the thing known by ear, and no more: which frequencies, how they begin and die away, in
which rhythm. Each lasts one to four whole seconds and goes over into itself, so that it can be played over and over. A
sound is the same at every sample rate, less the frequencies that do not fit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from echoenv.audio.chirps import chirp

Samples = NDArray[np.float64]

_FITS = 0.45  # of the sample rate: higher frequencies are left out
_HIGHEST = 20000  # [Hz] of noise

_RING, _PAUSE = 0.4, 0.2  # [s]
_TELEPHONE = ((1335.0, 0.5), (2087.0, 0.35), (3412.0, 0.2), (4180.0, 0.12))  # [Hz], share
_CLAPPER = 23.0  # strokes a second

# Partials of a bell over its strike note, shares, and times [s] to 1/e (hum, prime, tierce, quint, nominal, ...).
_BELL = ((0.5, 0.5, 1.0), (1.0, 0.8, 0.7), (1.2, 0.6, 0.6), (1.5, 0.3, 0.5), (2.0, 1.0, 0.4), (2.5, 0.4, 0.25),
         (3.0, 0.35, 0.2), (4.0, 0.25, 0.15))  # fmt: skip
_KNOCK = ((190.0, 1.0, 0.03), (340.0, 0.8, 0.025), (560.0, 0.5, 0.015), (930.0, 0.3, 0.01))  # [Hz], share, [s]
_COMB = ((1.0, 1.0, 0.45), (6.27, 0.15, 0.06))  # a bar held at one end: partials over the first, shares, [s]
_TUNE = (1046.5, 1318.5, 1568.0, 1318.5, 1760.0, 1568.0, 1318.5, 1174.7)  # [Hz], half a second each
_SONG = (
    (0.0, 0.12, 3600.0, 5200.0),
    (0.2, 0.1, 5200.0, 4200.0),
    (0.38, 0.1, 5200.0, 4200.0),
    (0.56, 0.1, 5200.0, 4200.0),
    (0.78, 0.22, 3200.0, 5800.0),
    (1.14, 0.12, 3600.0, 5200.0),
    (1.34, 0.1, 5200.0, 4200.0),
    (1.52, 0.22, 5800.0, 3200.0),
)  # [s], length [s], from and to [Hz]


def _times(seconds: int, sample_rate: int) -> Samples:
    return np.arange(seconds * sample_rate) / sample_rate


def _noise(seconds: int, sample_rate: int, low: float, high: float, seed: int) -> Samples:
    """Noise between two frequencies [Hz], the same at every sample rate, of root mean square 1 at high ones."""
    count = seconds * sample_rate
    drawn = np.random.default_rng(seed).standard_normal((2, _HIGHEST * seconds))
    frequencies = np.arange(_HIGHEST * seconds) / seconds
    kept = (frequencies >= low) & (frequencies < min(high, _FITS * sample_rate))
    spectrum = np.zeros(count // 2 + 1, dtype=np.complex128)
    places = np.flatnonzero(kept)
    spectrum[places] = drawn[0, places] + 1j * drawn[1, places]
    return np.asarray(np.fft.irfft(spectrum, count) * count / np.sqrt(4.0 * seconds * (high - low)))


def _struck(
    seconds: int, sample_rate: int, start: float, partials: Sequence[tuple[float, float, float]], pitch: float = 1.0
) -> Samples:
    """A thing that is struck once: partials (frequency over the pitch, share, time to 1/e [s]), around the end."""
    since = (_times(seconds, sample_rate) - start) % seconds
    sound = np.zeros(len(since))
    for ratio, share, decay in partials:
        if ratio * pitch < _FITS * sample_rate:
            attack = 1.0 - np.exp(-since / 0.0005)
            sound += share * np.sin(2.0 * np.pi * ratio * pitch * since) * np.exp(-since / decay) * attack
    return sound


def _burst(seconds: int, sample_rate: int, start: float, rise: float, decay: float) -> Samples:
    """How loud something is that begins at a moment [s], rises and dies away, both in seconds to 1/e."""
    since = (_times(seconds, sample_rate) - start) % seconds
    return np.asarray((1.0 - np.exp(-since / rise)) * np.exp(-since / decay))


def telephone(sample_rate: int) -> Samples:
    """A bell struck many times a second, twice, and a pause: one second."""
    time = np.arange(sample_rate) / sample_rate
    since_stroke = (time * _CLAPPER) % 1.0 / _CLAPPER
    bell = sum(share * np.sin(2.0 * np.pi * pitch * time) for pitch, share in _TELEPHONE)
    rings = (time % (_RING + 0.5 * _PAUSE)) < _RING
    return np.asarray(bell * np.exp(-30.0 * since_stroke) * rings)


def chirps(sample_rate: int) -> Samples:
    """Ten short sweeps in a second."""
    sound = np.zeros(sample_rate)
    one = chirp(0.02, 200.0, min(8000.0, _FITS * sample_rate), sample_rate)
    for start in range(0, sample_rate, sample_rate // 10):
        sound[start : start + len(one)] += one[: sample_rate - start]
    return sound


def noise(sample_rate: int) -> Samples:
    """A second of white noise."""
    return np.random.default_rng(0).standard_normal(sample_rate)


def alarm_clock(sample_rate: int) -> Samples:
    """Four beeps of a small loudspeaker, and a pause: one second."""
    time = _times(1, sample_rate)
    beep = sum(
        np.sin(2.0 * np.pi * 2050.0 * odd * time) / odd for odd in (1, 3, 5) if 2050.0 * odd < _FITS * sample_rate
    )
    loud = np.zeros(len(time))
    for start in (0.0, 0.13, 0.26, 0.39):
        loud += np.clip(np.minimum(time - start, start + 0.075 - time) / 0.002, 0.0, 1.0)
    return np.asarray(beep * loud)


def bell(sample_rate: int) -> Samples:
    """A bell of 520 Hz struck every two seconds."""
    return _struck(2, sample_rate, 0.0, _BELL, 520.0)


def kettle(sample_rate: int) -> Samples:
    """The whistle of a kettle, two tones that waver, and steam: one second."""
    time = _times(1, sample_rate)
    waver = 4.0 * np.sin(2.0 * np.pi * 5.0 * time)
    tones = sum(share * np.sin(2.0 * np.pi * pitch * time + waver) for pitch, share in ((2620.0, 1.0), (3110.0, 0.5)))
    return np.asarray(tones + 0.25 * _noise(1, sample_rate, 2000.0, 9000.0, 1))


def footsteps(sample_rate: int) -> Samples:
    """Four steps in two seconds: a heel on boards, then the sole."""
    low, high = _noise(2, sample_rate, 60.0, 350.0, 2), _noise(2, sample_rate, 1200.0, 5000.0, 3)
    sound = np.zeros(2 * sample_rate)
    for number, start in enumerate((0.0, 0.52, 1.0, 1.51)):
        loud = (1.0, 0.8, 0.95, 0.75)[number]
        sound += loud * low * _burst(2, sample_rate, start, 0.004, 0.04)
        sound += 0.35 * loud * high * _burst(2, sample_rate, start + 0.06, 0.002, 0.018)
    return sound


def engine(sample_rate: int) -> Samples:
    """The hum of an engine: harmonics of 30 Hz, in beats, and a low roar: one second."""
    time, random = _times(1, sample_rate), np.random.default_rng(4)
    sound = np.zeros(len(time))
    for harmonic, phase in zip(range(1, 16), 2.0 * np.pi * random.random(15), strict=True):
        sound += np.sin(2.0 * np.pi * 30.0 * harmonic * time + phase) / harmonic**0.7
    beats = 1.0 + 0.35 * np.sin(2.0 * np.pi * 15.0 * time)
    return np.asarray(sound * beats + 0.5 * _noise(1, sample_rate, 20.0, 300.0, 5))


def siren(sample_rate: int) -> Samples:
    """A siren that climbs and falls between 600 and 1400 Hz in two seconds."""
    time = _times(2, sample_rate)
    phase = 2.0 * np.pi * 1000.0 * time - (400.0 / 0.5) * np.sin(2.0 * np.pi * 0.5 * time)
    shares = ((1, 1.0), (2, 0.5), (3, 0.35), (4, 0.15))
    return np.asarray(sum(s * np.sin(k * phase) for k, s in shares if 1400.0 * k < _FITS * sample_rate))


def bird(sample_rate: int) -> Samples:
    """A bird's song: eight whistled sweeps between 3 and 6 kHz: two seconds."""
    time, sound = _times(2, sample_rate), np.zeros(2 * sample_rate)
    for start, length, low, high in _SONG:
        share = (time - start) / length
        pitch = low + (high - low) * np.clip(share, 0.0, 1.0)
        swept = low * (time - start) + 0.5 * (high - low) * (time - start) * share
        inside = (share > 0.0) & (share < 1.0) & (pitch < _FITS * sample_rate)
        sound += np.where(inside, np.sin(np.pi * np.clip(share, 0.0, 1.0)) * np.sin(2.0 * np.pi * swept), 0.0)
    return sound


def music_box(sample_rate: int) -> Samples:
    """A tune of eight notes on the comb of a music box: four seconds."""
    return np.asarray(sum(_struck(4, sample_rate, 0.5 * number, _COMB, pitch) for number, pitch in enumerate(_TUNE)))


def knocking(sample_rate: int) -> Samples:
    """Three knocks on a wooden door, and a pause: one second."""
    click = _noise(1, sample_rate, 800.0, 4000.0, 6)
    sound = np.zeros(sample_rate)
    for start in (0.0, 0.22, 0.44):
        sound += _struck(1, sample_rate, start, _KNOCK) + 0.4 * click * _burst(1, sample_rate, start, 0.0003, 0.003)
    return sound


MAKERS: dict[str, Callable[[int], Samples]] = {
    one.__name__: one
    for one in (
        telephone, chirps, noise, alarm_clock, bell, kettle, footsteps, engine, siren, bird, music_box, knocking,
    )
}  # fmt: skip
"""Makes a sound (n,) at a sample rate [Hz], of any level, by its name."""
