"""From a reckoning to a request in one go: filled in, held to what was reckoned, its facts kept with the decision."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from matching.assistance.models import Gap, GapCheck
from matching.assistance.models_approvals import ApprovalRule
from matching.assistance.models_reckonings import GrantReckoning
from matching.clock import utc_now
from matching.extensions import db
from tests.assistance.asking import ask, decide, newest, pay, payments
from tests.assistance.test_reckon_case import write
from tests.assistance.working import check_now
from tests.factories import make_household, make_member
from tests.people import COUNTY_A

FILLED = {"giver": "区住建局"}


def home_with_a_cap():
    write("housing", {"cap": 8_000_000}, categories=["dibao_b"])
    return make_household(housing="grade_d")


def path_to_ask(client, home, told: str) -> str:
    """Where the page that reckons leads to."""
    page = client.page(f"/assistance/{home.id}/reckon-case?{told}")
    return next(link for link, _words in page.links if f"/{home.id}/ask-grant" in link)


def send(client, path: str, **values):
    """Send the form as it is filled in, but for the giver."""
    return client.send(path, **{**FILLED, **values})


@pytest.mark.slow
def test_what_was_reckoned_is_filled_in_kept_and_shown_with_the_decision(client_of):
    home, community = home_with_a_cap(), client_of("community")
    path = path_to_ask(community, home, "policy=housing&cost=120000&on=2026-11-01")
    said = "造价 120,000 元，上限 80,000 元，自家出 40,000 元"
    assert said in community.page(path).text
    send(community, path)
    grant = newest()
    assert (grant.policy, grant.help_type, grant.rhythm, grant.amount_fen) == ("housing", "housing", "once", 8_000_000)
    assert said in grant.reason
    kept = db.session.scalars(select(GrantReckoning)).one()
    assert (kept.grant_id, kept.reckoned_on, kept.amount_fen) == (grant.id, date(2026, 11, 1), 8_000_000)
    assert (kept.facts["cost_fen"], kept.facts["cap_fen"], kept.facts["own_fen"]) == (12_000_000, 8_000_000, 4_000_000)
    assert kept.asked["cost"] == "120000"
    write("housing", {"cap": 100}, date(2026, 1, 1), categories=["dibao_b"])  # a later word changes nothing kept
    db.session.commit()
    county = client_of("county")
    for path in (f"/assistance/{grant.id}/decide-grant", f"/assistance/{grant.id}/show-grant"):
        assert said in county.page(path).text
        assert "安居补助，按 2026-11-01 的标准算出来：一次 80,000 元" in county.page(path).text
    decide(county, grant)
    assert newest().state == "approved"
    assert said in county.page(f"/assistance/{grant.id}/show-grant").text


@pytest.mark.slow
@pytest.mark.parametrize(("values", "words"), [
    ({"amount": "80000.01"}, "按政策算出来是 80,000 元，不能申请得更多"),
    ({"policy": "temporary"}, "这是按安居补助算的"), ({"rhythm": "year"}, "按政策算出来的是一次给")])
def test_it_is_held_to_what_was_reckoned(client_of, values, words):
    home, community = home_with_a_cap(), client_of("community")
    path = path_to_ask(community, home, "policy=housing&cost=80000.01&on=2026-11-01")
    answer = send(community, path, **values)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert db.session.scalars(select(GrantReckoning)).all() == []
    send(community, path, amount="79999.99")
    assert "申请的比算出来的少 0.01 元" in client_of("county").page(f"/assistance/{newest().id}/show-grant").text


def test_the_address_is_reckoned_anew_and_cannot_say_a_sum(client_of):
    home, community = home_with_a_cap(), client_of("community")
    path = f"/assistance/{home.id}/ask-grant?policy=housing&cost=120000&on=2026-11-01&amount=999999"
    assert community.page(path).form(path.split("?")[0]).values["amount"] == "80000.00"
    for broken in ("policy=housing&cost=x&on=2026-11-01", "policy=nothing", "policy=housing&cost=1&on=2025-12-31"):
        form = community.page(f"/assistance/{home.id}/ask-grant?{broken}").form(path.split("?")[0])
        assert not form.values.get("amount")


@pytest.mark.slow
def test_a_person_admitted_alone_by_the_bills_is_asked_for_by_the_month(client_of):
    write("single", {"income_percent": 300, "bills_year": 5_000_000})
    home = make_household(category="none", residence="urban")
    person, other = home.members[0], make_member(home)
    person.monthly_income_fen, other.monthly_income_fen = 100_000, 60_000
    db.session.commit()
    community = client_of("community")
    told = f"policy=single&person_id={person.id}&on=2020-10-01&cost="
    assert "可以给" not in community.page(f"/assistance/{home.id}/reckon-case?{told}49999.99").text
    write("single", {"income_percent": 300, "bills_year": 5_000_000}, date(2020, 1, 1))
    page = community.page(f"/assistance/{home.id}/reckon-case?{told}50000")
    assert "可以给" not in page.text  # this one earns more than the line
    person.monthly_income_fen = 20_000
    other.monthly_income_fen = 150_000
    db.session.commit()
    path = path_to_ask(community, home, told + "50000")
    answer = send(community, path, member_id=str(other.id))
    assert "换一个人，请重新算" in answer.get_data(as_text=True)
    send(community, path)
    assert (newest().rhythm, newest().amount_fen, newest().member_id) == ("month", 62_000 - 20_000, person.id)


@pytest.mark.slow
def test_what_the_file_says_is_asked_for_too(client_of):
    home = make_household(category="dibao_b")
    person = home.members[0]
    person.disability_kind, person.disability_grade = "limb", 2
    db.session.commit()
    community = client_of("community")
    page = community.page(f"/assistance/{home.id}/show-entitlements")
    path = next(link for link, _words in page.links if "policy=nursing" in link)
    send(community, path)
    assert (newest().policy, newest().amount_fen, newest().member_id) == ("nursing", 8_334, person.id)
    assert newest().reckoned.asked == {}
    assert "残疾 2 级" in client_of("town").page(f"/assistance/{newest().id}/show-grant").text


@pytest.mark.slow
def test_asked_again_with_another_bill_both_reckonings_stay(client_of):
    home, community, county = home_with_a_cap(), client_of("community"), client_of("county")
    send(community, path_to_ask(community, home, "policy=housing&cost=90000&on=2026-11-01"))
    decide(county, newest(), "return", "造价再核一下")
    path = f"/assistance/{newest().id}/change-grant"
    again = next(link for link, _words in community.page(path).links if "grant_id=" in link)
    assert "cost=90000" in again
    page = community.page(again.replace("cost=90000", "cost=60000"))
    send(community, next(link for link, _words in page.links if path in link))
    grant = newest()
    assert (grant.state, grant.amount_fen, grant.round) == ("asked", 6_000_000, 2)
    assert [(one.round, one.amount_fen) for one in grant.reckonings] == [(1, 8_000_000), (2, 6_000_000)]


@pytest.mark.slow
def test_asked_again_without_reckoning_it_is_still_held_to_the_first(client_of):
    home, community = home_with_a_cap(), client_of("community")
    send(community, path_to_ask(community, home, "policy=housing&cost=50000&on=2026-11-01"))
    decide(client_of("county"), newest(), "return", "请附照片")
    answer = community.send(f"/assistance/{newest().id}/change-grant", amount="50000.01")
    assert "不能申请得更多" in answer.get_data(as_text=True)
    assert newest().state == "returned"
    community.send(f"/assistance/{newest().id}/change-grant", amount="50000", purpose="换屋顶，有照片")
    assert (newest().state, newest().purpose) == ("asked", "换屋顶，有照片")


def test_who_signs_follows_the_countys_own_chain(client_of, people):
    db.session.add(ApprovalRule(county_code=COUNTY_A, help_type="housing", starts_on=date(2026, 1, 1),
                                rungs=[[8_000_000, "town county"], [None, "county county"]], written_at=utc_now()))
    home = home_with_a_cap()
    page = client_of("county").page(f"/assistance/{home.id}/reckon-case?policy=housing&cost=90000&on=2026-11-01")
    assert "谁来批：镇街先审，区县再批" in page.text


@pytest.mark.slow
def test_what_was_asked_for_and_approved_is_no_gap_any_more(client_of):
    home = make_household()
    home.members[0].disability_kind, home.members[0].disability_grade = "limb", 1
    db.session.commit()
    community, town = client_of("community"), client_of("town")
    path = f"/assistance/{home.id}/show-entitlements"
    asked = next(link for link, _words in community.page(path).links if "policy=nursing" in link)
    send(community, asked)
    assert any("policy=nursing" in link for link, _words in community.page(path).links)  # asked is not received
    decide(town, newest())
    assert not any("policy=nursing" in link for link, _words in community.page(path).links)
    assert "nursing" not in [gap.policy for gap in found(home)]
    home.members[0].disability_kind, home.members[0].disability_grade = "", None
    db.session.commit()
    assert [gap.policy for gap in found(home) if gap.kind == "no_longer"] == ["nursing"]


def found(home):
    """What a check finds about a household."""
    check_now()
    newest_check = select(func.max(GapCheck.id)).scalar_subquery()
    return db.session.scalars(select(Gap).where(
        Gap.household_id == home.id, Gap.kind != "focus", Gap.gap_check_id == newest_check)).all()


@pytest.mark.slow
def test_help_of_one_month_is_claimed_by_the_household_whoever_of_it_is_named(client_of):
    home = make_household()
    other = make_member(home)
    db.session.commit()
    community, town = client_of("community"), client_of("town")
    for member in (home.members[0], other):
        ask(community, home.id, policy="temporary", amount="1000", member_id=str(member.id))
        decide(town, newest())
        answer = pay(town, newest())
    assert answer.status_code == 409
    assert len(payments()) == 1
    answer = ask(community, home.id, policy="nursing", amount="100", member_id="0")
    assert "重度残疾人护理补贴是给一个人的，请选给谁" in answer.get_data(as_text=True)
