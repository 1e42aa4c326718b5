"""Approving all proposals from a score up, after seeing how many they are and which only just count."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.access import may, the_actor
from matching.actor import Actor, Right
from matching.clock import utc_now
from matching.errors import Invalid
from matching.pairings import queries_cards as cards
from matching.pairings import queries_desk, service
from matching.pairings.forms import AboveForm
from matching.pairings.routes import blueprint
from matching.views import sent_well, shown

SCORES = (800, 700, 650, 600, 550, 500, 400, 300)
USUAL_SCORE = 600


@blueprint.route("/approve-above", methods=["GET", "POST"])
@may(Right.PAIR)
def approve_above() -> ResponseReturnValue:
    actor = the_actor()
    asked = {name: request.args.get(name, "")[:20] for name in ("help_type", "area", "by")}
    kept: dict[str, Any] = {name: value for name, value in asked.items() if value}
    back = url_for("pairings.desk", **kept)
    form = AboveForm(data={"score": min(max(request.args.get("score", USUAL_SCORE, type=int), 1), 1000)})
    score = form.score.data or USUAL_SCORE

    def act() -> str:
        approve_seen(actor, score, form.seen.data or 0, asked)
        return back

    location = sent_well(form, act)
    if location:
        return redirect(location)
    found = queries_desk.above(actor, score, asked["help_type"], asked["area"])
    return shown("pairings/approve_above.html", form, found=found, rows=cards.desk_rows(found.lowest), score=score,
                 back=back, kept=kept, scores=SCORES, most=queries_desk.MOST_AT_ONCE)


def approve_seen(actor: Actor, score: int, seen: int, asked: dict[str, str]) -> None:
    """Approve what is worth so much, and say what came of it. Raises Invalid when it is not as many as were seen."""
    found = queries_desk.above(actor, score, asked["help_type"], asked["area"])
    if len(found.ids) != seen or not found.ids:
        raise Invalid(_("刚才有了变化，现在是 %(n)s 条，请再看一遍。", n=len(found.ids)))
    for text, category in cards.approval_words(service.approve(found.ids, actor, utc_now())):
        flash(text, category)
