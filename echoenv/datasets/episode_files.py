"""Episode files of Habitat (PointNav-v1) and SoundSpaces (AudioNav-v1): read and written, scene by scene.

The one idea: a split is one file, `<split>/<split>.json.gz`, that holds the episodes itself or leaves them to one file
a scene, `content/<scene>.json.gz`. An `EpisodeSplit` opens one of them at a time, so a split larger than memory can be
walked through.
"""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from echoenv.datasets.atomic_files import make_writable_folder, write_whole
from echoenv.datasets.episode_json import episode_to_json, parse_episode
from echoenv.datasets.episode_scenes import content_name, scene_name
from echoenv.datasets.episode_types import Episode
from echoenv.errors import DatasetError, nearest

CONTENT_SCENES_PATH = "{data_path}/content/{scene}.json.gz"
"""Where a scene's episodes lie, seen from the folder of the split's file, unless that file says otherwise."""

_PATH_FIELD = "content_scenes_path"
_GOALS_ELSEWHERE = "goals_by_category"  # files of ObjectNav keep goals of all episodes there


@dataclass(frozen=True)
class EpisodeFile:
    """One file of episodes.

    Attributes:
        episodes: Its episodes, in order.
        fields: All that it holds beside `episodes`, such as `content_scenes_path`.
    """

    episodes: tuple[Episode, ...] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)


def read_episode_file(file: str | Path, *, check_distances: bool = True) -> EpisodeFile:
    """Read one `.json.gz` (or `.json`) of episodes.

    Args:
        file: The file.
        check_distances: Refuse geodesic distances that are zero, infinite or not a number.

    Raises:
        DatasetError: The file is missing, cut off or no such file; or an episode is wrong: the message names file,
            number of the episode (from 0) and field.
    """
    path = Path(file)
    raw = _parsed(path)
    if not isinstance(raw, dict) or not isinstance(raw.get("episodes"), list):
        raise DatasetError(f"'{path}' holds no list 'episodes': it is not a file of PointNav or AudioNav episodes")
    needs_goal = _GOALS_ELSEWHERE not in raw
    episodes = tuple(
        parse_episode(each, f"'{path}', episode {number}", check_distances, needs_goal)
        for number, each in enumerate(raw["episodes"])
    )
    return EpisodeFile(episodes, {name: value for name, value in raw.items() if name != "episodes"})


def _parsed(path: Path) -> Any:
    try:
        data = path.read_bytes()
        if data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
        return json.loads(data)
    except FileNotFoundError:
        raise DatasetError(f"episode file '{path}' is missing: {_what_is_there(path)}") from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise DatasetError(f"'{path}' is cut off or damaged: download or write it anew") from None
    except OSError as error:
        raise DatasetError(f"'{path}' cannot be read ({error.strerror or error}): give a .json.gz file") from None
    except (ValueError, RecursionError) as error:
        reason = str(error).splitlines()[0][:80]
        raise DatasetError(f"'{path}' is not JSON ({reason}): give a .json.gz file of episodes") from None


def _what_is_there(path: Path) -> str:
    if not path.parent.is_dir():
        return f"there is no folder '{path.parent}'"
    names = [child.name for child in path.parent.iterdir() if child.name.endswith((".json.gz", ".json"))]
    return nearest(path.name, names) if names else f"'{path.parent}' holds no .json.gz file"


def write_episode_file(file: str | Path, content: EpisodeFile) -> None:
    """Write one `.json.gz` (or, by its name, `.json`) of episodes; the same content gives the same bytes.

    Raises:
        DatasetError: The folder cannot be written, or a number is not finite.
    """
    path = Path(file)
    raw = {**content.fields, "episodes": [episode_to_json(episode) for episode in content.episodes]}
    try:
        data = json.dumps(raw, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise DatasetError(f"'{path}' cannot be written: an episode holds what JSON cannot ({error})") from None
    make_writable_folder(path.parent)
    write_whole(path, data if path.suffix == ".json" else _gzipped(data))


def _gzipped(data: bytes) -> bytes:
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=packed, mtime=0) as stream:
        stream.write(data)
    return packed.getvalue()


