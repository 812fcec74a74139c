"""SoundSpaces 2.0's files of acoustic materials: read, checked, and what is wrong with them said.

The one idea: such a file is data that somebody else made, so it is read with a report. Rows that break the
conservation of energy are scaled and named, labels that can never match and numbers that look like slips are named and
kept, fields that have no meaning here are named as unused. Nothing is corrected in silence.

How a file is understood, (K9) to (K11) of docs/physics.md: coefficients are fractions of incident *energy*, as the
values are (the engine's header calls them pressure, but they are the textbooks' energy coefficients). Between the given
frequencies they are interpolated along the logarithm of frequency; beyond them the first and the last value hold.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.errors import MaterialError
from echoenv.scene.material_files import check_keys, read_json
from echoenv.scene.material_mapping import MaterialMapping, words_of
from echoenv.scene.material_table import built_in_mapping
from echoenv.scene.materials import AcousticMaterial
from echoenv.scene.octave_bands import OCTAVE_CENTRES

_COEFFICIENTS = ("absorption", "scattering", "transmission")
_UNUSED = ("damping", "density", "speed")
_KEYS = ("name", "labels", *_COEFFICIENTS, *_UNUSED)

STEEPEST_RISE = 6.0
"""[dB] an octave by which more sound may go through before it looks like a slip: coincidence dips are no deeper."""

STEEPEST_FALL = 12.0
"""[dB] an octave by which less may go through: twice the mass law of a single leaf."""

_WATER = (1400.0, 1600.0)  # [m/s]


@dataclass(frozen=True)
class MaterialFinding:
    """One thing that a file of materials says and that a user should know.

    Attributes:
        kind: `energy` (scaled), `unlabelled`, `repeated label`, `joined label`, `clashing labels`, `jump`, `unused`,
            `shared`, `range` or `meaning`.
        text: What was found and what was done about it.
        materials: Names of the materials that it is about.
    """

    kind: str
    text: str
    materials: tuple[str, ...] = ()


@dataclass(frozen=True)
class MaterialReport:
    """Everything that was found in a file of materials.

    Attributes:
        source: The file.
        findings: What was found, the gravest first.
    """

    source: str
    findings: tuple[MaterialFinding, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """One line for each finding."""
        return tuple(f"{finding.kind}: {finding.text}" for finding in self.findings)

    @property
    def summary(self) -> str:
        """The findings that change results or point to mistakes, in one line."""
        counts = Counter(finding.kind for finding in self.findings if finding.kind not in ("meaning", "range"))
        said = ", ".join(f"{kind} ({count})" if count > 1 else kind for kind, count in counts.items())
        return f"{self.source}: {said or 'nothing to report'}"

    def of_kind(self, kind: str) -> tuple[MaterialFinding, ...]:
        """The findings of one kind."""
        return tuple(finding for finding in self.findings if finding.kind == kind)

    def __str__(self) -> str:
        return "\n".join([f"{self.source}:", *(f"  {line}" for line in self.lines)])


@dataclass(frozen=True, eq=False)
class _Row:
    """A row as given: its labels, and (frequencies [Hz], values) of each coefficient."""

    name: str
    labels: tuple[str, ...]
    pairs: dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]
    unused: dict[str, Any]

    def bands(self, key: str) -> NDArray[np.float64]:
        """Coefficient (8,) at the octave bands, (K9)."""
        frequencies, values = self.pairs[key]
        return np.asarray(np.interp(np.log2(OCTAVE_CENTRES), np.log2(frequencies), values))


def read_soundspaces_materials(path: str | Path, warn: bool = True) -> tuple[MaterialMapping, MaterialReport]:
    """Read a file of materials in the format of SoundSpaces 2.0 (RLR Audio Propagation).

    A name is matched as there: the material with the most labels that occur in the name wins, of equals the first in
    the file; names without any get the material labelled `default`, or keep what they have where there is none.

    Args:
        path: The JSON file.
        warn: Whether to warn, with the report's summary, where there is anything to report.

    Returns:
        The mapping, and the report of what is odd about the file. Materials keep their names; of equal names the
        later ones get a number.

    Raises:
        MaterialError: The file is missing or is not such a file: no list `materials`, an unknown key, a missing one, a
            coefficient outside 0..1 or NaN, frequencies that do not rise.
    """
    table = read_json(path)
    check_keys(table, ("materials",), ("materials",), f"'{path}'")
    if not isinstance(table["materials"], list) or not table["materials"]:
        raise MaterialError(f"'{path}': materials must be a list with at least one material")
    rows = _without_equal_names([_read_row(row, k, path) for k, row in enumerate(table["materials"])])
    materials, scaled = {}, []
    for row in rows:
        materials[row.name], finding = _as_material(row, path)
        scaled += [finding] if finding else []
    findings = [*scaled, *_jumps(rows), *_label_findings(rows), *_field_findings(rows), *_range_findings(rows)]
    report = MaterialReport(f"'{path}'", tuple(findings))
    mapping = MaterialMapping(
        materials=materials,
        labels={row.name: row.labels for row in rows if row.labels},
        default=next((row.name for row in rows if "default" in map(words_of, row.labels)), None),
        source=f"'{path}'",
    )
    if warn and any(finding.kind not in ("meaning", "range", "unused") for finding in findings):
        warnings.warn(f"materials of {report.summary}; print the report to see each", stacklevel=2)
    return mapping, report


def _read_row(row: Any, number: int, path: str | Path) -> _Row:
    if not isinstance(row, dict):
        raise MaterialError(f"'{path}': material {number} must be a JSON object {{...}}, not {type(row).__name__}")
    where = f"'{path}': material '{row.get('name', number)}'"
    check_keys(row, _KEYS, ("name", *_COEFFICIENTS), where)
    labels = row.get("labels", [])
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise MaterialError(f"{where}: labels {labels!r} must be a list of names")
    pairs = {key: _read_pairs(row[key], key, where) for key in _COEFFICIENTS}
    return _Row(str(row["name"]), tuple(labels), pairs, {key: row[key] for key in _UNUSED if key in row})


def _read_pairs(values: Any, key: str, where: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Frequencies [Hz] and values of a list `[f, v, f, v, ...]`."""
    try:
        flat = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        flat = np.zeros(0)
    if flat.ndim != 1 or flat.size < 2 or flat.size % 2:
        raise MaterialError(f"{where}: {key} must be a list of pairs [frequency, value, frequency, value, ...]")
    frequencies, values = flat[::2], flat[1::2]
    if not (np.isfinite(frequencies).all() and frequencies[0] > 0.0 and (np.diff(frequencies) > 0.0).all()):
        raise MaterialError(f"{where}: frequencies of {key} {frequencies.tolist()} must be positive and rise [Hz]")
    if not ((values >= 0.0) & (values <= 1.0 + 1e-6)).all():
        raise MaterialError(f"{where}: {key} {values.tolist()} must lie between 0 and 1 (fractions of energy)")
    return frequencies, np.minimum(values, 1.0)


