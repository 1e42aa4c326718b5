"""Households by place: a map, and beside it a list that says the same."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from matching.access import may, the_actor
from matching.actor import Right
from matching.households import blueprint, queries_map


@blueprint.get("/map-households")
@may(Right.READ_HOUSEHOLDS)
def map_households() -> ResponseReturnValue:
    actor = the_actor()
    shown = queries_map.map_of(actor, request.args.get("area_code", ""))
    return render_template("households/map_households.html", map=shown, whole=shown.code == actor.area_code)
