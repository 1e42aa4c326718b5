"""Stopping a check: what it had found is gone, the last one stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from matching import jobs_gaps
from matching.assistance import service_checks as checks
from matching.assistance import service_gaps
from matching.assistance.models import Gap, GapCheck
from matching.clock import utc_now
from matching.extensions import db
from tests.assistance.working import ask, check_now, work
from tests.factories import make_household
from tests.people import COUNTY_A, Actor


def found() -> int:
    return db.session.scalar(select(func.count()).select_from(Gap)) or 0


def poor_homes(count: int) -> None:
    for _ in range(count):
        make_household(category="none", residence="urban")
    db.session.commit()


def test_an_officer_stops_it_and_the_last_result_stays(client_of, people):
    poor_homes(2)
    last, check = check_now(), ask()
    client = client_of("county")
    answer = client.send(f"/assistance/{check.id}/show-gap-check", f"/assistance/{check.id}/cancel-gap-check")
    assert answer.status_code == 302
    assert db.session.get_one(GapCheck, check.id).state == "cancelled"
    assert found() == 2
    assert "可以再查一次" in client.page(f"/assistance/{check.id}/show-gap-check").text
    assert last.state == "done"
    assert not checks.cancel(last, people.county, utc_now()), "what has ended cannot be stopped"
    assert db.session.get_one(GapCheck, last.id).state == "done"


def test_stopped_between_two_batches_nothing_of_it_is_kept(people, monkeypatch: pytest.MonkeyPatch):
    poor_homes(5)
    monkeypatch.setattr(service_gaps, "BATCH", 2)
    monkeypatch.setattr(jobs_gaps, "read_homes", lambda area, on, after: service_gaps.read_homes(area, on, after, 2))
    check, real = ask(), checks.advance
    number, officer = check.id, people.county

    def stopping(check_id, rows, done, now):
        mine = real(check_id, rows, done, now)
        if mine and done >= 4:
            db.session.commit()
            assert checks.cancel(db.session.get_one(GapCheck, check_id), officer, now)
        return mine

    monkeypatch.setattr(jobs_gaps.checks, "advance", stopping)
    assert work(check).state == "cancelled"
    assert found() == 0
    assert db.session.get_one(GapCheck, number).report == {}


def test_of_two_processes_one_works_it_and_a_dead_ones_check_is_taken_over(people):
    poor_homes(1)
    check, now = ask(), utc_now()
    assert jobs_gaps.claim(check.id, now)
    assert not jobs_gaps.claim(check.id, now)
    assert checks.next_waiting(now + timedelta(minutes=1)) is None
    later = now + checks.SILENCE + timedelta(seconds=1)
    assert checks.next_waiting(later) == check.id
    assert jobs_gaps.claim(check.id, later)
    assert jobs_gaps.work(check.id).state == "done"
    assert found() == 1


def test_a_check_that_fails_leaves_nothing_and_says_so(people, client_of, monkeypatch: pytest.MonkeyPatch):
    poor_homes(1)
    check = ask()
    number = check.id
    assert jobs_gaps.claim(number, utc_now())
    jobs_gaps.fail(number, utc_now(), "ValueError")
    assert db.session.get_one(GapCheck, number).state == "failed"
    assert "是我们的问题" in client_of("county").page(f"/assistance/{number}/show-gap-check").headings[0][1]
    assert found() == 0


def test_a_town_does_not_stop_the_countys_check(client_of, people):
    check = ask(COUNTY_A, actor=people.county)
    assert isinstance(people.town, Actor)
    assert client_of("town").post(f"/assistance/{check.id}/cancel-gap-check").status_code in (302, 400)
    assert db.session.get_one(GapCheck, check.id).state == "waiting"
