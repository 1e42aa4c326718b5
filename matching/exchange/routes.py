"""Imports: bring a register, watch it being read, confirm, stop, take back."""

from __future__ import annotations

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from matching.access import current_actor, may, the_actor
from matching.actor import Right
from matching.clock import utc_now
from matching.exchange import queries_imports as queries
from matching.exchange import queries_preview as preview
from matching.exchange import service_imports as imports
from matching.exchange.forms import ImportForm, StepForm
from matching.exchange.messages import refusal_message
from matching.exchange.workbook import FileRefused
from matching.extensions import db
from matching.once import once
from matching.views import sent_well, shown
from matching.words_registers import KINDS, STATES, TAGS

blueprint = Blueprint("exchange", __name__, url_prefix="/exchange")
WORKING = ("waiting", "reading", "confirmed", "applying", "undoing")
LISTS = frozenset({"households.list_households", "households.map_households", "assistance.list_gaps", "pairings.desk",
                   "figures.overview"})
"""Pages that say so when a register is half written."""


@blueprint.app_context_processor
def half_written() -> dict[str, bool]:
    """Whether what a list shows is not whole, because a register is just being written."""
    actor = current_actor() if request.endpoint in LISTS else None
    return {"unfinished_import": queries.is_unfinished(actor)} if actor is not None else {}


@blueprint.get("/list-imports")
@may(Right.IMPORT)
def list_imports() -> ResponseReturnValue:
    rows, following = queries.imports_of(the_actor(), request.args.get("before", type=int))
    lines = [{"row": row, "name": name or _("服务器上的命令"), "kind": str(KINDS[row.kind]),
              "state": str(STATES[row.state]), "tag": TAGS.get(row.state, "")} for row, name in rows]
    return render_template("exchange/list_imports.html", lines=lines,
                           next_url=url_for(".list_imports", before=following) if following else None)


@blueprint.route("/add-import", methods=["GET", "POST"])
@may(Right.IMPORT)
def add_import() -> ResponseReturnValue:
    actor, form = the_actor(), ImportForm()
    form.kind.choices = [(kind, KINDS[kind]) for kind in imports.kinds_of(actor)]

    def act() -> str:
        file = form.file.data
        row = imports.ask_import(form.kind.data, file.filename or "", file.read(), actor, utc_now())
        return url_for(".show_import", import_id=row.id)

    if location := sent_well(form, act):
        return redirect(location)
    return shown("exchange/add_import.html", form, days=imports.KEEP_FILE.days)


@blueprint.get("/<int:import_id>/show-import")
@may(Right.IMPORT)
def show_import(import_id: int) -> ResponseReturnValue:
    row = queries.import_or_404(import_id, the_actor())
    reason = ""
    if row.state == "refused":
        reason = refusal_message(FileRefused(row.fault["code"], **row.fault["values"]))
    return render_template("exchange/show_import.html", row=row, reason=reason,
                           headline=preview.headline(row, imports.is_held_up(row, utc_now())),
                           working=row.state in WORKING, step=StepForm(), kind=str(KINDS[row.kind]),
                           counts=queries.list_counts(row), columns=preview.column_rows(row),
                           sums=preview.sums(row), days=imports.KEEP_FILE.days)


@blueprint.get("/<int:import_id>/import-progress")
@may(Right.IMPORT)
def import_progress(import_id: int) -> ResponseReturnValue:
    row = queries.import_or_404(import_id, the_actor())
    return jsonify(done=row.progress, total=100, text=preview.headline(row, imports.is_held_up(row, utc_now())),
                   finished=row.state not in WORKING)


@blueprint.post("/<int:import_id>/confirm-import")
@may(Right.IMPORT)
def confirm_import(import_id: int) -> ResponseReturnValue:
    actor, form, now = the_actor(), StepForm(), utc_now()
    row = queries.import_or_404(import_id, actor)
    form.validate_on_submit()

    def act() -> str:
        imports.confirm(row, actor, now)
        return url_for(".show_import", import_id=import_id)

    location = once(form.key, actor, now, act)
    db.session.commit()
    return redirect(location)


@blueprint.post("/<int:import_id>/cancel-import")
@may(Right.IMPORT)
def cancel_import(import_id: int) -> ResponseReturnValue:
    actor, form, now = the_actor(), StepForm(), utc_now()
    row = queries.import_or_404(import_id, actor)
    form.validate_on_submit()

    def act() -> str:
        imports.cancel(row, actor, now)
        flash(_("已经停下，什么都没有写入。") if row.state == "cancelled" else _("已经停下，正在把写进去的拿掉。"))
        return url_for(".show_import", import_id=import_id)

    location = once(form.key, actor, now, act)
    db.session.commit()
    return redirect(location)


@blueprint.post("/<int:import_id>/undo-import")
@may(Right.IMPORT)
def undo_import(import_id: int) -> ResponseReturnValue:
    actor, form, now = the_actor(), StepForm(), utc_now()
    row = queries.import_or_404(import_id, actor)
    form.validate_on_submit()

    def act() -> str:
        imports.ask_undo(row, actor, now)
        return url_for(".show_import", import_id=import_id)

    location = once(form.key, actor, now, act)
    db.session.commit()
    return redirect(location)


@blueprint.route("/<int:import_id>/choose-import-columns", methods=["GET", "POST"])
@may(Right.IMPORT)
def choose_import_columns(import_id: int) -> ResponseReturnValue:
    actor, form, now = the_actor(), StepForm(), utc_now()
    row = queries.import_or_404(import_id, actor)
    if not form.validate_on_submit():
        return shown("exchange/choose_import_columns.html", form, row=row, columns=preview.column_rows(row),
                     choices=list(preview.column_choices(row.kind)))

    def act() -> str:
        chosen = preview.chosen_columns(row, request.form)
        imports.choose_columns(row, chosen, actor, now)
        flash(ngettext("记住了 %(num)s 列的意思，正在重新读。", "记住了 %(num)s 列的意思，正在重新读。", len(chosen)))
        return url_for(".show_import", import_id=import_id)

    location = once(form.key, actor, now, act)
    db.session.commit()
    return redirect(location)
