"""The life of a pairing: proposed, approved and offered, accepted, consented, under way, delivered, confirmed, closed.

Every step is one conditional UPDATE (`WHERE state IN …`), so that of two people who click at once one wins
and the other hears why. Approving holds units of the offer and of the need by conditional UPDATEs in the
same transaction; refusals and withdrawals give them back. Rows are locked in one order everywhere:
pairings, offers, needs, each by ascending id.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from matching.actor import Actor
from matching.audit.service import record
from matching.clock import day_of
from matching.errors import Conflict, Invalid
from matching.extensions import db, is_sqlite
from matching.households import service as households
from matching.households.models import Household, Need
from matching.offers import service as offers
from matching.offers.models import Offer
from matching.pairings import service_duties, service_ledger, service_voice, service_watch
from matching.pairings.models import Pairing
from matching.pairings.service_deadlines import due_on, has_lapsed
from matching.pairings.service_decisions import keep_followed, keep_refused
from matching.pairings.service_news import tell_approved, tell_step

CODE_DIGITS = 6
OUTCOMES = ("solved", "eased", "changed", "none")
REASONED = ("return", "decline", "refuse", "withdraw", "fail", "dispute", "reopen", "settle")
"""The steps whose why is told."""
CONSENT_WAYS = ("account", "in_person", "phone", "paper")

_WHOLE = (joinedload(Pairing.need, innerjoin=True), joinedload(Pairing.offer, innerjoin=True),
          joinedload(Pairing.organisation, innerjoin=True),
          joinedload(Pairing.household, innerjoin=True).load_only(Household.status))


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a pairing's life: from which states, to which, and what becomes of its units.

    `units`: `give_back` (offer and need are free of them again), `receive`, `close` or `reopen` (the need's alone).
    `whole`: only while nothing was handed over yet.
    """

    sources: tuple[str, ...]
    target: str
    units: str = ""
    whole: bool = False


STEPS: dict[str, Step] = {
    "return": Step(("proposed",), "withdrawn"),
    "accept": Step(("offered",), "accepted"),
    "decline": Step(("offered",), "declined", "give_back"),
    "lapse": Step(("offered",), "lapsed", "give_back"),
    "consent": Step(("accepted",), "consented"),
    "refuse": Step(("accepted",), "withdrawn", "give_back"),
    "start": Step(("consented",), "under_way"),
    "deliver": Step(("consented", "under_way"), "delivered"),
    "confirm": Step(("delivered",), "confirmed", "receive"),
    "dispute": Step(("delivered",), "under_way"),
    "close": Step(("confirmed",), "closed", "close"),
    "withdraw": Step(("offered", "accepted", "consented", "under_way"), "withdrawn", "give_back",
                     whole=True),
    "fail": Step(("accepted", "consented", "under_way"), "failed", "give_back", whole=True),
    "reopen": Step(("closed",), "reopened", "reopen"),
}


@dataclass(slots=True)
class Approval:
    """What became of a bulk approval: pairing numbers that went through, and for the others the reason code."""

    approved: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


def take_step(pairing: Pairing, action: str, actor: Actor | None, now: datetime, **values: Any) -> None:
    """Take one step, or raise Conflict when the pairing is no longer in a state from which it leads.

    `values` are further columns to set. Timeline and audit log get their entry in the same transaction.
    """
    step, before = STEPS[action], pairing.state
    if step.whole and pairing.delivered:
        raise Conflict(_("已经给到一部分了，不能整个解除。剩下的给不了，就请记「剩下的不给了」。"))
    if action == "deliver":
        values.setdefault("delivered", pairing.quantity)
    elif action == "dispute":
        values.setdefault("delivered", 0)
    due = due_on(step.target, pairing.need.urgency, pairing.need.wanted_by, day_of(now))
    if step.target == "under_way":
        due = service_duties.last_day(pairing.id, due, day_of(now))
    whole = [Pairing.delivered == 0] if step.whole else []
    if not move(pairing, step.sources, *whole, state=step.target, changed_at=now, due_on=due, reminded="", **values):
        raise Conflict(_("别人已经先办了这一条，现在的状态不同了。请看一下最新情况。"))
    if action in ("start", "deliver"):
        service_duties.refuse_unready(pairing, now)
    was = _move_units(pairing, step.units, now) if step.units else pairing.need.state
    tell(pairing, action, actor, now, before, was)
    _follow_up(pairing, action, actor, now)


def _follow_up(pairing: Pairing, action: str, actor: Actor | None, now: datetime) -> None:
    """What a step means for the closing ledger: the household is asked how it helped, somebody is to look; the line of
    its need comes up to be signed, or stands open again.
    """
    if action == "confirm":
        service_voice.ask(pairing, now)
        service_watch.plan_first_look(pairing, now)
    elif action == "close" and pairing.need.status == "met":
        service_ledger.bring_up(pairing.need, actor, now)
    elif action == "reopen":
        service_ledger.note_reopened(pairing.need_id, pairing.reason, actor, now)


