"""Money that was paid first and refused later comes back, all at once or in parts, and never more than went out."""

from __future__ import annotations

import pytest

from matching.assistance import service_grants as grants
from matching.clock import day_of, utc_now
from matching.extensions import db
from tests.assistance.asking import decide, newest
from tests.assistance.breaking import told
from tests.factories import make_grant


@pytest.fixture
def owed(people, client_of):
    """2,000 yuan that went out first and were refused then."""
    grant = make_grant(is_green=True)
    grants.pay_grant(grant, day_of(utc_now()), people.town, utc_now())
    db.session.commit()
    decide(client_of("county"), newest(), "refuse", "不符合")
    assert newest().stands == "reclaim"
    return f"/assistance/{grant.id}/reclaim-grant"


@pytest.mark.slow
def test_it_comes_back_in_parts_and_then_it_is_done(client_of, owed):
    client = client_of("town")
    assert client.send(owed, amount="500").status_code == 302
    assert (newest().stands, newest().back_fen) == ("reclaim", 50_000)
    assert "1,500 元" in client.page(owed).text
    assert client.send(owed, amount="1500.01").status_code == 422
    assert client.send(owed, amount="1500").status_code == 302
    assert newest().stands == "reclaimed"
    assert (told("grant.reclaim_part"), told("grant.reclaim")) == (1, 1)
    token = client.page("/assistance/list-grants").forms[0].values
    assert client.post(owed, data=token | {"amount": "1", "back_on": "2026-01-01"}).status_code == 409


@pytest.mark.slow
def test_what_does_not_come_back_is_written_off_by_the_county_with_a_why(client_of, owed):
    assert client_of("town").send(owed, amount="500", waive="y", words="人没了").status_code == 403
    county = client_of("county")
    assert county.send(owed, amount="500", waive="y").status_code == 422
    county.send(owed, amount="500", waive="y", words="人没了")
    assert newest().stands == "reclaimed"
    assert [(one.amount_fen, one.is_waived) for one in newest().repayments] == [(50_000, False), (150_000, True)]
    text = county.page(f"/assistance/{newest().household_id}/show-entitlements").text
    assert "追回了 500 元" in text
    assert "1,500 元" in text


@pytest.mark.slow
@pytest.mark.parametrize("wrong", [{"amount": "0"}, {"amount": "-1"}, {"amount": "1.001"}, {"amount": ""},
                                   {"back_on": "2099-01-01"}])
def test_what_cannot_be_is_refused(client_of, owed, wrong):
    assert client_of("county").send(owed, **wrong).status_code == 422
    assert newest().back_fen == 0


def test_sent_twice_it_is_one(client_of, owed):
    client = client_of("county")
    form = client.page(owed).form(owed).values | {"amount": "500"}
    assert client.post(owed, data=form).location == client.post(owed, data=form).location
    assert newest().back_fen == 50_000
