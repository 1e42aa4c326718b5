"""Steps of referrals as people take them, for the tests of their pages."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from matching.extensions import db
from matching.intake.models import Report, ReportStep
from matching.intake.models_work import Referral
from matching.notices.models import Notice
from tests import factories
from tests.conftest import CheckedClient
from tests.days import today
from tests.people import People

QUESTION = "请看看能不能报销这次住院的费用"


def refer(client: CheckedClient, report: Report, people: People, **answers: Any) -> Any:
    """Hand a report over to the known department, as an officer would."""
    path = f"/intake/{report.id}/refer-report?help_type=medical"
    return client.send(path, **{"organisation_id": people.department.organisation_id, "question": QUESTION,
                                "answer_due_on": today(3).isoformat(), "consent_how": "", **answers})


def referral_for(people: People, username: str = "department", **fields: Any) -> Referral:
    """A referral to a known organisation, asked by the community officer."""
    report = fields.pop("report", None) or factories.make_report(name="求助人罗三", phone="13900005678")
    return factories.make_referral(report, people[username].organisation_id, **{
        "asked_by_id": people.community.user_id, **fields})


def newest() -> Referral:
    """The referral that was asked last, as it stands."""
    db.session.expire_all()
    return db.session.scalars(select(Referral).order_by(Referral.id.desc()).limit(1)).one()


def told(kind: str) -> list[int | None]:
    """Who was told of a kind of notice."""
    return list(db.session.scalars(select(Notice.user_id).where(Notice.kind == kind).order_by(Notice.user_id)))


def steps(report_id: int) -> list[str]:
    """What a report's history says, in order."""
    return list(db.session.scalars(select(ReportStep.kind).where(ReportStep.report_id == report_id)
                                   .order_by(ReportStep.id)))
