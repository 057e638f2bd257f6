"""Takes a PDF, gives what each of its pages paints: text with its place and colour, and filled areas.

A small interpreter of content streams (ISO 32000-1, 8 and 9), as far as our pages need one: text
in composite fonts, filled paths, form XObjects, marked content. What it does not know, it refuses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pikepdf

Point = tuple[float, float]
Matrix = tuple[float, float, float, float, float, float]
Colour = tuple[float, float, float]

IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)
BLACK: Colour = (0, 0, 0)

# How far do the characters of Noto Sans TC reach above and below the baseline, in ems? Its
# ideographic em box: https://github.com/notofonts/noto-cjk
ABOVE, BELOW = 0.88, 0.12

# Which marks does the engine know that are no content?
ARTIFACT = "Artifact"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in points, from the lower left corner of the page."""

    left: float
    bottom: float
    right: float
    top: float

    def __and__(self, other: Box) -> Box:
        return Box(
            max(self.left, other.left),
            max(self.bottom, other.bottom),
            min(self.right, other.right),
            min(self.top, other.top),
        )

    @property
    def area(self) -> float:
        return max(0.0, self.right - self.left) * max(0.0, self.top - self.bottom)

    def holds(self, point: Point) -> bool:
        return self.left <= point[0] <= self.right and self.bottom <= point[1] <= self.top

    def within(self, other: Box, slack: float) -> bool:
        return (
            self.left >= other.left - slack
            and self.bottom >= other.bottom - slack
            and self.right <= other.right + slack
            and self.top <= other.top + slack
        )


EVERYWHERE = Box(-1e6, -1e6, 1e6, 1e6)


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A composite font: the width of a code in thousandths of an em, and the text it stands for.

    Each is itself alone, and hashable: a file reads each of its fonts once.
    """

    name: str
    widths: Mapping[int, float] = field(repr=False)
    width: float
    texts: Mapping[int, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Mark:
    """Marked content: its tag and, if it has one, its number on the page."""

    tag: str
    mcid: int | None


@dataclass(frozen=True, slots=True)
class Run:
    """Text that one operator shows; `order` counts what the page paints."""

    text: str
    codes: tuple[int, ...]
    box: Box
    size: float
    face: Face
    colour: Colour
    mode: int
    marks: tuple[Mark, ...]
    order: int

    @property
    def points(self) -> tuple[Point, Point, Point]:
        """Both ends and the middle, at half the height of the letters."""
        box = self.box
        height = box.bottom + (box.top - box.bottom) / 2
        inset = (box.right - box.left) * 0.1
        return (
            (box.left + inset, height),
            ((box.left + box.right) / 2, height),
            (box.right - inset, height),
        )

    @property
    def mcid(self) -> int | None:
        return next((mark.mcid for mark in reversed(self.marks) if mark.mcid is not None), None)

    @property
    def artifact(self) -> bool:
        return any(mark.tag == ARTIFACT for mark in self.marks)


@dataclass(frozen=True, slots=True)
class Area:
    """A filled path; `order` counts what the page paints."""

    outline: tuple[Point, ...]
    clip: Box
    colour: Colour
    alpha: float
    order: int

    def covers(self, point: Point) -> bool:
        """Whether the point lies inside, by the even-odd rule."""
        if not self.clip.holds(point):
            return False
        x, y = point
        inside = False
        for (x1, y1), (x2, y2) in zip(
            self.outline, self.outline[1:] + self.outline[:1], strict=True
        ):
            if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                inside = not inside
        return inside


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page as it is painted; `loose` names what is painted outside any mark."""

    number: int
    box: Box
    runs: tuple[Run, ...]
    areas: tuple[Area, ...]
    loose: tuple[str, ...]


def sheets(pdf: pikepdf.Pdf) -> tuple[Sheet, ...]:
    """Every page of the file, in its order."""
    faces: dict[tuple[int, int], Face] = {}
    return tuple(_sheet(page, number, faces) for number, page in enumerate(pdf.pages, start=1))


