"""The built-in homes: furnished, lit rooms generated from code under the names of Replica's 18 scenes.

A home is a plan (`plans/`), a shell (`shell`, `openings`), things (`things/`) placed by rules (`placement`,
`furnishing`), textures (`textures/`) and light (`light`), put together by `home` and kept by `cache`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from echoenv.scene.homes.home import HOME_NAMES, build_home

__all__ = ["HOME_NAMES", "build_home"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from echoenv.scene.homes import home

        return getattr(home, name)
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
