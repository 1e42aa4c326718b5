"""Reads of promised help: what waits for a decision, for papers, for money; one promise with all about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from matching.actor import Actor
from matching.assistance.models_grants import Grant
from matching.assistance.service_rhythm import period_of, periods
from matching.errors import NotThere
from matching.extensions import db
from matching.households.models import Household
from matching.places.queries import within

PAGE = 40
GROUPS = ("asked", "papers", "returned", "reclaim", "approved")
"""What a list can show: to be decided, papers that are owed, returned, to be reclaimed, approved here."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of grants with their households; `number` counts from 1."""

    grants: Sequence[Grant]
    number: int
    total: int

    @property
    def first(self) -> int:
        """Position of the first line, 0 when there is none."""
        return (self.number - 1) * PAGE + 1 if self.grants else 0

    @property
    def last(self) -> int:
        """Position of the last line."""
        return (self.number - 1) * PAGE + len(self.grants)


def grant_or_404(grant_id: int, actor: Actor) -> Grant:
    """A grant of a household in the actor's reach, with household and payments; NotThere otherwise."""
    grant = db.session.get(Grant, grant_id, options=[joinedload(Grant.household), selectinload(Grant.payments)])
    if grant is None or not actor.reaches(grant.household.area_code):
        raise NotThere
    return grant


def grant_page(actor: Actor, group: str, number: int) -> Page:
    """One page of a group in reach; the longest waiting first. Those from registers were never asked for here."""
    chosen = select(Grant).join(Grant.household).where(_in_group(group), within(Household.area_code, actor.area_code))
    total = db.session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    grants = db.session.scalars(chosen.options(contains_eager(Grant.household)).order_by(
        Grant.asked_at, Grant.id).limit(PAGE).offset((number - 1) * PAGE)).all()
    return Page(grants, number, total)


def group_counts(actor: Actor) -> Mapping[str, int]:
    """How many grants each group has in reach: one SELECT."""
    columns = [func.count().filter(_in_group(group)).label(group) for group in GROUPS]
    row = db.session.execute(select(*columns).select_from(Grant).join(Grant.household).where(
        within(Household.area_code, actor.area_code), Grant.origin_key.is_(None))).one()
    return dict(zip(GROUPS, row, strict=True))


def _in_group(group: str) -> ColumnElement[bool]:
    asked_here = Grant.asked_at.is_not(None)
    if group == "papers":
        return Grant.is_green.is_(True) & Grant.papers_in_on.is_(None) & Grant.state.in_(("asked", "approved"))
    if group == "reclaim":
        return Grant.reclaim == "due"
    return (Grant.state == group) & asked_here


def missed_periods(grant: Grant, today: date) -> list[str]:
    """Periods that were due before the present one and have no payment."""
    if grant.rhythm == "once" or grant.state != "approved" or not grant.starts_on:
        return []
    had = {period_of(payment.paid_on, grant.rhythm) for payment in grant.payments if payment.paid_on}
    last = min(today, grant.until) if grant.until else today
    running = period_of(today, grant.rhythm)
    return [period for period in periods(grant.starts_on, last, grant.rhythm)
            if period not in had and period != running]
