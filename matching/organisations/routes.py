"""A county's organisations: who they are, and the county's yes or no."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from matching.access import may, the_actor
from matching.actor import Right
from matching.clock import utc_now
from matching.errors import Invalid
from matching.extensions import db
from matching.organisations import queries, service
from matching.organisations.forms import VettingForm
from matching.organisations.models import KINDS, STATUSES
from matching.places.queries import area_names, area_path
from matching.views import asked_page, turned

blueprint = Blueprint("organisations", __name__, url_prefix="/organisations")


@blueprint.get("/list-organisations")
@may(Right.VET_ORGANISATIONS)
def list_organisations() -> ResponseReturnValue:
    actor = the_actor()
    status, kind = _one_of(STATUSES, "status"), _one_of(KINDS, "kind")
    listed = queries.list_organisations(actor, status, kind, asked_page())
    names = area_names({row.area_code for row in listed.page.rows} | {actor.area_code})
    return render_template("organisations/list_organisations.html", listed=listed, names=names, status=status,
                           kind=kind, kinds=KINDS, statuses=STATUSES,
                           ways=turned("organisations.list_organisations", listed.page, status=status, kind=kind))


@blueprint.get("/<int:organisation_id>/show-organisation")
@may(Right.VET_ORGANISATIONS, Right.READ_OFFERS, Right.DELIVER, logs=True)
def show_organisation(organisation_id: int) -> ResponseReturnValue:
    actor = the_actor()
    organisation = queries.organisation_or_404(organisation_id, actor)
    service.note_look(organisation, actor, utc_now())
    page = render_template("organisations/show_organisation.html", organisation=organisation,
                           place=area_path(organisation.area_code, str(get_locale())),
                           members=queries.members_of(organisation),
                           may_vet=actor.may(Right.VET_ORGANISATIONS) and actor.reaches(organisation.area_code))
    db.session.commit()
    return page


@blueprint.route("/<int:organisation_id>/vet-organisation", methods=["GET", "POST"])
@may(Right.VET_ORGANISATIONS)
def vet_organisation(organisation_id: int) -> ResponseReturnValue:
    actor, form = the_actor(), VettingForm()
    organisation = queries.organisation_or_404(organisation_id, actor)
    if form.validate_on_submit():
        try:
            service.vet(organisation, form.decision.data == "yes", form.reason.data or "", actor, utc_now())
            db.session.commit()
            flash(_("决定已记下：%(name)s。", name=organisation.name))
            return redirect(url_for("organisations.list_organisations"))
        except Invalid as fault:
            form.take_fault(fault)
    return render_template("organisations/vet_organisation.html", organisation=organisation, form=form,
                           place=area_path(organisation.area_code, str(get_locale()))), 422 if form.errors else 200


def _one_of(codes: tuple[str, ...], name: str) -> str:
    """A filter's value from the address, empty unless it is one of the known codes."""
    value = request.args.get(name, "")
    return value if value in codes else ""
