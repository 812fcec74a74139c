"""A folder of SoundSpaces 1.0, as its users have it: what is in it, and what it is where it is something else.

The one idea: which data set it is, is said, or told from the name of one folder below `metadata`; never from a word
anywhere in the path, so a user called replica-fan can have Matterport3D.
"""

from __future__ import annotations

from pathlib import Path

from echoenv.datasets.soundspaces.check import SceneReport
from echoenv.datasets.soundspaces.rules import RULES, SoundSpacesPaths, SoundSpacesRules, rules_named
from echoenv.datasets.soundspaces.scene_files import SoundSpacesScene
from echoenv.errors import DatasetError, nearest

_PARTS = ("metadata", "binaural_rirs", "ambisonic_rirs", "scene_observations", "sounds", "datasets", "scene_datasets")


class SoundSpacesFolder:
    """A data set in the layout of SoundSpaces 1.0.

    Args:
        root: The folder that holds `metadata`, `binaural_rirs`, `scene_observations`; SoundSpaces calls it `data`.
        dataset: Name of the data set's folders below those, such as `replica` or `mp3d`; None takes the only one.
        rules: `replica`, `mp3d` or rules of one's own; None goes by the name of the data set's folders.

    Attributes:
        root, dataset, rules: As given or found.
        paths: Where the files lie.

    Raises:
        DatasetError: The folder is missing, is another data set's (says which), holds several, or lacks `metadata`.
        SettingsError: No such rules.
    """

    def __init__(
        self, root: str | Path, dataset: str | None = None, rules: str | SoundSpacesRules | None = None
    ) -> None:
        self.root = Path(root)
        self.dataset = _dataset_in(self.root, dataset)
        self.rules = _rules_of(self.root, self.dataset) if rules is None else rules_named(rules)
        self.paths = SoundSpacesPaths(self.root, self.dataset)

    def scenes(self) -> list[str]:
        """Names of the scenes that have metadata, sorted."""
        folder = self.root / "metadata" / self.dataset
        return sorted(path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))

    def scene(self, name: str) -> SoundSpacesScene:
        """One scene.

        Raises:
            DatasetError: There is none of that name; names the nearest.
        """
        if name not in self.scenes():
            raise DatasetError(f"no scene '{name}' in {self.root / 'metadata' / self.dataset}: {self._hint(name)}")
        return SoundSpacesScene(self.paths, self.rules, name)

    def _hint(self, name: str) -> str:
        return nearest(name, self.scenes())

    def check(self, read_all: bool = False) -> list[SceneReport]:
        """The state of every scene: numbers, what is missing or empty, what disagrees.

        Args:
            read_all: Open every response; takes long.
        """
        return [self.scene(name).check(read_all) for name in self.scenes()]

    def sounds(self, collection: str = "1s_all") -> list[str]:
        """Names of the sounds of a collection, sorted; none where the folder is missing."""
        return sorted(path.stem for path in (self.paths.sounds() / collection).glob("*.wav"))

    def sound_file(self, name: str, collection: str = "1s_all") -> Path:
        """The file of a sound.

        Raises:
            DatasetError: There is none of that name; names the nearest.
        """
        path = self.paths.sounds() / collection / f"{name.removesuffix('.wav')}.wav"
        if not path.is_file():
            raise DatasetError(f"no sound {path}: {nearest(path.stem, self.sounds(collection))}")
        return path


def _dataset_in(root: Path, dataset: str | None) -> str:
    metadata = root / "metadata"
    if not root.is_dir():
        raise DatasetError(f"{root} is no folder: give the one that holds metadata/ and binaural_rirs/")
    if not metadata.is_dir():
        raise DatasetError(f"{root} is no folder of SoundSpaces 1.0: {_what_it_is(root)}")
    found = sorted(path.name for path in metadata.iterdir() if path.is_dir() and not path.name.startswith("."))
    if dataset is not None and dataset in found:
        return dataset
    if dataset is not None:
        raise DatasetError(f"no data set '{dataset}' in {metadata}: {nearest(dataset, found)}")
    if len(found) != 1:
        held = f"{' and '.join(found)}: say which with dataset=" if found else "no data set: unpack metadata.tar.xz"
        raise DatasetError(f"{metadata} holds {held}")
    return found[0]


def _rules_of(root: Path, dataset: str) -> SoundSpacesRules:
    if dataset in RULES:
        return RULES[dataset]
    if (root / "metadata" / dataset / "points.txt").is_file():
        raise DatasetError(
            f"{root / 'metadata' / dataset} is a scene, expected a data set of scenes: a level such as 'replica' is "
            "missing"
        )
    raise DatasetError(
        f"data set '{dataset}' in {root / 'metadata'} is neither replica nor mp3d: say with rules= whose rules it has"
    )


def _what_it_is(root: Path) -> str:
    """What a folder is that is no folder of SoundSpaces, and what to do about it."""
    if (root / "data" / "metadata").is_dir():
        return f"but {root / 'data'} is one: give that"
    above = next((parent for parent in root.parents if (parent / "metadata").is_dir()), None)
    if above is not None and root.relative_to(above).parts[0] in _PARTS:
        return f"but {above} is one: give that"
    if any(root.glob("scene_observations_*.pkl")) or (root / "echoes_navigable").is_dir():
        return "it is VisualEchoes': read it with VisualEchoesDataset"
    if (root / "dataset.json").is_file():
        return "it was written by echoenv.collect in another format: read it with EchoDataset or VisualEchoesDataset"
    if any(root.glob("*/habitat/mesh_semantic.ply")):
        return "it holds Replica's scans; give the folder with metadata/ and binaural_rirs/ that goes with them"
    there = [part for part in _PARTS if (root / part).is_dir()]
    if there:
        return f"it has {', '.join(there)} but not metadata/: unpack SoundSpaces' metadata.tar.xz there"
    return "it lacks metadata/, binaural_rirs/ and all the rest: give the folder that SoundSpaces calls data"
