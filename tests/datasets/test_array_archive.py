"""Arrays come back as they went in, row by row; a damaged file is known as such."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from echoenv.datasets.array_archive import archive_bytes, is_whole, read_array, read_layout, verify
from echoenv.errors import DatasetError

ARRAYS = {
    "rgb": np.arange(4 * 5 * 6 * 3, dtype=np.uint8).reshape(4, 5, 6, 3),
    "depth": np.linspace(0, 9, 120, dtype=np.float32).reshape(4, 5, 6),
    "half": np.linspace(-1, 1, 12, dtype=np.float16).reshape(4, 3),
    "seed": np.array(7, np.int64),
}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "000001.npz"
    path.write_bytes(archive_bytes(ARRAYS))
    return path


def test_numpy_reads_it(archive: Path) -> None:
    with np.load(archive) as read:
        assert sorted(read.files) == sorted(ARRAYS)
        for name, array in ARRAYS.items():
            np.testing.assert_array_equal(read[name], array)
            assert read[name].dtype == array.dtype


def test_rows_are_read_without_the_rest(archive: Path) -> None:
    layout = read_layout(archive)
    with archive.open("rb", buffering=0) as file:
        for name in ("rgb", "depth", "half"):
            for row in (3, 0, 2):
                np.testing.assert_array_equal(read_array(file, layout.places[name], row), ARRAYS[name][row])
        assert read_array(file, layout.places["seed"]) == 7


def test_equal_arrays_give_equal_bytes() -> None:
    assert archive_bytes(ARRAYS) == archive_bytes({name: array.copy() for name, array in ARRAYS.items()})


@pytest.mark.parametrize("kept", [0, 1, 50, 500, -1])
def test_truncated_anywhere_is_not_whole(archive: Path, kept: int) -> None:
    assert is_whole(archive)
    archive.write_bytes(archive.read_bytes()[:kept])
    assert not is_whole(archive)
    with pytest.raises(DatasetError, match="truncated or damaged"):
        read_layout(archive)


def test_missing_is_not_whole(tmp_path: Path) -> None:
    assert not is_whole(tmp_path / "nothing.npz")


def test_compressed_is_not_ours(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "small.npz", rgb=ARRAYS["rgb"])
    assert not is_whole(tmp_path / "small.npz")


def test_verify_finds_one_wrong_byte(archive: Path) -> None:
    verify(archive)
    data = bytearray(archive.read_bytes())
    data[read_layout(archive).places["depth"].offset + 3] ^= 1
    archive.write_bytes(data)
    assert is_whole(archive)
    with pytest.raises(DatasetError, match="damaged"):
        verify(archive)
