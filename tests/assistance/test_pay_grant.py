"""Paying: once for a period, once for a policy, on a day that fits; however many click at once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from matching.assistance import service_grants as grants
from matching.assistance import service_lists as lists
from matching.assistance.models_grants import Grant
from matching.assistance.service_rhythm import Due
from matching.clock import day_of, utc_now
from matching.errors import Conflict
from matching.extensions import db
from tests.assistance.asking import newest, pay, payments
from tests.assistance.breaking import assert_whole, told
from tests.factories import make_grant, make_household
from tests.pairings.test_races import click_all, visit


@pytest.mark.slow
def test_approved_help_is_paid_once_a_month_however_often_it_is_tried(client_of):
    grant = make_grant(state="approved", rhythm="month")
    today = day_of(utc_now())
    first = today.replace(day=1)
    client = client_of("town")
    assert pay(client, grant, paid_on=today.isoformat()).status_code == 302
    last_month = f"{first - timedelta(days=1):%Y-%m}"
    assert pay(client, newest(), paid_on=first.isoformat(), period=f"{today:%Y-%m}").status_code == 409
    assert pay(client, newest(), paid_on=first.isoformat(), period="2099-01").status_code == 409
    assert pay(client, newest(), paid_on=(first - timedelta(days=1)).isoformat(), period=last_month).status_code == 302
    assert len(payments()) == 2
    assert {payment.amount_fen for payment in payments()} == {200_000}
    assert payments()[0].period == f"{today:%Y-%m}"


def test_before_approval_only_the_green_channel_pays(client_of):
    waiting, green = make_grant(), make_grant(is_green=True)
    client = client_of("town")
    page = client.page(f"/assistance/{waiting.id}/show-grant")
    assert not [form for form in page.forms if "pay-grant" in form.action]
    token = client.page(f"/assistance/{green.id}/show-grant").form(f"/assistance/{green.id}/pay-grant").values
    assert client.post(f"/assistance/{waiting.id}/pay-grant", data=token).status_code == 409
    assert pay(client, green).status_code == 302
    assert [payment.grant_id for payment in payments()] == [green.id]


@pytest.mark.parametrize("days", [1, -500])
def test_a_day_that_does_not_fit_is_refused(client_of, days):
    day = day_of(utc_now()) + timedelta(days=days)
    assert pay(client_of("town"), make_grant(state="approved"), paid_on=day.isoformat()).status_code == 422
    assert payments() == []


def test_two_promises_of_one_policy_pay_a_person_once_for_a_period(people):
    home, today = make_household(), day_of(utc_now())
    same = {"state": "approved", "rhythm": "month", "policy": "living", "member_id": home.members[0].id}
    first, second, other = make_grant(home, **same), make_grant(home, **same), make_grant(home, **same | {
        "policy": "nursing"})
    grants.pay_grant(first, today, people.town, utc_now())
    grants.pay_grant(other, today, people.town, utc_now())
    with pytest.raises(Conflict):
        grants.pay_grant(second, today, people.town, utc_now())
    db.session.rollback()


@pytest.mark.slow
def test_however_many_pay_at_once_there_is_one_payment(app, people, real_server):
    grant = make_grant(state="approved", rhythm="month", policy="living")
    path = f"/assistance/{grant.id}/pay-grant"
    db.session.commit()
    visitors = [visit(app, real_server(workers=4), name) for name in ("county", "town")]
    today = day_of(utc_now()).isoformat()
    codes = click_all(visitors, [(path, {"paid_on": today, "submission_key": f"key-{i}"}) for i in range(20)])
    assert codes == {302: 1, 409: 19}
    assert len(payments()) == 1


def test_control_with_a_period_of_its_own_each_payment_goes_through(people, monkeypatch: pytest.MonkeyPatch):
    """The period is the guard: with another one for each click the second payment stands beside the first."""
    grant, today, clicks = make_grant(state="approved", rhythm="month"), day_of(utc_now()), iter(range(9))
    monkeypatch.setattr(grants, "plan_of", lambda _grant, _day: [Due(f"click-{next(clicks) // 2}", today)])
    for _ in range(2):
        grants.pay_grant(grant, today, people.town, utc_now())
    db.session.commit()
    assert len(payments()) == 2


@pytest.mark.parametrize("at", range(6))
def test_killed_at_any_statement_paying_leaves_nothing_half(people, at):
    grant = make_grant(state="approved")
    db.session.commit()
    number = grant.id
    assert_whole(lambda: grants.pay_grant(db.session.get_one(Grant, number), day_of(utc_now()), people.town, utc_now()),
                 at, lambda: (len(payments()), told("grant.pay")), (0, 0), (1, 1))


@pytest.mark.slow
def test_a_missed_year_can_still_be_paid_for_that_year(client_of, people):
    """Scenario 1b: a four-year promise; the second year was missed, shows, and is paid late."""
    grant = make_grant(state="approved", rhythm="year", amount_fen=250_000, starts_on=date(2022, 9, 1),
                       until=date(2025, 9, 1))
    for year in (2022, 2024, 2025):
        pay(client_of("town"), grant, paid_on=f"{year}-09-20", period=str(year))
    text = client_of("town").page(f"/assistance/{grant.id}/show-grant").text
    assert "到期没发：2023" in text
    pay(client_of("town"), newest(), paid_on="2026-01-05", period="2023")
    assert sorted(payment.period for payment in payments()) == ["2022", "2023", "2024", "2025"]
    assert "到期没发：" not in client_of("town").page(f"/assistance/{grant.id}/show-grant").text
    assert client_of("town").get(f"/assistance/{grant.id}/show-grant").status_code == 200


def test_what_a_frozen_list_claims_is_not_paid_by_hand_though_its_file_was_merged_meanwhile(people):
    grant = make_grant(state="approved", rhythm="month", starts_on=date(2026, 1, 1), policy="margin")
    made = lists.make_list("2026-02", people.town, utc_now())
    lists.freeze_list(made, people.town, utc_now())
    grant.household = make_household()  # as a merge does
    db.session.flush()
    with pytest.raises(Conflict, match="发放名单"):
        grants.pay_grant(grant, date(2026, 3, 1), people.town, utc_now(), "2026-02")
