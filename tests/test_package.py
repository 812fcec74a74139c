"""The package's face: light to import, complete, and helpful about wrong names."""

from __future__ import annotations

import subprocess
import sys

import pytest

import echoenv


def test_import_loads_nothing_heavy() -> None:
    heavy = ("warp", "scipy", "trimesh", "matplotlib", "torch")
    code = f"import sys, echoenv; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", [name for name in echoenv.__all__ if name != "__version__"])
def test_every_public_name_can_be_had_and_is_described(name: str) -> None:
    assert getattr(echoenv, name).__doc__


def test_wrong_name_lists_the_right_ones() -> None:
    with pytest.raises(AttributeError, match="Simulator"):
        echoenv.Simulatr  # noqa: B018  the access itself is the test
