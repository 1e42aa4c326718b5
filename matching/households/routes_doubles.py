"""Files that look alike: found, laid side by side, merged or told apart, and parted again."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.access import may, the_actor
from matching.actor import Actor, Right
from matching.clock import utc_now
from matching.errors import Invalid, error_page
from matching.extensions import db, written_apart
from matching.households import blueprint, queries
from matching.households import queries_doubles as doubles
from matching.households import service_doubles as service
from matching.households import service_files as files
from matching.households import service_persons as persons
from matching.households.forms_doubles import THIS, MergeForm, OtherForm, PersonForm, UndoForm
from matching.households.models import Household
from matching.households.queries_sharing import pairs
from matching.once import once


@blueprint.get("/list-doubles")
@may(Right.EDIT_HOUSEHOLDS)
def list_doubles() -> ResponseReturnValue:
    actor = the_actor()
    found, more = doubles.doubles(actor)
    return render_template("households/list_doubles.html", doubles=found, more=more, form=UndoForm(),
                           merges=doubles.latest_merges(actor))


@blueprint.get("/<int:household_id>/compare-household")
@may(Right.EDIT_HOUSEHOLDS, logs=True, apart=True)
def compare_household(household_id: int) -> ResponseReturnValue:
    """Two files side by side; without a second one, the files that look like this one."""
    actor = the_actor()
    household = queries.household_or_404(household_id, actor)
    other_id = request.args.get("other_id", type=int)
    if other_id is None:
        return render_template("households/compare_household.html", left=household, right=None,
                               like=doubles.like(household, actor))
    other = other_file(other_id, household, actor)
    page = compared(household, other)
    with written_apart():
        for file in (household, other):
            files.record_look(file, actor, utc_now(), "check")
    return page


def other_file(other_id: int, household: Household, actor: Actor) -> Household:
    """The second of two files, in reach; Invalid when it is the first one again."""
    if other_id == household.id:
        raise Invalid(_("请选两份不同的档案。"))
    return queries.household_or_404(min(other_id, 2**31 - 1), actor)


def compared(left: Household, right: Household) -> str:
    """The page that shows two files side by side and what differs."""
    found = pairs([*doubles.traces_of(left), *doubles.traces_of(right)])
    return render_template(
        "households/compare_household.html", left=left, right=right, facts=doubles.facts_of(left, right),
        people=doubles.people_of(left, right), sides=doubles.sides_of((left.id, right.id)),
        reasons=next(iter(found.values()), ()), apart=doubles.is_told_apart(left, right),
        form=MergeForm(), person=PersonForm())


@blueprint.post("/<int:household_id>/merge-household")
@may(Right.EDIT_HOUSEHOLDS)
def merge_household(household_id: int) -> ResponseReturnValue:
    actor, form, now = the_actor(), MergeForm(), utc_now()
    household = queries.household_or_404(household_id, actor)
    if not form.validate_on_submit():
        return error_page(422, _("请先选留下哪一份，再合并。"))
    other = other_file(form.other, household, actor)
    kept, dropped = (household, other) if form.keep.data == THIS else (other, household)

    def act() -> str:
        merge = service.merge_households(kept, dropped, actor, now)
        flash(_("已并成一份。并错了可以在这里整份撤回。"))
        return url_for(".show_merge", merge_id=merge.id)

    location = once(form.key, actor, now, act)
    db.session.commit()
    return redirect(location)


@blueprint.post("/<int:household_id>/tell-apart")
@may(Right.EDIT_HOUSEHOLDS)
def tell_apart(household_id: int) -> ResponseReturnValue:
    actor, form = the_actor(), OtherForm()
    household = queries.household_or_404(household_id, actor)
    if form.validate_on_submit():
        service.tell_apart(household, other_file(form.other, household, actor), actor, utc_now())
        db.session.commit()
        flash(_("记下了：是两户人家，以后不再列出来。"))
    return redirect(url_for(".list_doubles"))


@blueprint.post("/<int:member_id>/settle-person")
@may(Right.EDIT_HOUSEHOLDS)
def settle_person(member_id: int) -> ResponseReturnValue:
    """This entry of a person stays; the one in the other file goes."""
    actor, form, now = the_actor(), PersonForm(), utc_now()
    stays = queries.member_or_404(member_id, actor)
    if not form.validate_on_submit():
        return error_page(422, _("请回到两份档案的对照页，再点一次。"))
    goes = queries.member_or_404(form.other, actor)

    def act() -> str:
        merge = persons.settle_person(stays, goes, actor, now)
        flash(_("记下了：这个人只登记在一户里。"))
        return url_for(".show_merge", merge_id=merge.id)

    location = once(form.key, actor, now, act)
    db.session.commit()
    return redirect(location)


@blueprint.get("/<int:merge_id>/show-merge")
@may(Right.READ_HOUSEHOLDS)
def show_merge(merge_id: int) -> ResponseReturnValue:
    actor = the_actor()
    merge = doubles.merge_or_404(merge_id, actor)
    ids = [number for number in (merge.kept_id, merge.dropped_id, merge.from_id) if number]
    return render_template("households/show_merge.html", merge=merge, sides=doubles.sides_of(ids), form=UndoForm(),
                           may_undo=merge.undone_at is None and actor.may(Right.EDIT_HOUSEHOLDS))


@blueprint.post("/<int:merge_id>/undo-merge")
@may(Right.EDIT_HOUSEHOLDS)
def undo_merge(merge_id: int) -> ResponseReturnValue:
    actor, form = the_actor(), UndoForm()
    merge = doubles.merge_or_404(merge_id, actor)
    if form.validate_on_submit():
        (service.undo_merge if merge.kind == "household" else persons.undo_settling)(merge, actor, utc_now())
        db.session.commit()
        flash(_("已撤回，两份档案都和合并以前一样。"))
    return redirect(url_for(".show_merge", merge_id=merge_id))
