"""Payment lists: one a month and area, frozen, exported for the bank, marked as paid."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from matching.access import may, the_actor
from matching.actor import Right
from matching.assistance import blueprint
from matching.assistance import queries_lists as queries
from matching.assistance import service_lists as lists
from matching.assistance.forms import ListForm, PayListForm, StepForm
from matching.clock import day_of, utc_now
from matching.errors import Invalid
from matching.extensions import db
from matching.places.queries import area_name
from matching.views import sent_well


@blueprint.get("/list-payment-lists")
@may(Right.DECIDE_GRANTS)
def list_payment_lists() -> ResponseReturnValue:
    actor = the_actor()
    rows = queries.lists_in_reach(actor)
    form = ListForm(data={"period": f"{day_of(utc_now()):%Y-%m}"})
    return render_template("assistance/list_payment_lists.html", rows=rows, form=form)


@blueprint.post("/make-payment-list")
@may(Right.DECIDE_GRANTS)
def make_payment_list() -> ResponseReturnValue:
    actor, form, now = the_actor(), ListForm(), utc_now()

    def act() -> str:
        made = lists.make_list(form.period.data or "", actor, now)
        return url_for(".show_payment_list", payment_list_id=made.id)

    location = sent_well(form, act)
    if location is None:
        raise Invalid("；".join(str(fault) for field in form for fault in field.errors) or _("请再点一次。"))
    return redirect(location)


@blueprint.get("/<int:payment_list_id>/show-payment-list")
@may(Right.DECIDE_GRANTS)
def show_payment_list(payment_list_id: int) -> ResponseReturnValue:
    made = queries.payment_list_or_404(payment_list_id, the_actor())
    return render_template(
        "assistance/show_payment_list.html", made=made, area=area_name(made.area_code), step=StepForm(),
        difference=lists.difference(made),
        form=PayListForm(data={"paid_on": day_of(utc_now())}))


@blueprint.post("/<int:payment_list_id>/freeze-payment-list")
@may(Right.DECIDE_GRANTS)
def freeze_payment_list(payment_list_id: int) -> ResponseReturnValue:
    actor, form = the_actor(), StepForm()
    made = queries.payment_list_or_404(payment_list_id, actor)

    def act() -> str:
        lists.freeze_list(made, actor, utc_now())
        flash(_("名单已经定下来，不再变。"))
        return url_for(".show_payment_list", payment_list_id=made.id)

    location = sent_well(form, act)
    if location is None:
        raise Invalid("；".join(map(str, form.form_errors)) or _("请再点一次。"))
    return redirect(location)


@blueprint.post("/<int:payment_list_id>/pay-payment-list")
@may(Right.DECIDE_GRANTS)
def pay_payment_list(payment_list_id: int) -> ResponseReturnValue:
    actor, form, now = the_actor(), PayListForm(), utc_now()
    made = queries.payment_list_or_404(payment_list_id, actor)

    def act() -> str:
        paid, refused = lists.pay_list(made, form.line_ids.data or [], form.paid_on.data or day_of(now), actor, now)
        flash(ngettext("记下了 %(num)s 笔。", "记下了 %(num)s 笔。", paid))
        if refused:
            flash(ngettext("有 %(num)s 笔没有记：已经发过，或者不再是已批准的。",
                           "有 %(num)s 笔没有记：已经发过，或者不再是已批准的。", refused), "fault")
        return url_for(".show_payment_list", payment_list_id=made.id)

    location = sent_well(form, act)
    if location is None:
        raise Invalid("；".join(str(fault) for field in form for fault in field.errors) or _("请再点一次。"))
    return redirect(location)


@blueprint.get("/<int:payment_list_id>/export-payment-list")
@may(Right.DECIDE_GRANTS, logs=True)
def export_payment_list(payment_list_id: int) -> ResponseReturnValue:
    actor = the_actor()
    made = queries.payment_list_or_404(payment_list_id, actor)
    content = lists.bank_file(made, actor, utc_now())
    db.session.commit()
    return Response(content, mimetype="text/csv", headers={
        "Content-Disposition": f'attachment; filename="payments-{made.area_code}-{made.period}.csv"',
        "Cache-Control": "no-store"})
