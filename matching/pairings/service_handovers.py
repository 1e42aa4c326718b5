"""Handing over: all at once or in parts, each with its proof; and what becomes of the rest that does not come."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import select, update

from matching.actor import Actor
from matching.audit.service import record
from matching.clock import day_of
from matching.errors import Conflict, Invalid
from matching.extensions import db
from matching.households import service as households
from matching.households import service_papers as papers
from matching.households.service_images import Clean
from matching.offers import service as offers
from matching.pairings import service
from matching.pairings.models import Pairing
from matching.pairings.models_life import Handover
from matching.pairings.service_deadlines import due_on

__all__ = ["MOST_TRIES", "Handing", "code_fits", "deliver", "dispute", "hand_over", "handovers_of", "settle"]

GIVING = ("consented", "under_way")
MOST_TRIES = 5
"""After so many wrong codes the code counts no more, and another proof is asked."""


@dataclass(frozen=True, slots=True)
class Handing:
    """What was handed over and how it is proven: `proof` of `PROOFS`; `sheet`: the photo or the drawn signature."""

    quantity: int
    given_on: date
    note: str
    proof: str = "words"
    sheet: Clean | None = None


def handovers_of(pairing_id: int) -> list[Handover]:
    """What was handed over, the oldest first."""
    return list(db.session.scalars(select(Handover).where(Handover.pairing_id == pairing_id).order_by(Handover.id)))


def code_fits(pairing: Pairing, written: str) -> bool:
    """Whether this is the household's code. A wrong one is counted: the caller commits.

    Raises Conflict after `MOST_TRIES` wrong ones.
    """
    tried = db.session.execute(update(Pairing).where(Pairing.id == pairing.id, Pairing.code_tries < MOST_TRIES)
                               .values(code_tries=Pairing.code_tries + 1).execution_options(synchronize_session=False))
    if tried.rowcount != 1 or not pairing.receipt_code:  # type: ignore[attr-defined]
        raise Conflict(_("收货码错得太多，不能再用了。请拍一张照片，或者请家里签个名。"))
    if not hmac.compare_digest(pairing.receipt_code.encode(), written.strip().encode()):
        return False
    db.session.execute(update(Pairing).where(Pairing.id == pairing.id).values(code_tries=0)
                       .execution_options(synchronize_session=False))
    return True


def deliver(pairing: Pairing, note: str, actor: Actor, now: datetime) -> None:
    """All that is left was handed over, in words alone; the household is asked to confirm."""
    hand_over(pairing, Handing(pairing.quantity - pairing.delivered, day_of(now), note), actor, now)


def hand_over(pairing: Pairing, handing: Handing, actor: Actor, now: datetime) -> None:
    """Some or all of what is left was handed over. With the last unit the pairing is delivered; when the household's
    code proves that one, it is confirmed too, since the household itself said so.

    Raises Invalid for a quantity, a day or a proof that cannot be, Conflict when the pairing is not being worked on.
    """
    _check(pairing, handing, now)
    if not service.move(pairing, GIVING, Pairing.delivered == pairing.delivered,
                        Pairing.delivered + handing.quantity <= Pairing.quantity,
                        delivered=pairing.delivered + handing.quantity, delivered_note=handing.note):
        raise Conflict(_("别人已经先办了这一条，现在的状态不同了。请看一下最新情况。"))
    db.session.add(Handover(
        pairing_id=pairing.id, quantity=handing.quantity, given_on=handing.given_on, note=handing.note,
        proof=handing.proof, paper_id=_kept(pairing, handing, actor, now), recorded_at=now,
        recorded_by_id=actor.user_id, recorded_by_name=actor.name))
    if pairing.delivered == pairing.quantity:
        service.take_step(pairing, "deliver", actor, now)
        if handing.proof == "code":
            service.take_step(pairing, "confirm", actor, now)
        return
    if pairing.state == "consented":
        service.take_step(pairing, "start", actor, now)
    service.tell(pairing, "part", actor, now, pairing.state, pairing.need.state, quantity=handing.quantity)


def dispute(pairing: Pairing, actor: Actor, now: datetime) -> None:
    """The household says that it did not get what was handed over last: that does not count."""
    last = db.session.scalar(select(Handover).where(
        Handover.pairing_id == pairing.id, Handover.disputed_at.is_(None)).order_by(Handover.id.desc()).limit(1))
    left = pairing.delivered - last.quantity if last else 0
    service.take_step(pairing, "dispute", actor, now, delivered=max(0, left))
    if last is not None:
        last.disputed_at = now
    db.session.flush()


def settle(pairing: Pairing, reason: str, actor: Actor, now: datetime) -> None:
    """The rest does not come: what was handed over is the whole pairing, the rest of its units is free again."""
    rest = pairing.quantity - pairing.delivered
    if not pairing.delivered or not rest:
        raise Conflict(_("还没有给过，或者已经给完了。"))
    due = due_on("delivered", pairing.need.urgency, None, day_of(now))
    if not service.move(pairing, ("under_way",), Pairing.delivered == pairing.delivered,
                        Pairing.quantity == pairing.quantity, quantity=pairing.delivered, state="delivered",
                        reason=reason, changed_at=now, due_on=due, reminded=""):
        raise Conflict(_("别人已经先办了这一条，现在的状态不同了。请看一下最新情况。"))
    service.lock_rows({pairing.offer_id}, {pairing.need_id})
    db.session.refresh(pairing.need)
    was = pairing.need.state
    if not (offers.give_back(pairing.offer_id, rest) and households.give_back_need(pairing.need_id, rest)):
        raise RuntimeError(f"the units of need {pairing.need_id} and pairing {pairing.id} do not add up")
    service.tell(pairing, "settle", actor, now, "under_way", was)


def _check(pairing: Pairing, handing: Handing, now: datetime) -> None:
    left = pairing.quantity - pairing.delivered
    if pairing.state in GIVING and not 1 <= handing.quantity <= left:
        raise Invalid(_("数量要在 1 和 %(most)s 之间。", most=left), "quantity")
    if handing.given_on > day_of(now) or (
            pairing.consented_at is not None and handing.given_on < day_of(pairing.consented_at)):
        raise Invalid(_("日子要在家里同意以后，不能在今天以后。"), "given_on")
    if handing.proof in ("photo", "signature") and handing.sheet is None:
        raise Invalid(_("请拍一张照片。") if handing.proof == "photo" else _("请家里在框里签名。"), handing.proof)


def _kept(pairing: Pairing, handing: Handing, actor: Actor, now: datetime) -> int | None:
    """The number of the paper that proves it. Raises Invalid for a picture that the household's file already has."""
    if handing.sheet is None:
        return None
    kept = papers.add_papers(pairing.household, "other", None, [handing.sheet], actor, now)
    if not kept:
        raise Invalid(_("这张照片以前用过，请拍一张这次的。"), handing.proof)
    record(actor, "pairing.prove", now, object_type="pairing", object_id=pairing.id, area_code=pairing.area_code,
           household_id=pairing.household_id, organisation_id=pairing.organisation_id,
           changes={"paper_id": kept[0].id})
    return kept[0].id
