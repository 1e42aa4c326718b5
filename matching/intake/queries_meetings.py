"""Reads of joint meetings: an officer's list, one meeting, and the little that an invited organisation sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from matching.accounts.models import User
from matching.actor import Actor
from matching.errors import NotThere
from matching.extensions import db
from matching.intake.models import Report
from matching.intake.models_meetings import Meeting, MeetingDecision, MeetingInvitation
from matching.intake.service_referrals import in_reach
from matching.keyset import Asked, Key, Order, Page, whole
from matching.notices.queries import TIERS, officers_at
from matching.organisations.models import Organisation
from matching.places.queries import area_name, area_path, within

__all__ = ["Owned", "choices", "decision_or_404", "invitation_of", "list_meetings", "meeting_or_404", "number_of",
           "of_report", "open_decisions", "our_meeting_or_404", "our_meetings", "owned", "owners", "place_of",
           "town_of"]

PAGE = 40
NEWEST_FIRST = Order(Key(Meeting.id, whole, falls=True))


@dataclass(frozen=True, slots=True)
class Owned:
    """One decision in finished values."""

    id: int
    words: str
    owner: str
    due_on: date
    is_late: bool
    is_done: bool
    done: str


def number_of(meeting: Meeting) -> str:
    """What a meeting is called in lists and on paper."""
    return f"H-{meeting.id:05d}"


def meeting_or_404(meeting_id: int, actor: Actor) -> Meeting:
    """A meeting on a report in the officer's reach, with all its page shows; raises NotThere."""
    meeting = db.session.scalar(_whole().where(Meeting.id == meeting_id))
    if meeting is None or not actor.reaches(meeting.area_code):
        raise NotThere
    return meeting


def our_meeting_or_404(meeting_id: int, actor: Actor) -> Meeting:
    """A meeting to which the actor's organisation is invited; raises NotThere."""
    meeting = db.session.scalar(_whole().where(Meeting.id == meeting_id))
    if meeting is None or actor.organisation_id is None or invitation_of(meeting, actor) is None:
        raise NotThere
    return meeting


def invitation_of(meeting: Meeting, actor: Actor) -> MeetingInvitation | None:
    """The invitation of the actor's organisation."""
    return next((one for one in meeting.invitations if one.organisation_id == actor.organisation_id), None)


def decision_or_404(decision_id: int, actor: Actor) -> MeetingDecision:
    """A decision in an officer's reach, or of the actor's own organisation; raises NotThere."""
    decision = db.session.scalar(select(MeetingDecision).options(
        joinedload(MeetingDecision.meeting).joinedload(Meeting.report)).where(MeetingDecision.id == decision_id))
    if decision is None:
        raise NotThere
    ours = actor.organisation_id is not None and decision.organisation_id == actor.organisation_id
    if not ours and (actor.organisation_id is not None or not actor.reaches(decision.meeting.area_code)):
        raise NotThere
    return decision


def list_meetings(actor: Actor, asked: Asked) -> Page[Meeting]:
    """A page of the meetings in an officer's reach, the newest first."""
    rows = db.session.scalars(NEWEST_FIRST.take(
        _whole().where(within(Meeting.area_code, actor.area_code)), asked, PAGE)).all()
    return NEWEST_FIRST.page(rows, asked, PAGE, lambda row: (row.id,))


def our_meetings(actor: Actor, asked: Asked) -> Page[Meeting]:
    """A page of the meetings to which the actor's organisation is invited, the newest first."""
    mine = select(MeetingInvitation.meeting_id).where(
        MeetingInvitation.organisation_id == (actor.organisation_id or 0))
    rows = db.session.scalars(NEWEST_FIRST.take(_whole().where(Meeting.id.in_(mine)), asked, PAGE)).all()
    return NEWEST_FIRST.page(rows, asked, PAGE, lambda row: (row.id,))


def choices(report: Report) -> list[tuple[int, str, bool]]:
    """Who can be invited: (number, name, whether it is a department), departments first."""
    department = (Organisation.kind == "department").label("department")
    rows = db.session.execute(select(Organisation.id, Organisation.name, department).where(
        *in_reach(report.area_code)).order_by(department.desc(), Organisation.name, Organisation.id).limit(400))
    return [(number, name, bool(is_department)) for number, name, is_department in rows]


def owners(meeting: Meeting) -> dict[str, list[tuple[str, str]]]:
    """Who can be made to carry something out: `o` and an organisation's number, `u` and an officer's."""
    officers = db.session.execute(
        select(User.id, User.name).where(User.is_enabled, User.id.in_(officers_at(
            meeting.area_code, *(role for role, _digits in TIERS)))).order_by(func.length(User.area_code), User.id))
    return {_("还没有选"): [("", _("选一个单位或者一位干部"))],
            _("请来的单位"): [(f"o{one.organisation_id}", one.organisation.name) for one in meeting.invitations],
            _("干部"): [(f"u{number}", name) for number, name in officers]}


def owned(decisions: Sequence[MeetingDecision], today: date) -> list[Owned]:
    """Decisions in finished values."""
    return [Owned(one.id, one.words or "", one.organisation.name if one.organisation else one.owner.name
                  if one.owner else "", one.due_on, one.done_at is None and one.due_on < today,
                  one.done_at is not None, one.done_note or "") for one in decisions]


def place_of(meeting: Meeting) -> str:
    """Where the household lives, for officers."""
    return area_path(meeting.area_code, str(get_locale()))


def town_of(meeting: Meeting) -> str:
    """The town, for those who are invited."""
    return area_name(meeting.area_code[:9])


def of_report(report: Report) -> Sequence[Meeting]:
    """The meetings on a report, the first called first; without what they hold."""
    return db.session.scalars(select(Meeting).where(Meeting.report_id == report.id).order_by(Meeting.id)).all()


def open_decisions(meetings: Sequence[Meeting]) -> Mapping[int, int]:
    """How many decisions of each meeting are not carried out."""
    return {meeting.id: sum(one.done_at is None for one in meeting.decisions) for meeting in meetings}


def _whole() -> Select[Meeting]:
    """Meetings with what pages show of them."""
    return select(Meeting).options(
        joinedload(Meeting.report), selectinload(Meeting.invitations).joinedload(MeetingInvitation.organisation),
        selectinload(Meeting.decisions).joinedload(MeetingDecision.organisation),
        selectinload(Meeting.decisions).joinedload(MeetingDecision.owner))
