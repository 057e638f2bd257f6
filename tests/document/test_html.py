"""The page: complete, escaped, closed to the outside, the same every time."""

from __future__ import annotations

import re
from base64 import b64encode
from collections import Counter
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Literal

import pytest

from reportgen.document import html
from reportgen.errors import RenderError
from reportgen.model import Document, ExhibitPlace, Heading, Inline, Paragraph, Table, Tag
from reportgen.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    Render = Callable[[Document], str]

FONTS = ("file:///fonts/regular.ttf", "file:///fonts/bold.ttf")
VOID = {"meta", "br", "line", "polyline"}


class Element:
    def __init__(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.text = ""


class Reader(HTMLParser):
    """Every element of a page with the text inside it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, tag: str, **attributes: str) -> list[Element]:
        return [
            element
            for element in self.elements
            if element.tag == tag
            and all(element.attributes.get(n.strip("_")) == v for n, v in attributes.items())
        ]


@pytest.fixture
def screen(note: Document, styles: dict[str, str], templates: Path) -> str:
    return html.render(note, medium="screen", styles=styles, templates=templates)


@pytest.fixture
def printed(note: Document, styles: dict[str, str], templates: Path) -> str:
    return html.render(note, medium="print", styles=styles, templates=templates, fonts=FONTS)


@pytest.fixture
def rendered(styles: dict[str, str], templates: Path) -> Render:
    """Render a document for the screen."""
    return lambda note: html.render(note, medium="screen", styles=styles, templates=templates)


def tags(content: tuple[Inline, ...]) -> Iterator[Tag]:
    for part in content:
        if isinstance(part, Tag):
            yield part
            yield from tags(part.content)


# ── what the page says ─────────────────────────────────────────────────────────────────────────


def test_the_same_document_gives_the_same_page(
    screen: str, rendered: Render, note: Document
) -> None:
    assert rendered(note) == screen


@pytest.mark.parametrize("medium", ["screen", "printed"])
def test_every_tag_of_the_prose_becomes_an_element(
    medium: str, note: Document, request: pytest.FixtureRequest
) -> None:
    page = Reader(request.getfixturevalue(medium))
    names = {
        "figure": "data",
        "claim": "span",
        "constant": "span",
        "strong": "strong",
        "date": "time",
    }
    texts = [note.title, *note.key_points, *note.gaps]
    for block in note.blocks:
        if isinstance(block, (Heading, Paragraph)):
            texts.append(block.content)  # noqa: PERF401  two kinds of block are easier to read so
    wanted = Counter(
        (names[tag.kind], tag.ref, plain(tag.content)) for text in texts for tag in tags(text)
    )
    assert {kind for kind, _, _ in wanted} == set(names.values())
    found = Counter(
        (element.tag, element.attributes.get("data-ref", ""), element.text)
        for element in page.elements
        if element.tag in names.values()
    )
    assert wanted <= found


def test_words_and_punctuation_stay_together_without_white_space(screen: str) -> None:
    page = Reader(screen)
    (opening, *_) = [
        element for element in page.all("p") if element.text.startswith("降息循環已經")
    ]
    assert opening.text.startswith(
        "降息循環已經結束：聯準會2026年9月16日升息25個基點，目標區間升至3.75%–4.00%；"
        "此前自2024年9月18日至2025年12月10日累計降息175個基點。"
    )


def test_a_date_is_readable_by_machines(screen: str) -> None:
    days = {e.text: e.attributes["datetime"] for e in Reader(screen).all("time")}
    assert days["2026年9月16日"] == "2026-09-16"
    assert days["2026年7月"] == "2026-07"


@pytest.mark.parametrize("text", ["上月底", "2026年13月", "2026年2月30日"])
def test_text_that_names_no_day_has_no_machine_date(text: str) -> None:
    assert html.machine_day(text) == ""


def test_all_text_is_escaped(note: Document, rendered: Render) -> None:
    hostile = "<script>x</script>&\"'"
    changed = replace(
        note,
        title=(hostile, Tag("claim", hostile, (hostile,))),
        key_points=((hostile,),),
        blocks=(*note.blocks, Heading(2, (hostile,)), Paragraph((hostile,))),
        disclosures=(hostile,),
        masthead=replace(note.masthead, firm=hostile, edition=hostile),
        exhibits={
            name: replace(
                exhibit,
                alternative=hostile,
                caution=hostile,
                title=(hostile,),
                table=Table((hostile,), ((hostile,),)),
            )
            for name, exhibit in note.exhibits.items()
        },
        sources=tuple(replace(source, label=hostile) for source in note.sources),
        methods=tuple(replace(part, title=hostile) for part in note.methods),
        ledger={name: replace(n, method=hostile, text=hostile) for name, n in note.ledger.items()},
    )
    page = rendered(changed)
    assert "<script" not in page
    assert "<h1>&lt;script&gt;x&lt;/script&gt;&amp;&#34;&#39;" in page


def test_headings_start_at_the_second_level(note: Document, rendered: Render) -> None:
    raised = tuple(
        replace(block, level=block.level - 1) if isinstance(block, Heading) else block
        for block in note.blocks
    )
    assert rendered(replace(note, blocks=raised)) == rendered(note)
    assert len(Reader(rendered(note)).all("h1")) == 1


def test_every_landmark_and_table_header_is_there(screen: str) -> None:
    page = Reader(screen)
    assert [len(page.all(tag)) for tag in ("header", "main", "nav", "footer")] == [1, 1, 1, 1]
    assert page.all("html", lang="zh-Hant-TW")
    assert page.all("a", class_="skip", href="#main")
    assert page.all("main", id="main")
    assert all(th.attributes["scope"] in {"row", "col"} for th in page.all("th"))
    ids = {element.attributes.get("id") for element in page.elements}
    inside = [a.attributes["href"] for a in page.all("a") if a.attributes["href"][0] == "#"]
    assert len(inside) == 7
    assert {href[1:] for href in inside} <= ids


def test_an_exhibit_has_number_title_picture_words_table_and_caution(screen: str) -> None:
    page = Reader(screen)
    captions = [element.text for element in page.all("figcaption")]
    assert captions == [
        "圖1十年期殖利率在降息期間上升1.21個百分點",
        "圖2期限溢酬回到0.94%，接近2014年以來的高點",
    ]
    images = page.all("div", role="img")
    assert [image.attributes["aria-label"].split("。")[0] for image in images] == [
        "折線圖：十年期殖利率在降息期間上升1.21個百分點",
        "折線圖：期限溢酬回到0.94%，接近2014年以來的高點",
    ]
    pictures = [e.attributes["class"] for e in page.elements if "aria-hidden" in e.attributes]
    assert pictures == ["chart wide", "chart narrow"] * 2
    assert len(page.all("details")) == 3
    assert len(page.all("p", class_="caution")) == 1


def test_print_has_the_wide_charts_titled_and_leaves_their_tables_to_the_data(printed: str) -> None:
    page = Reader(printed)
    assert len(page.all("svg")) == 2
    assert not page.all("details")
    assert not page.all("button")
    titles = [title.text for title in page.all("title")[1:]]
    assert [title.split("：")[0] for title in titles] == ["折線圖", "折線圖"]
    assert not page.all("table", class_="grid")


@pytest.mark.parametrize("medium", ["screen", "print"])
def test_an_exhibit_of_half_the_measure_has_the_narrow_picture(
    note: Document, styles: dict[str, str], templates: Path, medium: Literal["screen", "print"]
) -> None:
    exhibits = {name: replace(item, half=True) for name, item in note.exhibits.items()}
    page = html.render(
        replace(note, exhibits=exhibits), medium=medium, styles=styles, templates=templates,
        fonts=FONTS,
    )  # fmt: skip
    assert page.count('class="exhibit half"') == 2
    assert len(Reader(page).all("svg")) == 2


def test_print_names_the_two_fonts(printed: str) -> None:
    assert re.findall(r'font-weight:(\d+);src:url\("([^"]+)"\)', printed) == [
        ("400", FONTS[0]),
        ("700", FONTS[1]),
    ]


def test_the_methods_are_listed_by_part_with_number_period_and_sources(
    screen: str, printed: str
) -> None:
    shown, paper = (
        [
            element.text
            for element in Reader(page).all("p")
            if element.text.startswith(("核心PCE年增率 ", "與目標", "失業率三個月"))
        ]
        for page in (screen, printed)
    )
    assert shown == [
        "核心PCE年增率 3.1%（2026年8月）　核心PCE物價指數與一年前同期相比的變動率。PCEPILFE",
        "與目標之差 1.1個百分點（2026年8月）　核心PCE年增率減2%目標。",
        "失業率三個月平均　失業率近3個月平均（至少2個月有值）。UNRATE、PAYEMS；分析師輸入：某調查",
    ]
    assert paper == shown  # the agencies stand in the list of sources


def test_on_screen_the_methods_are_closed_until_asked_for(screen: str) -> None:
    page = Reader(screen)
    (closed,) = (e for e in page.all("details") if "核心PCE年增率減2%目標" in e.text)
    assert "open" not in closed.attributes
    assert page.all("h2", id="methods")
    assert page.all("a", href="#methods")


def test_a_note_without_methods_has_no_such_part(note: Document, rendered: Render) -> None:
    assert "methods" not in rendered(replace(note, methods=())).partition("<body>")[2]


def test_a_number_tells_its_method_when_asked(screen: str) -> None:
    (told,) = (e for e in Reader(screen).all("div", id="note-core_pce"))
    assert "算法\n示範序列core_pce與一年前同期相比的變動率" in told.text


def test_those_who_link_to_the_page_are_told_what_it_is(screen: str, note: Document) -> None:
    page = Reader(screen)
    (root,) = page.all("html")
    assert root.attributes["itemtype"] == "https://schema.org/Report"
    told = {
        element.attributes.get("itemprop") or element.attributes.get("property"): (
            element.attributes["content"]
        )
        for element in page.all("meta")
        if {"itemprop", "property"} & set(element.attributes)
    }
    title, summary = plain(note.title), plain(note.key_points[0])
    assert told == {
        "name": title,
        "description": summary,
        "inLanguage": "zh-Hant-TW",
        "datePublished": "2026-10-15",
        "reportNumber": "2026年10月號　第1版",
        "author": "分析師甲",
        "og:type": "article",
        "og:title": title,
        "og:description": summary,
        "og:locale": "zh_TW",
        "og:site_name": "示範證券投資顧問股份有限公司",
        "article:published_time": "2026-10-15",
    }
    (publisher,) = page.all("p", itemprop="publisher")
    assert publisher.attributes["itemtype"] == "https://schema.org/Organization"


def test_on_paper_no_search_engine_is_told_anything(printed: str) -> None:
    assert "itemprop" not in printed
    assert "og:" not in printed


def test_the_screen_knows_the_shape_of_a_chart_before_it_is_laid_out(
    screen: str, printed: str
) -> None:
    assert "#exhibit-yields .wide{aspect-ratio:460/190}\n" in screen
    assert "#exhibit-yields .narrow{aspect-ratio:320/220}\n" in screen
    assert "aspect-ratio" not in printed


# ── what the page may do ───────────────────────────────────────────────────────────────────────


def test_the_policy_allows_the_one_style_sheet_and_nothing_else(screen: str) -> None:
    page = Reader(screen)
    (style,) = page.all("style")
    digest = b64encode(sha256(style.text.encode()).digest()).decode()
    (policy,) = (m for m in page.all("meta") if "http-equiv" in m.attributes)
    assert policy.attributes["content"] == (
        f"default-src 'none'; style-src 'sha256-{digest}'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert screen.index("Content-Security-Policy") < screen.index("<style>")


def test_the_page_runs_nothing_styles_nothing_inline_and_loads_nothing(screen: str) -> None:
    page = Reader(screen)
    assert not {e.tag for e in page.elements} & {"script", "img", "link", "iframe", "form", "image"}
    for element in page.elements:
        for name, value in element.attributes.items():
            assert name not in {"style", "src", "srcset", "action"}
            assert not name.startswith("on")
            assert name in {"xmlns", "itemtype"} or "://" not in value or element.tag == "a"
    (style,) = page.all("style")
    assert "url(" not in style.text
    assert "@import" not in style.text


def test_every_number_opens_its_note_and_every_note_stands_once(
    screen: str, note: Document
) -> None:
    page = Reader(screen)
    ids = Counter(e.attributes["id"] for e in page.elements if "id" in e.attributes)
    assert set(ids.values()) == {1}
    asked = {e.attributes["popovertarget"] for e in page.all("button", class_="ask")}
    shown = {e.attributes["id"] for e in page.elements if "popover" in e.attributes}
    assert asked == shown == {f"note-{name}" for name in note.ledger if name != "never_cited"}
    assert len(page.all("button", class_="ask")) == len(page.all("data", class_="figure"))


# ── what is refused ────────────────────────────────────────────────────────────────────────────


def with_svg(note: Document, svg: str) -> Document:
    first = note.exhibits["yields"]
    changed = replace(first, svgs={**first.svgs, "wide": svg})
    return replace(note, exhibits={**note.exhibits, "yields": changed})


@pytest.mark.parametrize(
    ("svg", "message"),
    [
        ("<svg><style>a{}</style></svg>", "holds <style>, which a page must not; take it out"),
        ("<svg><script>1</script></svg>", "holds <script>"),
        ('<svg><g style="fill:red"/></svg>', "attribute style='fill:red' is not allowed"),
        ('<svg onload="x()"/>', "attribute onload='x()' is not allowed"),
        ('<svg><use href="https://a.example/#b"/></svg>', "attribute href="),
        ('<svg><g fill="url(https://a.example/)"/></svg>', "attribute fill="),
        ('<svg><g id="a"/><g id="a"/></svg>', "id 'a' occurs twice; prefix the ids"),
        ("<svg><g></svg>", "not well-formed SVG"),
        ("<g/>", "does not start with <svg"),
    ],
)
def test_a_chart_that_breaks_the_policy_is_refused(
    svg: str, message: str, note: Document, rendered: Render
) -> None:
    with pytest.raises(RenderError) as caught:
        rendered(with_svg(note, svg))
    assert str(caught.value).startswith("chart 'yields' (wide): ")
    assert message in str(caught.value)


def test_a_chart_may_refer_to_its_own_parts(note: Document, rendered: Render) -> None:
    svg = '<svg><g id="a-m"/><use href="#a-m"/><g clip-path="url(#a-m)"/></svg>'
    assert svg in rendered(with_svg(note, svg))


def place(note: Document, *names: str) -> Document:
    return replace(note, blocks=tuple(ExhibitPlace(name) for name in names))


def lacking(note: Document) -> Document:
    return replace(note, ledger={k: v for k, v in note.ledger.items() if k != "china"})


def bad_link(note: Document) -> Document:
    return replace(note, sources=(replace(note.sources[0], link="javascript:alert(1)"),))


def no_narrow(note: Document) -> Document:
    first = note.exhibits["yields"]
    less = replace(first, svgs={"wide": first.svgs["wide"]})
    return replace(note, exhibits={**note.exhibits, "yields": less})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lacking, "note: figure 'china' is not in the ledger; register it first"),
        (lambda n: place(n, "yeilds"), "note: exhibit 'yeilds' does not exist; correct its name"),
        (
            lambda n: place(n, "yields", "yields"),
            "note: exhibit 'yields' stands 2 times; place it once",
        ),
        (
            bad_link,
            "sources: link 'javascript:alert(1)' does not lead to the web; give an https address",
        ),
        (
            no_narrow,
            "chart 'yields' (narrow): no picture of this size; draw it in both sizes",
        ),
    ],
)
def test_a_document_that_does_not_hold_together_is_refused(
    change: Callable[[Document], Document], message: str, note: Document, rendered: Render
) -> None:
    with pytest.raises(RenderError) as caught:
        rendered(change(note))
    assert str(caught.value) == message


def test_a_misspelt_name_in_a_template_stops_the_build(
    note: Document, styles: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "base.html.j2").write_text("{{ document.titel }}", "utf-8")
    with pytest.raises(RenderError, match=r"^base\.html\.j2: .*titel.*; correct the template$"):
        html.render(note, medium="screen", styles=styles, templates=tmp_path)


@pytest.mark.parametrize(
    ("medium", "fonts", "less", "message"),
    [
        ("screen", None, "chart.css", "chart.css: no such style sheet was given; add it to the templates"),
        ("print", None, "", "print: no fonts were given; pass the regular and the bold font file"),
        (
            "print",
            ('file:///a"b', FONTS[1]),
            "",
            "print: font address 'file:///a\"b' is no plain URL; use Path.as_uri()",
        ),
    ],
)  # fmt: skip
def test_a_page_without_its_styles_or_fonts_is_refused(
    medium: html.Medium, fonts: tuple[str, str] | None, less: str, message: str,
    note: Document, styles: dict[str, str], templates: Path,
) -> None:  # fmt: skip
    styles.pop(less, None)
    with pytest.raises(RenderError) as caught:
        html.render(note, medium=medium, styles=styles, templates=templates, fonts=fonts)
    assert str(caught.value) == message


def test_a_style_sheet_can_not_end_its_element(
    note: Document, styles: dict[str, str], templates: Path
) -> None:
    styles["chart.css"] = "a{}</style><b>"
    with pytest.raises(RenderError, match=r"^styles: '</' would end the style element"):
        html.render(note, medium="screen", styles=styles, templates=templates)


# ── small charts ───────────────────────────────────────────────────────────────────────────────

SMALL = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 3" aria-hidden="true">'
    '<path d="M0 0L9 3" fill="none" stroke="#12467b" class="s-primary"/></svg>'
)


def test_a_small_chart_stands_where_its_tag_does(note: Document, rendered: Render) -> None:
    line = Paragraph(("走勢", Tag("spark", "rate", ()), "。"))
    page = rendered(replace(note, blocks=(line,), sparks={"rate": SMALL}))
    assert (
        '<p>走勢<span class="chart spark"><svg viewBox="0 0 9 3" aria-hidden="true">'
        '<path d="M0 0L9 3" class="s-primary"/></svg></span>。</p>'
    ) in page


def test_a_small_chart_that_was_not_drawn_is_refused(note: Document, rendered: Render) -> None:
    line = Paragraph((Tag("spark", "rate", ()),))
    with pytest.raises(RenderError, match="small chart 'rate' does not exist; draw it first"):
        rendered(replace(note, blocks=(line,)))
