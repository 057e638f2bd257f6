"""Takes tables written once for a family of members, gives the tables of every member.

`families.toml` names the families: `[holder.china]` with whatever texts its members differ in. An entry
whose name holds `<holder>` stands once for each member; `<holder>` is the member's id and
`<holder.name>` its text. In a list, an item that holds `<holder>` stands for all members.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from reportgen.formula.language import suggestion
from reportgen.spec.problems import Problems

PATH = "families.toml"

Member = Mapping[str, str]
Families = Mapping[str, Mapping[str, Member]]

_MENTION = re.compile(r"<([a-z][a-z0-9_]*)(?:\.([a-z]+))?>")


def read_families(raw: Mapping[str, Any], problems: Problems) -> Families:
    """The families by id, each with its members; members of one family differ in the same texts."""
    made: dict[str, dict[str, Member]] = {}
    for family, members in raw.items():
        made[family] = {}
        for name, texts in members.items():
            if not isinstance(texts, dict) or not all(isinstance(t, str) for t in texts.values()):
                problems.add(
                    f"{PATH} [{family}]", f"'{name}' is no member; write its texts below it"
                )
                continue
            made[family][name] = texts
        keys = {tuple(sorted(texts)) for texts in made[family].values()}
        if len(keys) > 1:
            told = " and ".join("/".join(each) or "none" for each in sorted(keys))
            problems.add(f"{PATH} [{family}]", f"members have {told}; give all the same texts")
    return made


def expanded(
    path: str, raw: Mapping[str, Any], families: Families, problems: Problems
) -> dict[str, Any]:
    """The entries of a file with each family entry written out for all members."""
    reader = _Reader(path, families, problems)
    made: dict[str, Any] = {}
    for name, value in raw.items():
        for one, entry in reader.entries(name, value):
            if one in made:
                problems.add(f"{path} [{one}]", f"stands twice, once from '{name}'; keep one")
            made[one] = entry
    return made


class _Reader:
    def __init__(self, path: str, families: Families, problems: Problems) -> None:
        self.path, self.families, self.problems = path, families, problems

    def entries(self, name: str, value: Any) -> Iterator[tuple[str, Any]]:
        family = self.family(name, name)
        if family is None:
            yield name, self.lists(name, value)
            return
        for member in self.families[family]:
            yield (
                self.filled(name, name, family, member),
                self.lists(name, self.replaced(name, value, family, member)),
            )

    def family(self, entry: str, text: str) -> str | None:
        """The one family a text mentions; None where it mentions none that there is."""
        mention = _MENTION.search(text)
        if mention is None:
            return None
        if mention[1] not in self.families:
            do = suggestion(mention[1], self.families)
            self.problems.add(f"{self.path} [{entry}]", f"unknown family '{mention[1]}'; {do}")
            return None
        return mention[1]

    def replaced(self, entry: str, value: Any, family: str, member: str) -> Any:
        """The value with the member in place of every mention of the family."""
        if isinstance(value, str):
            return self.filled(entry, value, family, member)
        if isinstance(value, list):
            return [self.replaced(entry, each, family, member) for each in value]
        if isinstance(value, dict):
            return {
                self.filled(entry, key, family, member): self.replaced(entry, each, family, member)
                for key, each in value.items()
            }
        return value

    def filled(self, entry: str, text: str, family: str, member: str) -> str:
        def fill(mention: re.Match[str]) -> str:
            if mention[1] != family:
                return mention[0]
            if mention[2] is None:
                return member
            texts = self.families[family][member]
            if mention[2] not in texts:
                do = suggestion(mention[2], texts)
                what = f"'{family}' has no '{mention[2]}' for '{member}'; {do}"
                self.problems.add(f"{self.path} [{entry}]", what)
            return texts.get(mention[2], "")

        return _MENTION.sub(fill, text)

    def lists(self, entry: str, value: Any) -> Any:
        """The value with every list item that still mentions a family written out."""
        if isinstance(value, dict):
            return {key: self.lists(entry, each) for key, each in value.items()}
        if not isinstance(value, list):
            return value
        return [item for each in value for item in self.items(entry, each)]

    def items(self, entry: str, item: Any) -> Iterator[Any]:
        family = self.family(entry, item) if isinstance(item, str) else None
        if family is None:
            yield self.lists(entry, item)
            return
        for member in self.families[family]:
            yield self.filled(entry, item, family, member)
