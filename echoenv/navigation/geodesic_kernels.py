"""Kernels for shortest walks: an any-angle search over the nodes from a goal, and the polylines that it finds.

The one idea: a node keeps not its neighbour but its root, the last point at which a straight walk to it must turn, and
so a distance that is not bound to the lattice's eight directions (Lazy Theta*, Nash, Koenig and Tovey 2010). Whether a
node sees its root is tested once, when the node is settled. Roots move to the boundary, where shortest walks turn.
"""

import warp as wp

from echoenv.navigation.walk_kernels import (
    BLOCKED,
    STAND_SLACK,
    WalkGrid,
    cell_below,
    cell_corners,
    node_position,
    sight,
    straightened,
)

FAR = wp.constant(1.0e30)
GOAL = wp.constant(-1)
UNSEEN = wp.constant(-1)
SETTLED = wp.constant(-2)
NOWHERE = wp.constant(-3)

wp.set_module_options({"enable_backward": False, "max_unroll": 1})  # compiles faster


@wp.struct
class Search:
    """Working memory (searches, nodes): distance to the goal [m], root node, key and place in a heap of nodes.

    A node that is a root turns at `turn`, its own place moved to the nearby boundary, `turn_distance` [m] from the
    goal.
    """

    distance: wp.array2d(dtype=float)
    turn: wp.array2d(dtype=wp.vec3)
    turn_distance: wp.array2d(dtype=float)
    root: wp.array2d(dtype=int)
    key: wp.array2d(dtype=float)
    heap: wp.array2d(dtype=int)
    place: wp.array2d(dtype=int)


@wp.func
def is_free(grid: WalkGrid, node: int) -> bool:
    """Whether the agent may stand on a node; not where there is none."""
    if node < 0:
        return False
    return grid.clearance[node] >= grid.margin - STAND_SLACK


@wp.func
def fits_between(grid: WalkGrid, a: int, b: int, side: int, other_side: int) -> bool:
    """Whether two free corners of a cell hang together across it, by the saddle of clearance between the other two."""
    if other_side < 0:
        return False
    free = grid.clearance[a] + grid.clearance[b]
    sides = grid.clearance[side] + grid.clearance[other_side]
    across = grid.clearance[a] * grid.clearance[b] - grid.clearance[side] * grid.clearance[other_side]
    return across >= grid.margin * (free - sides)


@wp.func
def neighbour(grid: WalkGrid, node: int, k: int) -> int:
    """The k-th of eight free neighbours, or -1; diagonal ones where both ways round the corner are free, or neither.

    Where neither is, the agent may still fit between them.
    """
    if k < 4:
        straight = grid.links[node][k]
        return wp.where(is_free(grid, straight), straight, -1)
    along_x = grid.links[node][k % 2]
    along_z = grid.links[node][2 + (k - 4) / 2]
    beside = is_free(grid, along_x)
    if beside != is_free(grid, along_z) or along_x < 0:
        return -1
    across = grid.links[along_x][2 + (k - 4) / 2]
    if is_free(grid, across) and (beside or fits_between(grid, node, across, along_x, along_z)):
        return across
    return -1


@wp.func
def lift(s: Search, row: int, start: int):
    """Move a node up the heap to where its key belongs."""
    k = int(start)
    node = s.heap[row, k]
    while k > 0:
        above = (k - 1) / 2
        other = s.heap[row, above]
        if s.key[row, other] <= s.key[row, node]:
            break
        s.heap[row, k] = other
        s.place[row, other] = k
        k = above
    s.heap[row, k] = node
    s.place[row, node] = k


@wp.func
def take_first(s: Search, row: int, count: int) -> int:
    """Remove the node with the least key from a heap of `count`."""
    first = s.heap[row, 0]
    node = s.heap[row, count - 1]
    k = int(0)
    while 2 * k + 1 < count - 1:
        child = int(2 * k + 1)
        if child + 1 < count - 1 and s.key[row, s.heap[row, child + 1]] < s.key[row, s.heap[row, child]]:
            child += 1
        other = s.heap[row, child]
        if s.key[row, other] >= s.key[row, node]:
            break
        s.heap[row, k] = other
        s.place[row, other] = k
        k = child
    s.heap[row, k] = node
    s.place[row, node] = k
    s.place[row, first] = SETTLED
    return first


