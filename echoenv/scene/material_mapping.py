"""From what a thing is called to what it does to sound: a table that a user can replace, and scenes that follow it.

The one idea: a mapping is data, materials and rules by which names find them. The project's own table is one mapping,
a SoundSpaces file is another, and a user's JSON file a third; `with_materials` gives any scene the materials of any of
them, and says by name what it did not know.
"""

from __future__ import annotations

import dataclasses
import difflib
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from echoenv.errors import MaterialError, nearest
from echoenv.scene.materials import AcousticMaterial
from echoenv.scene.scene import Scene, Surface

_LISTED = 12  # unknown names that a warning spells out


def words_of(name: str) -> str:
    """A name as rules compare it: lower case, with blanks for hyphens and underscores."""
    return " ".join(name.lower().replace("_", " ").replace("-", " ").split())


@dataclass(frozen=True, eq=False)
class MaterialMapping:
    """Materials, and which of them a thing is taken to be made of by what it is called.

    A name is looked up by these rules, in this order; case does not matter, and hyphens and underscores are blanks.

    1. `categories`: the whole name.
    2. `name_parts`: the first part, in their order, that occurs in the name.
    3. `labels`: the material with the most labels that occur in the name; of equals the first (SoundSpaces' rule).

    Attributes:
        materials: The materials by name.
        categories: Name of the material for each whole name.
        name_parts: Name of the material for each part of a name.
        labels: Labels of each material.
        default: Name of the material for names that no rule knows; None keeps what a surface has.
        source: What messages call this mapping.

    Raises:
        MaterialError: A rule leads to a material that is not there.
    """

    materials: Mapping[str, AcousticMaterial]
    categories: Mapping[str, str] = field(default_factory=dict)
    name_parts: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    default: str | None = None
    source: str = "the given mapping"

    def __post_init__(self) -> None:
        self._check()
        for rules in ("categories", "name_parts"):
            object.__setattr__(self, rules, {words_of(k): v for k, v in getattr(self, rules).items()})
        labels = {name: tuple(dict.fromkeys(map(words_of, given))) for name, given in self.labels.items()}
        object.__setattr__(self, "labels", labels)

    def _check(self) -> None:
        named = [(f"category '{k}'", v) for k, v in self.categories.items()]
        named += [(f"name part '{k}'", v) for k, v in self.name_parts.items()]
        named += [(f"the labels {list(given)}", name) for name, given in self.labels.items()]
        named += [("the default", self.default)] if self.default is not None else []
        for what, name in named:
            if name not in self.materials:
                raise MaterialError(
                    f"{self.source}: {what} leads to material '{name}', which is not in it: "
                    f"{nearest(str(name), self.materials)}"
                )

    def find(self, name: str) -> str | None:
        """Name of the material for what is called `name`; None where no rule knows it (the default is no rule)."""
        words = words_of(name)
        if not words:
            return None
        if words in self.categories:
            return self.categories[words]
        part = next((part for part in self.name_parts if part in words), None)
        if part is not None:
            return self.name_parts[part]
        matches = {name: sum(label in words for label in labels) for name, labels in self.labels.items()}
        best = max(matches, key=lambda name: matches[name], default=None)  # max keeps the first of equals
        return best if best is not None and matches[best] else None

    def material_for(self, name: str) -> AcousticMaterial:
        """The material for what is called `name`.

        Raises:
            MaterialError: No rule knows the name and there is no default; the message names the nearest.
        """
        found = self.find(name) or self.default
        if found is None:
            raise MaterialError(f"{self.source} has no material for '{name}': {nearest(name, self.known_names)}")
        return self.materials[found]

    @property
    def known_names(self) -> tuple[str, ...]:
        """Every name, part and label that leads to a material."""
        labels = [label for given in self.labels.values() for label in given]
        return tuple(dict.fromkeys([*self.categories, *self.name_parts, *labels]))

    def replacing(self, changes: Mapping[str, AcousticMaterial | str]) -> MaterialMapping:
        """The same mapping, with other materials for some names.

        Args:
            changes: For a whole name (`wall`) a material, or the name of one that the mapping has.

        Raises:
            MaterialError: No material goes by that name.
        """
        given = {value.name: value for value in changes.values() if isinstance(value, AcousticMaterial)}
        names = {k: value.name if isinstance(value, AcousticMaterial) else value for k, value in changes.items()}
        known = {words_of(k): v for k, v in self.categories.items()}
        changed = {words_of(k): v for k, v in names.items()}
        return dataclasses.replace(
            self,
            materials={**self.materials, **given},
            categories={**known, **changed},
            source=f"{self.source}, changed for {', '.join(changes)}",
        )


@dataclass(frozen=True)
class UnknownName:
    """A name of a scene that a mapping does not know.

    Attributes:
        name: As the scene has it.
        area: Share (0..1) of the scene's area that goes by it.
        near: Known names that are near, in words.
    """

    name: str
    area: float
    near: str


