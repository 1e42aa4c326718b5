"""Follow-ups and complaints of an area, by day; those of one person; what a household reads of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import String, cast, literal, null, select, union_all
from sqlalchemy.orm import contains_eager

from matching.actor import OFFICERS, Actor
from matching.errors import NotThere
from matching.extensions import db
from matching.households.models import Household
from matching.keyset import Asked, Key, Order, Page, instant, whole
from matching.pairings.models import Pairing
from matching.pairings.models_ledger import FollowUp
from matching.pairings.models_life import Duty
from matching.pairings.models_voice import Complaint, HouseholdWord
from matching.places.queries import area_paths, within
from matching.words_steps import duty_rhythm_word

__all__ = ["Told", "complaint_or_404", "complaints", "complaints_of", "follow_up_or_404", "follow_ups", "places_of",
           "told_of", "with_told"]

PAGE = 40
BY_DAY = Order(Key(FollowUp.due_on, date.fromisoformat), Key(FollowUp.id, whole))
LATEST_FIRST = Order(Key(FollowUp.done_at, instant, falls=True), Key(FollowUp.id, whole, falls=True))
COMPLAINTS_BY_DAY = Order(Key(Complaint.due_on, date.fromisoformat), Key(Complaint.id, whole))
ANSWERED_FIRST = Order(Key(Complaint.answered_at, instant, falls=True), Key(Complaint.id, whole, falls=True))


def follow_ups(actor: Actor, is_done: bool, asked: Asked) -> Page[FollowUp]:
    """A page of an officer's area, or of a social worker's own: what is to be looked at by day, or what was."""
    mine = within(FollowUp.area_code, actor.area_code) if actor.role in OFFICERS else (
        FollowUp.assigned_id == actor.user_id)
    order = LATEST_FIRST if is_done else BY_DAY
    chosen = (select(FollowUp).join(FollowUp.need).join(FollowUp.household)
              .options(contains_eager(FollowUp.need), contains_eager(FollowUp.household).load_only(Household.head_name))
              .where(mine, FollowUp.result.not_in(("", "dropped")) if is_done else FollowUp.done_at.is_(None)))
    rows = db.session.scalars(order.take(chosen, asked, PAGE)).all()
    return order.page(rows, asked, PAGE, lambda row: (row.done_at if is_done else row.due_on, row.id))


def follow_up_or_404(follow_up_id: int, actor: Actor) -> FollowUp:
    """A follow-up in the officer's reach, or given to the social worker; NotThere otherwise."""
    found = db.session.get(FollowUp, follow_up_id)
    if found is None or not ((actor.role in OFFICERS and actor.reaches(found.area_code))
                             or found.assigned_id == actor.user_id):
        raise NotThere
    return found


def complaints(actor: Actor, is_done: bool, asked: Asked) -> Page[Complaint]:
    """A page of what persons have to answer in an area, by day, or of what they answered."""
    order = ANSWERED_FIRST if is_done else COMPLAINTS_BY_DAY
    chosen = (select(Complaint).join(Complaint.pairing).join(Pairing.need).join(Pairing.household)
              .options(contains_eager(Complaint.pairing).contains_eager(Pairing.need),
                       contains_eager(Complaint.pairing).contains_eager(Pairing.household))
              .where(within(Complaint.area_code, actor.area_code),
                     Complaint.answered_at.is_not(None) if is_done else Complaint.answered_at.is_(None)))
    rows = db.session.scalars(order.take(chosen, asked, PAGE)).all()
    return order.page(rows, asked, PAGE, lambda row: (row.answered_at if is_done else row.due_on, row.id))


def complaint_or_404(complaint_id: int, actor: Actor) -> Complaint:
    """A complaint in the officer's reach; NotThere otherwise."""
    found = db.session.get(Complaint, complaint_id)
    if found is None or not actor.reaches(found.area_code):
        raise NotThere
    return found


def complaints_of(household_id: int, pairing_id: int | None = None) -> Sequence[Complaint]:
    """What a household was not content with, the newest first; of one pairing where it is given."""
    mine = [Complaint.household_id == household_id, Complaint.kind != "finding"]
    return db.session.scalars(select(Complaint).where(
        *mine, *([Complaint.pairing_id == pairing_id] if pairing_id is not None else []))
        .order_by(Complaint.id.desc())).all()


def places_of(codes: Sequence[str]) -> Mapping[str, str]:
    """Town and village of many places in the reader's language."""
    return area_paths(set(codes), str(get_locale()))


@dataclass(slots=True)
class Told:
    """What a household reads beside one of its pairings: what was agreed, when somebody looks, what it said."""

    duties: list[str] = field(default_factory=list)
    looks: list[tuple[date, str]] = field(default_factory=list)
    has_said: bool = False
    answer_by: date | None = None
    has_answer: bool = False


def with_told(cards: list[dict[str, Any]], household_id: int) -> list[dict[str, Any]]:
    """The cards of a household's page (`queries_cards.case_cards`), each step with its `told`."""
    told = told_of(household_id)
    for step in (step for card in cards for step in card["steps"]):
        step["told"] = told.get(step["id"])
    return cards


def told_of(household_id: int) -> Mapping[int, Told]:
    """For each of a household's pairings what was agreed and what is to come; one SELECT."""
    def part(kind: str, model: Any, on: Any, text: Any, *which: Any) -> Any:
        return select(literal(kind).label("kind"), model.pairing_id, on.label("on"),
                      cast(text, String(160)).label("text")).where(*which)

    mine = select(Pairing.id).where(Pairing.household_id == household_id)
    rows = db.session.execute(union_all(
        part("duty", Duty, Duty.ends_on, Duty.rhythm + ":" + Duty.what, Duty.pairing_id.in_(mine)),
        part("look", FollowUp, FollowUp.due_on, FollowUp.how, FollowUp.household_id == household_id,
             FollowUp.done_at.is_(None)),
        part("word", HouseholdWord, null(), HouseholdWord.helped, HouseholdWord.household_id == household_id),
        part("waits", Complaint, Complaint.due_on, Complaint.kind, Complaint.household_id == household_id,
             Complaint.answered_at.is_(None), Complaint.kind != "finding"),
        part("answer", Complaint, null(), Complaint.kind, Complaint.household_id == household_id,
             Complaint.answered_at.is_not(None), Complaint.kind != "finding")))
    found: dict[int, Told] = {}
    for kind, pairing_id, on, text in rows:
        told = found.setdefault(pairing_id, Told())
        if kind == "duty":
            rhythm, _colon, what = text.partition(":")
            told.duties.append(_("%(rhythm)s：%(what)s", rhythm=duty_rhythm_word(rhythm), what=what))
        elif kind == "look":
            told.looks.append((on, text))
        elif kind == "word":
            told.has_said = bool(text)
        elif kind == "waits":
            told.answer_by = on
        else:
            told.has_answer = True
    return found
