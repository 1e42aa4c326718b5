"""One report for who handles it: what was said, what was done, who goes there, what may be the same trouble."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import get_locale
from sqlalchemy import or_, select

from matching.accounts.models import User
from matching.actor import Actor
from matching.crypto import keyring
from matching.errors import NotThere
from matching.extensions import db
from matching.households.models import Household
from matching.intake.models import OPEN, Report, ReportFile, ReportStep
from matching.intake.models_work import Task
from matching.intake.service import owner_of
from matching.intake.service_asking import first_of
from matching.intake.service_tasks import workers_for
from matching.places.queries import ancestors, area_paths, within

__all__ = ["Like", "Sheet", "handled_or_404", "sheet_of"]

LIKE_WITHIN = timedelta(days=60)
SHOWN_LIKE, SHOWN_STEPS, SHOWN_JOINED = 8, 60, 40


@dataclass(frozen=True, slots=True)
class Like:
    """Another open report that may be of the same trouble; `same_phone`: told from the same telephone."""

    id: int
    kinds: list[str]
    place: str
    created_at: datetime
    urgency: int
    same_phone: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """All about one report. `joined`: further tellings of the same trouble; `files` of all of them; `first`, and who
    answers for it: the report that this one was joined to, else itself.
    """

    report: Report
    place: str
    desk: str
    owner: User
    steps: Sequence[ReportStep]
    tasks: Sequence[Any]
    joined: Sequence[Report]
    files: Sequence[ReportFile]
    likes: Sequence[Like]
    people: Sequence[User]
    household: Household | None
    is_late: bool
    first: Report
    first_owner: str

    @property
    def officers(self) -> list[User]:
        """Those who may answer for the report."""
        return [user for user in self.people if user.role != "socialworker"]

    @property
    def next_task(self) -> Task | None:
        """The visit that is to be made next."""
        return next((task for task, _name in self.tasks if task.done_at is None), None)


def handled_or_404(report_id: int, actor: Actor) -> Report:
    """A report of a place in the actor's reach; raises NotThere."""
    report = db.session.get(Report, report_id)
    if report is None or not actor.reaches(report.area_code):
        raise NotThere
    return report


def sheet_of(report: Report, actor: Actor, now: datetime) -> Sheet:
    """All about a report; ten SELECTs at most."""
    tasks = db.session.execute(
        select(Task, User.name).join(User, User.id == Task.assigned_id).where(Task.report_id == report.id)
        .order_by(Task.done_at.is_not(None), Task.due_on, Task.id)).all()
    joined = db.session.scalars(select(Report).where(Report.joined_to_id == report.id).order_by(Report.id)
                                .limit(SHOWN_JOINED)).all()
    steps = db.session.scalars(select(ReportStep).where(ReportStep.report_id == report.id)
                               .order_by(ReportStep.id.desc()).limit(SHOWN_STEPS)).all()
    files = db.session.scalars(select(ReportFile).where(ReportFile.report_id.in_(
        [report.id, *(one.id for one in joined)])).order_by(ReportFile.id)).all()
    likes = _likes(report, actor, now) if report.state in OPEN else []
    people = workers_for(report.area_code) if report.state in OPEN else []
    owner = next((user for user in people if user.id == report.owner_id), None) or db.session.get_one(
        User, report.owner_id)
    first = first_of(report)
    household = db.session.get(Household, report.household_id) if report.household_id is not None else None
    places = area_paths({report.area_code, report.desk_code, *(like.area_code for like in likes)}, str(get_locale()))
    alike = [Like(like.id, like.kinds, places[like.area_code], like.created_at, like.urgency,
                  bool(report.phone) and like.phone == report.phone) for like in likes]
    return Sheet(report, places[report.area_code], places[report.desk_code], owner, steps, tasks, joined, files, alike,
                 people, household, report.due_at is not None and report.due_at < now, first,
                 owner.name if first is report else owner_of(first).name)


def _likes(report: Report, actor: Actor, now: datetime) -> Sequence[Report]:
    """Open reports in reach of the same telephone, or of the same place, the same telephone first."""
    same_phone = Report.phone_blind.in_(keyring().blinds(report.phone)) if report.phone else Report.id < 0
    nearby = or_(Report.area_code.startswith(report.area_code), Report.area_code.in_(ancestors(report.area_code)[3:]))
    return db.session.scalars(
        select(Report).where(Report.id != report.id, Report.state.in_(OPEN), Report.created_at > now - LIKE_WITHIN,
                             within(Report.area_code, actor.area_code), or_(same_phone, nearby))
        .order_by(same_phone.desc(), Report.created_at.desc(), Report.id).limit(SHOWN_LIKE)).all()
