"""One list: its lines, its sum, what changed against the month before."""

from __future__ import annotations

from datetime import date
from time import perf_counter

import pytest
from sqlalchemy import insert

from matching.assistance import service_lists as lists
from matching.assistance.models_grants import Grant
from matching.clock import utc_now
from matching.extensions import db
from tests.assistance.asking import payments
from tests.assistance.test_make_payment_list import monthly
from tests.factories import make_household, make_payment_list
from tests.people import COUNTY_B
from tests.statements import selects


@pytest.mark.slow
def test_new_gone_and_changed_against_the_month_before(client_of, people):
    stays, goes = monthly(purpose="留着的"), monthly(purpose="走了的", until=date(2026, 1, 31))
    december = lists.make_list("2026-01", people.town, utc_now())
    assert lists.difference(december).before_fen == 0
    stays.amount_fen += 100
    new = monthly(purpose="新来的", starts_on=date(2026, 2, 1))
    db.session.flush()
    found = lists.make_list("2026-02", people.town, utc_now())
    difference = lists.difference(found)
    assert (difference.new, difference.gone, difference.changed) == (1, 1, 1)
    assert {name: [change.grant_id for change in shown] for name, shown in difference.shown.items()} == {
        "new": [new.id], "gone": [goes.id], "changed": [stays.id]}
    assert [(one.before_fen, one.now_fen) for one in difference.shown["changed"]] == [(200_000, 200_100)]
    db.session.commit()
    with selects() as asked:
        page = client_of("town").page(f"/assistance/{found.id}/show-payment-list")
    assert len(asked) <= 12, asked
    assert page.headings[0][1] == "2026-02 双溪镇要发 2 笔，共 4,001 元"
    for words in ("新增 1 笔", "少了 1 笔", "原来 2,000 元", "还能改"):
        assert words in page.text


def test_another_countys_is_not_there(client_of):
    assert client_of("county").get(
        f"/assistance/{make_payment_list(COUNTY_B).id}/show-payment-list").status_code == 404


def listed(page) -> list[str]:
    return [href for href, _words in page.links if href.endswith("/show-grant")]


@pytest.mark.slow
def test_two_thousand_lines_are_turned_page_by_page_and_paid_at_once(client_of, people):
    home = make_household()
    db.session.execute(insert(Grant), [{
        "household_id": home.id, "help_type": "cash", "purpose": f"低保金 {i}", "source": "fiscal", "rhythm": "month",
        "amount_fen": 77_500, "starts_on": date(2026, 1, 1), "state": "approved", "asked_at": utc_now(),
        "created_at": utc_now()} for i in range(2_000)])
    found = lists.make_list("2026-02", people.town, utc_now())
    lists.freeze_list(found, people.town, utc_now())
    db.session.commit()
    client, path = client_of("town"), f"/assistance/{found.id}/show-payment-list"
    with selects() as asked:
        page = client.page(path)
    assert len(asked) <= 14, asked
    assert len(listed(page)) == 40
    assert len({href for turned in client.pages(path) for href in listed(turned)}) == 2_000
    all_of_them = page.form(f"/assistance/{found.id}/pay-all-payment-lines")
    started = perf_counter()
    assert client.post(all_of_them.action, data=all_of_them.values).status_code == 302
    seconds = perf_counter() - started
    print(f"\n2,000 lines paid in {seconds:.1f} s")
    assert seconds < 20
    assert len(payments()) == 2_000
