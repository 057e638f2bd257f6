"""The settings of mail: who needs none, what is refused, that the password is never shown."""

from __future__ import annotations

import json

import pytest

from reportgen.errors import SpecError
from reportgen.settings import MailSettings, settings

PASSWORD = "canary-password"  # noqa: S105  a canary
WHOLE = {
    "host": "127.0.0.1",
    "from_address": "research@adviser.tw",
    "from_name": "示範投顧",
    "list_id": "note.adviser.tw",
    "domain": "adviser.tw",
    "unsubscribe_url": "https://www.adviser.tw/u/",
    "unsubscribe_address": "unsub@adviser.tw",
    "bounce_address": "bounce@adviser.tw",
}


def read(
    said: dict[str, object], environment: dict[str, str] | None = None, keys: str = ""
) -> MailSettings | None:
    lines = "".join(
        f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in said.items()
    )
    return settings(f"[mail]\n{lines}" if said else "", keys, environment or {}).mail


def test_who_does_not_mail_needs_none() -> None:
    assert read({}) is None
    assert read({}, {"REPORTGEN_MAIL_PASSWORD": PASSWORD}) is None


def test_what_is_not_said_is_safe() -> None:
    made = read(WHOLE)
    assert made is not None
    assert (made.port, made.tls, made.expires_hours, made.rate) == (25, "required", 48, None)


def test_the_environment_goes_before_the_file() -> None:
    made = read(WHOLE, {"REPORTGEN_MAIL_HOST": "relay.adviser.tw", "REPORTGEN_MAIL_RATE": "5"})
    assert made is not None
    assert (made.host, made.rate) == ("relay.adviser.tw", 5.0)


@pytest.mark.parametrize("keys", ["", 'mail = "canary-password"'])
def test_the_password_is_never_shown(keys: str) -> None:
    made = read(WHOLE, {} if keys else {"REPORTGEN_MAIL_PASSWORD": PASSWORD}, keys)
    assert made is not None
    assert made.password == PASSWORD
    assert PASSWORD not in repr(made)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"from_address": "nobody"}, "settings [mail]: 'from_address' is 'nobody'"),
        (
            {"unsubscribe_url": "http://www.adviser.tw/u/"},
            "'unsubscribe_url' is 'http://www.adviser.tw/u/'",
        ),
        ({"unsubscribe_url": "https://www.adviser.tw/leave"}, "'unsubscribe_url' is"),
        ({"tls": "maybe"}, "'tls' is 'maybe'"),
        ({"connections": 0}, "'connections' is 0"),
        ({"pasword": PASSWORD}, "settings [mail]: unknown setting 'pasword'; take it out"),
    ],
)
def test_what_can_not_be_is_told(changed: dict[str, object], message: str) -> None:
    with pytest.raises(SpecError) as raised:
        read({**WHOLE, **changed})
    assert message in str(raised.value)
    assert PASSWORD not in str(raised.value)


def test_every_lack_is_told_at_once() -> None:
    with pytest.raises(SpecError) as raised:
        read({"host": "127.0.0.1"})
    assert len(raised.value.problems) == len(WHOLE) - 1


def test_a_table_is_wanted() -> None:
    with pytest.raises(SpecError, match=r"settings: 'mail' is no table; write \[mail\]"):
        settings('mail = "relay"', "", {})
