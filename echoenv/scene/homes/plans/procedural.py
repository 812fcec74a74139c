"""Homes without end: `procedural:apartment?seed=7` names a home of a style and a seed.

The one idea: such a name is an address of the form `procedural:STYLE?seed=SEED`; the scene it stands for is called
`procedural_STYLE_SEED`, which every file system takes as the name of a folder.
"""

from __future__ import annotations

import re

from echoenv.errors import SceneNotFoundError, SettingsError, nearest
from echoenv.scene.homes.plans.drafts import DRAFT_STYLES
from echoenv.scene.homes.plans.named import HomeRecipe
from echoenv.scene.homes.plans.varied import varied_plan

PREFIX = "procedural:"
"""How the names of these homes begin."""

_MOST = 100_000  # homes of a range


def procedural_home(address: str) -> tuple[str, HomeRecipe]:
    """Name and recipe of the home at an address.

    Args:
        address: `procedural:STYLE` (seed 0) or `procedural:STYLE?seed=SEED`, with SEED from 0 to 10^18 - 1.

    Returns:
        The scene's name, such as `procedural_apartment_7`, and how it is made.

    Raises:
        SceneNotFoundError: No such style.
        SettingsError: The seed is not a number of that range, or something other than a seed is set.
    """
    style, _, query = address.removeprefix(PREFIX).partition("?")
    if style not in DRAFT_STYLES:
        raise SceneNotFoundError(f"no style of procedural homes is called '{style}': {nearest(style, DRAFT_STYLES)}")
    seed = _seed_of(query, address)
    name = f"procedural_{style}_{seed}"
    return name, HomeRecipe(lambda _: varied_plan(style, seed), 1.0, name, name)


def addresses(text: str) -> list[str]:
    """The addresses that a range of seeds stands for: `procedural:room?seed=0..9` is ten homes; any other text itself.

    Raises:
        SettingsError: The range runs backwards, or is longer than a hundred thousand homes.
    """
    found = re.fullmatch(rf"({PREFIX}[^?]*\?seed=)([0-9]{{1,18}})\.\.([0-9]{{1,18}})", text)
    if not found:
        return [text]
    first, last = int(found[2]), int(found[3])
    if not first <= last < first + _MOST:
        raise SettingsError(f"'{text}': give seeds from a lower to a higher one, {_MOST} at most, as in 0..99")
    return [f"{found[1]}{seed}" for seed in range(first, last + 1)]


def _seed_of(query: str, address: str) -> int:
    if not query:
        return 0
    key, _, value = query.partition("=")
    if key != "seed":
        raise SettingsError(f"'{address}' sets '{key}': only the seed can be set, as in '{PREFIX}apartment?seed=7'")
    if not re.fullmatch(r"[0-9]{1,18}", value):
        raise SettingsError(f"'{address}' has the seed '{value}': give one whole number from 0 to 10^18 - 1")
    return int(value)
