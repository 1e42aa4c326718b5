"""The page of one need: what, until when, where it stands, who is on it, what happened."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from matching.audit.models import AuditEntry
from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.households.models import TimelineEntry
from matching.pairings import service
from tests.factories import make_household, make_need, make_offer, make_pairing
from tests.people import COMMUNITY_B1A


def path(need):
    return f"/households/{need.id}/show-need"


def test_it_tells_details_deadline_state_and_who_helps(client_of, people):
    day = day_of(utc_now()) - timedelta(days=1)
    need = make_need(help_type="tutoring", quantity=3, summary="补数学", traits=["primary", "female"], wanted_by=day,
                     details={"stage": "primary", "subject": ["maths", "english"], "day": ["sat"]})
    pairing = make_pairing(need, make_offer(people.charity.organisation_id, "tutoring"))
    service.approve([pairing.id], people.town, utc_now())
    page = client_of("community").page(path(need))
    for said in ("补数学", "小学", "数学、英语", "周六", "女性", "部分结对", "超期 1 天", "青禾慈善会", "批准结对"):
        assert said in page.text, said
    assert f"/pairings/{pairing.id}/show-pairing" in [href for href, _words in page.links]


def test_a_look_is_recorded_as_a_look_at_the_file(client_of):
    need = make_need()
    client_of("town").page(path(need))
    [entry] = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "household.open"))
    assert entry.household_id == need.household_id


def test_who_checks_says_why_first(client_of):
    need = make_need()
    answer = client_of("auditor").get(path(need))
    assert answer.location == f"/households/{need.household_id}/open-household"


def test_its_history_holds_the_steps_of_its_file(client_of, people):
    household = make_household(status="screened")
    need, other = make_need(household), make_need(household, "cash")
    client_of("town").send(f"/households/{household.id}/verify-household")
    [event] = db.session.scalars(select(TimelineEntry).where(TimelineEntry.kind == "household.surveyed"))
    assert event.data["needs"] == {str(need.id): "verified", str(other.id): "verified"}
    assert "做完入户调查" in client_of("community").page(path(need)).text


def test_what_can_be_done_depends_on_where_it_stands(client_of):
    client = client_of("community")
    verbs = {status: [href.rpartition("/")[2] for href, _words in client.page(path(need)).links
                      if href.startswith(("/households/", "/pairings/")) and f"/{need.id}/" in href]
             for status in ("reported", "open", "met", "withdrawn")
             if (need := make_need(make_household(), status=status, quantity=1,
                                   **({"given": 1, "received": 1, "closed": 1} if status == "met" else {})))}
    assert {"edit-need", "withdraw-need"} <= set(verbs["reported"])
    assert "pair-by-hand" in verbs["open"]
    assert "pair-by-hand" not in verbs["reported"]
    assert not {"edit-need", "withdraw-need", "pair-by-hand"} & set(verbs["met"] + verbs["withdrawn"])


def test_out_of_reach_is_not_there(client_of):
    assert client_of("community").get(path(make_need(make_household(COMMUNITY_B1A)))).status_code == 404
