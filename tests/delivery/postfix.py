"""A Postfix of our own on loopback: begun and ended here, and nothing it takes leaves this machine."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.delivery.certificates import certificate

# gone@ bounces, later@ waits at the relay, drop…@ is thrown away; all others have one mailbox.
TRANSPORTS = """\
/^gone/ error:5.1.1 no such user here
/^full/ error:5.2.2 mailbox is full
/^later/ retry:4.2.0 come back later
/^drop/ discard:
"""

SERVICES = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


def lacks() -> str:
    """Why no Postfix can be begun here; empty where one can."""
    if shutil.which("postfix", path=f"{os.environ.get('PATH', '')}:/usr/sbin") is None:
        return "postfix is not here; on Debian: apt-get install postfix"
    if os.geteuid() != 0:
        return "postfix begins only as root"
    return ""


@dataclass(frozen=True, slots=True)
class Postfix:
    """A relay that runs, its port and its files."""

    port: int
    folder: Path

    @property
    def log(self) -> Path:
        return self.folder / "log" / "maillog"

    @property
    def ca_file(self) -> str:
        return str(self.folder / "localhost.pem")

    def settled(self, patience: float = 120) -> bool:
        """Whether everything that was accepted has been delivered, within so many seconds."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            # `deferred` is left out: what waits there waits for minutes.
            if not any(self._queued(name) for name in ("maildrop", "incoming", "active")):
                return True
            time.sleep(0.1)
        return False

    def _queued(self, name: str) -> bool:
        return any(files for _, _, files in os.walk(self.folder / "spool" / name))

    def mailbox(self) -> Counter[str]:
        """How often each Message-ID lies in the mailbox."""
        found: Counter[str] = Counter()
        for each in (self.folder / "mail" / "all" / "new").iterdir():
            with each.open("rb") as file:
                for line in file:
                    if line.lower().startswith(b"message-id:"):
                        found[line.split(b":", 1)[1].strip().decode()] += 1
                        break
        return found


@contextmanager
def postfix(**settings: str) -> Iterator[Postfix]:
    """A Postfix that runs meanwhile; more `settings` as in main.cf."""
    # Not below pytest's own folder, which is root's alone: Postfix's programs run as others.
    with TemporaryDirectory(prefix="postfix-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        port = free_port()
        _configure(folder, port, settings)
        command = [_program("postfix"), "-c", str(folder / "etc"), "start-fg"]
        with (folder / "out").open("wb") as out:
            process = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)
        relay = Postfix(port, folder)
        try:
            _wait_for(relay, process)
            # The log's times have no fractions: what is queued within its first second may be older than it.
            time.sleep(1.1)
            yield relay
        finally:
            _end(folder)
            process.wait(30)


def _end(folder: Path) -> None:
    """Ends the master, by its id; it ends all others. What was begun is only the script before it."""
    pid_file = folder / "spool" / "pid" / "master.pid"
    if pid_file.exists():
        os.kill(int(pid_file.read_text()), signal.SIGTERM)


def _configure(folder: Path, port: int, more: dict[str, str]) -> None:
    for each in ("etc", "spool", "data", "log", "mail"):
        (folder / each).mkdir()
    shutil.chown(folder / "data", "postfix")
    os.chown(folder / "mail", 65534, 65534)
    cert, key = certificate(folder)
    etc = folder / "etc"
    shutil.copy("/etc/postfix/postfix-files", etc)
    (etc / "transport.re").write_text(TRANSPORTS)
    (etc / "master.cf").write_text(SERVICES.format(port=port))
    settings = {
        "compatibility_level": "3.6",
        "queue_directory": folder / "spool",
        "data_directory": folder / "data",
        "maillog_file": folder / "log" / "maillog",
        "maillog_file_prefixes": folder,
        "inet_interfaces": "127.0.0.1",
        "inet_protocols": "ipv4",
        "myhostname": "mail.test",
        "mydestination": "",
        "mynetworks": "127.0.0.0/8",
        "relayhost": "",
        "alias_maps": "",
        "alias_database": "",
        "local_recipient_maps": "",
        "default_transport": "discard",
        "relay_transport": "error:5.7.1 relaying disabled",
        "message_size_limit": "26214400",
        "in_flow_delay": "0",
        # So that gone@ bounces later instead of being refused at once.
        "smtpd_reject_unlisted_recipient": "no",
        "bounce_queue_lifetime": "0",
        "smtpd_tls_security_level": "may",
        "smtpd_tls_chain_files": f"{key}, {cert}",
        "virtual_mailbox_domains": "client.test",
        "virtual_mailbox_base": folder / "mail",
        "virtual_mailbox_maps": "static:all/",
        "virtual_minimum_uid": "100",
        "virtual_uid_maps": "static:65534",
        "virtual_gid_maps": "static:65534",
        "transport_maps": f"regexp:{etc / 'transport.re'}",
        **more,
    }
    lines = (f"{name} = {value}\n" for name, value in settings.items())
    (etc / "main.cf").write_text("".join(lines))


def _wait_for(relay: Postfix, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", relay.port), 1) as connection:
                if connection.recv(3) == b"220":
                    return
        except OSError:
            time.sleep(0.1)
    told = (relay.folder / "out").read_text() + (
        relay.log.read_text() if relay.log.exists() else ""
    )
    raise RuntimeError(f"Postfix did not begin: {told}")


def _program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    assert found is not None
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