def _sheet(page: pikepdf.Page, number: int, faces: dict[tuple[int, int], Face]) -> Sheet:
    painter = _Painter(faces)
    painter.run(page.obj, page.obj.Resources)
    box = Box(*(float(edge) for edge in page.mediabox))
    return Sheet(number, box, tuple(painter.runs), tuple(painter.areas), tuple(painter.loose))


# ── fonts ──────────────────────────────────────────────────────────────────────────────────────


def face(font: Any) -> Face:
    """What a font dictionary says of its codes."""
    if font.Subtype != "/Type0" or font.Encoding != "/Identity-H":
        raise ValueError(
            f"{font.BaseFont}: is {font.Subtype}, {font.Encoding}; read composites only"
        )
    descendant = font.DescendantFonts[0]
    return Face(
        str(font.BaseFont).lstrip("/"),
        dict(_widths(descendant.get("/W", ()))),
        float(descendant.get("/DW", 1000)),
        texts(font.ToUnicode.read_bytes().decode("ascii")) if "/ToUnicode" in font else {},
    )


def _widths(array: Any) -> Iterator[tuple[int, float]]:
    """The widths by code: `c [w w w]` or `first last w`."""
    items = list(array)
    while items:
        first, second = int(items.pop(0)), items.pop(0)
        if isinstance(second, pikepdf.Array):
            for code, width in enumerate(second, start=first):
                yield code, float(width)
        else:
            width = float(items.pop(0))
            for code in range(first, int(second) + 1):
                yield code, width


def texts(table: str) -> dict[int, str]:
    """The text of each code, from a ToUnicode table."""
    found: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for code, text in re.findall(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]*)>", block):
            found[int(code, 16)] = bytes.fromhex(text).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, text in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            for step, code in enumerate(range(int(first, 16), int(last, 16) + 1)):
                found[code] = chr(int(text, 16) + step)
    return found


# ── the interpreter ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _State:
    """What `q` keeps and `Q` brings back."""

    matrix: Matrix = IDENTITY
    colour: Colour | None = BLACK
    alpha: float = 1.0
    clip: Box = EVERYWHERE
    face: Face | None = None
    size: float = 0.0
    spacing: float = 0.0
    word_spacing: float = 0.0
    stretch: float = 1.0
    rise: float = 0.0
    mode: int = 0


