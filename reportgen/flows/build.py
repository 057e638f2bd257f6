"""Builds an edition: what it is made of → whether it stands already → its files → its folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportgen.edition import (
    CORRECTED,
    PREVIOUS,
    alone,
    altered,
    check_draft,
    ensure_place,
    kept_of,
    replaced_of,
    standing,
    to_json,
    write_edition,
)
from reportgen.errors import DeliveryError
from reportgen.flows import press
from reportgen.flows.stages import Stages, bodies
from reportgen.fonts import Fonts, ensure_fonts
from reportgen.model import Edition
from reportgen.spec.files import own_files, read_files
from reportgen.vintages import Readings

if TYPE_CHECKING:
    from reportgen.archive import Archive

Progress = Callable[[str], None]

EDITION = "edition"


@dataclass(frozen=True, slots=True)
class Request:
    """What to build; `previous` is the folder of the edition before, or what the next one kept of it;
    `keep_print` is a file for the page as the PDF engine gets it. `corrected` is that of the revision
    before, where the edition corrects it. `archive` knows what is approved; `archive_head` is the hash of
    its last entry, which the edition keeps. `theme` is the folder of one. `stages` keep what need not be made again; the `press` draws
    and prints.
    """

    publication: str
    edition: Edition
    templates: Path
    output: Path
    cache: Path
    previous: Path | None = None
    keep_print: Path | None = None
    corrected: Path | None = None
    archive: Archive | None = None
    archive_head: str = ""
    theme: Path | None = None
    stages: Stages = field(default_factory=Stages)
    press: Executor = field(default_factory=press.Here)

    @property
    def folder(self) -> Path:
        """Where the edition goes."""
        return self.output / self.publication / self.edition.name

    @property
    def name(self) -> str:
        """The edition as the archive calls it: us-treasuries/2026-10/r1."""
        return f"{self.publication}/{self.edition.name}"

    @property
    def told(self) -> dict[str, Any]:
        """What the edition keeps of its request, and its manifest says."""
        edition = self.edition
        return {
            "publication": self.publication,
            "month": edition.month,
            "revision": edition.revision,
            "published": edition.published.isoformat(),
            "as_of": edition.as_of.isoformat(),
            "snapshot": edition.snapshot,
            "accept_stale": edition.accept_stale,
            "stale": edition.stale,
            "ahead": [[each.label, each.day.isoformat(), each.sure] for each in edition.ahead],
            "correction": edition.correction,
            "archive_head": self.archive_head,
        }


@dataclass(frozen=True, slots=True)
class Order:
    """What an edition is made of beside its request: the files of its publication by path, what was
    known, what it keeps of other editions by path in it, the fonts; and the hash of what stood in its
    folder.
    """

    files: Mapping[str, bytes]
    readings: Readings
    kept: Mapping[str, bytes]
    fonts: Fonts
    seen: str = ""


def build(request: Request, readings: Readings, progress: Progress) -> Path:
    """The folder of the finished edition; where it stands already as it would be made, nothing is done.

    Raises: any ReportError; the previous edition in that folder then stands untouched.
    """
    progress("檢查設定")
    order = ordered(request, readings)
    if order is None:
        return request.folder
    request.press.submit(press.warm_pages)
    # All that computes and sets is brought in only now, when it is needed.
    from reportgen.flows.compose import compose

    put(request, order, *compose(request, order, progress))
    return request.folder


def ordered(request: Request, readings: Readings) -> Order | None:
    """What the edition is to be made of; None where it stands already as it would be made.

    Raises: DeliveryError where its folder can not be used, or was approved; SpecError where the templates
    can not be read.
    """
    ensure_place(request.folder)
    check_draft(request.folder)
    _refuse_approved(request)
    order = Order(
        read_files(request.templates, request.publication, request.theme), readings,
        _kept(request), ensure_fonts(request.cache), standing(request.folder),
    )  # fmt: skip
    return None if _stands(request, order) else order


def put(
    request: Request, order: Order, files: Mapping[str, bytes], about: Mapping[str, Any]
) -> None:
    """Writes the edition, if what stood in its folder when it was ordered still does, and keeps which
    edition that order made.

    Raises: DeliveryError where another build wrote it meanwhile, or it was approved.
    """
    with alone(request.folder):
        _refuse_approved(request)
        if standing(request.folder) != order.seen:
            raise DeliveryError(
                f"{request.folder}: another build wrote this edition meanwhile; look at it, then build"
                " again"
            )
        write_edition(request.folder, files, about)
        made = standing(request.folder)
    if request.stages.keeps:
        request.stages.made(EDITION, _inputs(request, order), lambda: made)


def _stands(request: Request, order: Order) -> bool:
    """Whether the edition is in its folder, whole, as these inputs make it; no page is asked for apart."""
    if not (request.stages.keeps and order.seen) or request.keep_print is not None:
        return False
    known = request.stages.known(EDITION, _inputs(request, order))
    return bool(known == order.seen) and not altered(request.folder)


def _inputs(request: Request, order: Order) -> Iterator[str | bytes]:
    """All that decides the bytes of the edition."""
    files = own_files(request.publication, order.files, request.edition.month)
    yield from bodies({**files, **order.kept})
    yield order.readings.digest()
    yield to_json([request.told, dict(order.fonts.sha256)])


def _refuse_approved(request: Request) -> None:
    if request.archive is not None:
        # With it comes what signs, which a build without an archive need not wait for.
        from reportgen.flows.release import refuse_approved

        refuse_approved(request.archive, request.name)


def _kept(request: Request) -> dict[str, bytes]:
    """What the edition keeps of the one before and of the revision that it corrects, by path in it."""
    before = kept_of(request.previous) if request.previous else {}
    corrected = replaced_of(request.corrected) if request.corrected else {}
    return {
        **{f"{PREVIOUS}/{name}": body for name, body in before.items()},
        **{f"{CORRECTED}/{name}": body for name, body in corrected.items()},
    }
