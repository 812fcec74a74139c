"""Pictures of depth: colours, truth, what each model tells and how far it is off.

The one idea: every depth of a picture has one scale and every error another.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tasks.study_pictures import Sheet, colors, nearly_all, where
from tasks.views import Views

_DEPTHS, _ERRORS = "viridis_r", "magma"


def save_predictions(file: Path, views: Views, told: Mapping[str, NDArray[np.float32]]) -> None:
    """Draw views with what models told of them.

    Args:
        file: Where to write (.png).
        views: Those shown (n,), with colours and depth.
        told: Depth [m] (n, H, W) by the model's name, in the order of the columns.

    Raises:
        DatasetError: The file cannot be written.
    """
    deepest = nearly_all(views.depth[views.depth > 0.0], 99.0)
    errors = {name: np.where(views.depth > 0.0, np.abs(depth - views.depth), np.nan) for name, depth in told.items()}
    farthest = nearly_all(np.stack(list(errors.values())), 97.0)
    sheet = Sheet(len(views), 2 + 2 * len(told))
    of_depth = {"cmap": colors(_DEPTHS), "vmin": 0.0, "vmax": deepest}
    of_error = {"cmap": colors(_ERRORS), "vmin": 0.0, "vmax": farthest}
    for row, truth in enumerate(views.depth):
        sheet.show(row, 0, views.rgb[row], "colours", side=where(views, row))
        depths = sheet.show(row, 1, np.where(truth > 0.0, truth, np.nan), "truth", **of_depth)
        for number, (name, depth) in enumerate(told.items()):
            off = errors[name][row]
            below = f"RMS {float(np.sqrt(np.nanmean(off**2))):.2f} m" if np.isfinite(off).any() else ""
            sheet.show(row, 2 + 2 * number, depth[row], name.replace(" from ", "\nfrom "), **of_depth)
            distances = sheet.show(row, 3 + 2 * number, off, "error", below=below, **of_error)
    sheet.bar(depths, 0, "depth [m]")
    sheet.bar(distances, 1, "error [m]")
    sheet.save(file)
