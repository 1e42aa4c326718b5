"""A county changes a standard: first whom it touches, reckoned by the same rules; nothing is saved by that."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from matching.assistance.models import GapCheck, PolicyVersion
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


@pytest.mark.parametrize("wrong", [
    {"fen_urban": ""}, {"fen_urban": "-1"}, {"fen_urban": "6.205"}, {"fen_urban": "很多"}, {"starts_on": "下个月"},
    {"starts_on": "2026-12-01", "until": "2026-11-30"}, {"fen_rural": "1000001"}])
def test_a_standard_that_cannot_be_is_refused_in_words(client_of, wrong):
    answer = send(client_of("county"), **wrong)
    assert answer.status_code == 422
    assert db.session.scalar(select(func.count()).select_from(GapCheck)) == 0


def test_an_empty_grade_has_no_amount(client_of):
    send(client_of("county"), "/assistance/change-policy?policy=nursing", fen_grade_3="50", fen_grade_1="")
    assert only_check().proposal["amounts"] == {"grade_2": 8334, "grade_3": 5000}


def test_only_a_county_may(client_of):
    assert client_of("town").get(DIBAO).status_code == 403
    assert client_of("county").get("/assistance/change-policy?policy=rent").status_code == 404
