"""A firm's look: a logo that can stand in any page, colours that can be read."""

from __future__ import annotations

import re
from base64 import b64decode
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from reportgen.model import Look
from reportgen.spec.load import load_publication
from reportgen.spec.looks import DARK, LEAST, LIGHT, contrast, lightened, look_of
from reportgen.spec.problems import Problems
from reportgen.spec.tables import PublicationTable
from tests.making import PUBLICATION, Desk
from tests.pages import contrast as measured

SHAPES = '<rect width="40" height="40" fill="#7a1f3d"/>'


def svg(inside: str = SHAPES, more: str = "") -> bytes:
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'<svg {names} viewBox="0 0 160 40"{more}>{inside}</svg>'.encode()


def png(width: int = 160, height: int = 40) -> bytes:
    body = BytesIO()
    Image.new("RGBA", (width, height), (122, 31, 61, 255)).save(body, "PNG")
    return body.getvalue()


def read(files: dict[str, bytes] | None = None, **settings: str) -> tuple[Look, list[str]]:
    """The look that the settings give, and what is wrong with them."""
    table = PublicationTable(name="月報", audience="", rule_note="", disclosures=["。"], **settings)
    problems = Problems()
    held = {f"own/{name}": body for name, body in (files or {}).items()}
    return look_of(table, "own", held, problems), problems.found


# ── colours ────────────────────────────────────────────────────────────────────────────────────


def test_without_settings_the_look_is_the_house_s() -> None:
    assert read() == (Look(), [])


def test_a_colour_that_can_be_read_is_taken() -> None:
    assert read(accent="#7A1F3D", accent_dark="#f0a0b0") == (Look("", "#7a1f3d", "#f0a0b0"), [])


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (
            {"accent": "#e8a33d"},
            "publication.toml: 'accent' #e8a33d has a contrast of 1.97:1 on #f2f5f8, below 4.5:1; "
            "choose a darker colour",
        ),
        (
            {"accent": "#7a1f3d", "accent_dark": "#7a1f3d"},
            "publication.toml: 'accent_dark' #7a1f3d has a contrast of 1.56:1 on #1d242c, "
            "below 4.5:1; choose a lighter colour",
        ),
        (
            {"accent": "red"},
            "publication.toml: 'accent' is 'red'; write # and six digits, such as #1b3a5c",
        ),
        (
            {"accent": "#7a1f3d;}"},
            "publication.toml: 'accent' is '#7a1f3d;}'; write # and six digits, such as #1b3a5c",
        ),
        (
            {"accent_dark": "#f0a0b0"},
            "publication.toml: 'accent_dark' without 'accent'; give the colour of a light page too",
        ),
    ],
)
def test_a_colour_that_can_not_be_read_is_refused(settings: dict[str, str], told: str) -> None:
    assert read(None, **settings)[1] == [told]


@pytest.mark.parametrize("colour", ["#1b3a5c", "#7a1f3d", "#00401f", "#000000", "#0000ff"])
def test_a_dark_page_gets_the_same_colour_as_light_as_it_must_be(colour: str) -> None:
    made = read(accent=colour)[0].accent_dark
    assert made == lightened(colour)
    assert min(contrast(made, ground) for ground in DARK) >= LEAST


def test_contrast_is_measured_as_the_pages_are() -> None:
    for one, other in (("#1b3a5c", "#ffffff"), ("#9dc0e6", "#14181d"), ("#777777", "#ffffff")):
        expected = measured.ratio(measured.parsed(one), measured.parsed(other))
        assert contrast(one, other) == pytest.approx(expected)
    assert LEAST == measured.LEAST


def test_the_grounds_are_those_of_the_style_sheet(root: Path) -> None:
    sheet = (root / "templates/shared/screen.css").read_text("utf-8")
    names = ("paper", "tint", "ochre-tint")
    for name, *grounds in zip(names, LIGHT, DARK, strict=True):
        assert re.findall(rf"--{name}: (#[0-9a-f]{{6}})", sheet) == grounds


# ── the logo ───────────────────────────────────────────────────────────────────────────────────


def test_a_png_is_taken_as_it_is() -> None:
    look, wrong = read({"logo.png": png()}, logo="logo.png")
    assert wrong == []
    kind, _, body = look.logo.partition(";base64,")
    assert (kind, b64decode(body)) == ("data:image/png", png())


