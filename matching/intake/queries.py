"""Reads of reports: the slip, and what an officer may open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import get_locale
from sqlalchemy import exists, select

from matching.accounts.models import User
from matching.actor import Actor, Right
from matching.errors import NotThere
from matching.extensions import db
from matching.intake.models import Report, ReportFile
from matching.intake.models_work import Task
from matching.intake.service_asking import first_of
from matching.intake.service_codes import written_code
from matching.places.queries import area_path

__all__ = ["Slip", "file_or_404", "report_or_404", "slip_of"]


@dataclass(frozen=True, slots=True)
class Slip:
    """What somebody who asked takes home: the code, and who comes until when."""

    code: str
    asked_at: datetime
    owner: str
    desk: str
    due_at: datetime | None
    is_joined: bool
    is_doubtful: bool
    is_for_other: bool


def slip_of(report: Report) -> Slip:
    """The slip of a report; one of the same trouble as an earlier one says who comes for that."""
    first = first_of(report)
    owner = db.session.scalars(select(User.name).where(User.id == first.owner_id)).one()
    desk = area_path(first.desk_code, str(get_locale()))
    return Slip(written_code(report.code or ""), report.created_at, owner, desk, first.due_at,
                report.joined_to_id is not None, first.is_doubtful, report.origin != "self")


def report_or_404(report_id: int, actor: Actor) -> Report:
    """A report in the actor's reach, or one that it made itself; raises NotThere."""
    report = db.session.get(Report, report_id)
    if report is None or not (actor.reaches(report.area_code) or report.reporter_id == actor.user_id):
        raise NotThere
    return report


def file_or_404(file_id: int, actor: Actor) -> tuple[ReportFile, Report]:
    """A photo or message and its report: of a report in reach of who reads reports, or of one that the actor is on
    its way to; raises NotThere.
    """
    file = db.session.get(ReportFile, file_id)
    report = db.session.get(Report, file.report_id) if file is not None else None
    if file is None or report is None:
        raise NotThere
    if not (actor.may(Right.READ_REPORTS) and actor.reaches(report.area_code)) and not _visits(report, actor):
        raise NotThere
    return file, report


def _visits(report: Report, actor: Actor) -> bool:
    """Whether the actor has a visit to make for a report, or for that which it was joined to."""
    case_id = report.id if report.joined_to_id is None else report.joined_to_id
    return bool(db.session.scalar(select(exists().where(
        Task.report_id == case_id, Task.assigned_id == actor.user_id,
        Task.done_at.is_(None)))))
