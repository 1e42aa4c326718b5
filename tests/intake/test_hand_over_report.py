"""Another officer of the place answers for it from now on, and goes there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from matching.extensions import db
from matching.intake.models import Report
from matching.intake.models_work import Task
from matching.notices.models import Notice
from tests import factories
from tests.conftest import CheckedClient
from tests.intake.desk import act, kinds
from tests.people import COMMUNITY_A1A, People

Client = Callable[[str], CheckedClient]


def test_owner_desk_and_visit_go_over_and_the_new_owner_hears(client_of: Client, people: People) -> None:
    report = factories.make_report()
    factories.make_task(report)
    act(client_of("county"), report, "hand-over-report", owner_id=str(people.town.user_id), why="社区在换届")
    report = db.session.get_one(Report, report.id)
    assert (report.owner_id, report.desk_code) == (people.town.user_id, people.town.area_code)
    assert db.session.scalars(select(Task.assigned_id)).one() == people.town.user_id
    assert kinds(report) == ["hand_over"]
    told = db.session.execute(select(Notice.kind, Notice.user_id).order_by(Notice.id)).all()
    assert told == [("report_given", people.town.user_id), ("report_step", None)], "and who asked"


def test_the_visit_of_somebody_else_stays_with_who_was_sent(client_of: Client, people: People) -> None:
    report = factories.make_report()
    factories.make_task(report, assigned_id=people.socialworker.user_id)
    act(client_of("county"), report, "hand-over-report", owner_id=str(people.town.user_id), why="镇里来管")
    assert db.session.scalars(select(Task.assigned_id)).one() == people.socialworker.user_id


@pytest.mark.slow
def test_nobody_who_cannot_answer_for_it_gets_it(client_of: Client, people: People) -> None:
    gone = factories.make_user("community", COMMUNITY_A1A, is_enabled=False)
    report = factories.make_report()
    for number in (people.socialworker.user_id, people.other_town.user_id, people.county2.user_id, gone.id, 987654,
                   report.owner_id):
        answer = act(client_of("county"), report, "hand-over-report", owner_id=str(number), why="x")
        assert answer.status_code == 422, number
    assert kinds(report) == []
