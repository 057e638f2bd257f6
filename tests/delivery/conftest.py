"""Servers that tests of delivery share: a Postfix and a PostgreSQL, begun once; without them tests skip and say so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.delivery import postfix, postgres


def _demand(lack: str, config: pytest.Config) -> None:
    """Skips where something lacks; fails under `--require-tools`."""
    if lack and config.getoption("--require-tools"):
        pytest.fail(lack, pytrace=False)
    if lack:
        pytest.skip(lack)


@pytest.fixture(scope="session")
def has_postfix(pytestconfig: pytest.Config) -> None:
    """Only where a Postfix can be begun."""
    _demand(postfix.lacks(), pytestconfig)


@pytest.fixture(scope="session")
def relay(has_postfix: None) -> Iterator[postfix.Postfix]:  # noqa: ARG001
    """A Postfix on loopback."""
    with postfix.postfix() as running:
        yield running


@pytest.fixture(scope="session")
def database(pytestconfig: pytest.Config) -> Iterator[postgres.Postgres]:
    """A PostgreSQL on a socket of its own."""
    _demand(postgres.lacks(), pytestconfig)
    with postgres.postgres() as running:
        yield running
