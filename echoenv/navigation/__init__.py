"""Walkable space, shortest paths and motion: where an agent can be, how it gets there, and where it gets by walking.

Modules from the ground up: `floors` (surfaces to stand on), `clearance` (distance to obstacles), `islands` (what hangs
together), `walkable_space` (all three, ready for kernels), `geodesics` (shortest walks), `pathfinder` (Habitat's
verbs), `motion` (actions), `map_picture` (drawing).
"""
