"""Two reports of the same trouble become one case, and nothing that was said is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from matching.extensions import db
from matching.intake.models import Report
from matching.intake.models_work import Task
from tests import factories
from tests.conftest import CheckedClient
from tests.intake.desk import act, kinds, page_of
from tests.people import COMMUNITY_A2A, People

Client = Callable[[str], CheckedClient]


def test_the_second_follows_the_first_and_its_words_stand_there(client_of: Client, people: People) -> None:
    first = factories.make_report(kinds=["medical"], urgency=3, words="他病了")
    second = factories.make_report(kinds=["cash"], urgency=4, words="隔壁没钱住院",
                                   household_id=people.household.household_id)
    factories.make_task(second)
    answer = act(client_of("community"), second, "join-report", first_id=str(first.id))
    assert answer.location == page_of(second)
    first, second = db.session.get_one(Report, first.id), db.session.get_one(Report, second.id)
    assert (second.state, second.outcome, second.joined_to_id) == ("closed", "joined", first.id)
    assert (first.kinds, first.urgency, first.household_id) == (["medical", "cash"], 4, people.household.household_id)
    assert db.session.scalars(select(Task.result)).all() == ["dropped"]
    assert kinds(first) == ["add"]
    text = client_of("town").page(page_of(first)).text
    assert "他病了" in text
    assert "隔壁没钱住院" in text


def test_what_was_joined_to_it_goes_along(client_of: Client, people: People) -> None:
    first, second = factories.make_report(), factories.make_report()
    third = factories.make_report(state="closed", outcome="joined", step="", joined_to_id=second.id)
    act(client_of("community"), second, "join-report", first_id=str(first.id))
    assert db.session.get_one(Report, third.id).joined_to_id == first.id


@pytest.mark.slow
def test_only_an_open_report_of_the_reach_can_be_the_first(client_of: Client, people: People) -> None:
    report, near = factories.make_report(), factories.make_report()
    closed = factories.make_report(state="closed", outcome="helped", step="")
    far = factories.make_report(COMMUNITY_A2A, phone=report.phone)
    for number in (closed.id, far.id, report.id, 987654):
        assert act(client_of("community"), report, "join-report", first_id=str(number)).status_code == 422
    assert kinds(report) == kinds(near) == []


def test_the_same_telephone_elsewhere_in_reach_is_offered_first(client_of: Client, people: People) -> None:
    report = factories.make_report(phone="13900004471")
    factories.make_report()
    far = factories.make_report(COMMUNITY_A2A, phone="13900004471")
    text = client_of("county").page(page_of(report)).text
    assert text.index("同一个电话") < text.index("坳下村 · ")
    assert far.id
