"""Settings: a file, the environment before it, a key beside it that nobody else may read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reportgen.cli import common
from reportgen.errors import SpecError
from reportgen.settings import ADDRESSES, Settings, credentials_file, settings

CANARY = "canary0123456789canary0123456789"

FILE = """
deadline = 60
credentials = "keys.toml"
keep_fred_bodies = false

[fred]
url = "http://127.0.0.1:8000/fred"
rate = 0.5
attempts = 7

[tic]
timeout = 5
size = 1000
"""


def problems(text: str, credentials: str = "", environment: dict[str, str] | None = None) -> str:
    with pytest.raises(SpecError) as caught:
        settings(text, credentials, environment or {}, "/etc/settings.toml")
    return str(caught.value)


def key_of(made: Settings) -> str:
    return made.providers["fred"].secret.get("api_key", "")


# ── a file and the environment ─────────────────────────────────────────────────────────────────


def test_without_a_file_the_addresses_and_limits_stand() -> None:
    made = settings("", "", {})
    assert (made.deadline, made.keep_fred_bodies) == (600, True)
    assert {name: each.url for name, each in made.providers.items()} == dict(ADDRESSES)
    assert made.providers["fred"].rate == 1.5
    assert made.providers["bls"].attempts == 2
    tic = made.providers["tic"]
    assert (tic.rate, tic.timeout, tic.answer, tic.attempts) == (None, 20, 90, 4)
    assert (tic.backoff, tic.size) == (0.5, 64_000_000)
    assert all(not each.secret for each in made.providers.values())


def test_a_file_says_what_it_says_and_no_more() -> None:
    made = settings(FILE, "", {})
    assert (made.deadline, made.keep_fred_bodies) == (60, False)
    fred, tic = made.providers["fred"], made.providers["tic"]
    assert (fred.url, fred.rate, fred.attempts) == ("http://127.0.0.1:8000/fred", 0.5, 7)
    assert (tic.url, tic.timeout, tic.size, tic.attempts) == (ADDRESSES["tic"], 5, 1000, 4)
    assert made.providers["bls"] == settings("", "", {}).providers["bls"]


def test_the_environment_goes_before_the_file() -> None:
    said = {
        "REPORTGEN_DEADLINE": "30",
        "REPORTGEN_KEEP_FRED_BODIES": "true",
        "REPORTGEN_FRED_URL": "http://localhost/f",
        "REPORTGEN_FRED_RATE": "0",
        "REPORTGEN_TIC_TIMEOUT": "2.5",
        "REPORTGEN_FREDGRAPH_SIZE": "17",
    }
    made = settings(FILE, "", said)
    assert (made.deadline, made.keep_fred_bodies) == (30, True)
    fred = made.providers["fred"]
    assert (fred.url, fred.rate, fred.attempts) == ("http://localhost/f", None, 7)
    assert made.providers["tic"].timeout == 2.5
    assert made.providers["fredgraph"].size == 17


def test_an_empty_variable_is_as_none() -> None:
    assert settings(FILE, "", {"REPORTGEN_DEADLINE": "", "FRED_API_KEY": ""}).deadline == 60


def test_other_variables_mean_nothing() -> None:
    said = {"REPORTGEN_STORE": "/x", "REPORTGEN_CACHE": "/y", "FRED_RATE": "9", "DEADLINE": "1"}
    assert settings(FILE, "", said) == settings(FILE, "", {})


def test_settings_do_not_change() -> None:
    made = settings(FILE, "", {"FRED_API_KEY": CANARY})
    with pytest.raises(TypeError):
        made.providers["fred"] = made.providers["tic"]  # type: ignore[index]
    with pytest.raises(TypeError):
        made.providers["fred"].secret["api_key"] = ""  # type: ignore[index]


# ── what is wrong ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "deadline = 0",
            "/etc/settings.toml: 'deadline' is 0, Input should be greater than 0; correct it",
        ),
        (
            "dedline = 5",
            "/etc/settings.toml: unknown setting 'dedline'; take it out",
        ),
        (
            "[fred]\nrate = -1",
            "/etc/settings.toml [fred]: 'rate' is -1,"
            " Input should be greater than or equal to 0; correct it",
        ),
        (
            "[tic]\nretries = 3",
            "/etc/settings.toml [tic]: unknown setting 'retries'; take it out",
        ),
        (
            "[bls]\nattempts = 11",
            "/etc/settings.toml [bls]: 'attempts' is 11,"
            " Input should be less than or equal to 10; correct it",
        ),
    ],
)
def test_what_is_wrong_is_named(text: str, message: str) -> None:
    assert problems(text) == message


def test_everything_wrong_is_told_in_one_run() -> None:
    told = problems(
        "deadline = 'soon'\n[fred]\nrate = 'slow'\n[tic]\nsize = 0",
        "fred = 3",
        {"REPORTGEN_BLS_RATE": "x"},
    )
    for part in ("'deadline' is 'soon'", "[fred]: 'rate' is 'slow'", "[tic]: 'size' is 0"):
        assert part in told
    assert "[bls]: 'rate' is 'x'" in told and "credentials: 'fred' is no text" in told


@pytest.mark.parametrize("address", ["ftp://x/y", "fred", "https://x/#top", "https://x/a b", ""])
def test_an_address_is_that_of_a_web_server_without_a_query(address: str) -> None:
    told = problems(f"[fred]\nurl = '{address}'")
    assert told.startswith(f"/etc/settings.toml [fred]: 'url' is '{address}', ")


def test_a_table_that_is_none_is_told() -> None:
    assert problems("fred = 3") == (
        "/etc/settings.toml: 'fred' is no table; write [fred], its settings below it"
    )
    assert "unknown setting 'frd'" in problems("[frd]\nrate = 1")


def test_an_unreadable_file_says_where() -> None:
    told = problems("deadline = = 5")
    assert told.startswith("/etc/settings.toml: not readable TOML (")
    assert "line 1" in told and told.endswith("; mend it there")


# ── the key ────────────────────────────────────────────────────────────────────────────────────


def test_the_key_comes_from_the_environment_or_else_from_the_credentials() -> None:
    assert key_of(settings("", "", {"FRED_API_KEY": CANARY})) == CANARY
    assert key_of(settings("", f'fred = " {CANARY} "', {})) == CANARY
    assert key_of(settings("", 'fred = "other"', {"FRED_API_KEY": CANARY})) == CANARY
    assert key_of(settings("", "", {})) == ""


def test_only_fred_gets_the_key() -> None:
    made = settings("", "", {"FRED_API_KEY": CANARY})
    assert {name for name, each in made.providers.items() if each.secret} == {"fred"}


@pytest.mark.parametrize(
    ("credentials", "message"),
    [
        (f"fred = {CANARY}", 'credentials: not readable TOML; write fred = "…"'),
        (f"{CANARY}", 'credentials: not readable TOML; write fred = "…"'),
        (f"fred = ['{CANARY}']", "credentials: 'fred' is no text; write it in quotes"),
    ],
)
def test_a_wrong_credentials_file_is_told_without_its_text(credentials: str, message: str) -> None:
    assert problems("", credentials) == message


def test_no_error_shows_the_key() -> None:
    wrong = "deadline = 0\n[fred]\nrate = -1\nurl = 'no'"
    assert CANARY not in problems(wrong, f'fred = "{CANARY}"', {"FRED_API_KEY": CANARY})


@pytest.mark.parametrize(
    "text",
    [
        f"fred = '{CANARY}'",
        f"[fred]\napi_key = '{CANARY}'",
        f"api_key = '{CANARY}'",
        f"[fred]\nurl = 'https://x/fred?api_key={CANARY}'",
        f"[keys]\nfred = '{CANARY}'",
    ],
)
def test_a_key_in_the_wrong_place_is_not_shown(text: str) -> None:
    assert CANARY not in problems(text)


def test_settings_do_not_show_the_key() -> None:
    made = settings("", "", {"FRED_API_KEY": CANARY})
    assert CANARY not in repr(made) and CANARY not in str(made)


# ── the files of a user ────────────────────────────────────────────────────────────────────────


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with settings and credentials, and an environment of our own."""
    for name in [name for name in os.environ if name.startswith(("REPORTGEN_", "FRED_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("REPORTGEN_SETTINGS", str(tmp_path / "settings.toml"))
    (tmp_path / "settings.toml").write_text(FILE, "utf-8")
    keys = tmp_path / "keys.toml"
    keys.write_text(f'fred = "{CANARY}"\n', "utf-8")
    keys.chmod(0o600)
    return tmp_path


def test_credentials_lie_beside_the_settings(home: Path) -> None:
    assert (home / "settings.toml").exists()
    made = common.read_settings()
    assert (made.deadline, key_of(made)) == (60, CANARY)


def test_a_users_environment_goes_before_the_files(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert home
    monkeypatch.setenv("FRED_API_KEY", "other")
    monkeypatch.setenv("REPORTGEN_DEADLINE", "9")
    made = common.read_settings()
    assert (made.deadline, key_of(made)) == (9, "other")


@pytest.mark.skipif(os.name != "posix", reason="only there files have such modes")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o620])
def test_credentials_that_others_may_read_are_refused(home: Path, mode: int) -> None:
    keys = home / "keys.toml"
    keys.chmod(mode)
    with pytest.raises(SpecError) as caught:
        common.read_settings()
    assert str(caught.value) == f"{keys}: others may read it; run chmod 600 on it"


def test_credentials_that_are_named_must_be_there(home: Path) -> None:
    (home / "keys.toml").unlink()
    with pytest.raises(SpecError) as caught:
        common.read_settings()
    assert str(caught.value) == (
        f"{home / 'keys.toml'}: no such file; write the keys there, or leave credentials out"
    )


def test_without_settings_no_credentials_are_looked_for(home: Path) -> None:
    (home / "settings.toml").unlink()
    assert common.read_settings() == settings("", "", {})


def test_settings_that_are_no_text_say_where(home: Path) -> None:
    (home / "settings.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SpecError) as caught:
        common.read_settings()
    where = home / "settings.toml"
    assert str(caught.value) == f"{where}: cannot be read (UnicodeDecodeError); check it"


def test_settings_are_looked_for_in_the_users_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REPORTGEN_SETTINGS", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert common.settings_file() == tmp_path / "reportgen" / "settings.toml"


def test_credentials_file_is_named_or_not() -> None:
    assert credentials_file(FILE, "x") == "keys.toml"
    assert credentials_file("", "x") == ""
    assert credentials_file("credentials = 3", "x") == ""  # refused with the other settings
