"""Payment lists: one a month and area, frozen, exported for the bank, marked as paid, sent back, put back."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from matching.access import may, the_actor
from matching.actor import Actor, Right
from matching.assistance import blueprint
from matching.assistance import queries_lists as queries
from matching.assistance import service_lines as lines
from matching.assistance import service_lists as lists
from matching.assistance.forms import StepForm
from matching.assistance.forms_grants import FailLinesForm, LinesForm, ListForm, PayListForm
from matching.assistance.models_lists import LINE_STATES, PaymentList
from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.forms import CreatingForm
from matching.places.queries import area_name
from matching.views import asked_page, done, turned


@blueprint.get("/list-payment-lists")
@may(Right.DECIDE_GRANTS)
def list_payment_lists() -> ResponseReturnValue:
    actor = the_actor()
    form = ListForm(data={"period": f"{day_of(utc_now()):%Y-%m}"})
    return render_template("assistance/list_payment_lists.html", rows=queries.lists_in_reach(actor), form=form)


@blueprint.post("/make-payment-list")
@may(Right.DECIDE_GRANTS)
def make_payment_list() -> ResponseReturnValue:
    actor, form, now = the_actor(), ListForm(), utc_now()

    def act() -> str:
        made = lists.make_list(form.period.data or "", actor, now)
        return url_for(".show_payment_list", payment_list_id=made.id)

    return done(form, act)


def chosen_state() -> str:
    """Which lines an address asks for: due, paid, failed; empty: all."""
    state = request.args.get("state", "")
    return state if state in LINE_STATES else ""


@blueprint.get("/<int:payment_list_id>/show-payment-list")
@may(Right.DECIDE_GRANTS)
def show_payment_list(payment_list_id: int) -> ResponseReturnValue:
    made = queries.payment_list_or_404(payment_list_id, the_actor())
    state = chosen_state()
    page = queries.lines_of(made.id, asked_page(), state)
    form, every = (PayListForm(data={"paid_on": day_of(utc_now())}) for _twice in range(2))
    every.paid_on.id = "paid_on_all"
    return render_template(
        "assistance/show_payment_list.html", made=made, area=area_name(made.area_code), step=StepForm(),
        difference=lists.difference(made), states=queries.states_of(made.id), state=state, page=page,
        ways=turned(".show_payment_list", page, payment_list_id=made.id, state=state),
        form=form, every=every, fail=FailLinesForm())


def step(payment_list_id: int, form: CreatingForm, act: Callable[[PaymentList, Actor], str]) -> ResponseReturnValue:
    """One step with a list in reach; `act` takes it and says what to tell."""
    actor = the_actor()
    made = queries.payment_list_or_404(payment_list_id, actor)

    def taken() -> str:
        flash(act(made, actor))
        return url_for(".show_payment_list", payment_list_id=made.id)

    return done(form, taken)


@blueprint.post("/<int:payment_list_id>/freeze-payment-list")
@may(Right.DECIDE_GRANTS)
def freeze_payment_list(payment_list_id: int) -> ResponseReturnValue:
    def act(made: PaymentList, actor: Actor) -> str:
        if dropped := lists.freeze_list(made, actor, utc_now()):
            flash(ngettext("有 %(num)s 笔已经发过或者在别的名单里，去掉了。",
                           "有 %(num)s 笔已经发过或者在别的名单里，去掉了。", dropped), "fault")
        return _("名单已经定下来，不再变。")

    return step(payment_list_id, StepForm(), act)


@blueprint.post("/<int:payment_list_id>/pay-payment-list")
@may(Right.DECIDE_GRANTS)
def pay_payment_list(payment_list_id: int) -> ResponseReturnValue:
    return pay_lines(payment_list_id, everything=False)


@blueprint.post("/<int:payment_list_id>/pay-all-payment-lines")
@may(Right.DECIDE_GRANTS)
def pay_all_payment_lines(payment_list_id: int) -> ResponseReturnValue:
    return pay_lines(payment_list_id, everything=True)


def pay_lines(payment_list_id: int, *, everything: bool) -> ResponseReturnValue:
    """Mark the ticked lines of a list as paid, or all that are due."""
    form, now = PayListForm(), utc_now()

    def act(made: PaymentList, actor: Actor) -> str:
        paid, refused = lines.pay_list(made, form.line_ids.data or [], form.paid_on.data or day_of(now), actor, now,
                                       everything=everything)
        if refused:
            flash(ngettext("有 %(num)s 笔没有记：已经发过，或者不再是已批准的。",
                           "有 %(num)s 笔没有记：已经发过，或者不再是已批准的。", refused), "fault")
        return ngettext("记下了 %(num)s 笔。", "记下了 %(num)s 笔。", paid)

    return step(payment_list_id, form, act)


@blueprint.post("/<int:payment_list_id>/fail-payment-lines")
@may(Right.DECIDE_GRANTS)
def fail_payment_lines(payment_list_id: int) -> ResponseReturnValue:
    form = FailLinesForm()

    def act(made: PaymentList, actor: Actor) -> str:
        many = lines.fail_lines(made, form.line_ids.data or [], form.reason.data or "", actor, utc_now())
        return ngettext("%(num)s 笔记为没发成，下个月的名单里会再有。",
                        "%(num)s 笔记为没发成，下个月的名单里会再有。", many)

    return step(payment_list_id, form, act)


@blueprint.post("/<int:payment_list_id>/put-back-payment-lines")
@may(Right.DECIDE_GRANTS)
def put_back_payment_lines(payment_list_id: int) -> ResponseReturnValue:
    form = LinesForm()

    def act(made: PaymentList, actor: Actor) -> str:
        many = lines.put_back_lines(made, form.line_ids.data or [], actor, utc_now())
        return ngettext("%(num)s 笔放回了名单。", "%(num)s 笔放回了名单。", many)

    return step(payment_list_id, form, act)


@blueprint.get("/<int:payment_list_id>/export-payment-list")
@may(Right.DECIDE_GRANTS, logs=True)
def export_payment_list(payment_list_id: int) -> ResponseReturnValue:
    actor = the_actor()
    made = queries.payment_list_or_404(payment_list_id, actor)
    content = lists.bank_file(made, actor, utc_now(), chosen_state())
    db.session.commit()
    return Response(content, mimetype="text/csv", headers={
        "Content-Disposition": f'attachment; filename="payments-{made.area_code}-{made.period}.csv"',
        "Cache-Control": "no-store"})