@dataclass(slots=True)
class _Painter:
    """Runs content streams and gathers what they paint."""

    faces: dict[tuple[int, int], Face]
    runs: list[Run] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)
    state: _State = _State()
    stack: list[_State] = field(default_factory=list)
    marks: tuple[Mark, ...] = ()
    path: list[list[Point]] = field(default_factory=list)
    clipping: bool = False
    text_matrix: Matrix = IDENTITY
    line_matrix: Matrix = IDENTITY
    order: int = 0

    def run(self, stream: Any, resources: Any) -> None:
        """Runs one stream with its resources."""
        for operands, operator in pikepdf.parse_content_stream(stream):
            name = str(operator)
            if name in _IGNORED:
                continue
            if name not in _OPERATORS:
                raise ValueError(f"operator {name}: unknown; teach it to tests/pages/printed.py")
            _OPERATORS[name](self, list(operands), resources)

    def set(self, **changes: Any) -> None:
        self.state = replace(self.state, **changes)

    # ── paths ──

    def start(self, point: Point) -> None:
        self.path.append([transformed(self.state.matrix, point)])

    def line(self, point: Point) -> None:
        self.path[-1].append(transformed(self.state.matrix, point))

    def rectangle(self, x: float, y: float, width: float, height: float) -> None:
        self.start((x, y))
        for corner in ((x + width, y), (x + width, y + height), (x, y + height)):
            self.line(corner)

    def paint(self, operator: str, *, filled: bool, stroked: bool) -> None:
        """Ends the path: fills it, strokes it, makes it the clip."""
        points = [point for part in self.path for point in part]
        if (filled or stroked) and points:
            self.painted(operator)
        if filled and points and self.state.colour is not None:
            for part in self.path:
                self.areas.append(
                    Area(
                        tuple(part),
                        self.state.clip,
                        self.state.colour,
                        self.state.alpha,
                        self.order,
                    )
                )
        if self.clipping and points:
            self.set(clip=self.state.clip & bounds(points))
        self.path, self.clipping = [], False

    def painted(self, what: str) -> None:
        """Counts something painted, and keeps it if nothing says what it is."""
        self.order += 1
        if not self.marks:
            self.loose.append(what)

    # ── text ──

    def font(self, name: str, size: float, resources: Any) -> None:
        font = resources.Font[name]
        if font.objgen not in self.faces:
            self.faces[font.objgen] = face(font)
        self.set(face=self.faces[font.objgen], size=size)

    def move(self, x: float, y: float) -> None:
        self.line_matrix = product((1, 0, 0, 1, x, y), self.line_matrix)
        self.text_matrix = self.line_matrix

    def show(self, parts: Sequence[Any]) -> None:
        """Shows strings and the shifts between them as one run, which ends with its last glyph."""
        state, face = self.state, self.state.face
        if face is None:
            raise ValueError("text is shown before a font is chosen")
        codes: list[int] = []
        advance = end = 0.0
        for part in parts:
            if not isinstance(part, pikepdf.String):
                advance -= float(part) / 1000 * state.size * state.stretch
                continue
            body = bytes(part)
            for code in (int.from_bytes(body[i : i + 2], "big") for i in range(0, len(body), 2)):
                width = face.widths.get(code, face.width) / 1000 * state.size
                advance += (width + state.spacing) * state.stretch
                codes.append(code)
                end = advance
        self.painted("text")
        self.runs.append(self._made(codes, end, face))
        self.text_matrix = product((1, 0, 0, 1, advance, 0), self.text_matrix)

    def _made(self, codes: list[int], advance: float, face: Face) -> Run:
        state = self.state
        matrix = product(self.text_matrix, state.matrix)
        low, high = (state.rise + state.size * reach for reach in (-BELOW, ABOVE))
        corners = ((0.0, low), (advance, low), (advance, high), (0.0, high))
        scale = abs(matrix[0] * matrix[3] - matrix[1] * matrix[2]) ** 0.5
        return Run(
            "".join(face.texts.get(code, "") for code in codes),
            tuple(codes),
            bounds([transformed(matrix, corner) for corner in corners]),
            state.size * scale,
            face,
            state.colour or BLACK,
            state.mode,
            self.marks,
            self.order,
        )

    # ── the rest ──

    def form(self, name: str, resources: Any) -> None:
        """Runs a form XObject; an image only counts as painted."""
        item = resources.XObject[name]
        if item.Subtype != "/Form":
            self.painted("image")
            return
        kept, depth = self.state, len(self.stack)
        if "/Matrix" in item:
            self.set(matrix=product(_numbers(item.Matrix), self.state.matrix))
        edges = [float(edge) for edge in item.BBox]
        corners = [(x, y) for x in edges[::2] for y in edges[1::2]]
        box = bounds([transformed(self.state.matrix, corner) for corner in corners])
        self.set(clip=self.state.clip & box)
        self.run(item, item.get("/Resources", resources))
        self.state = kept
        del self.stack[depth:]

    def begin(self, tag: str, properties: Any = None) -> None:
        mcid = None if properties is None else properties.get("/MCID")
        self.marks = (*self.marks, Mark(tag, None if mcid is None else int(mcid)))

    def end(self) -> None:
        self.marks = self.marks[:-1]

    def graphics(self, name: str, resources: Any) -> None:
        """Takes the opacity of what is filled from a named state."""
        said = resources.ExtGState[name]
        if "/ca" in said:
            self.set(alpha=float(said["/ca"]))

    def pop(self) -> None:
        self.state = self.stack.pop()


