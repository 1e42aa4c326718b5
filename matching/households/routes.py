"""Finding household files and opening them: the list, the search, one file, and seeing it in full."""

from __future__ import annotations

from datetime import datetime

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Row
from werkzeug.wrappers import Response

from matching.access import may, the_actor
from matching.actor import Actor, Right
from matching.audit import queries as looks
from matching.audit import service as audit
from matching.clock import day_of, utc_now
from matching.extensions import db, written_apart
from matching.households import (
    blueprint,
    forms_choices,
    queries,
    queries_file,
    queries_papers,
    queries_search,
    queries_timeline,
    service_names,
)
from matching.households import service_files as files
from matching.households.forms import SearchForm, WhyForm
from matching.households.models import Household
from matching.households.queries_doubles import merge_of
from matching.views import asked_page, chips, shown, turned

__all__ = ["blueprint", "service_names"]

FILTERS = ("area_code", "help_type", "need_state", "waited", "category", "status", "written", "sort")

blueprint.add_app_template_filter(forms_choices.file_word)
blueprint.add_app_template_filter(forms_choices.words_of)


@blueprint.app_template_global()
def why_form() -> WhyForm:
    """Asks why a file is opened; the reasons are those of the audit log that a person can have."""
    form = WhyForm()
    form.offer({code: audit.WHY_WORDS[code] for code in ("pairing", "visit", "contact", "check", "audit")})
    return form


@blueprint.get("/list-households")
@may(Right.READ_HOUSEHOLDS)
def list_households() -> ResponseReturnValue:
    actor = the_actor()
    asked = {name: request.args.get(name, "")[:60] for name in FILTERS}
    filters = queries_search.Filters(**asked)  # type: ignore[arg-type]
    page, total = queries_search.list_page(actor, filters, asked_page(), day_of(utc_now()))
    areas = queries.areas_below(actor, filters.area_code)
    return render_template(
        "households/list_households.html", page=page, total=total, filters=filters, form=SearchForm(), areas=areas,
        choices=forms_choices.LIST_CHOICES, may_edit=actor.may(Right.EDIT_HOUSEHOLDS),
        why="search" if filters.written else "list", ways=turned(".list_households", page, **asked),
        chips=chips(".list_households", asked, forms_choices.chosen_words(asked, dict(areas))))


@blueprint.post("/search-households")
@may(Right.READ_HOUSEHOLDS)
def search_households() -> ResponseReturnValue:
    """Numbers are looked up at once and stand in no address; names and file numbers lead to the list."""
    actor, form, now = the_actor(), SearchForm(), utc_now()
    if not form.validate_on_submit() or not form.holds_number():
        return redirect(url_for(".list_households", written=form.asked.data or None))
    lines = queries_search.find_by_number(form.asked.data or "", actor, day_of(now))
    files.record_search(actor, now, len(lines))
    page = render_template("households/search_households.html", lines=lines, form=SearchForm(formdata=None))
    db.session.commit()
    return page


@blueprint.get("/<int:household_id>/show-household")
@may(Right.READ_HOUSEHOLDS, logs=True, apart=True)
def show_household(household_id: int) -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    household = queries.household_or_404(household_id, actor)
    if household.status == "archived" and (merge := merge_of(household)) is not None:
        return redirect(url_for(".show_merge", merge_id=merge.id))
    why = request.args.get("why", "list")
    disclosure = audit.active_disclosure(actor, household.id, now)
    if disclosure is None and files.must_state_why(household.id, actor, now):
        return redirect(url_for(".open_household", household_id=household.id))
    page = file_page(household, actor, now, disclosure)
    with written_apart():
        files.record_look(household, actor, now, why if why in audit.WHYS else "list")
    return page


def file_page(household: Household, actor: Actor, now: datetime, disclosure: Row[tuple[str, datetime]] | None) -> str:
    """The page of one file; its hidden fields in full while a disclosure lasts."""
    everything, today = bool(request.args.get("all")), day_of(now)
    events, more = queries_timeline.timeline(household.id, None if everything else queries_timeline.SHOWN)
    return render_template(
        "households/show_household.html", household=household, disclosure=disclosure, events=events, more=more,
        looks=looks.looks_at(household.id), whys=audit.WHY_WORDS,
        needs=queries.need_rows(household, today), story=queries_file.story_of(household.id),
        place=queries.place_of(household), income=queries_file.income_of(household.members),
        life=queries_file.life_of(household, today), papers=queries_papers.papers_of(household.id),
        aside=queries_file.aside_of(household, actor), may_edit=actor.may(Right.EDIT_HOUSEHOLDS),
        may_pair=actor.may(Right.PAIR), may_erase=actor.may(Right.ERASE),
        may_confirm_erasure=actor.may(Right.CONFIRM_ERASURE))


@blueprint.route("/<int:household_id>/open-household", methods=["GET", "POST"])
@may(Right.READ_HOUSEHOLDS)
def open_household(household_id: int) -> ResponseReturnValue:
    """Who opens files to check others first says why."""
    actor, form = the_actor(), why_form()
    household = queries.household_or_404(household_id, actor)
    if form.validate_on_submit():
        files.state_why(household, actor, utc_now(), form.why.data)
        return _to_file(household, form.why.data)
    return shown("households/open_household.html", form, household=household)


@blueprint.route("/<int:household_id>/disclose-household", methods=["GET", "POST"])
@may(Right.DISCLOSE)
def disclose_household(household_id: int) -> ResponseReturnValue:
    """See the hidden fields in full for a few minutes; recorded with the reason."""
    actor, form = the_actor(), why_form()
    household = queries.household_or_404(household_id, actor)
    if form.validate_on_submit():
        audit.disclose(actor, household, form.why.data, "", utc_now())
        return _to_file(household, form.why.data)
    return shown("households/disclose_household.html", form, household=household)


def _to_file(household: Household, why: str) -> Response:
    db.session.commit()
    return redirect(url_for(".show_household", household_id=household.id, why=why))
