"""What a preview found, a page at a time: faults by row and cell, doubles side by side, changes field by field."""

from __future__ import annotations

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matching.access import may, the_actor
from matching.actor import Right
from matching.exchange import queries_imports as queries
from matching.exchange import queries_preview as preview
from matching.exchange.routes import blueprint
from matching.tables import CSV, XLSX, csv_bytes, xlsx_bytes
from matching.views import LAST_PAGE


def _after() -> int:
    return min(max(request.args.get("after", -1, type=int), -1), LAST_PAGE * LAST_PAGE)


@blueprint.get("/<int:import_id>/list-import-faults")
@may(Right.IMPORT)
def list_import_faults(import_id: int) -> ResponseReturnValue:
    row = queries.import_or_404(import_id, the_actor())
    kind, verdict = request.args.get("kind", ""), request.args.get("verdict", "")
    found = queries.findings_page(row, "fault", _after(), kind, verdict)
    rows = preview.fault_rows(row, found.rows)
    following = url_for(".list_import_faults", import_id=row.id, kind=kind or None, verdict=verdict or None,
                        after=found.following) if found.following is not None else None
    return render_template("exchange/list_import_faults.html", row=row, rows=rows, kind=kind, verdict=verdict,
                           fields=preview.shown_fields(row, rows), kinds=preview.kind_choices(row), next_url=following)


@blueprint.get("/<int:import_id>/list-import-doubles")
@may(Right.IMPORT)
def list_import_doubles(import_id: int) -> ResponseReturnValue:
    row = queries.import_or_404(import_id, the_actor())
    found = queries.findings_page(row, "double", _after())
    following = url_for(".list_import_doubles", import_id=row.id,
                        after=found.following) if found.following is not None else None
    return render_template("exchange/list_import_doubles.html", row=row, next_url=following,
                           cards=preview.double_cards(row, found.rows, the_actor()))


@blueprint.get("/<int:import_id>/list-import-changes")
@may(Right.IMPORT)
def list_import_changes(import_id: int) -> ResponseReturnValue:
    row = queries.import_or_404(import_id, the_actor())
    found = queries.findings_page(row, "change", _after())
    following = url_for(".list_import_changes", import_id=row.id,
                        after=found.following) if found.following is not None else None
    return render_template("exchange/list_import_changes.html", row=row, lines=preview.changes(found.rows),
                           next_url=following)


@blueprint.get("/<int:import_id>/list-import-leftovers")
@may(Right.IMPORT)
def list_import_leftovers(import_id: int) -> ResponseReturnValue:
    row = queries.import_or_404(import_id, the_actor())
    found = queries.findings_page(row, "kept", _after())
    following = url_for(".list_import_leftovers", import_id=row.id,
                        after=found.following) if found.following is not None else None
    return render_template("exchange/list_import_leftovers.html", row=row, lines=preview.leftovers(found.rows),
                           next_url=following)


@blueprint.get("/<int:import_id>/download-import-faults")
@may(Right.IMPORT)
def download_import_faults(import_id: int) -> ResponseReturnValue:
    row = queries.import_or_404(import_id, the_actor())
    table = preview.fault_table(queries.all_faults(row))
    as_csv = request.args.get("form") == "csv"
    answer = Response(csv_bytes(table) if as_csv else xlsx_bytes(table), mimetype=CSV if as_csv else XLSX)
    name = f"import-{row.id}-faults.{'csv' if as_csv else 'xlsx'}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
