"""Reads of referrals: who can be asked, an officer's list, and what the organisation that is asked may see of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager

from matching.actor import Actor
from matching.clock import day_of
from matching.errors import NotThere
from matching.extensions import db
from matching.intake.models import Report
from matching.intake.models_work import Referral
from matching.intake.service_referrals import in_reach
from matching.keyset import Asked, Key, Order, Page, whole
from matching.offers.models import Offer
from matching.organisations.models import Organisation
from matching.places.queries import area_names, area_path, area_paths, within

__all__ = ["GROUPS", "OUR_GROUPS", "Handed", "choices", "contact", "counts", "handed", "list_referrals", "of_report",
           "our_counts", "our_referral_or_404", "our_referrals", "overdue", "referral_or_404"]

PAGE = 40
MOST_CHOICES = 400
GROUPS: Mapping[str, tuple[str, ...]] = {
    "late": ("waiting", "accepted"), "waiting": ("waiting",), "accepted": ("accepted",),
    "ended": ("refused", "answered", "withdrawn")}
OUR_GROUPS: Mapping[str, tuple[str, ...]] = {
    "answer": ("waiting",), "do": ("accepted",), "ended": ("refused", "answered", "withdrawn")}
NEWEST_FIRST = Order(Key(Referral.id, whole, falls=True))
DUE_FIRST = Order(Key(Referral.answer_due_on, date.fromisoformat), Key(Referral.id, whole))


@dataclass(frozen=True, slots=True)
class Handed:
    """One referral in finished values. `place` is the path of the village for officers, the town for others."""

    id: int
    number: str
    report_id: int
    type: str
    state: str
    place: str
    urgency: int
    waited_days: int
    organisation: str
    due_on: date | None
    is_late: bool
    asked_by: str
    has_consent: bool
    is_new: bool
    """Its answer has not been read yet."""


def overdue(today: date) -> ColumnElement[bool]:
    """SQL condition: the organisation's answer, or its deed, is past its day."""
    return or_(and_(Referral.state == "waiting", Referral.answer_due_on < today),
               and_(Referral.state == "accepted", Referral.act_by_on < today))


def referral_or_404(referral_id: int, actor: Actor) -> Referral:
    """A referral of a report in the officer's reach; raises NotThere."""
    referral = db.session.scalar(_whole().where(Referral.id == referral_id))
    if referral is None or not actor.reaches(referral.report.area_code):
        raise NotThere
    return referral


def our_referral_or_404(referral_id: int, actor: Actor) -> Referral:
    """A referral to the actor's own organisation; raises NotThere."""
    referral = db.session.scalar(_whole().where(Referral.id == referral_id))
    if referral is None or actor.organisation_id is None or referral.organisation_id != actor.organisation_id:
        raise NotThere
    return referral


def list_referrals(actor: Actor, group: str, asked: Asked, today: date) -> Page[Referral]:
    """A page of the referrals in an officer's reach, the newest first."""
    wanted = [within(Report.area_code, actor.area_code), Referral.state.in_(GROUPS[group])]
    if group == "late":
        wanted.append(overdue(today))
    rows = db.session.scalars(NEWEST_FIRST.take(_whole().where(*wanted), asked, PAGE)).all()
    return NEWEST_FIRST.page(rows, asked, PAGE, lambda row: (row.id,))


def counts(actor: Actor, today: date) -> dict[str, int]:
    """How many referrals lie in each group of an officer's list; one SELECT."""
    late = func.count().filter(overdue(today))
    rows = db.session.execute(
        select(Referral.state, func.count(), late).join(Report, Report.id == Referral.report_id)
        .where(within(Report.area_code, actor.area_code)).group_by(Referral.state)).all()
    by_state = {state: many for state, many, _late in rows}
    found = {group: sum(by_state.get(state, 0) for state in states) for group, states in GROUPS.items()}
    return found | {"late": sum(many for _state, _many, many in rows)}


def our_referrals(actor: Actor, group: str, asked: Asked) -> Page[Referral]:
    """A page of what was referred to the actor's organisation, what is due first before the rest."""
    rows = db.session.scalars(DUE_FIRST.take(_whole().where(
        Referral.organisation_id == (actor.organisation_id or 0), Referral.state.in_(OUR_GROUPS[group])),
        asked, PAGE)).all()
    return DUE_FIRST.page(rows, asked, PAGE, lambda row: (row.answer_due_on, row.id))


def our_counts(actor: Actor) -> dict[str, int]:
    """How many referrals to the actor's organisation lie in each group; one SELECT."""
    by_state: dict[str, int] = dict(db.session.execute(select(Referral.state, func.count()).where(
        Referral.organisation_id == (actor.organisation_id or 0)).group_by(Referral.state)).all())
    return {group: sum(by_state.get(state, 0) for state in states) for group, states in OUR_GROUPS.items()}


def of_report(report: Report) -> Sequence[Referral]:
    """The referrals of a report, the first asked first."""
    return db.session.scalars(_whole().where(Referral.report_id == report.id).order_by(Referral.id)).all()


def handed(referrals: Sequence[Referral], today: date, *, inside: bool) -> list[Handed]:
    """Referrals in finished values; `inside`: for officers, who see the village."""
    if inside:
        places: Mapping[str, str] = area_paths({row.report.area_code for row in referrals}, str(get_locale()))
    else:
        towns = area_names({row.report.area_code[:9] for row in referrals})
        places = {row.report.area_code: towns.get(row.report.area_code[:9], "") for row in referrals}
    return [Handed(
        row.id, f"Z-{row.id:05d}", row.report_id, row.help_type, row.state, places[row.report.area_code],
        row.report.urgency, (today - day_of(row.report.created_at)).days, row.organisation.name, row.due_on,
        row.due_on is not None and row.due_on < today, row.asked_by_name, row.consented_at is not None,
        row.seen_at is None and row.state in ("accepted", "refused", "answered")) for row in referrals]


def contact(report: Report) -> list[tuple[str, str]]:
    """Whom it is about and how to reach them, for the organisation that is entitled to it."""
    return [(_("怎么称呼"), report.name or _("没有留名字，请问干部")),
            (_("电话"), report.phone or _("没有留电话，请问干部")),
            (_("地址"), report.address or area_path(report.area_code, str(get_locale())))]


def choices(report: Report, help_type: str) -> dict[str, list[tuple[int, str]]]:
    """Who can be asked, in groups: those with an open offer of this help, departments, others; by name. One SELECT."""
    gives = exists().where(Offer.organisation_id == Organisation.id, Offer.status == "open",
                           Offer.help_type == help_type)
    rows = db.session.execute(
        select(Organisation.id, Organisation.name, Organisation.kind, gives).where(*in_reach(report.area_code))
        .order_by(Organisation.name, Organisation.id).limit(MOST_CHOICES)).all()
    titles = (_("部门"), _("登记过这类资源的机构"), _("别的机构"))
    groups: dict[str, list[tuple[int, str]]] = {title: [] for title in titles}
    for number, name, kind, has_offer in rows:
        groups[titles[0 if kind == "department" else 1 if has_offer else 2]].append((number, name))
    found = {title: listed for title, listed in groups.items() if listed}
    return {_("还没有选"): [(0, _("选一个单位"))], **found} if found else {}


def _whole() -> Select[Referral]:
    """Referrals with their report and organisation."""
    return (select(Referral).join(Referral.report).join(Referral.organisation)
            .options(contains_eager(Referral.report), contains_eager(Referral.organisation)))
