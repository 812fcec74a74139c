"""Kernels that draw the map of what an agent has seen, and show it around the agent.

The one idea: a point so far ahead and to the right of the agent belongs to one cell of the plan; a picture sets bits of
cells, a map reads them.
"""

import warp as wp

OCCUPIED = wp.constant(1)
FREE = wp.constant(2)
BEEN = wp.constant(4)

wp.set_module_options({"enable_backward": False, "max_unroll": 1})  # compiles faster


@wp.struct
class Plan:
    """Cells of an episode (size * size), row by row along z, bits as above."""

    cells: wp.array(dtype=wp.uint8)
    size: int
    cell: float


@wp.func
def cell_at(plan: Plan, place: wp.vec4, ahead: float, right: float) -> int:
    """Index of the cell so far ahead and to the right [m]; of the outermost for points outside."""
    x = (place[0] + ahead * place[2] - right * place[3]) / plan.cell
    z = (place[1] + ahead * place[3] + right * place[2]) / plan.cell
    last = plan.size - 1
    return wp.clamp(int(wp.floor(z)), 0, last) * plan.size + wp.clamp(int(wp.floor(x)), 0, last)


@wp.func
def note(plan: Plan, cell: int, bits: int):
    """Set bits of a cell."""
    plan.cells[cell] = wp.uint8(int(plan.cells[cell]) | bits)


@wp.kernel
def see_kernel(
    first: int,
    plan: Plan,
    places: wp.array(dtype=wp.vec4),
    depth: wp.array2d(dtype=float),
    across: wp.array(dtype=float),
    upward: wp.array(dtype=float),
    eyes: float,
    feet: float,
    head: float,
    reach: float,
    bumped: wp.array(dtype=float),
):
    """One thread, for bits are set in turn: lay a depth picture on the plan, and where the agent is.

    `bumped`: how far ahead [m] it met something, or 0.
    """
    place = places[first + wp.tid()]
    for row in range(depth.shape[0]):
        for column in range(depth.shape[1]):
            ahead = depth[row, column]
            height = eyes + ahead * upward[row]
            if ahead > 0.0 and ahead < reach and height < head:
                bits = int(FREE)
                if height > feet:
                    bits = int(OCCUPIED)
                note(plan, cell_at(plan, place, ahead, ahead * across[column]), bits)
    note(plan, cell_at(plan, place, 0.0, 0.0), int(FREE) | int(BEEN))
    if bumped[0] > 0.0:
        note(plan, cell_at(plan, place, bumped[0], 0.0), int(OCCUPIED))


@wp.kernel
def show_kernel(first: int, plan: Plan, places: wp.array(dtype=wp.vec4), shown: wp.array3d(dtype=wp.uint8)):
    """One thread: the map around the agent (rows, columns, layers), 0 or 255; ahead is up, right is right."""
    place = places[first + wp.tid()]
    half = 0.5 * float(shown.shape[0])
    for row in range(shown.shape[0]):
        for column in range(shown.shape[1]):
            ahead = (half - float(row) - 0.5) * plan.cell
            right = (float(column) + 0.5 - half) * plan.cell
            bits = int(plan.cells[cell_at(plan, place, ahead, right)])
            for layer in range(shown.shape[2]):
                shown[row, column, layer] = wp.uint8(255 * ((bits >> layer) & 1))


@wp.kernel
def hear_kernel(first: int, plan: Plan, places: wp.array(dtype=wp.vec4), level: wp.array(dtype=wp.uint8), reach: int):
    """One thread: write what was heard into the cells around the agent, at most `reach` cells away."""
    middle = cell_at(plan, places[first + wp.tid()], 0.0, 0.0)
    x = middle % plan.size
    z = middle / plan.size
    for row in range(-reach, reach + 1):
        for column in range(-reach, reach + 1):
            near_x = wp.clamp(x + column, 0, plan.size - 1)
            near_z = wp.clamp(z + row, 0, plan.size - 1)
            plan.cells[near_z * plan.size + near_x] = level[0]


@wp.kernel
def show_values_kernel(first: int, plan: Plan, places: wp.array(dtype=wp.vec4), shown: wp.array2d(dtype=wp.uint8)):
    """One thread: the cells themselves around the agent (rows, columns), as in `show_kernel`."""
    place = places[first + wp.tid()]
    half = 0.5 * float(shown.shape[0])
    for row in range(shown.shape[0]):
        for column in range(shown.shape[1]):
            ahead = (half - float(row) - 0.5) * plan.cell
            right = (float(column) + 0.5 - half) * plan.cell
            shown[row, column] = plan.cells[cell_at(plan, place, ahead, right)]
