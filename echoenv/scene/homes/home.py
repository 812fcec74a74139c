"""Building a home by name: plan, shell, furniture, light.

The one idea: everything follows from the name. Its recipe gives the plan and the seeds; the same name gives the same
bytes on every run. The finished home is kept in the user's cache, keyed by the code that made it.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from echoenv.errors import SceneNotFoundError, nearest
from echoenv.scene.homes import cache
from echoenv.scene.homes.assembly import AssembledHome, Assembly
from echoenv.scene.homes.furnishing import furnish
from echoenv.scene.homes.light import illuminate
from echoenv.scene.homes.mending import mended
from echoenv.scene.homes.placement import Layout
from echoenv.scene.homes.plans.named import HOMES, HomeRecipe
from echoenv.scene.homes.plans.procedural import PREFIX, procedural_home
from echoenv.scene.homes.shell import build_shell
from echoenv.scene.homes.style import Style, seeded
from echoenv.scene.scene import Scene

HOME_NAMES: tuple[str, ...] = tuple(sorted(HOMES))
"""Names of the built-in homes: Replica's 18."""


def build_home(name: str) -> Scene:
    """The built-in home of that name, with its light, from the cache or made now.

    Args:
        name: One of `HOME_NAMES`, or the address of a procedural home, such as `procedural:apartment?seed=7`.

    Returns:
        The scene, closed on all sides, with an acoustic material on every surface and light in its vertex colours.

    Raises:
        SceneNotFoundError: No home or style has that name; the message gives the nearest.
        SettingsError: A procedural home's seed is not a whole number, or something else is set.
    """
    kept = cache.load(recipe_of(name)[0])
    if kept is not None:
        return kept
    scene = light_home(*build_unlit(name))
    cache.store(scene)
    return scene


def recipe_of(name: str) -> tuple[str, HomeRecipe]:
    """Name of the scene and recipe of a home, the arguments and errors as in `build_home`."""
    if name.startswith(PREFIX):
        return procedural_home(name)
    if name not in HOMES:
        raise SceneNotFoundError(f"no built-in home is called '{name}': {nearest(name, HOME_NAMES)}")
    return name, HOMES[name]


def assembled(name: str) -> AssembledHome:
    """Plan and things of a home, inspected and mended; the arguments and errors as in `build_home`."""
    return mended(furnished(name))


def furnished(name: str) -> AssembledHome:
    """Plan and things of a home as rules placed them; the arguments and errors as in `build_home`."""
    scene_name, recipe = recipe_of(name)
    plan = recipe.plan(recipe.scale)
    assembly = Assembly()
    build_shell(assembly, plan, Style.drawn(seeded(f"shell {recipe.shell_seed}")))
    for room in plan.rooms:  # each room has its own chance, so that a change in one leaves the others as they were
        style = Style.drawn(seeded(f"furnishing {recipe.furnishing_seed}"))
        style = dataclasses.replace(style, rng=seeded(f"furnishing {recipe.furnishing_seed} {room.name}"))
        assembly.room = room.name
        furnish(Layout(room, assembly, style))
    return AssembledHome(scene_name, plan, assembly)


def build_unlit(name: str) -> tuple[Scene, NDArray[np.float64]]:
    """The home before light: vertex colours are those of the things. Also the glow (V, 3) of lamps and panes."""
    home = assembled(name)
    return home.assembly.scene(home.name)


def light_home(scene: Scene, glow: NDArray[np.float64]) -> Scene:
    """The scene with light in its vertex colours, its mesh finer where light needs it.

    The light is found by the project's ray engine, which stands above scenes: it is imported here, when it is needed,
    and handed down, so that no module of scenes depends on it.
    """
    from echoenv.rays import RayEngine

    return illuminate(scene, glow, RayEngine)
