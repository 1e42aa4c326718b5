"""Home, about, privacy, accessibility, the health check, and the choice of language, type size and theme."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

import matching.accounts.service as accounts
from matching.access import actor_home, current_actor, public
from matching.extensions import db
from matching.language import A_YEAR
from matching.pages import queries, service

blueprint = Blueprint("pages", __name__)
ROBOTS = "User-agent: *\nAllow: /$\nAllow: /about\nAllow: /offers\nAllow: /ask$\nDisallow: /\n"


@blueprint.app_context_processor
def reading() -> dict[str, str]:
    """What the frame needs: the chosen size and theme, and the path to come back to after a choice."""
    rule = request.url_rule
    here = request.full_path.rstrip("?") if rule is not None and "GET" in (rule.methods or ()) else "/"
    return {"here": here, "size": service.accepted("size", request.cookies.get("size")),
            "theme": service.accepted("theme", request.cookies.get("theme"))}


@blueprint.get("/")
@public
def home() -> ResponseReturnValue:
    if (actor := current_actor()) is not None:
        return redirect(actor_home(actor))
    return render_template("pages/home.html")


@blueprint.get("/about")
@public
def about() -> ResponseReturnValue:
    return render_template("pages/about.html")


@blueprint.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    return render_template("pages/privacy.html")


@blueprint.get("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    return render_template("pages/accessibility.html")


def _remember(kind: str) -> ResponseReturnValue:
    """Keep a choice in its cookie and go back to where it was made."""
    answer = redirect(service.same_site_path(request.form.get("next")), code=303)
    answer.set_cookie(kind, service.accepted(kind, request.form.get(kind)), max_age=A_YEAR, httponly=True,
                      secure=current_app.config["SESSION_COOKIE_SECURE"], samesite="Lax")
    return answer


@blueprint.post("/choose-language")
@public
def choose_language() -> ResponseReturnValue:
    if (actor := current_actor()) is not None:
        accounts.choose_language(actor.user_id, service.accepted("language", request.form.get("language")))
        db.session.commit()
    return _remember("language")


@blueprint.post("/choose-size")
@public
def choose_size() -> ResponseReturnValue:
    return _remember("size")


@blueprint.post("/choose-theme")
@public
def choose_theme() -> ResponseReturnValue:
    return _remember("theme")


@blueprint.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    reason = queries.reason_unwell(current_app.config["MIGRATIONS"])
    return {"ok": True} if reason is None else ({"ok": False, "reason": reason}, 503)


@blueprint.get("/robots.txt")
@public
def robots() -> ResponseReturnValue:
    return Response(ROBOTS, mimetype="text/plain")
