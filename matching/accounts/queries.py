"""Reads of accounts, for administrators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, and_, column, or_, select, table

from matching.accounts.models import User
from matching.accounts.service import memberships
from matching.actor import Actor, Right, Role
from matching.errors import Invalid, NotThere
from matching.extensions import db
from matching.keyset import Asked, Key, Order, Page, plain

PAGE = 40
ORDER = Order(Key(User.username, plain))
organisations = table("organisations", column("id"), column("name"), column("credit_code"))


@dataclass(frozen=True, slots=True)
class Account:
    """An account as an administrator sees it. A household's name is not shown: its file is nobody's business here."""

    user: User
    organisation: str | None

    @property
    def name(self) -> str:
        """Whose account it is; empty for a household's."""
        return "" if self.user.role == Role.HOUSEHOLD else self.user.name


def account_or_404(user_id: int, actor: Actor) -> Account:
    """An account that the actor may manage; NotThere when it is missing."""
    found = db.session.execute(_accounts().where(User.id == user_id)).one_or_none()
    if found is None or not actor.may(Right.MANAGE_ACCOUNTS):
        raise NotThere
    return Account(*found)


def list_accounts(wanted: str, role: str, asked: Asked) -> Page[Account]:
    """A page of accounts by user name.

    `wanted` is the beginning of a user name or a part of a name; households are not found by name.
    """
    chosen = _accounts()
    if wanted:
        named = and_(User.role != Role.HOUSEHOLD, User.name.contains(wanted, autoescape=True))
        chosen = chosen.where(or_(User.username.startswith(wanted.lower(), autoescape=True), named))
    if role:
        chosen = chosen.where(User.role == role)
    rows = [Account(*row) for row in db.session.execute(ORDER.take(chosen, asked, PAGE))]
    return ORDER.page(rows, asked, PAGE, lambda account: (account.user.username,))


def organisation_named(written: str) -> int | None:
    """Number of the organisation of this name or unified social credit code; None when nothing is written.

    Raises Invalid (field `organisation`) when there is none, or several of that name.
    """
    if not written:
        return None
    found = db.session.scalars(select(organisations.c.id).limit(2).where(
        or_(organisations.c.name == written, organisations.c.credit_code == written.upper()))).all()
    if len(found) == 1:
        number: int = found[0]
        return number
    raise Invalid(_("没有这家机构。") if not found else _("有几家机构叫这个名字，请填统一社会信用代码。"),
                  field="organisation")


def _accounts() -> Select[Any]:
    return (select(User, organisations.c.name).outerjoin(memberships, memberships.c.user_id == User.id)
            .outerjoin(organisations, organisations.c.id == memberships.c.organisation_id))
