"""The to-do page says what waits for whom about money, and where it is done."""

from __future__ import annotations

import pytest

from matching.assistance import service_lists as lists
from matching.assistance.service_substitutes import declare_tie
from matching.clock import utc_now
from matching.extensions import db
from tests.assistance.asking import ask, decide, newest
from tests.assistance.test_decide_grant import absent
from tests.assistance.test_make_payment_list import monthly
from tests.days import today
from tests.factories import make_grant, make_household
from tests.statements import selects


def links(client) -> dict[str, str]:
    return {text: href for href, text in client.page("/todo").links}


@pytest.mark.slow
def test_what_waits_for_my_signature_is_mine_alone(client_of, people):
    grant = make_grant()
    make_grant(tier="county", chain="county")
    assert "批 1 份帮助" in client_of("town").page("/todo").text
    assert links(client_of("town"))["批 1 份帮助"] == f"/assistance/{grant.id}/decide-grant"
    assert "批 1 份帮助" in client_of("county").page("/todo").text
    assert "份帮助" not in client_of("other_town").page("/todo").text
    absent(people)
    assert "批 1 份帮助" in client_of("other_town").page("/todo").text
    declare_tie(grant.household, "kin", people.town, utc_now())
    assert "份帮助" not in client_of("town").page("/todo").text


@pytest.mark.slow
def test_what_was_returned_waits_for_who_asked(client_of):
    ask(client_of("community"), make_household().id)
    decide(client_of("town"), newest(), "return", "缺证明")
    found = links(client_of("community"))
    assert found["补充 1 份退回来的申请"] == f"/assistance/{newest().id}/change-grant"
    assert "补充" not in client_of("town").page("/todo").text


@pytest.mark.slow
@pytest.mark.parametrize(("tier", "who"), [("community", []), ("town", ["town"]), ("county", ["county"])])
def test_late_papers_are_run_after_by_who_asked_and_the_tier_they_went_up_to(client_of, people, tier, who):
    make_grant(is_green=True, state="approved", papers_due_on=today(-2), papers_tier=tier,
               asked_by_id=people.other_community.user_id)
    for name in ("town", "county"):
        assert ("催 1 份先行救助的材料" in client_of(name).page("/todo").text) is (name in who)
    page = client_of("other_community").page("/todo")
    assert "催 1 份先行救助的材料" in page.text
    assert "超期 2 天" in page.text


def test_lists_are_to_be_frozen_and_then_marked(client_of, people):
    monthly()
    found = lists.make_list("2026-02", people.town, utc_now())
    assert "把 1 份发放名单定下来" in client_of("town").page("/todo").text
    lists.freeze_list(found, people.town, utc_now())
    db.session.commit()
    text = client_of("town").page("/todo").text
    assert "记 1 份名单发了没有" in text
    assert "定下来" not in text
    assert "名单" not in client_of("county").page("/todo").text


def test_all_of_it_together_stays_within_six_selects(client_of, people):
    make_grant()
    make_grant(is_green=True, state="approved", papers_due_on=today(-9), papers_tier="town")
    make_grant(state="refused", reclaim="due")
    monthly()
    lists.make_list("2026-02", people.town, utc_now())
    client = client_of("town")
    with selects() as seen:
        client.get("/todo")
    assert len(seen) <= 6, seen
