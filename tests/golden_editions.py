"""The editions whose text is kept in `golden/`: seven days, twelve months, six futures, and twelve months
of the second publication.

The days are those of `claims/seven_days.toml`. The months were chosen so that policy and data do all
they did between the first cut and the summer of 2026. The futures are told in `futures.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, cached_property, partial
from pathlib import Path

import pytest

from reportgen import vintages
from reportgen.document import html
from reportgen.document.assemble import Findings
from reportgen.flows import compose as flow
from reportgen.flows.build import Request, build
from reportgen.fonts import ensure_fonts
from reportgen.model import Document, Edition, Reading, SeriesSpec, State
from reportgen.sources.snapshot import Snapshot
from reportgen.spec.load import load_publication
from reportgen.spec.specs import Publication
from reportgen.store import Store
from reportgen.vintages import Readings
from tests.futures import FUTURES
from tests.history import PUBLICATION, TEMPLATES

# A picture of nothing in particular.
DOT = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle r="4"/></svg>'
DOTS = {"wide": DOT, "narrow": DOT}

# Pages are made from one set of templates: compiling them again takes longer than all the rest.
ENVIRONMENT = cache(html.page_environment)

GOLDEN = Path(__file__).with_name("golden")
EMBEDDED_DAY = date(2026, 10, 2)

DAYS = (
    date(2019, 9, 30),  # hikes are over and the first cuts made
    date(2020, 6, 30),  # zero lower bound, jobs lost
    date(2022, 10, 31),  # hikes at their fastest
    date(2024, 8, 30),  # a year of standing still, before the first cut
    date(2025, 1, 23),  # the day of the reference note
    date(2025, 7, 31),  # a pause
    EMBEDDED_DAY,  # the hike after the cuts
)
MONTHS = (
    date(2024, 9, 30),  # twelve days after the first cut
    date(2024, 10, 31),  # yields rise against it
    date(2024, 12, 31),  # the third cut is two weeks old
    date(2025, 4, 10),  # a pause of more than a hundred days
    date(2025, 6, 10),  # the pause goes on
    date(2025, 9, 30),  # cuts are taken up again; the eve of the shutdown
    date(2025, 10, 31),  # shutdown: no jobs of September
    date(2025, 12, 12),  # the last cut; CPI and unemployment of October never came
    date(2026, 1, 30),  # three-month means with a month less
    date(2026, 3, 10),  # three-month changes over the hole
    date(2026, 5, 29),  # six-month changes over the hole
    date(2026, 8, 3),  # half a year of standing still, before the hike
)


# The second publication, of the embedded figures as of the days on which its editions must be ready.
SECOND = "us-inflation-jobs"
SECOND_DAYS = tuple(date(2025 + (9 + month) // 12, (9 + month) % 12 + 1, 5) for month in range(12))


@dataclass(frozen=True, slots=True)
class Golden:
    """One edition with a golden file; `future` is the name of a made-up one."""

    as_of: date
    future: str = ""
    publication: str = PUBLICATION

    @property
    def name(self) -> str:
        first = self.publication == PUBLICATION
        day = self.as_of.isoformat() if first else f"{self.publication}_{self.as_of}"
        return f"future_{self.future}" if self.future else day

    @property
    def file(self) -> Path:
        return GOLDEN / f"{self.name}.txt"

    @property
    def past(self) -> bool:
        """Whether it is built from downloads that lie outside the repository."""
        first = self.publication == PUBLICATION
        return first and not self.future and self.as_of != EMBEDDED_DAY

    @property
    def edition(self) -> Edition:
        published = self.as_of + timedelta(days=3 if self.publication == PUBLICATION else 0)
        return Edition(f"{published:%Y-%m}", 1, published, self.as_of, snapshot=not self.past)


GOLDENS = (
    *(Golden(day) for day in sorted({*DAYS, *MONTHS})),
    *(Golden(make().as_of, name) for name, make in FUTURES.items()),
    *(Golden(day, publication=SECOND) for day in SECOND_DAYS),
)
PARAMETERS = [pytest.param(golden, id=golden.name) for golden in GOLDENS]


@dataclass(frozen=True, slots=True)
class Built:
    """An edition as it was built; without PDF and folder where charts were not drawn."""

    document: Document
    findings: Findings
    screen: str
    paper: str
    pdf: bytes = b""
    folder: Path | None = None


class Editions:
    """Builds each edition once: `whole`, by the flow that makes the real ones, or without what is slow.

    Then charts are only dots, and there is neither ledger nor PDF: none of them holds a word that the
    document does not.
    """

    def __init__(self, output: Path, fonts: Path, past: Callable[[], Path], *, whole: bool) -> None:
        self._output, self._fonts, self._past, self._whole = output, fonts, past, whole
        self._built: dict[Golden, Built] = {}
        self._read: dict[str, Publication] = {}

    def built(self, golden: Golden) -> Built:
        """The edition; skips the test where the downloads that it needs are absent."""
        if golden not in self._built:
            make = self._build if self._whole else self._sketch
            self._built[golden] = make(golden)
        return self._built[golden]

    def publication(self, golden: Golden) -> Publication:
        """What an edition is an edition of."""
        name = golden.publication
        if name not in self._read:
            self._read[name] = load_publication(TEMPLATES, name)
        return self._read[name]

    @cached_property
    def _store(self) -> Readings:
        return Looked(self._past())

    def _readings(self, golden: Golden) -> Readings:
        if golden.past:
            return self._store
        return FUTURES[golden.future]() if golden.future else Snapshot()

    def _sketch(self, golden: Golden) -> Built:
        publication = self.publication(golden)
        found = flow.evaluated(publication, self._readings(golden), golden.as_of)
        flow.refuse(publication, found.figures)
        fonts, shared = ensure_fonts(self._fonts), TEMPLATES / "shared"
        charts = flow.charts_of(found)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(html, "page_environment", ENVIRONMENT)
            exhibits = flow.exhibits_of(found, charts, dict.fromkeys(charts, DOTS))
            findings = flow.Findings(
                found.figures, found.claims, exhibits, found.readings, found.triggers,
                sparks=flow.sparks_of(found),
            )  # fmt: skip
            document = flow.assemble(publication, golden.edition, findings)
            page = partial(
                html.render, document, styles=flow.style_sheets(shared), templates=shared
            )
            addresses = (fonts.regular.as_uri(), fonts.bold.as_uri())
            return Built(
                document, findings, page(medium="screen"), page(medium="print", fonts=addresses)
            )

    def _build(self, golden: Golden) -> Built:
        output = self._output / golden.name
        output.mkdir()
        printed = output / "paper.html"
        request = Request(
            golden.publication, golden.edition, TEMPLATES, output, self._fonts, keep_print=printed
        )
        made: list[tuple[Document, Findings]] = []
        assemble = flow.assemble

        def kept(publication: Publication, edition: Edition, findings: Findings) -> Document:
            made.append((assemble(publication, edition, findings), findings))
            return made[-1][0]

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(flow, "assemble", kept)
            folder = build(request, self._readings(golden), lambda _: None)
        return Built(
            *made[0],
            (folder / "note.html").read_text("utf-8"),
            printed.read_text("utf-8"),
            (folder / "note.pdf").read_bytes(),
            folder,
        )


class Looked:
    """The states of a store, read out of it once: nineteen editions look at the same ones."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._states: dict[str, tuple[State, ...]] = {}

    def read(self, spec: SeriesSpec, as_of: date) -> Reading | None:
        if spec.id not in self._states:
            with Store.open(self._folder) as store:
                self._states[spec.id] = tuple(_with_spans(s, spec) for s in store.states(spec.id))
        return vintages.read(self._states[spec.id], spec, as_of)


def _with_spans(state: State, spec: SeriesSpec) -> State:
    """The state with the spans that every read of it would derive again."""
    held = sorted({seen.period for seen in state.observations})
    return replace(state, spans=state.spans or vintages.derive_spans(held, spec))
