"""A sender, an approved mail and people, for tests of the messages themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

from reportgen.delivery.message import Letters, Parts, Sender, message_id
from reportgen.delivery.nouns import Carries, Job, Recipient

EDITION = "us-treasuries/2026-10/r1"
NOW = datetime(2026, 10, 5, 1, 2, 3, tzinfo=UTC)
KEY = b"canary-key-that-nobody-may-see!!"
SENDER = Sender(
    "research@adviser.test", "示範投顧研究部", "note.adviser.test", "adviser.test",
    "https://www.adviser.test/u/", "unsub@adviser.test", "bounce@adviser.test", "desk@adviser.test", KEY,
)  # fmt: skip
PARTS = Parts(
    EDITION,
    "美國公債：降息循環落幕，10年期殖利率升抵5.29%｜美國公債月報2026年10月號",
    '<!DOCTYPE html><html lang="zh-Hant-TW"><body><p>報告</p><img src="cid:puzzle" alt="圖">'
    '<p><a href="%UNSUBSCRIBE%">取消訂閱</a></p></body></html>',
    "報告\n\n取消訂閱：%UNSUBSCRIBE%\n",
    (("puzzle", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40),),
    b"%PDF-1.7\n" + bytes(range(256)) * 400,
)


def person(
    address: str = "wang@client.test", carries: Carries = "pdf", name: str = "王小明"
) -> Recipient:
    return Recipient(sha256(address.encode()).hexdigest(), address, name, (), carries)


def job(to: Recipient | None = None, references: tuple[str, ...] = ()) -> Job:
    to = to or person()
    return Job(EDITION, "a" * 64, to, message_id(EDITION, to.id, "adviser.test"), NOW, references)


def letters(**changed: object) -> Letters:
    """The letters of the approved mail, with something of the sender changed."""
    return Letters.of(PARTS, replace(SENDER, **changed))  # type: ignore[arg-type]
