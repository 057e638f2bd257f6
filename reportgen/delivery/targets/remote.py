"""A site on another machine, over ssh: sent with rsync into a new release, then shown in one step.

It uses the system's own ssh and rsync, with the user's keys and known hosts; the layout is that of a folder.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from reportgen.delivery.site.nouns import Tree
from reportgen.delivery.targets import Published, listing_of, outdated, short
from reportgen.delivery.targets.folder import CURRENT, RELEASES
from reportgen.errors import DeliveryError

ADDRESS = re.compile(
    r"ssh://(?P<host>[A-Za-z0-9][A-Za-z0-9@._-]*)(?::(?P<port>\d+))?(?P<path>/[^\s'\"]+)"
)

# Shows a release on the other side; `ln` and `mv` of one link are one step there.
_SWITCH = f"ln -sfn {RELEASES}/$name .{CURRENT}.part && mv -T .{CURRENT}.part {CURRENT}"


@dataclass(frozen=True, slots=True)
class RemoteTarget:
    """A folder on a machine that ssh reaches; `options` are more of ssh's own."""

    host: str
    path: str
    port: int = 22
    options: tuple[str, ...] = ()

    def publish(self, tree: Tree) -> Published:
        """Sends what differs from the release that is shown, and shows the new one."""
        listing = listing_of(tree)
        shown, number = self._state()
        if shown.partition("-")[2] == short(listing):
            return Published(shown, 0, len(tree.files))
        name = f"{number + 1:06}-{short(listing)}"
        with TemporaryDirectory() as place:
            for path, file in tree.files.items():
                target = Path(place) / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(file.read())
            sent = self._send(Path(place), name, shown)
        moved = f"mv {RELEASES}/.making-{name} {RELEASES}/{name}"
        self._there(f"name={name} && {moved} && {_SWITCH}")
        self._prune(name)
        return Published(name, sent, len(tree.files) - sent)

    def rollback(self) -> str:
        """Shows the release before the one that is shown."""
        found = self._there(
            f"cd {RELEASES} && shown=$(basename $(readlink ../{CURRENT})) && ls -d [0-9]*-* | sort |"
            " awk -v s=$shown '$0 < s' | tail -1"
        ).strip()
        if not found:
            raise DeliveryError(f"{self}: there is no release before the one that is shown")
        self._there(f"name={found} && {_SWITCH}")
        return found

    def _state(self) -> tuple[str, int]:
        """Which release is shown, and the number of the last one; what was cut short is cleared."""
        said = self._there(
            f"mkdir -p {RELEASES} && rm -rf {RELEASES}/.making-* && echo shown=$(basename"
            f' "$(readlink {CURRENT} || true)") && ls {RELEASES} | sort | tail -1',
            made=True,
        ).split("\n")
        last = said[1].partition("-")[0] if len(said) > 1 else ""
        return said[0].removeprefix("shown="), int(last or 0)

    def _send(self, folder: Path, name: str, shown: str) -> int:
        """How many files were sent: those whose bytes differ from the release that is shown."""
        remote = f"{self.host}:{self.path}/{RELEASES}/.making-{name}/"
        command = ["rsync", "-rc", "--chmod=D755,F444", "--out-format=%n", "-e", self._ssh()]
        if shown:
            command.append(f"--link-dest={self.path}/{RELEASES}/{shown}")
        said = self._run([*command, f"{folder}/", remote])
        return sum(not line.endswith("/") for line in said.splitlines() if line)

    def _prune(self, shown: str) -> None:
        """Takes away old releases, but the one that is shown."""
        said = self._there(f"cd {RELEASES} && stat -c '%n %Y' [0-9]*-*").split("\n")
        made = {
            name: float(time) for name, _, time in (line.partition(" ") for line in said if line)
        }
        if old := outdated(made, shown):
            self._there(f"cd {RELEASES} && chmod -R u+w {' '.join(old)} && rm -rf {' '.join(old)}")

    def _there(self, script: str, *, made: bool = False) -> str:
        """What a script says that runs in the folder there."""
        place = shlex.quote(self.path)
        begin = f"mkdir -p {place} && cd {place}" if made else f"cd {place}"
        return self._run([*shlex.split(self._ssh()), self.host, f"set -e; {begin}; {script}"])

    def _ssh(self) -> str:
        return shlex.join(["ssh", "-o", "BatchMode=yes", "-p", str(self.port), *self.options])

    def _run(self, command: list[str]) -> str:
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        except OSError as error:
            raise DeliveryError(f"{command[0]}: is not installed; install ssh and rsync") from error
        if done.returncode:
            said = done.stderr.strip().splitlines() or [
                f"{command[0]} ended with {done.returncode}"
            ]
            raise DeliveryError(f"{self}: {said[-1]}; see to it, then publish again")
        return done.stdout

    def __str__(self) -> str:
        return f"ssh://{self.host}:{self.port}{self.path}"
