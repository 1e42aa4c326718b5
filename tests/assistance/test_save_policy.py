"""Saving a previewed standard: dated, with who and why; the last word counts and old ones stay."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from matching.assistance.models import PolicyVersion
from matching.assistance.service_preview import as_json
from matching.assistance.service_standards import Version, book_of, built_in
from matching.extensions import db
from tests.assistance.conftest import Command
from tests.assistance.working import ask, work
from tests.people import COUNTY_A, COUNTY_B

DAY = date(2026, 12, 1)


def preview(month: int = 90_000, starts_on: date = DAY, until: date | None = None):
    """A check that waits, of extremely poor support at another amount."""
    return ask(on=starts_on, proposal=as_json(Version("tekun", starts_on, until, {"month": month})))


def month(county: str, day: date) -> int:
    version = book_of(county).version("tekun", day)
    assert version is not None
    return version.amounts["month"]


def save(client, check, reason="青民发〔2026〕3 号"):
    path = f"/assistance/{check.id}/show-gap-check"
    return client.send(path, f"/assistance/{check.id}/save-policy", reason=reason)


@pytest.mark.slow
def test_from_its_day_on_it_counts_in_this_county_and_the_past_keeps_its_own(client_of, people):
    answer = save(client_of("county"), work(preview()))
    assert answer.location == "/assistance/show-policy?policy=tekun"
    assert [month(COUNTY_A, day) for day in (date(2020, 8, 31), date(2026, 11, 30), DAY)] == [75_400, 80_600, 90_000]
    assert month(COUNTY_B, DAY) == 80_600
    page = client_of("county").page(answer.location)
    for words in ("2026-12-01 起", "青民发〔2026〕3 号", "county 的姓名", "每人每月 754 元"):
        assert words in page.text


def test_the_last_word_that_covers_a_day_counts_and_nothing_is_deleted(client_of):
    client = client_of("county")
    save(client, work(preview(90_000)))
    save(client, work(preview(85_000, date(2026, 12, 1), date(2026, 12, 31))))
    days = (date(2026, 12, 31), date(2027, 1, 1))
    assert [month(COUNTY_A, day) for day in days] == [85_000, 90_000]
    rows = db.session.scalars(select(PolicyVersion)).all()
    assert len(rows) == 2
    assert len(book_of(COUNTY_A).versions) == len(built_in().versions) + 2


def test_the_command_reckons_with_the_countys_word(client_of, people, command: Command):
    from tests.factories import make_household

    home = make_household(category="none", residence="urban")
    home.members[0].monthly_income_fen = 70_000
    db.session.commit()
    amounts = dict(book_of(COUNTY_A).version("dibao", DAY).amounts) | {"urban": 75_000}
    check = work(ask(on=DAY, proposal=as_json(Version("dibao", DAY, None, amounts, excluded_by=("tekun",)))))
    save(client_of("county"), check)
    for day, gaps in ((date(2026, 11, 30), []), (DAY, [(home.number, 5_000)])):
        found = command("gaps", "--area", COUNTY_A, "--on", day)
        assert [(g["household"], g["amount_fen"]) for g in found["gaps"]] == gaps


def test_twice_or_too_early_or_without_a_why_it_is_refused(client_of):
    client, check = client_of("county"), work(preview())
    path = f"/assistance/{check.id}/save-policy"
    page = client.page(f"/assistance/{check.id}/show-gap-check").form(path).values
    assert client.post(path, data={**page, "reason": ""}).status_code == 422
    assert client.post(path, data={**page, "reason": "号"}).status_code == 302
    assert client.post(path, data={**page, "reason": "号"}).location == "/assistance/show-policy?policy=tekun"
    assert client.post(path, data={**page, "reason": "号", "submission_key": "another"}).status_code == 409
    waiting = preview(70_000, date(2027, 1, 1))
    answer = client.post(f"/assistance/{waiting.id}/save-policy", data={**page, "reason": "号",
                                                                         "submission_key": "early"})
    assert answer.status_code == 409
    assert len(db.session.scalars(select(PolicyVersion)).all()) == 1


def test_a_check_that_is_no_preview_saves_nothing(client_of):
    check = work(ask())
    client = client_of("county")
    page = client.page("/assistance/list-gaps").forms[0].values
    answer = client.post(f"/assistance/{check.id}/save-policy", data={**page, "reason": "号"})
    assert answer.status_code == 404
