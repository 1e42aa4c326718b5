"""Asking for a run from the desk."""

from __future__ import annotations

from sqlalchemy import select

from matching.extensions import db
from matching.pairings.models import Run
from tests.people import COUNTY_A


def test_run_is_asked_for_once_and_its_page_opens(client_of):
    client = client_of("county")
    form = client.page("/pairings/desk").form("/pairings/run-pairing")
    answers = [client.post("/pairings/run-pairing", data=form.values) for _ in range(2)]
    (run,) = db.session.scalars(select(Run))
    assert (run.area_code, run.state) == (COUNTY_A, "waiting")
    assert {answer.location for answer in answers} == {f"/pairings/{run.id}/show-run"}


def test_second_wish_joins_the_run_that_waits(client_of):
    client = client_of("county")
    for _ in range(2):
        client.send("/pairings/desk", "/pairings/run-pairing")
    assert len(db.session.scalars(select(Run)).all()) == 1


def test_community_officer_has_no_right_to_it(client_of):
    client = client_of("community")
    token = client.page("/todo").forms[0].values["csrf_token"]
    assert client.post("/pairings/run-pairing", data={"csrf_token": token}).status_code == 403
