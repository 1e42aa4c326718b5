"""Reads of checks and of what they found, always within the reach of who asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import get_locale
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from matching.actor import Actor
from matching.assistance.models import Gap, GapCheck, GapDecision, PolicyVersion
from matching.assistance.service_answers import answers
from matching.assistance.service_cases import CASES, Case, reckon
from matching.assistance.service_facts import Answer
from matching.assistance.service_gaps import home_of
from matching.assistance.service_kinds import AMOUNTS
from matching.assistance.service_reckonings import Reckoned
from matching.assistance.service_standards import Version, book_of, built_in, of_row
from matching.errors import NotThere
from matching.extensions import db
from matching.households.models import Household
from matching.keyset import Asked, Key, Order, Page, plain, whole
from matching.places import queries as places
from matching.places.queries import ancestors, within
from matching.words_policies import reason_words

PAGE = 40
UNDECIDED = ("open", "reopened")
BY_PLACE = Order(Key(Gap.area_code, plain), Key(Gap.household_id, whole), Key(Gap.id, whole))


@dataclass(frozen=True, slots=True)
class Line:
    """One finding in a list. `decided_at` None: nobody has dealt with it."""

    id: int
    household_id: int
    number: str
    head_name: str
    area_code: str
    place: str
    kind: str
    policy: str
    person: str
    amount_fen: int
    per: str
    reason: str
    state: str
    decided_by: str
    decided_at: datetime | None


def gap_check_or_404(check_id: int, actor: Actor) -> GapCheck:
    """A check over an area in the officer's reach, or over the area around it; NotThere otherwise."""
    check = db.session.get(GapCheck, check_id)
    if check is None or not (actor.reaches(check.area_code) or (actor.area_code or "-").startswith(check.area_code)):
        raise NotThere
    return check


def gap_or_404(gap_id: int, actor: Actor) -> Gap:
    """A finding about a household in the actor's reach, with household and check; NotThere otherwise."""
    gap = db.session.get(Gap, gap_id, options=[joinedload(Gap.household), joinedload(Gap.check)])
    if gap is None or not actor.reaches(gap.household.area_code):
        raise NotThere
    return gap


def checks_of(actor: Actor) -> tuple[GapCheck | None, GapCheck | None]:
    """The newest finished check that covers the whole reach of an officer, and the one of its own area that waits or
    works; one SELECT."""
    newest = select(func.max(GapCheck.id)).where(GapCheck.proposal.is_(None))
    done = newest.where(GapCheck.area_code.in_(ancestors(actor.area_code)), GapCheck.state == "done")
    working = newest.where(GapCheck.area_code == actor.area_code, GapCheck.state.in_(("waiting", "running")))
    found = db.session.scalars(select(GapCheck).where(or_(
        GapCheck.id == done.scalar_subquery(), GapCheck.id == working.scalar_subquery()))).all()
    return (next((check for check in found if check.state == "done"), None),
            next((check for check in found if check.state != "done"), None))


def kind_counts(check: GapCheck, actor: Actor) -> Mapping[str, int]:
    """How many findings of each kind a check has in the actor's reach."""
    return dict(db.session.execute(select(Gap.kind, func.count()).where(
        Gap.gap_check_id == check.id, within(Gap.area_code, actor.area_code)).group_by(Gap.kind)).all())


def gap_page(check: GapCheck, actor: Actor, asked: Asked, kind: str, policy: str = "",
             state: str = "") -> tuple[Page[Line], int]:
    """One page of the findings of a check in reach, those of one kind, by place and household; how many there are."""
    other = aliased(GapDecision)
    newest = select(func.max(other.number)).where(
        other.household_id == Gap.household_id, other.subject == Gap.subject).correlate(Gap).scalar_subquery()
    chosen = (select(Gap, Household.number, Household.head_name, GapDecision)
              .join(Household, Household.id == Gap.household_id)
              .outerjoin(GapDecision, (GapDecision.household_id == Gap.household_id)
                         & (GapDecision.subject == Gap.subject) & (GapDecision.number == newest))
              .where(Gap.gap_check_id == check.id, Gap.kind == kind, within(Gap.area_code, actor.area_code)))
    if policy:
        chosen = chosen.where(Gap.policy == policy)
    if state:
        chosen = chosen.where(_in_state(state))
    total = db.session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    lines = _lines(BY_PLACE.take(chosen, asked, PAGE))
    return BY_PLACE.page(lines, asked, PAGE, lambda line: (line.area_code, line.household_id, line.id)), total


