"""Reads the outlines of a picture back: where strokes, bars and dots lie, however they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

NAMESPACE = "{http://www.w3.org/2000/svg}"

Point = tuple[float, float]
Outline = list[list[Point]]  # each run of an outline; a dot is one run of its middle alone

_TOKEN = re.compile(r"[A-Za-z]|-?\d*\.?\d+")


def outlines(root: ET.Element, name: str) -> list[Outline]:
    """The outlines of one class, in the order drawn; y counts downwards."""
    found = []
    for element in root.iter():
        if element.attrib.get("class") != name:
            continue
        if element.tag == f"{NAMESPACE}circle":
            found.append([[(float(element.attrib["cx"]), float(element.attrib["cy"]))]])
        elif element.tag == f"{NAMESPACE}path":
            found.append(_runs(element.attrib["d"]))
    return found


def _runs(path: str) -> Outline:
    if "C" in path:
        (low, *_), *_ = runs = list(_walked(path))
        heights = [y for run in runs for _, y in run]
        return [[(low[0], (min(heights) + max(heights)) / 2)]]
    return list(_walked(path))


def _walked(path: str) -> Iterator[list[Point]]:
    """The places of each run, absolute, of moves, lines and curves."""
    run: list[Point] = []
    command, numbers = "", list[float]()
    for token in _TOKEN.findall(path):
        if token.isalpha():
            command = token
            if command == "M" and run:
                yield run
                run = []
            continue
        numbers.append(float(token))
        if len(numbers) == 2:
            x, y = numbers
            numbers = []
            run.append((run[-1][0] + x, run[-1][1] + y) if command == "l" else (x, y))
    yield run
