"""The note on loopback while it is written: every edit shows, mistakes show in its place."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from http.client import HTTPConnection
from pathlib import Path

import pytest

from reportgen.delivery.preview import LOOPBACK, Served, listening, serving
from reportgen.errors import DeliveryError
from reportgen.flows.build import Request
from reportgen.flows.preview import Pages, preview
from reportgen.model import Edition
from reportgen.sources.snapshot import Snapshot
from tests.making import AS_OF, PUBLICATION, Desk, desk

# An edit shows within 0.7 s on a quiet machine; tests also run on busy ones.
PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Shown:
    """A preview that is running: its address and the templates it follows."""

    address: str
    desk: Desk

    @property
    def port(self) -> int:
        return int(self.address.rsplit(":", 1)[1].strip("/"))

    def page(self) -> str:
        return self.get("/")[1]

    def get(self, path: str, host: str = LOOPBACK) -> tuple[int, str]:
        """Status and body of an answer."""
        with closing(HTTPConnection(LOOPBACK, self.port, timeout=PATIENCE)) as connection:
            connection.request("GET", path, headers={"Host": f"{host}:{self.port}"})
            with connection.getresponse() as answer:
                return answer.status, answer.read().decode()

    def until(self, holds: Callable[[str], bool]) -> str:
        """The first page of which that holds."""
        end = time.monotonic() + PATIENCE
        while not holds(page := self.page()):
            assert time.monotonic() < end, page[-2000:]
            time.sleep(0.05)
        return page


def request(copy: Desk, cache: Path) -> Request:
    edition = Edition("2026-10", 1, date(2026, 10, 5), AS_OF, snapshot=True)
    return Request(PUBLICATION, edition, copy.templates, copy.templates, cache)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory, font_cache: Path) -> Iterator[Shown]:
    copy = desk(tmp_path_factory.mktemp("preview"))
    with preview(request(copy, font_cache), Snapshot(), 0) as address:
        yield Shown(address, copy)


def test_an_edit_of_the_prose_shows(shown: Shown) -> None:
    opening = shown.desk.text("note.md.j2").split("\n", 1)[0]
    assert opening[:8] in shown.page()
    shown.desk.replace("note.md.j2", opening, f"改寫過的開頭。{opening}")
    shown.until(lambda page: "改寫過的開頭。" in page)


def test_a_chart_that_the_prose_places_anew_is_drawn(shown: Shown) -> None:
    call = '{{ exhibit("curve") }}'
    assert 'id="exhibit-curve"' in shown.page()
    shown.desk.replace("note.md.j2", call, "")
    shown.until(lambda page: 'id="exhibit-curve"' not in page)
    opening = shown.desk.text("note.md.j2").split("\n", 1)[0]
    shown.desk.replace("note.md.j2", opening, f"{call}\n\n{opening}")
    shown.until(lambda page: page.find('id="exhibit-curve"') > 0)


def test_a_mistake_shows_in_place_of_the_note_until_it_is_mended(shown: Shown) -> None:
    before = shown.desk.text("note.md.j2")
    line = shown.desk.append("note.md.j2", "殖利率5.29\n")
    page = shown.until(lambda page: "報告無法產生" in page)
    assert f"note.md.j2:{line}: number &#x27;5.29&#x27; typed by hand" in page
    shown.desk.path("note.md.j2").write_text(before, encoding="utf-8")
    shown.until(lambda page: "報告無法產生" not in page)


def test_an_edit_of_a_label_shows_in_the_popover(shown: Shown) -> None:
    shown.desk.replace("figures.toml", 'label = "10年期公債殖利率"\n', 'label = "十年債殖利率"\n')
    shown.until(lambda page: "十年債殖利率" in page)


def test_a_counter_example_of_a_claim_shows(shown: Shown) -> None:
    before = shown.desk.text("claims.toml")
    shown.desk.replace("claims.toml", 'when = "core_pce_yoy < 0"', 'when = "core_pce_yoy < 1"')
    page = shown.until(lambda page: "報告無法產生" in page)
    assert "claims.toml [inflation.falling_prices]" in page
    shown.desk.path("claims.toml").write_text(before, encoding="utf-8")
    shown.until(lambda page: "報告無法產生" not in page)


def test_the_browser_hears_of_a_new_version(shown: Shown) -> None:
    with closing(HTTPConnection(LOOPBACK, shown.port, timeout=PATIENCE)) as connection:
        connection.request("GET", "/news")
        with connection.getresponse() as news:
            first = news.readline()
            assert first.startswith(b"data: ")
            assert news.readline() == b"\n"
            shown.desk.append("note.md.j2", "補充說明。\n")
            while (line := news.readline()) in (b"\n", first):
                assert line, "the server closed the line"
            assert line.startswith(b"data: ")


def test_nothing_else_is_served(shown: Shown) -> None:
    assert shown.get("/inputs/request.json")[0] == 404


def test_another_name_for_this_machine_is_refused(shown: Shown) -> None:
    assert shown.get("/", host="rebound.example")[0] == 403


def test_a_port_that_is_taken_is_named() -> None:
    with serving(Served(), 0) as address:
        port = int(address.rsplit(":", 1)[1].strip("/"))
        with pytest.raises(DeliveryError) as caught, serving(Served(), port):
            pass
    assert str(caught.value).startswith(f"preview: port {port} is not free (")
    assert str(caught.value).endswith("); choose another --port")


def test_only_the_served_copy_carries_a_script(shown: Shown, font_cache: Path) -> None:
    page = Pages(request(shown.desk, font_cache), Snapshot()).page()
    assert "<script" not in page
    served = listening(page)
    assert served.count("<script>") == 1
    assert "script-src &#39;sha256-" in served


def test_only_what_changed_is_made_again(tmp_path: Path, font_cache: Path) -> None:
    copy = desk(tmp_path)
    pages = Pages(request(copy, font_cache), Snapshot())
    pages.page()
    figures, exhibits = pages.found and pages.found.figures, pages.exhibits
    copy.append("note.md.j2", "補充說明。\n")
    assert "補充說明。" in pages.page()
    assert pages.found is not None
    assert pages.found.figures is figures
    assert pages.exhibits is exhibits
