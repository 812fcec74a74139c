"""Whether a file is the data that its name promises: unfinished downloads, Git LFS pointers, JSON that is none.

The one idea: data sets arrive by download tools that leave something else behind when they are stopped, under a name of
their own (`.part`) or under the right name (a Git LFS pointer, an error page). What is there is named before a parser
stumbles over it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from echoenv.errors import SceneFileError

UNFINISHED_ENDINGS = (".part", ".crdownload", ".partial", ".download", ".aria2", ".!ut")
"""What download tools append to a file that is not whole: curl and Firefox, Chrome, wget and others, Safari, ..."""

_POINTER_START = b"version https://git-lfs.github.com/spec/v1"  # git-lfs docs/spec.md
_PAGE_STARTS = (b"<!doctype html", b"<html")


def check_is_data(path: Path) -> None:
    """Check that a file is neither empty nor something that a download left in its place.

    Raises:
        SceneFileError: Empty, a Git LFS pointer, a web page, or it cannot be opened.
    """
    try:
        with path.open("rb") as file:
            start = file.read(512)
    except OSError as error:
        raise SceneFileError(
            f"'{path}' cannot be opened ({error.strerror or error}): check it and its rights"
        ) from None
    if not start:
        raise SceneFileError(f"'{path}' is empty: copy or download it anew")
    if start.startswith(_POINTER_START):
        size = re.search(rb"\nsize (\d+)", start)
        told = f", which has {int(size.group(1)):,} bytes" if size else ""
        raise SceneFileError(
            f"'{path}' is a Git LFS pointer, not the file itself{told}: run 'git lfs pull' in its repository"
        )
    if start.lstrip().lower().startswith(_PAGE_STARTS):
        raise SceneFileError(f"'{path}' is a web page, not data: the download was refused, get it anew")


def unfinished_download(path: Path) -> Path | None:
    """The unfinished download of a file that is not there, such as `scene.glb.part`; None where there is none."""
    for ending in UNFINISHED_ENDINGS:
        candidate = path.with_name(path.name + ending)
        if candidate.exists():
            return candidate
    return None


def missing_file(path: Path, what: str) -> SceneFileError:
    """The error for a file that another one needs.

    Args:
        path: The file that is not there.
        what: What it is and who needs it, such as "the house file of '17DRP5sb8fy.glb'".
    """
    part = unfinished_download(path)
    if part is not None:
        return SceneFileError(f"'{path}', {what}, is not whole: there is only '{part.name}', finish the download")
    return SceneFileError(f"'{path}', {what}, is missing: get the data set's other files too")


def read_json_object(path: Path, what: str) -> dict[str, Any]:
    """The object that a JSON file holds.

    Args:
        path: The file.
        what: What it is, for the error: "stage config".

    Raises:
        SceneFileError: Missing, not the data (`check_is_data`), not JSON, or no object.
    """
    if not path.is_file():
        raise missing_file(path, f"a {what}")
    check_is_data(path)
    try:
        value = json.loads(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise SceneFileError(f"the {what} '{path}' is not JSON ({error}): correct it or get it anew") from None
    if not isinstance(value, dict):
        raise SceneFileError(f"the {what} '{path}' holds no JSON object: correct it or get it anew")
    return value
