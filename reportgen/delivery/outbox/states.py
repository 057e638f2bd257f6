"""What may become of a message in the outbox: every change is held to this table.

There is no state for deferred: such a message is queued, with attempts behind it and due later.

| state | becomes | when |
|---|---|---|
| queued | sending | a sender claims it, before it says MAIL FROM |
| queued | expired | it was not accepted within its time |
| queued | accepted | the relay's log has it already: the outbox was restored from a backup |
| queued | unknown | a person adopts an outbox that was restored or moved |
| queued | cancelled | the person is suppressed or erased, the edition was withdrawn, or a person says so |
| sending | accepted | the relay answered 250 |
| sending | queued | the relay answered 4xx, or 5xx to us rather than to the address; or nothing before the last dot |
| sending | failed | the relay refused the address for good; or the message can not be made |
| sending | unknown | all was handed over and no answer came; or its sender died |
| unknown | accepted | the relay's log has it; or a person says so |
| unknown | queued | the relay's log shows that it was never accepted; or a person says so |
| accepted | delivered, bounced | the relay's log or a bounce says so |
| delivered | bounced | a bounce came later |
"""

from __future__ import annotations

from collections.abc import Mapping

from reportgen.delivery.nouns import DeliveryState

ALLOWED: Mapping[DeliveryState, frozenset[DeliveryState]] = {
    "queued": frozenset({"sending", "expired", "accepted", "unknown", "cancelled"}),
    "sending": frozenset({"accepted", "queued", "failed", "unknown"}),
    "unknown": frozenset({"accepted", "queued"}),
    "accepted": frozenset({"delivered", "bounced"}),
    "delivered": frozenset({"bounced"}),
    "bounced": frozenset(),
    "failed": frozenset(),
    "expired": frozenset(),
    "cancelled": frozenset(),
}
STATES: tuple[DeliveryState, ...] = tuple(ALLOWED)

# In which states has the relay taken a message?
TAKEN: frozenset[DeliveryState] = frozenset({"accepted", "delivered", "bounced"})

# In which is there still something to do?
OPEN: frozenset[DeliveryState] = frozenset({"queued", "sending", "unknown"})


def allowed(before: DeliveryState, after: DeliveryState) -> bool:
    """Whether a message may go from one state to another."""
    return after in ALLOWED[before]
