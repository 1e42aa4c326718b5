"""When somebody looks again whether help works and holds: follow-ups by type of help and by risk.

The field sets no days; ours stand here. The risk is the need's urgency; what came back once is watched like the most
urgent.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import select, update

from matching.clock import day_of
from matching.extensions import db
from matching.households.models import Need
from matching.pairings.models import Pairing
from matching.pairings.models_ledger import FollowUp, LedgerLine

__all__ = ["FIRST_LOOK", "WATCH_DAYS", "drop_follow_ups", "first_look", "line_of", "lock_pairings", "plan_first_look",
           "plan_follow_up", "plan_watch", "risk_of", "watch_days", "way_of"]

FIRST_LOOK = (30, 21, 14, 7, 3)
"""Days after the household confirmed that it was helped until somebody asks how it works, for risk 1 to 5."""
WATCH_DAYS: Mapping[str, int] = {
    "cash": 30, "goods": 30, "purchase": 30, "tutoring": 60, "care": 60, "medical": 90, "job": 90, "counselling": 90,
    "schooling": 120, "housing": 180}
"""Days for which a difficulty is watched after it was signed off, by type of help."""
CALLED = ("cash", "goods", "purchase")
"""Of these a telephone call is enough while the risk is low."""
HIGH = 4
"""From this risk on somebody goes there, and looks halfway through the watch too."""
LONGER = 1.5
"""So many times as long is what came back, or is of the highest risk, watched."""


def risk_of(need: Need, line: LedgerLine | None) -> int:
    """1 to 5: how likely it is that the difficulty comes back."""
    return 5 if line is not None and line.times_reopened else need.urgency


def first_look(risk: int, today: date) -> date:
    """The day by which somebody asks how the help works that was confirmed today."""
    return today + timedelta(days=FIRST_LOOK[risk - 1])


def watch_days(help_type: str, risk: int) -> int:
    """For how many days a difficulty is watched."""
    days = WATCH_DAYS[help_type]
    return round(days * LONGER) if risk == len(FIRST_LOOK) else days


def way_of(help_type: str, risk: int) -> str:
    """`call` or `visit`."""
    return "call" if help_type in CALLED and risk < HIGH else "visit"


def line_of(need_id: int) -> LedgerLine | None:
    """The ledger line of a need, as the database holds it now."""
    return db.session.scalar(select(LedgerLine).where(LedgerLine.need_id == need_id)
                             .execution_options(populate_existing=True))


def lock_pairings(need_id: int) -> None:
    """Lock all pairings of a need by ascending id, before its line and its follow-ups: everybody takes them in this
    order, so that nobody waits in a circle (PostgreSQL; SQLite has one writer anyway).
    """
    db.session.execute(select(Pairing.id).where(Pairing.need_id == need_id).order_by(Pairing.id).with_for_update())


def plan_first_look(pairing: Pairing, now: datetime) -> None:
    """The household confirmed that it got the help: somebody asks how it works, unless that is planned for its need."""
    need = pairing.need
    planned = select(FollowUp.id).where(FollowUp.need_id == need.id, FollowUp.done_at.is_(None)).limit(1)
    if db.session.scalar(planned) is None:
        risk = risk_of(need, line_of(need.id))
        plan_follow_up(pairing, "after", way_of(need.help_type, risk), first_look(risk, day_of(now)), now)


def plan_watch(line: LedgerLine, pairing: Pairing, now: datetime) -> date:
    """Plan the looks of a watch that begins today; returns its last day. What was planned before is dropped."""
    risk = risk_of(pairing.need, line)
    days, way = watch_days(line.help_type, risk), way_of(line.help_type, risk)
    drop_follow_ups(line.need_id, now)
    for after in ((days // 2, days) if risk >= HIGH else (days,)):
        plan_follow_up(pairing, "watch", way, day_of(now) + timedelta(days=after), now)
    return day_of(now) + timedelta(days=days)


def plan_follow_up(pairing: Pairing, kind: str, how: str, due_on: date, now: datetime,
                   assigned_id: int | None = None) -> FollowUp:
    """Somebody looks by this day."""
    planned = FollowUp(pairing_id=pairing.id, need_id=pairing.need_id, household_id=pairing.household_id,
                       area_code=pairing.area_code, kind=kind, how=how, due_on=due_on, assigned_id=assigned_id,
                       made_at=now)
    db.session.add(planned)
    db.session.flush()
    return planned


def drop_follow_ups(need_id: int, now: datetime) -> None:
    """What was planned for a need is no longer needed."""
    db.session.execute(update(FollowUp).where(FollowUp.need_id == need_id, FollowUp.done_at.is_(None)).values(
        done_at=now, result="dropped").execution_options(synchronize_session=False))
