"""Commands that make editions: build, run, preview, rebuild; and look back: review, reconcile."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reportgen.cli import common
from reportgen.cli.data import fetch_into
from reportgen.cli.shop import Shop, edition_of
from reportgen.errors import (
    DataError,
    NotReadyError,
    RenderError,
    ReportError,
    SourceError,
    SpecError,
)

if TYPE_CHECKING:
    from reportgen.archive import Archive
    from reportgen.model import Edition
    from reportgen.vintages import Readings

app = typer.Typer()

# A note that is being written may be shown before everything is here.
_PREVIEW = "預覽"


@app.command()
def build(
    publication: common.Publication = common.PUBLICATION,
    as_of: common.AsOf = None,
    published: common.Published = None,
    edition: common.Edition = None,
    data: common.DataOption = common.Data.auto,
    output: common.Output = common.OUTPUT,
    previous: common.Previous = None,
    accept_stale: common.AcceptStale = "",
    revision: Annotated[
        int, typer.Option("--revision", min=1, help="A later one corrects the one before.")
    ] = 1,
    correction: Annotated[
        str,
        typer.Option(
            "--correction", metavar="REASON", help="Why it is corrected; the note prints it."
        ),
    ] = "",
    templates: common.Templates = common.TEMPLATES,
    store: common.StoreOption = None,
    archive: common.ArchiveOption = None,
    keys: common.KeysOption = None,
    quiet: common.Quiet = False,
    theme: common.Theme = None,
    cache: common.Cache = True,
    keep_print: Annotated[Path | None, typer.Option("--keep-print", hidden=True)] = None,
) -> None:
    """Build an edition: PDF, HTML, charts, ledger and its inputs.

    Of a correction, --previous names the revision before (else the one beside it); unless told
    otherwise it knows what that one knew.
    """
    beside = Beside(previous)
    if revision > 1:
        month = edition or f"{published or common.today():%Y-%m}"
        folder = output / publication / month / f"r{revision - 1}"
        beside, edition, known = _corrected(previous or folder)
        as_of = as_of or known
    with common.readings(data, store) as (readings, known_on), common.press() as press:
        shop = Shop(templates, output, common.stages(kept=cache), press, theme)
        named = edition_of(
            shop, publication, readings, known_on, as_of, published, edition, accept_stale
        )
        named = replace(named, revision=revision, correction=correction)
        with _beside(archive, keys, publication, named, beside) as beside:
            folder = _built(named, readings, publication, shop, beside, quiet, keep_print)
    if not quiet:
        for line in _findings(folder):
            typer.echo(line, err=True)
    typer.echo(folder)


def _findings(folder: Path) -> Iterator[str]:
    """How much of the edition was read back and proven: 199 figures, 26676 cells; what is yet to be
    filled in before it can be approved.
    """
    from reportgen.document.required import PLACEHOLDER
    from reportgen.edition import MANIFEST, read_json

    said = read_json(folder / MANIFEST)
    counts = (f"{number} {kind.rstrip('s')}s" for kind, number in said["proven"].items())
    yield f"proven: {', '.join(counts)}"
    if said["to_fill_in"]:
        yield f"prints 「{PLACEHOLDER}」: {', '.join(said['to_fill_in'])}; see publication.toml"


@dataclass(frozen=True, slots=True)
class Beside:
    """What an edition is built beside: the folder of the edition before, that of the revision that it
    corrects, the archive.
    """

    previous: Path | None = None
    corrected: Path | None = None
    archive: Archive | None = None


@contextmanager
def _beside(
    archive: Path | None, keys: Path | None, publication: str, edition: Edition, beside: Beside
) -> Iterator[Beside]:
    """The same with the archive, if there is one, and the edition before that went out by it, if none
    was named.
    """
    opened = common.archive_if_any(archive, keys)
    if opened is None:
        yield beside
        return
    from reportgen.flows.archive import released_before, restore

    beside = replace(beside, archive=opened)
    before = released_before(opened, publication, edition.month)
    if beside.previous or beside.corrected or before is None:
        yield beside
        return
    with TemporaryDirectory() as folder:
        restore(opened, before, Path(folder))
        yield replace(beside, previous=Path(folder))


def _corrected(folder: Path) -> tuple[Beside, str, date]:
    """What a correction takes over from the revision before: its edition before, month and knowledge."""
    from reportgen.edition import PREVIOUS, REQUEST, read_json

    said = read_json(folder / REQUEST)
    before = folder / PREVIOUS
    beside = Beside(before if before.exists() else None, folder)
    return beside, said["month"], date.fromisoformat(said["as_of"])


def _built(
    edition: Edition,
    readings: Readings,
    publication: str,
    shop: Shop,
    beside: Beside,
    quiet: bool,
    keep_print: Path | None = None,
) -> Path:
    """The folder of the edition, built."""
    from reportgen.flows.build import Request, build

    request = Request(
        publication, edition, shop.templates, shop.output, common.cache_folder(), beside.previous,
        keep_print, beside.corrected, beside.archive, beside.archive.head if beside.archive else "",
        shop.theme, shop.stages, shop.press,
    )  # fmt: skip
    with common.progress(quiet) as progress:
        return build(request, readings, progress)


@app.command()
def run(
    publication: common.Publication = common.PUBLICATION,
    output: common.Output = common.OUTPUT,
    previous: common.Previous = None,
    edition: common.Edition = None,
    accept_stale: common.AcceptStale = "",
    templates: common.Templates = common.TEMPLATES,
    store: common.StoreOption = None,
    archive: common.ArchiveOption = None,
    keys: common.KeysOption = None,
) -> None:
    """Fetch, see that the month is ready, build the draft, check it: what a timer calls.

    Run again it gives the same draft again, which waits for approval. The last line is JSON.
    """
    told: dict[str, Any] = {"publication": publication, "state": "failed"}
    try:
        told["state"] = _run(
            told, publication, output, previous, edition, accept_stale, templates, store,
            archive, keys,
        )  # fmt: skip
    except ReportError as error:
        told["state"] = "waiting" if isinstance(error, NotReadyError) else "failed"
        told["error"] = str(error)
        raise
    finally:
        typer.echo(json.dumps(told, ensure_ascii=False))


def _run(
    told: dict[str, Any],
    publication: str,
    output: Path,
    previous: Path | None,
    month: str | None,
    accept_stale: str,
    templates: Path,
    store: Path | None,
    archive: Path | None,
    keys: Path | None,
) -> str:
    """The state the edition came to; notes in `told` what came of each step."""
    outcomes = fetch_into(publication, [], None, templates, store, quiet=True)
    told["fetched"] = sum(each.source is not None for each in outcomes)
    told["not_fetched"] = [each.series for each in outcomes if each.source is None]
    if not told["fetched"]:
        raise SourceError(f"{publication}: no series could be fetched at all; see above")
    with common.readings(common.Data.store, store) as (readings, known_on), common.press() as press:
        shop = Shop(templates, output, common.stages(kept=True), press)
        named = edition_of(shop, publication, readings, known_on, None, None, month, accept_stale)
        with _beside(archive, keys, publication, named, Beside(previous)) as beside:
            folder = _built(named, readings, publication, shop, beside, quiet=True)
    told["edition"], told["folder"] = named.name, str(folder)
    _proven(folder)
    return "draft"


def _proven(folder: Path) -> None:
    """Makes the edition again from its own inputs.

    Raises: RenderError where a byte differs.
    """
    from reportgen.flows.rebuild import rebuild as rebuild_edition

    with TemporaryDirectory() as again:
        made = rebuild_edition(folder, Path(again), common.cache_folder(), lambda _: None)
    if made.differ:
        raise RenderError(
            f"{folder}: made again, {', '.join(made.differ[:5])} differ; report this as a fault"
        )


@app.command()
def preview(
    publication: common.Publication = common.PUBLICATION,
    as_of: common.AsOf = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0: any free one.")] = 8765,
    data: common.DataOption = common.Data.auto,
    templates: common.Templates = common.TEMPLATES,
    store: common.StoreOption = None,
) -> None:
    """Show the note on this machine while it is written; an edit shows at once. Ctrl-C ends it."""
    from reportgen.flows.build import Request
    from reportgen.flows.press import Here
    from reportgen.flows.preview import preview as show
    from reportgen.model import Edition

    with common.readings(data, store) as (readings, known_on):
        try:
            shop = Shop(templates, Path(), common.stages(kept=True), Here())
            named = edition_of(shop, publication, readings, known_on, as_of, None, None, _PREVIEW)
        except SpecError:  # the page will say what is wrong
            day = as_of or known_on or common.now().astimezone(common.NEW_YORK).date()
            named = Edition(f"{day:%Y-%m}", 1, day, day, known_on is not None)
        request = Request(publication, named, templates, Path(), common.cache_folder())
        with show(request, readings, port) as address:
            typer.echo(address)
            with suppress(KeyboardInterrupt):
                threading.Event().wait()


@app.command()
def rebuild(
    edition: Annotated[Path, typer.Argument(help="Folder of an edition.")],
    output: Annotated[Path, typer.Option("--output", help="Where it is made again.")],
    quiet: common.Quiet = False,
) -> None:
    """Make an edition again from its own inputs and compare it: every byte, or in another environment
    ledger, claims and text.
    """
    from reportgen.flows.rebuild import rebuild as rebuild_edition

    with common.progress(quiet) as progress:
        made = rebuild_edition(edition, output, common.cache_folder(), progress)
    typer.echo(made.folder)
    for component in made.components:
        typer.echo(f"environment: {component}")
    if not made.agrees:
        raise DataError(f"{edition}: {made.said}")
    typer.echo(made.said)


@app.command()
def review(
    edition: Annotated[Path, typer.Argument(help="Folder of an edition.")],
    previous: common.Previous = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", help="The file.", show_default="review-rN.html beside the edition"
        ),
    ] = None,
    templates: common.Templates = common.TEMPLATES,
) -> None:
    """Write a copy of an edition for its reviewer: what nothing backs, what changed, each claim's case."""
    from reportgen.flows.review import review as review_copy

    file = output or edition.resolve().parent / f"review-{edition.resolve().name}.html"
    _write(file, review_copy(edition, previous, templates))


