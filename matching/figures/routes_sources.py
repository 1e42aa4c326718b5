"""Which source found whom, as a page and as a file."""

from __future__ import annotations

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from matching.access import may, the_actor
from matching.actor import Right
from matching.figures import blueprint
from matching.figures.queries_sources import sources_of, sources_table
from matching.figures.routes_yearly import asked_span, kept
from matching.places.queries import ancestors, area_names
from matching.tables import CSV, csv_bytes


@blueprint.get("/sources")
@may(Right.READ_FIGURES)
def sources() -> ResponseReturnValue:
    actor = the_actor()
    span = asked_span(actor)
    above = [part for part in ancestors(span.area_code)[:-1] if actor.reaches(part)]
    return render_template("figures/sources.html", span=span, kept=kept(span), found=sources_of(span), above=above,
                           names=area_names([*above, span.area_code]))


@blueprint.get("/download-sources")
@may(Right.READ_FIGURES)
def download_sources() -> ResponseReturnValue:
    span = asked_span(the_actor())
    name = area_names([span.area_code]).get(span.area_code, span.area_code)
    file = f"sources-{span.area_code}-{span.first.isoformat()}-{span.last.isoformat()}.csv"
    return Response(csv_bytes(sources_table(sources_of(span), name)), mimetype=CSV, headers={
        "Content-Disposition": f'attachment; filename="{file}"', "Cache-Control": "no-store"})
