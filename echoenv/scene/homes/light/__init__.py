"""Light in a home, found once and kept in the colours of its vertices.

The one idea: light is found twice. First roughly, on the mesh as it was built; that shows where light between two
vertices is not a straight line, and there the mesh is made finer (`refinement`). Then well, on the finer mesh: sky and
lamps (`emitters`) and sun (`daylight`) straight, everything else by a fan of rays from every point (`gathering`), and
the sum becomes colours as a camera would give them (`tone`). All directions are fixed and each point is summed in one
order, so the result is the same on every run, whatever the number of threads. The ray engine is handed in
(`tracing.Tracer`).
"""

from echoenv.scene.homes.light.bake import illuminate

__all__ = ["illuminate"]
