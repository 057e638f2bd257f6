"""Takes one message at a time, hands it to the relay over SMTP, gives what the relay answered.

The last line, the dot, is written by itself after all that comes before it has been. So a connection that ends
earlier can not have delivered anything; one that ends later may have.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from ipaddress import ip_address
from typing import Literal, TypeVar

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPResponse,
    SMTPResponseException,
)

from reportgen.delivery.nouns import Message, Outcome, Phase, Verdict
from reportgen.errors import DeliveryError

T = TypeVar("T")

# How much of a message is written before we wait for the relay to have read most of it, in bytes?
_PIECE = 64 * 1024

# How long may an envelope id be? https://www.rfc-editor.org/rfc/rfc3461#section-4.4
_ENVELOPE_ID = 100

_STATUS = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?:\s+|$)")
_QUEUED = re.compile(r"queued as ([A-Za-z0-9]+)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class Relay:
    """How the relay is reached. `timeout` in seconds, for each answer; `rate` in messages a second, None: all.
    `helo` is how we introduce ourselves: our full name, where none is given.

    `tls`: `required` begins in the clear and goes over to TLS before anything is said, `implicit` begins with it.
    `fingerprint` is the SHA-256 of the relay's certificate, which then needs no authority, unless `ca_file` names one.
    """

    host: str
    port: int
    tls: Literal["required", "implicit", "off"] = "required"
    ca_file: str = ""
    fingerprint: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 60.0
    connections: int = 4
    per_connection: int = 100
    rate: float | None = None
    helo: str = ""

    def __str__(self) -> str:
        return f"relay {self.host}:{self.port}"

    def name(self, machine: str) -> str:
        """What tells this relay from others: on loopback, it is this machine's."""
        return f"{machine} {self.host}:{self.port}" if _loopback(self.host) else str(self)

    def check(self) -> None:
        """Refuses settings that would tell others what they must not hear.

        Raises: DeliveryError
        """
        if self.tls != "off":
            return
        if not _loopback(self.host):
            raise DeliveryError(
                f"{self}: tls is off; only a relay on this machine may be spoken to in the clear: set"
                " tls to 'required'"
            )
        if self.user:
            raise DeliveryError(
                f"{self}: tls is off, but a user is set; no password goes out in the clear: set tls"
                " to 'required', or leave out the user"
            )

    def trust(self) -> ssl.SSLContext:
        """Which certificates are believed: those of the system's authorities, or of `ca_file`.

        Raises: DeliveryError
        """
        try:
            context = ssl.create_default_context(cafile=self.ca_file or None)
        except (OSError, ssl.SSLError) as error:
            raise DeliveryError(
                f"{self}: ca_file '{self.ca_file}' can not be read ({type(error).__name__}); name a file"
                " of certificates in PEM"
            ) from None
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if self.fingerprint and not self.ca_file:
            # The one certificate that may come is known; it is compared before anything is said.
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Pause(Exception):
    """The relay takes nothing now; trying later helps."""


@dataclass(slots=True)
class Session:
    """One connection to the relay, over which messages go one after the other."""

    relay: Relay
    client: SMTP
    writer: asyncio.StreamWriter
    dsn: bool

    @property
    def alive(self) -> bool:
        return self.client.is_connected

    async def close(self) -> None:
        """Says goodbye, if anybody is still there; what was sent has been answered already."""
        with suppress(SMTPException, OSError):
            await self.client.execute_command(b"QUIT")
        await self.drop()

    async def drop(self) -> None:
        """Ends the connection without a word."""
        await _hang_up(self.client)


async def connect(relay: Relay) -> Session:
    """A connection on which messages can be sent: with TLS, the relay known, the user too.

    Raises: Pause where waiting may help, DeliveryError where it can not.
    """
    relay.check()
    trust = None if relay.tls == "off" else relay.trust()
    client = SMTP(
        hostname=relay.host,
        port=relay.port,
        timeout=relay.timeout,
        local_hostname=relay.helo or ("localhost" if _loopback(relay.host) else None),
        start_tls=False,
        use_tls=relay.tls == "implicit",
        tls_context=trust if relay.tls == "implicit" else None,
    )
    try:
        await _greet(relay, client, trust)
    except BaseException:
        await _hang_up(client)
        raise
    assert client.protocol is not None
    assert isinstance(client.transport, asyncio.WriteTransport)
    writer = asyncio.StreamWriter(
        client.transport, client.protocol, None, asyncio.get_running_loop()
    )
    return Session(relay, client, writer, client.supports_extension("dsn"))


