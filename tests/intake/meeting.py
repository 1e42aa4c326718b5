"""Joint meetings for the tests of their pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from matching.clock import utc_now
from matching.extensions import db
from matching.intake.models_meetings import Meeting, MeetingDecision
from tests import factories
from tests.people import People

FACTS = "每周三次透析，费用和接送都没有着落"


def meeting_of(people: People, **fields: Any) -> Meeting:
    """A meeting that the county called, with the known department and charity invited."""
    report = fields.pop("report", None) or factories.make_report(name="求助人罗三", phone="13900005678",
                                                                 address="坳下村老井边")
    invited = (people.department.organisation_id, people.charity.organisation_id)
    return factories.make_meeting(report, *invited, **{"called_by_id": people.county.user_id, "facts": FACTS, **fields})


def held(people: People, **fields: Any) -> Meeting:
    """A meeting that was held yesterday."""
    return meeting_of(people, **{"state": "held", "held_at": utc_now() - timedelta(days=1),
                                 "summary": "都同意分头办", **fields})


def newest() -> Meeting:
    """The meeting that was called last, as it stands."""
    db.session.expire_all()
    return db.session.scalars(select(Meeting).order_by(Meeting.id.desc()).limit(1)).one()


def decision() -> MeetingDecision:
    """The newest decision, as it stands."""
    db.session.expire_all()
    return db.session.scalars(select(MeetingDecision).order_by(MeetingDecision.id.desc()).limit(1)).one()
