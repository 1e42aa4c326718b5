"""Stories 1, 3 and 6 replayed as people work: registers by the command, standards, checks and figures on the site."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import insert, select

from matching.actor import Actor, Role
from matching.assistance.models import GapCheck
from matching.assistance.service_kinds import OF_FILES
from matching.clock import utc_now
from matching.extensions import db
from matching.households.models import Household, Member
from matching.words_policies import policy_word
from tests.assistance.conftest import Command
from tests.assistance.working import work
from tests.exchange.keys import DATA
from tests.factories import make_household, make_member, make_user
from tests.people import COMMUNITY_A1A, COUNTY_A, People, sign_in

District = Callable[[str], dict[str, Any]]
NUMBER = re.compile(r"(?<!\d)3[56]\d{11}(?!\d)")
REASON = re.compile("低于(城镇|农村)标准|一个人生活|残疾 [12] 级|有残疾，家里是|在读.+家里是|孤儿，|事实无人抚养，")


@pytest.fixture
def officer_of(new_client: Callable[[], Any]) -> Callable[[str], Any]:
    """`officer_of("360302")`: a client on which that county's officer is signed in."""
    def sign(area_code: str) -> Any:
        user = make_user("county", area_code)
        db.session.commit()
        return sign_in(new_client(), Actor(user.id, user.username, user.name, Role.COUNTY, area_code, None, None))

    return sign


def lines(client: Any, path: str | None) -> list[tuple[str, str]]:
    """The file numbers that stand on a list, over all its pages, each with the words of its line after it."""
    found: list[tuple[str, str]] = []
    while path:
        page = client.page(path)
        found += zip(NUMBER.findall(page.text), NUMBER.split(page.text)[1:], strict=True)
        path = next((href for href, text in page.links if text == "下一页"), None)
    return found


def numbers(client: Any, path: str) -> list[str]:
    """The file numbers that stand on a list."""
    return [number for number, _words in lines(client, path)]


def newest_check() -> GapCheck:
    return db.session.scalars(select(GapCheck).order_by(GapCheck.id.desc()).limit(1)).one()


@pytest.mark.slow
def test_scenario_1a_the_page_of_the_year_says_the_programmes_figures_and_opens_them(
        district: District, command: Command, officer_of: Callable[[str], Any]) -> None:
    district("jinjiang")
    command("import", "aid", DATA / "jinjiang" / "aid_received.xlsx", "--commit", exit_code=1)
    client = officer_of("350582")
    page = client.page("/figures/yearly-report?from=2020-01-01&to=2020-12-31")
    assert page.headings[0][1].endswith("帮到了 187 户")
    doors = {href: text for href, text in page.links if "/yearly-rows" in href}
    for figure, kind, said in (
            ("households", "", "187"), ("households", "help_type=housing", "87"), ("households", "progress=building",
                                                                                   "62"),
            ("households", "help_type=medical", "141"), ("money", "help_type=medical", "1,969,980.00"),
            ("persons", "help_type=schooling", "615"), ("money", "help_type=schooling", "2,392,000.00"),
            ("households", "help_type=job", "2"), ("households", "progress=opened", "1"),
            ("households", "progress=looking", "1")):
        (href,) = [href for href in doors if f"figure={figure}" in href and (
            kind in href if kind else "help_type" not in href and "progress" not in href and "source" not in href)]
        assert doors[href] == said
        if figure != "money" and int(said) < 200:
            rows = numbers(client, href)
            assert len(rows) == len(set(rows)) == int(said), href


