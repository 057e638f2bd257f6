"""The page behind 「取消訂閱」: a small WSGI application, and a reader of requests by mail.

    POST /u/<token>   List-Unsubscribe=One-Click, from a reader of mail or the page's own button: done, 200
    GET  /u/<token>   a page with that button; it unsubscribes nobody, as scanners follow every link

It knows no address: the token holds the keyed id. Run it behind the firm's web server, which speaks HTTPS.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from email import message_from_bytes
from email.policy import default
from hashlib import sha256
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

# What does a reader of mail post? https://www.rfc-editor.org/rfc/rfc8058#section-3.1
ONE_CLICK = "List-Unsubscribe=One-Click"
_MOST = 2048
_PATH = re.compile(r"/u/([A-Za-z0-9_-]{1,100})")
_REQUEST = re.compile(r"\+([A-Za-z0-9_-]{1,100})@")

_STYLE = (
    ":root{color-scheme:light dark}body{max-width:32rem;margin:12vh auto;padding:0 1rem;line-height:1.7;"
    'font-family:"Noto Sans TC","PingFang TC","Microsoft JhengHei",sans-serif}'
    "button{padding:.7rem 1.6rem;font:inherit;font-weight:700}"
)
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Security-Policy", _POLICY),
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Robots-Tag", "noindex, nofollow"),
]


def application(
    recipient_of: Callable[[str], str | None], unsubscribe: Callable[[str], None], firm: str
) -> WSGIApplication:
    """The application. `recipient_of` gives who a token is of, `unsubscribe` writes down, before it returns,
    that this person is sent nothing more.
    """

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        method, found = environ["REQUEST_METHOD"], _PATH.fullmatch(environ.get("PATH_INFO", ""))
        recipient = recipient_of(found[1]) if found else None
        if recipient is None:
            return _page(
                start, method, "404 Not Found", "查無此連結", "<p>請由郵件中的連結進入。</p>"
            )
        if method in ("GET", "HEAD"):
            asked = (
                f"<p>按下後，{_safe(firm)}不再寄送此報告給您。</p>"
                f'<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click">'
                "<button>確認取消訂閱</button></form>"
            )
            return _page(start, method, "200 OK", "取消訂閱", asked)
        if method != "POST":
            return _page(
                start, method, "405 Method Not Allowed", "不支援", "", ("Allow", "GET, HEAD, POST")
            )
        if _posted(environ) != ONE_CLICK:
            return _page(
                start, method, "400 Bad Request", "要求不完整", "<p>請再按一次郵件中的連結。</p>"
            )
        unsubscribe(recipient)
        return _page(start, method, "200 OK", "已取消訂閱", "<p>您不會再收到此報告。</p>")

    return answer


def _posted(environ: WSGIEnvironment) -> str:
    """What was posted, if it is a form that is not too long; empty else."""
    kind = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > _MOST:
        return ""
    body = environ["wsgi.input"].read(int(length))
    if kind == "multipart/form-data":
        head = f"Content-Type: {environ['CONTENT_TYPE']}\r\n\r\n".encode("latin-1", "replace")
        parts = message_from_bytes(head + body, policy=default).walk()
        named = {part.get_param("name", header="content-disposition"): part for part in parts}
        part = named.get("List-Unsubscribe")
        return f"List-Unsubscribe={part.get_content().strip()}" if part is not None else ""
    if kind != "application/x-www-form-urlencoded":
        return ""
    return str(body.decode("ascii", "replace"))


def _page(
    start: StartResponse, method: str, status: str, title: str, body: str, *headers: tuple[str, str]
) -> Iterable[bytes]:
    made = (
        f'<!DOCTYPE html><html lang="zh-Hant-TW"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><main><h1>{title}</h1>{body}</main></body></html>"
    ).encode()
    start(status, [*_HEADERS, ("Content-Length", str(len(made))), *headers])
    return [] if method == "HEAD" else [made]


def _safe(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;") or "本公司"


class _Server(ThreadingMixIn, WSGIServer):
    """A thread a request; they end with the server."""

    daemon_threads = True


class _Handler(WSGIRequestHandler):
    timeout = 20

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a token in a log would be one to unsubscribe with."""


def server(app: WSGIApplication, host: str, port: int) -> WSGIServer:
    """A server for the application, which `serve_forever` runs."""
    return make_server(host, port, app, server_class=_Server, handler_class=_Handler)


def requests_in(mails: Iterable[bytes], recipient_of: Callable[[str], str | None]) -> Iterator[str]:
    """Who asks to be taken off the list by mail: the recipients whose own address it was sent to."""
    for mail in mails:
        read = message_from_bytes(mail, policy=default)
        for header in ("to", "delivered-to", "x-original-to"):
            for value in read.get_all(header, []):
                for token in _REQUEST.findall(str(value)):
                    if recipient := recipient_of(token):
                        yield recipient
