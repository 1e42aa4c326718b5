"""Figures of an area, each of which opens the rows it was counted from."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from matching.access import may, the_actor
from matching.actor import Right
from matching.errors import NotThere
from matching.figures import blueprint, queries
from matching.places.queries import ancestors, area_names
from matching.views import page_number


@blueprint.get("/overview")
@may(Right.READ_FIGURES)
def overview() -> ResponseReturnValue:
    actor = the_actor()
    code = request.args.get("area") or actor.area_code
    if not actor.reaches(code) or len(code) not in queries.BELOW:
        raise NotThere
    figures, page = queries.figures_of(code), page_number()
    above = [part for part in ancestors(code)[:-1] if actor.reaches(part) and len(part) in queries.BELOW]
    return render_template(
        "figures/overview.html", figures=figures, code=code, areas=figures.page(page), page=page, above=above,
        names=area_names(above), page_size=queries.PAGE, deeper=len(code) < queries.DEEPEST,
        sees_rows=actor.may(Right.READ_HOUSEHOLDS))
