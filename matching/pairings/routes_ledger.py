"""The closing ledger: where each difficulty stands, its evidence, the second person's signature, opening it again."""

from __future__ import annotations

from flask import Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.access import may, the_actor
from matching.actor import Actor, Right
from matching.audit.service import record
from matching.clock import day_of, utc_now
from matching.errors import Conflict, Invalid
from matching.extensions import db
from matching.households.service_images import Clean, clean
from matching.pairings import queries, service_followups, service_ledger
from matching.pairings import queries_cards as cards
from matching.pairings import queries_ledger as reads
from matching.pairings.forms import ReasonForm, StepForm
from matching.pairings.forms_ledger import EvidenceForm
from matching.pairings.models_ledger import LedgerLine
from matching.pairings.routes import blueprint
from matching.pairings.routes_life import take
from matching.pairings.service_watch import line_of
from matching.places.queries import area_names
from matching.tables import CSV, XLSX, csv_bytes, xlsx_bytes
from matching.views import answered, asked_page, turned
from matching.words_ledger import (
    follow_up_kind_word,
    follow_up_result_word,
    follow_up_way_word,
    helped_word,
    line_state_kind,
    line_state_word,
    score_word,
    word_way_word,
)

for word in (line_state_word, line_state_kind, follow_up_kind_word, follow_up_way_word, follow_up_result_word,
             helped_word, score_word, word_way_word):
    blueprint.add_app_template_filter(word)


@blueprint.get("/ledger")
@may(Right.READ_PAIRINGS)
def ledger() -> ResponseReturnValue:
    actor, sought = the_actor(), _sought()
    page = reads.ledger_page(actor, sought, asked_page())
    kept = {"state": sought.state, "help_type": sought.help_type,
            "area": sought.area_code if sought.area_code != actor.area_code else ""}
    return render_template(
        "pairings/ledger.html", rows=page.rows, sought=sought, counts=reads.counts_of(sought), kept=kept,
        areas=cards.area_choices(actor.area_code), states=reads.TABS, may_visit=actor.may(Right.VISIT),
        ways=turned("pairings.ledger", page, **kept))


@blueprint.get("/export-ledger")
@may(Right.READ_PAIRINGS, logs=True)
def export_ledger() -> ResponseReturnValue:
    actor, sought = the_actor(), _sought()
    table = reads.ledger_table(actor, sought)
    record(actor, "ledger.export", utc_now(), object_type="area", area_code=sought.area_code,
           changes={"state": sought.state, "help_type": sought.help_type, "rows": str(len(table) - 1)})
    db.session.commit()
    as_csv = request.args.get("form") == "csv"
    name = f"ledger-{sought.area_code}-{sought.state}-{day_of(utc_now()).isoformat()}.{'csv' if as_csv else 'xlsx'}"
    return Response(csv_bytes(table) if as_csv else xlsx_bytes(table), mimetype=CSV if as_csv else XLSX, headers={
        "Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"})


@blueprint.get("/<int:need_id>/show-line")
@may(Right.READ_PAIRINGS, logs=True)
def show_line(need_id: int) -> ResponseReturnValue:
    """One difficulty with all that speaks for its being solved; what was found and said is recorded as looked at."""
    actor, now = the_actor(), utc_now()
    need, line = queries.need_or_404(need_id, actor), line_of(need_id)
    record(actor, "ledger.look", now, object_type="need", object_id=need.id, household_id=need.household_id,
           area_code=need.household.area_code)
    page = render_template(
        "pairings/show_line.html", need=need, line=line, card=cards.need_row(need, day_of(now)), today=day_of(now),
        evidence=service_ledger.evidence_of(line) if line else None, looks=reads.looks_of(need_id),
        asked=reads.asked_of(need_id), step=StepForm(), reason=ReasonForm(), may_pair=actor.may(Right.PAIR))
    db.session.commit()
    return page


@blueprint.post("/<int:need_id>/sign-line")
@may(Right.PAIR)
def sign_line(need_id: int) -> ResponseReturnValue:
    actor, form = the_actor(), StepForm()
    line = _line_of(need_id, actor)
    return take(form, actor, _page_of(need_id), lambda: service_ledger.sign(line, actor, utc_now()),
                _("签好了，销了号。往后还会看它牢不牢。"))


@blueprint.route("/<int:need_id>/reopen-line", methods=["GET", "POST"])
@may(Right.PAIR)
def reopen_line(need_id: int) -> ResponseReturnValue:
    actor, form = the_actor(), ReasonForm()
    need = queries.need_or_404(need_id, actor)

    def act() -> str:
        service_followups.reopen_line(need, form.text, actor, utc_now())
        flash(_("已重新打开，这个需求又会参加配对。"))
        return _page_of(need_id)

    return answered(form, act, "pairings/reopen_line.html", need=need, card=cards.need_row(need, day_of(utc_now())))


@blueprint.route("/<int:need_id>/add-evidence", methods=["GET", "POST"])
@may(Right.PAIR)
def add_evidence(need_id: int) -> ResponseReturnValue:
    actor, form = the_actor(), EvidenceForm()
    need = queries.need_or_404(need_id, actor)

    def act() -> str:
        service_ledger.add_evidence(_line_of(need_id, actor), _sheet(form), actor, utc_now())
        flash(_("凭据放进档案了。"))
        return _page_of(need_id)

    return answered(form, act, "pairings/add_evidence.html", need=need, card=cards.need_row(need, day_of(utc_now())))


def _line_of(need_id: int, actor: Actor) -> LedgerLine:
    """The ledger line of a need in the officer's reach; Conflict while nobody has said that it is solved."""
    queries.need_or_404(need_id, actor)
    line = line_of(need_id)
    if line is None:
        raise Conflict(_("还没有人说这件难处解决了。"))
    return line


def _sheet(form: EvidenceForm) -> Clean | None:
    sent = form.sent()
    try:
        return clean(sent.read(), sent.filename or "") if sent else None
    except Invalid as fault:
        raise Invalid(fault.message, "photo") from None


def _page_of(need_id: int) -> str:
    return url_for("pairings.show_line", need_id=need_id)


def _sought() -> reads.Sought:
    """What the address asks for: nonsense counts as the open ones of the reader's own area."""
    actor, state, area = the_actor(), request.args.get("state", ""), request.args.get("area", "")[:12]
    is_area = bool(area) and actor.reaches(area) and bool(area_names([area]))
    help_type = request.args.get("help_type", "")[:12]
    return reads.Sought(state if state in reads.TABS else "open", area if is_area else actor.area_code, help_type)
