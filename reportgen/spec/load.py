"""Takes a templates folder and a publication's name, gives its Publication, or all problems at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from reportgen.formula.conditions import Subject
from reportgen.formula.language import suggestion
from reportgen.spec import numbers
from reportgen.spec.charts import chart_specs
from reportgen.spec.families import PATH as FAMILIES
from reportgen.spec.families import Families, expanded, read_families
from reportgen.spec.files import OPTIONAL_FILES, SHARED, THEME, TOML_FILES, WORDS, read_files
from reportgen.spec.labels import check_furniture, check_labels
from reportgen.spec.lexicon import read_lexicon, refuse_terms
from reportgen.spec.lint import with_innocent
from reportgen.spec.looks import look_of, themed
from reportgen.spec.methods import methods
from reportgen.spec.names import Entry, Names, check_names, stale_constants
from reportgen.spec.problems import Problems, entries, entry, entry_tables, table
from reportgen.spec.proses import Proses
from reportgen.spec.sentences import (
    Sentences,
    as_written,
    check_pairs,
    claim_specs,
    claim_subjects,
    subjects,
    word_specs,
)
from reportgen.spec.spans import Spans
from reportgen.spec.specs import Imprint, JudgementWord, Publication, StripSpec
from reportgen.spec.tables import (
    ChartTable,
    ClaimTable,
    ConstantTable,
    DerivedTable,
    FigureTable,
    InputTable,
    PublicationTable,
    ReleaseTable,
    SeriesTable,
    TallyTable,
    WordsFile,
)

# What a note may and may not say, for all publications. The first there must be.
_OF_WORDS = tuple(f"{SHARED}/{name}.toml" for name in ("words", "lexicon", "idioms"))

_NAME = re.compile("[a-z][a-z0-9_]*")


def load_publication(templates: Path, publication: str) -> Publication:
    """The publication, read and checked as far as it can be without data.

    Raises: SpecError with every problem found in one run.
    """
    return load(read_files(templates, publication), publication)


def load(files: Mapping[str, bytes], publication: str) -> Publication:
    """The same from its files, by path below the templates."""
    problems = Problems()
    made = _Loader(files, publication, problems).load()
    problems.raise_any()
    assert made is not None, "without problems there is a publication"
    return replace(made, methods=methods(made))


def with_prose(publication: Publication, files: Mapping[str, bytes]) -> Publication:
    """The publication with the prose of these files, where only prose has changed.

    Raises: SpecError with every problem of the prose.
    """
    problems = Problems()
    names = subjects(publication.figures, publication.constants)
    names |= claim_subjects(publication.claims, publication.tallies)
    sentences = Sentences(
        publication.constants,
        publication.words,
        publication.innocent,
        problems,
        publication.lexicon,
    )
    proses = Proses(publication.id, files, names, publication.claims, publication.charts, sentences)
    text, commentary = proses.note(), proses.commentary()
    problems.raise_any()
    return replace(
        publication,
        prose=text,
        commentary=MappingProxyType(commentary),
        files=MappingProxyType(dict(files)),
    )


class _Loader:
    def __init__(self, files: Mapping[str, bytes], publication: str, problems: Problems) -> None:
        self.files, self.publication, self.problems = files, publication, problems
        own = [f"{publication}/{name}.toml" for name in TOML_FILES]
        also = [f"{publication}/{name}.toml" for name in OPTIONAL_FILES]
        of_words = [path for path in _OF_WORDS if path in files or path == _OF_WORDS[0]]
        paths = [*own, *(path for path in also if path in files), *of_words]
        self.tables = {path: table(files, path, problems) for path in paths}
        if (theme := f"{publication}/{THEME}") in files:
            said = themed(table(files, theme, problems), problems)
            # Into a mapping of its own: what was read of a file is kept for the next time.
            self.tables[own[0]] = {**self.tables[own[0]], **said}
        for path in paths[1 : -len(of_words)]:
            self.tables[path] = entry_tables(path, self.tables[path], problems)
        families = read_families(self.raw("families"), problems)
        for path in paths[1 : len(paths) + 1 - len(of_words)]:
            name = path.rpartition("/")[2]
            if name != FAMILIES:
                self.tables[path] = expanded(name, self.tables[path], families, problems)
        self.words = self.all_words(families)
        self.lexicon = read_lexicon(
            self.raw("lexicon", SHARED), self.tables.get(f"{SHARED}/idioms.toml"), problems
        )
        # What rests on a file that can not be read would only be told as many mistakes more.
        problems.raise_any()

    def all_words(self, families: Families) -> WordsFile:
        """The judgement words of every publication, then those of this one."""
        problems, found = self.problems, WordsFile()
        own = f"{self.publication}/{WORDS}"
        said = [self.raw("words", SHARED)]
        if own in self.files:
            said.append(expanded(WORDS, table(self.files, own, problems), families, problems))
        for raw in said:
            if (read := entry(WordsFile, WORDS, "", raw, problems)) is not None:
                found = WordsFile(
                    entry=[*found.entry, *read.entry],
                    judging=[*found.judging, *read.judging],
                    innocent=[*found.innocent, *read.innocent],
                    in_labels=[*found.in_labels, *read.in_labels],
                )
        return found

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
        releases = numbers.release_specs(
            entries(ReleaseTable, "releases.toml", self.raw("releases"), self.problems),
            self.problems,
        )
        series = numbers.series_specs(
            entries(SeriesTable, "series.toml", plain, self.problems), releases, self.problems
        )
        for name in imprint.next_releases if imprint else ():
            if name not in releases:
                what = f"'next_releases' names unknown '{name}'"
                self.problems.add("publication.toml", f"{what}; {suggestion(name, releases)}")
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
        self.strip(imprint, names, sentences)
        self.texts(imprint, words, sentences)
        stale_constants(constants, self.problems)
        known: dict[str, Entry] = {**series, **derived, **inputs, **figures, **constants}
        check_names(self.raw, Names(known, constants, self.lexicon, self.problems))
        if self.lexicon.idioms is not None:
            Spans(known, constants, claims).check(self.problems)
        if imprint is not None:
            self.named("moved", imprint.moved, "figure", figures_raw)
            self.named("mail", imprint.mail, "chart", self.raw("charts"))
        proses = Proses(self.publication, self.files, names, claims, charts, sentences)
        text, commentary = proses.note(), proses.commentary()
        if imprint is None:
            return None
        return Publication(
            self.publication, imprint, MappingProxyType(series), MappingProxyType(derived),
            MappingProxyType(constants), MappingProxyType(inputs), MappingProxyType(figures),
            MappingProxyType(claims), MappingProxyType(tallies), words, MappingProxyType(charts),
            text, MappingProxyType(commentary), MappingProxyType(dict(self.files)),
            sentences.innocent, MappingProxyType(releases), self.lexicon,
        )  # fmt: skip

    def named(self, key: str, names: Iterable[str], kind: str, known: Mapping[str, Any]) -> None:
        """What a list of the publication's settings names is there."""
        for name in names:
            if name not in known:
                what = f"'{key}' names no {kind} '{name}'"
                self.problems.add("publication.toml", f"{what}; {suggestion(name, known)}")

    def imprint(self) -> Imprint | None:
        raw = self.raw("publication")
        read = entry(PublicationTable, "publication.toml", "", raw, self.problems) if raw else None
        if read is None:
            return None
        return Imprint(
            read.name, read.language, read.firm, read.licence, read.analyst, read.audience,
            read.rule_note, tuple(read.risks), tuple(read.disclosures),
            tuple(StripSpec(each.label, each.before, each.now) for each in read.strip),
            self.website(read.website), read.contact, read.approver,
            look_of(read, self.publication, self.files, self.problems), read.ready_by,
            tuple(read.next_releases), tuple(read.moved), tuple(read.mail),
        )  # fmt: skip

    def website(self, address: str) -> str:
        """The firm's address on the web."""
        if address and not address.startswith("https://"):
            what = f"'website' is '{address}', no address on the web"
            self.problems.add("publication.toml", f"{what}; begin it with https://")
        return address

    def strip(
        self, imprint: Imprint | None, names: Mapping[str, Subject], sentences: Sentences
    ) -> None:
        """The strip compares numbers of one unit, under labels without a number of their own."""
        for each in imprint.strip if imprint else ():
            where = f"publication.toml [strip] {each.label}"
            for problem in sentences.literal(each.label):
                self.problems.add(where, problem)
            numbers_ = {n: s for n, s in names.items() if s.kind == "number"}
            for name in (each.before, each.now):
                if name not in numbers_:
                    self.problems.add(where, f"'{name}' is no number; {suggestion(name, numbers_)}")
            units_ = {numbers_[name].unit for name in (each.before, each.now) if name in numbers_}
            if len(units_) > 1:
                do = "compare figures of one unit"
                self.problems.add(where, f"'{each.before}' and '{each.now}' differ in unit; {do}")

    def texts(
        self, imprint: Imprint | None, words: tuple[JudgementWord, ...], sentences: Sentences
    ) -> None:
        """What is printed beside claims, charts and prose: no term refused, no word that judges."""
        refuse_terms(self.files, self.lexicon, self.problems)
        innocent = (*sentences.innocent, *self.words.in_labels)
        judges = with_innocent(sentences.judges, innocent)
        unbound = frozenset(word.word for word in words if word.bound_to == frozenset())
        kinds = ("series", "figures", "inputs", "releases", "constants", "claims")
        check_labels({kind: self.raw(kind) for kind in kinds}, judges, unbound, self.problems)
        check_furniture(self.files, sentences.judges, self.problems)
        if imprint is not None:
            said = (imprint.name, imprint.audience, imprint.rule_note)
            for text in (*said, *imprint.risks, *imprint.disclosures):
                for problem in sentences.literal(text):
                    self.problems.add("publication.toml", problem)

    def sentences(
        self, constants: Mapping[str, Any], names: Collection[str]
    ) -> tuple[Sentences, tuple[Any, ...]]:
        check_pairs(self.words.entry, names, self.problems)
        words = word_specs(self.words.entry, self.problems, self.words.judging)
        made = Sentences(constants, words, self.words.innocent, self.problems, self.lexicon)
        return made, words

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
