"""What an organisation does with what was referred to it: it sees no name before it is entitled to it."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.access import may, the_actor
from matching.actor import Right
from matching.audit.service import record
from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.intake import blueprint, service_referrals
from matching.intake import queries_referrals as reads
from matching.intake.forms_referrals import AcceptForm, AnswerForm, RefuseForm
from matching.views import answered, asked_page, turned


@blueprint.get("/intake/our-referrals")
@may(Right.ANSWER_REFERRALS)
def our_referrals() -> ResponseReturnValue:
    actor, today = the_actor(), day_of(utc_now())
    counts = reads.our_counts(actor)
    group = request.args.get("group", "")
    if group not in reads.OUR_GROUPS:
        group = next((name for name, many in counts.items() if many), "answer")
    page = reads.our_referrals(actor, group, asked_page())
    return render_template("intake/our_referrals.html", group=group, counts=counts, today=today,
                           rows=reads.handed(page.rows, today, inside=False),
                           ways=turned(".our_referrals", page, group=group))


@blueprint.get("/intake/<int:referral_id>/our-referral")
@may(Right.ANSWER_REFERRALS, logs=True)
def our_referral(referral_id: int) -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    referral = reads.our_referral_or_404(referral_id, actor)
    report, contact = referral.report, None
    if referral.opens_contact:
        contact = reads.contact(report)
    record(actor, "household.contact" if contact else "report.look", now, object_type="referral",
           object_id=referral.id, household_id=report.household_id, organisation_id=referral.organisation_id,
           area_code=report.area_code)
    page = render_template("intake/our_referral.html", referral=referral, contact=contact, today=day_of(now),
                           row=reads.handed([referral], day_of(now), inside=False)[0])
    db.session.commit()
    return page


@blueprint.route("/intake/<int:referral_id>/accept-referral", methods=["GET", "POST"])
@may(Right.ANSWER_REFERRALS)
def accept_referral(referral_id: int) -> ResponseReturnValue:
    actor, now, form = the_actor(), utc_now(), AcceptForm()
    referral = reads.our_referral_or_404(referral_id, actor)

    def act() -> str:
        service_referrals.take_on(referral, form.act_by_on.data or day_of(now), form.words.data or "", actor, now)
        flash(_("谢谢你们接下。办好以后，请回来写一句做了什么。"))
        return url_for(".our_referral", referral_id=referral_id)

    return answered(form, act, "intake/accept_referral.html", referral=referral,
                    row=reads.handed([referral], day_of(now), inside=False)[0])


@blueprint.route("/intake/<int:referral_id>/refuse-referral", methods=["GET", "POST"])
@may(Right.ANSWER_REFERRALS)
def refuse_referral(referral_id: int) -> ResponseReturnValue:
    actor, now, form = the_actor(), utc_now(), RefuseForm()
    referral = reads.our_referral_or_404(referral_id, actor)

    def act() -> str:
        service_referrals.refuse(referral, form.reason.data, form.words.data or "", actor, now)
        flash(_("已经告诉转来的干部，会另想办法。"))
        return url_for(".our_referrals")

    return answered(form, act, "intake/refuse_referral.html", referral=referral,
                    row=reads.handed([referral], day_of(now), inside=False)[0])


@blueprint.route("/intake/<int:referral_id>/answer-referral", methods=["GET", "POST"])
@may(Right.ANSWER_REFERRALS)
def answer_referral(referral_id: int) -> ResponseReturnValue:
    actor, now, form = the_actor(), utc_now(), AnswerForm()
    referral = reads.our_referral_or_404(referral_id, actor)

    def act() -> str:
        service_referrals.answer(referral, form.words.data or "", actor, now)
        flash(_("记下了，已经告诉转来的干部。"))
        return url_for(".our_referral", referral_id=referral_id)

    return answered(form, act, "intake/answer_referral.html", referral=referral,
                    row=reads.handed([referral], day_of(now), inside=False)[0])
