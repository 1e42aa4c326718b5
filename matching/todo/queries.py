"""What waits for a person, read in few statements: the rows behind the to-do lists of all roles."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, Select, and_, bindparam, exists, func, or_, select

from matching.accounts.models import User
from matching.actor import Actor, Role
from matching.audit.models import AuditEntry
from matching.exchange.models import Import
from matching.extensions import Model, UtcDateTime, db, read
from matching.figures.queries_counts import lonely_needs
from matching.households.models import Household, Need
from matching.households.models_erasure import Erasure
from matching.households.models_papers import Paper
from matching.households.queries_counts import stale_in_one
from matching.jobs import JobSlot, SchedulerLease
from matching.notices.models import Delivery
from matching.offers.models import Offer, OfferClearance
from matching.organisations.models import Membership, Organisation
from matching.pairings.models import Pairing
from matching.pairings.models_life import Duty
from matching.pairings.models_menus import Menu
from matching.pairings.service_duties import OWING
from matching.places.queries import within
from matching.todo.queries_follow import FollowChores, follow_counts
from matching.todo.queries_money import MoneyChores, money_counts
from matching.todo.queries_referrals import ReferralChores, evening_of, referral_counts
from matching.todo.queries_reports import ReportChores, report_counts

SHOWN_EACH = 5
"""How many pairings of one state a list names one by one; the rest is one line with their number."""
TOWN_DIGITS = 9
LIVE = ("proposed", "approved", "offered", "accepted", "consented", "under_way", "delivered", "confirmed",
        "reopened")
"""States in which somebody still has something to do, or the need is being looked after."""
MEMBERS = ("charity", "enterprise", "agency", "department", "volunteer", "socialworker")
UNVERIFIED = ("reported", "screened", "surveyed")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One pairing that waits for somebody; `of` is how many wait in the same state."""

    id: int
    state: str
    help_type: str
    summary: str
    head_name: str
    household_id: int
    area_code: str
    organisation: str
    changed_at: datetime
    due_on: date | None
    of: int


def pairings_waiting(*which: ColumnElement[bool]) -> list[Waiting]:
    """The longest waiting pairings under the conditions, at most `SHOWN_EACH` of each state; one SELECT."""
    ranked = select(
        Pairing.id,
        func.row_number().over(partition_by=Pairing.state, order_by=(Pairing.changed_at, Pairing.id))
            .label("place"),
        func.count().over(partition_by=Pairing.state).label("of"),
    ).where(*which).subquery()
    rows = db.session.execute(
        select(Pairing.id, Pairing.state, Need.help_type, Need.summary, Household.head_name,
               Pairing.household_id, Household.area_code, Organisation.name, Pairing.changed_at,
               Pairing.due_on, ranked.c.of)
        .join(ranked, ranked.c.id == Pairing.id)
        .join(Need, Need.id == Pairing.need_id)
        .join(Household, Household.id == Pairing.household_id)
        .join(Organisation, Organisation.id == Pairing.organisation_id)
        .where(ranked.c.place <= SHOWN_EACH)
        .order_by(Pairing.changed_at, Pairing.id))
    return [Waiting(*row) for row in rows]


def waiting_in_area(code: str, today: date) -> list[Waiting]:
    """Pairings of an area that wait for its officers: what organisations let pass, consents, receipts, closings."""
    late = and_(Pairing.state.in_(("offered", "consented", "under_way")), Pairing.due_on < today)
    ours = Pairing.state.in_(("accepted", "delivered", "confirmed"))
    return pairings_waiting(within(Pairing.area_code, code), or_(late, ours))


def waiting_for_organisation(organisation_id: int, states: Sequence[str]) -> list[Waiting]:
    """Pairings that wait for an organisation to answer, start or deliver."""
    return pairings_waiting(Pairing.organisation_id == organisation_id, Pairing.state.in_(states))


def waiting_for_household(household_id: int) -> list[Waiting]:
    """All that is being done for a household and what it is asked, at most five of each state."""
    return pairings_waiting(Pairing.household_id == household_id, Pairing.state.in_(LIVE))


def menu_to_sign(household_id: int) -> bool:
    """Whether a household has a menu that waits for its yes."""
    return db.session.scalar(select(Menu.id).where(Menu.discussing == household_id)) is not None


def proposals_by_town(code: str) -> list[tuple[str, int, datetime]]:
    """Proposals to approve in an area: (town code, how many, the oldest's instant), most first."""
    town = func.substr(Pairing.area_code, 1, TOWN_DIGITS).label("town")
    many = func.count().label("many")
    rows = db.session.execute(
        select(town, many, func.min(Pairing.proposed_at))
        .where(Pairing.state == "proposed", within(Pairing.area_code, code))
        .group_by(town).order_by(many.desc(), town))
    return [(row[0], row[1], row[2]) for row in rows]


