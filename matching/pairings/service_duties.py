"""What an organisation owes a pairing: papers and introductions before it starts, a lesson each week, a visit each
month, a payment each year; ticked period by period, with exemptions that end by themselves.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import or_, select, update
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import set_committed_value

from matching.actor import Actor
from matching.audit.service import record
from matching.clock import day_of
from matching.errors import Conflict, Invalid
from matching.extensions import db, insert_if_absent
from matching.households.service import add_to_timeline
from matching.notices.queries import nearest_officers
from matching.notices.service import tell_all
from matching.organisations.models import Membership
from matching.pairings.models import Pairing
from matching.pairings.models_life import Duty, DutyExemption, DutyTick
from matching.pairings.service_deadlines import due_on

__all__ = ["OWING", "Period", "add_duty", "carry_over", "duties_of", "end_duty", "exempt_duty", "find_missed",
           "last_day", "periods", "refuse_unready", "tick_duty"]

OWING = ("offered", "accepted", "consented", "under_way", "delivered")
"""The states in which duties are asked for."""
LONGEST_EXEMPTION = timedelta(days=366)
MOST_YEARS = 10


@dataclass(frozen=True, slots=True)
class Period:
    """One period of a duty, both days included. `state`: done, exempt, missed (past and not done) or open."""

    first: date
    last: date
    state: str
    tick: DutyTick | None
    exemption: DutyExemption | None


def periods(duty: Duty, today: date) -> list[Period]:
    """All periods of a duty that have begun by today, and the first one in any case; the oldest first."""
    ticks = {tick.period_on: tick for tick in duty.ticks}
    found = []
    for first, last in _spans(duty, today):
        tick = ticks.get(first)
        exemption = next((one for one in duty.exemptions if one.starts_on <= last <= one.until), None)
        state = "done" if tick else "exempt" if exemption else "missed" if last < today else "open"
        found.append(Period(first, last, state, tick, exemption))
    return found


def _spans(duty: Duty, today: date) -> Iterator[tuple[date, date]]:
    """(first, last) day of each period; the last one is cut where the duty ends."""
    first, number = duty.starts_on, 0
    while True:
        number += 1
        after = _next(duty, number)
        last = after - timedelta(days=1) if duty.rhythm != "once" else first
        if duty.ends_on is not None and last > duty.ends_on:
            return  # a period that was not finished when the duty ended is not asked for
        yield first, last
        if duty.rhythm == "once" or after > today:
            return
        first = after


def _next(duty: Duty, number: int) -> date:
    """The first day of the period that follows the `number`th."""
    begun = duty.starts_on
    if duty.rhythm == "week":
        return begun - timedelta(days=begun.weekday()) + timedelta(weeks=number)
    if duty.rhythm == "month":
        months = begun.year * 12 + begun.month - 1 + number
        return date(months // 12, months % 12 + 1, 1)
    year = begun.year + number
    return date(year, begun.month, min(begun.day, monthrange(year, begun.month)[1]))


def duties_of(pairing_id: int) -> list[Duty]:
    """The duties of a pairing with their ticks and exemptions, the oldest first; three SELECTs."""
    return list(db.session.scalars(select(Duty).where(Duty.pairing_id == pairing_id).options(
        selectinload(Duty.ticks), selectinload(Duty.exemptions)).order_by(Duty.id)))


def add_duty(pairing: Pairing, rhythm: str, what: str, starts_on: date, ends_on: date | None, actor: Actor,
             now: datetime) -> Duty:
    """Agree on a duty. Raises Conflict when the pairing has ended, Invalid for days that cannot be."""
    _hold(pairing)
    if not day_of(now) - LONGEST_EXEMPTION <= starts_on <= day_of(now) + LONGEST_EXEMPTION:
        raise Invalid(_("开始的日子要在前后一年以内。"), "starts_on")
    if ends_on is not None and not starts_on < ends_on <= starts_on.replace(day=1, year=starts_on.year + MOST_YEARS):
        raise Invalid(_("结束的日子要在开始以后、十年以内。"), "ends_on")
    if rhythm == "once" and pairing.state not in ("offered", "accepted", "consented"):
        raise Invalid(_("已经开始了，开始以前要办的事不用再加。"), "rhythm")
    duty = Duty(pairing_id=pairing.id, rhythm=rhythm, what=what, starts_on=starts_on,
                ends_on=None if rhythm == "once" else ends_on, made_at=now, made_by_name=actor.name)
    db.session.add(duty)
    db.session.flush()
    _set_due(pairing, now)
    _tell(pairing, duty, "add", actor, now)
    return duty


def tick_duty(duty: Duty, pairing: Pairing, period_on: date, done_on: date, note: str, actor: Actor,
              now: datetime) -> None:
    """It was done for one period, also late. Raises Invalid for a period that has not begun or a day that cannot be,
    Conflict when it is ticked or exempt, or the pairing has ended.
    """
    _hold(pairing)
    period = next((one for one in periods(duty, day_of(now)) if one.first == period_on), None)
    if period is None:
        raise Invalid(_("没有这一期。"), "period_on")
    if not min(period.first, duty.starts_on, day_of(duty.made_at)) <= done_on <= day_of(now):
        raise Invalid(_("办的日子要在这一期开始以后，不能在今天以后。"), "done_on")
    if period.exemption is not None or not insert_if_absent(
            DutyTick, duty_id=duty.id, period_on=period_on, done_on=done_on, note=note, ticked_at=now,
            ticked_by_name=actor.name):
        raise Conflict(_("这一期已经记过了，或者不用办。"))
    _look_again(duty, day_of(now))
    _tell(pairing, duty, "tick", actor, now)


def exempt_duty(duty: Duty, pairing: Pairing, starts_on: date, until: date, why: str, actor: Actor,
                now: datetime) -> None:
    """Let a duty rest until a day, within a year; afterwards it is asked for again. A period rests when its last day
    does. Raises Invalid for other days, Conflict when the pairing has ended.
    """
    _hold(pairing)
    if not starts_on <= until <= starts_on + LONGEST_EXEMPTION or until < day_of(now):
        raise Invalid(_("到哪天为止要在今天以后、一年以内。"), "until")
    db.session.add(DutyExemption(duty_id=duty.id, starts_on=starts_on, until=until, why=why, made_at=now,
                                 made_by_name=actor.name))
    _look_again(duty, day_of(now))
    _tell(pairing, duty, "exempt", actor, now)


def end_duty(duty: Duty, pairing: Pairing, actor: Actor, now: datetime) -> None:
    """The duty is not asked for from today on. Raises Conflict when it has ended already."""
    ended = db.session.execute(update(Duty).where(Duty.id == duty.id, or_(
        Duty.ends_on.is_(None), Duty.ends_on > day_of(now))).values(ends_on=day_of(now), missed_on=None)
        .execution_options(synchronize_session=False))
    if ended.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("这一条约定已经结束了。"))
    db.session.refresh(duty)
    _set_due(pairing, now)
    _tell(pairing, duty, "end", actor, now)


def carry_over(old: Pairing, new: Pairing, actor: Actor, now: datetime) -> None:
    """Another organisation takes a pairing over: what was agreed goes on from today; what was ticked stays where it
    was done. What is done once is asked of the new one again.
    """
    today = day_of(now)
    for duty in duties_of(old.id):
        if duty.ends_on is not None and duty.ends_on <= today:
            continue
        add_duty(new, duty.rhythm, duty.what, max(today, duty.starts_on), duty.ends_on, actor, now)
        if duty.rhythm != "once":
            end_duty(duty, old, actor, now)


def refuse_unready(pairing: Pairing, now: datetime) -> None:
    """Raises Conflict while something that has to be done before the start is neither done nor exempt."""
    ticked = select(DutyTick.id).where(DutyTick.duty_id == Duty.id).exists()
    exempt = select(DutyExemption.id).where(DutyExemption.duty_id == Duty.id,
                                            DutyExemption.until >= day_of(now)).exists()
    what = db.session.scalar(select(Duty.what).where(
        Duty.pairing_id == pairing.id, Duty.rhythm == "once", Duty.ends_on.is_(None), ~ticked, ~exempt)
                             .order_by(Duty.id).limit(1))
    if what is not None:
        raise Conflict(_("开始以前还有一件事没办：%(what)s。", what=what))


def last_day(pairing_id: int, due: date | None, today: date) -> date | None:
    """Until when a pairing that is under way may go on: as long as what recurs, else until `due`; None: no end."""
    ends = db.session.scalars(select(Duty.ends_on).where(
        Duty.pairing_id == pairing_id, Duty.rhythm != "once", or_(Duty.ends_on.is_(None), Duty.ends_on > today))).all()
    if not ends:
        return due
    return None if None in ends else max(day for day in ends if day is not None)


def _set_due(pairing: Pairing, now: datetime) -> None:
    """What recurs was agreed or ended while the pairing is under way: its last day goes with it."""
    if pairing.state == "under_way":
        pairing.due_on = last_day(pairing.id, due_on("under_way", pairing.need.urgency, None, day_of(now)),
                                  day_of(now))
        pairing.reminded = ""
        db.session.flush()


def find_missed(now: datetime) -> int:
    """Mark the duties whose last finished period is missed, and tell the organisation and the officers once for each
    period. Returns how many were found now. For the daily job.
    """
    today, found = day_of(now), 0
    owed = select(Duty).join(Duty.pairing).where(
        Pairing.state.in_(OWING), Duty.starts_on < today).options(
            selectinload(Duty.ticks), selectinload(Duty.exemptions)).order_by(Duty.id)
    for duty in db.session.scalars(owed).all():
        missed = _missed(duty, today)
        if missed is None or not _mark(duty, missed):
            continue
        found += 1
        pairing, key = duty.pairing, f"duty:{duty.id}:{missed}"
        for users, page in ((select(Membership.user_id).where(
                Membership.organisation_id == pairing.organisation_id), "our-pairing"),
                (nearest_officers(pairing.area_code), "show-pairing")):
            tell_all(users, "duty_missed", {"path": f"/pairings/{pairing.id}/{page}"}, now, key=key)
    return found


def _missed(duty: Duty, today: date) -> date | None:
    """The first day of the latest missed period; a recurring one counts until it is made up for."""
    return max((one.first for one in periods(duty, today) if one.state == "missed"), default=None)


def _mark(duty: Duty, missed: date) -> bool:
    marked = db.session.execute(update(Duty).where(Duty.id == duty.id, or_(
        Duty.missed_on.is_(None), Duty.missed_on < missed)).values(missed_on=missed)
        .execution_options(synchronize_session=False))
    if marked.rowcount != 1:  # type: ignore[attr-defined]
        return False
    set_committed_value(duty, "missed_on", missed)
    return True


def _look_again(duty: Duty, today: date) -> None:
    """After a tick or an exemption: the mark of what is missed goes to what still is."""
    db.session.flush()
    db.session.expire(duty, ["ticks", "exemptions"])
    if duty.missed_on is not None:
        duty.missed_on = _missed(duty, today)
        db.session.flush()


def _hold(pairing: Pairing) -> None:
    """Lock the pairing and refuse when its duties are not asked for any more."""
    state = db.session.scalar(select(Pairing.state).where(Pairing.id == pairing.id).with_for_update())
    if state not in OWING:
        raise Conflict(_("这一对已经结束，约定不能再改。"))


def _tell(pairing: Pairing, duty: Duty, what: str, actor: Actor, now: datetime) -> None:
    add_to_timeline(pairing.household_id, f"duty.{what}", actor, now, pairing_id=pairing.id, what=duty.what,
                    organisation=pairing.organisation.name)
    record(actor, f"duty.{what}", now, object_type="duty", object_id=duty.id, household_id=pairing.household_id,
           organisation_id=pairing.organisation_id, area_code=pairing.area_code)
