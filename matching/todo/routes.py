"""Each person's first page: what is to be done, for whom, until when."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from matching.access import signed_in, the_actor
from matching.clock import utc_now
from matching.todo.service import agenda_of

blueprint = Blueprint("todo", __name__)


@blueprint.get("/todo")
@signed_in
def todo() -> ResponseReturnValue:
    return render_template("todo/todo.html", agenda=agenda_of(the_actor(), utc_now()))
