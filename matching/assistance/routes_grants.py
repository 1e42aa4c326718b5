"""Help that is asked for: asking, deciding, paying, its papers, and what is to come back."""

from __future__ import annotations

from decimal import Decimal

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.access import may, the_actor
from matching.actor import Right
from matching.assistance import blueprint
from matching.assistance import queries_grants as queries
from matching.assistance import service_grants as grants
from matching.assistance.forms import DecideGrantForm, GrantForm, PayForm, StepForm
from matching.clock import day_of, utc_now
from matching.errors import Invalid
from matching.extensions import db
from matching.households import queries as households
from matching.households import service_files as files
from matching.views import page_number, sent_well, shown


@blueprint.get("/list-grants")
@may(Right.READ_ASSISTANCE)
def list_grants() -> ResponseReturnValue:
    actor, group = the_actor(), request.args.get("group", "asked")
    group = group if group in queries.GROUPS else "asked"
    page = queries.grant_page(actor, group, page_number())
    return render_template("assistance/list_grants.html", group=group, page=page, counts=queries.group_counts(actor),
                           today=day_of(utc_now()), groups=queries.GROUPS,
                           may_decide=actor.may(Right.DECIDE_GRANTS))


@blueprint.route("/<int:household_id>/ask-grant", methods=["GET", "POST"])
@may(Right.ASK_GRANTS)
def ask_grant(household_id: int) -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    household = households.household_or_404(household_id, actor)
    form = GrantForm(data={"starts_on": day_of(now), "rhythm": "once", "source": "fiscal"})
    form.offer(household)

    def act() -> str:
        grant = grants.ask_grant(household, form.facts(), actor, now)
        flash(_("申请已经提交。"))
        return url_for(".show_grant", grant_id=grant.id)

    location = sent_well(form, act)
    if location is not None:
        return redirect(location)
    return shown("assistance/ask_grant.html", form, household=household, limits=grants.limits(household, day_of(now)))


@blueprint.route("/<int:grant_id>/change-grant", methods=["GET", "POST"])
@may(Right.ASK_GRANTS)
def change_grant(grant_id: int) -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    grant = queries.grant_or_404(grant_id, actor)
    form = GrantForm(obj=grant, data={"amount": Decimal(grant.amount_fen) / 100, "member_id": grant.member_id or 0})
    form.offer(grant.household)

    def act() -> str:
        grants.change_grant(grant, form.facts(), actor, now)
        flash(_("申请已经提交。"))
        return url_for(".show_grant", grant_id=grant.id)

    location = sent_well(form, act)
    if location is not None:
        return redirect(location)
    return shown("assistance/change_grant.html", form, household=grant.household, grant=grant,
                 limits=grants.limits(grant.household, day_of(now)))


@blueprint.get("/<int:grant_id>/show-grant")
@may(Right.READ_ASSISTANCE, logs=True)
def show_grant(grant_id: int) -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    grant, today = queries.grant_or_404(grant_id, actor), day_of(now)
    page = render_template(
        "assistance/show_grant.html", grant=grant, place=households.place_of(grant.household), today=today,
        similar=grants.similar(grant), missed=queries.missed_periods(grant, today), step=StepForm(),
        pay=PayForm(data={"paid_on": today}), may_pay=actor.may(Right.DECIDE_GRANTS),
        may_decide=actor.may(Right.DECIDE_GRANTS) and grants.may_decide(grant, actor),
        may_ask=actor.may(Right.ASK_GRANTS))
    files.record_look(grant.household, actor, now, "check")
    db.session.commit()
    return page


@blueprint.route("/<int:grant_id>/decide-grant", methods=["GET", "POST"])
@may(Right.DECIDE_GRANTS)
def decide_grant(grant_id: int) -> ResponseReturnValue:
    actor, form, now = the_actor(), DecideGrantForm(), utc_now()
    grant = queries.grant_or_404(grant_id, actor)

    def act() -> str:
        grants.decide_grant(grant, form.decision.data, form.words.data or "", actor, now)
        flash(_("记下了。"))
        return url_for(".list_grants")

    location = sent_well(form, act)
    if location is not None:
        return redirect(location)
    return shown("assistance/decide_grant.html", form, grant=grant, similar=grants.similar(grant),
                 place=households.place_of(grant.household), may_decide=grants.may_decide(grant, actor),
                 is_own=grant.asked_by_id == actor.user_id)


@blueprint.post("/<int:grant_id>/pay-grant")
@may(Right.DECIDE_GRANTS)
def pay_grant(grant_id: int) -> ResponseReturnValue:
    actor, form, now = the_actor(), PayForm(), utc_now()
    grant = queries.grant_or_404(grant_id, actor)

    def act() -> str:
        payment = grants.pay_grant(grant, form.paid_on.data or day_of(now), actor, now)
        flash(_("记下了，%(day)s 发的。", day=payment.paid_on.isoformat() if payment.paid_on else ""))
        return url_for(".show_grant", grant_id=grant.id)

    location = sent_well(form, act)
    if location is None:
        raise Invalid("；".join(str(fault) for field in form for fault in field.errors) or _("请再点一次。"))
    return redirect(location)


@blueprint.post("/<int:grant_id>/take-papers")
@may(Right.DECIDE_GRANTS)
def take_papers(grant_id: int) -> ResponseReturnValue:
    grant = queries.grant_or_404(grant_id, the_actor())
    if StepForm().validate_on_submit():
        grants.take_papers(grant, the_actor(), utc_now())
        db.session.commit()
        flash(_("材料已补齐。"))
    return redirect(url_for(".show_grant", grant_id=grant.id))


@blueprint.post("/<int:grant_id>/reclaim-grant")
@may(Right.DECIDE_GRANTS)
def reclaim_grant(grant_id: int) -> ResponseReturnValue:
    grant = queries.grant_or_404(grant_id, the_actor())
    if StepForm().validate_on_submit():
        grants.reclaim_grant(grant, the_actor(), utc_now())
        db.session.commit()
        flash(_("记下了，钱已追回。"))
    return redirect(url_for(".show_grant", grant_id=grant.id))