def move(pairing: Pairing, sources: Sequence[str], *which: ColumnElement[bool], **values: Any) -> bool:
    """Whether one conditional UPDATE found the pairing in one of the states; in memory it then has the new values."""
    changed = db.session.execute(
        update(Pairing).where(Pairing.id == pairing.id, Pairing.state.in_(sources), *which).values(**values)
        .execution_options(synchronize_session=False))
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        return False
    for name, value in values.items():
        set_committed_value(pairing, name, value)
    return True


def approve(pairing_ids: Sequence[int], actor: Actor, now: datetime) -> Approval:
    """Approve proposals: hold their units and offer them to the organisations.

    Only pairings in the actor's reach are touched; others count as not there. What cannot be approved
    (already decided, no units left, offer or organisation no longer open) is named with its reason code.
    """
    gone = without_room(pairing_ids, actor)
    result = Approval(refused=dict.fromkeys(gone, "offer_full"))
    mine = locked(set(pairing_ids).difference(gone), actor)
    with db.session.no_autoflush:  # what is told of them all is written at once, at the end
        for pairing in mine:
            refusal = hold(pairing, actor, now) if pairing.state == "proposed" else "decided"
            if refusal:
                result.refused[pairing.id] = refusal
            else:
                result.approved.append(pairing.id)
            if refusal not in ("", "decided"):  # it can never be approved as it stands: the next run proposes anew
                gone.append(pairing.id)
        approved = [pairing for pairing in mine if pairing.id in result.approved]
        keep_followed(approved, actor, now)
        tell_approved(approved, actor, now)
    if gone:
        db.session.execute(delete(Pairing).where(
            Pairing.id.in_(gone), Pairing.state == "proposed", Pairing.locked_at.is_(None))
                           .execution_options(synchronize_session=False))
    return result


def send_back(pairing: Pairing, why: str, reason: str, actor: Actor, now: datetime) -> None:
    """Send a proposal back; the pair is not proposed anew. `why` is one of `models_decisions.WHYS`."""
    keep_refused(pairing, why, actor, now)
    take_step(pairing, "return", actor, now, reason=reason, decided_by_id=actor.user_id, decided_at=now)


def without_room(pairing_ids: Collection[int], actor: Actor) -> list[int]:
    """The proposals in reach whose offer has fewer units left than they ask for: told so before anybody waits for
    its lock, so that a rush on one offer is over as soon as its units are."""
    found = db.session.execute(
        select(Pairing.id, Pairing.area_code).join(Offer, Offer.id == Pairing.offer_id)
        .where(Pairing.id.in_(pairing_ids), Pairing.state == "proposed",
               Offer.taken + Pairing.quantity > Offer.capacity)
        .order_by(Pairing.id))
    return [row.id for row in found if actor.reaches(row.area_code)]


def locked(pairing_ids: Collection[int], actor: Actor | None = None) -> list[Pairing]:
    """Pairings by ascending id, in the actor's reach where one is given, with all that `hold` asks about.

    They are as the database holds them now and stay so until the transaction ends: pairings, offers and needs are
    locked (PostgreSQL; SQLite has one writer anyway).
    """
    if not pairing_ids:
        return []
    asked = select(Pairing).where(Pairing.id.in_(sorted(set(pairing_ids)))).order_by(Pairing.id)
    if not is_sqlite(db.engine):
        held = db.session.execute(asked.with_only_columns(
            Pairing.offer_id, Pairing.need_id, Pairing.area_code).with_for_update()).all()
        within = [row for row in held if actor is None or actor.reaches(row.area_code)]
        lock_rows({row.offer_id for row in within}, {row.need_id for row in within})
    found = db.session.scalars(asked.options(*_WHOLE).execution_options(populate_existing=True))
    return [pairing for pairing in found if actor is None or actor.reaches(pairing.area_code)]


def hold(pairing: Pairing, actor: Actor, now: datetime) -> str:
    """Hold the units of a proposed pairing that is `locked`, and offer it; returns "" or the code of why not."""
    if refusal := why_not(pairing, now):
        return refusal
    need, was = pairing.need, pairing.need.state
    if not offers.take(pairing.offer_id, pairing.quantity):
        return "offer_full"
    if not households.take_need(need.id, pairing.quantity):
        offers.give_back(pairing.offer_id, pairing.quantity)
        return "need_met"
    due = due_on("offered", need.urgency, need.wanted_by, day_of(now))
    if not move(pairing, ("proposed",), state="offered", decided_by_id=actor.user_id, decided_at=now, changed_at=now,
                answer_by_on=due, due_on=due):
        offers.give_back(pairing.offer_id, pairing.quantity)
        households.give_back_need(need.id, pairing.quantity)
        return "decided"
    if need.given == need.quantity:
        db.session.execute(delete(Pairing).where(
            Pairing.need_id == need.id, Pairing.state == "proposed", Pairing.locked_at.is_(None))
                           .execution_options(synchronize_session=False))
    tell(pairing, "approve", actor, now, "proposed", was)
    return ""


