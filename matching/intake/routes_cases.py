"""Following a case with its code, without an account."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.access import public
from matching.clock import utc_now
from matching.errors import Invalid
from matching.extensions import db, reading
from matching.intake import blueprint, service_cases, service_limits
from matching.intake.forms import AddForm, CaseForm
from matching.intake.models import Report
from matching.intake.queries_cases import case_of
from matching.intake.routes import kept_of
from matching.intake.service_codes import digits
from matching.once import once

OPEN_SECONDS = 30 * 60
"""So long a browser that has shown its code need not show it again."""


@blueprint.route("/case", methods=["GET", "POST"])
@public
def case() -> ResponseReturnValue:
    now, form = utc_now(), CaseForm()
    if request.method == "GET":
        with reading():
            if (opened := _opened(now)) is not None:
                return render_template("intake/case.html", form=None, adding=AddForm(formdata=None),
                                       case=case_of(*opened, now))
        return _asked(form, asks_sum=False)
    with reading():
        asks_sum = service_cases.asks_sum(request.remote_addr or "", now)
    if not form.validate_on_submit() or (asks_sum and not service_cases.has_answered(form, now)):
        return _asked(form, asks_sum)
    try:
        found = service_cases.open_case(form.code.data or "", digits(form.last_four.data),
                                        request.remote_addr or "", now)
    except Invalid as fault:
        form.take_fault(fault)
        return _asked(form, asks_sum)
    db.session.commit()
    if found is None:
        form.take_fault(Invalid(_("没有找到。请对一对凭码，写了后四位的，也对一对。"), "code"))
        return _asked(form, asks_sum)
    session["case"] = [found[0].id, found[1], int(now.timestamp())]
    return redirect(url_for(".case"), code=303)


@blueprint.post("/intake/leave-case")
@public
def leave_case() -> ResponseReturnValue:
    """Close the case in this browser, for whoever lent somebody a phone."""
    session.pop("case", None)
    session.pop("asked", None)
    return redirect(url_for(".case"), code=303)


@blueprint.post("/intake/add-to-case")
@public
def add_to_case() -> ResponseReturnValue:
    now, form = utc_now(), AddForm()
    with reading():
        opened = _opened(now)
        keeps = service_limits.keeps_files(request.remote_addr or "", now)
    if opened is None:
        return redirect(url_for(".case"), code=303)
    files = kept_of(form, now, keeps=keeps)
    if form.validate_on_submit() and not form.errors:
        def act() -> str:
            service_cases.add_to_case(db.session.get_one(Report, session["case"][0]), form.words.data or "", files, now)
            flash(_("收到了，管这件事的人会看到。"))
            return url_for(".case", _anchor="steps")
        try:
            led = once(f"{form.key} {session['case'][0]}", None, now, act)
            db.session.commit()
            return redirect(led, code=303)
        except Invalid as fault:
            db.session.rollback()
            form.take_fault(fault)
    with reading():
        return render_template("intake/case.html", form=None, adding=form,
                               case=case_of(db.session.get_one(Report, opened[0].id), opened[1], now)), 422


@blueprint.post("/intake/nobody-came")
@public
def nobody_came() -> ResponseReturnValue:
    """The day is past and nobody came."""
    now = utc_now()
    if (opened := _opened(now)) is None:
        return redirect(url_for(".case"), code=303)
    if service_cases.may_complain(opened[0], now):  # sent twice, it goes up once
        service_cases.nobody_came(opened[0], now)
        db.session.commit()
    flash(_("已经告诉上一级，当天有人管。"))
    return redirect(url_for(".case"), code=303)


def _opened(now: datetime) -> tuple[Report, bool] | None:
    """The case that this browser has opened with its code lately, and whether in full."""
    try:
        number, is_full, at = session.get("case") or (0, False, 0)
    except ValueError:
        return None
    report = db.session.get(Report, number) if 0 <= now.timestamp() - at < OPEN_SECONDS else None
    return None if report is None else (report, bool(is_full))


def _asked(form: CaseForm, asks_sum: bool) -> ResponseReturnValue:
    """The page that asks for the code."""
    question = service_limits.put_question(form) if asks_sum else None
    page = render_template("intake/case.html", form=form, adding=None, case=None, question=question)
    return page, 422 if form.errors else 200
