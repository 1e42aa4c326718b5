"""The field's stories about money, replayed through the web as their people would do it, with their own figures."""

from __future__ import annotations

from datetime import date

import pytest

from matching.assistance import queries_aid
from tests.assistance.asking import ask, decide, newest, pay, payments
from tests.assistance.breaking import told
from tests.days import today
from tests.factories import make_household
from tests.pairings.menus import draw

FOUR = (  # what for, source, giver, yuan, days ago, kind
    ("临时救助", "fiscal", "镇政府", "4000", 22, "cash"),
    ("大病医疗救助", "fiscal", "区医保局", "16200", 16, "medical"),
    ("志愿者协会募捐", "organisation", "区志愿者协会", "4000", 13, "medical"),
    ("慈善大病救助", "charity", "区慈善总会", "16000", 9, "medical"))


@pytest.mark.slow
def test_scenario_7a_four_givers_one_view_40200_yuan_and_what_each_leaves_open(client_of, people):
    home, community, county = make_household(), client_of("community"), client_of("county")
    page = f"/assistance/{home.id}/show-entitlements"
    community.send(f"/assistance/{home.id}/add-cost", what="白血病住院治疗", amount="100000")
    for purpose, source, giver, yuan, ago, kind in FOUR:
        day = today(-ago).isoformat()
        ask(community, home.id, purpose=purpose, source=source, giver=giver, amount=yuan, help_type=kind, starts_on=day)
        decide(county, newest())
        pay(county, newest(), paid_on=day)
    package = queries_aid.package_of(home.id, today())
    assert (package.total_fen, len(package.parts), package.givers) == (4_020_000, 4, 4)
    assert dict(package.by_source) == {"fiscal": 2_020_000, "charity": 1_600_000, "organisation": 400_000}
    text = community.page(page).text
    assert "得到过 4 个来源的帮助，共 40,200 元" in text
    for _purpose, _source, giver, _yuan, ago, _kind in FOUR:
        assert giver in text
        assert today(-ago).isoformat() in text
    for open_yuan in ("96,000 元", "79,800 元", "75,800 元", "59,800 元"):
        assert open_yuan in text
    assert "还差 59,800 元" in text
    ask(community, home.id, purpose="再来一次", giver="区慈善总会", amount="16000", help_type="medical")
    warning = county.page(f"/assistance/{newest().id}/decide-grant").text
    assert "看看是不是重复" in warning
    assert "慈善大病救助" in warning
    assert sum(payment.amount_fen for payment in payments()) == 4_020_000, "nothing was given twice"


@pytest.mark.slow
def test_scenario_7c_the_limit_in_town_and_one_fen_above_at_the_county(client_of):
    for yuan, by in (("5000", "town"), ("5000.01", "county")):
        ask(client_of("community"), make_household().id, amount=yuan)
        found = client_of("town").page("/assistance/list-grants?group=mine").text
        assert ("临时救助" in found) is (by == "town")
        decide(client_of(by), newest())
        assert (newest().state, newest().tier) == ("approved", by)


@pytest.mark.slow
def test_scenario_2_money_at_once_papers_later_then_the_allowance(client_of, people):
    """Dialysis three times a week: 3,000 yuan at once, papers owed, 775 yuan a month afterwards."""
    home, community, town, county = make_household(), client_of("community"), client_of("town"), client_of("county")
    ask(community, home.id, amount="3000", is_green="y", papers="住院证明\n收入证明", reason="每周透析三次")
    first = newest()
    pay(town, first, paid_on=today().isoformat())
    assert [payment.amount_fen for payment in payments()] == [300_000]
    assert newest().state == "asked", "paid before it was approved"
    todo = community.page("/todo").text
    assert "催 1 份先行救助的材料" in todo
    for paper in newest().papers:
        path = f"/assistance/{paper.id}/take-paper"
        town.post(path, data=town.page(f"/assistance/{first.id}/show-grant").form(path).values)
    decide(county, newest())
    assert (newest().stands, newest().owes_papers) == ("approved", False)
    assert "催" not in community.page("/todo").text
    ask(community, home.id, amount="775", rhythm="month", purpose="低保金", policy="dibao", giver="区民政局")
    assert newest().tier == "county", "775 a month is 9,300 in a year"
    decide(county, newest())
    town.send("/assistance/list-payment-lists", "/assistance/make-payment-list", period=f"{today():%Y-%m}")
    text = community.page(f"/assistance/{home.id}/show-entitlements").text
    assert "3,000 元" in text
    assert "低保金" in text
    assert [told(f"grant.{step}") for step in ("ask", "pay", "paper", "papers", "approve")] == [2, 1, 2, 1, 2]


@pytest.mark.slow
def test_scenario_1b_four_years_of_schooling_aid_with_one_year_missed(client_of, people):
    home, community, county, town = make_household(), client_of("community"), client_of("county"), client_of("town")
    first = date(today().year - 4, 9, 1)
    ask(community, home.id, help_type="schooling", purpose="年度助学金", source="charity", giver="助学基金会",
        amount="2500", rhythm="year", starts_on=first.isoformat(), until=f"{first.year + 4}-06-01",
        member_id=str(home.members[0].id))
    grant = newest()
    assert grant.tier == "county", "four payments are 10,000 yuan"
    decide(county, grant)
    for year in (first.year, first.year + 1, first.year + 3):
        pay(town, grant, paid_on=f"{year}-09-10", period=str(year))
    page = community.page(f"/assistance/{grant.id}/show-grant").text
    assert f"到期没发：{first.year + 2}" in page
    assert f"没发：{first.year + 2}" in community.page(f"/assistance/{home.id}/show-entitlements").text
    pay(town, grant, paid_on=today().isoformat(), period=str(first.year + 2))
    assert "到期没发：" not in community.page(f"/assistance/{grant.id}/show-grant").text
    assert sum(payment.amount_fen for payment in payments()) == 1_000_000
    draw(community, home.id)
    assert "年度助学金" not in community.page(f"/pairings/{home.id}/show-menu").text, "all of it was paid"
