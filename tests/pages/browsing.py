"""Opens the page in headless Chromium, with an ear to what it asks for and what it complains about."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import axe_playwright_python
from playwright.sync_api import Browser, Page, sync_playwright

Scheme = Literal["light", "dark"]

# Chromium of the system, as root and without a screen; it is to ask nobody for anything.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")

SCHEMES: tuple[Scheme, ...] = ("light", "dark")
WIDTHS = (360, 768, 1280)
HEIGHTS = {320: 640, 360: 740, 390: 844, 768: 1024, 1280: 800}


@dataclass(frozen=True, slots=True)
class Visit:
    """A page that was opened, what it asked for, and what it said."""

    page: Page
    requests: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)


# The only font of the reader's system: pages look the same, whatever a machine has installed.
FONTCONFIG = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""


def surroundings(fonts: Path, folder: Path) -> dict[str, str]:
    """The environment of a browser that has the fonts of one folder; writes into the other."""
    settings = folder / "fonts.conf"
    settings.write_text(FONTCONFIG.format(fonts=fonts, cache=folder / "cache"), "utf-8")
    return {**os.environ, "FONTCONFIG_FILE": str(settings)}


@contextmanager
def started(program: str, environment: Mapping[str, str]) -> Iterator[Browser]:
    """The browser, while the block runs."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=ARGUMENTS, env=dict(environment)
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visited(
    browser: Browser, address: str, width: int, scheme: Scheme = "light", **options: Any
) -> Iterator[Visit]:
    """The page in a session of its own, `width` CSS pixels wide."""
    size = {"width": width, "height": HEIGHTS[width]}
    context = browser.new_context(
        viewport=size, color_scheme=scheme, locale="zh-TW", reduced_motion="reduce", **options
    )
    try:
        visit = Visit(context.new_page())
        context.on("request", lambda request: visit.requests.append(request.url))
        visit.page.on("console", lambda message: visit.messages.append(message.text))
        visit.page.on("pageerror", lambda error: visit.messages.append(str(error)))
        visit.page.goto(address)
        yield visit
    finally:
        context.close()


# ── axe ────────────────────────────────────────────────────────────────────────────────────────

# Off by default in axe, but a rule of WCAG 2.2 (2.5.8).
EXTRA_RULES = {"target-size": {"enabled": True}}


def axe(page: Page, *, contrast: bool = True) -> list[str]:
    """Each violation that axe finds, with the first element that has it.

    Contrast takes most of its time, and where our buttons lie over numbers it cannot tell;
    `faint_text` can.
    """
    page.evaluate(AXE.read_text("utf-8"))
    rules = {**EXTRA_RULES, "color-contrast": {"enabled": contrast}}
    found = page.evaluate("rules => axe.run(document, {resultTypes: ['violations'], rules})", rules)
    return [_violation(item) for item in found["violations"]]


def _violation(item: Mapping[str, Any]) -> str:
    node = item["nodes"][0]
    return f"{item['id']} ({len(item['nodes'])}): {item['help']}; {node['target']}: {node['html'][:200]}"


# ── contrast of all text, that of charts included ──────────────────────────────────────────────

# Every text that is shown, with its colour and the grounds below it from the top: of the elements
# around it, and in a chart of the shapes painted before it, where they hold its middle.
TEXTS = """
() => {
  const shapes = new Map();
  const grounds = (text, x, y) => {
    const svg = text.ownerSVGElement, found = [];
    if (!shapes.has(svg)) shapes.set(svg, [...svg.querySelectorAll('path, rect, circle')]);
    for (const shape of shapes.get(svg)) {
      if (!(shape.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING)) continue;
      const style = getComputedStyle(shape);
      if (style.fill === 'none') continue;
      const point = new DOMPoint(x, y).matrixTransform(shape.getScreenCTM().inverse());
      if (shape.isPointInFill(point)) found.unshift(style.fill);
    }
    return found;
  };
  const around = element => {
    const found = [];
    for (let e = element; e; e = e.parentElement) found.push(getComputedStyle(e).backgroundColor);
    return found;
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const told = [];
  while (walker.nextNode()) {
    const node = walker.currentNode, element = node.parentElement;
    if (!node.data.trim() || !element.checkVisibility()) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    const chart = element.ownerSVGElement !== undefined && element.ownerSVGElement !== null;
    const style = getComputedStyle(element);
    const middle = [box.left + box.width / 2, box.top + box.height / 2];
    told.push({
      text: node.data.trim().slice(0, 30),
      colour: chart ? style.fill : style.color,
      grounds: [...(chart ? grounds(element, ...middle) : []), ...around(element)],
    });
  }
  return told;
}
"""