async def _greet(relay: Relay, client: SMTP, trust: ssl.SSLContext | None) -> None:
    """Connects and introduces us.

    Raises: Pause, DeliveryError
    """
    await _step(relay, client.connect(), "does not take our connection")
    if relay.tls == "required":
        await _step(relay, client.ehlo(), "does not greet us")
        if not client.supports_extension("starttls"):
            raise DeliveryError(
                f"{relay}: offers no TLS; nothing was sent: let it offer STARTTLS, or set tls to 'implicit'"
                " and its port"
            )
        await _step(relay, client.starttls(tls_context=trust), "does not go over to TLS")
    if relay.fingerprint and relay.tls != "off":
        _check_fingerprint(relay, client)
    await _step(relay, client.ehlo(), "does not greet us")
    if relay.user:
        await _log_in(relay, client)


async def _hang_up(client: SMTP) -> None:
    transport = client.transport
    client.close()
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()
        await asyncio.sleep(0)  # it ends with the loop's next turn


async def _step(relay: Relay, step: Awaitable[T], what: str) -> T:
    """A step of the introduction; its failures become ours, without what was said.

    Raises: Pause, DeliveryError
    """
    try:
        return await step
    except SMTPResponseException as error:
        raise _said(relay, error.code, error.message, what) from None
    except (SMTPException, OSError) as error:
        cause = _certificate_error(error)
        if cause is not None:
            raise DeliveryError(
                f"{relay}: its certificate does not hold ({cause.verify_message}); nothing was sent: give"
                " it a certificate for this name, or its authority as ca_file"
            ) from None
        if _tls_error(error):
            raise DeliveryError(
                f"{relay}: does not speak TLS 1.2 or newer on this port; nothing was sent: see to its"
                " settings, or to tls and port in ours"
            ) from None
        raise Pause(f"{relay}: {what} ({_kind(error)})") from None


def _said(relay: Relay, code: int, text: str, what: str) -> Exception:
    """A refusal at the introduction: 5xx will not pass by itself."""
    words = f"{relay}: {what} ({code} {_clean(text)})"
    return DeliveryError(f"{words}; see to it with who runs it") if code >= 500 else Pause(words)


async def _log_in(relay: Relay, client: SMTP) -> None:
    try:
        await client.login(relay.user, relay.password)
    except SMTPAuthenticationError as error:
        # Its words are left out: some relays repeat what they were given.
        if 400 <= error.code < 500:
            raise Pause(f"{relay}: does not log us in now ({error.code})") from None
        raise DeliveryError(
            f"{relay}: does not know user '{relay.user}' with this password ({error.code}); see to both"
        ) from None
    except (SMTPException, OSError) as error:
        raise Pause(f"{relay}: does not log us in ({_kind(error)})") from None


def _check_fingerprint(relay: Relay, client: SMTP) -> None:
    found = client.get_transport_info("ssl_object").getpeercert(binary_form=True) or b""
    wanted = relay.fingerprint.replace(":", "").lower()
    if sha256(found).hexdigest() != wanted:
        raise DeliveryError(
            f"{relay}: its certificate has the fingerprint {sha256(found).hexdigest()}, not {wanted};"
            " nothing was sent: find out who is there"
        )


def _certificate_error(error: BaseException | None) -> ssl.SSLCertVerificationError | None:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error
        error = error.__cause__ or error.__context__
    return None


