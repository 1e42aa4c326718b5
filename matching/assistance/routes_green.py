"""The green channel after the money: papers that come in, money that is asked back and comes back."""

from __future__ import annotations

from decimal import Decimal

from flask import flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.access import may, the_actor
from matching.actor import Right, Role
from matching.assistance import blueprint
from matching.assistance import queries_grants as queries
from matching.assistance import service_green as green
from matching.assistance.forms import FEN_PER_YUAN, StepForm
from matching.assistance.forms_grants import DemandBackForm, ReclaimForm
from matching.clock import day_of, utc_now
from matching.views import answered, done


@blueprint.post("/<int:grant_paper_id>/take-paper")
@may(Right.DECIDE_GRANTS)
def take_paper(grant_paper_id: int) -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    paper, grant = queries.grant_paper_or_404(grant_paper_id, actor)

    def act() -> str:
        green.take_paper(paper, grant, actor, now)
        flash(_("材料已补齐。") if grant.papers_in_on else _("收下了：%(name)s。", name=paper.name))
        return url_for(".show_grant", grant_id=grant.id)

    return done(StepForm(), act)


@blueprint.route("/<int:grant_id>/demand-back", methods=["GET", "POST"])
@may(Right.DECIDE_GRANTS)
def demand_back(grant_id: int) -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    grant, form = queries.grant_or_404(grant_id, actor), DemandBackForm()

    def act() -> str:
        green.demand_back(grant, form.words.data or "", actor, now)
        flash(_("记下了，这笔钱要追回。"))
        return url_for(".show_grant", grant_id=grant.id)

    return answered(form, act, "assistance/demand_back.html", grant=grant)


@blueprint.route("/<int:grant_id>/reclaim-grant", methods=["GET", "POST"])
@may(Right.DECIDE_GRANTS)
def reclaim_grant(grant_id: int) -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    grant = queries.grant_or_404(grant_id, actor)
    out_fen = grant.paid_fen - grant.back_fen
    form = ReclaimForm(data={"back_on": day_of(now), "amount": Decimal(out_fen) / FEN_PER_YUAN})

    def act() -> str:
        green.reclaim_grant(grant, form.fen, form.back_on.data or day_of(now), form.words.data or "", actor, now,
                            waive=bool(form.waive.data))
        flash(_("记下了，钱已追回。") if grant.reclaim == "done" else _("记下了，还有一部分没有追回。"))
        return url_for(".show_grant", grant_id=grant.id)

    return answered(form, act, "assistance/reclaim_grant.html", grant=grant, out_fen=out_fen,
                    may_waive=actor.role is Role.COUNTY)
