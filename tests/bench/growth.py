"""Does the cost of a build grow as its size does?

The note with 1, 4 and 16 times its figures (each with a claim and a sentence), with as many times its charts,
and a small note on a daily series of as many times fifteen years. From 4 to 16 times the size a build may
take four times as long: what grows faster than the size would take up to sixteen.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from reportgen.spec.load import load_publication
from reportgen.spec.specs import Publication
from reportgen.units import UNITS
from tests.bench.measure import PROGRAM, ROOT, Line, run

SIZES = (1, 4, 16)
TURNS = 2
PUBLICATION = "us-treasuries"

# How many times as long may 16 times the size take as 4 times?
BAR = 4.0

HISTORY = """
import json, sys, time
from datetime import date, timedelta
from pathlib import Path
from reportgen.cli.common import cache_folder
from reportgen.flows.build import Request, build
from reportgen.model import Edition, Observation, Reading
templates, output, days, told = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
DAY = date(2026, 10, 2)
class Long:
    def read(self, spec, as_of):
        periods = [(DAY - timedelta(days=n)).isoformat() for n in range(days, 0, -1)]
        seen = tuple(Observation(p, f"{3 + n % 400 / 100:.2f}", DAY) for n, p in enumerate(periods))
        from datetime import datetime, UTC
        return Reading(spec.id, as_of, "seen", "made", datetime(2026, 10, 2, tzinfo=UTC), "0" * 64, seen,
                       ((periods[0], periods[-1]),))
    def digest(self):
        return str(days)
edition = Edition("2026-10", 1, DAY, DAY, snapshot=True)
request = Request("long", edition, templates, output, cache_folder())
build(request, Long(), lambda _: None)
start = time.perf_counter()
build(Request("long", edition, templates, output / "again", cache_folder()), Long(), lambda _: None)
told.write_text(json.dumps(time.perf_counter() - start))
"""


def lines() -> Iterator[Line]:
    """The lines of the table about growth."""
    for what, times in (
        ("figures, claims and sentences", _by_templates(_more_figures)),
        ("charts", _by_templates(_more_charts)),
        ("history", _by_history()),
    ):
        told = ", ".join(f"{seconds:.1f}" for seconds in times)
        print(f"{what}: {told} s at 1, 4 and 16 times", file=sys.stderr)
        yield Line(f"16 times as much against 4 times: {what}", times[2] / times[1], BAR)


def _by_templates(enlarge: object) -> list[float]:
    """The seconds of a build from nothing at each size; the least of a few turns."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        commands = []
        for size in SIZES:
            templates = folder / f"templates{size}"
            shutil.copytree(ROOT / "templates", templates)
            enlarge(templates, size)  # type: ignore[operator]
            commands.append(
                [
                    PROGRAM, "build", PUBLICATION, "--data", "snapshot", "--published", "2026-10-05",
                    "--quiet", "--no-cache", "--templates", str(templates),
                    "--output", str(folder / "out"),
                ]
            )  # fmt: skip
        turns = [[run(command).seconds for command in commands] for _ in range(TURNS)]
    return [min(turn[place] for turn in turns) for place in range(len(SIZES))]


def _more_figures(templates: Path, size: int) -> None:
    """Copies of figures that rest on series alone, each with a claim that says it in a sentence."""
    publication = load_publication(templates, PUBLICATION)
    whole, plain = len(publication.figures), list(_plain_numbers(publication))
    figures, claims, prose = [], [], []
    for number in range((size - 1) * whole):
        id_, formula, unit, suffix = plain[number % len(plain)]
        name = f"{id_}_copy{_letters(number // len(plain))}"
        figures.append(
            f'[{name}]\nlabel = "數字"\nformula = "{formula}"\nunit = "{unit}"\noptional = true\n'
        )
        claims.append(
            f'[say_{name}]\nsubject = "數字"\n\n[[say_{name}.cases]]\nname = "shown"\ntext = "數字{{{name}}}{suffix}。"\n'
        )
        prose.append(f'{{% with_data %}}{{{{ say("say_{name}") }}}}{{% endwith_data %}}')
    paragraphs = ["".join(prose[start : start + 10]) for start in range(0, len(prose), 10)]
    _append(templates, "figures.toml", "\n".join(figures))
    _append(templates, "claims.toml", "\n".join(claims))
    _append(templates, "note.md.j2", "\n\n".join(paragraphs))


