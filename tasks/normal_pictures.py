"""Pictures of surface normals: colours, truth, what each model tells and by what angle it is off.

The one idea: a direction is a colour (x red, y green, z blue, each from -1 to 1), as everybody draws normals: what
faces the camera is light blue, a floor green, a wall to the left, which faces right, reddish.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from tasks.normal_measures import angles_between
from tasks.study_pictures import Sheet, colors, where
from tasks.views import Views

_ERRORS, _FARTHEST = "magma", 60.0  # [degrees] of the scale
_UNKNOWN = 0.73  # grey


def save_predictions(file: Path, views: Views, told: Mapping[str, NDArray[np.float32]]) -> None:
    """Draw views with what models told of them.

    Args:
        file: Where to write (.png).
        views: Those shown (n,), with colours and normals.
        told: Normals (n, 3, H, W) by the model's name, in the order of the columns.

    Raises:
        DatasetError: The file cannot be written.
    """
    sheet = Sheet(len(views), 2 + 2 * len(told))
    known = (views.normal != 0.0).any(axis=-1)
    for row, truth in enumerate(views.normal):
        sheet.show(row, 0, views.rgb[row], "colours", side=where(views, row))
        sheet.show(row, 1, _as_colours(truth, known[row]), "truth")
        for number, (name, directions) in enumerate(told.items()):
            own = directions[row].transpose(1, 2, 0)
            apart = angles_between(*(torch.from_numpy(one).reshape(-1, 3) for one in (own, truth))).numpy()
            off = np.where(known[row], apart.reshape(known[row].shape), np.nan)
            below = f"mean {float(np.nanmean(off)):.1f}°" if known[row].any() else ""
            title = name.replace(" from ", "\nfrom ")
            sheet.show(row, 2 + 2 * number, _as_colours(own, np.ones_like(known[row])), title)
            scale = {"cmap": colors(_ERRORS), "vmin": 0.0, "vmax": _FARTHEST}
            angles = sheet.show(row, 3 + 2 * number, off, "error", below=below, **scale)
    sheet.bar(angles, 1, "error [°]")
    sheet.save(file)


def _as_colours(normals: NDArray[Any], known: NDArray[np.bool_]) -> NDArray[Any]:
    """Colours (H, W, 3) from 0 to 1 of normals (H, W, 3)."""
    return np.where(known[..., None], np.clip(0.5 + 0.5 * normals, 0.0, 1.0), _UNKNOWN)
