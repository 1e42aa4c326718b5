"""One's own notices: the list, opening one, and having seen them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from matching.access import signed_in, the_actor
from matching.clock import utc_now
from matching.extensions import db
from matching.notices import queries, service
from matching.pages.service import same_site_path
from matching.views import asked_page, turned

blueprint = Blueprint("notices", __name__, url_prefix="/notices")


@blueprint.get("/list-notices")
@signed_in
def list_notices() -> ResponseReturnValue:
    only_new = request.args.get("which") == "new"
    page = queries.list_notices(the_actor(), only_new, asked_page(), utc_now())
    return render_template("notices/list_notices.html", page=page, only_new=only_new,
                           newest=max((line.notice.id for line in page.rows), default=0),
                           ways=turned("notices.list_notices", page, which="new" if only_new else ""))


@blueprint.post("/<int:notice_id>/open-notice")
@signed_in
def open_notice(notice_id: int) -> ResponseReturnValue:
    now = utc_now()
    notice = queries.notice_or_404(notice_id, the_actor(), now)
    service.mark_read(notice, now)
    db.session.commit()
    return redirect(same_site_path(notice.details["path"]), code=303)


@blueprint.post("/<int:notice_id>/mark-notice")
@signed_in
def mark_notice(notice_id: int) -> ResponseReturnValue:
    now = utc_now()
    service.mark_read(queries.notice_or_404(notice_id, the_actor(), now), now)
    db.session.commit()
    return redirect(url_for("notices.list_notices"), code=303)


@blueprint.post("/mark-notices")
@signed_in
def mark_notices() -> ResponseReturnValue:
    newest = min(request.form.get("newest", 0, type=int), 2**31 - 1)
    seen = service.mark_all_read(the_actor().user_id, newest, utc_now())
    db.session.commit()
    flash(ngettext("%(num)s 条消息标为看过了。", "%(num)s 条消息标为看过了。", seen))
    return redirect(url_for("notices.list_notices"), code=303)
