"""Reads of notices: an account's own list, and what a Stranger was told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from matching.accounts.models import User
from matching.actor import Actor, Role
from matching.errors import NotThere
from matching.extensions import db
from matching.keyset import Asked, Key, Order, Page, instant, whole
from matching.notices.models import CHANNELS, Delivery, Notice, NoticeAddress, NoticePreference
from matching.notices.service_channels import configured
from matching.notices.service_kinds import KINDS, told
from matching.notices.service_sending import QUIET

__all__ = ["Line", "Traffic", "Wishes", "list_notices", "nearest_officers", "notice_or_404", "officers_at", "told_to",
           "traffic", "wishes_of"]

PAGE = 40
ORDER = Order(Key(Notice.not_before, instant, falls=True), Key(Notice.id, whole, falls=True))
SECRET = [name for name, kind in KINDS.items() if kind.secret]
TIERS = ((Role.COMMUNITY, 12), (Role.TOWN, 9), (Role.COUNTY, 6))


@dataclass(frozen=True, slots=True)
class Line:
    """One notice as its reader sees it: what is so, what to do about it."""

    notice: Notice
    title: str
    more: str


def list_notices(actor: Actor, only_new: bool, asked: Asked, now: datetime) -> Page[Line]:
    """A page of an account's notices, the newest first; `only_new`: those that it has not seen."""
    chosen = select(Notice).where(*_own(actor, now))
    if only_new:
        chosen = chosen.where(Notice.read_at.is_(None))
    lines = [Line(notice, *told(notice.kind, notice.details))
             for notice in db.session.scalars(ORDER.take(chosen, asked, PAGE))]
    return ORDER.page(lines, asked, PAGE, lambda line: (line.notice.not_before, line.notice.id))


def notice_or_404(notice_id: int, actor: Actor, now: datetime) -> Notice:
    """A notice to this very account; NotThere for any other."""
    found = db.session.scalar(select(Notice).where(Notice.id == notice_id, *_own(actor, now)))
    if found is None:
        raise NotThere
    return found


def told_to(reference: str, now: datetime) -> Sequence[Notice]:
    """What a Stranger was told so far, the newest first."""
    return db.session.scalars(select(Notice).where(Notice.recipient == reference, Notice.not_before <= now)
                              .order_by(Notice.not_before.desc(), Notice.id.desc())).all()


@dataclass(frozen=True, slots=True)
class Wishes:
    """How an account is told: its addresses by channel, what it has silenced by group, its quiet hours."""

    addresses: dict[str, NoticeAddress]
    silenced: dict[str, list[str]]
    quiet: tuple[int, int]

    def confirmed(self) -> list[str]:
        """The channels that are switched on and whose address is proven, in a fixed order."""
        switched_on = configured(current_app.config)
        return [channel for channel in CHANNELS if channel in switched_on and channel in self.addresses
                and self.addresses[channel].confirmed_at]


def wishes_of(user_id: int) -> Wishes:
    """How an account wants to be told; two SELECTs."""
    addresses = {row.channel: row for row in db.session.scalars(
        select(NoticeAddress).where(NoticeAddress.user_id == user_id))}
    wish = db.session.get(NoticePreference, user_id)
    return Wishes(addresses, wish.silenced if wish else {},
                  (wish.quiet_from, wish.quiet_until) if wish else QUIET)


def officers_at(code: str, *roles: Role) -> Select[Any]:
    """SELECT of the numbers of the officers in these roles whose own area holds a place, for `service.tell_all`.

    A role whose tier lies below the place reaches nobody: a county's matter is no community's.
    """
    codes = [code[:digits] for role, digits in TIERS if role in roles and len(code) >= digits]
    return select(User.id).where(User.role.in_(map(str, roles)), User.area_code.in_(codes))


def nearest_officers(code: str) -> list[int]:
    """Numbers of the enabled officers of the lowest tier over a place that has any: community, town or county."""
    found = db.session.execute(
        select(User.id, User.role).where(User.is_enabled, User.id.in_(officers_at(code, *(role for role, _ in TIERS)))))
    by_role: dict[str, list[int]] = {}
    for user_id, role in found:
        by_role.setdefault(role, []).append(user_id)
    return next((sorted(by_role[role]) for role, _digits in TIERS if role in by_role), [])


def _own(actor: Actor, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Notice.user_id == actor.user_id, Notice.not_before <= now, Notice.kind.not_in(SECRET)


@dataclass(frozen=True, slots=True)
class Traffic:
    """How one channel does: waiting now, since when at the longest, sent in the last week, and failed by reason."""

    channel: str
    is_on: bool
    waiting: int
    oldest: datetime | None
    sent: int
    failed: dict[str, int]

    @property
    def all_failed(self) -> int:
        """Failed for any reason."""
        return sum(self.failed.values())


def traffic(now: datetime, week: timedelta = timedelta(days=7)) -> list[Traffic]:
    """Each channel in figures; no person and no address in them. One SELECT."""
    rows = db.session.execute(
        select(Delivery.channel, Delivery.state, Delivery.reason, func.count(), func.min(Notice.not_before))
        .join(Notice, Notice.id == Delivery.notice_id)
        .where(or_(Delivery.state == "failed", and_(Delivery.state == "waiting", Notice.not_before <= now),
                   and_(Delivery.state == "sent", Delivery.ended_at >= now - week)))
        .group_by(Delivery.channel, Delivery.state, Delivery.reason)).all()
    switched_on = configured(current_app.config)
    found = []
    for channel in CHANNELS:
        mine = [row for row in rows if row[0] == channel]
        waiting = [row for row in mine if row[1] == "waiting"]
        failed = {row[2]: row[3] for row in mine if row[1] == "failed"}
        found.append(Traffic(channel, channel in switched_on, sum(row[3] for row in waiting),
                             min((row[4] for row in waiting), default=None),
                             sum(row[3] for row in mine if row[1] == "sent"), failed))
    return found