@pytest.mark.slow
def test_scenario_3_the_rise_of_2020_lists_whom_it_touches_before_it_is_saved(
        district: District, command: Command, officer_of: Callable[[str], Any]) -> None:
    """The county first says 580 and 440 for the last months too, then 620 and 496: the key's households are listed."""
    key, client = district("anyuan"), officer_of("360302")
    path = "/assistance/change-policy?policy=dibao"
    days = {"starts_on": "2020-09-01", "until": "2020-12-31"}
    old = {"fen_urban": "580", "fen_rural": "440", "fen_dibao_c_urban": "290", "fen_dibao_c_rural": "220"}
    new = {"fen_urban": "620", "fen_rural": "496", "fen_dibao_c_urban": "310", "fen_dibao_c_rural": "248"}

    def before() -> set[str]:
        found = command("gaps", "--area", "360302", "--on", "2020-12-31")
        return {gap["household"] for gap in found["gaps"] if gap["policy"] == "dibao"}

    with_the_rise = before()
    client.send(path, "/assistance/change-policy", **days, **old)
    check = work(newest_check())
    client.send(f"/assistance/{check.id}/show-gap-check", f"/assistance/{check.id}/save-policy", reason="旧标准延用")
    without = before()
    client.send(path, "/assistance/change-policy", **days, **new)
    preview = work(newest_check())
    newly = {line["number"] for line in preview.report["listed"] if line["how"] == "newly"}
    assert without < with_the_rise
    assert newly == with_the_rise - without
    assert newly <= set(key["newly_entitled_by_2020-09-01"])
    assert len(newly) > 10
    assert newly <= set(numbers(client, f"/assistance/{preview.id}/show-gap-check"))
    assert preview.report["amount"] > 100, "class C is paid another amount"
    assert before() == without, "a preview saves nothing"
    client.send(f"/assistance/{preview.id}/show-gap-check", f"/assistance/{preview.id}/save-policy",
                reason="安民发〔2020〕15 号")
    assert before() == with_the_rise


@pytest.mark.slow
def test_scenario_3_one_member_is_admitted_alone_and_forty_thousand_are_paid(client_of: Callable[[str], Any]) -> None:
    """Bills of 122,551 yuan in a household above the income line, by standards that the county writes in its forms."""
    home = make_household(category="none", residence="urban")
    home.members[0].monthly_income_fen = 240_000
    patient = make_member(home, monthly_income_fen=0)
    client = client_of("county")
    for policy, said in (("single", {"fen_income_percent": "200", "fen_bills_year": "100000"}),
                         ("medical", {"fen_threshold": "0", "fen_cap": "40000", "fen_none_percent": "60"})):
        client.send(f"/assistance/change-policy?policy={policy}", "/assistance/change-policy",
                    starts_on="2026-01-01", **said)
        check = work(newest_check())
        client.send(f"/assistance/{check.id}/show-gap-check", f"/assistance/{check.id}/save-policy", reason="号")
    asked = f"/assistance/{home.id}/reckon-case?person_id={patient.id}&cost=122551&on=2026-11-01&policy="
    alone = client.page(asked + "single").text
    for words in ("每月 620 元", "一年医药费 122,551 元，达到 100,000 元", "人均月收入 1,200 元，低于低保标准的 200%"):
        assert words in alone
    assert "一次 40,000 元" in client.page(asked + "medical").text
    assert "2025-12-31 没有这项政策的标准" in client.page(asked.replace("2026-11-01", "2025-12-31") + "single").text


def test_scenario_3_disability_subsidies_go_by_grade_in_whole_fen(client_of: Callable[[str], Any]) -> None:
    home = make_household(category="dibao_b", residence="urban")
    for grade in (1, 2, 3):
        make_member(home, name=f"罗{'一二三'[grade - 1]}级", disability_kind="limb", disability_grade=grade)
    db.session.commit()
    text = client_of("county").page(f"/assistance/{home.id}/show-entitlements").text
    for words in ("每月 70 元", "残疾 1 级每月 100 元", "残疾 2 级每月 83.34 元"):
        assert words in re.sub(r"\s*(残疾 \d 级)\s*", r"\1", text)
    assert "残疾 3 级，不在这项政策的范围里" in text


LIVING, NURSING = 3_472, 6_558
SHORT_OF = {"living": (480, 10_000), "nursing": (1, 8_880)}
"""Of whom some were paid arrears too, so that the ten months come to the field's sums: how many, and fen."""


