"""Takes the SVG that matplotlib writes, gives one that stands in any page of ours.

It has no style, no script and no comment, so the strictest content-security policy lets it pass;
colours are presentation attributes (paper) with classes beside them (screen, light and dark); ids
do not collide with those of other charts; text stays text.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from reportgen.charts.theme import COLOURS, FALLBACKS, FAMILY
from reportgen.errors import RenderError

_SVG = "{http://www.w3.org/2000/svg}"
_XLINK = "{http://www.w3.org/1999/xlink}"
_DROPPED = ("metadata", "style", "script", "title", "desc")
_GROUPS = ("g", "defs")

_NUMBER = re.compile(r"-?\d+\.\d+(?:e[+-]?\d+)?")
_COMMAND = re.compile(r"\s*([A-Za-z])\s*")
# A dot: from its lowest point round in eight curves.
_CIRCLE = re.compile(
    rf"M (?:{_NUMBER.pattern} ?){{2}} ?(?:C (?:{_NUMBER.pattern} ?){{6}} ?){{8}} ?z"
)
# A run of lines, as cleaned: from its start over at least two places.
_RUN = re.compile(r"M-?[\d.]+ -?[\d.]+(?:L-?[\d.]+ -?[\d.]+){2,}")
_NO_TURN = re.compile(r"rotate\(-?0(?:\.0+)?[ ,][^)]*\)")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")

_NAMES = {value: name for name, value in COLOURS.items()}
_CLASS_LETTERS = {"fill": "f", "stroke": "s"}

# What is said once, at the root; `stroke-linejoin` was matplotlib's only rule of style.
_ROOT = {
    "role": "img",
    "font-family": ", ".join([*(f"'{family}'" for family in (FAMILY, *FALLBACKS)), "sans-serif"]),
    "stroke-linejoin": "round",
}
_DEFAULTS = {
    "font-family": f"'{FAMILY}'",
    "font-weight": "400",
    "text-anchor": "start",
    "stroke-linejoin": "round",
    "stroke-linecap": "butt",
    "stroke-dashoffset": "0",
}


def clean(svg: str, *, prefix: str) -> str:
    """The picture of `svg`, rewritten; `prefix` becomes its id and begins every id inside.

    Raises: RenderError for a colour that the theme does not know, since it could not follow the
    reader's light or dark screen.
    """
    old = ET.fromstring(svg.encode())  # noqa: S314 (matplotlib wrote it, just now)
    box = old.get("viewBox", "0 0 0 0")
    _, _, width, height = box.split()
    root = ET.Element(
        "svg",
        {
            "xmlns": _SVG.strip("{}"),
            "id": prefix,
            "class": "chart",
            "viewBox": _short(box),
            "width": _short(width),
            "height": _short(height),
            **_ROOT,
        },
    )
    used = _referenced(old)
    for child in old:
        _copy(child, root, prefix, used)
    _say_size_once(root)
    return ET.tostring(root, encoding="unicode").replace(" />", "/>")


def named(svg: str, title: str, description: str = "") -> str:
    """The finished picture with its name, and what it shows, for who can not see it.

    Source: https://www.w3.org/TR/SVG2/struct.html#TitleElement
    """
    told = f"<title>{escape(title)}</title>"
    if description:
        told += f"<desc>{escape(description)}</desc>"
    start, _, rest = svg.partition(">")
    return f"{start}>{told}{rest}"


def _say_size_once(root: ET.Element) -> None:
    """Puts the size that most texts have at the root, and takes it from these."""
    texts = [element for element in root.iter() if "font-size" in element.attrib]
    sizes = Counter(element.attrib["font-size"] for element in texts)
    if not sizes:
        return
    usual = sizes.most_common(1)[0][0]
    root.set("font-size", usual)
    for element in texts:
        if element.attrib["font-size"] == usual:
            del element.attrib["font-size"]


def _referenced(root: ET.Element) -> frozenset[str]:
    """The ids that something points to; the others are only matplotlib's names for its groups."""
    found: set[str] = set()
    for element in root.iter():
        for key, value in element.attrib.items():
            found.update(_REFERENCE.findall(value))
            if key.endswith("href"):
                found.add(value.removeprefix("#"))
    return frozenset(found)


