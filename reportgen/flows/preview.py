"""Shows the note while it is being written: builds its page again whenever a template changes."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from reportgen.delivery.preview import Served, problem_page, serving
from reportgen.document import html
from reportgen.document.assemble import Findings, assemble
from reportgen.errors import ReportError
from reportgen.flows.build import Request
from reportgen.flows.compose import charts_of, exhibits_of, sparks_of
from reportgen.flows.compute import Evaluated, checked, evaluated, refuse
from reportgen.flows.drawing import svgs
from reportgen.fonts import ensure_fonts
from reportgen.model import Exhibit
from reportgen.prose import placed
from reportgen.spec.files import PICTURES, SHARED, read_files, style_sheets
from reportgen.spec.load import with_prose
from reportgen.spec.specs import Publication
from reportgen.vintages import Readings

# How often are the templates looked at, in seconds? An edit shall show within 0.7.
LOOK = 0.1

Looks = Mapping[str, tuple[int, int]]


@dataclass(slots=True)
class Pages:
    """The note's page as the templates stand; what an edit does not touch is not made again."""

    request: Request
    readings: Readings
    specified: Mapping[str, bytes] = field(default_factory=dict)
    found: Evaluated | None = None
    exhibits: Mapping[str, Exhibit] = field(default_factory=dict)
    sparks: Mapping[str, str] = field(default_factory=dict)
    drawn: tuple[tuple[str, ...], ...] = ()

    def page(self) -> str:
        """The page for a screen.

        Raises: any ReportError; what was made before stands for the next time.
        """
        found = self._evaluated()
        document = assemble(
            found.publication,
            self.request.edition,
            Findings(
                found.figures,
                found.claims,
                self.exhibits,
                found.readings,
                found.triggers,
                sparks=self.sparks,
            ),
        )
        shared = self.request.templates / SHARED
        return html.render(document, medium="screen", styles=style_sheets(shared), templates=shared)

    def _evaluated(self) -> Evaluated:
        """Figures and claims; only the prose is read again where nothing else has changed."""
        request = self.request
        files = read_files(request.templates, request.publication)
        specified = {
            path: body for path, body in files.items() if path.endswith((".toml", *PICTURES))
        }
        if self.found is not None and specified == self.specified:
            found = replace(self.found, publication=with_prose(self.found.publication, files))
            if _drawn(found.publication) != self.drawn:
                self._draw(found)
        else:
            found = self._from(checked(request.templates, request.publication))
        self.found, self.specified = found, specified
        return found

    def _from(self, publication: Publication) -> Evaluated:
        found = evaluated(publication, self.readings, self.request.edition.as_of)
        refuse(publication, found.figures)
        self._draw(found)
        return found

    def _draw(self, found: Evaluated) -> None:
        """Draws the charts that the prose places."""
        fonts = ensure_fonts(self.request.cache)
        charts = charts_of(found)
        accent = found.publication.imprint.look.accent
        drawn = svgs(charts, accent, fonts, self.request.stages, self.request.press)
        self.exhibits = exhibits_of(found, charts, drawn)
        self.sparks = sparks_of(found)
        self.drawn = _drawn(found.publication)


def _drawn(publication: Publication) -> tuple[tuple[str, ...], ...]:
    """Which charts the prose places, in its order: they carry numbers."""
    return tuple(placed(publication.prose, word) for word in ("exhibit", "spark"))


@contextmanager
def preview(request: Request, readings: Readings, port: int) -> Iterator[str]:
    """The address of the page, which follows every edit until the block ends.

    Raises: DeliveryError where the port is taken.
    """
    pages, served, stop = Pages(request, readings), Served(), threading.Event()
    seen = looks(request)
    served.show(_shown(pages))
    watcher = threading.Thread(target=_watch, args=(pages, served, seen, stop), daemon=True)
    with serving(served, port) as address:
        watcher.start()
        try:
            yield address
        finally:
            stop.set()
            watcher.join()


def _watch(pages: Pages, served: Served, seen: Looks, stop: threading.Event) -> None:
    while not stop.wait(LOOK):
        now = looks(pages.request)
        if now != seen:
            seen = now
            served.show(_shown(pages))


def _shown(pages: Pages) -> str:
    """The page, or what is wrong in its place."""
    try:
        return pages.page()
    except ReportError as error:
        return problem_page(str(error).splitlines())


def looks(request: Request) -> Looks:
    """When each template was last written, and its size."""
    folders = (request.templates / request.publication, request.templates / SHARED)
    found = {}
    for path in (path for folder in folders for path in sorted(folder.rglob("*"))):
        try:
            stat = path.stat()
        except FileNotFoundError:
            continue  # an editor is just replacing it
        found[str(path)] = (stat.st_mtime_ns, stat.st_size)
    return found