def _tls_error(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


# ── one message ────────────────────────────────────────────────────────────────────────────────


async def deliver(session: Session, message: Message) -> Outcome:
    """What became of a message; the connection may have ended with it.

    Raises: DeliveryError where the message itself can not go over the wire.
    """
    if not (message.sender + message.recipient).isascii():
        raise DeliveryError("message: an address is not ASCII; write its domain as xn--…")
    body = on_the_wire(message.body)
    mail, rcpt = _parameters(session, message)
    phase: Phase = "mail"
    try:
        reply = await session.client.mail(message.sender, options=mail)
        phase = "rcpt"
        reply = await session.client.rcpt(message.recipient, options=rcpt)
        phase = "data"
        reply = await session.client.execute_command(b"DATA")
        if reply.code == 354:
            await _write(session, body)
            phase = "dot"
            reply = await _dot(session)
    except SMTPResponseException as error:
        if error.code < 0:  # no words that SMTP knows: nobody can tell what comes next
            await session.drop()
            return Outcome(_silence(phase), phase, text=_clean(error.message))
        reply = SMTPResponse(error.code, error.message)
    except (SMTPException, OSError) as error:
        await session.drop()
        return Outcome(_silence(phase), phase, text=_kind(error))
    outcome = judged(phase, reply.code, reply.message)
    await _tidy(session, outcome)
    return outcome


def on_the_wire(body: bytes) -> bytes:
    """A message as DATA has it, up to its last line break: dots at the begin of a line are doubled.

    Raises: DeliveryError for a line that ends otherwise than with CR LF: relays differ in what it means.
    """
    ends = body.count(b"\r\n")
    if body.count(b"\n") != ends or body.count(b"\r") != ends or not body.endswith(b"\r\n"):
        raise DeliveryError("message: a line does not end with CR LF; report this as a fault")
    stuffed = body.replace(b"\r\n.", b"\r\n..")
    return b"." + stuffed if stuffed.startswith(b".") else stuffed


async def _write(session: Session, body: bytes) -> None:
    """All of a message but the dot; not faster than the relay reads."""
    for start in range(0, len(body), _PIECE):
        session.writer.write(body[start : start + _PIECE])
        async with asyncio.timeout(session.relay.timeout):
            await session.writer.drain()
    if not session.alive:
        raise ConnectionResetError("connection lost")


async def _dot(session: Session) -> SMTPResponse:
    protocol = session.client.protocol
    if protocol is None:
        raise ConnectionResetError("connection lost")
    session.writer.write(b".\r\n")
    return await protocol.read_response(timeout=session.relay.timeout)


def _silence(phase: Phase) -> Verdict:
    """What is it when no answer comes? Before anything of the message was said, it is not about it."""
    if phase == "dot":
        return "unknown"
    return "paused" if phase == "mail" else "deferred"


def judged(phase: Phase, code: int, text: str) -> Outcome:
    """What an answer means: table in the module `outbox.states`."""
    found = _STATUS.match(text)
    status = found[1] if found else ""
    queued = _QUEUED.search(text)
    verdict: Verdict = "deferred"
    if phase == "dot" and 200 <= code < 300:
        verdict = "accepted"
    elif code == 421:
        verdict = "paused"
    elif code >= 500:
        refused = phase == "rcpt" and not status.startswith("5.7.")
        verdict = "refused" if refused else "policy"
    queue_id = queued[1] if queued and verdict == "accepted" else ""
    return Outcome(verdict, phase, code, status, _clean(text), queue_id)


async def _tidy(session: Session, outcome: Outcome) -> None:
    """Makes the connection ready for the next message, or ends it."""
    if outcome.verdict == "accepted":
        return
    if outcome.verdict == "paused":
        await session.drop()
        return
    try:
        await session.client.rset()
    except (SMTPException, OSError):
        await session.drop()


def _parameters(session: Session, message: Message) -> tuple[list[str], list[str]]:
    """What goes with MAIL and RCPT: where the relay can, whom it tells of a failure, and under which name."""
    mail, rcpt = [], []
    if session.client.supports_extension("size"):
        mail.append(f"SIZE={len(message.body)}")
    if session.dsn:
        mail.append("RET=HDRS")
        name = _xtext(message.message_id.strip("<>"))
        mail += [f"ENVID={name}"] if len(name) <= _ENVELOPE_ID else []
        rcpt += ["NOTIFY=FAILURE,DELAY", f"ORCPT=rfc822;{_xtext(message.recipient)}"]
    return mail, rcpt


def _xtext(words: str) -> str:
    """Text as a parameter may carry it. Source: RFC 3461, section 4."""
    plain = (c if "!" <= c <= "~" and c not in "+=" else f"+{ord(c):02X}" for c in words)
    return "".join(plain)


def _clean(text: str) -> str:
    return _CONTROL.sub(" ", text.encode("utf-8", "replace").decode("utf-8", "replace")).strip()


def _kind(error: BaseException) -> str:
    """What kind of failure it was, in words; never what was said."""
    while error.__cause__ is not None and not isinstance(error, TimeoutError):
        error = error.__cause__
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    if isinstance(error, ConnectionError):
        return "connection lost"
    return getattr(error, "strerror", None) or type(error).__name__