@wp.func
def offer(
    grid: WalkGrid, s: Search, row: int, count: int, node: int, root: int, distance: float, target: wp.vec3, bound: int
) -> int:
    """Give a node a shorter distance and a place in the heap; returns its count. `bound` 1 heads for a target."""
    if s.place[row, node] == SETTLED or distance >= s.distance[row, node]:
        return count
    s.distance[row, node] = distance
    s.root[row, node] = root
    s.key[row, node] = distance + float(bound) * wp.length(target - node_position(grid, node))
    size = int(count)
    if s.place[row, node] == UNSEEN:
        s.heap[row, size] = node
        s.place[row, node] = size
        size += 1
    lift(s, row, s.place[row, node])
    return size


@wp.func
def root_position(s: Search, row: int, root: int, goal: wp.vec3) -> wp.vec3:
    """Where a root turns: by its node or at the goal."""
    if root == GOAL:
        return goal
    return s.turn[row, root]


@wp.func
def root_distance(s: Search, row: int, root: int) -> float:
    """Distance from a root to the goal."""
    if root == GOAL:
        return 0.0
    return s.turn_distance[row, root]


@wp.func
def make_root(grid: WalkGrid, s: Search, row: int, node: int, goal: wp.vec3, after: wp.vec3):
    """Say where a settled node turns on the way to `after`: pulled from the node's own place towards the boundary."""
    if s.turn_distance[row, node] >= 0.0:
        return
    before = s.root[row, node]
    last = root_position(s, row, before, goal)
    place = straightened(grid, last, node_position(grid, node), after)
    s.turn[row, node] = place
    s.turn_distance[row, node] = root_distance(s, row, before) + wp.length(last - place)


@wp.func
def through(grid: WalkGrid, s: Search, row: int, here: wp.vec3, root: int, goal: wp.vec3, bound: float) -> float:
    """Distance from a point by way of a root, or FAR where that is not below `bound` or the root is out of sight."""
    turn = root_position(s, row, root, goal)
    distance = root_distance(s, row, root) + wp.length(turn - here)
    if distance >= bound:
        return FAR
    if sight(grid, here, turn) == BLOCKED:
        return FAR
    return distance


@wp.func
def settle(grid: WalkGrid, s: Search, row: int, node: int, goal: wp.vec3):
    """Keep a node's root where it is in sight, otherwise take the best of its settled neighbours and their roots."""
    here = node_position(grid, node)
    lost = s.root[row, node]
    last = root_position(s, row, lost, goal)
    if wp.length(last - here) < 1.5 * grid.cell:
        return
    if sight(grid, here, last) != BLOCKED:
        return
    best = float(FAR)
    choice = int(NOWHERE)
    nearest = float(FAR)
    next = int(NOWHERE)
    neighbours = int(8)
    for k in range(neighbours):
        other = neighbour(grid, node, k)
        if other >= 0:
            if s.place[row, other] == SETTLED and s.root[row, other] != NOWHERE:
                root = s.root[row, other]
                if root != lost and root != choice:
                    distance = through(grid, s, row, here, root, goal, best)
                    if distance < best:
                        best = distance
                        choice = root
                distance = s.distance[row, other] + wp.length(node_position(grid, other) - here)
                if distance < nearest:
                    nearest = distance
                    next = other
    if next != NOWHERE and nearest < best + 0.5 * grid.cell:
        make_root(grid, s, row, next, goal, here)
        distance = through(grid, s, row, here, next, goal, best)
        if distance < best:
            best = distance
            choice = next
        if choice == NOWHERE:  # `next` turns for another, just out of sight from here; one can walk to it all the same
            best = s.turn_distance[row, next] + wp.length(s.turn[row, next] - here)
            choice = next
    s.distance[row, node] = best
    s.root[row, node] = choice


@wp.func
def corner_of(corners: wp.vec4i, node: int) -> bool:
    """Whether a node is one of a cell's corners."""
    return corners[0] == node or corners[1] == node or corners[2] == node or corners[3] == node


