"""What `site.toml` and `glossary.toml` may say, and what is said of mistakes in them."""

from __future__ import annotations

import pytest

from reportgen.delivery.site.settings import read_glossary, read_site
from reportgen.errors import SpecError
from tests.making import TEMPLATES

GOOD = 'name = "站"\ndescription = "說明"\nmode = "public"\naddress = "https://a.example/"\n'


def problems(text: str) -> tuple[str, ...]:
    with pytest.raises(SpecError) as caught:
        read_site(text, "site.toml")
    return caught.value.problems


def test_the_settings_are_read() -> None:
    site = read_site(GOOD, "site.toml")
    assert (site.name, site.mode, site.address, site.path) == (
        "站", "public", "https://a.example/", "/"
    )  # fmt: skip
    assert read_site(GOOD.replace(".example/", ".example/b/"), "site.toml").path == "/b/"


@pytest.mark.parametrize(
    "address", ["", "http://a.example/", "https://a.example", "https:///", "x"]
)
def test_an_address_is_whole_and_safe(address: str) -> None:
    assert problems(GOOD.replace("https://a.example/", address)) == (
        f"site.toml: 'address' is '{address}'; write where it will stand, such as"
        " https://research.example.com/",
    )


def test_a_site_for_members_has_two_places() -> None:
    members = GOOD.replace("public", "members")
    assert problems(members) == (
        "site.toml: 'summary_address' is ''; write where it will stand, such as"
        " https://research.example.com/",
    )
    assert problems(f'{members}summary_address = "https://a.example/"\n') == (
        "site.toml: 'summary_address' is 'https://a.example/', as 'address' is; put the public summary"
        " elsewhere than what only members may read",
    )


def test_every_mistake_is_told_at_once() -> None:
    said = problems(GOOD.replace('name = "站"', "colour = 1").replace('"public"', '"open"'))
    assert said == (
        "site.toml: 'name' is missing; write it",
        "site.toml: 'mode' is 'open', Input should be 'public' or 'members'; correct it",
        "site.toml: unknown setting 'colour'; take it out",
    )
    assert problems("name = ")[0].startswith("site.toml: not readable TOML (")


def test_as_it_comes_the_site_is_for_members_and_wants_its_addresses() -> None:
    text = (TEMPLATES / "site" / "site.toml").read_text("utf-8")
    assert [each.partition(";")[0] for each in problems(text)] == [
        "site.toml: 'address' is ''",
        "site.toml: 'summary_address' is ''",
    ]


def test_a_term_stands_in_the_glossary_once() -> None:
    entry = '[[entry]]\nterm = "碼"\nsays = "二十五個基點。"\n'
    assert read_glossary(entry, "glossary.toml")[0].term == "碼"
    with pytest.raises(SpecError) as caught:
        read_glossary(entry * 2, "glossary.toml")
    assert str(caught.value) == "glossary.toml: '碼' stands there twice; keep one"
    with pytest.raises(SpecError) as caught:
        read_glossary('[[entry]]\nterm = "碼"\n', "glossary.toml")
    assert str(caught.value) == "glossary.toml: 'entry.0.says' is missing; write it"
