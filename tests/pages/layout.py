"""The rules of the printed page: how many there are, how full, and that nothing is cut or unreadable."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from tests.pages import contrast
from tests.pages.printed import Box, Run
from tests.pages.structure import Element, boxes, text
from tests.pages.subject import Rules, Subject
from tests.pages.tagging import HEADINGS

RULES = Rules("")

# How many pages may the note have?
PAGES = (6, 8)

# How much of the height of a page that is not the last must be used?
LEAST_FILL = 0.5

# How far may text reach over the area of the page that is set, in points? The last full-width
# stop of a line may hang by rounding alone.
OVERHANG = 0.5

# Which part of the smaller of two texts may lie under the other? Accents and kerning touch.
OVERLAP = 0.1

FONTS = {"Noto-Sans-TC", "Noto-Sans-TC-Bold"}

# Which code points look like Chinese and are not searched for? Radicals and compatibility forms.
LOOKALIKES = (("\u2e80", "\u2fdf"), ("\uf900", "\ufaff"))


@RULES.of("", f"{PAGES[0]} to {PAGES[1]} pages")
def page_count(subject: Subject) -> Iterator[str]:
    count = len(subject.sheets)
    if not PAGES[0] <= count <= PAGES[1]:
        yield f"{count} pages"


@RULES.of("", "every page but the last is at least half full")
def page_fill(subject: Subject) -> Iterator[str]:
    for number, filled in enumerate(fills(subject)[:-1], start=1):
        if filled < LEAST_FILL:
            yield f"page {number} is {filled:.0%} full"


def fills(subject: Subject) -> list[float]:
    """The part of each page's height that is used, from the top of the area that is set."""
    found = []
    for sheet, area in zip(subject.sheets, subject.areas, strict=True):
        lowest = min((run.box.bottom for run in sheet.runs if not run.artifact), default=area.top)
        found.append((area.top - lowest) / (area.top - area.bottom))
    return found


@RULES.of("", "no heading stands at the foot of a page or column")
def headings_at_foot(subject: Subject) -> Iterator[str]:
    pieces = list(subject.tree.pieces())
    for heading in subject.tree.find(*HEADINGS):
        page, box = boxes(heading, subject.said)[-1]
        after = pieces[pieces.index(list(heading.pieces())[-1]) + 1 :]
        following = next(
            ((piece.page, run.box) for piece in after for run in subject.said.get(piece, ())), None
        )
        if following is None or not _below(following, page, box):
            yield f"page {page}: '{text(heading, subject.said)}' ends it, or its column"


def _below(following: tuple[int, Box], page: int, box: Box) -> bool:
    """Whether what follows stands on the same page and lower: the next column begins higher."""
    where, place = following
    return where == page and place.top < box.top


@RULES.of("", "no text leaves the area that is set, nor a running head the page")
def overfull(subject: Subject) -> Iterator[str]:
    for sheet, area in zip(subject.sheets, subject.areas, strict=True):
        for run in sheet.runs:
            if run.text.strip() and not run.box.within(
                sheet.box if run.artifact else area, OVERHANG
            ):
                yield f"page {sheet.number}: '{run.text}' at {run.box} leaves it"


@RULES.of("", "no text lies over other text")
def overprinted(subject: Subject) -> Iterator[str]:
    for sheet in subject.sheets:
        inks = [(run.text, _ink(run)) for run in sheet.runs if run.text.strip()]
        for (one, first), (other, second) in combinations(inks, 2):
            if first.bottom >= second.top or second.bottom >= first.top:
                continue  # most pairs: cheaper than to work out what they share
            if (first & second).area > OVERLAP * min(first.area, second.area):
                yield f"page {sheet.number}: '{one}' and '{other}' overlap"


def _ink(run: Run) -> Box:
    """The middle of the em box: lines may be set as close as their letters are high."""
    box = run.box
    inset = (box.top - box.bottom) * 0.15
    return Box(box.left, box.bottom + inset, box.right, box.top - inset)


@RULES.of("", "every exhibit has caption, picture and source, all on one page")
def exhibits(subject: Subject) -> Iterator[str]:
    for exhibit in subject.tree.walk():
        roles = [kid.role for kid in exhibit.kids if isinstance(kid, Element)]
        if "Caption" not in roles:
            continue
        name = text(next(exhibit.find("Caption")), subject.said)
        pages = {page for page, _ in boxes(exhibit, subject.said)}
        if len(pages) != 1 or roles[-1] != "P" or not list(exhibit.find("Figure")):
            yield f"'{name}' is {', '.join(roles)} on {len(pages)} pages"


@RULES.of("WCAG 2.2, 1.4.3", f"all text has a contrast of at least {contrast.LEAST} to its ground")
def contrasts(subject: Subject) -> Iterator[str]:
    for (ink, ground), (measured, sample) in sorted(measured_contrasts(subject).items()):
        if measured < contrast.LEAST:
            yield f"{ink} on {ground} has {measured:.2f}: '{sample}'"


def measured_contrasts(subject: Subject) -> dict[tuple[str, str], tuple[float, str]]:
    """The contrast of each colour of text on each ground, with the first text that has it."""
    found: dict[tuple[str, str], tuple[float, str]] = {}
    for sheet in subject.sheets:
        for run in sheet.runs:
            if run.text.strip():
                measured, ground = contrast.least(run, sheet.areas)
                pair = contrast.named(run.colour), contrast.named(ground)
                found.setdefault(pair, (measured, run.text))
    return found


@RULES.of("", "text is set in the two fonts, filled and not invisible")
def fonts(subject: Subject) -> Iterator[str]:
    for sheet in subject.sheets:
        for run in sheet.runs:
            if run.face.name.partition("+")[2] not in FONTS:
                yield f"page {sheet.number}: '{run.text}' is set in {run.face.name}"
            if run.mode != 0:
                yield f"page {sheet.number}: '{run.text}' is painted in mode {run.mode}"


@RULES.of("", "no text is a radical or a compatibility form instead of the character itself")
def characters(subject: Subject) -> Iterator[str]:
    for sheet in subject.sheets:
        for run in sheet.runs:
            for character in run.text:
                if any(first <= character <= last for first, last in LOOKALIKES):
                    yield f"page {sheet.number}: U+{ord(character):04X} in '{run.text}'"
