"""Takes the data of charts, gives their drawings: those that paper needs first, each when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, Future
from typing import Literal

from reportgen.charts.theme import in_accent
from reportgen.flows import press
from reportgen.flows.stages import Stages
from reportgen.fonts import Fonts
from reportgen.model import ChartData

DRAW = "draw"


def svgs(
    charts: Mapping[str, ChartData], accent: str, fonts: Fonts, stages: Stages, by: Executor
) -> dict[str, Mapping[str, str]]:
    """Every chart by size in the firm's accent: being drawn, or kept."""
    drawings = Drawings(charts, fonts, stages, by)
    return {id_: Svgs(id_, accent, drawings) for id_ in charts}


class Drawings:
    """Charts being drawn by the press in both sizes, but for what is kept; those for paper come first."""

    def __init__(
        self, charts: Mapping[str, ChartData], fonts: Fonts, stages: Stages, by: Executor
    ) -> None:
        self._charts, self._fonts, self._stages = charts, fonts, stages
        paths = (fonts.regular, fonts.bold)
        first: list[press.Drawing] = [(id_, for_paper(chart)) for id_, chart in charts.items()]
        second = [each for id_ in charts for each in both(id_) if each not in first]
        self._known: dict[press.Drawing, str] = {}
        self._drawn: dict[press.Drawing, Future[Mapping[press.Drawing, str]]] = {}
        for drawings in (first, second):
            known = {each: stages.known(DRAW, self._inputs(each)) for each in drawings}
            self._known |= {each: svg for each, svg in known.items() if svg is not None}
            if new := {each: charts[each[0]] for each in drawings if known[each] is None}:
                self._drawn |= dict.fromkeys(new, by.submit(press.draw_charts, new, paths))

    def svg(self, drawing: press.Drawing) -> str:
        """The SVG of a chart in a size, as soon as it is drawn."""
        if drawing in self._known:
            return self._known[drawing]
        drawn = self._drawn[drawing].result()[drawing]
        return self._stages.made(DRAW, self._inputs(drawing), lambda: drawn)

    def _inputs(self, drawing: press.Drawing) -> tuple[str, ...]:
        id_, size = drawing
        return repr(self._charts[id_]), size, *self._fonts.sha256.values()


def for_paper(chart: ChartData) -> Literal["wide", "narrow"]:
    """The size in which paper shows a chart."""
    return "narrow" if chart.low else "wide"


def both(id_: str) -> tuple[press.Drawing, press.Drawing]:
    """A chart in both sizes."""
    return (id_, "wide"), (id_, "narrow")


class Svgs(Mapping[str, str]):
    """A chart by size in the firm's accent; a drawing is waited for when it is asked for."""

    def __init__(self, id_: str, accent: str, drawings: Drawings) -> None:
        self._by_size = {each[1]: each for each in both(id_)}
        self._accent, self._drawings = accent, drawings

    def __getitem__(self, size: str) -> str:
        return in_accent(self._drawings.svg(self._by_size[size]), self._accent)  # type: ignore[index]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_size)

    def __len__(self) -> int:
        return len(self._by_size)
