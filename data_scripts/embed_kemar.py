"""Make `echoenv/acoustics/data/mit_kemar_normal_pinna.npz` from the SOFA file that Debian's package libmysofa1 holds.

    apt-get download libmysofa1 && dpkg -x libmysofa1_*.deb unpacked
    python data_scripts/embed_kemar.py unpacked/usr/share/libmysofa/MIT_KEMAR_normal_pinna.sofa

The one idea: nothing is lost. The set was measured with 16 bits and its right ear is the mirror image of its left, so
the left ear's 710 responses as 16-bit integers are the whole of it. The script refuses a file for which that is not so.

Data: Copyright 1994 by the MIT Media Laboratory, provided free with no restrictions on use, provided the authors are
cited: Bill Gardner and Keith Martin, HRTF Measurements of a KEMAR Dummy-Head Microphone, MIT Media Lab Perceptual
Computing Technical Report 280, 1994.
"""

from __future__ import annotations

import sys
from pathlib import Path

import h5py
import numpy as np

TARGET = Path(__file__).resolve().parents[1] / "echoenv" / "acoustics" / "data" / "mit_kemar_normal_pinna.npz"


def embed(sofa_path: Path, target: Path = TARGET) -> None:
    """Write the left ear's responses as integers, with their directions, and check that both ears come back."""
    with h5py.File(sofa_path) as file:
        responses = np.asarray(file["Data.IR"])
        positions = np.asarray(file["SourcePosition"])
        sample_rate = float(file["Data.SamplingRate"][0])
    integers = np.round(responses * 32768.0).astype(np.int16)
    azimuths, elevations = positions[:, 0] % 360.0, positions[:, 1]
    place = {(round(a, 2), e): i for i, (a, e) in enumerate(zip(azimuths, elevations, strict=True))}
    mirror = np.array([place[round((360.0 - a) % 360.0, 2), e] for a, e in zip(azimuths, elevations, strict=True)])
    if not np.array_equal(integers / 32768.0, responses) or not np.array_equal(integers[:, 0], integers[mirror, 1]):
        raise SystemExit(
            f"{sofa_path} is not the MIT KEMAR normal-pinna set: it is not 16 bits wide or not mirror-symmetric"
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        target, left_ear=integers[:, 0], mirror=mirror.astype(np.int16), azimuths=azimuths, elevations=elevations,
        sample_rate=sample_rate,
    )  # fmt: skip
    print(
        f"wrote {target}: {target.stat().st_size / 1000:.0f} kB, {len(integers)} directions, {integers.shape[2]} taps"
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    embed(Path(sys.argv[1]))
