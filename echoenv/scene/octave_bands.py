"""The octave bands in which EchoEnv's acoustics is computed: one place for their number and centres.

The one idea: every acoustic quantity that depends on frequency is an array whose last axis has `OCTAVE_BAND_COUNT`
entries, one for each centre in `OCTAVE_CENTRES`.
"""

from __future__ import annotations

import numpy as np

OCTAVE_CENTRES: tuple[float, ...] = (63.0, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0)
"""Nominal octave-band centres [Hz], IEC 61260-1."""

OCTAVE_BAND_COUNT = len(OCTAVE_CENTRES)

EXACT_OCTAVE_CENTRES = 1000.0 * 10.0 ** (0.3 * np.arange(-4, 4))
"""Exact base-ten octave-band centres [Hz] (8,), IEC 61260-1: where air absorption is evaluated."""