def _copy(old: ET.Element, parent: ET.Element, prefix: str, used: frozenset[str]) -> None:
    """Append the rewritten element to `parent`; a bare group gives way to its parts."""
    tag = old.tag.removeprefix(_SVG)
    if tag in _DROPPED:
        return
    attributes = _attributes(old, prefix, used)
    if tag in _GROUPS and not attributes:
        target = parent if tag == "g" or not _kept(old) else ET.SubElement(parent, tag)
    elif tag == "path" and attributes.get("fill", "") == "none" and "stroke" not in attributes:
        return  # the canvas's own ground, which is not drawn
    else:
        target = ET.SubElement(parent, "circle" if "cx" in attributes else tag, attributes)
        target.text = (old.text or "").strip() or None
    for child in old:
        _copy(child, target, prefix, used)


def _kept(group: ET.Element) -> bool:
    return any(child.tag.removeprefix(_SVG) not in _DROPPED for child in group)


def _attributes(old: ET.Element, prefix: str, used: frozenset[str]) -> dict[str, str]:
    """The attributes of an element: styles taken apart, colours named, numbers short."""
    found: dict[str, str] = {}
    for key, value in old.attrib.items():
        if key == "style":
            found |= _declarations(value)
        elif key == "id":
            found |= {"id": f"{prefix}-{value}"} if value in used else {}
        elif key in ("href", f"{_XLINK}href"):
            found["href"] = f"#{prefix}-{value.removeprefix('#')}"
        elif key == "d":
            found |= _outline(" ".join(value.split()))
        elif key == "transform":
            found |= _transform(value)
        else:
            short = _short(value, 1 if key in ("x", "y") else 2)
            found[key] = _REFERENCE.sub(rf"url(#{prefix}-\1)", short)
    classes = [
        _class(key, found[key]) for key in _CLASS_LETTERS if found.get(key, "none") != "none"
    ]
    if classes:
        found["class"] = " ".join(classes)
    return {key: value for key, value in found.items() if _DEFAULTS.get(key) != value}


def _declarations(style: str) -> dict[str, str]:
    """The declarations of a style attribute as presentation attributes."""
    pairs = (part.partition(":") for part in style.split(";") if part.strip())
    return {key.strip(): _short(value.strip().removesuffix("px")) for key, _, value in pairs}


def _outline(path: str) -> dict[str, str]:
    """The outline of a path; that of a dot, which matplotlib draws in eight curves, as a circle."""
    if _CIRCLE.fullmatch(path):
        numbers = [float(number) for number in _NUMBER.findall(path)]
        (x, low), (_, high) = numbers[:2], numbers[24:26]
        middle, radius = (low + high) / 2, abs(low - high) / 2
        return {"cx": f"{x:.1f}", "cy": f"{middle:.1f}", "r": f"{radius:.1f}"}
    return {"d": _steps(_COMMAND.sub(r"\1", _short(path, 1)))}


def _steps(path: str) -> str:
    """The path with each run of lines told by its steps, half as long: L10 5L11 7 from 9 5 is l1 0 1 2.

    Steps are counted in tenths between rounded places, so that no error adds up.
    """
    return _RUN.sub(_run, path)


def _run(run: re.Match[str]) -> str:
    tenths = [round(float(number) * 10) for number in re.findall(r"-?[\d.]+", run[0])]
    places = list(zip(tenths[::2], tenths[1::2], strict=True))
    steps = [b - a for one, other in pairwise(places) for a, b in zip(one, other, strict=True)]
    start = " ".join(f"{tenth / 10:g}" for tenth in places[0])
    return f"M{start}l{' '.join(f'{step / 10:g}' for step in steps)}"


def _transform(value: str) -> dict[str, str]:
    rest = _short(_NO_TURN.sub("", value)).strip()
    return {"transform": rest} if rest else {}


def _class(key: str, colour: str) -> str:
    if colour not in _NAMES:
        raise RenderError(
            f"chart colour: {key} '{colour}' is not in the theme; add it to COLOURS and chart.css"
        )
    return f"{_CLASS_LETTERS[key]}-{_NAMES[colour]}"


def _short(text: str, places: int = 2) -> str:
    """The text with every number rounded: a tenth of a pixel is enough for an outline."""

    def rounded(match: re.Match[str]) -> str:
        short = f"{float(match[0]):.{places}f}".rstrip("0").rstrip(".")
        return "0" if short == "-0" else short

    return _NUMBER.sub(rounded, text)