class EpisodeSplit:
    """A split of episodes on disk, opened scene by scene.

    Args:
        path: The split's file (`.../val/val.json.gz`) or its folder (`.../val`).
        check_distances: As in `read_episode_file`.

    Attributes:
        file: The split's file.
        main: What that file holds, its own episodes included.
        content_files: Files of single scenes, by the name that the file has, in order of names; {} where there are
            none.

    Raises:
        DatasetError: There is no such file, it is damaged, or it leaves its episodes to files that are not there.
    """

    def __init__(self, path: str | Path, *, check_distances: bool = True) -> None:
        given = Path(path)
        self.file = given / f"{given.name or given.resolve().name}.json.gz" if given.is_dir() else given
        self._check_distances = check_distances
        self.main = read_episode_file(self.file, check_distances=check_distances)
        self.content_files = self._content_files()
        if not self.main.episodes and not self.content_files:
            elsewhere = self._pattern().replace("{scene}", "<scene>")
            raise DatasetError(
                f"'{self.file}' holds no episodes and there is no {elsewhere} either: half a download? Fetch "
                "the folder with its scenes"
            )

    @property
    def scenes(self) -> tuple[str, ...]:
        """Names of the content files without their ending, or of the scenes in the split's own file."""
        if self.content_files:
            return tuple(self.content_files)
        return tuple(sorted({scene_name(episode.scene_id) for episode in self.main.episodes}))

    def scene(self, scene: str) -> EpisodeFile:
        """The episodes of one scene; only its file is read.

        Raises:
            DatasetError: The split has no such scene, or its file is wrong.
        """
        if self.content_files:
            name = scene if scene in self.content_files else content_name(scene)
            if name not in self.content_files:
                raise DatasetError(f"'{self.file}' has no scene '{scene}': {nearest(scene, self.content_files)}")
            return read_episode_file(self.content_files[name], check_distances=self._check_distances)
        if scene not in self.scenes:
            raise DatasetError(f"'{self.file}' has no scene '{scene}': {nearest(scene, self.scenes)}")
        found = tuple(episode for episode in self.main.episodes if scene_name(episode.scene_id) == scene)
        return EpisodeFile(found, self.main.fields)

    def __iter__(self) -> Iterator[Episode]:
        """All episodes as Habitat orders them: the split's own, then scene by scene."""
        yield from self.main.episodes
        for file in self.content_files.values():
            yield from read_episode_file(file, check_distances=self._check_distances).episodes

    def _pattern(self) -> str:
        """Path of content files, with `{scene}` left to fill in."""
        given = self.main.fields.get(_PATH_FIELD, CONTENT_SCENES_PATH)
        if not isinstance(given, str) or given.count("{scene}") != 1:
            raise DatasetError(
                f"'{self.file}': {_PATH_FIELD} {given!r} must hold '{{scene}}' once, such as {CONTENT_SCENES_PATH}"
            )
        return given.replace("{data_path}", str(self.file.parent))

    def _content_files(self) -> dict[str, Path]:
        before, after = self._pattern().split("{scene}")
        folder, start = (before, "") if before.endswith("/") else (str(Path(before).parent), Path(before).name)
        if not Path(folder).is_dir():
            return {}
        names = sorted(child.name for child in Path(folder).iterdir() if child.name.endswith(after))
        return {name[len(start) : -len(after)]: Path(folder) / name for name in names
                if name.startswith(start) and not name.startswith(".")}  # fmt: skip


def write_split(
    folder: str | Path,
    split: str,
    episodes: Iterable[Episode],
    *,
    fields: Mapping[str, Any] | None = None,
    scene_files: bool = True,
) -> Path:
    """Write a split as Habitat and SoundSpaces read it.

    Args:
        folder: The data set's folder; the split becomes `<folder>/<split>/<split>.json.gz`.
        split: `train`, `val`, `test`, or any other name.
        episodes: The episodes; grouped by their scenes. Files of other scenes that are there stay, so scenes can be
            added one by one.
        fields: What else the files hold, beside `episodes`.
        scene_files: One file a scene, and none in the split's own file; False puts all into that.

    Returns:
        The split's file, which is written last.

    Raises:
        DatasetError: The folder cannot be written, or the split's name is a path.
    """
    if not split or Path(split).name != split:
        raise DatasetError(f"split '{split}' is not a name: give one such as train, val, test")
    main = Path(folder) / split / f"{split}.json.gz"
    extra = dict(fields or {})
    if not scene_files:
        write_episode_file(main, EpisodeFile(tuple(episodes), extra))
        return main
    by_scene: dict[str, list[Episode]] = {}
    for episode in episodes:
        by_scene.setdefault(content_name(scene_name(episode.scene_id)), []).append(episode)
    for name, members in sorted(by_scene.items()):
        write_episode_file(main.parent / "content" / f"{name}.json.gz", EpisodeFile(tuple(members), extra))
    write_episode_file(main, EpisodeFile((), {_PATH_FIELD: CONTENT_SCENES_PATH}))
    return main
