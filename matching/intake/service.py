"""The life of a hardship report: received, visiting, verified, helping, closed, and reopened.

Every step is one conditional UPDATE (`WHERE state IN …`), so that of two people who click at once one wins
and the other hears why. From its first moment a report has an owner, a day and a visit: `receive` writes
all of it in one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update

from matching.accounts.models import User
from matching.actor import Actor
from matching.audit.service import record
from matching.clock import SHANGHAI, day_of
from matching.errors import Conflict, Invalid
from matching.extensions import db
from matching.households.service import add_to_timeline
from matching.intake import service_news as news
from matching.intake.models import ORIGINS, OUTCOMES, Report, ReportStep
from matching.intake.models_work import Task
from matching.intake.service_codes import new_code
from matching.intake.service_owners import first_asked, wider
from matching.intake.service_urgency import KINDS, first_guess

__all__ = ["CLOCKS", "STEPS", "Facts", "Step", "add_step", "close", "due_in", "due_next_day", "evening_of", "hand_up",
           "plan_visit", "receive", "take_step"]

EVENING = time(18)
"""A visit is due by this hour of Asia/Shanghai on its day."""
CLOCKS = {"visit": 1, "assess": 3, "help": 7, "follow_up": 30}
"""In how many days each step is due, unless an officer names another day."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What somebody said. `phone` as it is dialled; `lat`, `lon` in WGS-84 degrees where the place gave them."""

    origin: str
    kinds: Sequence[str]
    area_code: str
    phone: str = ""
    name: str = ""
    words: str = ""
    address: str = ""
    lat: float | None = None
    lon: float | None = None
    precision: str | None = None
    language: str = "zh_Hans"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a report's life: from which states, to which, and what is to be done next."""

    sources: tuple[str, ...]
    target: str
    then: str = ""


STEPS: dict[str, Step] = {
    "set_out": Step(("received", "reopened"), "visiting", "visit"),
    "verify": Step(("received", "visiting", "reopened"), "verified", "assess"),
    "help": Step(("verified",), "helping", "help"),
    "close": Step(("received", "visiting", "verified", "helping", "reopened"), "closed"),
    "reopen": Step(("closed",), "reopened", "visit"),
}
EVENTS = (*STEPS, "receive", "hand_up", "hand_over", "add", "look", "listen", "trust", "link", "urgency", "plan",
          "visited", "late",
          "refer", "refer_accept", "refer_refuse", "refer_answer", "refer_withdraw", "refer_consent", "refer_late",
          "meet_call", "meet_hold", "meet_decide", "meet_done", "meet_close", "meet_cancel", "meet_late", "minutes")
"""What a report's history and the audit log say of it: `report.` and one of these."""


def receive(facts: Facts, actor: Actor | None, now: datetime, *, household_id: int | None = None,
            is_doubtful: bool = False, sends_out: bool = True) -> Report:
    """Take a report: its code, the first asked who answers for it, and a visit due the next day.

    `actor` None: somebody without an account. `household_id`: the file it is about, where that is known for
    certain. A doubtful report has an owner and a day too, but sends nobody out before an officer has looked, and
    so does one that is told again (`sends_out` False).
    Raises Invalid (field `kinds` or `place`) when nobody could act on it.
    """
    if facts.origin not in ORIGINS:
        raise ValueError(f"no such origin: {facts.origin!r}")
    kinds = [kind for kind in KINDS if kind in facts.kinds]
    if not kinds:
        raise Invalid(_("点一样，或者几样。"), "kinds")
    owner = first_asked(facts.area_code)
    report = Report(
        origin=facts.origin, kinds=kinds, area_code=facts.area_code, lat=facts.lat, lon=facts.lon,
        precision=facts.precision, language=facts.language, urgency=first_guess(kinds, facts.words),
        desk_code=owner.area_code, owner_id=owner.id, due_at=due_next_day(now), household_id=household_id,
        reporter_id=actor.user_id if actor else None, is_doubtful=is_doubtful, created_at=now, changed_at=now)
    report.code = new_code()
    report.phone, report.name, report.words, report.address = facts.phone, facts.name, facts.words, facts.address
    db.session.add(report)
    db.session.flush()
    if sends_out and not is_doubtful:
        plan_visit(report, owner.id, now)
    tell(report, "receive", actor, now, data={"owner": owner.name, "kinds": kinds, "urgency": report.urgency})
    if is_doubtful and sends_out:
        news.tell_doubtful(report, now)
    if sends_out:
        news.received(report, actor, now)
    return report


def plan_visit(report: Report, assigned_id: int, now: datetime, kind: str = "visit", *, on: date | None = None,
               by: Actor | None = None) -> Task:
    """Somebody is to go and see, by the next day or by another one, and hears of it unless it planned this itself."""
    task = Task(report_id=report.id, kind=kind, assigned_id=assigned_id, due_on=on or day_of(now) + timedelta(days=1),
                created_at=now)
    db.session.add(task)
    db.session.flush()
    news.tell_task(task, "task_given", by, now)
    return task


