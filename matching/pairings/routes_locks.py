"""Locking proposals and pairings, so that no run changes them, and letting them go."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from matching.access import may, the_actor
from matching.actor import Actor, Right
from matching.clock import utc_now
from matching.extensions import db
from matching.once import once
from matching.pairings import service_locks
from matching.pairings.forms import ApproveForm
from matching.pairings.routes import blueprint, desk_address


@blueprint.post("/lock-pairings")
@may(Right.PAIR)
def lock_pairings() -> ResponseReturnValue:
    return _turned(service_locks.lock, lambda n: ngettext(
        "锁定了 %(num)s 条，以后的配对照样保留。", "锁定了 %(num)s 条，以后的配对照样保留。", n))


@blueprint.post("/unlock-pairings")
@may(Right.PAIR)
def unlock_pairings() -> ResponseReturnValue:
    return _turned(service_locks.unlock, lambda n: ngettext(
        "解锁了 %(num)s 条，下次配对会重新考虑。", "解锁了 %(num)s 条，下次配对会重新考虑。", n))


def _turned(turn: Callable[[Collection[int], Actor, datetime], int], said: Callable[[int], str]) -> ResponseReturnValue:
    """Lock or unlock what was ticked, once, and say how many it were."""
    actor, form, now = the_actor(), ApproveForm(), utc_now()
    ids = form.pairing_ids.data or []
    if not form.validate_on_submit() or not ids:
        flash(_("还没有选中任何一条。请先勾选。"), "fault")
        return redirect(desk_address())
    back = url_for("pairings.show_pairing", pairing_id=ids[0]) if request.args.get("one") else desk_address()

    def act() -> str:
        turned = turn(ids, actor, now)
        if turned:
            flash(said(turned))
        else:
            flash(_("没有可以改的：别人已经先办了，或者已经办完。"), "fault")
        return back

    location = once(f"{form.key} {request.path}", actor, now, act, back)
    db.session.commit()
    return redirect(location)
