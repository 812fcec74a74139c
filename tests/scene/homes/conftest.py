"""What the tests of homes share: every built-in home, put together once and without light."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from echoenv.scene.homes.assembly import AssembledHome
from echoenv.scene.homes.home import furnished


@pytest.fixture(scope="session")
def assembled_home() -> Callable[[str], AssembledHome]:
    """Gives a home's plan and things by its name as rules placed them, each put together once."""
    return cache(furnished)


@pytest.fixture(scope="session")
def unlit_home(assembled_home) -> Callable:
    """Gives a home's unlit scene and glow (V, 3) by its name, each made once."""

    @cache
    def unlit(name: str):
        home = assembled_home(name)
        return home.assembly.scene(home.name)

    return unlit
