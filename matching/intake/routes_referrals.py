"""Handing a matter over: an officer asks an organisation, follows its answer, and can take it back."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.access import may, the_actor
from matching.actor import Right
from matching.audit.service import record
from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.intake import blueprint, queries, service_referrals
from matching.intake import queries_referrals as reads
from matching.intake.forms_referrals import ConsentForm, ReferForm, StepForm
from matching.intake.models_work import Referral
from matching.intake.service import owner_of
from matching.intake.service_referrals import Asking
from matching.views import asked_page, chosen_type, done, sent_well, shown, turned
from matching.words import HELP_TYPES

ANSWER_WITHIN = timedelta(days=5)


@blueprint.get("/intake/list-referrals")
@may(Right.READ_REPORTS)
def list_referrals() -> ResponseReturnValue:
    actor, today = the_actor(), day_of(utc_now())
    counts = reads.counts(actor, today)
    group = request.args.get("group", "")
    if group not in reads.GROUPS:
        group = next((name for name, many in counts.items() if many), "waiting")
    page = reads.list_referrals(actor, group, asked_page(), today)
    return render_template("intake/list_referrals.html", group=group, counts=counts, today=today,
                           rows=reads.handed(page.rows, today, inside=True),
                           ways=turned(".list_referrals", page, group=group))


@blueprint.route("/intake/<int:report_id>/refer-report", methods=["GET", "POST"])
@may(Right.HANDLE_REPORTS)
def refer_report(report_id: int) -> ResponseReturnValue:
    """First which help it is; then who can give it, and the question."""
    actor, now = the_actor(), utc_now()
    report, help_type = queries.report_or_404(report_id, actor), chosen_type()
    if help_type not in HELP_TYPES:
        first = [kind for kind in report.kinds if kind in HELP_TYPES]
        return render_template("intake/refer_report.html", form=None, report=report, help_types=[
            *first, *(kind for kind in HELP_TYPES if kind not in first)]), 422 if request.method == "POST" else 200
    form = ReferForm(data={"help_type": help_type, "answer_due_on": day_of(now) + ANSWER_WITHIN})
    form.organisation_id.choices = reads.choices(report, help_type)

    def act() -> str:
        referral = service_referrals.refer(report, Asking(
            form.organisation_id.data, help_type, form.question.data or "", form.answer_due_on.data or day_of(now),
            form.consent_how.data or ""), actor, now)
        flash(_("转给%(organisation)s了。事情还是您负责，它答复了会告诉您。", organisation=referral.organisation.name))
        return url_for(".show_referral", referral_id=referral.id)

    if location := sent_well(form, act):
        return redirect(location)
    return shown("intake/refer_report.html", form, report=report, help_type=help_type)


@blueprint.get("/intake/<int:referral_id>/show-referral")
@may(Right.READ_REPORTS, logs=True)
def show_referral(referral_id: int) -> ResponseReturnValue:
    return _page(reads.referral_or_404(referral_id, the_actor()), ConsentForm(formdata=None))


def _page(referral: Referral, form: ConsentForm) -> ResponseReturnValue:
    """A referral's page with its form, fresh or with its faults; that it was looked at is recorded."""
    actor, now, report = the_actor(), utc_now(), referral.report
    record(actor, "report.look", now, object_type="referral", object_id=referral.id, area_code=report.area_code,
           household_id=report.household_id, organisation_id=referral.organisation_id)
    page = shown(
        "intake/show_referral.html", form, referral=referral, step=StepForm(formdata=None),
        noted=StepForm(formdata=None), today=day_of(now),
        row=reads.handed([referral], day_of(now), inside=True)[0], may_handle=actor.may(Right.HANDLE_REPORTS),
        is_mine=actor.user_id in (report.owner_id, referral.asked_by_id), owner=owner_of(report).name)
    db.session.commit()
    return page


@blueprint.post("/intake/<int:referral_id>/withdraw-referral")
@may(Right.HANDLE_REPORTS)
def withdraw_referral(referral_id: int) -> ResponseReturnValue:
    actor = the_actor()
    referral = reads.referral_or_404(referral_id, actor)

    def act() -> str:
        service_referrals.withdraw(referral, actor, utc_now())
        flash(_("撤回了，已经告诉对方不用再办。"))
        return url_for(".show_referral", referral_id=referral_id)

    return done(StepForm(), act)


@blueprint.post("/intake/<int:referral_id>/agree-referral")
@may(Right.HANDLE_REPORTS)
def agree_referral(referral_id: int) -> ResponseReturnValue:
    """The person agreed that the organisation learns name and telephone."""
    actor, form = the_actor(), ConsentForm()
    referral = reads.referral_or_404(referral_id, actor)

    def act() -> str:
        service_referrals.agree(referral, form.consent_how.data, actor, utc_now())
        flash(_("记下了。对方接下以后，就能看到怎么联系。"))
        return url_for(".show_referral", referral_id=referral_id)

    location = sent_well(form, act)
    return _page(referral, form) if location is None else redirect(location)


@blueprint.post("/intake/<int:referral_id>/note-referral")
@may(Right.HANDLE_REPORTS)
def note_referral(referral_id: int) -> ResponseReturnValue:
    """The answer was read: it leaves the to-do list."""
    actor = the_actor()
    referral = reads.referral_or_404(referral_id, actor)

    def act() -> str:
        service_referrals.note_seen(referral, actor, utc_now())
        return url_for(".show_referral", referral_id=referral_id)

    return done(StepForm(), act)
