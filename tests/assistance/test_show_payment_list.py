"""One list: its lines, its sum, what changed against the month before."""

from __future__ import annotations

from datetime import date

from matching.assistance import service_lists as lists
from matching.clock import utc_now
from matching.extensions import db
from tests.assistance.test_make_payment_list import monthly
from tests.factories import make_payment_list
from tests.people import COUNTY_B
from tests.statements import selects


def test_new_gone_and_changed_against_the_month_before(client_of, people):
    stays, goes = monthly(purpose="留着的"), monthly(purpose="走了的", until=date(2026, 1, 31))
    december = lists.make_list("2026-01", people.town, utc_now())
    assert lists.difference(december).before_fen == 0
    stays.amount_fen += 100
    new = monthly(purpose="新来的", starts_on=date(2026, 2, 1))
    db.session.flush()
    found = lists.make_list("2026-02", people.town, utc_now())
    difference = lists.difference(found)
    assert [line.grant_id for line in difference.new] == [new.id]
    assert [line.grant_id for line in difference.gone] == [goes.id]
    assert [(line.grant_id, before) for line, before in difference.changed] == [(stays.id, 200_000)]
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
