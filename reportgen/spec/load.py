"""Takes a templates folder and a publication's name, gives its Publication, or all problems at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from reportgen import prose
from reportgen.formula.conditions import Subject
from reportgen.formula.language import suggestion
from reportgen.spec import numbers
from reportgen.spec.families import PATH as FAMILIES
from reportgen.spec.families import expanded, read_families
from reportgen.spec.files import (
    COMMENTARY,
    OPTIONAL_FILES,
    SHARED,
    TOML_FILES,
    Problems,
    entries,
    entry,
    entry_tables,
    read_files,
    table,
)
from reportgen.spec.sentences import (
    Sentences,
    as_written,
    chart_specs,
    check_pairs,
    claim_specs,
    subjects,
    word_specs,
)
from reportgen.spec.specs import ChartSpec, ClaimSpec, Imprint, Publication
from reportgen.spec.tables import (
    ChartTable,
    ClaimTable,
    ConstantTable,
    DerivedTable,
    FigureTable,
    InputTable,
    PublicationTable,
    SeriesTable,
    TallyTable,
    WordsFile,
)

PROSE = "note.md.j2"
_NAME = re.compile("[a-z][a-z0-9_]*")
_MONTH_FILE = re.compile(r"(\d{4}-(?:0[1-9]|1[0-2]))\.md", re.ASCII)


def load_publication(templates: Path, publication: str) -> Publication:
    """The publication, read and checked as far as it can be without data.

    Raises: SpecError with every problem found in one run.
    """
    files = read_files(templates, publication)
    problems = Problems()
    made = _Loader(files, publication, problems).load()
    problems.raise_any()
    assert made is not None, "without problems there is a publication"
    return made


class _Loader:
    def __init__(self, files: Mapping[str, bytes], publication: str, problems: Problems) -> None:
        self.files, self.publication, self.problems = files, publication, problems
        own = [f"{publication}/{name}.toml" for name in TOML_FILES]
        also = [f"{publication}/{name}.toml" for name in OPTIONAL_FILES]
        paths = [*own, *(path for path in also if path in files), f"{SHARED}/words.toml"]
        self.tables = {path: table(files, path, problems) for path in paths}
        for path in paths[1:-1]:
            self.tables[path] = entry_tables(path, self.tables[path], problems)
        families = read_families(self.raw("families"), problems)
        for path in paths[1:]:
            name = path.rpartition("/")[2]
            if name != FAMILIES:
                self.tables[path] = expanded(name, self.tables[path], families, problems)
        self.words = entry(WordsFile, "words.toml", "", self.raw("words", SHARED), problems)
        # What rests on a file that can not be read would only be told as many mistakes more.
        problems.raise_any()

    def raw(self, name: str, folder: str | None = None) -> dict[str, Any]:
        return self.tables.get(f"{folder or self.publication}/{name}.toml", {})

    def load(self) -> Publication | None:
        imprint = self.imprint()
        constants = numbers.constant_specs(
            entries(ConstantTable, "constants.toml", self.raw("constants"), self.problems),
            self.problems,
        )
        inputs = numbers.input_specs(
            entries(InputTable, "inputs.toml", self.raw("inputs"), self.problems), self.problems
        )
        series_raw = self.raw("series")
        plain = {k: v for k, v in series_raw.items() if "formula" not in v}
        derived_raw = {k: v for k, v in series_raw.items() if "formula" in v}
        series = numbers.series_specs(
            entries(SeriesTable, "series.toml", plain, self.problems), self.problems
        )
        scope = numbers.scope_of(series, constants, inputs)
        derived = numbers.derived_specs(
            entries(DerivedTable, "series.toml", derived_raw, self.problems), scope, self.problems
        )
        figures_raw, claims_raw = self.raw("figures"), self.raw("claims")
        scope |= {id_: numbers.declared(raw) for id_, raw in figures_raw.items()}
        figures = numbers.figure_specs(
            entries(FigureTable, "figures.toml", figures_raw, self.problems),
            scope, constants, self.problems,
        )  # fmt: skip
        sentences, words = self.sentences(constants, {*figures_raw, *claims_raw})
        faulty = {id_: raw for id_, raw in figures_raw.items() if id_ not in figures}
        names = {id_: as_written(raw) for id_, raw in faulty.items()}
        names |= subjects(figures, constants)
        self.flat(
            constants=constants, inputs=inputs, series=series_raw, figures=figures_raw,
            claims=claims_raw,
        )  # fmt: skip
        counted = {id_: raw for id_, raw in claims_raw.items() if "counts" in raw}
        chosen = {id_: raw for id_, raw in claims_raw.items() if id_ not in counted}
        claims, tallies = claim_specs(
            entries(ClaimTable, "claims.toml", chosen, self.problems),
            entries(TallyTable, "claims.toml", counted, self.problems),
            names, sentences,
        )  # fmt: skip
        charts = chart_specs(
            entries(ChartTable, "charts.toml", self.raw("charts"), self.problems),
            names, scope, sentences,
        )  # fmt: skip
        text = self.prose(PROSE, names, claims, charts, sentences)
        commentary = {
            month: self.prose(path, names, claims, charts, sentences)
            for month, path in self.commentaries()
        }
        if imprint is None:
            return None
        return Publication(
            self.publication, imprint, MappingProxyType(series), MappingProxyType(derived),
            MappingProxyType(constants), MappingProxyType(inputs), MappingProxyType(figures),
            MappingProxyType(claims), MappingProxyType(tallies), words, MappingProxyType(charts),
            text, MappingProxyType(commentary), MappingProxyType(dict(self.files)),
        )  # fmt: skip

    def commentaries(self) -> Iterator[tuple[str, str]]:
        """The month and path of every paragraph an analyst signed: `commentary/2026-10.md`."""
        folder = f"{self.publication}/{COMMENTARY}/"
        for path in (path for path in self.files if path.startswith(folder)):
            month = _MONTH_FILE.fullmatch(path.removeprefix(folder))
            if month is None:
                do = "name it after its edition, such as 2026-10.md"
                self.problems.add(path.removeprefix(f"{self.publication}/"), f"no edition's; {do}")
            else:
                yield month[1], path.removeprefix(f"{self.publication}/")

    def imprint(self) -> Imprint | None:
        raw = self.raw("publication")
        read = entry(PublicationTable, "publication.toml", "", raw, self.problems) if raw else None
        if read is None:
            return None
        return Imprint(
            read.name, read.language, read.firm, read.licence, read.analyst, read.audience,
            read.rule_note, tuple(read.risks), tuple(read.disclosures),
        )  # fmt: skip

    def sentences(
        self, constants: Mapping[str, Any], names: Collection[str]
    ) -> tuple[Sentences, tuple[Any, ...]]:
        assert self.words is not None, "read when the files were"
        check_pairs(self.words.entry, names, self.problems)
        words = word_specs(self.words.entry, self.problems)
        return Sentences(constants, words, self.words.innocent, self.problems), words

    def flat(self, **tables: Mapping[str, Any]) -> None:
        """Constants, inputs, series, figures and claims share one set of names."""
        seen: set[str] = {numbers.AS_OF}
        for path, names in tables.items():
            for name in names:
                if not _NAME.fullmatch(name):
                    do = "use a to z, 0 to 9 and _, a letter first"
                    self.problems.add(f"{path}.toml [{name}]", f"no formula could speak it; {do}")
                if name in seen:
                    self.problems.add(f"{path}.toml [{name}]", "name is taken; choose another")
                seen.add(name)

    def prose(
        self,
        file: str,
        names: Mapping[str, Subject],
        claims: Mapping[str, ClaimSpec],
        charts: Mapping[str, ChartSpec],
        sentences: Sentences,
    ) -> str:
        path = f"{self.publication}/{file}"
        if path not in self.files:
            self.problems.add(file, "no such file; add it")
            return ""
        try:
            source = self.files[path].decode("utf-8")
        except UnicodeDecodeError as error:
            self.problems.add(file, f"not UTF-8 text ({error.reason}); save it as UTF-8")
            return ""
        read = prose.read(source)
        if not isinstance(read, prose.Prose):
            self.problems.add(f"{file}:{read[0]}", f"{read[1]}; mend it there")
            return source
        figures = [n for n, s in names.items() if s.kind in ("number", "word", "date")]
        known = {
            "fig": figures,
            "period": (changing := [n for n in figures if names[n].kind == "number"]),
            "moved": changing,
            "say": claims,
            "brief": claims,
            "exhibit": charts,
        }
        for call in (call for call in read.calls if call.word in known):
            where = f"{file}:{call.line}"
            if call.argument not in known[call.word]:
                do = suggestion(call.argument, known[call.word])
                self.problems.add(where, f"{call.word}('{call.argument}') is unknown; {do}")
            elif not call.held and self.may_lack(call.argument, names, claims):
                self.problems.add(
                    where,
                    f"{call.word}('{call.argument}') may be missing; put it into with_data",
                )
        for line, text in read.texts:
            for problem in sentences.literal(text):
                self.problems.add(f"{file}:{line}", problem)
        return source

    def may_lack(
        self, name: str, names: Mapping[str, Subject], claims: Mapping[str, ClaimSpec]
    ) -> bool:
        """Whether a figure or claim may have no answer: it, or what it tests or prints, is optional."""
        claim = claims.get(name)
        if claim is None:
            return name in names and names[name].optional
        rests = {*claim.tested, *(n for c in claim.cases for n in c.text.printed)} - {name}
        return any(self.may_lack(each, names, claims) for each in rests)
