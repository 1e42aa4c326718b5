"""Failed lines whose account was put right go back on their list, unless a later list has them."""

from __future__ import annotations

from matching.assistance import service_lines
from matching.assistance import service_lists as lists
from matching.clock import day_of, utc_now
from matching.extensions import db
from tests.assistance.asking import payments
from tests.assistance.test_make_payment_list import lines
from tests.assistance.test_pay_payment_list import frozen


def failed(people):
    found, _rows = frozen(people, 1)
    service_lines.fail_lines(found, [lines(found)[0].id], "账号不对", people.town, utc_now())
    db.session.commit()
    return found


def put_back(client, found):
    page = client.page(f"/assistance/{found.id}/show-payment-list?state=failed")
    token = page.form(f"/assistance/{found.id}/pay-payment-list").values
    return client.post(f"/assistance/{found.id}/put-back-payment-lines",
                       data=token | {"line_ids": [lines(found)[0].id]})


def test_it_goes_back_and_is_paid(client_of, people):
    found = failed(people)
    assert put_back(client_of("town"), found).status_code == 302
    assert [(line.state, line.reason) for line in lines(found)] == [("due", "")]
    assert service_lines.pay_list(found, (), day_of(utc_now()), people.town, utc_now(), everything=True) == (1, 0)
    assert len(payments()) == 1


def test_what_a_later_list_has_does_not_go_back(client_of, people):
    found = failed(people)
    lists.freeze_list(lists.make_list("2026-03", people.town, utc_now()), people.town, utc_now())
    assert put_back(client_of("town"), found).status_code == 409
    assert [line.state for line in lines(found)] == ["failed"]