@app.command()
def reconcile(
    published: Annotated[
        Path, typer.Option("--published", help="CSV of what the reference note printed.")
    ],
    publication: common.Publication = common.PUBLICATION,
    as_of: common.AsOf = None,
    data: common.DataOption = common.Data.store,
    output: Annotated[Path | None, typer.Option("--output", help="A file to write.")] = None,
    templates: common.Templates = common.TEMPLATES,
    store: common.StoreOption = None,
) -> None:
    """Set what the reference note printed beside the same figures as of its day, as Markdown."""
    from reportgen.flows.reconcile import REFERENCE_DAY
    from reportgen.flows.reconcile import reconcile as reconciled

    try:
        body = published.read_bytes()
    except OSError as error:
        what = error.strerror or str(error)
        raise DataError(f"{published}: cannot be read ({what}); name a CSV file") from error
    with common.readings(data, store) as (readings, _):
        told = reconciled(templates, publication, readings, body, as_of or REFERENCE_DAY)
    if output is None:
        typer.echo(told, nl=False)
        return
    _write(output, told)


def _write(file: Path, text: str) -> None:
    """Writes a text and says where it is.

    Raises: RenderError where it can not be written.
    """
    try:
        file.write_text(text, "utf-8")
    except OSError as error:
        what = error.strerror or str(error)
        raise RenderError(f"{file}: cannot be written ({what}); choose another --output") from error
    typer.echo(file)
