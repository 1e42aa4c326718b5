"""The log as a chain: each link's digest covers its entry and the digest before it, so that nothing changes unseen.

Entries are linked a few seconds after they were committed, by one job in order, so that no transaction waits for
another's entry. A digest is SHA-256 over the digest before and the entry in one written form, the same on both
databases. Whoever rewrites entries would have to rewrite every link after them; the heads that were anchored outside
the database (`service_anchors`) show that, and a tail that was cut or an old copy put back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, insert, select

from matching.audit.models import AuditEntry, AuditLink
from matching.extensions import db

__all__ = ["Anchor", "Fault", "Head", "Verdict", "anything_waits", "head", "link_waiting", "verify"]

MOST = 5_000
LATE = timedelta(hours=1)
"""An entry may be committed this long after its time, by a transaction that took so long; nothing comes in later."""
LATE_IDS = 10_000
"""And while so many entries were given numbers after it."""
BEGINNING = bytes(32)
ENTRY = tuple(AuditEntry.__table__.columns)


@dataclass(frozen=True, slots=True)
class Head:
    """The last link: its position (1 is the first), its entry and its digest."""

    position: int
    entry_id: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Anchor:
    """A head as it was written down outside the database at a moment."""

    position: int
    digest: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Fault:
    """The first place that does not fit.

    `kind`: changed (the entry is not what was linked, or its link is not), gone (the entry was deleted), unlinked
    (a link was deleted), rewritten (links up to here were made anew), cut (the log ends before what was
    anchored), inserted (an old entry that was never linked). `entry_id` None: the entry is not known.
    """

    kind: str
    position: int
    entry_id: int | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many entries are linked, how many wait to be, and the first fault."""

    linked: int
    waiting: int
    fault: Fault | None = None


def head() -> Head | None:
    """The last link; None when there is none."""
    found = db.session.execute(select(AuditLink.position, AuditLink.entry_id, AuditLink.digest)
                               .order_by(AuditLink.position.desc()).limit(1)).first()
    return None if found is None else Head(found.position, found.entry_id, bytes(found.digest))


def link_waiting(now: datetime) -> Head | None:
    """Link the next entries that wait, by number, at most `MOST`; the new head, or None when none waits.

    Two that link at once meet at a position's uniqueness: one fails and comes again.
    """
    last = head()
    rows = _waiting(now)
    links = []
    for row in rows:
        last = Head(last.position + 1 if last else 1, row.id, digest_of(last.digest if last else BEGINNING, row))
        links.append({"position": last.position, "entry_id": last.entry_id, "digest": last.digest})
    if links:
        db.session.execute(insert(AuditLink), links)
    return last if links else None


def anything_waits(now: datetime) -> bool:
    """Whether entries wait for their link; cheap when none does."""
    return bool(_waiting(now, 1))


def verify(anchors: Iterable[Anchor], now: datetime) -> Verdict:
    """Walk the whole chain and compare it with all anchors; reads only."""
    by_position: dict[int, list[Anchor]] = {}
    for anchor in anchors:
        by_position.setdefault(anchor.position, []).append(anchor)
    count, before, fault = 0, BEGINNING, None
    for row in _links():
        fault = _fault(row, count + 1, before, by_position.pop(row.position, ()))
        if fault:
            break
        count, before = row.position, bytes(row.digest)
    if fault is None and by_position:
        first = min(by_position)
        fault = Fault("cut", count + 1, at=by_position[first][0].at)
    waiting = 0
    if fault is None:
        waiting, fault = _unlinked(count, now)
    return Verdict(count, waiting, fault)


def digest_of(before: bytes, entry: Row[Any]) -> bytes:
    """The digest of an entry after the digest before it."""
    values = [value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
              for value in (getattr(entry, column.name) for column in ENTRY)]
    written = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(before + written.encode()).digest()


def _waiting(now: datetime, most: int = MOST) -> Sequence[Row[Any]]:
    """Entries without a link: first those whose transaction ended late, then the newer ones."""
    newest = db.session.scalar(select(func.max(AuditLink.entry_id))) or 0
    late = db.session.execute(
        select(*ENTRY).outerjoin(AuditLink, AuditLink.entry_id == AuditEntry.id)
        .where(AuditEntry.id > newest - LATE_IDS, AuditEntry.id < newest, AuditLink.position.is_(None),
               AuditEntry.at > now - LATE).order_by(AuditEntry.id)).all()
    fresh = db.session.execute(
        select(*ENTRY).where(AuditEntry.id > newest).order_by(AuditEntry.id).limit(most)).all()
    return [*late, *fresh]


def _links() -> Iterator[Row[Any]]:
    """All links in order, each with its entry (`id` None when that has gone)."""
    after = 0
    while True:
        rows = db.session.execute(
            select(AuditLink.position, AuditLink.entry_id, AuditLink.digest, *ENTRY)
            .outerjoin(AuditEntry, AuditEntry.id == AuditLink.entry_id)
            .where(AuditLink.position > after).order_by(AuditLink.position).limit(MOST)).all()
        yield from rows
        if len(rows) < MOST:
            return
        after = rows[-1].position


def _fault(row: Row[Any], expected: int, before: bytes, anchors: Sequence[Anchor]) -> Fault | None:
    """What is wrong with one link, if anything."""
    if row.position != expected:
        return Fault("unlinked", expected)
    if row.id is None:
        return Fault("gone", row.position, row.entry_id)
    if digest_of(before, row) != bytes(row.digest):
        return Fault("changed", row.position, row.id, row.at)
    if any(anchor.digest != bytes(row.digest) for anchor in anchors):
        return Fault("rewritten", row.position, row.id, row.at)
    return None


def _unlinked(linked: int, now: datetime) -> tuple[int, Fault | None]:
    """How many entries wait for their link, and the first that should have had one long ago."""
    newest = db.session.scalar(select(func.max(AuditLink.entry_id))) or 0
    rows = db.session.execute(
        select(AuditEntry.id, AuditEntry.at).outerjoin(AuditLink, AuditLink.entry_id == AuditEntry.id)
        .where(AuditLink.position.is_(None), AuditEntry.id < newest).order_by(AuditEntry.id)).all()
    old = next((row for row in rows if row.at <= now - LATE or row.id <= newest - LATE_IDS), None)
    newer = db.session.scalar(select(func.count(AuditEntry.id)).where(AuditEntry.id > newest)) or 0
    return len(rows) + newer, Fault("inserted", linked, old.id, old.at) if old else None
