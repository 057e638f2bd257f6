"""Takes a settings file and the environment, gives the addresses, limits and keys of the providers.

    deadline = 600                 # seconds that a whole fetch may take
    credentials = "keys.toml"      # beside the settings: fred = "…"; for its owner's eyes only
    keep_fred_bodies = true        # false: our own table of the figures instead of FRED's answers

    [fred]
    url = "https://api.stlouisfed.org/fred"
    rate = 1.5                     # requests a second

    [mail]                         # only who mails: the relay, and who says it
    host = "127.0.0.1"
    from_address = "research@example.tw"

Every value can be given in the environment instead: REPORTGEN_DEADLINE, REPORTGEN_FRED_URL,
REPORTGEN_FRED_RATE (0: no limit), REPORTGEN_MAIL_HOST, …; the key of FRED as FRED_API_KEY, the password of
the relay as REPORTGEN_MAIL_PASSWORD.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reportgen.errors import SpecError

# Where each provider stands, up to where the endpoints it documents begin.
ADDRESSES: Mapping[str, str] = {
    "fred": "https://api.stlouisfed.org/fred",
    "fredgraph": "https://fred.stlouisfed.org/graph",
    "treasury": "https://home.treasury.gov",
    "fiscaldata": "https://api.fiscaldata.treasury.gov/services/api/fiscal_service",
    "tic": "https://ticdata.treasury.gov/resource-center/data-chart-center/tic/Documents",
    "cftc": "https://publicreporting.cftc.gov",
    "nyfed": "https://markets.newyorkfed.org/api",
    "bls": "https://api.bls.gov",
}

# FRED enforces its limit by the second; the others document none, and are asked gently.
_RATES: Mapping[str, float] = {"fred": 1.5}

# The BLS answers so few requests a day that another try soon costs more than it can mend.
_ATTEMPTS: Mapping[str, int] = {"bls": 2}

M = TypeVar("M", bound=BaseModel)

_PREFIX = "REPORTGEN_"
_KEY = "FRED_API_KEY"
_MAIL, _MAIL_PASSWORD = "mail", "REPORTGEN_MAIL_PASSWORD"

# What an address and a domain look like; whether they stand is for the relay to say.
_ADDRESS = r"^[A-Za-z0-9._-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"
_DOMAIN = r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"


class _Provider(BaseModel):
    """One provider's table. Times in seconds, size in bytes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(pattern=r"^https?://[^?#\s]+$")
    rate: float = Field(default=0, ge=0)
    timeout: float = Field(default=20, gt=0)
    answer: float = Field(default=90, gt=0)
    attempts: int = Field(default=4, ge=1, le=10)
    backoff: float = Field(default=0.5, gt=0)
    size: int = Field(default=64_000_000, gt=0)


class _File(BaseModel):
    """What stands outside the providers' tables."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    deadline: float = Field(default=600, gt=0)
    credentials: str = ""
    keep_fred_bodies: bool = True


class _Mail(BaseModel):
    """The table of mail. Times in seconds, but `expires_hours`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field(min_length=1)
    port: int = Field(default=25, ge=1, le=65535)
    tls: Literal["required", "implicit", "off"] = "required"
    ca_file: str = ""
    fingerprint: str = ""
    user: str = ""
    helo: str = ""
    timeout: float = Field(default=60, gt=0)
    connections: int = Field(default=4, ge=1, le=50)
    per_connection: int = Field(default=100, ge=1)
    rate: float = Field(default=0, ge=0)
    from_address: str = Field(pattern=_ADDRESS)
    from_name: str = Field(min_length=1)
    reply_to: str = Field(default="", pattern=f"^$|{_ADDRESS}")
    list_id: str = Field(pattern=_DOMAIN)
    domain: str = Field(pattern=_DOMAIN)
    unsubscribe_url: str = Field(pattern=r"^https://[^\s?#<>,]+/u/$")
    unsubscribe_address: str = Field(pattern=_ADDRESS)
    bounce_address: str = Field(pattern=_ADDRESS)
    outbox: str = ""
    log: str = ""
    canary: str = ""
    expires_hours: float = Field(default=48, gt=0, le=168)


