"""Sharing one need out among several offers by hand."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from matching.access import may, the_actor
from matching.actor import Right
from matching.clock import day_of, utc_now
from matching.pairings import queries
from matching.pairings import queries_cards as cards
from matching.pairings import service_hand as hand
from matching.pairings.forms import ShareForm
from matching.pairings.routes import blueprint
from matching.views import sent_well, shown


@blueprint.route("/<int:need_id>/share-need", methods=["GET", "POST"])
@may(Right.PAIR)
def share_need(need_id: int) -> ResponseReturnValue:
    actor, form, now = the_actor(), ShareForm(), utc_now()
    need = queries.need_or_404(need_id, actor)
    choices = hand.suggest(need, day_of(now))

    def act() -> str:
        made = len(hand.pair_several(need, form.shares, actor, now, form.why.data))
        flash(ngettext("已和 %(num)s 家结对，等对方答复。", "已和 %(num)s 家结对，等对方答复。", made))
        return url_for("pairings.desk", group="waiting")

    if location := sent_well(form, act):
        return redirect(location)
    asked = dict(zip(form.offer_ids.data or [], form.quantities.data or [], strict=False))
    units = [asked.get(choice.offer.id, 0) for choice in choices] if asked else hand.shared_out(need, choices)
    return shown("pairings/share_need.html", form, need=need, card=cards.need_row(need, day_of(now)),
                 rows=list(zip(cards.choice_rows(choices), units, strict=True)))
