"""Ways through a room: whether people can still walk it when something more is put on its floor.

The one idea: the floor is a grid that holds how far each cell is from the nearest thing, squared, in cells. A new
footprint only lowers the distances around it, so a room that is being furnished is asked again and again at the price
of a few labellings. Blocks are drawn as they are, round or slanted; footprints are rectangles.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from echoenv.scene.homes.plans.plan import Rect, Room

_CELL = 0.05  # [m]
_WALKERS = (0.05, 0.10, 0.15, 0.20)  # radii [m]: for none of them may the floor fall into pieces
_PASSAGE = 0.34  # half of a passage's width [m], less what the grid rounds away
_REACH = 7  # cells: farther off, a footprint changes nothing that is asked


class Ways:
    """The floor of one room as walkers see it.

    Args:
        room: The room; its blocks stand in the way.
        entries: Points (x, z) [m] through which people come in.
    """

    def __init__(self, room: Room, entries: Sequence[tuple[float, float]]) -> None:
        self._inside, self._entries = room.interior, entries
        columns, rows = int(np.ceil(self._inside.width / _CELL)), int(np.ceil(self._inside.depth / _CELL))
        free = np.zeros((rows + 2, columns + 2), dtype=bool)
        free[1:-1, 1:-1] = True
        x = self._inside.x0 + _CELL * (np.arange(columns) + 0.5)
        z = self._inside.z0 + _CELL * (np.arange(rows) + 0.5)
        for block in room.blocks:
            free[1:-1, 1:-1] &= ~block.covers(x[None, :], z[:, None])
        empty = np.round(ndimage.distance_transform_edt(free) ** 2).astype(np.int32)
        self._known: list[Rect] = []
        self._fields = [empty]

    def are_open(self, taken: Sequence[Rect]) -> bool:
        """Whether the floor that footprints leave is in one piece for all walkers, and passages join all entries."""
        field = self._field(list(taken))
        if any(ndimage.label(field > (radius / _CELL) ** 2)[1] != 1 for radius in _WALKERS):
            return False
        wide, _ = ndimage.label(field > (_PASSAGE / _CELL) ** 2)
        marks = {self._label_near(wide, x, z) for x, z in self._entries}
        return len(marks) <= 1 and 0 not in marks

    def _field(self, taken: list[Rect]) -> NDArray[np.int32]:
        """Squared distances [cells] (rows, columns) to the nearest of some footprints."""
        same = 0
        while same < min(len(taken), len(self._known)) and taken[same] == self._known[same]:
            same += 1
        del self._known[same:], self._fields[same + 1 :]
        for rect in taken[same:]:
            self._known.append(rect)
            self._fields.append(self._lowered(self._fields[-1], rect))
        return self._fields[-1]

    def _lowered(self, field: NDArray[np.int32], rect: Rect) -> NDArray[np.int32]:
        """The distances with one more footprint."""
        rows, columns = field.shape
        x0, x1 = self._cells(rect.x0 - self._inside.x0, rect.x1 - self._inside.x0)
        z0, z1 = self._cells(rect.z0 - self._inside.z0, rect.z1 - self._inside.z0)
        if x0 > x1 or z0 > z1:
            return field
        left, right = max(0, x0 - _REACH), min(columns, x1 + _REACH + 1)
        top, bottom = max(0, z0 - _REACH), min(rows, z1 + _REACH + 1)
        column, row = np.arange(left, right), np.arange(top, bottom)
        dx = np.maximum(0, np.maximum(x0 - column, column - x1))
        dz = np.maximum(0, np.maximum(z0 - row, row - z1))
        lowered = field.copy()
        near = lowered[top:bottom, left:right]
        np.minimum(near, dx[None, :] ** 2 + dz[:, None] ** 2, out=near, casting="unsafe")
        return lowered

    @staticmethod
    def _cells(low: float, high: float) -> tuple[int, int]:
        """First and last cell of the grid that a footprint takes; one that it only grazes is free."""
        first = max(0, int(np.floor(low / _CELL + 0.3))) + 1
        return first, max(0, int(np.ceil(high / _CELL - 0.3)))

    def _label_near(self, labels: NDArray[np.int32], x: float, z: float) -> int:
        column, row = int((x - self._inside.x0) / _CELL) + 1, int((z - self._inside.z0) / _CELL) + 1
        window = labels[max(0, row - 6) : row + 7, max(0, column - 6) : column + 7]
        return int(window.max(initial=0))