def _without_equal_names(rows: Sequence[_Row]) -> list[_Row]:
    seen: Counter[str] = Counter()
    unique = []
    for row in rows:
        seen[row.name] += 1
        name = row.name if seen[row.name] == 1 else f"{row.name} ({seen[row.name]})"
        unique.append(_Row(name, row.labels, row.pairs, row.unused))
    return unique


def _as_material(row: _Row, path: str | Path) -> tuple[AcousticMaterial, MaterialFinding | None]:
    """The material, scaled where absorption and transmission exceed one, (K10)."""
    absorption, transmission = row.bands("absorption"), row.bands("transmission")
    total = absorption + transmission
    excess = np.maximum(total, 1.0)
    finding = None
    if (total > 1.0 + 1e-6).any():
        said = [f"{total[k]:.3f} at {OCTAVE_CENTRES[k]:g} Hz" for k in np.flatnonzero(total > 1.0 + 1e-6)]
        finding = MaterialFinding(
            "energy",
            f"'{row.name}' absorbs and transmits {', '.join(said)} of the energy it meets: both are divided by that",
            (row.name,),
        )
    citation = f"'{path}', row '{row.name}'" + (", scaled to conserve energy" if finding else "")
    material = AcousticMaterial(
        row.name,
        (absorption / excess).astype(np.float32),
        row.bands("scattering").astype(np.float32),
        np.minimum(transmission / excess, 1.0 - (absorption / excess).astype(np.float32)).astype(np.float32),
        citation=citation,
    )
    return material, finding


