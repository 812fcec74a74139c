"""Opening a data set of views and echoes without knowing who wrote it.

The one idea: our own folders say what they are; the published VisualEchoes folder is known by its pickles. Both give
the same samples.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from echoenv.datasets.layouts import VISUALECHOES
from echoenv.datasets.provenance import DATASET_FILE, read_settings
from echoenv.datasets.reader import EchoDataset
from echoenv.datasets.visual_echoes import VisualEchoesDataset
from echoenv.errors import DatasetError


def open_dataset(
    folder: str | Path,
    channels: Sequence[str] = ("rgb", "depth", "echo"),
    scenes: Sequence[str] | None = None,
    clockwise_audio: bool = False,
) -> EchoDataset | VisualEchoesDataset:
    """Samples as of `EchoDataset`.

    Args:
        folder: What `python -m echoenv.collect` wrote, or the VisualEchoes data.
        channels: What is read; the VisualEchoes layout has `rgb`, `depth` and `echo`.
        scenes: Which scenes, in this order; None takes all, by name.
        clockwise_audio: Whether a VisualEchoes folder names its sounds clockwise; see `VisualEchoesDataset`.

    Raises:
        DatasetError: There is no such folder, scene or channel, or it is of another kind.
    """
    path = Path(folder)
    written = (path / DATASET_FILE).is_file()
    published = not written and any(path.glob("scene_observations_*.pkl"))
    if published or (written and read_settings(path).format == VISUALECHOES):
        for name in channels:
            if name not in ("rgb", "depth", "echo"):
                raise DatasetError(f"'{folder}' is in the VisualEchoes layout, which has no channel '{name}'")
        return VisualEchoesDataset(path, scenes=scenes, clockwise_audio=clockwise_audio)
    if clockwise_audio:
        raise DatasetError(f"'{folder}' names headings and sounds alike: leave clockwise_audio out")
    return EchoDataset(path, channels, scenes)
