"""Reads of promised help: what waits for a decision, for papers, for money; one promise with all about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from matching.actor import Actor, Right
from matching.assistance.models_approvals import ApprovalRule, Recusal, Substitute
from matching.assistance.models_grants import Cost, Grant, GrantPaper
from matching.assistance.service_approvals import Rung, rungs_for, waiting_for
from matching.assistance.service_grants import plan_of
from matching.assistance.service_rhythm import Due
from matching.assistance.service_substitutes import reaches
from matching.errors import NotThere
from matching.extensions import db
from matching.households.models import Household
from matching.keyset import Asked, Key, Order, Page, instant, whole
from matching.places.queries import within

PAGE = 40
SHOWN_DUES = 24
BY_WAITING = Order(Key(Grant.asked_at, instant), Key(Grant.id, whole))
BY_PAPERS = Order(Key(Grant.papers_due_on, date.fromisoformat), *BY_WAITING.keys)
GROUPS = ("mine", "asked", "papers", "returned", "reclaim", "approved")
"""What a list can show: to be signed by me, by anybody, papers that are owed, returned, to be reclaimed, approved."""


def grant_or_404(grant_id: int, actor: Actor, today: date | None = None) -> Grant:
    """A grant of a household in the actor's reach, with household and payments; NotThere otherwise.

    With `today` the reach of those for whom the actor signs on that day counts too.
    """
    grant = db.session.get(Grant, grant_id, options=[
        joinedload(Grant.household), selectinload(Grant.payments), selectinload(Grant.decisions),
        selectinload(Grant.papers), selectinload(Grant.repayments)])
    if grant is None:
        raise NotThere
    area_code = grant.household.area_code
    if not (actor.reaches(area_code) if today is None else reaches(actor, area_code, today)):
        raise NotThere
    return grant


def grant_paper_or_404(grant_paper_id: int, actor: Actor) -> tuple[GrantPaper, Grant]:
    """An owed paper in reach, with its grant."""
    paper = db.session.get(GrantPaper, grant_paper_id)
    if paper is None:
        raise NotThere
    return paper, grant_or_404(paper.grant_id, actor)


def substitute_or_404(substitute_id: int, actor: Actor) -> Substitute:
    """A standing-in of an area in reach."""
    named = db.session.get(Substitute, substitute_id)
    if named is None or not actor.reaches(named.area_code):
        raise NotThere
    return named


def grant_page(actor: Actor, group: str, asked: Asked, today: date) -> Page[Grant]:
    """One page of a group; the longest waiting first, papers by their day."""
    chosen = select(Grant).join(Grant.household).where(_in_group(group, actor, today)).options(
        contains_eager(Grant.household))
    if group == "papers":
        grants = db.session.scalars(BY_PAPERS.take(chosen, asked, PAGE)).all()
        return BY_PAPERS.page(grants, asked, PAGE, lambda grant: (grant.papers_due_on, grant.asked_at, grant.id))
    grants = db.session.scalars(BY_WAITING.take(chosen, asked, PAGE)).all()
    return BY_WAITING.page(grants, asked, PAGE, lambda grant: (grant.asked_at, grant.id))


def groups_of(actor: Actor) -> tuple[str, ...]:
    """The groups that an actor can look at: those who do not sign have nothing of their own."""
    return GROUPS if actor.may(Right.DECIDE_GRANTS) else GROUPS[1:]


def group_counts(actor: Actor, today: date) -> Mapping[str, int]:
    """How many grants each group has: one SELECT."""
    groups = groups_of(actor)
    columns = [func.count().filter(_in_group(group, actor, today)).label(group) for group in groups]
    row = db.session.execute(select(*columns).select_from(Grant).join(Grant.household).where(
        Grant.asked_at.is_not(None))).one()
    return dict(zip(groups, row, strict=True))


def _in_group(group: str, actor: Actor, today: date) -> ColumnElement[bool]:
    """SQL condition: in a group, and asked for here; what registers bring was never asked for."""
    if group == "mine":
        return waiting_for(actor, today)
    in_reach = within(Household.area_code, actor.area_code)
    if group == "papers":
        return and_(in_reach, OWES, Grant.asked_at.is_not(None))
    if group == "reclaim":
        return and_(in_reach, Grant.reclaim == "due", Grant.asked_at.is_not(None))
    return and_(in_reach, Grant.state == group, Grant.asked_at.is_not(None))


OWES = and_(Grant.is_green.is_(True), Grant.papers_in_on.is_(None), Grant.papers_due_on.is_not(None),
            Grant.reclaim == "", Grant.state.in_(("asked", "returned", "approved")))
"""SQL condition: papers of the green channel are out."""


def papers_for(actor: Actor, today: date) -> ColumnElement[bool]:
    """SQL condition on grants joined to households: papers after which this officer is to run.

    Whoever asked, from the first day; the officers of the tier that runs after them now, once they are late.
    """
    mine = Grant.asked_by_id == actor.user_id
    ours = and_(Grant.papers_tier == str(actor.role), Grant.papers_due_on < today,
                within(Household.area_code, actor.area_code))
    return and_(OWES, or_(mine, ours))


def missed_periods(grant: Grant, today: date) -> list[str]:
    """Periods that are over and have no payment."""
    if grant.state not in ("approved", "ended"):
        return []
    return [due.period for due in plan_of(grant, today) if due.state == "missed"]


def milestones(grant: Grant, today: date) -> list[tuple[Due, date | None, int]]:
    """The payments of recurring help, the next one first: what is due, on which day and how much was paid.

    The newest two years by the month; all of them by the year.
    """
    if grant.rhythm == "once":
        return []
    width = 7 if grant.rhythm == "month" else 4
    paid = {payment.period[:width]: payment for payment in grant.payments}
    shown = plan_of(grant, today)
    ahead = [due for due in shown if due.state == "ahead"]
    shown = [due for due in shown if due.state != "ahead"][-SHOWN_DUES:] + ahead[:1 if grant.rhythm == "month" else 4]
    return [(due, paid[due.period].paid_on if due.period in paid else None,
             paid[due.period].amount_fen if due.period in paid else grant.amount_fen) for due in reversed(shown)]


def costs_of(household_id: int) -> Sequence[tuple[Cost, Sequence[tuple[Grant, int]]]]:
    """What a household has to pay for, each with the help that is meant for it and what that has given in fen."""
    costs = db.session.scalars(select(Cost).where(Cost.household_id == household_id).order_by(
        Cost.known_on, Cost.id)).all()
    if not costs:
        return []
    grants = db.session.scalars(select(Grant).where(Grant.cost_id.in_([cost.id for cost in costs])).options(
        selectinload(Grant.payments), selectinload(Grant.repayments)).order_by(Grant.starts_on, Grant.id)).all()
    return [(cost, [(grant, grant.paid_fen - sum(one.amount_fen for one in grant.repayments if not one.is_waived))
                    for grant in grants if grant.cost_id == cost.id and grant.state != "returned"]) for cost in costs]


def recusals_of(household_id: int) -> Sequence[Recusal]:
    """Who keeps away from a household."""
    return db.session.scalars(select(Recusal).where(Recusal.household_id == household_id).order_by(Recusal.id)).all()


def rule_rows(county_code: str, help_types: Sequence[str], on: date) -> list[tuple[str, list[Rung], bool]]:
    """(kind, its rungs, whether it has a rule of its own) of the kinds of help, those for every kind (empty) first."""
    found = []
    for kind in ("", *help_types):
        rungs, rule = rungs_for(county_code, kind, on)
        found.append((kind, rungs, rule is not None and rule.help_type == kind))
    return found


def rule_history(county_code: str, help_type: str) -> Sequence[ApprovalRule]:
    """All words of a county on one kind of help, the newest first."""
    return db.session.scalars(select(ApprovalRule).where(
        ApprovalRule.county_code == county_code, ApprovalRule.help_type == help_type)
        .order_by(ApprovalRule.id.desc())).all()
