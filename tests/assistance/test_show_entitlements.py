"""One household: every policy with its answer and facts, every giver with sums; each look recorded."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from matching.assistance.models_grants import Grant, Payment
from matching.audit.models import AuditEntry
from matching.clock import utc_now
from matching.extensions import db
from tests.factories import make_household, make_member
from tests.people import COMMUNITY_A2A


def give(home, purpose, source, giver, fen, *days, rhythm="once"):
    grant = Grant(household_id=home.id, person_name="小雨", help_type="medical", purpose=purpose, source=source,
                  giver=giver, amount_fen=fen, rhythm=rhythm, starts_on=days[0], created_at=utc_now())
    grant.payments = [Payment(household_id=home.id, amount_fen=fen, paid_on=day, period=day.isoformat(),
                              recorded_at=utc_now()) for day in days]
    db.session.add(grant)
    db.session.flush()


def test_story_7_four_givers_in_one_view(client_of):
    home = make_household()
    for purpose, source, giver, yuan in (
            ("临时救助", "fiscal", "镇政府", 4000), ("医疗救助", "fiscal", "医保局", 16200),
            ("募捐", "organisation", "志愿者协会", 4000), ("大病救助", "charity", "慈善总会", 16000)):
        give(home, purpose, source, giver, yuan * 100, date(2020, 11, 3))
    page = client_of("county").page(f"/assistance/{home.id}/show-entitlements")
    assert "4 个来源的帮助，共 40,200 元" in page.headings[0][1]
    assert "财政 20,200 元" in page.text
    for giver in ("镇政府", "医保局", "志愿者协会", "慈善总会"):
        assert giver in page.text


def test_story_1_the_missed_year_shows(client_of):
    home = make_household()
    years = [date(year, 9, 1) for year in (2017, 2018, 2020)]
    give(home, "年度助学金", "fiscal", "教育局", 250_000, *years, rhythm="year")
    assert "没发：2019" in client_of("county").page(f"/assistance/{home.id}/show-entitlements").text


def test_every_policy_says_why(client_of):
    home = make_household(category="dibao_c", residence="rural")
    make_member(home, disability_kind="limb", disability_grade=2)
    text = client_of("community").page(f"/assistance/{home.id}/show-entitlements").text
    for words in ("人均月收入 0 元，低于农村标准 496 元", "残疾 2 级", "有残疾，家里是低保 C 类", "家里有 2 个人"):
        assert words in text


def test_a_look_is_recorded_and_a_checker_first_says_why(client_of, people):
    home = make_household()
    client_of("town").page(f"/assistance/{home.id}/show-entitlements")
    assert db.session.scalar(select(AuditEntry.actor_id).where(
        AuditEntry.household_id == home.id, AuditEntry.action == "household.open")) == people.town.user_id
    answer = client_of("auditor").get(f"/assistance/{home.id}/show-entitlements")
    assert answer.location == f"/households/{home.id}/open-household"


def test_without_help_or_members_it_says_so_and_out_of_reach_it_is_not_there(client_of):
    home = make_household()
    home.members.clear()
    page = client_of("county").page(f"/assistance/{home.id}/show-entitlements")
    assert "还没有登记过帮助" in page.text
    assert "算不了" in page.text
    assert client_of("community").get(
        f"/assistance/{make_household(COMMUNITY_A2A).id}/show-entitlements").status_code == 404
