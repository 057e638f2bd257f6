"""A relay on loopback that does what it is told: answers so, cuts the line there, or says nothing."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from tests.delivery.certificates import certificate
from tests.delivery.postfix import free_port


@dataclass
class Script:
    """What is answered to each step; empty: yes. `cut`: where the line goes dead; `slow`: seconds a step."""

    mail: str = ""
    rcpt: str = ""
    dot: str = ""
    cut: Literal["", "before", "after"] = ""
    slow: float = 0.0
    hang: float = 0.0
    taken: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    async def handle_MAIL(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        await asyncio.sleep(self.slow)
        self._saw("mail")
        if self.mail:
            return self.mail
        envelope.mail_from = address
        return "250 2.1.0 Ok"

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        await asyncio.sleep(self.slow)
        self._saw("rcpt")
        if self.rcpt:
            return self.rcpt.replace("%", address)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        await asyncio.sleep(self.slow)
        self._saw("dot")
        if self.dot:
            return self.dot
        with self.lock:
            self.taken[envelope.rcpt_tos[0]] += 1
        if self.cut == "after":
            server.transport.abort()
        if self.hang:
            await asyncio.sleep(self.hang)
        return "250 2.0.0 Ok: queued as 4ABCdef"

    def _saw(self, step: str) -> None:
        with self.lock:
            self.seen[step] += 1


class _Cutting(SMTP):
    """Hangs up in the middle of a message, if the script says so."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if self.event_handler.cut != "before":
            await super().smtp_DATA(arg)
            return
        await self.push("354 go on")
        await self._reader.read(100)
        self.transport.abort()


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Cutting(self.handler, **self.SMTP_kwargs)


@dataclass(frozen=True, slots=True)
class Scripted:
    """Where it listens, and the file of its certificate."""

    port: int
    ca_file: str


@contextmanager
def scripted(
    script: Script,
    folder: Path,
    *,
    tls: Literal["required", "implicit", "off"] = "off",
    name: str = "localhost",
    users: dict[str, str] | None = None,
) -> Iterator[Scripted]:
    """A relay that runs meanwhile; its certificate is for `name`."""
    cert, key = certificate(folder, name)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    more: dict[str, Any] = {"tls_context": context} if tls == "required" else {}
    if tls == "implicit":
        more["ssl_context"] = context
    if users is not None:
        more["auth_required"] = True
        more["authenticator"] = lambda *args: _known(users, args[-1])
    controller = _Controller(
        script,
        hostname="127.0.0.1",
        port=free_port(),
        ready_timeout=20.0,
        data_size_limit=32_000_000,
        **more,
    )
    controller.start()
    try:
        assert controller.server is not None
        yield Scripted(controller.server.sockets[0].getsockname()[1], str(cert))
    finally:
        controller.stop()


def _known(users: dict[str, str], data: Any) -> AuthResult:
    return AuthResult(
        success=users.get(data.login.decode()) == data.password.decode(), handled=False
    )
