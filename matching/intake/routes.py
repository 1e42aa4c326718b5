"""Asking for help: no account, one screen, with or without JavaScript; and the slip that says what happens next."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from matching.access import current_actor, public
from matching.clock import utc_now
from matching.errors import Invalid
from matching.extensions import db, reading
from matching.intake import (
    blueprint,
    queries_places,
    service_asking,
    service_files,
    service_limits,
)
from matching.intake.forms import AskForm, FormWithFiles, plain_phone
from matching.intake.models import Report
from matching.intake.queries import Slip, slip_of
from matching.intake.queries_places import Place
from matching.intake.service import Facts
from matching.intake.service_files import Kept
from matching.intake.service_limits import Sender
from matching.once import once
from matching.qr import qr

__all__ = ["blueprint", "kept_of", "sent_facts", "sent_place"]


@blueprint.route("/ask", methods=["GET", "POST"])
@public
def ask() -> ResponseReturnValue:
    now, form = utc_now(), AskForm()
    if request.method == "GET":
        _fill_in_place(form)
        return _shown(form)
    well = form.validate_on_submit()
    with reading():
        place, choices = sent_place(form)
        sender = _sender(form, place)
        crowd = service_limits.crowd(sender, form.shown.data or "", form.website.data or "", now,
                                     is_known=current_actor() is not None)
    files = kept_of(form, now, keeps=crowd.keeps_files)
    if not (well and place and not form.errors and crowd.lets_through(form, now)):
        return _shown(form, choices, asks_sum=crowd.asks_sum)
    try:
        led = once(f"{form.key} {sender.phone}", None, now,
                   lambda: _take(form, place, files, sender, crowd.is_doubtful, now))
        db.session.commit()
    except Invalid as fault:
        db.session.rollback()
        form.take_fault(fault)
        return _shown(form, choices)
    session["asked"] = int(led)
    return redirect(url_for(".asked"), code=303)


def _sender(form: AskForm, place: Place | None) -> Sender:
    return Sender(request.remote_addr or "", plain_phone(form.phone.data or ""), place.code[:6] if place else "")


def _take(form: AskForm, place: Place, files: list[Kept], sender: Sender, is_doubtful: bool, now: datetime) -> str:
    """Take the report; its number is what a second sending is led to."""
    service_limits.note_asking(sender, now)
    report = service_asking.ask(sent_facts(form, place), files, current_actor(), now, is_doubtful=is_doubtful)
    return str(report.id)


def sent_facts(form: AskForm, place: Place) -> Facts:
    """What a valid form says. The phone's own point counts only where it is the place's."""
    point = form.point()
    near = queries_places.nearest_place(*point) if point else None
    here = point is not None and near is not None and near.code[:6] == place.code[:6] and not form.is_for_other.data
    return Facts(
        origin=service_asking.origin_of(current_actor(), form.is_for_other.data), kinds=form.kinds.data or (),
        area_code=place.code, phone=plain_phone(form.phone.data or ""), name=form.name.data or "",
        words=form.words.data or "", address=form.address.data or "", language=str(get_locale()),
        lat=point[0] if here and point else place.lat, lon=point[1] if here and point else place.lon,
        precision="exact" if here else ("village" if len(place.code) == 12 else "town") if place.lat else None)


def sent_place(form: AskForm) -> tuple[Place | None, list[Place]]:
    """The place that was picked or written; else None and those that may be meant, and the form says what to do.

    Call after validating.
    """
    picked = queries_places.place_of(form.place_code.data or "")
    written = form.place.data or ""
    if picked is not None and written in ("", picked.label):
        form.place.data = picked.label
        return picked, []
    if (found := queries_places.the_place(written)) is not None:
        form.place.data, form.place_code.data = found.label, found.code
        return found, []
    choices = list(queries_places.find_places(written))
    if picked is not None and any(choice.code == picked.code for choice in choices):
        form.place.data = picked.label
        return picked, []
    form.take_fault(Invalid(
        _("是下面哪一个？点一个。") if choices else
        _("没有找到这个地方。写村名、社区名或者镇名，比如“后塘”。") if written
        else _("写村名、社区名或者镇名。"), "place"))
    return None, choices


def kept_of(form: FormWithFiles, now: datetime, *, keeps: bool = True) -> list[Kept]:
    """The photo and the message of a form, those of an earlier sending included; they stay in the form's draft.

    What goes into the vault is counted, and committed at once. `keeps` False: nothing more is taken, and that is said.
    """
    files, many = service_files.kept_files(form.kept.data or ""), 0
    for name in ("photo", "voice"):
        if (file := form.sent(name)) is None:
            continue
        if not keeps:
            flash(_("来的人太多，照片和录音这次没有收下。过一会儿凭码再加。"))
            break
        content, written_name = file.read(), file.filename or ""
        file.close()
        try:
            kept = (service_files.keep_photo(content, written_name) if name == "photo"
                    else service_files.keep_voice(content))
            files, many = [one for one in files if one.kind != name] + [kept], many + 1
        except Invalid as fault:
            form.take_fault(fault)
    if many and current_actor() is None:
        service_limits.note_files(request.remote_addr or "", many, now)
        db.session.commit()
    form.kept.data = service_files.signed(files)
    return files


def _fill_in_place(form: AskForm) -> None:
    """A poster opens the form with its community filled in."""
    with reading():
        place = queries_places.place_of(request.args.get("place", "")[:12])
    if place is not None:
        form.place.data, form.place_code.data = place.label, place.code


def _shown(form: AskForm, choices: list[Place] | None = None, *, asks_sum: bool = False) -> ResponseReturnValue:
    """The form, fresh or with its faults; what was typed, recorded and photographed is still there."""
    question = service_limits.put_question(form) if asks_sum else None
    kept = {one.kind for one in service_files.kept_files(form.kept.data or "")}
    page = render_template("intake/ask.html", form=form, choices=choices or [], question=question, kept=kept,
                           seconds=service_files.MOST_SECONDS)
    return page, 422 if request.method == "POST" else 200


@blueprint.get("/intake/asked")
@public
def asked() -> ResponseReturnValue:
    """The slip with the code, for the browser that has just asked."""
    with reading():
        report = db.session.get(Report, session.get("asked") or 0)
        slip: Slip | None = slip_of(report) if report is not None else None
    if slip is None:
        return redirect(url_for(".ask"))
    return render_template("intake/asked.html", slip=slip, code=qr(url_for(".case", _external=True)))


@blueprint.post("/intake/find-places")
@public
def find_places() -> ResponseReturnValue:
    """Places for a few typed characters, or the one nearest to a point; posted, so that no address holds them."""
    form = AskForm(meta={"csrf": False})
    with reading():
        point = form.point()
        near = queries_places.nearest_place(*point) if point else None
        found = [near] if near else [] if point else queries_places.find_places(request.form.get("written", "")[:60])
        return {"places": [{"code": place.code, "label": place.label} for place in found]}