@dataclass(frozen=True, slots=True)
class Lack:
    """Open needs of one help type that still lack units and have no proposal: how many, and their units."""

    help_type: str
    needs: int
    units: int


def needs_without_offer(code: str, stale: Collection[str]) -> list[Lack]:
    """What no offer has been found for, by help type, the scarcest (most units) first; `stale`: see `AreaChores`.

    The rows are those of the page of open needs with `lonely`.
    """
    lacks = [Lack(row.help_type, int(row.lonely), int(row.lonely_units)) for row in lonely_needs(code, stale)]
    return sorted(lacks, key=lambda lack: (-lack.units, lack.help_type))


@dataclass(frozen=True, slots=True)
class Wanted:
    """One need whose last day is near or past; `of` is how many there are."""

    id: int
    help_type: str
    summary: str
    head_name: str
    area_code: str
    state: str
    wanted_by: date | None
    of: int


def wanted_soon(code: str, until: date) -> list[Wanted]:
    """Open needs of verified households that are wanted by `until` and not yet received in full, the earliest first."""
    soon = select(Need.id, func.count().over().label("of")).where(
        Need.status == "open", Need.wanted_by <= until, Need.received < Need.quantity, _lives(
            Need.household_id, code, Household.status == "verified")
    ).order_by(Need.wanted_by, Need.urgency.desc(), Need.id).limit(SHOWN_EACH).subquery()
    rows = db.session.execute(
        select(Need.id, Need.help_type, Need.summary, Household.head_name, Household.area_code, Need.state,
               Need.wanted_by, soon.c.of)
        .join(soon, soon.c.id == Need.id).join(Household, Household.id == Need.household_id)
        .order_by(Need.wanted_by, Need.urgency.desc(), Need.id))
    return [Wanted(*row) for row in rows]


