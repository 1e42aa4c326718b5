"""The list of findings: the same as the command says, in reach only, with what became of each."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from matching.actor import Actor, Role
from matching.assistance import queries
from matching.assistance import service_decisions as decisions
from matching.assistance.models import Gap
from matching.clock import utc_now
from matching.extensions import db
from matching.keyset import Asked
from tests.assistance.conftest import Command
from tests.assistance.working import ask, check_now
from tests.factories import make_gap, make_gap_check, make_household, make_member
from tests.people import COMMUNITY_A1A, COMMUNITY_A2A, COMMUNITY_B1A, COUNTY_A, TOWN_A1


def listed(client, path):
    """Household numbers in the table of a page, and its heading."""
    page = client.page(path)
    return re.findall(r"H-\d{5}", page.text), page.headings[0][1]


def test_before_the_first_check_it_says_so_and_offers_one(client_of):
    page = client_of("county").page("/assistance/list-gaps")
    assert "还没有查过" in page.headings[0][1]
    assert page.form("/assistance/start-gap-check")
    assert not [f for f in client_of("community").page("/assistance/list-gaps").forms if "start" in f.action]


def walk(check, officer, kind):
    """All lines of a kind, page after page."""
    found, asked = [], Asked()
    while True:
        page, total = queries.gap_page(check, officer, asked, kind)
        found += page.rows
        if page.after is None:
            assert len(found) == total
            return found
        asked = Asked(after=page.after)


@pytest.mark.slow
def test_the_page_says_what_the_command_says(command: Command, district):
    key = district("anyuan")
    found = command("gaps", "--area", "360302", "--on", "2020-12-31")
    check = check_now("360302", date(2020, 12, 31))
    officer = Actor(1, "county", "县民政局", Role.COUNTY, "360302")
    pages = {kind: walk(check, officer, kind) for kind in ("gap", "no_longer", "focus")}
    assert sorted((line.number, line.person, line.policy, line.amount_fen, line.per, line.reason)
                  for line in pages["gap"]) == sorted(
        (g["household"], g["person"], g["policy"], g["amount_fen"], g["per"], g["reason"]) for g in found["gaps"])
    assert sorted(line.number for line in pages["focus"]) == found["key_focus"]
    assert sorted((line.number, line.policy) for line in pages["no_longer"]) == sorted(
        (lost["household"], lost["policy"]) for lost in found["no_longer_entitled"])
    assert check.report["gap_households"] == key["gap_households"]["2020-12-31"]


def test_an_officer_sees_the_findings_of_its_own_reach(client_of):
    check = make_gap_check()
    near, far = make_household(), make_household(COMMUNITY_A2A)
    for home in (near, far):
        make_gap(home, check)
    make_gap(make_household(COMMUNITY_B1A))
    assert listed(client_of("county"), "/assistance/list-gaps") == ([near.number, far.number], "2 项政策应享未享")
    assert listed(client_of("town"), "/assistance/list-gaps")[0] == [near.number]
    assert listed(client_of("other_community"), "/assistance/list-gaps")[0] == []


def test_the_newest_check_that_covers_the_whole_reach_counts(client_of):
    home = make_household()
    make_gap(home, make_gap_check(finished_at=utc_now() - timedelta(days=1)))
    assert listed(client_of("county"), "/assistance/list-gaps")[0] == [home.number]
    make_gap_check(TOWN_A1)
    assert listed(client_of("county"), "/assistance/list-gaps")[0] == [home.number], "a town is not the county"
    assert listed(client_of("town"), "/assistance/list-gaps")[0] == []
    make_gap_check(state="running")
    assert listed(client_of("county"), "/assistance/list-gaps")[0] == [home.number], "nothing shows before it is done"
    assert "正在查" in client_of("county").page("/assistance/list-gaps").text


@pytest.mark.slow
def test_kind_policy_and_state_narrow_the_list(client_of, people):
    check, homes = make_gap_check(), [make_household() for _ in range(3)]
    first = make_gap(homes[0], check)
    make_gap(homes[1], check, policy="living", subject="gap:living:1")
    make_gap(homes[2], check, kind="focus", policy="", subject="focus::0", why="still_below",
             facts={"income_fen": 50000, "people": 1, "standard_fen": 62000})
    decisions.decide(first, "passed_up", "报镇里了", people.county, utc_now())
    client = client_of("county")
    assert listed(client, "/assistance/list-gaps?policy=living")[0] == [homes[1].number]
    assert listed(client, "/assistance/list-gaps?state=passed_up")[0] == [homes[0].number]
    assert listed(client, "/assistance/list-gaps?state=open")[0] == [homes[1].number]
    assert listed(client, "/assistance/list-gaps?kind=focus")[0] == [homes[2].number]
    assert "没有符合的" in client.page("/assistance/list-gaps?state=settled").text
    assert listed(client, "/assistance/list-gaps?kind=nonsense&page=-3")[0] == [homes[0].number, homes[1].number]


def test_a_decision_stays_with_its_subject_in_the_next_check(client_of, people):
    home = make_household(category="none", residence="urban")
    head = home.members[0]
    head.disability_kind, head.disability_grade, head.monthly_income_fen = "limb", 2, 100_000
    make_member(home, monthly_income_fen=100_000)
    first = check_now()
    (gap,) = db.session.query(Gap).filter_by(gap_check_id=first.id).all()
    decisions.decide(gap, "settled", "12 月起发", people.county, utc_now())
    check_now()
    assert "已落实" in client_of("county").page("/assistance/list-gaps?state=settled").text


@pytest.mark.slow
def test_three_hundred_rows_stay_within_the_budget(client_of):
    from tests.statements import selects

    check = make_gap_check()
    for _ in range(60):
        make_gap(make_household(), check)
    client = client_of("county")
    with selects() as asked:
        page = client.get("/assistance/list-gaps")
    assert len(asked) <= 6, asked
    assert len(page.data) < 40_960
    assert "60 项政策应享未享" in page.get_data(as_text=True)
    assert ask(COUNTY_A).state == "waiting"


@pytest.mark.slow
def test_pages_follow_one_another_by_place_and_household(client_of):
    check = make_gap_check(COUNTY_A)
    homes = [make_household(COMMUNITY_A2A if number % 2 else COMMUNITY_A1A) for number in range(45)]
    for home in homes:
        make_gap(home, check)
        make_gap(home, check, policy="living", subject=f"gap:living:{home.members[0].id}")
    pages = list(client_of("county").pages("/assistance/list-gaps?kind=gap"))
    shown = [number for page in pages for number in re.findall(r"H-\d{5}", page.text)]
    assert len(pages) == 3
    in_order = sorted(homes, key=lambda home: (home.area_code, home.id))
    assert shown == [home.number for home in in_order for _twice in "ab"]
    assert all("90" in page.headings[0][1] for page in pages)
    living = list(client_of("county").pages("/assistance/list-gaps?kind=gap&policy=living"))
    assert [len(re.findall(r"H-\d{5}", page.text)) for page in living] == [40, 5]