def product(first: Matrix, then: Matrix) -> Matrix:
    """The matrix that does the first, then the other."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)  # fmt: skip


def transformed(matrix: Matrix, point: Point) -> Point:
    a, b, c, d, e, f = matrix
    x, y = point
    return a * x + c * y + e, b * x + d * y + f


def bounds(points: Sequence[Point]) -> Box:
    """The smallest box that holds the points."""
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    return Box(min(xs), min(ys), max(xs), max(ys))


def _numbers(operands: Any) -> Any:
    return tuple(float(operand) for operand in operands)


def _colour(operands: Sequence[Any]) -> Colour | None:
    """The colour of one grey or three components; a pattern is none."""
    if any(isinstance(operand, pikepdf.Name) for operand in operands):
        return None
    numbers = _numbers(operands)
    if len(numbers) == 1:
        return (numbers[0],) * 3
    if len(numbers) != 3:
        raise ValueError(f"colour of {len(numbers)} components; only grey and RGB are read")
    return numbers  # type: ignore[no-any-return]  # three floats


def _curve(painter: _Painter, operands: Sequence[Any], _: Any) -> None:
    """A curve is taken for its chord: our areas of data are polygons, our boxes rectangles."""
    painter.line(_numbers(operands)[-2:])


def _text_matrix(painter: _Painter, operands: Sequence[Any], _: Any) -> None:
    painter.text_matrix = painter.line_matrix = _numbers(operands)


def _begin_text(painter: _Painter, *_: Any) -> None:
    painter.text_matrix = painter.line_matrix = IDENTITY


def _clip(painter: _Painter, *_: Any) -> None:
    painter.clipping = True


def _paints(operator: str, *, filled: bool = False, stroked: bool = False) -> Operator:
    return lambda painter, *_: painter.paint(operator, filled=filled, stroked=stroked)


def _sets(name: str, factor: float = 1.0) -> Operator:
    return lambda painter, o, _: painter.set(**{name: float(o[0]) * factor})


Operator = Callable[[_Painter, list[Any], Any], None]

_OPERATORS: Mapping[str, Operator] = {
    "q": lambda p, *_: p.stack.append(p.state),
    "Q": lambda p, *_: p.pop(),
    "cm": lambda p, o, _: p.set(matrix=product(_numbers(o), p.state.matrix)),
    "gs": lambda p, o, r: p.graphics(o[0], r),
    "g": lambda p, o, _: p.set(colour=_colour(o)),
    "rg": lambda p, o, _: p.set(colour=_colour(o)),
    "sc": lambda p, o, _: p.set(colour=_colour(o)),
    "scn": lambda p, o, _: p.set(colour=_colour(o)),
    "m": lambda p, o, _: p.start(_numbers(o)),
    "l": lambda p, o, _: p.line(_numbers(o)),
    "c": _curve,
    "v": _curve,
    "y": _curve,
    "re": lambda p, o, _: p.rectangle(*_numbers(o)),
    "W": _clip,
    "W*": _clip,
    "n": _paints("n"),
    "f": _paints("f", filled=True),
    "f*": _paints("f*", filled=True),
    "B": _paints("B", filled=True, stroked=True),
    "B*": _paints("B*", filled=True, stroked=True),
    "b": _paints("b", filled=True, stroked=True),
    "b*": _paints("b*", filled=True, stroked=True),
    "S": _paints("S", stroked=True),
    "s": _paints("s", stroked=True),
    "sh": lambda p, *_: p.painted("shading"),
    "BT": _begin_text,
    "Tf": lambda p, o, r: p.font(o[0], float(o[1]), r),
    "Tm": _text_matrix,
    "Td": lambda p, o, _: p.move(*_numbers(o)),
    "Tc": _sets("spacing"),
    "Tz": _sets("stretch", 0.01),
    "Ts": _sets("rise"),
    "Tr": lambda p, o, _: p.set(mode=int(o[0])),
    "Tj": lambda p, o, _: p.show(o),
    "TJ": lambda p, o, _: p.show(list(o[0])),
    "Do": lambda p, o, r: p.form(o[0], r),
    "BMC": lambda p, o, _: p.begin(str(o[0]).lstrip("/")),
    "BDC": lambda p, o, _: p.begin(str(o[0]).lstrip("/"), o[1]),
    "EMC": lambda p, *_: p.end(),
}  # fmt: skip

# What changes neither the text nor what is filled: how lines look, and the ends of what was begun.
_IGNORED = frozenset(
    {"w", "J", "j", "M", "d", "ri", "i", "h", "ET", "G", "RG", "K", "CS", "SC", "SCN", "cs"}
)
