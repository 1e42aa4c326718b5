"""A county changes a standard: first whom it touches, reckoned by the same rules; nothing is saved by that."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from matching.assistance.models import GapCheck, PolicyVersion
from matching.assistance.service_gaps import check_area
from matching.assistance.service_kinds import OWN
from matching.assistance.service_standards import book_of
from matching.extensions import db
from tests.assistance.working import work
from tests.factories import make_household, make_member
from tests.people import COUNTY_A

DIBAO = "/assistance/change-policy?policy=dibao"


def send(client, path=DIBAO, **values):
    return client.send(path, "/assistance/change-policy", **values)


def saved() -> int:
    return db.session.scalar(select(func.count()).select_from(PolicyVersion)) or 0


def only_check() -> GapCheck:
    return db.session.scalars(select(GapCheck)).one()


def test_scenario_3_the_form_lists_whom_a_rise_touches_before_it_is_saved(client_of):
    """Income 600 a head: not entitled at 580, entitled at 620. A class C household's allowance becomes another."""
    newly = make_household(category="none", residence="urban")
    newly.members[0].monthly_income_fen = 63_000
    paid = make_household(category="dibao_c", residence="urban")
    paid.members[0].monthly_income_fen = 30_000
    make_household(category="none", residence="rural").members[0].monthly_income_fen = 90_000
    client = client_of("county")
    answer = send(client, starts_on="2026-12-01", fen_urban="650", fen_dibao_c_urban="325")
    check = only_check()
    assert answer.location == f"/assistance/{check.id}/show-gap-check"
    assert check.reckoned_on == max(date(2026, 12, 1), check.reckoned_on)
    check = work(check)
    assert (check.report["newly"], check.report["amount"], check.report["touched_households"]) == (1, 1, 2)
    page = client.page(answer.location)
    assert page.headings[0][1] == "新标准会影响 2 户"
    for words in (newly.number, "新符合", "每月 20 元", paid.number, "每月 310 元", "每月 325 元"):
        assert words in page.text
    assert saved() == 0
    assert book_of(COUNTY_A).version("dibao", date(2026, 12, 1)).amounts["urban"] == 62_000


def test_categories_and_names_are_data_too(client_of):
    home = make_household(category="none")
    make_member(home, disability_kind="limb", disability_grade=4)
    send(client_of("county"), "/assistance/change-policy?policy=living", categories=["none"], names="残补、 两补")
    proposal = only_check().proposal
    assert proposal["categories"] == ["none"]
    assert proposal["names"] == ["残补", "两补"]
    assert work(only_check()).report["newly"] == 1


@pytest.mark.slow
@pytest.mark.parametrize("wrong", [
    {"fen_urban": ""}, {"fen_urban": "-1"}, {"fen_urban": "6.205"}, {"fen_urban": "很多"}, {"starts_on": "下个月"},
    {"starts_on": "2026-12-01", "until": "2026-11-30"}, {"fen_rural": "1000001"}])
def test_a_standard_that_cannot_be_is_refused_in_words(client_of, wrong):
    answer = send(client_of("county"), **wrong)
    assert answer.status_code == 422
    assert db.session.scalar(select(func.count()).select_from(GapCheck)) == 0


HOUSING = "/assistance/change-policy?policy=housing"


@pytest.mark.slow
def test_a_policy_of_the_countys_own_counts_once_it_is_written_and_ends_when_it_says_so(client_of):
    """Story 1: 80,000 yuan a home; before the standard nobody is asked, after its end nobody is any more."""
    make_household(category="dibao_a", residence="urban", housing="grade_d").members[0].work_ability = "full"
    client = client_of("county")
    assert "还没有定过标准" in client.page("/assistance/show-policy?policy=housing").text
    preview = send(client, HOUSING, starts_on="2026-01-01", fen_cap="80000", categories=["dibao_a"])
    check = work(only_check())
    assert (check.report["newly"], check.report["touched_households"]) == (1, 1)
    assert "最多 80,000 元" in client.page(preview.location).text
    save(client, check)
    assert gaps_on(date(2026, 3, 1)) == {("housing", 8_000_000, "upto")}
    assert gaps_on(date(2025, 12, 31)) == set()
    send(client, HOUSING, starts_on="2026-02-28", ends="y", fen_cap="")
    ending = work(db.session.scalars(select(GapCheck).order_by(GapCheck.id.desc()).limit(1)).one())
    assert ending.report["no_longer"] == 1
    assert "没有这项政策" in client.page(f"/assistance/{ending.id}/show-gap-check").text
    save(client, ending)
    assert gaps_on(date(2026, 2, 27)) == {("housing", 8_000_000, "upto")}
    assert gaps_on(date(2026, 2, 28)) == set()
    assert saved() == 2


def save(client, check) -> None:
    path = f"/assistance/{check.id}/show-gap-check"
    assert client.send(path, f"/assistance/{check.id}/save-policy", reason="号").status_code == 302


def gaps_on(day: date) -> set[tuple[str, int, str]]:
    """What a check of the county by its own standards of a day finds of policies that it added."""
    return {(finding.policy, finding.amount_fen, finding.per) for finding in check_area(COUNTY_A, day)
            if finding.kind == "gap" and finding.policy in OWN}


@pytest.mark.slow
@pytest.mark.parametrize(("policy", "wrong"), [
    ("housing", {"fen_cap": "80000"}), ("housing", {"categories": ["none"]}), ("schooling", {"categories": ["none"]}),
    ("margin", {"fen_upto_percent": "0"}), ("margin", {"fen_upto_percent": "1001"}),
    ("margin", {"fen_upto_percent": "150.5"}), ("margin", {"fen_head_month": "30"}), ("temporary", {}),
    ("medical", {"fen_cap": "1", "fen_tekun_percent": "100"}), ("single", {"fen_bills_year": "1"})])
def test_a_policy_of_the_countys_own_that_lacks_something_is_refused_in_words(client_of, policy, wrong):
    answer = send(client_of("county"), f"/assistance/change-policy?policy={policy}", starts_on="2026-01-01", **wrong)
    assert answer.status_code == 422
    assert db.session.scalar(select(func.count()).select_from(GapCheck)) == 0


def test_what_every_reckoning_leans_on_never_ends(client_of):
    for policy in ("dibao", "limits"):
        assert "ends" not in client_of("county").page(f"/assistance/change-policy?policy={policy}").forms[0].values


def test_an_empty_grade_has_no_amount(client_of):
    send(client_of("county"), "/assistance/change-policy?policy=nursing", fen_grade_3="50", fen_grade_1="")
    assert only_check().proposal["amounts"] == {"grade_2": 8334, "grade_3": 5000}


def test_only_a_county_may(client_of):
    assert client_of("town").get(DIBAO).status_code == 403
    assert client_of("county").get("/assistance/change-policy?policy=rent").status_code == 404
