"""Takes what `publication.toml` says of a firm's look, gives the Look, its logo and colours checked.

The logo stands in the page itself, as a data address. Of an SVG only what was checked is kept: shapes
and their attributes, without script, style sheet, letters or anything from elsewhere.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree as ET
from zlib import crc32

from reportgen.model import Look
from reportgen.spec.files import PICTURES, THEME
from reportgen.spec.problems import Problems
from reportgen.spec.tables import PublicationTable

WHERE = "publication.toml"

# What may a theme set? Who publishes and for whom, and how it looks; never what the note says.
OF_A_THEME = frozenset(
    {
        *("firm", "licence", "website", "contact", "analyst", "approver"),
        *("logo", "accent", "accent_dark", "audience", "risks", "disclosures"),
    }
)

# How well must text stand out from its ground? WCAG 2.2, 1.4.3 (AA),
# https://www.w3.org/TR/WCAG22/#contrast-minimum
LEAST = 4.5

# On which grounds does the accent stand? Paper, tint and ochre tint of `screen.css`, by theme.
LIGHT = ("#ffffff", "#f2f5f8", "#faf5ec")
DARK = ("#14181d", "#1d242c", "#262017")

# How large may a logo be? Every page carries it, on a phone as well.
MOST_BYTES = 100_000
MOST_PIXELS = 2000

# Of which elements is a logo made?
SHAPES = frozenset(
    {
        *("svg", "g", "defs", "title", "desc"),
        *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon"),
        "clipPath",
    }
)
# Why can an element of this name not stay, and what is to be done?
REFUSED = {
    "text": "letters need a font; turn them into paths",
    "tspan": "letters need a font; turn them into paths",
    "style": "the page allows no other style sheet; save with presentation attributes",
    "script": "the page runs no script; take it out",
    "linearGradient": "readers of PDF differ in it; use flat colours, or give a PNG as the logo",
    "radialGradient": "readers of PDF differ in it; use flat colours, or give a PNG as the logo",
    "image": "a picture in a picture; draw it as paths, or give a PNG as the logo",
}

_PNG = b"\x89PNG\r\n\x1a\n"
_COLOUR = re.compile("#[0-9a-f]{6}")
_SVG = "http://www.w3.org/2000/svg"
_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
_BOX = re.compile(r"-?[\d.]+[ ,]+-?[\d.]+[ ,]+([\d.]+)[ ,]+([\d.]+)")
_STYLE = re.compile(r"([a-z-]+)\s*:\s*([^;]+)")
_ELSEWHERE = re.compile(r"""url\(\s*["']?(?!#)|\\""", re.IGNORECASE)


def look_of(
    read: PublicationTable, publication: str, files: Mapping[str, bytes], problems: Problems
) -> Look:
    """The look that the publication's settings ask for; what does not hold is a problem."""
    light = _accent("accent", read.accent, LIGHT, problems)
    dark = _accent("accent_dark", read.accent_dark, DARK, problems)
    if dark and not light:
        problems.add(WHERE, "'accent_dark' without 'accent'; give the colour of a light page too")
    return Look(
        _logo(read.logo, publication, files, problems) if read.logo else "",
        light,
        dark or (lightened(light) if light else ""),
    )


# ── colours ────────────────────────────────────────────────────────────────────────────────────


def _accent(key: str, colour: str, grounds: tuple[str, ...], problems: Problems) -> str:
    """The colour, if it can be read on every ground; else nothing, and a problem."""
    if not colour:
        return ""
    if not _COLOUR.fullmatch(colour.lower()):
        problems.add(WHERE, f"'{key}' is '{colour}'; write # and six digits, such as #1b3a5c")
        return ""
    found, ground = min((contrast(colour, each), each) for each in grounds)
    if found < LEAST:
        do = "a darker" if grounds == LIGHT else "a lighter"
        what = f"'{key}' {colour} has a contrast of {found:.2f}:1 on {ground}, below {LEAST}:1"
        problems.add(WHERE, f"{what}; choose {do} colour")
        return ""
    return colour.lower()


def lightened(colour: str) -> str:
    """The colour mixed with as much white as it takes to be read on every dark ground."""
    mixed = (_mixed(colour, share / 20) for share in range(20))
    clear = (each for each in mixed if all(contrast(each, ground) >= LEAST for ground in DARK))
    return next(clear, "#ffffff")


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21.

    Source: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
    """
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    """Source: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    shares = (part / 255 for part in _parts(colour))
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mixed(colour: str, white: float) -> str:
    return "#" + "".join(f"{round(part + (255 - part) * white):02x}" for part in _parts(colour))


def _parts(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return red, green, blue


def themed(said: Mapping[str, Any], problems: Problems) -> dict[str, Any]:
    """The settings of a theme, which stand in place of those of publication.toml."""
    for name in sorted(said.keys() - OF_A_THEME):
        known = ", ".join(sorted(OF_A_THEME))
        problems.add(THEME, f"'{name}' is not for a theme to set; known are {known}")
    return {name: value for name, value in said.items() if name in OF_A_THEME}


# ── the logo ───────────────────────────────────────────────────────────────────────────────────


def _logo(name: str, publication: str, files: Mapping[str, bytes], problems: Problems) -> str:
    """The data address of the logo; nothing, and a problem, where it can not stand in a page."""
    body = files.get(f"{publication}/{name}", b"")
    if not name.endswith(PICTURES):
        wrong = ["must end in .svg or .png; save it as one of these"]
    elif not body:
        wrong = ["does not stand beside publication.toml; put the file there"]
    elif len(body) > MOST_BYTES:
        wrong = [f"has {len(body)} bytes; make it at most {MOST_BYTES}"]
    elif name.endswith(".png"):
        wrong = list(_of_png(body))
    else:
        body, wrong = _svg(body)
    for what in wrong:
        problems.add(f"{WHERE} [logo]", f"'{name}' {what}")
    kind = "png" if name.endswith(".png") else "svg+xml"
    return "" if wrong else f"data:image/{kind};base64,{b64encode(body).decode()}"


def _of_png(body: bytes) -> Iterator[str]:
    """What is wrong with a PNG."""
    kinds = [chunk[:4] for chunk in _chunks(body)]
    if kinds[:1] != [b"IHDR"] or kinds[-1:] != [b"IEND"]:
        yield "is no whole PNG; save it again"
        return
    width, height = (int.from_bytes(body[place : place + 4], "big") for place in (16, 20))
    if max(width, height) > MOST_PIXELS:
        yield f"is {width} × {height} pixels; make it at most {MOST_PIXELS} each way"


def _chunks(body: bytes) -> Iterator[bytes]:
    """The chunks of a PNG, each as its type and data, up to the first that is not whole.

    Source: https://www.w3.org/TR/png-3/#5Chunk-layout
    """
    place = len(_PNG) if body.startswith(_PNG) else len(body)
    while place < len(body):
        end = place + 8 + int.from_bytes(body[place : place + 4], "big")
        chunk = body[place + 4 : end]
        if crc32(chunk).to_bytes(4, "big") != body[end : end + 4]:
            return
        yield chunk
        place = end + 4


def _svg(body: bytes) -> tuple[bytes, list[str]]:
    """The SVG with nothing but its shapes, and what keeps it from standing in a page."""
    try:
        root = ET.fromstring(body)  # noqa: S314  a file of the firm's own; nothing outside is read
    except (ET.ParseError, ValueError) as error:
        return b"", [f"is no SVG ({error}); save it again"]
    box = _BOX.fullmatch(root.get("viewBox", "").strip())
    if root.tag != f"{{{_SVG}}}svg" or box is None:
        return b"", ["is no <svg> with a viewBox; save it as plain SVG"]
    wrong = list(dict.fromkeys(_objections(root)))
    return (b"", wrong) if wrong else (_plain(root, box[1], box[2]), [])


def _objections(root: ET.Element) -> Iterator[str]:
    for element in root.iter():
        namespace, _, tag = str(element.tag).rpartition("}")
        if namespace != f"{{{_SVG}" or tag not in SHAPES:
            do = REFUSED.get(tag, "a logo is made of shapes only; save it as plain SVG")
            yield f"holds <{tag}>: {do}"
        for key, value in _attributes(element).items():
            if key.lower().startswith("on"):
                yield f"holds the script {key}='{value[:40]}'; take it out"
            elif (key == "href" and not value.startswith("#")) or _ELSEWHERE.search(value):
                yield f"reaches outside with {key}='{value[:40]}'; put the shape itself there"


def _attributes(element: ET.Element) -> dict[str, str]:
    """The attributes that stay: a style's declarations each by itself, no foreign names."""
    given = {"href" if key == _XLINK_HREF else key: v for key, v in element.attrib.items()}
    given |= dict(_STYLE.findall(given.pop("style", "")))
    return {key: given[key] for key in sorted(given) if "}" not in key}


def _plain(root: ET.Element, width: str, height: str) -> bytes:
    for element in root.iter():
        attributes = _attributes(element)
        element.attrib.clear()
        element.attrib.update(attributes)
        element.tag = str(element.tag).rpartition("}")[2]
    root.attrib.update({"xmlns": _SVG, "width": width, "height": height})
    return ET.tostring(root)
