"""Papers and photos: bringing them in, opening them, taking them away."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime

from flask import Response, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from matching import vault
from matching.access import may, the_actor
from matching.actor import Actor, Right, Role
from matching.audit import service as audit
from matching.clock import utc_now
from matching.errors import Invalid
from matching.extensions import db, reading
from matching.households import blueprint, queries, queries_papers
from matching.households import service_papers as papers
from matching.households.forms_papers import ACCEPTED, PaperForm, RemovePaperForm
from matching.households.models import Household
from matching.households.models_papers import Paper
from matching.households.service_images import Clean, clean
from matching.views import sent_well, shown

SANDBOX = "sandbox; default-src 'none'"


@blueprint.route("/<int:household_id>/add-paper", methods=["GET", "POST"])
@may(Right.EDIT_HOUSEHOLDS)
def add_paper(household_id: int) -> ResponseReturnValue:
    back = url_for(".show_household", household_id=household_id, _anchor="papers")
    return _taking("households/add_paper.html", lambda: queries.household_or_404(household_id, the_actor()), back)


@blueprint.route("/bring-paper", methods=["GET", "POST"])
@may(Right.OWN_CASE)
def bring_paper() -> ResponseReturnValue:
    """A household sends papers for its own file, from its phone."""
    back = url_for(".my_file", _anchor="papers")
    return _taking("households/bring_paper.html", lambda: queries.my_household(the_actor()), back)


def _taking(template: str, found: Callable[[], Household], back: str) -> ResponseReturnValue:
    """Ask for papers of one household and take them in, once."""
    form = PaperForm()
    with reading():  # pictures are drawn anew below, and nobody should wait for that
        form.offer_members(found())
    files = cleaned(form)

    def act() -> str:
        household = found()
        member = next((m for m in household.members if str(m.id) == form.member.data), None)
        new = papers.add_papers(household, form.kind.data, member, files, the_actor(), utc_now())
        flash(ngettext("收好了 %(num)s 份材料。", "收好了 %(num)s 份材料。", len(new)) if new
              else _("这份材料以前已经收过了。"))
        return back

    if not form.files.errors and (location := sent_well(form, act)):
        return redirect(location)
    return shown(template, form, household=found(), accepted=ACCEPTED)


def cleaned(form: PaperForm) -> list[Clean]:
    """What may be kept of the files that were sent; a fault is shown at the field."""
    if not form.validate_on_submit():
        return []
    try:
        return [clean(file.read(), file.filename or "") for file in form.sent()]
    except Invalid as fault:
        form.take_fault(fault)
        return []


@blueprint.get("/<int:paper_id>/show-paper")
@may(Right.READ_HOUSEHOLDS, Right.OWN_CASE, logs=True)
def show_paper(paper_id: int) -> ResponseReturnValue:
    """A paper on a page; its picture comes from `paper_content`, which records the look."""
    actor, now = the_actor(), utc_now()
    paper, household = queries_papers.paper_or_404(paper_id, actor)
    if not why_open(household, actor, now):
        flash(_("先写明为什么要看，再打开材料。您看过会记下来。"))
        return redirect(url_for(".disclose_household", household_id=household.id))
    audit.record(actor, "household.open", now, object_type="paper", object_id=paper.id, household_id=household.id,
                 area_code=household.area_code, why=why_open(household, actor, now))
    page = render_template("households/show_paper.html", paper=paper, household=household,
                           may_edit=actor.may(Right.EDIT_HOUSEHOLDS))
    papers.note_seen(paper, actor, now)
    db.session.commit()
    return page


@blueprint.get("/<int:paper_id>/paper-content")
@may(Right.READ_HOUSEHOLDS, Right.OWN_CASE, logs=True)
def paper_content(paper_id: int) -> ResponseReturnValue:
    """The bytes of a paper: to be saved, never run; a page may show a photo among its own words."""
    actor, now = the_actor(), utc_now()
    paper, household = queries_papers.paper_or_404(paper_id, actor)
    if not (why := why_open(household, actor, now)):
        return redirect(url_for(".disclose_household", household_id=household.id))
    content = papers.read_paper(paper, household, actor, now, why)
    papers.note_seen(paper, actor, now)
    db.session.commit()
    return handed_out(content, paper)


def handed_out(content: bytes, paper: Paper) -> Response:
    """An answer that a browser saves under its name and cannot run."""
    answer = send_file(io.BytesIO(content), paper.mime, as_attachment=True, download_name=paper.name, max_age=0)
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["Cache-Control"] = "no-store"
    return answer


def why_open(household: Household, actor: Actor, now: datetime) -> str:
    """Why an actor may open papers of a household: its own, or the reason of its disclosure; empty: it may not."""
    if actor.role is Role.HOUSEHOLD:
        return "own"
    disclosure = audit.active_disclosure(actor, household.id, now)
    return disclosure.why if disclosure else ""


@blueprint.route("/<int:paper_id>/remove-paper", methods=["GET", "POST"])
@may(Right.EDIT_HOUSEHOLDS)
def remove_paper(paper_id: int) -> ResponseReturnValue:
    actor, form = the_actor(), RemovePaperForm()
    paper, household = queries_papers.paper_or_404(paper_id, actor)
    gone: list[str] = []

    def act() -> str:
        gone.append(papers.remove_paper(paper, household, form.reason.data, actor, utc_now()))
        flash(_("已删掉这份材料，删的记录留着。"))
        return url_for(".show_household", household_id=household.id, _anchor="papers")

    if location := sent_well(form, act):
        for key in gone:
            vault.remove(key)
        return redirect(location)
    return shown("households/remove_paper.html", form, paper=paper, household=household)
