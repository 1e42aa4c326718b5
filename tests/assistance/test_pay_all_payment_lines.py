"""Marking everything that is due as paid: in one act, once, however many click at once."""

from __future__ import annotations

import pytest

from matching.clock import day_of, utc_now
from tests.assistance.asking import payments
from tests.assistance.test_make_payment_list import lines, made
from tests.assistance.test_pay_payment_list import frozen
from tests.pairings.test_races import click_all, visit


def test_everything_that_is_due_is_paid_in_one_act(client_of, people):
    found, _rows = frozen(people)
    client, path = client_of("town"), f"/assistance/{found.id}/pay-all-payment-lines"
    form = client.page(f"/assistance/{found.id}/show-payment-list").form(path)
    answers = [client.post(path, data=form.values) for _twice in range(2)]
    assert answers[0].location == answers[1].location
    assert [line.state for line in lines(made()[0])] == ["paid"] * 3
    assert {payment.paid_on for payment in payments()} == {day_of(utc_now())}
    assert len(payments()) == 3


@pytest.mark.slow
def test_two_officers_at_once_pay_each_line_once(app, people, real_server):
    found, rows = frozen(people, 5)
    path, grants = f"/assistance/{found.id}/pay-all-payment-lines", sorted(row.id for row in rows)
    server = real_server(workers=4)
    visitors = [visit(app, server, name) for name in ("county", "town")]
    codes = click_all(visitors, [(path, {"paid_on": "2026-03-01", "submission_key": f"key-{i}"}) for i in range(10)])
    assert codes == {302: 10}
    assert sorted(payment.grant_id for payment in payments()) == grants
