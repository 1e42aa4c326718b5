"""Asking for a check: once however often it is sent, for the own area, and nothing else."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from matching.assistance.models import GapCheck
from matching.extensions import db
from tests.people import COUNTY_A, TOWN_A1


def checks():
    return db.session.scalars(select(GapCheck).order_by(GapCheck.id)).all()


def test_a_check_of_the_own_area_waits_and_its_page_opens(client_of):
    answer = client_of("county").send("/assistance/list-gaps", "/assistance/start-gap-check", on="2026-08-31")
    (check,) = checks()
    assert (check.area_code, check.reckoned_on, check.state) == (COUNTY_A, date(2026, 8, 31), "waiting")
    assert answer.location == f"/assistance/{check.id}/show-gap-check"
    client_of("town").send("/assistance/list-gaps", "/assistance/start-gap-check")
    assert checks()[-1].area_code == TOWN_A1


def test_sent_twice_it_is_one_check(client_of):
    client = client_of("county")
    form = client.page("/assistance/list-gaps").form("/assistance/start-gap-check")
    answers = [client.post(form.action, data=form.values) for _ in range(2)]
    assert len(checks()) == 1
    assert answers[0].location == answers[1].location


def test_without_a_day_it_says_so(client_of):
    answer = client_of("county").send("/assistance/list-gaps", "/assistance/start-gap-check", on="昨天")
    assert answer.status_code == 422
    assert "请选一个日子" in answer.get_data(as_text=True)
    assert checks() == []


def test_a_community_officer_may_not(client_of):
    assert client_of("community").post("/assistance/start-gap-check").status_code in (400, 403)
    assert checks() == []