def test_of_an_svg_only_shapes_stay() -> None:
    drawn = (
        b'<?xml version="1.0"?><?xml-stylesheet href="https://example.org/a.css"?>'
        b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "https://example.org/svg11.dtd">'
        + svg(
            '<!-- made by hand --><path d="M0 0h9" style="fill:#7a1f3d; stroke : none" '
            'xmlns:ink="https://example.org/ink" ink:label="a"/>',
            ' width="100%" height="3"',
        )
    )
    look, wrong = read({"logo.svg": drawn}, logo="logo.svg")
    assert wrong == []
    kind, _, body = look.logo.partition(";base64,")
    assert kind == "data:image/svg+xml"
    assert b64decode(body).decode() == (
        '<svg height="40" viewBox="0 0 160 40" width="160" xmlns="http://www.w3.org/2000/svg">'
        '<path d="M0 0h9" fill="#7a1f3d" stroke="none" /></svg>'
    )


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        ("<script>alert(1)</script>", "holds <script>: the page runs no script; take it out"),
        ("<text>範例投顧</text>", "holds <text>: letters need a font; turn them into paths"),
        (
            "<style>path{fill:red}</style>",
            "holds <style>: the page allows no other style sheet; save with presentation attributes",
        ),
        (
            "<image/>",
            "holds <image>: a picture in a picture; draw it as paths, or give a PNG as the logo",
        ),
        (
            '<linearGradient id="g"/>',
            "holds <linearGradient>: readers of PDF differ in it; use flat colours, "
            "or give a PNG as the logo",
        ),
        (
            "<foreignObject/>",
            "holds <foreignObject>: a logo is made of shapes only; save it as plain SVG",
        ),
        (
            '<x:path xmlns:x="https://example.org/x"/>',
            "holds <path>: a logo is made of shapes only; save it as plain SVG",
        ),
        (
            '<rect onclick="alert(1)"/>',
            "holds the script onclick='alert(1)'; take it out",
        ),
        (
            '<rect style="onload: alert(1)"/>',
            "holds the script onload='alert(1)'; take it out",
        ),
        (
            '<rect fill="URL(https://example.org/a.svg#b)"/>',
            "reaches outside with fill='URL(https://example.org/a.svg#b)'; put the shape itself there",
        ),
        (
            '<rect style="fill:u\\72l(//example.org)"/>',
            "reaches outside with fill='u\\72l(//example.org)'; put the shape itself there",
        ),
        (
            '<path xlink:href="https://example.org/"/>',
            "reaches outside with href='https://example.org/'; put the shape itself there",
        ),
    ],
)
def test_an_svg_that_does_more_than_show_shapes_is_refused(inside: str, told: str) -> None:
    look, wrong = read({"logo.svg": svg(inside)}, logo="logo.svg")
    assert (look.logo, wrong) == ("", [f"publication.toml [logo]: 'logo.svg' {told}"])


@pytest.mark.parametrize(
    ("name", "body", "told"),
    [
        ("logo.svg", None, "does not stand beside publication.toml; put the file there"),
        ("../logo.svg", None, "does not stand beside publication.toml; put the file there"),
        ("logo.jpg", b"", "must end in .svg or .png; save it as one of these"),
        ("logo.png", png()[:60], "is no whole PNG; save it again"),
        ("logo.png", png().replace(b"IDAT", b"IDAU"), "is no whole PNG; save it again"),
        ("logo.png", b"GIF89a", "is no whole PNG; save it again"),
        ("logo.png", png(2001, 3), "is 2001 × 3 pixels; make it at most 2000 each way"),
        ("logo.svg", svg() + b" " * 100_000, "has 100155 bytes; make it at most 100000"),
        ("logo.svg", b"<svg/>", "is no <svg> with a viewBox; save it as plain SVG"),
        (
            "logo.svg",
            svg().replace(b"</svg>", b""),
            "is no SVG (no element found: line 1, column 149); save it again",
        ),
    ],
)
def test_a_logo_that_can_not_be_shown_is_refused(name: str, body: bytes | None, told: str) -> None:
    files = {} if body is None else {name: body}
    assert read(files, logo=name)[1] == [f"publication.toml [logo]: '{name}' {told}"]


def test_entities_can_not_hide_a_script() -> None:
    hidden = b'<!DOCTYPE svg [<!ENTITY a "<script>alert(1)</script>">]>' + svg("&a;")
    (told,) = read({"logo.svg": hidden}, logo="logo.svg")[1]
    assert "holds <script>" in told


# ── in the publication ─────────────────────────────────────────────────────────────────────────


def test_every_problem_of_the_look_is_told_in_one_run(desk_: Desk) -> None:
    desk_.replace("publication.toml", 'logo = ""', 'logo = "logo.svg"')
    desk_.replace("publication.toml", 'accent = ""', 'accent = "#ffcc00"')
    desk_.replace("publication.toml", 'website = ""', 'website = "example.org"')
    assert desk_.problems() == (
        "publication.toml: 'website' is 'example.org', no address on the web; "
        "begin it with https://",
        "publication.toml: 'accent' #ffcc00 has a contrast of 1.38:1 on #f2f5f8, below 4.5:1; "
        "choose a darker colour",
        "publication.toml [logo]: 'logo.svg' does not stand beside publication.toml; "
        "put the file there",
    )


def test_the_logo_is_among_the_files_that_an_edition_keeps(desk_: Desk) -> None:
    desk_.path("logo.svg").write_bytes(svg())
    desk_.replace("publication.toml", 'logo = ""', 'logo = "logo.svg"')
    made = load_publication(desk_.templates, PUBLICATION)
    assert made.files["us-treasuries/logo.svg"] == svg()
    assert made.imprint.look.logo.startswith("data:image/svg+xml;base64,")
