"""Reading a file otherwise than on its page: its earlier versions, and by the household itself."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matching.access import may, the_actor
from matching.actor import Right
from matching.audit import queries as looks
from matching.audit import service as audit
from matching.clock import day_of, utc_now
from matching.extensions import written_apart
from matching.households import (
    blueprint,
    forms_choices,
    queries,
    queries_file,
    queries_history,
    queries_papers,
    queries_timeline,
)
from matching.households import service_files as files

for word in (forms_choices.field_word, forms_choices.value_word, forms_choices.masked_word, forms_choices.why_word):
    blueprint.add_app_template_filter(word)


@blueprint.get("/<int:household_id>/show-history")
@may(Right.READ_HOUSEHOLDS, logs=True, apart=True)
def show_history(household_id: int) -> ResponseReturnValue:
    actor, now = the_actor(), utc_now()
    household = queries.household_or_404(household_id, actor)
    disclosure = audit.active_disclosure(actor, household.id, now)
    if disclosure is None and files.must_state_why(household.id, actor, now):
        return redirect(url_for(".open_household", household_id=household.id))
    versions, following = queries_history.history_page(household, request.args.get("before", type=int))
    page = render_template("households/show_history.html", household=household, versions=versions,
                           following=following, disclosure=disclosure, hidden=forms_choices.HIDDEN_FIELDS)
    with written_apart():
        files.record_history(household, actor, now, disclosure.why if disclosure else "check")
    return page


@blueprint.get("/my-file")
@may(Right.OWN_CASE, logs=True, apart=True)
def my_file() -> ResponseReturnValue:
    """A household's own file in plain words, with what was shared with whom."""
    actor, now = the_actor(), utc_now()
    household = queries.my_household(actor)
    page = render_template(
        "households/my_file.html", household=household, place=queries.place_of(household),
        income=queries_file.income_of(household.members), life=queries_file.life_of(household, day_of(now)),
        story=queries_file.story_of(household.id), papers=queries_papers.papers_of(household.id),
        consents=queries_timeline.consents(household.id), contacts=looks.contacts_shown(household.id))
    with written_apart():
        files.record_look(household, actor, now, "own")
    return page