def _in_state(state: str) -> ColumnElement[bool]:
    if state == "open":
        return GapDecision.state.is_(None) | (GapDecision.state == "reopened")
    return GapDecision.state == state


def _lines(chosen: Select[*tuple[Any, ...]]) -> list[Line]:
    rows = db.session.execute(chosen).all()
    paths = places.area_paths({gap.area_code for gap, *_rest in rows}, str(get_locale()))
    return [Line(gap.id, gap.household_id, number, head, gap.area_code, paths[gap.area_code], gap.kind, gap.policy,
                 gap.person_name, gap.amount_fen, gap.per, reason_words(gap.why, gap.facts),
                 decision.state if decision else "open", decision.decided_by_name if decision else "",
                 decision.decided_at if decision else None)
            for gap, number, head, decision in rows]


def decisions(gap: Gap) -> Sequence[GapDecision]:
    """What was decided about a finding's subject, the newest first."""
    return db.session.scalars(select(GapDecision).where(
        GapDecision.household_id == gap.household_id, GapDecision.subject == gap.subject)
        .order_by(GapDecision.number.desc())).all()


def entitlements(household: Household, on: date) -> list[tuple[Answer, str]]:
    """What every policy says of a household on a day, with its reason in words."""
    standards = book_of(household.area_code[:6]).on(on)
    return [(answer, reason_words(answer.why, answer.facts))
            for answer in answers(home_of(household, on), standards, on)]


def case_policies(household: Household) -> list[str]:
    """The policies for which a case can be reckoned: those of `CASES` for which the county ever wrote a standard."""
    written = {version.policy for version in book_of(household.area_code[:6]).versions}
    return [policy for policy in CASES if policy in written]


def reckoned_case(household: Household, case: Case, on: date, asked: Mapping[str, str]) -> Reckoned | None:
    """What a policy says of a case on a day; None without a standard. `asked`: how the address tells the case."""
    answer = reckon(home_of(household, on), case, book_of(household.area_code[:6]).on(on), on)
    return Reckoned(answer, on, asked) if answer else None


def reckoned_file(household: Household, policy: str, person_id: int, on: date) -> Reckoned | None:
    """What the file alone says of a policy that a household, or one of its people, does not receive yet."""
    standards = book_of(household.area_code[:6]).on(on)
    said = [Reckoned(answer, on) for answer in answers(home_of(household, on), standards, on)
            if answer.policy == policy and not answer.receives]
    return next((one for one in said if one.member_id in (0, person_id)), None)


def policy_rows(county_code: str, on: date) -> list[tuple[str, Version | None]]:
    """Every policy with the version that counts in a county on a day; None where there is no such policy then."""
    book = book_of(county_code)
    rows = ((policy, book.version(policy, on)) for policy in AMOUNTS)
    return [(policy, version if version and version.amounts else None) for policy, version in rows]


def history(county_code: str, policy: str) -> tuple[Sequence[tuple[Version, PolicyVersion]], Sequence[Version]]:
    """What a county has written about a policy, the newest first, and the built-in versions."""
    rows = db.session.scalars(select(PolicyVersion).where(
        PolicyVersion.county_code == county_code, PolicyVersion.policy == policy).order_by(PolicyVersion.id.desc()))
    return ([(of_row(row), row) for row in rows],
            [version for version in reversed(built_in().versions) if version.policy == policy])


def saved_from(check: GapCheck) -> PolicyVersion | None:
    """The version that was saved after a preview, or None."""
    return db.session.scalar(select(PolicyVersion).where(PolicyVersion.gap_check_id == check.id))


def heads(household_ids: Sequence[int], actor: Actor) -> Mapping[int, str]:
    """Household id → head's name, of those in reach."""
    return dict(db.session.execute(select(Household.id, Household.head_name).where(
        Household.id.in_(household_ids), within(Household.area_code, actor.area_code))).all())
