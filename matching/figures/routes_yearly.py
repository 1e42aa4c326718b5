"""The yearly report: figures of what was given between two days, the rows that each opens, and both as files."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.access import may, the_actor
from matching.actor import Actor, Right
from matching.assistance.models_grants import SOURCES
from matching.audit.service import record
from matching.clock import day_of, utc_now
from matching.errors import Invalid, NotThere
from matching.extensions import db
from matching.figures import blueprint, queries, queries_charts, queries_yearly, queries_yearly_rows
from matching.figures.queries_yearly import COUNTED, Chosen, Span
from matching.figures.queries_yearly_rows import Table
from matching.offers.models import HELP_TYPES
from matching.places.queries import ancestors, area_names
from matching.tables import XLSX, xlsx_bytes
from matching.views import asked_page, turned
from matching.words_policies import source_word


def asked_span(actor: Actor) -> Span:
    """The area and days in the address; without days the year until today. Raises NotThere out of reach."""
    code, today = request.args.get("area") or actor.area_code, day_of(utc_now())
    if not actor.reaches(code) or len(code) not in queries.BELOW:
        raise NotThere
    try:
        first = date.fromisoformat(request.args.get("from") or date(today.year, 1, 1).isoformat())
        last = date.fromisoformat(request.args.get("to") or today.isoformat())
    except ValueError:
        raise Invalid(_("日子要写成 2026-11-25 这样。")) from None
    if last < first:
        raise Invalid(_("结束的日子不能早于开始的日子。"))
    return Span(code, first, last)


def asked_figure() -> Chosen:
    """The figure in the address. Raises NotThere for one that is none."""
    chosen = Chosen(request.args.get("figure", "households"), request.args.get("help_type", ""),
                    request.args.get("source", ""), request.args.get("progress", "")[:20].replace("\x00", ""))
    if (chosen.figure not in COUNTED or chosen.help_type not in ("", *HELP_TYPES)
            or chosen.source not in ("", *SOURCES)):
        raise NotThere
    return chosen


def kept(span: Span, chosen: Chosen | None = None) -> dict[str, str]:
    """What the addresses of a span, and of a figure in it, carry."""
    told = {"area": span.area_code, "from": span.first.isoformat(), "to": span.last.isoformat()}
    if chosen is not None:
        told |= {"figure": chosen.figure, "help_type": chosen.help_type, "source": chosen.source,
                 "progress": chosen.progress}
    return {name: value for name, value in told.items() if value}


@blueprint.get("/yearly-report")
@may(Right.READ_FIGURES)
def yearly_report() -> ResponseReturnValue:
    actor = the_actor()
    span = asked_span(actor)
    report, months = queries_yearly.report(span), queries_yearly.sums_by_period(span)
    above = [part for part in ancestors(span.area_code)[:-1] if actor.reaches(part)]

    def door(days: Span) -> str:
        """Where the money of some days opens its rows."""
        return url_for(".yearly_rows", **dict[str, Any](kept(days, Chosen("money"))))

    return render_template(
        "figures/yearly_report.html", span=span, kept=kept(span), report=report, months=months, door=door,
        columns=queries_charts.columns([(period[5:].lstrip("0") or period, fen) for period, _days, fen in months]),
        bars=queries_charts.bars([(source_word(code), fen) for code, fen in report.by_source.items()]),
        names=area_names([*above, span.area_code]), above=above, sees_rows=actor.may(Right.READ_ASSISTANCE))


@blueprint.get("/yearly-rows")
@may(Right.READ_ASSISTANCE)
def yearly_rows() -> ResponseReturnValue:
    span, chosen = asked_span(the_actor()), asked_figure()
    page = queries_yearly_rows.page_of(span, chosen, asked_page())
    return render_template(
        "figures/yearly_rows.html", span=span, chosen=chosen, page=page, kept=kept(span), doors=kept(span, chosen),
        total=queries_yearly.count_rows(span, chosen), names=area_names([span.area_code]),
        ways=turned(".yearly_rows", page, **kept(span, chosen)), sees_report=the_actor().may(Right.READ_FIGURES))


@blueprint.get("/download-yearly-report")
@may(Right.READ_FIGURES)
def download_yearly_report() -> ResponseReturnValue:
    span = asked_span(the_actor())
    names = area_names([span.area_code])
    return sheet(queries_yearly_rows.figures_table(span, names.get(span.area_code, span.area_code)), span, "report")


@blueprint.get("/download-yearly-rows")
@may(Right.READ_ASSISTANCE, logs=True)
def download_yearly_rows() -> ResponseReturnValue:
    actor = the_actor()
    span, chosen = asked_span(actor), asked_figure()
    table = queries_yearly_rows.table_of(span, chosen)
    record(actor, "figures.export", utc_now(), object_type="area", area_code=span.area_code,
           changes=kept(span, chosen) | {"rows": str(len(table) - 1)})
    db.session.commit()
    return sheet(table, span, chosen.figure)


def sheet(table: Table, span: Span, what: str) -> Response:
    """A table as an XLSX file whose texts are texts."""
    name = f"{what}-{span.area_code}-{span.first.isoformat()}-{span.last.isoformat()}.xlsx"
    return Response(xlsx_bytes(table), mimetype=XLSX, headers={
        "Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"})
