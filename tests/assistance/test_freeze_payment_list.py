"""Freezing a list: once, and only one that has lines."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from matching.assistance import service_grants as grants
from matching.assistance import service_lists as lists
from matching.assistance.models_lists import PaymentLine, PaymentList
from matching.clock import utc_now
from matching.extensions import db
from tests.assistance.breaking import assert_whole, told
from tests.assistance.test_make_payment_list import lines, made, monthly
from tests.factories import make_household, make_payment_list
from tests.people import COMMUNITY_A2A, TOWN_A1


def test_it_freezes_once(client_of, people):
    monthly()
    found = lists.make_list("2026-02", people.town, utc_now())
    client, path = client_of("town"), f"/assistance/{found.id}/freeze-payment-list"
    token = client.page(f"/assistance/{found.id}/show-payment-list").form(path).values
    assert client.post(path, data=token).status_code == 302
    assert (made()[0].state, made()[0].frozen_by_name) == ("frozen", "town 的姓名")
    assert client.post(path, data=token | {"submission_key": "again"}).status_code == 409


def test_an_empty_list_is_not_frozen(client_of):
    empty, client = make_payment_list(TOWN_A1), client_of("town")
    token = client.page("/assistance/list-payment-lists").form("/assistance/make-payment-list").values
    assert client.post(f"/assistance/{empty.id}/freeze-payment-list", data=token).status_code == 422
    assert made()[0].state == "open"


def test_no_two_frozen_lists_send_the_same_money(client_of, people):
    """The town's and the county's list both hold the grant; the one that is frozen first has it."""
    monthly()
    both = [lists.make_list("2026-02", people[name], utc_now()) for name in ("town", "county")]
    assert [len(lines(found)) for found in both] == [1, 1]
    other = monthly(household=make_household(COMMUNITY_A2A))
    both[1] = lists.make_list("2026-02", people.county, utc_now())
    assert lists.freeze_list(both[0], people.town, utc_now()) == 0
    assert lists.freeze_list(both[1], people.county, utc_now()) == 1
    assert [line.grant_id for line in lines(both[1])] == [other.id]


def test_what_was_paid_by_hand_meanwhile_drops_out(people):
    grant = monthly()
    monthly()
    found = lists.make_list("2026-02", people.town, utc_now())
    grants.pay_grant(grant, date(2026, 2, 20), people.town, utc_now())
    assert lists.freeze_list(found, people.town, utc_now()) == 1
    assert len(lines(found)) == 1


def test_the_database_refuses_a_second_claim(people):
    """The guard itself: without the look beforehand the unique index still lets one list have it."""
    monthly()
    first, second = (lists.make_list("2026-02", people[name], utc_now()) for name in ("town", "county"))
    lists.freeze_list(first, people.town, utc_now())
    (line,) = lines(second)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(update(PaymentLine).where(PaymentLine.id == line.id).values(claim=lines(first)[0].claim))


@pytest.mark.slow
@pytest.mark.parametrize("at", range(5))
def test_killed_at_any_statement_freezing_leaves_nothing_half(people, at):
    grant = monthly()
    monthly()
    found = lists.make_list("2026-02", people.town, utc_now())
    grants.pay_grant(grant, date(2026, 2, 20), people.town, utc_now())
    db.session.commit()
    number = found.id
    assert_whole(lambda: lists.freeze_list(db.session.get_one(PaymentList, number), people.town, utc_now()), at,
                 lambda: (made()[0].state, len(lines(made()[0])), [bool(line.claim) for line in lines(made()[0])],
                          told("payment_list.freeze")),
                 ("open", 2, [False, False], 0), ("frozen", 1, [True], 1))
