"""What is there of a data set, and what is not: names, sizes, beginnings and ends of files.

The one idea: a check reads little (headers, lengths, lists of objects), so that terabytes are checked in minutes, and
says every problem in a line of its own; `--deep` opens every scene as a simulator would.
"""

from __future__ import annotations

import gzip
import struct
import warnings
import zlib
from collections.abc import Iterable
from pathlib import Path

from echoenv.errors import DatasetError, EchoEnvError
from echoenv.scene.data_files import check_is_data, read_json_object, unfinished_download
from echoenv.scene.semantic_files import read_descriptor


class Report:
    """What a check found.

    Attributes:
        found: What is there, a line each.
        problems: What is missing or wrong, a line each.
    """

    def __init__(self) -> None:
        self.found: list[str] = []
        self.problems: list[str] = []

    def good(self, line: str) -> None:
        """Notes something that is there."""
        self.found.append(line)

    def bad(self, line: str) -> None:
        """Notes a problem."""
        self.problems.append(line)

    def file(self, path: Path, needed: bool = True) -> bool:
        """Checks one file by its beginning and end; whether it is there and whole as far as that shows."""
        if not path.is_file():
            part = unfinished_download(path)
            if part is not None:
                self.bad(f"{path}: not whole, there is only {part.name}")
            elif needed:
                self.bad(f"{path}: missing")
            return False
        try:
            check_contents(path)
        except EchoEnvError as error:
            self.bad(str(error))
            return False
        return True

    def scene(self, name: str, data_dir: Path) -> None:
        """Opens a scene as a simulator would, and says what it holds."""
        from echoenv.scene.files import load_scene

        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                scene = load_scene(name, data_dir=data_dir)
            except EchoEnvError as error:
                self.bad(str(error))
                return
        said = [str(one.message) for one in caught if "table of materials" not in str(one.message)]
        notes = f"; {'; '.join(said)}" if said else ""
        self.good(f"{name}: {len(scene.triangles):,} triangles, {len(scene.objects)} objects{notes}")

    def finish(self, title: str) -> int:
        """Prints everything.

        Returns:
            0.

        Raises:
            DatasetError: There are problems; one line that counts them.
        """
        for line in self.found:
            print(f"  ok       {line}")
        for line in self.problems:
            print(f"  PROBLEM  {line}")
        if self.problems:
            count = len(self.problems)
            raise DatasetError(f"{title}: {count} problem{'s' if count > 1 else ''}, listed above; the rest is fine")
        if not self.found:
            raise DatasetError(f"{title}: nothing of it is here")
        print(f"{title}: all that was looked for is here")
        return 0


def check_contents(path: Path) -> None:
    """Check a file by what its ending promises.

    Raises:
        SceneFileError: It is a pointer or a web page, empty, or not what its ending says.
        DatasetError: It is cut off or damaged.
    """
    check_is_data(path)
    ending = path.suffix.lower()
    if ending == ".glb":
        _check_glb(path)
    elif ending == ".ply":
        _check_start(path, b"ply", "a PLY file")
    elif ending in (".house", ".scn") or path.name.endswith(".semantic.txt"):
        read_descriptor(path)
    elif ending == ".json":
        read_json_object(path, "JSON file")
    elif ending == ".gz":
        _check_gzip(path)
    elif ending == ".wav":
        _check_wave(path)
    elif ending == ".pkl":
        _check_start(path, b"\x80", "a pickle of protocol 2 or later")


def _check_start(path: Path, start: bytes, what: str) -> None:
    with path.open("rb") as file:
        if file.read(len(start)) != start:
            raise DatasetError(f"'{path}' is not {what}: fetch it anew")


def _check_glb(path: Path) -> None:
    """A GLB says in its header how long it is."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
    if len(head) < 12 or head[:4] != b"glTF":
        raise DatasetError(f"'{path}' is not a GLB file: fetch it anew")
    expected = struct.unpack("<I", head[8:])[0]
    if size < expected:
        raise DatasetError(f"'{path}' has {size:,} of its {expected:,} bytes: fetch it anew")


def _check_wave(path: Path) -> None:
    """A RIFF file says in its header how long it is; 0 bytes of sound are allowed, as SoundSpaces has such files."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:] != b"WAVE":
        raise DatasetError(f"'{path}' is not a WAV file: fetch it anew")
    expected = struct.unpack("<I", head[4:8])[0] + 8
    if size < expected:
        raise DatasetError(f"'{path}' has {size:,} of its {expected:,} bytes: fetch it anew")


def _check_gzip(path: Path) -> None:
    try:
        with gzip.open(path) as file:
            while file.read(1 << 20):
                pass
    except (OSError, EOFError, zlib.error) as error:
        raise DatasetError(f"'{path}' is cut off or damaged ({error}): fetch it anew") from None


def folders_in(folder: Path) -> list[Path]:
    """Folders directly in a folder, sorted; none where it is missing."""
    return sorted(child for child in folder.iterdir() if child.is_dir()) if folder.is_dir() else []


def chosen(names: Iterable[str], scenes: list[str] | None, where: str) -> list[str]:
    """The scenes that were asked for out of those that exist; all of them where none was named.

    Raises:
        DatasetError: A name is none of them.
    """
    from echoenv.errors import nearest

    known = list(names)
    for scene in scenes or ():
        if scene not in known:
            raise DatasetError(f"scene '{scene}' is not one of {where}: {nearest(scene, known)}")
    return scenes or known
