"""Who is told of money: papers that are due or late, and lists that wait to be frozen; each once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from matching.accounts.models import User
from matching.assistance import service_green as green
from matching.assistance import service_lists as lists
from matching.extensions import db
from matching.notices.models import Notice
from tests.assistance.test_make_payment_list import monthly
from tests.assistance.test_run_after_papers import at, run
from tests.factories import make_grant
from tests.people import LONG_AGO

DUE = date(2026, 11, 30)


def heard(*kinds: str) -> list[tuple[str, str, str]]:
    """(kind, who, page) of the notices, in order."""
    rows = db.session.execute(select(Notice.kind, User.username, Notice.details).join(
        User, User.id == Notice.user_id).where(Notice.kind.in_(kinds)).order_by(Notice.id))
    return [(kind, name, details["path"]) for kind, name, details in rows]


@pytest.mark.slow
def test_of_papers_whoever_asked_hears_before_the_day_and_then_each_tier_that_runs_after_them(people):
    grant = make_grant(is_green=True, papers_due_on=DUE, asked_by_id=people.community.user_id)
    path = f"/assistance/{grant.id}/show-grant"
    seen = []
    for days in (-4, -3, -2, 1, 2, 1, 6, 7):  # the clock goes back once
        green.run_after_papers(at(DUE + timedelta(days=days)))
        green.run_after_papers(at(DUE + timedelta(days=days), 9))
        seen.append(len(heard("papers_due", "papers_overdue")))
    assert seen == [0, 1, 1, 3, 3, 3, 5, 5]
    assert heard("papers_due") == [("papers_due", "community", path)]
    assert [name for _kind, name, _path in heard("papers_overdue")] == ["community", "town", "community", "county"]
    assert db.session.scalars(select(Notice.details).where(Notice.kind == "papers_due")).one()["by"] == "2026-11-30"


def test_papers_that_came_in_and_what_was_decided_remind_nobody(people):
    make_grant(is_green=True, papers_due_on=DUE, papers_in_on=DUE, asked_by_id=people.community.user_id)
    make_grant(is_green=True, papers_due_on=DUE, state="refused", asked_by_id=people.community.user_id)
    green.run_after_papers(at(DUE + timedelta(days=9)))
    assert heard("papers_due", "papers_overdue") == []


@pytest.mark.slow
def test_of_a_list_the_others_hear_when_it_is_made_and_all_when_its_month_is_over(app, people, monkeypatch):
    monthly()
    made = lists.make_list("2026-02", people.town, at(date(2026, 2, 3)))
    lists.make_list("2026-02", people.town, at(date(2026, 2, 4)))
    assert heard("list_to_freeze") == []  # whoever made it is the only one who can freeze it
    path, number = f"/assistance/{made.id}/show-payment-list", made.id
    db.session.commit()
    for day in (date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 1)):
        run(app, monkeypatch, at(day, 8))
    assert heard("list_to_freeze") == [("list_to_freeze", "town", path)]
    lists.freeze_list(db.session.get_one(lists.PaymentList, number), people.town, at(date(2026, 3, 2)))
    assert lists.run_after_lists(at(date(2026, 4, 2))) == 0


def test_an_officer_beside_hears_of_a_list_once_and_an_empty_list_tells_nobody(people):
    db.session.add(User(username="town_beside", name="另一位", role="town", area_code=people.town.area_code,
                        is_enabled=True, password_hash="x", password_changed_at=LONG_AGO, created_at=LONG_AGO))
    db.session.flush()
    lists.make_list("2026-01", people.town, at(date(2026, 1, 20)))
    assert heard("list_to_freeze") == []
    monthly()
    for _twice in range(2):
        lists.make_list("2026-02", people.town, at(date(2026, 2, 20)))
    assert [name for _kind, name, _path in heard("list_to_freeze")] == ["town_beside"]
    monthly(starts_on=date(2026, 1, 1))
    lists.make_list("2026-02", people.county, at(date(2026, 2, 20)))
    assert [name for _kind, name, _path in heard("list_to_freeze")] == ["town_beside"]
