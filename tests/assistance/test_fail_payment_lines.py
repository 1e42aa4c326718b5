"""What the bank sends back: not paid any more, free for the next list, never paid twice."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matching.assistance import service_lines
from matching.assistance import service_lists as lists
from matching.assistance.models_lists import PaymentLine
from matching.audit.models import AuditEntry
from matching.clock import day_of, utc_now
from matching.extensions import db
from tests.assistance.asking import payments
from tests.assistance.test_make_payment_list import lines, made
from tests.assistance.test_pay_payment_list import frozen


@pytest.mark.slow
def test_a_line_that_came_back_is_not_paid_and_says_why(client_of, people):
    found, rows = frozen(people)
    service_lines.pay_list(found, (), day_of(utc_now()), people.town, utc_now(), everything=True)
    client, page = client_of("town"), f"/assistance/{found.id}/show-payment-list"
    token = client.page(page).form(f"/assistance/{found.id}/pay-payment-list").values
    path, first = f"/assistance/{found.id}/fail-payment-lines", lines(found)[0].id
    assert client.post(path, data=token | {"line_ids": [first]}).status_code == 422
    assert client.post(path, data=token | {"line_ids": [first], "reason": "账号不对"}).status_code == 302
    assert [line.state for line in lines(made()[0])] == ["failed", "paid", "paid"]
    assert sorted(payment.grant_id for payment in payments()) == [rows[1].id, rows[2].id]
    assert "账号不对" in client.page(page + "?state=failed").text
    written = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "grant.bounce")).one()
    assert written.object_id == rows[0].id


def test_it_is_paid_by_the_next_list_and_only_there(people):
    found, rows = frozen(people, 1)
    service_lines.fail_lines(found, [lines(found)[0].id], "账号不对", people.town, utc_now())
    later = lists.make_list("2026-03", people.town, utc_now())
    lists.freeze_list(later, people.town, utc_now())
    assert service_lines.pay_list(later, (), day_of(utc_now()), people.town, utc_now(), everything=True) == (2, 0)
    assert service_lines.pay_list(found, (), day_of(utc_now()), people.town, utc_now(), everything=True) == (0, 0)
    assert sorted((payment.grant_id, payment.period) for payment in payments()) == [
        (rows[0].id, "2026-02"), (rows[0].id, "2026-03")]
    assert {line.state for line in db.session.scalars(select(PaymentLine).where(
        PaymentLine.payment_list_id == found.id))} == {"failed"}
