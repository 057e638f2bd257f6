"""Takes what a publication's prose may call, gives its texts, every call and literal checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from reportgen import prose
from reportgen.formula.conditions import Subject
from reportgen.formula.language import suggestion
from reportgen.spec.files import COMMENTARY
from reportgen.spec.sentences import Sentences
from reportgen.spec.specs import ClaimSpec

PROSE = "note.md.j2"

_MONTH_FILE = re.compile(r"(\d{4}-(?:0[1-9]|1[0-2]))\.md", re.ASCII)


@dataclass(frozen=True)
class Proses:
    """The prose of a publication: the note's, and what the analyst signed month by month.

    `names` are all figures, constants, claims and tallies; problems go where `sentences` puts them.
    """

    publication: str
    files: Mapping[str, bytes]
    names: Mapping[str, Subject]
    claims: Mapping[str, ClaimSpec]
    charts: Iterable[str]
    sentences: Sentences

    def note(self) -> str:
        """The prose of the note."""
        if f"{self.publication}/{PROSE}" not in self.files:
            self.sentences.problems.add(PROSE, "no such file; add it")
            return ""
        return self.checked(PROSE)

    def commentary(self) -> dict[str, str]:
        """What the analyst signed, by month: `commentary/2026-10.md`."""
        return {month: self.checked(file) for month, file in self._signed()}

    def _signed(self) -> Iterator[tuple[str, str]]:
        folder = f"{self.publication}/{COMMENTARY}/"
        for path in (path for path in self.files if path.startswith(folder)):
            file = path.removeprefix(f"{self.publication}/")
            month = _MONTH_FILE.fullmatch(path.removeprefix(folder))
            if month is None:
                do = "name it after its edition, such as 2026-10.md"
                self.sentences.problems.add(file, f"no edition's; {do}")
            else:
                yield month[1], file

    def checked(self, file: str) -> str:
        """The text of a file; its problems are noted with their lines."""
        problems = self.sentences.problems
        try:
            source = self.files[f"{self.publication}/{file}"].decode("utf-8")
        except UnicodeDecodeError as error:
            problems.add(file, f"not UTF-8 text ({error.reason}); save it as UTF-8")
            return ""
        read = prose.read(source)
        if not isinstance(read, prose.Prose):
            problems.add(f"{file}:{read[0]}", f"{read[1]}; mend it there")
            return source
        for call in read.calls:
            for problem in self._call_problems(call):
                problems.add(f"{file}:{call.line}", problem)
        for line, text in read.texts:
            for problem in self.sentences.literal(text):
                problems.add(f"{file}:{line}", problem)
        return source

    @cached_property
    def _known(self) -> Mapping[str, Iterable[str]]:
        """What each word of the prose may be called with."""
        figures = [n for n, s in self.names.items() if s.kind in ("number", "word", "date")]
        changing = [name for name in figures if self.names[name].kind == "number"]
        return {
            "fig": figures,
            "period": changing,
            "moved": changing,
            "say": self.claims,
            "brief": self.claims,
            "exhibit": self.charts,
            "spark": self.charts,
        }

    def _call_problems(self, call: prose.Call) -> Iterator[str]:
        if call.word in prose.PLAIN_CALLS:
            return
        known = self._known[call.word]
        if call.argument not in known:
            do = suggestion(call.argument, known)
            yield f"{call.word}('{call.argument}') is unknown; {do}"
        elif call.word in ("exhibit", "spark"):
            return  # a chart that lacks its series leaves nothing behind; its id may be a claim's, too
        elif not call.held and call.argument in self._uncertain:
            yield f"{call.word}('{call.argument}') may be missing; put it into with_data"

    @cached_property
    def _uncertain(self) -> frozenset[str]:
        """The figures and claims that may have no answer: they, or what they test or print, are
        optional. Claims stand after those they rest on.
        """
        found = {
            name
            for name, subject in self.names.items()
            if subject.optional and subject.kind != "claim"
        }
        for id_, claim in self.claims.items():
            printed = (name for case in claim.cases for name in case.text.printed)
            if found & {*claim.tested, *printed}:
                found.add(id_)
        return frozenset(found)
