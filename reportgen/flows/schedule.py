"""Writes what calls `reportgen run` each month, and what says when no edition came: for systemd, cron, a workflow."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["systemd", "cron", "workflow"]

# When is it looked whether the month is ready, in Taipei? Every morning from the first until the day; the
# readiness of data decides, and a run that is called again gives the same draft.
_DAYS, _HOUR = "1..15", 8
_CHECK_HOUR = 10


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be scheduled: a publication, the program, the folder it works in, the day of the alarm."""

    publication: str
    program: str
    folder: str
    day: int


def scheduled(kind: Kind, plan: Plan) -> Mapping[str, str]:
    """The files of a schedule, by name."""
    return {"systemd": _systemd, "cron": _cron, "workflow": _workflow}[kind](plan)


def _systemd(plan: Plan) -> Mapping[str, str]:
    name = f"reportgen-{plan.publication}"
    command = f"{shlex.quote(plan.program)} %s {plan.publication}"
    return {
        f"{name}.timer": _timer(f"*-*-{_DAYS} {_HOUR:02}:00:00 Asia/Taipei", f"{name}.service"),
        f"{name}.service": _service(
            "Build the edition of the month",
            command % "run",
            plan.folder,
            service="SuccessExitStatus=75",
        ),
        f"{name}-overdue.timer": _timer(
            f"*-*-{plan.day:02} {_CHECK_HOUR:02}:00:00 Asia/Taipei", f"{name}-overdue.service"
        ),
        f"{name}-overdue.service": _service(
            "Say when no edition came",
            command % "overdue",
            plan.folder,
            unit="OnFailure=reportgen-alarm.service",
        ),
        "reportgen-alarm.service": (
            "# Put in the command that reaches you: a mail, a message.\n"
            "[Unit]\nDescription=An edition is overdue\n\n[Service]\nType=oneshot\n"
            'ExecStart=/usr/bin/logger -p user.alert "reportgen: an edition is overdue"\n'
        ),
    }


def _timer(when: str, unit: str) -> str:
    return (
        f"[Unit]\nDescription=Calls {unit}\n\n[Timer]\nOnCalendar={when}\nPersistent=true\n"
        f"RandomizedDelaySec=300\nUnit={unit}\n\n[Install]\nWantedBy=timers.target\n"
    )


def _service(
    description: str, command: str, folder: str, *, unit: str = "", service: str = ""
) -> str:
    """A service that may write in its folder and its own data, and do little else; with a line more in
    either part.
    """
    about = [
        "[Unit]", f"Description={description}", "Wants=network-online.target",
        "After=network-online.target", unit,
    ]  # fmt: skip
    does = [
        "[Service]", "Type=oneshot", f"ExecStart={command}", service, f"WorkingDirectory={folder}",
        *_ALLOWED, f"ReadWritePaths={folder}/output", *_FORBIDDEN,
    ]  # fmt: skip
    return "\n\n".join("\n".join(filter(None, part)) for part in (about, does)) + "\n"


_ALLOWED = (
    "DynamicUser=yes", "StateDirectory=reportgen", "CacheDirectory=reportgen",
    "Environment=REPORTGEN_STORE=/var/lib/reportgen/store",
    "Environment=REPORTGEN_ARCHIVE=/var/lib/reportgen/archive",
    "Environment=REPORTGEN_KEYS=/var/lib/reportgen/keys",
    "Environment=REPORTGEN_CACHE=/var/cache/reportgen",
    "# The keys of providers, readable by this service alone: %d/keys.toml, named in settings.toml.",
    "LoadCredential=keys.toml:/etc/reportgen/keys.toml",
    "LoadCredential=settings.toml:/etc/reportgen/settings.toml",
    "Environment=REPORTGEN_SETTINGS=%d/settings.toml",
)  # fmt: skip
_FORBIDDEN = (
    "ProtectSystem=strict", "ProtectHome=read-only", "PrivateTmp=yes", "PrivateDevices=yes",
    "NoNewPrivileges=yes", "ProtectKernelTunables=yes", "ProtectKernelModules=yes",
    "ProtectControlGroups=yes", "RestrictSUIDSGID=yes", "RestrictNamespaces=yes",
    "LockPersonality=yes", "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
    "CapabilityBoundingSet=", "SystemCallFilter=@system-service", "UMask=0027",
)  # fmt: skip


def _cron(plan: Plan) -> Mapping[str, str]:
    program, folder = shlex.quote(plan.program), shlex.quote(plan.folder)
    return {
        "crontab": (
            "# Times are Taipei's. A run that must wait ends with 75 and is called again the next morning.\n"
            "CRON_TZ=Asia/Taipei\n"
            f"0 {_HOUR} 1-15 * * cd {folder} && {program} run {plan.publication} || [ $? -eq 75 ]\n"
            f"0 {_CHECK_HOUR} {plan.day} * * cd {folder} && {program} overdue {plan.publication}\n"
        )
    }


def _workflow(plan: Plan) -> Mapping[str, str]:
    # Its times are UTC: eight in Taipei is midnight.
    return {
        "reportgen.yml": (
            "# A hosted scheduler may be hours late, and stops after months of rest: keep another check elsewhere.\n"
            "name: reportgen\n"
            "on:\n"
            "  schedule:\n"
            '    - cron: "0 0 1-15 * *"\n'
            "  workflow_dispatch:\n"
            "concurrency: reportgen\n"
            "permissions:\n"
            "  contents: read\n"
            "jobs:\n"
            "  run:\n"
            "    runs-on: ubuntu-latest\n"
            "    timeout-minutes: 30\n"
            "    steps:\n"
            "      - uses: actions/checkout@v4\n"
            "      - run: make setup\n"
            f"      - run: .venv/bin/reportgen run {plan.publication} || [ $? -eq 75 ]\n"
            "        env:\n"
            "          FRED_API_KEY: ${{ secrets.FRED_API_KEY }}\n"
            f"      - run: .venv/bin/reportgen overdue {plan.publication}\n"
            "      - uses: actions/upload-artifact@v4\n"
            "        with:\n"
            "          name: editions\n"
            "          path: output\n"
        )
    }
