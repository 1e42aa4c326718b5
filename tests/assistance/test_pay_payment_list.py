"""Marking lines as paid: each once, never what was paid in another way; two officers at once pay once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from matching.assistance import service_grants as grants
from matching.assistance import service_lines
from matching.assistance import service_lists as lists
from matching.assistance.models_lists import PaymentList
from matching.clock import day_of, utc_now
from matching.errors import Conflict, Invalid
from matching.extensions import db
from tests.assistance.asking import payments
from tests.assistance.breaking import assert_whole, told
from tests.assistance.test_make_payment_list import lines, made, monthly
from tests.pairings.test_races import click_all, visit


def frozen(people, count=3, period="2026-02"):
    """A frozen list of so many lines, and its grants."""
    rows = [monthly() for _ in range(count)]
    found = lists.make_list(period, people.town, utc_now())
    lists.freeze_list(found, people.town, utc_now())
    db.session.commit()
    return found, rows


def test_ticked_lines_are_paid_for_the_month_of_the_list(client_of, people):
    found, rows = frozen(people)
    client, path = client_of("town"), f"/assistance/{found.id}/pay-payment-list"
    token = client.page(f"/assistance/{found.id}/show-payment-list").form(path).values
    ticked = [lines(found)[0].id, lines(found)[1].id]
    assert client.post(path, data=token | {"line_ids": ticked}).status_code == 302
    assert [line.state for line in lines(made()[0])] == ["paid", "paid", "due"]
    assert [(p.grant_id, p.period, p.paid_on) for p in payments()] == [
        (row.id, "2026-02", day_of(utc_now())) for row in rows[:2]]
    again = token | {"line_ids": [line.id for line in lines(made()[0])], "submission_key": "again"}
    client.post(path, data=again)
    assert len(payments()) == 3


def test_what_stands_on_a_frozen_list_is_not_paid_in_another_way(client_of, people):
    found, rows = frozen(people)
    with pytest.raises(Conflict):
        grants.pay_grant(rows[0], date(2026, 2, 20), people.county, utc_now())
    db.session.rollback()
    everything = [line.id for line in lines(found)]
    assert service_lines.pay_list(found, everything, day_of(utc_now()), people.town, utc_now()) == (3, 0)
    assert service_lines.pay_list(found, everything, day_of(utc_now()), people.town, utc_now()) == (0, 0)
    assert len(payments()) == 3


def test_what_is_not_approved_any_more_stays_due_and_the_rest_is_paid(people):
    found, rows = frozen(people)
    rows[1].state = "refused"
    db.session.flush()
    assert service_lines.pay_list(found, (), day_of(utc_now()), people.town, utc_now(), everything=True) == (2, 1)
    assert [line.state for line in lines(found)] == ["paid", "due", "paid"]


def test_a_day_ahead_is_refused(people):
    found, _rows = frozen(people)
    with pytest.raises(Invalid):
        service_lines.pay_list(found, (), day_of(utc_now()) + timedelta(days=1), people.town, utc_now(),
                               everything=True)


@pytest.mark.slow
@pytest.mark.parametrize("at", range(8))
def test_killed_at_any_statement_paying_leaves_nothing_half(people, at):
    found, _rows = frozen(people)
    number = found.id
    assert_whole(lambda: service_lines.pay_list(db.session.get_one(PaymentList, number), (), day_of(utc_now()),
                                                people.town, utc_now(), everything=True), at,
                 lambda: ([line.state for line in lines(made()[0])], len(payments()), told("grant.pay")),
                 (["due"] * 3, 0, 0), (["paid"] * 3, 3, 3))


def test_an_open_list_pays_nothing(client_of, people):
    monthly()
    found = lists.make_list("2026-02", people.town, utc_now())
    client = client_of("town")
    token = client.page("/assistance/list-payment-lists").form("/assistance/make-payment-list").values
    answer = client.post(f"/assistance/{found.id}/pay-payment-list", data=token | {
        "line_ids": [lines(found)[0].id], "paid_on": "2026-03-01"})
    assert answer.status_code == 409
    assert payments() == []


@pytest.mark.slow
def test_two_officers_at_once_pay_each_line_once(app, people, real_server):
    found, rows = frozen(people, 5)
    numbers, path = [line.id for line in lines(found)], f"/assistance/{found.id}/pay-payment-list"
    server = real_server(workers=4)
    visitors = [visit(app, server, name) for name in ("county", "town")]
    codes = click_all(visitors, [
        (path, {"paid_on": "2026-03-01", "submission_key": f"key-{i}", "line_ids": numbers[i % 5]}) for i in range(20)])
    assert codes == {302: 20}
    assert sorted(payment.grant_id for payment in payments()) == sorted(row.id for row in rows)
