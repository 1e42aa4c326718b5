"""The few things that views of every slice do: read the page asked for, act once on a sent form, show a form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching.access import the_actor
from matching.clock import utc_now
from matching.errors import Invalid
from matching.extensions import db
from matching.forms import BaseForm, CreatingForm
from matching.keyset import Asked, Page
from matching.once import once

LAST_PAGE = 100_000


def chosen_type() -> str:
    """The help type that a form was sent for or that its page was asked for; empty when none was chosen yet."""
    return (request.form if request.method == "POST" else request.args).get("help_type", "")


def page_number() -> int:
    """The page asked for, from 1; nonsense counts as 1, and no number is too large for a database."""
    return min(max(request.args.get("page", 1, type=int), 1), LAST_PAGE)


def asked_page() -> Asked:
    """Which page of a list by keyset the address asks for."""
    return Asked(request.args.get("after", "")[:500], request.args.get("before", "")[:500])


def turned(endpoint: str, page: Page[Any], **kept: object) -> dict[str, str | None]:
    """Addresses of the pages before and after one, and of the first; what is kept stays in them, but for empty values.

    Keys `first`, `previous`, `next`: what `components/page_turner.html` takes.
    """
    asked: dict[str, Any] = {name: value for name, value in kept.items() if value}
    return {"first": url_for(endpoint, **asked) if page.before else None,
            "previous": url_for(endpoint, **asked, before=page.before) if page.before else None,
            "next": url_for(endpoint, **asked, after=page.after) if page.after else None}


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing by which a list is filtered: its name, what it is called, what was chosen, and the list without it."""

    name: str
    label: str
    word: str
    url: str


def chips(endpoint: str, kept: Mapping[str, object], told: Mapping[str, tuple[str, str]]) -> list[Chip]:
    """The filters that are set: `kept` is what the address keeps, `told` the label and word of each that shows."""
    return [Chip(name, label, word, url_for(endpoint, **{
        other: value for other, value in kept.items() if value and other != name}))  # type: ignore[arg-type]
        for name, (label, word) in told.items() if kept.get(name)]


def sent_well(form: CreatingForm, act: Callable[[], str]) -> str | None:
    """Run `act` once for a valid form and commit; the address to go to, or None when a fault is shown instead."""
    if not form.validate_on_submit():
        return None
    try:
        location = once(form.key, the_actor(), utc_now(), act)
        db.session.commit()
    except Invalid as fault:
        db.session.rollback()
        form.take_fault(fault)
        return None
    return location


def done(form: CreatingForm, act: Callable[[], str]) -> ResponseReturnValue:
    """The answer to a form that stands on another page: go where `act` leads. Raises Invalid with the form's faults."""
    location = sent_well(form, act)
    if location is None:
        faults = [str(fault) for field in form for fault in field.errors] + [str(fault) for fault in form.form_errors]
        raise Invalid("；".join(faults) or _("请再点一次。"))
    return redirect(location)


def answered(form: CreatingForm, act: Callable[[], str], template: str, **values: object) -> ResponseReturnValue:
    """A page that asks with a form: go where `act` leads once it was sent well, else show it, with its faults."""
    location = sent_well(form, act)
    return shown(template, form, **values) if location is None else redirect(location)


def shown(template: str, form: BaseForm, **values: object) -> ResponseReturnValue:
    """The page of a form: 200 when it is fresh, 422 with its faults."""
    return render_template(template, form=form, **values), 422 if form.errors else 200
