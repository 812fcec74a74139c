"""Files from their owners' addresses: downloads that resume, verify, and appear whole or not at all.

The one idea: a file grows under its name with `.part` behind it, and gets its name by one rename once its size and
checksum are right. Whatever stops the download, be it a cut connection, Ctrl-C, `kill -9` or a power cut, the next run
asks the server for the rest (HTTP Range), and starts anew only where the server says that the file has changed.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import shutil
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tqdm import tqdm

from echoenv.errors import DatasetError

CHUNK = 1 << 20  # bytes read at a time
ATTEMPTS = 6  # without a single byte in between
LONGEST_WAIT = 60.0  # [s] between attempts
_TIMEOUT = 60.0  # [s] without a byte
_AGENT = "EchoEnv data scripts"
_PASSING = {408, 425, 429, 500, 502, 503, 504}  # HTTP statuses that may go away


@dataclass(frozen=True)
class RemoteFile:
    """A file at its owner's address, and what the owner says of it.

    Attributes:
        url: The address.
        name: Name of the file here, below the folder of the data set; may have folders in it.
        size: Its size [bytes] where it is published to the byte.
        sha256: Its checksum where one is published, in lower case hexadecimal.
        headers: What the server wants to be told, such as credentials.
    """

    url: str
    name: str
    size: int | None = None
    sha256: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


def basic_credentials(user: str, password: str) -> dict[str, str]:
    """The header of HTTP's basic authentication."""
    return {"Authorization": f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"}


class _KeepSecrets(urllib.request.HTTPRedirectHandler):
    """Follows redirections, but tells credentials only to the host that they are for."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        new = super().redirect_request(req, fp, code, msg, headers, newurl)
        if new is not None and urllib.parse.urlsplit(newurl).netloc != urllib.parse.urlsplit(req.full_url).netloc:
            new.remove_header("Authorization")
        return new


_OPENER = urllib.request.build_opener(_KeepSecrets)


def fetch(
    remote: RemoteFile, folder: Path, *, progress: bool = True, sleep: Callable[[float], None] = time.sleep
) -> Path:
    """Fetch a file into a folder, or find that it is there already.

    Args:
        remote: The file.
        folder: Where it goes; made where it is missing.
        progress: Whether to show a bar with the time left.
        sleep: What waits between attempts.

    Returns:
        The file's path.

    Raises:
        DatasetError: The server refuses it, it cannot be reached after several attempts, the disk is full, or what
            arrived is not what the owner publishes; a wrong file is removed.
    """
    target = folder / remote.name
    if target.is_file():
        wrong = what_is_wrong(target, remote)
        if wrong is None:
            return target
        print(f"  {target} is not what its owner publishes ({wrong}): fetching it anew")
        target.unlink()
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    _fetch_part(remote, part, progress, sleep)
    wrong = what_is_wrong(part, remote)
    if wrong is not None:
        part.unlink()
        raise DatasetError(f"'{remote.url}' gave something else than its owner publishes ({wrong}): run this again")
    os.replace(part, target)
    _etag_file(part).unlink(missing_ok=True)
    return target


def what_is_wrong(path: Path, remote: RemoteFile) -> str | None:
    """How a file differs from what its owner publishes, in words; None where it does not, or nothing is published."""
    size = path.stat().st_size
    if remote.size is not None and size != remote.size:
        return f"{size:,} bytes instead of {remote.size:,}"
    if remote.sha256 is not None:
        found = sha256_of(path)
        if found != remote.sha256.lower():
            return f"sha256 {found[:12]}... instead of {remote.sha256[:12]}..."
    return None


def sha256_of(path: Path) -> str:
    """SHA-256 of a file in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _fetch_part(remote: RemoteFile, part: Path, progress: bool, sleep: Callable[[float], None]) -> None:
    """Brings the `.part` file to its full length; an attempt that brought nothing counts, one that did does not."""
    failures = 0
    while True:
        before = part.stat().st_size if part.exists() else 0
        try:
            if _continue(remote, part, before, progress):
                return
            trouble, wait = "the connection was cut", 0.0
        except urllib.error.HTTPError as error:
            if error.code not in _PASSING:
                raise DatasetError(_refusal(remote.url, error)) from None
            trouble, wait = f"HTTP {error.code}", _asked_wait(error)
        except (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError, ssl.SSLError) as error:
            trouble, wait = str(getattr(error, "reason", error)) or type(error).__name__, 0.0
        except OSError as error:
            raise DatasetError(f"'{part}' cannot be written ({error.strerror or error})") from None
        gained = (part.stat().st_size if part.exists() else 0) > before
        failures = 0 if gained else failures + 1
        if failures >= ATTEMPTS:
            raise DatasetError(
                f"'{remote.url}' cannot be had ({trouble}; {failures} attempts): run this again later, it goes on from "
                f"{before:,} bytes"
            )
        sleep(max(wait, min(LONGEST_WAIT, 2.0**failures)))


def _continue(remote: RemoteFile, part: Path, have: int, progress: bool) -> bool:
    """One request for the rest of a file; whether the file is whole then."""
    headers = {"User-Agent": _AGENT, **remote.headers}
    etag = _etag_file(part)
    if have:
        headers["Range"] = f"bytes={have}-"
        if etag.is_file():
            headers["If-Range"] = etag.read_text()
    try:
        response = _OPENER.open(urllib.request.Request(remote.url, headers=headers), timeout=_TIMEOUT)
    except urllib.error.HTTPError as error:
        if error.code != 416:  # "range not satisfiable": there is nothing behind what we have
            raise
        if _total(error.headers) != have:
            part.unlink()
        return _total(error.headers) == have
    with response:
        start = have if response.status == 206 and _first(response.headers) == have else 0
        total = _total(response.headers) if response.status == 206 else _length(response.headers)
        _check_space(part, (total or 0) - start)
        if response.headers.get("ETag", "").startswith('"'):  # weak ones (W/"...") do not promise equal bytes
            etag.write_text(response.headers["ETag"])
        ended = _append(response, part, start, total, remote.name, progress)
    return ended and (total is None or part.stat().st_size >= total)


def _append(response: Any, part: Path, start: int, total: int | None, name: str, progress: bool) -> bool:
    """Writes what arrives from a place on; whether the answer came to its end."""
    ended = False
    with part.open("r+b" if part.exists() else "wb") as file:
        file.truncate(start)
        file.seek(start)
        bar = tqdm(total=total, initial=start, unit="B", unit_scale=True, desc=f"  {name}", disable=not progress)
        with bar, contextlib.suppress(http.client.IncompleteRead):
            while chunk := response.read(CHUNK):
                file.write(chunk)
                bar.update(len(chunk))
            ended = True
        file.flush()
        os.fsync(file.fileno())
    return ended


def _etag_file(part: Path) -> Path:
    return part.with_name(f"{part.name}.etag")


def _length(headers: Any) -> int | None:
    text = headers.get("Content-Length", "")
    return int(text) if text.isdigit() else None


def _first(headers: Any) -> int | None:
    """First byte of `Content-Range: bytes FIRST-LAST/TOTAL`."""
    text = headers.get("Content-Range", "").removeprefix("bytes ").split("-")[0]
    return int(text) if text.isdigit() else None


def _total(headers: Any) -> int | None:
    text = headers.get("Content-Range", "").rpartition("/")[2]
    return int(text) if text.isdigit() else None


def _check_space(part: Path, needed: int) -> None:
    free = shutil.disk_usage(part.parent).free
    if needed > free:
        raise DatasetError(
            f"'{part.name}' needs {needed / 1e9:.1f} GB more, and '{part.parent}' has {free / 1e9:.1f} GB free: make "
            "room or choose another folder"
        )


def _asked_wait(error: urllib.error.HTTPError) -> float:
    text = error.headers.get("Retry-After", "") if error.headers else ""
    return min(LONGEST_WAIT, float(text)) if text.isdigit() else 0.0


def _refusal(url: str, error: urllib.error.HTTPError) -> str:
    hints = {
        401: "the credentials are missing or wrong",
        403: "the owner does not let you have it: check your access and credentials",
        404: "there is no such file: the owner may have moved it, or the name is wrong",
    }
    return f"'{url}' is refused (HTTP {error.code}): {hints.get(error.code, error.reason)}"
