"""Serves one page on loopback while it is being written, and tells the browser when it has changed.

Only the served copy carries a script: it waits for word of a new version and asks for the page again.
"""

from __future__ import annotations

import threading
from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from reportgen.errors import DeliveryError

LOOPBACK = "127.0.0.1"

# How long may a browser wait for word before it hears that we are still there, in seconds?
_HEARTBEAT = 15.0

_SCRIPT = (
    'const news=new EventSource("/news");'
    "news.onmessage=e=>{const at=sessionStorage.at;sessionStorage.at=e.data;"
    "if(at&&at!==e.data)location.reload()};"
)
_POLICY = "default-src &#39;none&#39;;"


@dataclass(slots=True)
class Served:
    """The page now being served, and its version."""

    page: str = ""
    version: str = ""
    changed: threading.Condition = field(default_factory=threading.Condition)
    closed: bool = False

    def show(self, page: str) -> None:
        """Puts a page in place of the one before and tells every waiting browser."""
        with self.changed:
            self.page = page
            self.version = sha256(page.encode()).hexdigest()[:16]
            self.changed.notify_all()

    def wait(self, known: str) -> str:
        """The version, as soon as it is another than `known`, or after a while."""
        with self.changed:
            self.changed.wait_for(lambda: self.closed or self.version != known, _HEARTBEAT)
            return self.version

    def close(self) -> None:
        """Lets every waiting browser go."""
        with self.changed:
            self.closed = True
            self.changed.notify_all()


def listening(page: str) -> str:
    """The page with the script that reloads it; its policy lets that script through and no other."""
    digest = b64encode(sha256(_SCRIPT.encode()).digest()).decode()
    allowed = f"{_POLICY} script-src &#39;sha256-{digest}&#39;;"
    return page.replace(_POLICY, allowed, 1).replace(
        "</head>", f"<script>{_SCRIPT}</script></head>", 1
    )


@contextmanager
def serving(served: Served, port: int) -> Iterator[str]:
    """The address at which the page is served, until the block ends.

    Raises: DeliveryError where the port is taken.
    """
    try:
        server = _Server((LOOPBACK, port), _Handler)
    except OSError as error:
        what = error.strerror or str(error)
        raise DeliveryError(
            f"preview: port {port} is not free ({what}); choose another --port"
        ) from error
    server.served = served
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}/"
    finally:
        served.close()
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    served: Served


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        port = self.server.server_port
        # A page elsewhere must not read ours by a name that it points to this machine.
        if self.headers.get("Host") not in (f"{LOOPBACK}:{port}", f"localhost:{port}"):
            self.send_error(HTTPStatus.FORBIDDEN)
        elif self.path == "/":
            self._page()
        elif self.path == "/news":
            self._news()
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def _page(self) -> None:
        body = listening(self.server.served.page).encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def _news(self) -> None:
        """Server-sent events: the version now, and every later one."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        served, known = self.server.served, ""
        while not served.closed:
            known = served.wait(known)
            try:
                self.wfile.write(f"data: {known}\n\n".encode())
                self.wfile.flush()
            except (BrokenPipeError, ConnectionResetError):
                return  # the browser went away

    def log_message(self, *_: Any) -> None:
        """Says nothing: whoever writes sees the page."""


# ── what is wrong, as a page ───────────────────────────────────────────────────────────────────

_STYLE = (
    "body{margin:2rem auto;max-width:50rem;padding:0 1rem;font:1rem/1.7 sans-serif}"
    "h1{font-size:1.25rem;color:#8a1f1f}li{margin:.5rem 0;overflow-wrap:anywhere}"
    "@media(prefers-color-scheme:dark){body{background:#14181d;color:#e4e8ec}h1{color:#f0a0a0}}"
)


def problem_page(problems: Iterable[str]) -> str:
    """The page shown in place of a note that can not be built: each problem, word for word."""
    digest = b64encode(sha256(_STYLE.encode()).digest()).decode()
    items = "".join(f"<li><code>{escape(problem)}</code></li>" for problem in problems)
    return (
        '<!DOCTYPE html><html lang="zh-Hant-TW"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY} '
        f'style-src &#39;sha256-{digest}&#39;; connect-src &#39;self&#39;">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>預覽：請修正</title><style>{_STYLE}</style></head>"
        f"<body><h1>報告無法產生，請修正下列各項</h1><ul>{items}</ul></body></html>"
    )