def with_materials(scene: Scene, mapping: MaterialMapping) -> Scene:
    """The scene with the materials that a mapping gives to what it is made of.

    A triangle is looked up by its object's category, then by its surface's name, then by the name of the material
    that it has; the first that a rule knows decides. Looks, objects and geometry stay.

    Args:
        scene: Any scene.
        mapping: Such as `built_in_mapping()`, `read_materials(...)` or `read_soundspaces_materials(...)[0]`.

    Returns:
        A new scene. Names that no rule knows get the mapping's default, or keep their material where it has none.

    Warns:
        UserWarning: Once, with the names that no rule knows, the largest first, where the mapping has a default; and
            where it knows nothing of the scene at all.
    """
    pairs, inverse = _surface_categories(scene)
    found = [_lookup(scene, mapping, *pair) for pair in pairs]
    surfaces: dict[tuple[int, str], Surface] = {}
    numbers: list[int] = []
    for (surface, _), name in zip(pairs, found, strict=True):
        old = scene.surfaces[surface]
        chosen = name or mapping.default
        new = old.material if chosen is None else mapping.materials[chosen]
        key = (surface, new.name)
        surfaces.setdefault(key, dataclasses.replace(old, material=new))
        numbers.append(list(surfaces).index(key))
    if mapping.default is not None or not any(found):  # a mapping without one may mean to change a few things only
        report_unknown(scene, mapping)
    triangle_surfaces = np.array(numbers, dtype=np.int32)[inverse]
    return dataclasses.replace(scene, surfaces=tuple(surfaces.values()), triangle_surfaces=triangle_surfaces)


def unknown_names(scene: Scene, mapping: MaterialMapping) -> tuple[UnknownName, ...]:
    """What a scene is made of that no rule of a mapping knows, each name once, the largest area first.

    A surface that has the mapping's default material, since nothing better was known when it was read, is not known.
    """
    pairs, inverse = _surface_categories(scene)
    areas = np.bincount(inverse, triangle_areas(scene), len(pairs))
    sums: dict[str, float] = {}
    for (surface, category), area in zip(pairs, areas, strict=True):
        if _lookup(scene, mapping, surface, category) in (None, mapping.default):
            name = category if category != "unknown" else scene.surfaces[surface].name
            if mapping.default is not None and mapping.find(name) == mapping.default:
                continue  # known to be that
            sums[name] = sums.get(name, 0.0) + float(area)
    total = max(float(areas.sum()), 1e-30)
    ordered = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    return tuple(UnknownName(name, area / total, _near(name, mapping.known_names)) for name, area in ordered)


def _near(name: str, known: Sequence[str]) -> str:
    """Words that point to the nearest known name; far ones would only puzzle."""
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.75)
    return f"did you mean {close[0]}?" if close else "no known name is near"


def triangle_areas(scene: Scene) -> NDArray[np.float64]:
    """Area [m2] (T,) of each triangle."""
    a, b, c = (scene.vertices[scene.triangles[:, k]].astype(np.float64) for k in range(3))
    return np.asarray(0.5 * np.linalg.norm(np.cross(b - a, c - a), axis=1))


def _surface_categories(scene: Scene) -> tuple[list[tuple[int, str]], NDArray[np.int64]]:
    """Every pair of a surface and a category that occurs, and which of them (T,) each triangle has."""
    categories = {thing.id: thing.category for thing in scene.objects}
    names = list(dict.fromkeys(["unknown", *categories.values()]))
    ids, objects = np.unique(scene.triangle_objects, return_inverse=True)
    category = np.array([names.index(categories.get(int(i), "unknown")) for i in ids])[objects.reshape(-1)]
    rows, inverse = np.unique(np.column_stack([scene.triangle_surfaces, category]), axis=0, return_inverse=True)
    return [(int(surface), names[k]) for surface, k in rows], inverse.reshape(-1)


def _lookup(scene: Scene, mapping: MaterialMapping, surface: int, category: str) -> str | None:
    old = scene.surfaces[surface]
    names = [*([category] if category != "unknown" else []), old.name, old.material.name]
    return next((found for found in map(mapping.find, names) if found is not None), None)


def report_unknown(scene: Scene, mapping: MaterialMapping) -> None:
    """Warn once of all that a scene is made of and no rule of a mapping knows; nothing where all is known."""
    unknown = unknown_names(scene, mapping)
    if unknown:
        said = [f"'{one.name}' ({100.0 * one.area:.1f} % of the area; {one.near})" for one in unknown[:_LISTED]]
        more = f" and {len(unknown) - _LISTED} more" if len(unknown) > _LISTED else ""
        fate = "keep their materials" if mapping.default is None else f"are taken for '{mapping.default}'"
        warnings.warn(
            f"scene '{scene.name}': {mapping.source} does not know {', '.join(said)}{more}: they {fate}; "
            "name them with mapping.replacing({...})",
            stacklevel=3,
        )
