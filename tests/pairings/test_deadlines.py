"""Each step of a pairing has a last day, by its urgency; who lets it pass is reminded, once."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from matching import jobs
from matching.accounts.models import User
from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.notices.models import Notice
from matching.pairings import service, service_deadlines
from matching.pairings.models import Pairing
from tests.factories import make_need, make_offer, make_pairing
from tests.people import COUNTY_A, People, sign_in

Hearers = Counter[tuple[str, str, int]]


def heard() -> Hearers:
    """Who was told of which kind, and of how many; all of it is forgotten then."""
    found = Counter((name, kind, details.get("count", 1)) for name, kind, details in db.session.execute(
        select(User.username, Notice.kind, Notice.details).join(User, User.id == Notice.user_id)))
    db.session.query(Notice).delete()
    return found


def test_the_more_urgent_the_sooner_and_never_after_the_day_on_which_it_is_wanted() -> None:
    monday = date(2026, 11, 23)
    for state in service_deadlines.DAYS:
        days = [service_deadlines.due_on(state, urgency, None, monday) for urgency in (1, 2, 3, 4, 5)]
        assert days == sorted(days, reverse=True)
        assert len(set(days)) == 5
    assert service_deadlines.due_on("under_way", 1, date(2026, 11, 28), monday) == date(2026, 11, 28)
    assert service_deadlines.due_on("offered", 1, date(2026, 11, 1), monday) == date(2026, 11, 24)
    assert service_deadlines.due_on("delivered", 3, date(2026, 11, 24), monday) == date(2026, 11, 30)
    assert service_deadlines.due_on("closed", 3, None, monday) is None


@pytest.mark.parametrize("urgency", [1, 5])
def test_every_step_sets_the_day_of_the_next(people: People, urgency: int) -> None:
    pairing, now = make_pairing(make_need(urgency=urgency)), utc_now()
    service.approve([pairing.id], people.county, now)
    for action, by in (("accept", people.charity), ("consent", people.community), ("start", people.charity)):
        days = service_deadlines.DAYS[pairing.state][urgency - 1]
        assert pairing.due_on == day_of(now) + timedelta(days=days)
        pairing.reminded = "late"
        db.session.flush()
        service.take_step(pairing, action, by, now)
        assert pairing.reminded == ""


def test_what_is_urgent_lapses_sooner(people: People) -> None:
    ago = day_of(utc_now()) - timedelta(days=4)
    urgent = make_pairing(make_need(urgency=5), state="offered", answer_by_on=ago)
    calm = make_pairing(make_need(urgency=1), state="offered", answer_by_on=ago)
    assert service.lapse_overdue(utc_now()) == 1
    assert (urgent.state, calm.state) == ("lapsed", "offered")


def test_who_has_to_act_is_reminded_the_day_before_and_once_more_when_it_is_late(people: People) -> None:
    now, offer = utc_now(), make_offer(people.charity.organisation_id)
    home = make_need(db.session.get_one(Pairing.household.property.mapper.class_, people.household.household_id))
    for state in ("offered", "consented", "under_way"):
        make_pairing(make_need(), offer, state, due_on=day_of(now) + timedelta(days=1), answer_by_on=day_of(now))
    make_pairing(home, offer, "delivered", due_on=day_of(now))
    make_pairing(make_need(), offer, "under_way", due_on=day_of(now) + timedelta(days=2))
    assert service_deadlines.remind(now) == 4
    assert heard() == {("charity", "pairings_due", 3): 1, ("community", "pairings_due", 1): 1,
                       ("household", "answer_due", 1): 1}
    assert service_deadlines.remind(now) == 0
    assert heard() == {}
    later = now + timedelta(days=3)
    assert service_deadlines.remind(later) == 5
    assert heard() == {("charity", "pairings_late", 4): 1, ("community", "pairings_late", 5): 1,
                       ("household", "answer_due", 1): 1}
    assert service_deadlines.remind(later + timedelta(days=1)) == 0


def test_what_is_closed_or_only_proposed_reminds_nobody(people: People) -> None:
    for state in ("proposed", "closed", "declined", "reopened"):
        make_pairing(make_need(), make_offer(people.charity.organisation_id), state, due_on=day_of(utc_now()))
    assert service_deadlines.remind(utc_now()) == 0


def test_the_morning_job_reminds(app: Flask, people: People) -> None:
    make_pairing(make_need(), make_offer(people.charity.organisation_id), "consented", due_on=day_of(utc_now()))
    db.session.commit()
    jobs.run_slot(jobs.JOBS["remind of pairings"], utc_now(), "a runner", app)
    assert heard() == {("charity", "pairings_due", 1): 1}


def test_control_without_the_mark_everybody_is_told_again(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    now = utc_now()
    make_pairing(make_need(), make_offer(people.charity.organisation_id), "consented", due_on=day_of(now))
    assert service_deadlines.remind(now) == 1
    db.session.execute(update(Pairing).values(reminded=""))
    assert service_deadlines.remind(now + timedelta(hours=1)) == 1


def test_an_officer_is_asked_to_run_after_what_an_organisation_lets_pass(client, people: People) -> None:
    offer = make_offer(people.charity.organisation_id)
    for state in ("consented", "under_way"):
        make_pairing(make_need(), offer, state, due_on=day_of(utc_now()) - timedelta(days=2))
        make_pairing(make_need(), offer, state)
    assert people.county.area_code == COUNTY_A
    page = sign_in(client, people.county).page("/todo")
    assert page.headings[0][1] == "今天要办 2 件，2 件已超期"
    assert "去联系" in page.text
