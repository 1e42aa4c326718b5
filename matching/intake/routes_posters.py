"""A poster for the village's wall: a QR code that opens `/ask` with the place filled in."""

from __future__ import annotations

import io

from flask import current_app, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from matching.access import may, the_actor
from matching.actor import Actor, Right
from matching.errors import NotThere
from matching.households.queries import areas_below
from matching.intake import blueprint, queries_places
from matching.intake.queries_places import Place
from matching.places.queries import area_name
from matching.printing import pdf
from matching.qr import Qr, qr

SHORTEST = 9
"""A poster is a town's or a community's."""


@blueprint.get("/intake/poster")
@may(Right.HANDLE_REPORTS)
def poster() -> ResponseReturnValue:
    actor, code = the_actor(), _chosen(the_actor())
    place = queries_places.place_of(code)
    areas = [(actor.area_code, area_name(actor.area_code))] if len(actor.area_code) >= SHORTEST else []
    return render_template("intake/poster.html", place=place, code=code, areas=areas + areas_below(actor, code),
                           sheet=sheet(place) if place else None, drawing=_code(place) if place else None)


@blueprint.get("/intake/poster-pdf")
@may(Right.HANDLE_REPORTS)
def poster_pdf() -> ResponseReturnValue:
    """The poster as one A4 page."""
    place = queries_places.place_of(_chosen(the_actor()))
    if place is None:
        raise NotThere
    content = pdf("poster", {**sheet(place), "svg": _svg(_code(place))})
    return send_file(io.BytesIO(content), "application/pdf", as_attachment=True, max_age=0,
                     download_name=_("求助海报 %(place)s", place=place.label) + ".pdf")


def sheet(place: Place) -> dict[str, object]:
    """The words of a place's poster: Chinese, whoever prints it, with a line of English."""
    with force_locale("en"):
        other = {"title": _("有难处，扫这里"),
                 "lead": _("看病、没钱、没吃的、房子、上学、没人照顾，都可以说。不用账号。")}
    with force_locale("zh_Hans"):
        return {"title": _("有难处，扫这里"), "place": place.label, "other": other, "address": _address(place),
                "lead": _("看病、没钱、没吃的、房子、上学、没人照顾，都可以说。不用账号。"),
                "steps": [_("扫一扫"), _("点哪里有难处"), _("留个电话"), _("明天有人上门")],
                "danger": [_("有生命危险，先打 120 或 110。"), _("不会用手机，找村里、社区的干部帮您点。")],
                "who": _("替邻居说也可以。先接的人负责到底。")}


def _chosen(actor: Actor) -> str:
    """The place that the address asks for, within reach; else one's own, or the county's first town."""
    below = areas_below(actor, "") if len(actor.area_code) < SHORTEST else []
    code = request.args.get("place", "")[:12] or (below[0][0] if below else actor.area_code)
    if not actor.reaches(code) or len(code) < SHORTEST:
        raise NotThere
    return code


def _address(place: Place) -> str:
    """Where the poster leads: an address that others can open."""
    site = str(current_app.config["SITE_URL"])
    return site + url_for(".ask", place=place.code) if site else url_for(".ask", place=place.code, _external=True)


def _code(place: Place) -> Qr:
    return qr(_address(place))


def _svg(code: Qr) -> str:
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {code.side} {code.side}">'
            f'<path d="{code.path}"/></svg>')
