"""Ending a file: putting it away, asking for its erasure, and the second person's yes or no."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching import vault
from matching.access import may, the_actor
from matching.actor import Actor, Right
from matching.clock import utc_now
from matching.extensions import scrub
from matching.households import service_erasure as files
from matching.households.queries import household_or_404
from matching.pairings import service_erasure as erasure
from matching.pairings.forms import ErasureForm, StepForm
from matching.pairings.routes import blueprint
from matching.views import sent_well, shown


@blueprint.route("/<int:household_id>/archive-household", methods=["GET", "POST"])
@may(Right.ERASE, Right.CONFIRM_ERASURE)
def archive_household(household_id: int) -> ResponseReturnValue:
    """Put a file away, or take it out again."""
    actor, form = the_actor(), StepForm()
    household = household_or_404(household_id, actor)

    def act() -> str:
        if request.form.get("answer") == "back":
            files.unarchive(household, actor, utc_now())
            flash(_("已取出。重新核实以后，这户的需求才会参加结对。"))
        else:
            erasure.archive(household, actor, utc_now())
            flash(_("已归档，这户的需求不再参加结对。"))
        return _file(household_id)

    if location := sent_well(form, act):
        return redirect(location)
    return shown("pairings/archive_household.html", form, household=household)


@blueprint.route("/<int:household_id>/ask-erasure", methods=["GET", "POST"])
@may(Right.ERASE)
def ask_erasure(household_id: int) -> ResponseReturnValue:
    actor, form = the_actor(), ErasureForm()
    household = household_or_404(household_id, actor)

    def act() -> str:
        erasure.ask_erasure(household, form.reason.data, actor, utc_now())
        flash(_("已提出。要由另一个人同意，档案才会删除。"))
        return _file(household_id)

    if location := sent_well(form, act):
        return redirect(location)
    return shown("pairings/ask_erasure.html", form, household=household)


@blueprint.route("/<int:household_id>/erase-household", methods=["GET", "POST"])
@may(Right.CONFIRM_ERASURE)
def erase_household(household_id: int) -> ResponseReturnValue:
    """The second person's yes, which erases the file at once, or no, which keeps it."""
    actor, form = the_actor(), StepForm()
    papers: list[str] = []
    if location := sent_well(form, lambda: _answer(household_id, actor, papers)):
        for key in papers:
            vault.remove(key)
        scrub()
        return redirect(location)
    household = household_or_404(household_id, actor)
    return shown("pairings/erase_household.html", form, household=household, asked=files.erasure_of(household.id))


def _answer(household_id: int, actor: Actor, papers: list[str]) -> str:
    """Erase or keep; the keys of the papers of an erased file are added to `papers`."""
    household, now = household_or_404(household_id, actor), utc_now()
    if request.form.get("answer") == "no":
        files.keep_file(household, actor, now)
        flash(_("档案留着，没有删除。"))
        return _file(household_id)
    papers += erasure.erase(household, actor, now)
    flash(_("档案已删除，找不回来了。谁、哪天、为什么删，查看记录里留着。"))
    return url_for("households.list_households")


def _file(household_id: int) -> str:
    return url_for("households.show_household", household_id=household_id)
