"""The state table, held against a real outbox by chance: whatever is tried, only what it allows happens."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from reportgen.delivery.nouns import DeliveryState, Outcome, Phase, Verdict
from reportgen.delivery.outbox import Outbox, states
from reportgen.delivery.outbox.rows import Row
from reportgen.delivery.outbox.states import ALLOWED, STATES
from reportgen.errors import DeliveryError
from tests.delivery.postgres import Postgres
from tests.delivery.sending import EDITION, jobs, outbox

EXAMPLES = settings.default.max_examples if settings.default else 100
START = datetime(2026, 11, 2, 8, tzinfo=UTC)
FINAL = [state for state, after in ALLOWED.items() if not after]
HOW: dict[Verdict, Phase] = {
    "accepted": "dot", "refused": "rcpt", "unknown": "dot", "deferred": "rcpt", "policy": "mail",
    "paused": "mail",
}  # fmt: skip
verdicts = st.sampled_from(sorted(HOW))
some = st.integers(0, 5)


class Tried(RuleBasedStateMachine):
    """Six messages, and everything that can be asked of an outbox, in any order."""

    place = ""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        place = self.place or f"{self.folder.name}/outbox.db"
        self.box: Outbox = outbox(place, Path(self.folder.name) / "runs")
        self.edition = f"{EDITION}/{self.folder.name}"
        self.now = START
        self.box.enqueue(jobs(6, self.edition, local=Path(self.folder.name).name, at=START))
        self.claims: list[Row] = []
        self.before: dict[int, str] = {row.id: "queued" for row in self.rows()}
        self.sent: dict[int, int] = {}

    def teardown(self) -> None:
        self.box.close()
        self.folder.cleanup()

    def rows(self) -> list[Row]:
        return self.box.rows(edition=self.edition)

    def row(self, number: int) -> Row:
        return self.rows()[number]

    @rule(minutes=st.integers(0, 600))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(count=st.integers(1, 3))
    def claim(self, count: int) -> None:
        for row in self.box.claim("w.1", self.now, edition=self.edition, relay="r", count=count):
            assert row.expires_at > self.now >= row.due, "claimed too early or too late"
            assert not self.box.suppressed(row.job.recipient.id) and row.job.recipient.address
            assert self.before[row.id] == "queued"
            self.claims.append(row)

    @rule(verdict=verdicts, which=some)
    def settle(self, verdict: Verdict, which: int) -> None:
        if not self.claims:
            return
        row = self.claims.pop(which % len(self.claims))
        still = next(each for each in self.rows() if each.id == row.id).state
        outcome = Outcome(verdict, HOW[verdict], 250, "5.1.1" if verdict == "refused" else "", "x")
        try:
            self.box.settle(row, outcome, self.now, self.now + timedelta(minutes=5))
        except DeliveryError:
            assert still != "sending"

    @rule()
    def sender_dies(self) -> None:
        self.claims.clear()
        self.box.recover(self.now)

    @rule(which=some)
    def log_has_it(self, which: int) -> None:
        self.box.taken(self.row(which).job.message_id, "4F1", self.now)

    @rule(which=some)
    def log_denies_it(self, which: int) -> None:
        self.box.never_taken(self.row(which), "the log", self.now)

    @rule(
        which=some,
        after=st.sampled_from(["delivered", "bounced"]),
        status=st.sampled_from(["5.1.1", "5.2.2"]),
    )
    def later(self, which: int, after: Any, status: str) -> None:
        self.box.relayed(self.row(which).job.message_id, after, status, "later", self.now)

    @rule(which=some, answer=st.sampled_from(["accepted", "send again"]))
    def person(self, which: int, answer: Any) -> None:
        row = self.row(which)
        try:
            self.box.resolve(row.id, answer, "lin", "asked", self.now)
        except DeliveryError:
            assert row.state != "unknown"

    @rule(which=some)
    def unsubscribe(self, which: int) -> None:
        self.box.suppress(self.row(which).job.recipient.id, "unsubscribed", "click", self.now)

    @rule(which=some)
    def erase(self, which: int) -> None:
        self.box.forget(self.row(which).job.recipient.id, self.now)

    @rule()
    def close_late(self) -> None:
        self.box.close_late(self.now)

    @rule()
    def queue_again(self) -> None:
        local = Path(self.folder.name).name
        assert self.box.enqueue(jobs(6, self.edition, local=local, at=self.now)) == 0

    @invariant()
    def only_what_the_table_allows(self) -> None:
        rows = self.rows()
        assert len(rows) == 6
        for row in rows:
            told = [(each.before, each.after) for each in self.box.events(row.id)]
            path = ["queued", *(after for _, after in told)]
            assert [before for before, _ in told] == path[:-1], "a change without its line"
            assert path[-1] == row.state
            assert all(after in ALLOWED[before] for before, after in told)  # type: ignore[index]
            if self.before[row.id] in FINAL:
                assert row.state == self.before[row.id]
            # Between two claims somebody has said that the first was not accepted.
            assert path.count("accepted") <= 1
            self.before[row.id] = row.state
        counts = self.box.counts(self.edition)
        assert sum(counts.values()) == 6


def test_only_what_the_state_table_allows_happens() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Tried, settings=settings(max_examples=max(10, EXAMPLES // 4), stateful_step_count=25)
    )


def test_the_same_holds_in_postgresql(database: Postgres) -> None:
    class InPostgresql(Tried):
        place = database.database()

    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        InPostgresql, settings=settings(max_examples=max(5, EXAMPLES // 20), stateful_step_count=20)
    )


@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("after", STATES)
def test_an_impossible_change_is_an_error(
    before: DeliveryState, after: DeliveryState, tmp_path: Path
) -> None:
    box = outbox(tmp_path / "outbox.db", tmp_path / "runs")
    everything = re.compile(f"{before} does not become {after}")
    with box._writing() as connection:
        from reportgen.delivery.outbox.database import MESSAGES

        if after in ALLOWED[before]:
            assert box._change(connection, MESSAGES.c.id > 0, before, after, "", START) == 0
        else:
            with pytest.raises(DeliveryError, match=everything):
                box._change(connection, MESSAGES.c.id > 0, before, after, "", START)
    box.close()


def test_the_table_in_the_docstring_is_the_table() -> None:
    assert states.__doc__ is not None
    told: dict[str, set[str]] = {state: set() for state in STATES}
    for before, after in re.findall(r"^\| (\w+) \| ([\w, ]+) \|", states.__doc__, re.MULTILINE):
        if before in told:
            told[before] |= set(after.split(", "))
    assert told == ALLOWED
