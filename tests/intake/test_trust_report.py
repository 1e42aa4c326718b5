"""A doubtful report that an officer has asked about: somebody goes there, and the asker is told only then."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from matching.clock import utc_now
from matching.extensions import db
from matching.intake import service
from matching.intake.models import Report
from matching.intake.models_work import Task
from matching.notices.models import Notice
from tests.conftest import CheckedClient
from tests.days import today
from tests.intake.desk import act, kinds
from tests.intake.test_service import facts
from tests.people import People

Client = Callable[[str], CheckedClient]


def test_it_gets_a_visit_and_the_asker_hears(client_of: Client, people: People) -> None:
    report = service.receive(facts(), None, utc_now(), is_doubtful=True)
    assert db.session.scalars(select(Notice.kind)).all() == ["report_given"], "no message to a number nobody has asked"
    assert act(client_of("community"), report, "trust-report", note="打过电话，是本人").status_code == 302
    report = db.session.get_one(Report, report.id)
    assert not report.is_doubtful
    assert db.session.scalars(select(Task.due_on)).one() == today(1)
    assert kinds(report) == ["receive", "trust"]
    told = db.session.execute(select(Notice.kind, Notice.recipient).where(Notice.user_id.is_(None))).all()
    assert told == [("report_received", f"report:{report.id}")]


def test_it_is_trusted_once(client_of: Client, people: People) -> None:
    report = service.receive(facts(), None, utc_now(), is_doubtful=True)
    one, other, path = client_of("community"), client_of("town"), f"/intake/{report.id}/trust-report"
    forms = [client.page(f"/intake/{report.id}/show-report").form(path).values for client in (one, other)]
    assert [client.post(path, data=values).status_code
            for client, values in zip((one, other), forms, strict=True)] == [302, 409]
    assert len(db.session.scalars(select(Task)).all()) == 1
