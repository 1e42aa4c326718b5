"""Somebody besides its author says that a need is so; only then does it take part in pairing."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matching.audit.models import AuditEntry
from matching.clock import day_of, utc_now
from matching.errors import Conflict
from matching.extensions import db
from matching.households import service_needs
from matching.households.models import TimelineEntry
from matching.households.service_files import verify_household
from matching.households.service_needs import NeedFacts, add_need
from tests.factories import make_household, make_need
from tests.people import People


def path(need):
    return f"/households/{need.id}/confirm-need"


def reported(household, author):
    """A need that an officer has written down."""
    now = utc_now()
    return add_need(household, NeedFacts("care", 2, "", 3, "有人陪着", day_of(now)), author, now)


def confirm(client, need):
    """Press the button on the need's own page."""
    return client.send(f"/households/{need.id}/show-need", action=path(need))


def test_another_person_opens_it_with_one_click(client_of, people):
    need = reported(make_household(), people.community)
    assert need.state == "reported"
    answer = confirm(client_of("town"), need)
    assert answer.location == f"/households/{need.id}/show-need"
    db.session.expire_all()
    assert need.state == "open"
    [event] = db.session.scalars(select(TimelineEntry).where(TimelineEntry.kind == "need.confirmed"))
    assert (event.data["need_id"], event.data["state"], event.actor_name) == (need.id, "open", people.town.name)
    [entry] = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "need.confirm"))
    assert entry.changes == {"state": ["reported", "open"]}


def test_its_author_does_not(client_of, people):
    need = reported(make_household(), people.community)
    client = client_of("community")
    page = client.page(f"/households/{need.id}/show-need")
    assert path(need) not in [form.action for form in page.forms]
    token = page.forms[0].values["csrf_token"]
    assert client.post(path(need), data={"csrf_token": token}).status_code == 409
    db.session.expire_all()
    assert need.state == "reported"


def test_what_is_open_already_is_not_confirmed_again(people: People):
    need = make_need()
    with pytest.raises(Conflict):
        service_needs.confirm_need(need, people.town, utc_now())
    assert need.state == "open"


def test_the_steps_of_a_file_count_for_its_needs_but_not_for_ones_own(people: People):
    household = make_household(status="reported")
    by_community, by_county = reported(household, people.community), reported(household, people.county)
    nobody = make_need(household, "cash")
    states = []
    for officer in (people.community, people.town, people.county):
        verify_household(household, officer, utc_now())
        db.session.expire_all()
        states.append((by_community.state, by_county.state, nobody.state))
    assert states == [("reported",) * 3, ("verified",) * 3, ("open",) * 3]


def test_what_the_checker_wrote_itself_waits_for_somebody_else(people: People):
    household = make_household(status="surveyed")
    need = reported(household, people.county)
    verify_household(household, people.county, utc_now())
    db.session.expire_all()
    assert need.state == "reported"
    service_needs.confirm_need(need, people.town, utc_now())
    assert need.state == "open"


def test_confirmed_before_its_file_is_verified_it_waits_for_that(people: People):
    household = make_household(status="screened")
    need = reported(household, people.community)
    service_needs.confirm_need(need, people.town, utc_now())
    assert need.state == "verified"


def test_out_of_reach_is_not_there(client_of, people):
    need = reported(make_household(), people.community)
    client = client_of("other_town")
    token = client.page("/accounts/change-password").forms[0].values["csrf_token"]
    assert client.post(path(need), data={"csrf_token": token}).status_code == 404
