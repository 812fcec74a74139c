"""What all tests share: where the real data lies."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def shared_data(name: str) -> Path:
    """Path of a real data file; the test is skipped by name where it is absent."""
    path = SHARED_DATA / name
    if not path.exists():
        pytest.skip(f"real data '{name}' is not here")
    return path
