"""Reads of pairings: the desk, one pairing with its reason, a provider's own, a household's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from matching import keyset
from matching.actor import Actor
from matching.errors import NotThere
from matching.extensions import db
from matching.households.models import Household, Need
from matching.keyset import Asked, Key, Order, whole
from matching.offers.models import Offer
from matching.pairings.models import HOLDING, Pairing, Run
from matching.places.queries import within

PAGE = 25
ANSWER_FIRST = Order(Key(Pairing.answer_by_on, date.fromisoformat), Key(Pairing.id, whole))


def in_reach(actor: Actor) -> ColumnElement[bool]:
    """SQL condition: the pairing's household lies in the actor's reach."""
    return within(Pairing.area_code, actor.area_code)


def pairing_or_404(pairing_id: int, actor: Actor) -> Pairing:
    """A pairing in the officer's reach, with everything its page shows; NotThere otherwise."""
    pairing = db.session.scalar(whole_pairings().where(Pairing.id == pairing_id))
    if pairing is None or not actor.reaches(pairing.area_code):
        raise NotThere
    return pairing


def our_pairing_or_404(pairing_id: int, actor: Actor) -> Pairing:
    """A pairing offered to the actor's organisation; proposals are not shown to it. NotThere otherwise."""
    pairing = db.session.scalar(whole_pairings().where(Pairing.id == pairing_id))
    if (pairing is None or actor.organisation_id is None or pairing.organisation_id != actor.organisation_id
            or pairing.decided_at is None or pairing.state == "proposed" or pairing.answer_by_on is None):
        raise NotThere
    return pairing


def my_pairing_or_404(pairing_id: int, actor: Actor) -> Pairing:
    """A pairing of the actor's own household; NotThere otherwise."""
    pairing = db.session.scalar(whole_pairings().where(Pairing.id == pairing_id))
    if (pairing is None or actor.household_id is None or pairing.household_id != actor.household_id
            or pairing.answer_by_on is None):
        raise NotThere
    return pairing


def need_or_404(need_id: int, actor: Actor) -> Need:
    """A need in the officer's reach, with its household; NotThere otherwise."""
    need = db.session.scalar(select(Need).options(joinedload(Need.household)).where(Need.id == need_id))
    if need is None or not actor.reaches(need.household.area_code):
        raise NotThere
    return need


def run_or_404(run_id: int, actor: Actor) -> Run:
    """A run over an area in the officer's reach, or over the area around it; NotThere otherwise."""
    run = db.session.get(Run, run_id)
    if run is None or not (actor.reaches(run.area_code) or (actor.area_code or "-").startswith(run.area_code)):
        raise NotThere
    return run


def latest_run(actor: Actor) -> Run | None:
    """The newest finished run that covers the actor's area or lies in it."""
    return db.session.scalar(select(Run).where(Run.state == "done", _covers(actor)).order_by(Run.id.desc()).limit(1))


def _covers(actor: Actor) -> ColumnElement[bool]:
    code = actor.area_code
    above = [code[:length] for length in (2, 4, 6, 9, 12) if length < len(code)]
    return within(Run.area_code, code) | Run.area_code.in_(above)


def our_pairings(actor: Actor, states: Sequence[str], asked: Asked) -> keyset.Page[Pairing]:
    """Pairings that were offered to the actor's organisation, those to answer first by date."""
    wanted = [Pairing.organisation_id == (actor.organisation_id or 0), Pairing.state.in_(states),
              Pairing.answer_by_on.is_not(None)]
    rows = db.session.scalars(ANSWER_FIRST.take(whole_pairings().where(*wanted), asked, PAGE)).all()
    return ANSWER_FIRST.page(rows, asked, PAGE, lambda pairing: (pairing.answer_by_on, pairing.id))


def our_counts(actor: Actor) -> dict[str, int]:
    """Number of the organisation's pairings by state."""
    counted = select(Pairing.state, func.count()).where(
        Pairing.organisation_id == (actor.organisation_id or 0), Pairing.answer_by_on.is_not(None))
    return {state: count for state, count in db.session.execute(counted.group_by(Pairing.state))}  # noqa: C416


def my_case(actor: Actor) -> tuple[Household, list[Pairing]]:
    """The actor's own household with its needs, and its live pairings; NotThere without a household."""
    household = db.session.scalar(
        select(Household).options(joinedload(Household.needs)).where(Household.id == (actor.household_id or 0)))
    if household is None:
        raise NotThere
    pairings = db.session.scalars(whole_pairings().where(
        Pairing.household_id == household.id, Pairing.state.in_(HOLDING)).order_by(Pairing.id)).all()
    return household, list(pairings)


def whole_pairings() -> Select[Pairing]:
    """Pairings with everything that a list or page shows of them."""
    return (select(Pairing).join(Pairing.need).join(Pairing.household).join(Pairing.offer)
            .join(Pairing.organisation)
            .options(contains_eager(Pairing.need), contains_eager(Pairing.household), contains_eager(Pairing.offer),
                     contains_eager(Pairing.organisation),
                     joinedload(Pairing.next_offer).joinedload(Offer.organisation)))