def _plain_numbers(publication: Publication) -> Iterator[tuple[str, str, str, str]]:
    """Id, formula, unit and suffix of the numbers that rest on series alone."""
    known = {*publication.series, *publication.derived}
    for id_, spec in publication.figures.items():
        number = spec.kind == "number" and spec.unit and not spec.settles
        digits = any(sign.isdigit() for sign in id_)  # they say what it measures
        if number and not digits and spec.expression.names <= known:
            yield id_, spec.expression.source, spec.unit, UNITS[spec.unit].suffixes[0]


def _letters(number: int) -> str:
    """A number as letters: the digits of an id say what it measures."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def _more_charts(templates: Path, size: int) -> None:
    """Copies of the charts of the note, placed behind it."""
    file = templates / PUBLICATION / "charts.toml"
    source = file.read_text("utf-8")
    publication = load_publication(templates, PUBLICATION)
    placed = [id_ for id_, spec in publication.charts.items() if spec.titles]
    more, prose = [], []
    for copy in range(1, size):
        text = source
        for id_ in publication.charts:
            text = text.replace(f"[{id_}]", f"[{id_}_{_letters(copy)}]")
            text = text.replace(f"[[{id_}.", f"[[{id_}_{_letters(copy)}.")
        more.append(text)
        prose += [f'{{{{ exhibit("{id_}_{_letters(copy)}") }}}}' for id_ in placed]
    _append(templates, "charts.toml", "\n".join(more))
    _append(templates, "note.md.j2", "\n\n".join(prose))


def _append(templates: Path, name: str, text: str) -> None:
    file = templates / PUBLICATION / name
    file.write_text(f"{file.read_text('utf-8')}\n{text}\n", "utf-8")


def _by_history() -> list[float]:
    """The seconds of a build on so many days, without what it takes to begin a process."""
    with TemporaryDirectory() as name:
        folder, told = Path(name), Path(name) / "told.json"
        run([PROGRAM, "new", "long", "--templates", str(_templates(folder))])
        _long(folder / "templates" / "long")
        turns = []
        for turn in range(TURNS):
            seconds = []
            for size in SIZES:
                output = folder / f"out{turn}-{size}"
                run(
                    [
                        sys.executable,
                        "-c",
                        HISTORY,
                        str(folder / "templates"),
                        str(output),
                        str(size * 15 * 365),
                        str(told),
                    ]
                )
                seconds.append(json.loads(told.read_text()))
            turns.append(seconds)
    return [min(turn[place] for turn in turns) for place in range(len(SIZES))]


def _templates(folder: Path) -> Path:
    templates = folder / "templates"
    shutil.copytree(ROOT / "templates" / "shared", templates / "shared")
    return templates


def _long(publication: Path) -> None:
    """The new publication with a daily series in place of its monthly one."""
    for name, old, new in (
        ("series.toml", 'frequency = "M"', 'frequency = "D"'),
        ("series.toml", 'never_published = ["2025-10"]\n', ""),
        (
            "series.toml",
            '[unemployment_rate.released]\n"2025-09" = 2025-11-20\n"2025-11" = 2025-12-16\n',
            "",
        ),
        ("series.toml", 'release = "employment"\n', ""),
        ("figures.toml", 'show = "month"', 'show = "day"'),
    ):
        file = publication / name
        text = file.read_text("utf-8")
        assert old in text, f"{name}: {old}"
        file.write_text(text.replace(old, new), "utf-8")