@wp.func
def freest_corner(grid: WalkGrid, corners: wp.vec4i) -> int:
    """The free corner of a cell with most clearance, to whose island a point in the cell belongs; or -1."""
    best = int(-1)
    for k in range(4):
        if is_free(grid, corners[k]):
            if best < 0 or grid.clearance[corners[k]] > grid.clearance[best]:
                best = corners[k]
    return best


@wp.func
def begin(grid: WalkGrid, s: Search, row: int, goal: wp.vec3, target: wp.vec3, bound: int) -> int:
    """Clear a row of the working memory and offer the corners of the goal's cell; returns the heap's count."""
    for node in range(grid.heights.shape[0]):
        s.distance[row, node] = FAR
        s.place[row, node] = UNSEEN
        s.turn_distance[row, node] = -1.0
    count = int(0)
    low = cell_below(grid, goal)
    if low >= 0:
        corners = cell_corners(grid, low)
        for k in range(4):
            if is_free(grid, corners[k]):
                distance = wp.length(node_position(grid, corners[k]) - goal)
                count = offer(grid, s, row, count, corners[k], GOAL, distance, target, bound)
    return count


@wp.kernel
def search_kernel(
    first: int,
    grid: WalkGrid,
    goals: wp.array(dtype=wp.vec3),
    targets: wp.array(dtype=wp.vec3),
    bound: int,
    s: Search,
    vertices: wp.array(dtype=int),
    via: wp.array(dtype=int),
):
    """One thread a search from a goal: over everything, or (`bound` 1) to a target.

    Row k of the working memory belongs to search k. `vertices` is the number of points of the polyline from target to
    goal, 0 where there is none; `via` the node at which it first turns, or GOAL.
    """
    row = first + wp.tid()
    goal = goals[row]
    target = targets[row]
    vertices[row] = 0
    via[row] = GOAL
    ends = wp.vec4i(-1, -1, -1, -1)
    beside = int(NOWHERE)
    if bound == 1:
        if sight(grid, goal, target) != BLOCKED:
            vertices[row] = 2
            return
        low = cell_below(grid, target)
        if low < 0:
            return
        ends = cell_corners(grid, low)
        beside = freest_corner(grid, ends)
    count = begin(grid, s, row, goal, target, bound)
    best = float(FAR)
    neighbours = int(8)
    while count > 0:
        node = s.heap[row, 0]
        if s.key[row, node] >= best:
            break
        take_first(s, row, count)
        count -= 1
        settle(grid, s, row, node, goal)
        root = s.root[row, node]
        if root == NOWHERE:
            continue
        turn = root_position(s, row, root, goal)
        so_far = root_distance(s, row, root)
        if bound == 1 and corner_of(ends, node):
            length = through(grid, s, row, target, root, goal, best)
            if length < best:
                best = length
                via[row] = root
            make_root(grid, s, row, node, goal, target)
            length = through(grid, s, row, target, node, goal, best)
            if length < best:
                best = length
                via[row] = node
        for k in range(neighbours):
            other = neighbour(grid, node, k)
            if other >= 0:
                distance = so_far + wp.length(node_position(grid, other) - turn)
                count = offer(grid, s, row, count, other, root, distance, target, bound)
    if best == FAR and beside >= 0:  # a nook of the boundary, from where none of its corners is in sight
        if s.place[row, beside] == SETTLED and s.root[row, beside] != NOWHERE:
            make_root(grid, s, row, beside, goal, node_position(grid, beside))
            best = s.distance[row, beside]
            via[row] = beside
    if best < FAR:
        links = int(2)
        node = via[row]
        while node != GOAL:
            links += 1
            node = s.root[row, node]
        vertices[row] = links


@wp.kernel
def polyline_kernel(
    first: int,
    grid: WalkGrid,
    goals: wp.array(dtype=wp.vec3),
    targets: wp.array(dtype=wp.vec3),
    s: Search,
    vertices: wp.array(dtype=int),
    via: wp.array(dtype=int),
    points: wp.array2d(dtype=wp.vec3),
):
    """One thread a search: the turning points from target to goal."""
    row = first + wp.tid()
    if vertices[row] > 0:
        points[row, 0] = targets[row]
        node = int(via[row])
        k = int(1)
        while node != GOAL:
            points[row, k] = s.turn[row, node]
            node = s.root[row, node]
            k += 1
        points[row, k] = goals[row]
