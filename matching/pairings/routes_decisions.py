"""What the engine proposed beside what officers chose."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from matching.access import may, the_actor
from matching.actor import Right
from matching.clock import utc_now
from matching.pairings import queries_decisions as compared
from matching.pairings.queries_cards import decision_rows
from matching.pairings.routes import blueprint
from matching.places.queries import area_names
from matching.views import asked_page, turned
from matching.words_steps import COURSES, DESK_WHYS


@blueprint.get("/compare-decisions")
@may(Right.READ_PAIRINGS)
def compare_decisions() -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    looked = compared.Looked(request.args.get("days", 90, type=int), *(
        request.args.get(name, "")[:20] for name in ("area", "course", "why"))).of(actor)
    whole, towns, whys = compared.compared(actor, looked, now)
    page = compared.decisions(actor, looked, asked_page(), now)
    kept = {"days": looked.days, "area": looked.area_code, "course": looked.course, "why": looked.why}
    return render_template(
        "pairings/compare_decisions.html", looked=looked, whole=whole, towns=towns, whys=whys, kept=kept,
        rows=decision_rows(page.rows), names=area_names({*towns, looked.area_code} - {""}), periods=compared.PERIODS,
        courses=COURSES, why_words=DESK_WHYS, ways=turned("pairings.compare_decisions", page, **kept))
