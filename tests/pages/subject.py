"""Takes the bytes of a PDF, gives what the checks look at; and what a check is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO

import pikepdf

from tests.pages.printed import Box, Sheet, sheets
from tests.pages.structure import Content, Element, content, tree


class Subject:
    """A finished PDF, read as far as each check asks; `areas` are what is set of each page."""

    def __init__(self, body: bytes, areas: tuple[Box, ...] = ()) -> None:
        self.body, self.areas = body, areas
        self.pdf = pikepdf.open(BytesIO(body))

    @cached_property
    def sheets(self) -> tuple[Sheet, ...]:
        return sheets(self.pdf)

    @cached_property
    def tree(self) -> Element:
        return tree(self.pdf)

    @cached_property
    def said(self) -> Content:
        return content(self.sheets)


Check = Callable[[Subject], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Rule:
    """What must hold, where that is written, and the check that yields each breach of it."""

    name: str
    source: str
    says: str
    check: Check


class Rules(list[Rule]):
    """A list of rules, each written down where its check is."""

    def __init__(self, standard: str) -> None:
        super().__init__()
        self.standard = standard

    def of(self, clause: str, says: str) -> Callable[[Check], Check]:
        """Adds the function below as the check of a rule."""

        def add(check: Check) -> Check:
            source = f"{self.standard} {clause}".strip()
            self.append(Rule(check.__name__, source, says, check))
            return check

        return add
