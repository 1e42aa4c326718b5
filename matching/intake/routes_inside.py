"""Reporting from inside, with the same short form, and what became of one's reports; files for who handles them."""

from __future__ import annotations

import io

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.access import may, the_actor
from matching.actor import Right
from matching.clock import utc_now
from matching.errors import Invalid
from matching.extensions import db, reading
from matching.intake import blueprint, queries, queries_mine, service_asking, service_files
from matching.intake.forms import AskForm
from matching.intake.queries_places import Place
from matching.intake.routes import kept_of, sent_facts, sent_place
from matching.once import once
from matching.views import asked_page, turned

SANDBOX = "sandbox; default-src 'none'"


@blueprint.route("/intake/report-hardship", methods=["GET", "POST"])
@may(Right.REPORT_HARDSHIP)
def report_hardship() -> ResponseReturnValue:
    actor, now, form = the_actor(), utc_now(), AskForm()
    choices: list[Place] = []
    if request.method == "POST":
        well = form.validate_on_submit()
        with reading():
            place, choices = sent_place(form)
        files = kept_of(form, now)
        if well and place is not None and not form.errors:
            try:
                led = once(form.key, actor, now, lambda: str(service_asking.ask(
                    sent_facts(form, place), files, actor, now).id))
                db.session.commit()
                flash(_("报上去了，明天有人上门。"))
                return redirect(url_for(".my_reports", _anchor=f"r{led}"), code=303)
            except Invalid as fault:
                db.session.rollback()
                form.take_fault(fault)
    kept = {one.kind for one in service_files.kept_files(form.kept.data or "")}
    page = render_template("intake/report_hardship.html", form=form, choices=choices, kept=kept,
                           seconds=service_files.MOST_SECONDS)
    return page, 422 if request.method == "POST" else 200


@blueprint.get("/intake/my-reports")
@may(Right.REPORT_HARDSHIP)
def my_reports() -> ResponseReturnValue:
    """What became of the reports that one made; nothing of any file."""
    page = queries_mine.my_reports(the_actor(), asked_page())
    return render_template("intake/my_reports.html", rows=page.rows, ways=turned(".my_reports", page),
                           shares=queries_mine.became(the_actor()))


@blueprint.get("/intake/<int:file_id>/report-file")
@may(Right.READ_REPORTS, Right.VISIT, logs=True)
def report_file(file_id: int) -> ResponseReturnValue:
    """The bytes of a photo or spoken message: seen and heard by a page, saved by a person, never run. Recorded."""
    actor = the_actor()
    file, report = queries.file_or_404(file_id, actor)
    content = service_files.read_file(file, report, actor, utc_now())
    db.session.commit()
    answer = send_file(io.BytesIO(content), file.mime, as_attachment=True, max_age=0,
                       download_name=f"{file.kind}-{file.id}.{file.mime.split('/')[1]}")
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["Cache-Control"] = "no-store"
    return answer