@pytest.mark.slow
def test_scenario_3_ten_months_of_subsidies_come_out_of_their_rows(
        people: People, command: Command, tmp_path: Path) -> None:
    """3,472 people with 2.4784 million yuan at 70 a month, 6,558 with 5.7804 million at 100 and 83.34."""
    fill(NURSING)
    lines = [("living", n, 700_00 + (SHORT_OF["living"][1] if n < SHORT_OF["living"][0] else 0))
             for n in range(LIVING)]
    lines += [("nursing", n, (1000_00 if n < 1_890 else 833_40) + (SHORT_OF["nursing"][1] if not n else 0))
              for n in range(NURSING)]
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["户号", "姓名", "项目", "帮扶类型", "金额", "来源", "发放单位", "时间"])
    words = {"living": ("困难残疾人生活补贴", "资金"), "nursing": ("重度残疾人护理补贴", "照料陪伴")}
    for policy, n, sum_fen in lines:
        sheet.append([f"Y-{n:05}", f"残{n}", *words[policy], sum_fen / 100, "财政", "区残联", "2019-10-31"])
    book.save(tmp_path / "aid.xlsx")
    told = command("import", "aid", tmp_path / "aid.xlsx", "--area", COUNTY_A, "--commit")
    assert told["created"] == LIVING + NURSING
    found = command("figures", "--area", COUNTY_A, "--from", "2019-01-01", "--to", "2019-10-31")
    for kind, count, yuan in (("cash", LIVING, 2_478_400), ("care", NURSING, 5_780_400)):
        part = found["by_type"][kind]
        assert (part["persons"]["value"], part["money"]["value"]) == (count, yuan)
        assert len(part["persons"]["rows"]) == len(part["money"]["rows"]) == count
    assert found["persons"]["value"] == NURSING, "who gets both counts once"
    assert command("figures", "--area", COUNTY_A, "--from", "2019-01-01", "--to", "2019-10-30")["money"]["value"] == 0


def fill(count: int) -> None:
    """So many households of one disabled person."""
    now = utc_now()
    homes = [{"id": 10_000 + n, "seal": n.to_bytes(16, "big"), "number": f"Y-{n:05}", "county_code": COUNTY_A,
              "area_code": COMMUNITY_A1A, "head_name": f"残{n}", "status": "verified", "created_at": now,
              "updated_at": now} for n in range(count)]
    db.session.execute(insert(Household), homes)
    db.session.execute(insert(Member), [{
        "seal": home["seal"], "household_id": home["id"], "position": 1, "name": home["head_name"],
        "born_on": date(1970, 1, 1), "disability_grade": 1} for home in homes])
    db.session.commit()


@pytest.mark.slow
def test_scenario_6_the_officer_finds_the_101_with_policy_and_reason_and_the_24_that_stay_below(
        district: District, officer_of: Callable[[str], Any]) -> None:
    key, client = district("anyuan"), officer_of("360302")
    assert db.session.query(Household).count() == 937
    assert db.session.query(Member).count() == 1484
    answer = client.send("/assistance/list-gaps", "/assistance/start-gap-check", on="2020-12-31")
    work(newest_check())
    assert client.page(answer.location).headings[0][1] == "101 户应享未享"
    found = lines(client, "/assistance/list-gaps?kind=gap")
    said = {(number, policy_word(code)) for number, words in found for code in OF_FILES if policy_word(code) in words}
    assert said == {(gap["household"], policy_word(gap["policy"])) for gap in key["gaps"]}
    assert len({number for number, _words in found}) == 101
    assert all(REASON.search(words) for _number, words in found)
    below = numbers(client, "/assistance/list-gaps?kind=focus")
    assert sorted(below) == sorted(home["household"] for home in key["key_focus"])
    assert len(below) == 24
    people = db.session.query(Member).join(Household).filter(Household.number.in_(below)).count()
    assert people == 26