@dataclass(frozen=True, slots=True)
class MailSettings:
    """How notes are mailed: the relay, who says it, where the outbox and the relay's log are.

    `rate` in messages a second, None: no limit; `canary` is the group that is sent first. An empty `outbox` is
    that in the user's data folder.
    """

    host: str
    port: int
    tls: Literal["required", "implicit", "off"]
    ca_file: str
    fingerprint: str
    user: str
    helo: str
    timeout: float
    connections: int
    per_connection: int
    rate: float | None
    from_address: str
    from_name: str
    reply_to: str
    list_id: str
    domain: str
    unsubscribe_url: str
    unsubscribe_address: str
    bounce_address: str
    outbox: str
    log: str
    canary: str
    expires_hours: float
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """How one provider is asked; `secret` goes with every request and is never shown."""

    url: str
    rate: float | None
    timeout: float
    answer: float
    attempts: int
    backoff: float
    size: int
    secret: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between one user's machine and another's."""

    deadline: float
    keep_fred_bodies: bool
    providers: Mapping[str, ProviderSettings]
    mail: MailSettings | None = None


def credentials_file(text: str, where: str) -> str:
    """The name of the credentials file that the settings speak of, empty where of none."""
    named = _table(text, where).get("credentials", "")
    return named if isinstance(named, str) else ""


def settings(
    text: str, credentials: str, environment: Mapping[str, str], where: str = "settings"
) -> Settings:
    """The settings of a file and the environment, which goes before; both may be empty.

    Raises: SpecError with every problem; a key is never shown.
    """
    tables = _table(text, where)
    plain = {name: value for name, value in tables.items() if name not in (*ADDRESSES, _MAIL)}
    plain |= _from(environment, _PREFIX, _File)
    problems: list[str] = []
    common = _checked(_File, plain, where, problems)
    made = {}
    for name, address in ADDRESSES.items():
        usual = {"rate": _RATES.get(name, 0), "attempts": _ATTEMPTS.get(name, 4)}
        table = tables.get(name, {})
        if not isinstance(table, dict):
            problems.append(f"{where}: '{name}' is no table; write [{name}], its settings below it")
            continue
        said = {"url": address, **usual, **table}
        said |= _from(environment, f"{_PREFIX}{name.upper()}_", _Provider)
        made[name] = _checked(_Provider, said, f"{where} [{name}]", problems)
    keys = _keys_of(credentials, problems)
    key = environment.get(_KEY) or keys.get("fred", "")
    mail = _mail(tables, environment, keys, where, problems)
    if problems:
        raise SpecError(*problems)
    assert common is not None, "problems were raised"
    providers = {
        name: ProviderSettings(
            read.url,
            read.rate or None,
            read.timeout,
            read.answer,
            read.attempts,
            read.backoff,
            read.size,
            MappingProxyType({"api_key": key} if name == "fred" and key else {}),
        )
        for name, read in made.items()
        if read is not None
    }
    return Settings(common.deadline, common.keep_fred_bodies, MappingProxyType(providers), mail)


def _mail(
    tables: Mapping[str, Any],
    environment: Mapping[str, str],
    keys: Mapping[str, str],
    where: str,
    problems: list[str],
) -> MailSettings | None:
    """The settings of mail; None for who does not mail."""
    given = _from(environment, f"{_PREFIX}{_MAIL.upper()}_", _Mail)
    table = tables.get(_MAIL, {})
    if not table and not given:
        return None
    if not isinstance(table, dict):
        problems.append(f"{where}: '{_MAIL}' is no table; write [{_MAIL}], its settings below it")
        return None
    read = _checked(_Mail, {**table, **given}, f"{where} [{_MAIL}]", problems)
    if read is None:
        return None
    password = environment.get(_MAIL_PASSWORD) or keys.get(_MAIL, "")
    return MailSettings(**{**read.model_dump(), "rate": read.rate or None}, password=password)


def _table(text: str, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SpecError(f"{where}: not readable TOML ({error}); mend it there") from error


def _keys_of(credentials: str, problems: list[str]) -> dict[str, str]:
    """The keys in a credentials file; what is wrong with it is told without its text."""
    try:
        told = tomllib.loads(credentials)
    except tomllib.TOMLDecodeError:
        problems.append('credentials: not readable TOML; write fred = "…"')
        return {}
    keys = {}
    for name in ("fred", _MAIL):
        key = told.get(name, "")
        if isinstance(key, str):
            keys[name] = key.strip()
        else:
            problems.append(f"credentials: '{name}' is no text; write it in quotes")
    return keys


def _from(environment: Mapping[str, str], prefix: str, model: type[BaseModel]) -> dict[str, str]:
    """The fields that the environment gives."""
    named = {name: f"{prefix}{name.upper()}" for name in model.model_fields}
    return {name: environment[said] for name, said in named.items() if environment.get(said)}


def _checked(model: type[M], said: Mapping[str, Any], where: str, problems: list[str]) -> M | None:
    try:
        return model.model_validate(said)
    except ValidationError as error:
        for each in error.errors():
            name = ".".join(map(str, each["loc"]))
            # Neither what is written where we look for nothing nor a query is shown: it may be a key.
            if each["type"] == "extra_forbidden":
                problems.append(f"{where}: unknown setting '{name}'; take it out")
                continue
            shown, query, _ = repr(each["input"]).partition("?")
            problems.append(
                f"{where}: '{name}' is {shown}{query and '?…'}, {each['msg']}; correct it"
            )
        return None
