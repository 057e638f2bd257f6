"""Lies told by chance on honest sentences: the checker must find nearly all of them."""

from __future__ import annotations

import pytest

from reportgen.spec.load import load_publication
from tests import history
from tests.stores.chance import chance_of
from tests.stores.changed import changed, outcome
from tests.stores.checker import check
from tests.stores.chunks import embedded_bases
from tests.stores.conftest import CAUGHT
from tests.stores.mutations import Caught, lies

STORES = 6
LEAST = 98.0  # percent


def test_nearly_every_lie_is_found(request: pytest.FixtureRequest) -> None:
    bases = embedded_bases(load_publication(history.TEMPLATES, history.PUBLICATION))
    caught, read = Caught(), 0
    for seed in range(40 if request.config.getoption("--soak") else STORES):
        base = bases[seed % len(bases)]
        page = outcome(changed(seed, base), base.publication).page
        if page is not None and not check(page).denials:
            caught.tell(page, chance_of(seed))
            read += 1
    request.node.user_properties.append((CAUGHT, "\n".join(caught.table())))
    assert read > STORES / 2
    assert caught.rate >= LEAST, "\n".join(caught.missed)


def test_lies_differ_from_what_was_said() -> None:
    said = (
        "政策利率較首次降息前低150個基點，10年期殖利率卻上升159個基點，至5.29%（2026年9月30日）。"
    )
    told = list(lies(said, chance_of(1)))
    assert [lie.kind for lie in told] == [
        "word turned round",
        "number altered",
        "decimal moved",
        "sign changed",
        "numbers swapped",
        "unit changed",
        "day left out",
    ]
    assert all(lie.text != said == lie.was for lie in told)


def test_the_same_chance_tells_the_same_lies() -> None:
    said = "近12個月聯邦赤字1.77兆美元，占GDP 5.6%，仍在高檔"
    assert list(lies(said, chance_of(3))) == list(lies(said, chance_of(3)))


def test_a_sentence_without_words_or_numbers_allows_no_lie() -> None:
    assert list(lies("美國公債", chance_of(0))) == []
