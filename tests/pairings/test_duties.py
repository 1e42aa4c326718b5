"""What was agreed in a pairing: before the start, each week, month and year; ticks, exemptions, what is missed."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from matching import jobs
from matching.accounts.models import User
from matching.clock import day_of, utc_now
from matching.errors import Conflict, Invalid
from matching.extensions import db
from matching.notices.models import Notice
from matching.pairings import service, service_duties
from matching.pairings.models import Pairing
from matching.pairings.models_life import Duty
from tests.days import today
from tests.factories import make_duty, make_need, make_offer, make_pairing
from tests.people import People


def paired(people: People, state: str = "under_way", help_type: str = "schooling") -> Pairing:
    """A pairing of the charity."""
    offer = make_offer(people.charity.organisation_id, help_type=help_type)
    return make_pairing(make_need(help_type=help_type), offer, state, answer_by_on=today(), decided_at=utc_now())


def agreed(rhythm: str, starts_on: date, ends_on: date | None = None) -> Duty:
    """A duty of some pairing, not saved."""
    return Duty(rhythm=rhythm, starts_on=starts_on, ends_on=ends_on, ticks=[], exemptions=[])


def firsts(duty: Duty, on: date) -> list[str]:
    """The first days of its periods."""
    return [one.first.isoformat() for one in service_duties.periods(duty, on)]


@pytest.mark.parametrize(("rhythm", "starts_on", "on", "expected"), [
    ("once", date(2026, 3, 4), date(2026, 1, 1), ["2026-03-04"]),
    ("week", date(2026, 11, 18), date(2026, 11, 30), ["2026-11-18", "2026-11-23", "2026-11-30"]),
    ("month", date(2026, 11, 30), date(2027, 1, 1), ["2026-11-30", "2026-12-01", "2027-01-01"]),
    ("year", date(2024, 2, 29), date(2026, 3, 1), ["2024-02-29", "2025-02-28", "2026-02-28"]),
    ("year", date(2026, 9, 1), date(2026, 9, 1), ["2026-09-01"])])
def test_weeks_and_months_are_the_calendars_and_years_count_from_the_day(
        rhythm: str, starts_on: date, on: date, expected: list[str]) -> None:
    assert firsts(agreed(rhythm, starts_on), on) == expected


def test_a_period_that_was_not_over_when_the_duty_ended_is_not_asked_for() -> None:
    duty = agreed("month", date(2026, 1, 1), date(2026, 2, 28))
    assert firsts(duty, date(2026, 6, 1)) == ["2026-01-01", "2026-02-01"]


def test_scenario_1b_a_four_year_payment_is_due_each_year_and_one_missed_year_shows(people: People) -> None:
    pairing = paired(people)
    duty = make_duty(pairing, rhythm="year", what="付 2,500 元学费", starts_on=date(2022, 9, 1),
                     ends_on=date(2026, 8, 31), made_at=datetime(2022, 9, 1, tzinfo=UTC))
    now = datetime(2026, 11, 25, 2, tzinfo=UTC)
    for year in (2022, 2023, 2025):
        service_duties.tick_duty(duty, pairing, date(year, 9, 1), date(year, 9, 20), "付到学校", people.charity, now)
    found = service_duties.periods(duty, day_of(now))
    assert [(one.first.year, one.state) for one in found] == [
        (2022, "done"), (2023, "done"), (2024, "missed"), (2025, "done")]
    service_duties.find_missed(now)
    assert duty.missed_on == date(2024, 9, 1)
    service_duties.tick_duty(duty, pairing, date(2024, 9, 1), day_of(now), "补付", people.charity, now)
    assert duty.missed_on is None, "made up for"


def test_one_tick_a_period_and_none_before_it_begins(people: People) -> None:
    pairing, now = paired(people), utc_now()
    duty = make_duty(pairing, starts_on=today(-70))
    first = service_duties.periods(duty, today())[0].first
    service_duties.tick_duty(duty, pairing, first, today(-60), "", people.charity, now)
    with pytest.raises(Conflict, match="已经记过"):
        service_duties.tick_duty(duty, pairing, first, today(-60), "", people.charity, now)
    for period_on, done_on in ((today(40), today()), (first, today(1))):
        with pytest.raises(Invalid):
            service_duties.tick_duty(duty, pairing, period_on, done_on, "", people.charity, now)


def test_an_exemption_ends_by_itself(people: People) -> None:
    pairing, now = paired(people), datetime(2026, 7, 10, 2, tzinfo=UTC)
    duty = make_duty(pairing, starts_on=date(2026, 6, 1))
    service_duties.exempt_duty(duty, pairing, date(2026, 7, 1), date(2026, 8, 31), "放暑假", people.community, now)
    states = {one.first.month: one.state for one in service_duties.periods(duty, date(2026, 10, 5))}
    assert states == {6: "missed", 7: "exempt", 8: "exempt", 9: "missed", 10: "open"}
    with pytest.raises(Conflict):
        service_duties.tick_duty(duty, pairing, date(2026, 7, 1), date(2026, 7, 9), "", people.charity, now)
    for until in (date(2026, 7, 9), date(2028, 1, 1)):
        with pytest.raises(Invalid):
            service_duties.exempt_duty(duty, pairing, date(2026, 7, 1), until, "x", people.community, now)


def test_a_pairing_does_not_start_before_papers_are_seen_and_people_have_met(people: People) -> None:
    pairing, now = paired(people, "consented", "tutoring"), utc_now()
    service_duties.add_duty(pairing, "once", "看无犯罪记录证明", today(3), None, people.community, now)
    service_duties.add_duty(pairing, "once", "先见个面", today(3), None, people.community, now)
    with pytest.raises(Conflict, match="无犯罪记录"):
        service.take_step(pairing, "start", people.charity, now)


def test_once_they_are_done_or_exempt_it_starts(people: People) -> None:
    pairing, now = paired(people, "consented", "tutoring"), utc_now()
    papers = service_duties.add_duty(pairing, "once", "看无犯罪记录证明", today(), None, people.community, now)
    met = service_duties.add_duty(pairing, "once", "先见个面", today(), None, people.community, now)
    service_duties.tick_duty(papers, pairing, today(), today(), "看过", people.community, now)
    service_duties.exempt_duty(met, pairing, today(), today(5), "早就认识", people.community, now)
    service.take_step(pairing, "start", people.charity, now)
    assert pairing.state == "under_way"
    with pytest.raises(Invalid):
        service_duties.add_duty(pairing, "once", "再见个面", today(), None, people.community, now)


def test_what_recurs_keeps_a_pairing_from_being_late(people: People) -> None:
    pairing, now = paired(people, "consented"), utc_now()
    duty = service_duties.add_duty(pairing, "year", "付学费", today(), today(1400), people.community, now)
    service.take_step(pairing, "start", people.charity, now)
    assert pairing.due_on == today(1400)
    service_duties.end_duty(duty, pairing, people.community, now)
    assert pairing.due_on is not None
    assert pairing.due_on < today(100)
    with pytest.raises(Conflict):
        service_duties.end_duty(duty, pairing, people.community, now)


def test_what_has_ended_owes_nothing(people: People) -> None:
    pairing = paired(people, "withdrawn")
    duty = make_duty(pairing)
    with pytest.raises(Conflict):
        service_duties.add_duty(pairing, "month", "看一次", today(), None, people.community, utc_now())
    with pytest.raises(Conflict):
        service_duties.tick_duty(duty, pairing, duty.starts_on, today(), "", people.charity, utc_now())
    assert service_duties.find_missed(utc_now()) == 0


def heard() -> Counter[tuple[str, str]]:
    """Who was told of what."""
    rows = db.session.execute(select(User.username, Notice.kind).join(User, User.id == Notice.user_id))
    return Counter((name, kind) for name, kind in rows)


def test_what_is_missed_is_told_once_for_each_period(app: Flask, people: People) -> None:
    pairing = paired(people)
    duty = make_duty(pairing, starts_on=date(2026, 9, 1))
    number = duty.id
    first, later = datetime(2026, 10, 2, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)
    assert [service_duties.find_missed(moment) for moment in (first, first, later)] == [1, 0, 1]
    assert heard() == {("charity", "duty_missed"): 2, ("community", "duty_missed"): 2}
    db.session.commit()
    jobs.run_slot(jobs.JOBS["remind of pairings"], datetime(2026, 12, 1, 23, 30, tzinfo=UTC), "a runner", app)
    db.session.expire_all()
    assert db.session.get_one(Duty, number).missed_on is not None


def test_not_yet_over_is_not_missed(people: People) -> None:
    make_duty(paired(people), rhythm="year", starts_on=today() - timedelta(days=100))
    assert service_duties.find_missed(utc_now()) == 0


def test_what_is_missed_stands_on_both_to_do_lists_until_it_is_made_up_for(client_of, people: People) -> None:
    pairing = paired(people)
    duty, now = make_duty(pairing, rhythm="year", starts_on=today(-400)), utc_now()
    service_duties.find_missed(now)
    for who, words in (("community", "问 1 件约好没办的事"), ("charity", "补办 1 件约好的事")):
        assert words in client_of(who).page("/todo").text
    service_duties.tick_duty(duty, pairing, today(-400), today(), "", people.charity, now)
    assert "约好没办" not in client_of("community").page("/todo").text
