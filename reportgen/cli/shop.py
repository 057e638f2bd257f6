"""What every command that makes editions works with, and which edition it makes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.cli import common
from reportgen.errors import NotReadyError

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from reportgen.flows.stages import Stages
    from reportgen.flows.status import Outlook
    from reportgen.model import Edition
    from reportgen.vintages import Readings


@dataclass(frozen=True, slots=True)
class Shop:
    """Where editions are made and with what: folders of templates and editions, stages, press, theme."""

    templates: Path
    output: Path
    stages: Stages
    press: Executor
    theme: Path | None = None

    def ready_by(self, publication: str) -> int:
        """The day of the month on which everything must be here."""
        from reportgen.flows.compute import loaded
        from reportgen.spec.files import read_files

        files = read_files(self.templates, publication, self.theme)
        return loaded(self.stages, files, publication).imprint.ready_by

    def outlook(self, publication: str, readings: Readings, as_of: date, month: str) -> Outlook:
        """What the edition of a month has to wait for (of no month: nothing), and what comes next."""
        from reportgen.flows.stages import bodies
        from reportgen.spec.files import read_files, specifying

        files = read_files(self.templates, publication, self.theme)

        def outlook() -> Outlook:
            from reportgen.flows.compute import loaded
            from reportgen.flows.press import warm

            # Where nothing is kept of the publication, nothing is of the edition.
            unknown = partial(warm, self.press)
            specs = loaded(self.stages, files, publication, unknown)
            from reportgen.flows.status import outlook

            return outlook(specs, readings, as_of, month)

        if not self.stages.keeps:
            return outlook()
        inputs = (publication, month, as_of.isoformat(), readings.digest())
        return self.stages.made("outlook", (*inputs, *bodies(specifying(files))), outlook)


def edition_of(
    shop: Shop,
    publication: str,
    readings: Readings,
    known_on: date | None,
    as_of: date | None,
    published: date | None,
    month: str | None,
    accept_stale: str,
) -> Edition:
    """Which edition to build from these readings.

    Raises: NotReadyError where something is not here yet, and no reason says to go on without.
    """
    from reportgen.model import Edition

    now = common.now()
    day = published or now.astimezone(common.TAIPEI).date()
    cut_off = as_of or known_on or now.astimezone(common.NEW_YORK).date()
    month = month or f"{day:%Y-%m}"
    waits, ahead = shop.outlook(publication, readings, cut_off, "" if known_on else month)
    if waits and not accept_stale:
        raise NotReadyError("\n".join(wait.said for wait in waits))
    stale = tuple(wait.label for wait in waits)
    # A note that goes out long after its cut-off must not call next what is past.
    coming = tuple(each for each in ahead if each.day >= day)
    return Edition(
        month, 1, day, cut_off, known_on is not None, accept_stale, stale, coming,
    )  # fmt: skip
