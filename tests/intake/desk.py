"""What tests of the desk share: the address of an act, and a form of a report's page sent as a browser would."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from matching.extensions import db
from matching.intake.models import Report, ReportStep
from tests.conftest import CheckedClient


def page_of(report: Report) -> str:
    """Where a report is opened."""
    return f"/intake/{report.id}/show-report"


def act(client: CheckedClient, report: Report, verb: str, **answers: Any) -> TestResponse:
    """Fill a form of a report's page and send it; it leads back to the page."""
    answer = client.send(page_of(report), f"/intake/{report.id}/{verb}", **answers)
    db.session.expire_all()
    return answer


def kinds(report: Report) -> list[str]:
    """What happened to a report, in order."""
    return list(db.session.scalars(select(ReportStep.kind).where(ReportStep.report_id == report.id)
                                   .order_by(ReportStep.id)))