def _lives(household_id: Any, code: str, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    """SQL condition: the household lives there. No join: the database would begin with all households of the area."""
    return exists().where(Household.id == household_id, within(Household.area_code, code), *more)


@dataclass(frozen=True, slots=True)
class AreaChores:
    """Counts of what else waits in an area.

    `reported`, `screened`, `surveyed`: files at each step; `unvetted`: organisations; `clearances`: offers
    from outside that want this county's yes; `ended`: offers whose period is over but which are still open;
    `needs`: needs of verified households that wait for a second pair of eyes, the actor's; `erasures`: files
    whose erasure another person has asked for, `erasure_id` the household of the oldest; `previews`: registers that
    the actor brought and that wait for its yes, `preview_id` the newest; `papers`: those that households brought
    themselves and that no officer has opened, `papers_household_id` whose waits longest; `money`: signatures, papers
    owed, payment lists; `reports`: of hardship, and visits to make; `referrals`: what was handed over to organisations,
    and joint meetings; `follow`: follow-ups, signatures, complaints; `missed`: what was agreed with organisations and
    not done, `missed_id` the oldest's pairing; `stale`: the villages whose kept counts may be old
    (`households.queries_counts`), with commas between them.
    """

    reported: int
    screened: int
    surveyed: int
    unvetted: int
    clearances: int
    ended: int
    needs: int
    erasures: int
    erasure_id: int | None
    previews: int
    preview_id: int | None
    papers: int
    papers_household_id: int | None
    missed: int
    missed_id: int | None
    stale: str | None
    money: MoneyChores
    reports: ReportChores
    referrals: ReferralChores
    follow: FollowChores


def chores_of_area(actor: Actor, today: date, now: datetime) -> AreaChores:
    """What else waits for an officer in its area, in one SELECT; of erasures those that others asked for."""
    statement, lengths = _chores(actor.role, actor.area_code)
    row = read(statement, {"me": actor.user_id, "today": today, "now": now, "evening": evening_of(today)})[0]
    first, *others = lengths
    parts, begin = [], first
    for kind, many in zip((MoneyChores, ReportChores, ReferralChores, FollowChores), others, strict=True):
        parts.append(kind(*row[begin:begin + many]))
        begin += many
    return AreaChores(*[*row[:first], *parts])


@lru_cache(maxsize=500)
def _chores(role: Role, code: str) -> tuple[Any, tuple[int, ...]]:
    """The SELECT of what waits for the officers of an area, and how many columns each part of it has.

    Made once, since making it takes much longer than asking it: who asks and when come as its values.
    """
    today: Any = bindparam("today", type_=Date)
    now, evening = (bindparam(name, type_=UtcDateTime) for name in ("now", "evening"))
    user_id: Any = bindparam("me", type_=Integer)
    actor = Actor(user_id, "", "", role, code)
    files = [_count(Household).where(Household.status == status, within(Household.area_code, code))
             for status in UNVERIFIED]
    unvetted = _count(Organisation).where(Organisation.status == "waiting", within(Organisation.area_code, code))
    clearances = _count(OfferClearance).where(
        OfferClearance.status == "waiting", OfferClearance.county_code == code)
    ended = _ended(today).where(within(Offer.area_code, code))
    needs = _count(Need).where(
        Need.status == "reported", _lives(Need.household_id, code, Household.status == "verified"),
        or_(Need.reported_by_id.is_(None), Need.reported_by_id != user_id))
    asked = (_lives(Erasure.household_id, code), Erasure.asked_by_id != user_id)
    counts = (*files, unvetted, clearances, ended, needs, _count(Erasure).where(*asked),
              select(func.min(Erasure.household_id)).where(*asked))
    mine = (Import.asked_by_id == user_id, Import.state == "ready")
    counts = (*counts, _count(Import).where(*mine), select(func.max(Import.id)).where(*mine))
    brought = (Paper.from_household, Paper.seen_at.is_(None), Paper.removed_at.is_(None),
               _lives(Paper.household_id, code))
    counts = (*counts, _count(Paper).where(*brought),
              select(Paper.household_id).where(*brought).order_by(Paper.id).limit(1))
    counts = (*counts, *_missed(within(Pairing.area_code, code)), stale_in_one(code))
    parts = (counts, money_counts(actor, today), report_counts(actor, now), referral_counts(actor, today, evening),
             follow_counts(actor))
    return (select(*(count.scalar_subquery() for part in parts for count in part)),
            tuple(len(part) for part in parts))


@dataclass(frozen=True, slots=True)
class OrganisationChores:
    """An organisation's standing, how many offers it has that are not closed, how many of them have ended; `missed`:
    how much of what it agreed on is not done, `missed_id` the pairing of the oldest.
    """

    status: str
    offers: int
    ended: int
    missed: int
    missed_id: int | None


def chores_of_organisation(organisation_id: int, today: date) -> OrganisationChores:
    """What else waits for an organisation, in one SELECT."""
    mine = Offer.organisation_id == organisation_id
    offers = _count(Offer).where(mine, Offer.status != "closed").scalar_subquery()
    row = db.session.execute(
        select(Organisation.status, offers, _ended(today).where(mine).scalar_subquery(),
               *(part.scalar_subquery() for part in _missed(Pairing.organisation_id == organisation_id)))
        .where(Organisation.id == organisation_id)).one()
    return OrganisationChores(*row)


@dataclass(frozen=True, slots=True)
class EngineRoom:
    """What an administrator watches.

    `enabled`, `disabled`: accounts; `unbound`: enabled accounts of members without an organisation;
    `run_at`, `run_finished_at`: the nightly job's last slot; `lease_until`: how long the scheduler is held;
    `unsent`: notices that could not be sent.
    """

    enabled: int
    disabled: int
    unbound: int
    run_at: datetime | None
    run_finished_at: datetime | None
    lease_until: datetime | None
    unsent: int


def engine_room(job: str) -> EngineRoom:
    """Accounts, the last slot of a job, the scheduler's lease and what was not sent, in one SELECT."""
    bound = select(Membership.id).where(Membership.user_id == User.id).exists()
    enabled = _count(User).where(User.is_enabled)
    last = select(func.max(JobSlot.slot_at)).where(JobSlot.job == job).scalar_subquery()
    finished = select(JobSlot.finished_at).where(JobSlot.job == job, JobSlot.slot_at == last)
    parts = (enabled, _count(User).where(~User.is_enabled),
             enabled.where(User.role.in_(MEMBERS), ~bound), finished,
             select(func.max(SchedulerLease.expires_at)),
             _count(Delivery).where(Delivery.state == "failed"))
    first, second, third, run_finished_at, lease_until, unsent = (part.scalar_subquery() for part in parts)
    return EngineRoom(*db.session.execute(
        select(first, second, third, last, run_finished_at, lease_until, unsent)).one())


def looks_since(code: str, since: datetime) -> int:
    """How many entries the audit log holds for an area since an instant."""
    return db.session.scalar(select(func.count()).select_from(AuditEntry).where(
        AuditEntry.at >= since, within(AuditEntry.area_code, code))) or 0


def _count(model: type[Model]) -> Select[int]:
    return select(func.count()).select_from(model)


def _missed(whose: ColumnElement[bool]) -> tuple[Select[Any], Select[Any]]:
    """How many duties are missed in pairings that go on, and the pairing of the one missed longest."""
    missed = (Duty.missed_on.is_not(None), Pairing.state.in_(OWING), whose)
    return (select(func.count()).select_from(Duty).join(Duty.pairing).where(*missed),
            select(Duty.pairing_id).join(Duty.pairing).where(*missed).order_by(Duty.missed_on, Duty.id).limit(1))


def _ended(today: date) -> Select[int]:
    return _count(Offer).where(Offer.status == "open", Offer.ends_on < today)
