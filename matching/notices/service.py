"""Telling people that a step was taken: rows in the outbox, written in the transaction of the step itself.

A step that is rolled back tells nobody, and a step that is told twice is told once, whoever was quicker. Nothing is
sent here: `jobs_notices` does that later, from the rows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import Select, and_, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from matching.accounts.models import User
from matching.actor import Actor
from matching.extensions import db, is_sqlite
from matching.notices.models import CHANNELS, Delivery, Notice, NoticeAddress, NoticePreference
from matching.notices.service_channels import configured
from matching.notices.service_kinds import KINDS, checked

__all__ = ["Stranger", "Users", "forget_recipient", "mark_all_read", "mark_read", "tell", "tell_all", "wanted_channels"]

Users = Collection[int] | Select[Any]


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody without an account, who asked for help: a reference that names nobody, such as `report:7`, and where
    to reach them. The phone and the e-mail address are sealed in the outbox and forgotten once all was sent.
    """

    reference: str
    phone: str = ""
    email: str = ""
    language: str = "zh_Hans"


def tell(recipient: int | Stranger, kind: str, values: Mapping[str, Any], now: datetime, *, key: str,
         not_before: datetime | None = None) -> bool:
    """Tell one person of a step, in the present transaction; True when it was not told before.

    `recipient` is the number of an account, or a Stranger. `values` are those that the kind declares (days as dates)
    and `path`, the page where one acts. `key` names the step, such as `grant:7:approved`: for one recipient, kind
    and key there is one notice. `not_before`: when it shall be seen and sent, else at once.
    Raises ValueError as `service_kinds.checked`.
    """
    if isinstance(recipient, Stranger):
        return _tell_stranger(recipient, kind, values, now, key, not_before or now)
    return tell_all([recipient], kind, values, now, key=key, not_before=not_before) == 1


def tell_all(users: Users, kind: str, values: Mapping[str, Any], now: datetime, *, key: str,
             by: Actor | None = None, not_before: datetime | None = None) -> int:
    """Tell several accounts of a step; returns how many heard of it now. As `tell`.

    `users`: their numbers, or a SELECT of them. Disabled accounts hear nothing, nor does `by`, who took the step.
    """
    details, at = checked(kind, values), not_before or now
    hearers = _hearers(users, by)
    if not hearers:
        return 0
    made = _insert([_row(kind, key, f"user:{hearer.user_id}", details, now, at, user_id=hearer.user_id,
                         language=hearer.language, read_at=None if hearer.in_site(kind) else now)
                    for hearer in hearers])
    by_recipient = {f"user:{hearer.user_id}": hearer for hearer in hearers}
    _send_later([(notice_id, channel) for notice_id, recipient in made
                 for channel in by_recipient[recipient].channels(kind)], at)
    return len(made)


def mark_read(notice: Notice, now: datetime) -> None:
    """Its reader has seen a notice. Seen before, it stays as it was."""
    db.session.execute(update(Notice).where(Notice.id == notice.id, Notice.read_at.is_(None)).values(read_at=now))


def mark_all_read(user_id: int, newest_id: int, now: datetime) -> int:
    """An account has seen all that was on its page: up to the newest notice there. Returns how many were new."""
    seen = update(Notice).where(Notice.user_id == user_id, Notice.read_at.is_(None), Notice.not_before <= now,
                                Notice.id <= newest_id).values(read_at=now)
    return int(db.session.execute(seen).rowcount)  # type: ignore[attr-defined]


def forget_recipient(reference: str) -> None:
    """Forget all that a Stranger was told: its report is erased."""
    db.session.execute(delete(Notice).where(Notice.recipient == reference))


@dataclass(slots=True)
class _Hearer:
    """An account that is told: its language, confirmed addresses and wishes."""

    user_id: int
    language: str
    silenced: Mapping[str, list[str]] | None
    reachable: set[str]

    def in_site(self, kind: str) -> bool:
        """Whether the site shall show it as new."""
        return KINDS[kind].urgent or "site" in wanted_channels(kind, self.silenced)

    def channels(self, kind: str) -> list[str]:
        """The ways out of the house, in a fixed order."""
        return sorted(self.reachable & configured(current_app.config) & wanted_channels(kind, self.silenced))


def wanted_channels(kind: str, silenced: Mapping[str, list[str]] | None) -> set[str]:
    """The channels by which an account hears of a kind: all but the silenced; a text message only of what is urgent."""
    known = KINDS[kind]
    wanted = {"site", *CHANNELS} - set((silenced or {}).get(known.group, ()))
    return wanted if known.urgent else wanted - {"sms"}


def _hearers(users: Users, by: Actor | None) -> list[_Hearer]:
    """Those of the accounts that are told, by number; one SELECT."""
    confirmed = and_(NoticeAddress.user_id == User.id, NoticeAddress.confirmed_at.is_not(None))
    rows = db.session.execute(
        select(User.id, User.locale, NoticePreference.silenced, NoticeAddress.channel)
        .outerjoin(NoticePreference, NoticePreference.user_id == User.id).outerjoin(NoticeAddress, confirmed)
        .where(User.id.in_(users), User.is_enabled, User.id != (by.user_id if by else 0)).order_by(User.id))
    found: dict[int, _Hearer] = {}
    for user_id, language, silenced, channel in rows:
        hearer = found.setdefault(user_id, _Hearer(user_id, language, silenced, set()))
        hearer.reachable |= {channel} if channel else set()
    return list(found.values())


def _tell_stranger(stranger: Stranger, kind: str, values: Mapping[str, Any], now: datetime, key: str,
                   at: datetime) -> bool:
    """A Stranger has no site and no wishes: it hears by each channel of which it gave an address."""
    made = _insert([_row(kind, key, stranger.reference, checked(kind, values), now, at, language=stranger.language)])
    if not made:
        return False
    notice = db.session.get_one(Notice, made[0][0])
    notice.phone, notice.email = stranger.phone, stranger.email
    given = {channel for channel, address in (("sms", stranger.phone), ("email", stranger.email)) if address}
    db.session.flush()
    _send_later([(notice.id, channel) for channel in sorted(given & configured(current_app.config))], at)
    return True


def _row(kind: str, key: str, recipient: str, details: dict[str, Any], now: datetime, at: datetime,
         **rest: Any) -> dict[str, Any]:
    if len(key) > Notice.__table__.c.key.type.length:  # type: ignore[attr-defined]
        raise ValueError("the key of a step is longer than its column")
    return {"kind": kind, "key": key, "recipient": recipient, "details": details, "created_at": now,
            "not_before": at, **rest}


def _insert(rows: list[dict[str, Any]]) -> list[tuple[int, str]]:
    """Write notices that are not there yet; (number, recipient) of those that were not.

    A second telling that arrives meanwhile waits for the first one's commit and then finds its row.
    """
    make = sqlite.insert if is_sqlite(db.engine) else postgresql.insert
    added = (make(Notice).values(rows).on_conflict_do_nothing(index_elements=["kind", "key", "recipient"])
             .returning(Notice.id, Notice.recipient))
    return [(number, recipient) for number, recipient in db.session.execute(added)]


def _send_later(deliveries: list[tuple[int, str]], at: datetime) -> None:
    if deliveries:
        db.session.execute(insert(Delivery), [
            {"notice_id": notice_id, "channel": channel, "state": "waiting", "attempts": 0, "next_try_at": at}
            for notice_id, channel in deliveries])
