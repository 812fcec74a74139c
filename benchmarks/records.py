"""Results of long runs, kept line by line, so that a run that was ended at any moment goes on where it was.

The one idea: one JSON object a line, each written in one go and never changed. A line that was cut off, and lines of
other code than today's, count as not there; the last line of a key wins.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Records:
    """A file of results.

    Args:
        path: The file; its folder is made.
        code: Names the code that the results are of, such as a hash of its sources.
    """

    def __init__(self, path: Path, code: str) -> None:
        self.path, self.code = path, code
        path.parent.mkdir(parents=True, exist_ok=True)
        self._found = {record["key"]: record["result"] for record in self._lines() if record["code"] == code}
        with path.open("a+b") as file:
            if file.tell():
                file.seek(-1, 2)
                if file.read(1) != b"\n":
                    file.write(b"\n")  # after a line that was cut off

    def _lines(self) -> Iterator[dict[str, Any]]:
        if not self.path.is_file():
            return
        for line in self.path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                record = json.loads(line)
            except ValueError:
                continue
            if isinstance(record, dict) and {"key", "code", "result"} <= record.keys():
                yield record

    def __contains__(self, key: str) -> bool:
        return key in self._found

    def __getitem__(self, key: str) -> Any:
        return self._found[key]

    def add(self, key: str, result: Any) -> None:
        """Keep a result, at once."""
        line = json.dumps({"key": key, "code": self.code, "result": result}, separators=(",", ":"))
        with self.path.open("ab", buffering=0) as file:
            file.write(f"{line}\n".encode())
        self._found[key] = result
