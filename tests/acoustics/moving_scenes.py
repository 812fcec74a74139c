"""What tests of moving sound share: propagations of a single wave, and convolvers that are run to their end."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from echoenv.acoustics.moving.convolver import MovingConvolver
from echoenv.acoustics.paths import Arrivals, EnergyResponse, Propagation

RATE = 44100
SPEED = 343.2
FACING = np.eye(3)

Path = Callable[[float], np.ndarray]


def silence(duration: float = 0.2) -> EnergyResponse:
    return EnergyResponse(np.zeros((1, round(duration / 0.01), 8)), np.array([[0.0, 0.0, -1.0]]), 0.01)


def free_field(source: np.ndarray, listener: np.ndarray, level: float | None = None) -> Propagation:
    """Direct sound alone; `level` instead of 1/r."""
    away = np.asarray(source, dtype=np.float64) - listener
    distance = float(np.linalg.norm(away))
    amplitudes = np.full((1, 8), 1.0 / distance if level is None else level)
    direct = Arrivals(np.array([distance / SPEED]), away[None] / distance, amplitudes, np.zeros(1, np.int32))
    return Propagation(np.asarray(source), np.asarray(listener), direct, silence(), 0.0, 0, 1.0, SPEED)


def heard(
    convolver: MovingConvolver,
    sound: np.ndarray,
    updates: Iterable[tuple[float, Propagation]],
    blocks: int = 1,
    turn: Callable[[float], np.ndarray] = lambda time: FACING,
) -> np.ndarray:
    """All that comes out (channels, n)."""
    for time, propagation in updates:
        convolver.update(propagation, turn(time), time)
    parts = [convolver.process(block) for block in np.array_split(sound, blocks)]
    return np.concatenate([*parts, convolver.finish()], axis=1)


def flight(source: Path, listener: Path, duration: float, rate: float, level: float | None = None):
    """Updates of direct sound between two paths."""
    times = np.arange(int(np.ceil(duration * rate)) + 1) / rate
    return [(float(time), free_field(source(time), listener(time), level)) for time in times]


def tone(frequency: float, duration: float) -> np.ndarray:
    return np.sin(2.0 * np.pi * frequency * np.arange(round(duration * RATE)) / RATE).astype(np.float32)


def pitch(signal: np.ndarray) -> float:
    """Frequency [Hz] of a tone, from the middle of its spectrum's peak."""
    length = 1 << 21
    spectrum = np.abs(np.fft.rfft(signal * np.hanning(len(signal)), length))
    return float(spectrum.argmax()) * RATE / length


def decibels(ratio: np.ndarray | float) -> np.ndarray:
    return 20.0 * np.log10(ratio)


def rms(signal: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(signal, dtype=np.float64))))
