"""The assistance menu (个性化救助菜单): drawn from what a household has, may have and lacks; discussed; signed.

It only puts together what others know: promised help, policies that are not received, pairings under way, and for each
open need the best offer there is. Signing binds nobody to give; each help goes its own way of approval.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from matching.actor import Actor
from matching.assistance import queries as entitled
from matching.assistance.queries_aid import grants_of
from matching.assistance.service_grants import plan_of
from matching.audit.service import record
from matching.clock import day_of
from matching.errors import Conflict, Invalid
from matching.extensions import db
from matching.households import service_papers as papers
from matching.households.models import Household, Need
from matching.households.service import add_to_timeline
from matching.households.service_images import Clean
from matching.pairings import service_hand as hand
from matching.pairings.models import Pairing
from matching.pairings.models_menus import Menu, MenuItem, MenuReview
from matching.words import help_type_word
from matching.words_policies import policy_word

__all__ = ["add_item", "change_item", "draw_menu", "draw_menu_items", "review_menu", "sign_menu"]

UNDER_WAY = ("offered", "accepted", "consented", "under_way", "delivered", "confirmed", "reopened")
POLICY_TYPES = {"school_aid": "schooling"}
LATEST_REVIEW = timedelta(days=366)


def draw_menu(household: Household, actor: Actor, now: datetime) -> Menu:
    """A menu to discuss with a household. Raises Conflict while another one is discussed."""
    menu = Menu(household_id=household.id, discussing=household.id, state="discussed", drawn_at=now,
                drawn_by_id=actor.user_id, drawn_by_name=actor.name)
    menu.items = list(draw_menu_items(household, day_of(now)))
    try:
        with db.session.begin_nested():
            db.session.add(menu)
    except IntegrityError:
        raise Conflict(_("这家已经有一份方案在商量。")) from None
    _tell(menu, household, "draw", actor, now)
    return menu


def draw_menu_items(household: Household, today: date) -> Iterator[MenuItem]:
    """What would stand on a menu drawn today: what is sure first, what is lacking last."""
    promised = list(_promised(household, today))
    yield from (item for _policy, item in promised)
    had = {policy for policy, _item in promised}
    for answer, _reason in entitled.entitlements(household, today):
        if answer.is_entitled and answer.amount_fen and not answer.receives and answer.policy not in had:
            who = "" if answer.policy == "dibao" else answer.person.name
            words = policy_word(answer.policy)
            yield MenuItem(source="gap", origin=answer.policy, help_type=POLICY_TYPES.get(answer.policy, "cash"),
                           what=_("%(what)s（%(who)s）", what=words, who=who) if who else words,
                           giver=_("按政策申请"), amount_fen=answer.amount_fen, per=answer.per)
    yield from _under_way(household)
    for need in household.needs:
        if need.status == "open" and need.given < need.quantity:
            yield _for_need(need, today)


def _promised(household: Household, today: date) -> Iterator[tuple[str, MenuItem]]:
    """(policy, item) of help that is asked for or approved and not all paid."""
    for grant in grants_of(household.id):
        runs = grant.state in ("asked", "approved") and any(due.state != "paid" for due in plan_of(grant, today))
        if runs and not grant.reclaim:
            yield grant.policy, MenuItem(
                source="grant", origin=str(grant.id), help_type=grant.help_type, giver=grant.giver,
                what=grant.purpose or help_type_word(grant.help_type), amount_fen=grant.amount_fen, per=grant.rhythm)


def _under_way(household: Household) -> Iterator[MenuItem]:
    for pairing in db.session.scalars(select(Pairing).where(
            Pairing.household_id == household.id, Pairing.state.in_(UNDER_WAY)).order_by(Pairing.id)):
        need = pairing.need
        yield MenuItem(source="pairing", origin=str(pairing.id), help_type=need.help_type,
                       what=need.summary or help_type_word(need.help_type), giver=pairing.organisation.name)


def _for_need(need: Need, today: date) -> MenuItem:
    """The best offer for an open need, or that there is none yet."""
    best = next(iter(hand.suggest(need, today)), None)
    return MenuItem(
        source="offer" if best else "need", origin=f"{need.id}:{best.offer.id}" if best else str(need.id),
        help_type=need.help_type, what=need.summary or help_type_word(need.help_type),
        giver=best.offer.organisation.name if best else "")


def add_item(menu: Menu, help_type: str, what: str, giver: str, amount_fen: int, per: str, actor: Actor,
             now: datetime) -> MenuItem:
    """Put something on a menu that was not drawn. Raises Conflict when the menu is not discussed any more."""
    _hold(menu)
    item = MenuItem(menu_id=menu.id, source="own", help_type=help_type, what=what, giver=giver, amount_fen=amount_fen,
                    per=per, changed_by_name=actor.name)
    db.session.add(item)
    db.session.flush()
    db.session.refresh(menu, ["items"])
    _tell(menu, menu.household, "change", actor, now)
    return item


def change_item(item: MenuItem, menu: Menu, actor: Actor, now: datetime, *, what: str, giver: str, amount_fen: int,
                per: str, is_declined: bool, reason: str) -> None:
    """Change what an item says, or that the household does not want it.

    Raises Invalid for a declined one without its why, Conflict when the menu is not discussed any more.
    """
    if is_declined and not reason:
        raise Invalid(_("请写这家为什么不要。"), "reason")
    _hold(menu)
    item.what, item.giver, item.amount_fen, item.per = what, giver, amount_fen, per
    item.is_declined, item.reason, item.changed_by_name = is_declined, reason, actor.name
    db.session.flush()
    _tell(menu, menu.household, "decline" if is_declined else "change", actor, now)


def _hold(menu: Menu) -> None:
    """Hold a menu that is discussed, and count its change."""
    held = db.session.execute(update(Menu).where(Menu.id == menu.id, Menu.state == "discussed")
                              .values(version=Menu.version + 1).execution_options(synchronize_session=False))
    db.session.refresh(menu)
    if held.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("这份方案已经签了，不能再改。可以重新做一份。"))


def sign_menu(menu: Menu, version: int, way: str, signer_name: str, review_on: date, actor: Actor, now: datetime,
              sheet: Clean | None = None) -> None:
    """The household agrees to what it was shown: `version`. `way`: screen, paper or account; `sheet`: the signature.

    The signed one takes the place of the one before. Raises Conflict when the menu was changed or signed meanwhile,
    Invalid when nothing is left on it, the signature is missing, or the next look does not lie within a year.
    """
    if not menu.kept:
        raise Invalid(_("方案里一样也没有。"))
    if not day_of(now) < review_on <= day_of(now) + LATEST_REVIEW:
        raise Invalid(_("下次看的日子要在一年以内。"), "review_on")
    if (sheet is None) != (way == "account"):
        raise Invalid(_("请在框里签名，或者拍一张签过字的方案。"), "signature")
    signed = db.session.execute(update(Menu).where(
        Menu.id == menu.id, Menu.state == "discussed", Menu.version == version).values(
            state="agreed", discussing=None, agreed_at=now, signed_way=way, signer_name=signer_name,
            witness_name="" if way == "account" else actor.name, review_on=review_on)
        .execution_options(synchronize_session=False))
    db.session.refresh(menu)
    if signed.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("这份方案刚才改过或者签过了，请再看一遍。"))
    db.session.execute(update(Menu).where(
        Menu.household_id == menu.household_id, Menu.id != menu.id, Menu.state == "agreed")
        .values(state="replaced", review_on=None).execution_options(synchronize_session=False))
    if sheet is not None:
        kept = papers.add_papers(menu.household, "consent", None, [sheet], actor, now)
        menu.paper_id = kept[0].id if kept else None
    _tell(menu, menu.household, "agree", actor, now)


def review_menu(menu: Menu, reviewed_on: date, words: str, next_on: date | None, actor: Actor, now: datetime) -> None:
    """Write down what has come of a menu, and when it is looked at next; None: no more.

    Raises Conflict when the menu is not in force, Invalid for days that cannot be.
    """
    if reviewed_on > day_of(now):
        raise Invalid(_("日子不能在今天以后。"), "reviewed_on")
    if next_on is not None and not reviewed_on < next_on <= reviewed_on + LATEST_REVIEW:
        raise Invalid(_("下次看的日子要在一年以内。"), "next_on")
    moved = db.session.execute(update(Menu).where(Menu.id == menu.id, Menu.state == "agreed").values(review_on=next_on)
                               .execution_options(synchronize_session=False))
    db.session.refresh(menu)
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("这份方案没有在用。"))
    menu.reviews.append(MenuReview(reviewed_on=reviewed_on, words=words, next_on=next_on, reviewed_by_name=actor.name,
                                   recorded_at=now))
    db.session.flush()
    _tell(menu, menu.household, "review", actor, now)


def _tell(menu: Menu, household: Household, what: str, actor: Actor, now: datetime) -> None:
    add_to_timeline(household.id, f"menu.{what}", actor, now)
    record(actor, f"menu.{what}", now, object_type="menu", object_id=menu.id, household_id=household.id,
           area_code=household.area_code, changes={"items": len(menu.kept)})