def take_step(report: Report, action: str, actor: Actor | None, now: datetime, *, due_at: datetime | None = None,
              note: str = "", **values: Any) -> None:
    """Take one step of `STEPS`, or raise Conflict when the report is no longer in a state from which it leads.

    `due_at`: until when what follows is due (else as `CLOCKS` say, but for a closed one); `note`: words of a
    person, kept sealed in the history; `values`: further columns to set.
    """
    step, before = STEPS[action], report.state
    until = (due_at or due_in(CLOCKS[step.then], now)) if step.then else None
    changed = db.session.execute(
        update(Report).where(Report.id == report.id, Report.state.in_(step.sources))
        .values(**{"outcome": "", "closed_at": None, "state": step.target, "step": step.then, "due_at": until,
                   "alarm": "", "changed_at": now, **values}).execution_options(synchronize_session=False))
    db.session.refresh(report)
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("别人已经先办了这一条，现在的状态不同了。请看一下最新情况。"))
    tell(report, action, actor, now, note=note, data={"state": [before, report.state]}
         | ({"outcome": report.outcome} if report.outcome else {}))
    news.tell_step(report, action, actor, now)


def close(report: Report, outcome: str, actor: Actor | None, now: datetime, *, note: str = "",
          joined_to_id: int | None = None) -> None:
    """End a report with what came of it, one of `OUTCOMES`; nobody need go there any more.

    Raises Conflict when it is closed already.
    """
    if outcome not in OUTCOMES or (outcome == "joined") != (joined_to_id is not None):
        raise ValueError(f"no such outcome: {outcome!r}")
    take_step(report, "close", actor, now, note=note, outcome=outcome, closed_at=now, joined_to_id=joined_to_id)
    db.session.execute(
        update(Task).where(Task.report_id == report.id, Task.done_at.is_(None))
        .values(done_at=now, result="dropped", done_by_name=actor.name if actor else ""))


def hand_up(report: Report, actor: Actor | None, now: datetime, why: str, *, due_at: datetime | None = None,
            seen_at: datetime | None = None, note: str = "") -> User | None:
    """Give a report to the next wider tier, due the same day. None, and it only becomes more urgent, at the top.

    `why` is a code: `nobody_came`, `late`, or `asked` by an officer; `due_at`: another day; `seen_at`: the report's
    `changed_at` when it was found, where that was not just now. Raises Conflict when somebody has taken it meanwhile.
    """
    before_id, late_at = report.owner_id, report.due_at or now
    owner = wider(report)
    values: dict[str, Any] = {"urgency": min(report.urgency + 1, 5), "due_at": due_at or _this_evening(now),
                              "alarm": "", "changed_at": now}
    if owner is not None:
        values |= {"owner_id": owner.id, "desk_code": owner.area_code}
    changed = db.session.execute(
        update(Report).where(Report.id == report.id, Report.owner_id == report.owner_id,
                             Report.changed_at == (seen_at or report.changed_at), Report.state != "closed")
        .values(**values).execution_options(synchronize_session=False))
    db.session.refresh(report)
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("别人已经先办了这一条，现在的状态不同了。请看一下最新情况。"))
    if owner is not None:
        db.session.execute(update(Task).where(Task.report_id == report.id, Task.done_at.is_(None))
                           .values(assigned_id=owner.id, due_on=day_of(report.due_at or now), alarm=""))
    tell(report, "hand_up", actor, now, note=note, data={"why": why, "owner": owner.name if owner else ""})
    if why == "asked":
        news.tell_given(report, actor, now)
    else:
        news.tell_escalated(report, before_id, day_of(late_at), now)
    news.tell_step(report, "hand_up", actor, now)
    return owner


def add_step(report: Report, kind: str, actor: Actor | None, now: datetime, *, note: str = "",
             data: dict[str, Any] | None = None) -> ReportStep:
    """One event in a report's history; `data` holds codes and numbers, `note` words of a person (sealed)."""
    step = ReportStep(report_id=report.id, at=now, kind=kind, actor_id=actor.user_id if actor else None,
                      actor_name=actor.name if actor else "", actor_role=str(actor.role) if actor else "",
                      due_at=report.due_at, data=data or {})
    step.note = note
    db.session.add(step)
    return step


def tell(report: Report, event: str, actor: Actor | None, now: datetime, *, note: str = "",
         data: dict[str, Any] | None = None) -> None:
    """One entry in the report's history, in the audit log, and in the household's timeline when it is known."""
    add_step(report, event, actor, now, note=note, data=data)
    if report.household_id is not None:
        add_to_timeline(report.household_id, f"report.{event}", actor, now, report_id=report.id)
    record(actor, f"report.{event}", now, object_type="report", object_id=report.id,
           household_id=report.household_id, area_code=report.area_code,
           changes={name: value for name, value in (data or {}).items() if name != "owner"})


def due_in(days: int, now: datetime) -> datetime:
    """The evening of the day that is so many calendar days of Asia/Shanghai ahead."""
    return evening_of(day_of(now) + timedelta(days=days))


def due_next_day(now: datetime) -> datetime:
    """The evening of the next calendar day in Asia/Shanghai."""
    return due_in(1, now)


def evening_of(day: date) -> datetime:
    """The hour of a day by which something is due."""
    return datetime.combine(day, EVENING, SHANGHAI)


def owner_of(report: Report) -> User:
    """Who answers for a report."""
    return db.session.scalars(select(User).where(User.id == report.owner_id)).one()


def _this_evening(now: datetime) -> datetime:
    """This evening, or two hours from now when that is later."""
    return max(evening_of(day_of(now)), now + timedelta(hours=2))
