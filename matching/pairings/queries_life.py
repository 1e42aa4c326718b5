"""What happened on the way of a pairing, as finished values: handovers, duties with their periods, who was before."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from matching import formatting
from matching.actor import OFFICERS, Actor
from matching.errors import NotThere
from matching.extensions import db
from matching.households.models_papers import Paper
from matching.pairings import queries, service_change, service_handovers
from matching.pairings.models import Pairing
from matching.pairings.models_life import Duty
from matching.pairings.service_duties import OWING, Period, duties_of, periods
from matching.words_steps import duty_rhythm_word, proof_word

Card = dict[str, Any]
SHOWN_PERIODS = 8
SHUT = ("closed", "reopened", "declined", "lapsed", "withdrawn", "failed")


def duty_or_404(duty_id: int, actor: Actor) -> tuple[Duty, Pairing]:
    """A duty and its pairing, in the officer's reach or of the actor's organisation; NotThere otherwise."""
    duty = db.session.get(Duty, duty_id)
    if duty is None:
        raise NotThere
    load = queries.pairing_or_404 if actor.role in OFFICERS else queries.our_pairing_or_404
    return duty, load(duty.pairing_id, actor)


def life_of(pairing: Pairing, today: date, *, ours: bool = False) -> Card:
    """All that a page shows of the way; `ours`: for the organisation, which sees neither papers nor other pages."""
    begun = pairing.state != "proposed"
    before, after = service_change.story_of(pairing) if begun and not ours else ([], None)
    return {
        "handovers": handover_rows(pairing, ours=ours) if begun else [],
        "duties": duty_rows(pairing, today) if begun else [],
        "left": pairing.quantity - pairing.delivered, "may_owe": pairing.state in OWING,
        "late": pairing.due_on is not None and pairing.due_on < today and pairing.state not in SHUT,
        "before": [_other(one) for one in before], "after": _other(after) if after else None,
    }


def handover_rows(pairing: Pairing, *, ours: bool = False) -> list[Card]:
    """What was handed over, the newest first. A paper opens unless it was removed."""
    found = service_handovers.handovers_of(pairing.id)
    kept = set() if ours or not found else set(db.session.scalars(select(Paper.id).where(
        Paper.id.in_([one.paper_id for one in found if one.paper_id]), Paper.vault_key.is_not(None))))
    return [{"on": one.given_on, "amount": formatting.amount(one.quantity, pairing.offer.unit),
             "note": one.note, "proof": proof_word(one.proof), "who": one.recorded_by_name,
             "disputed": one.disputed_at is not None,
             "url": url_for("households.show_paper", paper_id=one.paper_id) if one.paper_id in kept else None}
            for one in reversed(found)]


def duty_rows(pairing: Pairing, today: date) -> list[Card]:
    """The duties of a pairing with their latest periods, newest first."""
    return [{"id": duty.id, "what": duty.what, "rhythm": duty_rhythm_word(duty.rhythm), "once": duty.rhythm == "once",
             "ended": duty.ends_on is not None and duty.ends_on <= today, "ends_on": duty.ends_on,
             "missed": sum(one.state == "missed" for one in spans), "done": sum(one.state == "done" for one in spans),
             "periods": [period_row(duty, one) for one in spans[:-SHOWN_PERIODS - 1:-1]]}
            for duty in duties_of(pairing.id) for spans in [periods(duty, today)]]


def period_row(duty: Duty, period: Period) -> Card:
    """One period in words."""
    words = {"once": _("%(day)s前", day=formatting.day_short(period.last)),
             "month": _("%(year)s 年 %(month)s 月", year=period.first.year, month=period.first.month),
             "year": _("%(first)s起的一年", first=formatting.day_iso(period.first))}
    told = {"done": _("办了"), "exempt": _("先停一阵"), "missed": _("没办"), "open": _("还没到期")}
    detail = ""
    if period.tick is not None:
        detail = " · ".join(part for part in (formatting.day_short(period.tick.done_on), period.tick.note,
                                              period.tick.ticked_by_name) if part)
    elif period.exemption is not None:
        until = formatting.day_short(period.exemption.until)
        detail = _("到 %(day)s为止：%(why)s", day=until, why=period.exemption.why)
    return {"name": words.get(duty.rhythm) or _("%(first)s 到 %(last)s", first=formatting.day_short(period.first),
                                                last=formatting.day_short(period.last)),
            "state": period.state, "word": told[period.state], "detail": detail, "first": period.first,
            "last": period.last}


def _other(pairing: Pairing) -> Card:
    return {"organisation": pairing.organisation.name, "state": pairing.state, "reason": pairing.reason,
            "given": pairing.delivered, "url": url_for("pairings.show_pairing", pairing_id=pairing.id)}
