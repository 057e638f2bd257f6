"""Takes the claims, tells every stretch of time in a wording that nothing it rests on is about.

That a wording may say 6個月 is settled where the constant is declared; here, that the figures of its claim
are about six months: by their names, by those of what they read, or by a constant that they read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from reportgen.formula.wording import Plain, Wording
from reportgen.spec.lint import split_constants
from reportgen.spec.names import ENGLISH, Entry
from reportgen.spec.problems import Problems
from reportgen.spec.specs import ClaimSpec, ConstantSpec, DerivedSpec, FigureSpec

_SPAN = re.compile("[0-9]+(?:年|個月|季)")
_HAN_SPAN = re.compile("([一二三四六])(個月|季|年)")
_HAN = {"一": "1", "二": "2", "三": "3", "四": "4", "六": "6"}
_MEASURES = {"y": "年", "m": "個月", "q": "季"}
_IN_ID = re.compile(
    rf"(?:^|_)([0-9]+|{'|'.join(ENGLISH)})_?(years?|months?|quarters?|[ymq])(?=_|$)"
)
_NAME = re.compile("[a-z][a-z0-9_]*")


class Spans:
    """What stretches of time every name of a publication is about."""

    def __init__(
        self,
        entries: Mapping[str, Entry],
        constants: Mapping[str, ConstantSpec],
        claims: Mapping[str, ClaimSpec],
    ) -> None:
        self.entries, self.constants, self.claims = entries, constants, claims
        self.of = cache(self._of)

    def check(self, problems: Problems) -> None:
        """Notes every stretch of time in a wording or name that what stands there is not about."""
        for claim in self.claims.values():
            for case in claim.cases:
                wordings = (case.text, case.brief)
                found = {span for each in wordings for span in self._strange(claim.id, each)}
                printed = {
                    part.name for w in wordings for part in w.parts if not isinstance(part, Plain)
                }
                about = self._about(claim.id, printed)
                found |= {span for span in _SPAN.findall(case.label) if span not in about}
                for span in sorted(found):
                    what = f"says '{span}', which none of its figures is about"
                    do = "correct it, or name the figure for what it is"
                    problems.add(f"claims.toml [{claim.id}.{case.name}]", f"{what}; {do}")
        for id_, entry in self.entries.items():
            own = {span for span in _of_id(id_) if not span.endswith("年")}
            if isinstance(entry, ConstantSpec) or not own:
                continue
            for span in (s for s in _SPAN.findall(entry.label) if not s.endswith("年")):
                if span not in own:
                    file = "figures" if isinstance(entry, FigureSpec) else "series"
                    what = f"is called '{entry.label}', yet its id says {'、'.join(sorted(own))}"
                    problems.add(f"{file}.toml [{id_}]", f"{what}; correct one")

    def _strange(self, claim: str, wording: Wording) -> Iterator[str]:
        """The stretches that neither the name before nor the one after is about."""
        parts = wording.parts
        for place, part in enumerate(parts):
            if not isinstance(part, Plain):
                continue
            before = [each.name for each in parts[:place] if not isinstance(each, Plain)][-1:]
            after = [each.name for each in parts[place:] if not isinstance(each, Plain)][:1]
            for piece, constant in split_constants(part.text, self.constants):
                for span in _SPAN.findall(piece) if constant is not None else ():
                    names = () if span.endswith("年") else (*before, *after)
                    if span not in self._about(claim, names):
                        yield span

    def _about(self, claim: str, names: Iterable[str]) -> frozenset[str]:
        """What the names are about; where they are about no stretch, what the whole claim is about."""
        near = frozenset(span for name in names for span in self.of(name))
        return near if any(not span.endswith("年") for span in near) else self.of(claim)

    def _of(self, name: str) -> frozenset[str]:
        """The stretches that a name is about, with those of all it reads; claims may run in a circle."""
        found: set[str] = set()
        seen: set[str] = set()
        left = [name]
        while left:
            read = left.pop()
            if read not in seen:
                seen.add(read)
                found |= self._own(read)
                left += _reads(self.entries.get(read), self.claims.get(read))
        return frozenset(found | ({"12個月"} if "1年" in found else set()))

    def _own(self, name: str) -> set[str]:
        entry = self.entries.get(name)
        found = _of_id(name)
        if isinstance(entry, ConstantSpec):
            found |= {span for text in entry.texts for span in _SPAN.findall(text)}
        elif entry is not None:
            found |= _named(entry.label)
        if isinstance(entry, FigureSpec):
            found |= {span for word in entry.words.values() for span in _named(word)}
        return found


def _of_id(id_: str) -> set[str]:
    """The stretches that an id speaks of: deficit_12m, par_one_year."""
    return {
        f"{ENGLISH.get(number, number)}{_MEASURES[measure[0]]}"
        for number, measure in _IN_ID.findall(id_)
    }


def _named(text: str) -> set[str]:
    """The stretches that a name speaks of, in digits."""
    han = {f"{_HAN[number]}{measure}" for number, measure in _HAN_SPAN.findall(text)}
    return {*_SPAN.findall(text)} | han


def _reads(entry: Entry | None, claim: ClaimSpec | None) -> frozenset[str]:
    """The names that a figure's formula or a claim's cases speak of."""
    if isinstance(entry, (FigureSpec, DerivedSpec)):
        return entry.expression.names
    if claim is None:
        return frozenset()
    cases = claim.cases
    tested = {name for case in cases for name in _NAME.findall(case.when.source)}
    printed = {name for case in cases for w in (case.text, case.brief) for name in w.printed}
    return frozenset({*claim.tested, *tested, *printed})