def why_not(pairing: Pairing, now: datetime) -> str:
    """The code of the reason why a proposal can no longer be approved, or ""."""
    offer, today = pairing.offer, day_of(now)
    if offer.status != "open" or offer.starts_on > today or (offer.ends_on is not None and offer.ends_on < today):
        return "offer_closed"
    if pairing.organisation.status != "vetted":
        return "not_vetted"
    return "" if pairing.need.status == "open" and pairing.household.status == "verified" else "need_closed"


def lock_rows(offer_ids: set[int], need_ids: set[int]) -> None:
    """Lock offers, then needs, by ascending id (PostgreSQL; SQLite has one writer anyway)."""
    for model, ids in ((Offer, offer_ids), (Need, need_ids)):
        if ids:
            db.session.execute(select(model.id).where(model.id.in_(sorted(ids))).order_by(model.id).with_for_update())


def accept(pairing: Pairing, actor: Actor, now: datetime) -> None:
    """The organisation takes it on; next the household is asked."""
    take_step(pairing, "accept", actor, now)


def decline(pairing: Pairing, reason: str, actor: Actor, now: datetime) -> None:
    """The organisation cannot; the units are free again and the pair is not proposed anew."""
    take_step(pairing, "decline", actor, now, reason=reason)


def record_consent(pairing: Pairing, how: str, actor: Actor, now: datetime) -> None:
    """The household agrees that this organisation learns its name, phone and address."""
    if how not in CONSENT_WAYS:
        raise Invalid(_("请说明是怎样同意的。"), "how")
    take_step(pairing, "consent", actor, now, consent_how=how, consented_at=now,
              receipt_code=f"{secrets.randbelow(10 ** CODE_DIGITS):0{CODE_DIGITS}}", code_tries=0)


def refuse_consent(pairing: Pairing, reason: str, actor: Actor, now: datetime) -> None:
    """The household does not want this help; nothing of it is ever shown to the organisation."""
    take_step(pairing, "refuse", actor, now, reason=reason)


def close(pairing: Pairing, outcome: str, note: str, actor: Actor, now: datetime) -> None:
    """Sign the difficulty off with what came of it; a need whose units are all signed off is met."""
    if outcome not in OUTCOMES:
        raise Invalid(_("请选一个结果。"), "outcome")
    take_step(pairing, "close", actor, now, outcome=outcome, outcome_note=note,
              closed_by_id=actor.user_id)


def reopen(pairing: Pairing, reason: str, actor: Actor, now: datetime) -> None:
    """The difficulty is back: the need is open again; what the offer gave stays given."""
    take_step(pairing, "reopen", actor, now, reason=reason)


def lapse_overdue(now: datetime) -> int:
    """Let offers that nobody answered lapse; returns how many. For the daily job."""
    late = db.session.scalars(select(Pairing).where(has_lapsed(day_of(now)))
                              .order_by(Pairing.id).with_for_update()).all()
    lock_rows({pairing.offer_id for pairing in late}, {pairing.need_id for pairing in late})
    for pairing in late:
        take_step(pairing, "lapse", None, now)
    return len(late)


def _move_units(pairing: Pairing, how: str, now: datetime) -> str:
    """Let the need, and when they are given back the offer, know what became of the units.

    Returns the need's state before. Raises RuntimeError, which undoes the step, when the units do not add up.
    """
    lock_rows({pairing.offer_id} if how == "give_back" else set(), {pairing.need_id})
    need, quantity = _fresh(pairing), pairing.quantity
    was = need.state
    match how:
        case "give_back":
            moved = offers.give_back(pairing.offer_id, quantity) and households.give_back_need(need.id, quantity)
        case "receive":
            moved = households.receive_need(need.id, quantity)
        case "close":
            moved = households.close_need(need.id, quantity)
        case _:
            moved = households.reopen_need(need.id, quantity, now)
    if not moved:
        raise RuntimeError(f"the units of need {need.id} and pairing {pairing.id} do not add up")
    return was


def _fresh(pairing: Pairing) -> Need:
    """The pairing's need as the database holds it now; its row is locked by the caller."""
    need = pairing.need
    db.session.refresh(need)
    return need


def tell(pairing: Pairing, action: str, actor: Actor | None, now: datetime, before: str, was: str,
         quantity: int | None = None) -> None:
    """Tell the household's timeline and the audit log, both with the need's change of state, and those concerned.

    `quantity`: of how many units the step was, where not of all of the pairing's.
    """
    quantity = pairing.quantity if quantity is None else quantity
    households.add_to_timeline(
        pairing.household_id, f"pairing.{action}", actor, now, pairing_id=pairing.id, need_id=pairing.need_id,
        help_type=pairing.need.help_type, state=pairing.need.state,
        organisation=pairing.organisation.name, quantity=quantity, unit=pairing.offer.unit,
        reason=pairing.reason if action in REASONED else "")
    record(actor, f"pairing.{action}", now, object_type="pairing", object_id=pairing.id,
           household_id=pairing.household_id, organisation_id=pairing.organisation_id, area_code=pairing.area_code,
           changes={"state": [before, pairing.state], "quantity": quantity}
           | ({} if was == pairing.need.state else {"need_state": [was, pairing.need.state]}))
    tell_step(pairing, action, before, actor, now)
