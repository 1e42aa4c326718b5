"""Reads of assistance menus, for officers in reach and for the household itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from matching.actor import Actor, Role
from matching.errors import NotThere
from matching.extensions import db
from matching.households.models import Household
from matching.pairings.models_menus import Menu, MenuItem
from matching.places.queries import within

WHOLE = (joinedload(Menu.household), selectinload(Menu.items), selectinload(Menu.reviews))


def menu_or_404(menu_id: int, actor: Actor) -> Menu:
    """A menu of a household in reach, or of the actor's own; NotThere otherwise."""
    menu = db.session.get(Menu, menu_id, options=WHOLE)
    if menu is None or not _sees(menu, actor):
        raise NotThere
    return menu


def menu_item_or_404(menu_item_id: int, actor: Actor) -> MenuItem:
    """An item of a menu in reach."""
    item = db.session.get(MenuItem, menu_item_id)
    if item is None:
        raise NotThere
    menu_or_404(item.menu_id, actor)
    return item


def menus_of(household_id: int) -> Sequence[Menu]:
    """All menus of a household, the newest first: two more SELECTs for their items and reviews."""
    return db.session.scalars(select(Menu).where(Menu.household_id == household_id).options(*WHOLE)
                              .order_by(Menu.id.desc())).all()


def reviews_for(actor: Actor, today: date) -> ColumnElement[bool]:
    """SQL condition on menus joined to households: a look is due, by who drew it or the community's officers."""
    mine = Menu.drawn_by_id == actor.user_id
    ours = within(Household.area_code, actor.area_code) if actor.role is Role.COMMUNITY else mine
    return and_(Menu.state == "agreed", Menu.review_on <= today, or_(mine, ours))


def _sees(menu: Menu, actor: Actor) -> bool:
    if actor.role is Role.HOUSEHOLD:
        return menu.household_id == actor.household_id
    return actor.reaches(menu.household.area_code)