def _jumps(rows: Sequence[_Row]) -> list[MaterialFinding]:
    """Transmission that changes more from octave to octave than partitions do."""
    found = []
    for row in rows:
        frequencies, values = row.pairs["transmission"]
        for low, high in zip(range(len(values) - 1), range(1, len(values)), strict=True):
            before, after = values[low], values[high]
            if min(before, after) <= 0.0:
                continue
            change = 10.0 * np.log10(after / before) / np.log2(frequencies[high] / frequencies[low])
            if -STEEPEST_FALL <= change <= STEEPEST_RISE:
                continue
            text = (
                f"transmission of '{row.name}' goes from {before:.3g} at {frequencies[low]:g} Hz to {after:.3g} at "
                f"{frequencies[high]:g} Hz ({change:+.1f} dB an octave), which looks like a slipped decimal: kept"
            )
            found.append(MaterialFinding("jump", text, (row.name,)))
    return found


def _label_findings(rows: Sequence[_Row]) -> list[MaterialFinding]:
    found = []
    unlabelled = tuple(row.name for row in rows if not row.labels)
    if unlabelled:
        text = f"{len(unlabelled)} of {len(rows)} materials have no label and can never be chosen: "
        quoted = ", ".join(f"'{name}'" for name in unlabelled)
        found.append(MaterialFinding("unlabelled", text + quoted, unlabelled))
    for row in rows:
        for label, count in Counter(row.labels).items():
            if count > 1:
                text = f"'{row.name}' has the label '{label}' {count} times: it counts once"
                found.append(MaterialFinding("repeated label", text, (row.name,)))
    return [*found, *_joined_labels(rows), *_clashing_labels(rows)]


def _joined_labels(rows: Sequence[_Row]) -> list[MaterialFinding]:
    """Labels that are two known names without anything between them, and no known name themselves."""
    known = {words_of(name) for name in built_in_mapping().known_names} | {
        words_of(label) for row in rows for label in row.labels
    }
    once = Counter(words_of(label) for row in rows for label in row.labels)
    found = []
    for row in rows:
        for label in dict.fromkeys(map(words_of, row.labels)):
            others = known - {label} if once[label] == 1 else known
            if label in built_in_mapping().categories:
                continue
            halves = [(label[:k], label[k:]) for k in range(3, len(label) - 2)]
            split = next((pair for pair in halves if pair[0] in others and pair[1] in others), None)
            if split:
                text = (
                    f"'{row.name}' has the label '{label}', which looks like '{split[0]}' and '{split[1]}' run "
                    "together: neither of them finds the material; kept as it is"
                )
                found.append(MaterialFinding("joined label", text, (row.name,)))
    return found


def _clashing_labels(rows: Sequence[_Row]) -> list[MaterialFinding]:
    """Labels that also match inside another material's label, as `stair` does in `stairs`."""
    found = []
    labels = [(row.name, words_of(label)) for row in rows for label in dict.fromkeys(row.labels)]
    for name, label in labels:
        for other, longer in labels:
            if other != name and label in longer:
                text = f"a thing called '{longer}' matches '{longer}' of '{other}' and '{label}' of '{name}': "
                text += "the one with more labels in the name wins, of equals the first in the file"
                found.append(MaterialFinding("clashing labels", text, (name, other)))
    return found


def _field_findings(rows: Sequence[_Row]) -> list[MaterialFinding]:
    """Fields that nothing here uses, and those that all rows share although their materials differ."""
    found = []
    present = [key for key in _UNUSED if any(key in row.unused for row in rows)]
    if present:
        text = f"{', '.join(present)} are not used: walls are thin, sound passes them without delay"
        found.append(MaterialFinding("unused", text))
    for key in present:
        values = [repr(row.unused.get(key)) for row in rows]
        if len(rows) > 1 and len(set(values)) == 1:
            text = f"all {len(rows)} materials share one {key}{_shown(rows[0].unused[key], key)}"
            found.append(MaterialFinding("shared", text, tuple(row.name for row in rows)))
    return found


def _shown(value: Any, key: str) -> str:
    if not isinstance(value, (int, float)):
        return " curve"
    water = key == "speed" and _WATER[0] < value < _WATER[1]
    return f" of {value:.6g}" + (" m/s, that of water, which no wall has" if water else "")


def _range_findings(rows: Sequence[_Row]) -> list[MaterialFinding]:
    found = [MaterialFinding("meaning", "coefficients are taken for fractions of incident energy, as their values are")]
    lowest = max(row.pairs["absorption"][0][0] for row in rows)
    highest = min(row.pairs["absorption"][0][-1] for row in rows)
    beyond = [f"{centre:g}" for centre in OCTAVE_CENTRES if not lowest <= centre <= highest]
    if beyond:
        text = f"values cover {lowest:g} to {highest:g} Hz: the first or last one serves for {' and '.join(beyond)} Hz"
        found.append(MaterialFinding("range", text))
    return found
