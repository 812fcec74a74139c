"""What the tests of the data scripts share: the scripts' folder on the path, and a server that misbehaves on demand.

The one idea: a small HTTP server on this machine counts requests and can cut connections, forget Range, change files
and refuse, so that every way in which a download goes wrong is a test of a second.
"""

from __future__ import annotations

import http.server
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "data_scripts"))


class Server(http.server.ThreadingHTTPServer):
    """Serves `files` by path.

    Attributes:
        files: Contents by path.
        cut_after: Bytes after which a connection is cut, one entry for each request to come.
        statuses: Statuses that the next requests are answered with instead.
        knows_ranges: Whether it answers Range.
        etag: What it says of a file's version.
        redirects: Where paths are redirected.
        seen: Path, Range and Authorization of each request.
        links: Link header by path.
        tells_length: Whether it says how long an answer is, or sends it in chunks.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.cut_after: list[int] = []
        self.statuses: list[int] = []
        self.knows_ranges = True
        self.etag = '"1"'
        self.redirects: dict[str, str] = {}
        self.links: dict[str, str] = {}
        self.tells_length = True
        self.seen: list[tuple[str, str | None, str | None]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def other_url(self) -> str:
        """The same server under the name of another host."""
        return f"http://localhost:{self.server_port}"


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers a request as its server is told to."""

    server: Server
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        self.server.seen.append((self.path, asked, self.headers.get("Authorization")))
        if self.server.statuses:
            return self._answer(self.server.statuses.pop(0), b"")
        if self.path in self.server.redirects:
            return self._answer(302, b"", Location=self.server.redirects[self.path])
        content = self.server.files.get(self.path.partition("?")[0])
        if content is None:
            return self._answer(404, b"")
        same = self.headers.get("If-Range", self.server.etag) == self.server.etag
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and self.server.knows_ranges and same else 0
        if start >= len(content) > 0:
            return self._answer(416, b"", **{"Content-Range": f"bytes */{len(content)}"})
        headers = {"ETag": self.server.etag}
        if self.path in self.server.links:
            headers["Link"] = self.server.links[self.path]
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        return self._answer(206 if start else 200, content[start:], **headers)

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        chunked = bool(body) and not self.server.tells_length
        self.send_header(*(("Transfer-Encoding", "chunked") if chunked else ("Content-Length", str(len(body)))))
        self.end_headers()
        if chunked:
            body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
        if body and self.server.cut_after:
            self.wfile.write(body[: self.server.cut_after.pop(0)])
            self.wfile.flush()
            self.close_connection = True
            return
        self.wfile.write(body)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()
