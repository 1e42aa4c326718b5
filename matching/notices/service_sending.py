"""Notices on their way out: claimed, tried, tried again, given up. Nothing is sent here; `jobs_notices` does that.

A claim is a conditional update that counts the try and moves the next one beyond `LEASE`; it is committed before
anything leaves the house. A sender that dies after that leaves a delivery which is tried again once the lease is
over: a message may go out twice, but never not at all. Its key stays the same, by which a reader's mail program, the
gateway and WeChat know the double.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from matching.accounts.models import User
from matching.clock import SHANGHAI
from matching.extensions import db
from matching.notices.models import Delivery, Notice, NoticeAddress, NoticePreference
from matching.notices.service_channels import configured
from matching.notices.service_kinds import KINDS

__all__ = ["LEASE", "QUIET", "TRIES", "Claim", "Parcel", "claim", "drop", "due", "fail", "forget_old", "parcel_of",
           "put_off", "quiet_end", "sent", "try_again"]

AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 480, 1440))
"""How long after its first, second, … try a message is tried again."""
TRIES = len(AFTER) + 1
LEASE = timedelta(minutes=10)
AT_ONCE = 50
QUIET = (21, 8)
"""No text message between these hours, where an account has not said otherwise."""
KEEP = timedelta(days=180)
KEEP_ADDRESS = timedelta(days=7)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Claim:
    """One delivery that this process may try: which try it is."""

    delivery_id: int
    attempt: int
    channel: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is to go out: by which channel, to which address, and the notice whose words it carries.

    `code` is what proves an address, for that kind alone.
    """

    channel: str
    address: str
    notice: Notice
    code: str = ""


def due(now: datetime, without: Collection[str] = ()) -> list[tuple[int, str]]:
    """(number, channel) of deliveries to be tried now, the longest due first, but for channels in `without`."""
    channels = sorted(configured(current_app.config) - set(without))
    found = db.session.execute(
        select(Delivery.id, Delivery.channel).where(_is_due(now), Delivery.channel.in_(channels))
        .order_by(Delivery.next_try_at, Delivery.id).limit(AT_ONCE))
    return [(number, channel) for number, channel in found]


def claim(delivery_id: int, now: datetime) -> Claim | None:
    """Claim a delivery for one try; None when another has it, when it was given up, or when it has to wait.

    What has been claimed `TRIES` times without an end (its senders died) is given up.
    """
    delivery = db.session.get(Delivery, delivery_id, populate_existing=True)
    if delivery is None or delivery.state != "waiting":
        return None
    attempt = delivery.attempts + 1
    if attempt > TRIES:
        fail(delivery_id, delivery.attempts, "gave_up", now)
        return None
    if (until := _quiet_until(delivery, now)) is not None:
        _change(delivery_id, delivery.attempts, next_try_at=until)
        return None
    if not _change(delivery_id, delivery.attempts, _is_due(now), attempts=attempt, next_try_at=now + LEASE):
        return None
    return Claim(delivery_id, attempt, delivery.channel)


def parcel_of(claimed: Claim) -> Parcel | None:
    """What is to go out, as things stand now; None when nobody is to be told there any more."""
    delivery = db.session.get_one(Delivery, claimed.delivery_id)
    address, code = _where(delivery)
    return Parcel(delivery.channel, address, delivery.notice, code) if address else None


def sent(claimed: Claim, provider_id: str, now: datetime) -> bool:
    """It was handed over. False when the claim was lost meanwhile."""
    return _change(claimed.delivery_id, claimed.attempt, state="sent", ended_at=now, provider_id=provider_id[:200],
                   reason="")


def try_again(claimed: Claim, reason: str, now: datetime) -> bool:
    """It was not taken this time: later again, or given up after the last try."""
    if claimed.attempt >= TRIES:
        return fail(claimed.delivery_id, claimed.attempt, reason, now)
    return _change(claimed.delivery_id, claimed.attempt, reason=reason, next_try_at=now + AFTER[claimed.attempt - 1])


def fail(delivery_id: int, attempt: int, reason: str, now: datetime) -> bool:
    """It will never be taken; the reason is a code for the administrator."""
    return _change(delivery_id, attempt, state="failed", ended_at=now, reason=reason)


def drop(claimed: Claim, now: datetime) -> bool:
    """Nobody is to be told there any more: the account is closed or its address gone."""
    return _change(claimed.delivery_id, claimed.attempt, state="dropped", ended_at=now, reason="no_address")


def put_off(now: datetime) -> int:
    """Let all that failed be tried once more from the beginning; returns how many. For the administrator."""
    again = update(Delivery).where(Delivery.state == "failed").values(
        state="waiting", attempts=0, next_try_at=now, ended_at=None)
    return int(db.session.execute(again).rowcount)  # type: ignore[attr-defined]


def forget_old(now: datetime) -> None:
    """Forget notices after half a year, and where a Stranger is reached as soon as nothing is on its way any more."""
    db.session.execute(delete(Notice).where(Notice.created_at < now - KEEP))
    waiting = select(Delivery.id).where(Delivery.notice_id == Notice.id, Delivery.state == "waiting").exists()
    db.session.execute(update(Notice).where(
        Notice.user_id.is_(None), Notice.created_at < now - KEEP_ADDRESS, ~waiting,
        or_(Notice.phone_sealed.is_not(None), Notice.email_sealed.is_not(None)))
        .values(phone_sealed=None, email_sealed=None))


def quiet_end(at: datetime, begin: int, end: int) -> datetime | None:
    """When the quiet hours in which an instant lies are over; None outside them. Hours of Asia/Shanghai."""
    local = at.astimezone(SHANGHAI)
    within = begin <= local.hour < end if begin <= end else local.hour >= begin or local.hour < end
    if not within:
        return None
    morning = local.replace(hour=end, minute=0, second=0, microsecond=0)
    return morning if morning > local else morning + timedelta(days=1)


def _quiet_until(delivery: Delivery, now: datetime) -> datetime | None:
    """When a text message may go out; None: at once. A code, and an answer to who asks for help, never wait."""
    notice = delivery.notice
    kind = KINDS.get(notice.kind)
    if delivery.channel != "sms" or (kind and (kind.secret or (notice.user_id is None and kind.urgent))):
        return None
    wish = db.session.get(NoticePreference, notice.user_id) if notice.user_id else None
    begin, end = (wish.quiet_from, wish.quiet_until) if wish else QUIET
    return quiet_end(now, begin, end)


def _where(delivery: Delivery) -> tuple[str, str]:
    """(address, code) of a delivery as they stand now; empty when there is nobody to be told."""
    notice = delivery.notice
    if notice.user_id is None:
        return (notice.phone if delivery.channel == "sms" else notice.email) or "", ""
    found = db.session.scalar(
        select(NoticeAddress).join(User, User.id == NoticeAddress.user_id)
        .where(NoticeAddress.user_id == notice.user_id, NoticeAddress.channel == delivery.channel, User.is_enabled))
    if found is None:
        return "", ""
    if KINDS[notice.kind].secret if notice.kind in KINDS else False:
        return (found.address or "", found.code) if found.code else ("", "")
    return (found.address or "" if found.confirmed_at else ""), ""


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(Delivery.state == "waiting", Delivery.next_try_at <= now)


def _change(delivery_id: int, attempt: int, *also: ColumnElement[bool], **values: Any) -> bool:
    """Change a delivery while the claim of this number stands and it has not ended."""
    changed = db.session.execute(
        update(Delivery).where(Delivery.id == delivery_id, Delivery.attempts == attempt, Delivery.state == "waiting",
                               *also)
        .values(**values).execution_options(synchronize_session=False))
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]

