"""Reads of notices: an account's own list, and what a Stranger was told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from matching.accounts.models import User
from matching.actor import Actor, Role
from matching.errors import NotThere
from matching.extensions import db
from matching.keyset import Asked, Key, Order, Page, instant, whole
from matching.notices.models import Notice
from matching.notices.service_kinds import KINDS, told

__all__ = ["Line", "list_notices", "nearest_officers", "notice_or_404", "officers_at", "told_to"]

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
