"""The audit log, for those who check it."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from matching.access import may, the_actor
from matching.actor import Right
from matching.audit import queries
from matching.audit.service import WHY_WORDS, record
from matching.clock import utc_now
from matching.extensions import db
from matching.places.queries import area_name
from matching.views import asked_page, turned

FILTERS = ("who", "number", "kind", "on")
blueprint = Blueprint("audit", __name__, url_prefix="/audit")


@blueprint.get("/list-entries")
@may(Right.READ_AUDIT, logs=True)
def list_entries() -> ResponseReturnValue:
    actor, filters = the_actor(), _filters()
    shown = queries.list_entries(actor, filters, asked_page())
    kept: dict[str, Any] = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    page = render_template(
        "audit/list_entries.html", lines=shown.rows, filters=filters, kinds=queries.KINDS, whys=WHY_WORDS,
        word=queries.action_word, area=area_name(actor.area_code), filtered=bool(kept),
        ways=turned("audit.list_entries", shown, **kept))
    record(actor, "audit.read", utc_now(), object_type="audit", area_code=actor.area_code)
    db.session.commit()
    return page


def _filters() -> queries.Filters:
    """What the address asks for; a day or a kind that is none counts as not asked."""
    kind, on = request.args.get("kind", ""), request.args.get("on", "")
    try:
        day = date.fromisoformat(on)
    except ValueError:
        day = None
    return queries.Filters(who=request.args.get("who", "").strip()[:60],
                           number=request.args.get("number", "").strip()[:40],
                           kind=kind if kind in queries.KINDS else "", on=day)
