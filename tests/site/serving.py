"""Serves a tree of files on loopback as a host would: compressed, folders by their index, 404 by its page."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import PurePosixPath
from threading import Thread
from urllib.parse import unquote, urlsplit

from reportgen.delivery.site.nouns import Files

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".atom": "application/atom+xml",
    ".xml": "application/xml",
    ".txt": "text/plain; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".pdf": "application/pdf",
}
COMPRESSED = frozenset({".html", ".css", ".js", ".json", ".atom", ".xml", ".txt", ".csv", ".svg"})


@contextmanager
def served(files: Files, path: str = "/") -> Iterator[str]:
    """The address of the site, whose files lie below this path of the host."""
    handler = partial(_Handler, files, path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{path}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, files: Files, path: str, *arguments: object) -> None:
        self._files, self._below = files, path
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        asked = unquote(urlsplit(self.path).path)
        name = asked.removeprefix(self._below)
        name += "index.html" if asked.endswith("/") else ""
        # A host has its rules for robots at its root only.
        name = "robots.txt" if asked == "/robots.txt" else name
        found = name in self._files
        body = self._files[name if found else "404.html"].read()
        kind = PurePosixPath(name if found else "404.html").suffix
        if kind in COMPRESSED:
            body = gzip.compress(body, mtime=0)
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", TYPES.get(kind, "application/octet-stream"))
        if kind in COMPRESSED:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing of each request."""
