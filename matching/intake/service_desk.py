"""What officers do with a report at the desk: how urgent it is, whether it is true, whose it is, what comes next.

Whatever an officer decides about a report stands in its history with a reason; of two who act at once one wins.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update

from matching.accounts.models import User
from matching.actor import OFFICERS, Actor
from matching.clock import day_of
from matching.errors import Conflict, Invalid
from matching.extensions import db
from matching.households.models import Household
from matching.intake import service, service_owners
from matching.intake import service_news as news
from matching.intake.models import OPEN, Report
from matching.intake.service import add_step, due_next_day, evening_of, plan_visit, take_step, tell

__all__ = ["KNOWN_BY", "LONGEST", "advance", "change_urgency", "close_report", "hand_over", "hand_up", "join", "link",
           "reopen", "trust"]

KNOWN_BY = ("met", "papers", "known")
"""How an officer knows that a report is about a file: met at home, saw papers, has known the family. Never a number."""
LONGEST = timedelta(days=60)
"""No step is due further ahead."""


def change_urgency(report: Report, level: int, why: str, actor: Actor, now: datetime) -> None:
    """Say how urgent it is, 1 to 5, and why. Raises Invalid (field `level` or `why`), Conflict for a closed report."""
    if not 1 <= level <= 5:
        raise Invalid(_("请从列表里选一个。"), "level")
    if not why:
        raise Invalid(_("请写为什么。"), "why")
    before = report.urgency
    _change(report, now, urgency=level)
    tell(report, "urgency", actor, now, note=why, data={"urgency": [before, level]})


def trust(report: Report, note: str, actor: Actor, now: datetime) -> None:
    """An officer has asked, and it is true: somebody goes there by the next day, and the asker is told."""
    _change(report, now, Report.is_doubtful, is_doubtful=False, due_at=due_next_day(now), alarm="")
    service_owners.ensure_owner(report, now)
    plan_visit(report, report.owner_id, now, by=actor)
    tell(report, "trust", actor, now, note=note)
    news.received(report, actor, now)


def advance(report: Report, action: str, on: date | None, note: str, actor: Actor, now: datetime) -> None:
    """Set out, verify or help; what follows is due on a day of the officer's, or as the clocks say.

    Raises Conflict as `take_step`, Invalid (field `due_on`) for a day that cannot be.
    """
    if report.is_doubtful:
        raise Conflict(_("这件事还没有问清楚真假，先点“问清楚了”。"))
    if on is not None and not day_of(now) <= on <= day_of(now) + LONGEST:
        raise Invalid(_("日子要在今天以后、%(n)s 天以内。", n=LONGEST.days), "due_on")
    due_at = max(evening_of(on), now + timedelta(hours=1)) if on else None
    if action == "set_out" and due_at is None and report.due_at is not None and report.due_at > now:
        due_at = report.due_at  # who sets out is not given another day by it
    take_step(report, action, actor, now, due_at=due_at, note=note)


def close_report(report: Report, outcome: str, note: str, actor: Actor, now: datetime) -> None:
    """End a report. What came of it must be said in words unless it was helped. Raises Invalid (field `note`)."""
    if outcome == "joined":
        raise Invalid(_("请从列表里选一个。"), "outcome")
    if outcome != "helped" and not note:
        raise Invalid(_("请写为什么，求助的人问起来好说明。"), "note")
    service.close(report, outcome, actor, now, note=note)


def reopen(report: Report, why: str, actor: Actor, now: datetime) -> None:
    """It is not over: an owner, a day and a visit again. Raises Conflict for an open or joined report."""
    if report.outcome == "joined":
        raise Conflict(_("这一件并到别的事里了，请去那一件里办。"))
    if not why:
        raise Invalid(_("请写为什么。"), "why")
    take_step(report, "reopen", actor, now, note=why, due_at=due_next_day(now))
    service_owners.ensure_owner(report, now)
    plan_visit(report, report.owner_id, now, by=actor)


def hand_up(report: Report, why: str, actor: Actor, now: datetime) -> None:
    """The next tier takes it, due today. Raises Invalid without a reason, Conflict at the top."""
    if not why:
        raise Invalid(_("请写为什么。"), "why")
    if service_owners.wider(report) is None:
        raise Conflict(_("已经在县里了，上面没有人可转。"))
    service.hand_up(report, actor, now, "asked", note=why)


def hand_over(report: Report, owner_id: int, why: str, actor: Actor, now: datetime, *, from_id: int) -> None:
    """Another officer of this place answers for it from now on, and goes there unless somebody else is sent.

    `from_id`: who answered for it as the actor saw it. Raises Invalid (field `owner_id`) for who cannot, Conflict when
    somebody else has taken it meanwhile.
    """
    if report.owner_id != from_id:
        raise Conflict(_("别人已经先办了这一条，现在的状态不同了。请看一下最新情况。"))
    owner = db.session.get(User, owner_id)
    if owner is None or not owner.is_enabled or owner.role not in OFFICERS or not report.area_code.startswith(
            owner.area_code or "-"):
        raise Invalid(_("这个人管不到这里。请从列表里选。"), "owner_id")
    if owner.id == report.owner_id:
        raise Invalid(_("现在就是这个人负责。"), "owner_id")
    if not service_owners.give(report, owner, now):
        raise Conflict(_("别人已经先办了这一条，现在的状态不同了。请看一下最新情况。"))
    tell(report, "hand_over", actor, now, note=why, data={"why": "asked", "owner": owner.name})
    news.tell_given(report, actor, now)
    news.tell_step(report, "hand_over", actor, now)


def join(report: Report, first: Report, actor: Actor, now: datetime) -> None:
    """Two reports of the same trouble become one case: this one follows the other, and nothing of it is lost.

    Raises Conflict when either is closed.
    """
    if first.id == report.id or first.state not in OPEN:
        raise Conflict(_("那一件已经办结，不能再并过去。"))
    _hold_both(report, first)
    service.close(report, "joined", actor, now, joined_to_id=first.id)
    db.session.execute(update(Report).where(Report.joined_to_id == report.id).values(joined_to_id=first.id))
    more: dict[str, Any] = {
        "kinds": [*first.kinds, *(kind for kind in report.kinds if kind not in first.kinds)],
        "urgency": max(first.urgency, report.urgency),
        "household_id": first.household_id if first.household_id is not None else report.household_id}
    _change(first, now, **more)
    add_step(first, "add", actor, now, note=report.words or "", data={"report": report.id})
    news.tell_joined(report, actor, now)


def _hold_both(one: Report, other: Report) -> None:
    """Hold two reports in one order: of two who join them, each the other way round, the second hears why not."""
    db.session.execute(select(Report.id).where(Report.id.in_((one.id, other.id))).order_by(Report.id)
                       .with_for_update())


def link(report: Report, household: Household, known_by: str, actor: Actor, now: datetime) -> None:
    """A report is about this file, and it is known how. Raises Invalid (field `known_by`) without that."""
    if known_by not in KNOWN_BY:
        raise Invalid(_("请写清楚是怎么知道的；只凭电话号码不能对。"), "known_by")
    if not actor.reaches(household.area_code) or household.county_code != report.area_code[:6]:
        raise Invalid(_("这一户不在这里。"), "household_id")
    report.household_id, report.changed_at = household.id, now
    tell(report, "link", actor, now, data={"known_by": known_by})


def _change(report: Report, now: datetime, *conditions: Any, **values: Any) -> None:
    """Change an open report, or raise Conflict."""
    changed = db.session.execute(
        update(Report).where(Report.id == report.id, Report.state.in_(OPEN), *conditions)
        .values(changed_at=now, **values).execution_options(synchronize_session=False))
    db.session.refresh(report)
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("别人已经先办了这一条，现在的状态不同了。请看一下最新情况。"))
