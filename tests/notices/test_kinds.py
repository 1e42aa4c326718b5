"""Every kind in both languages: whole, short, about no kind of trouble, with no room for what gives away whom."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask import Flask
from flask_babel import force_locale

from matching.actor import Role
from matching.formatting import money
from matching.notices.service_kinds import GROUPS, KINDS, STEPS, VALUES, checked, groups_of, told
from tests import canaries

pytestmark = pytest.mark.one_database
SAMPLES = {"by": date(2026, 11, 30), "on": date(2026, 12, 3), "count": 12, "case": "A1B2-C3D4", "step": "visit"}
GIVES_AWAY = ("低保", "特困", "贫困", "困难", "残", "病", "癌", "精神", "医", "孤儿", "身份证", "银行", "住址", "电话",
              "元", "¥", "救济", "弱势", "poor", "povert", "illness", "disab", "sick", "hospital", "yuan", "bank",
              "identity", "address", "phone")
ABOUT_THE_READERS_OWN = {"address_code"}
PLAIN_CHARACTERS = 70
"""What one text message holds in Chinese."""


@pytest.mark.parametrize("language", ["zh_Hans", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_says_whole_sentences_that_give_nobody_away(app: Flask, kind: str, language: str) -> None:
    details = checked(kind, {name: SAMPLES[name] for name in KINDS[kind].values})
    with force_locale(language):
        title, more = told(kind, details)
    assert title
    assert "%" not in title + more
    assert re.search(r"[\u4e00-\u9fff]", title + more) is None if language == "en" else title.isascii() is False
    assert len(title + more) <= (PLAIN_CHARACTERS if language == "zh_Hans" else 2 * PLAIN_CHARACTERS)
    said = (title + more).lower()
    assert [word for word in GIVES_AWAY if word in said and kind not in ABOUT_THE_READERS_OWN] == []


def test_each_kind_belongs_to_a_group_and_names_values_that_exist() -> None:
    assert {kind.group for kind in KINDS.values()} <= set(GROUPS)
    assert {name for kind in KINDS.values() for name in kind.values} <= set(VALUES)
    assert set(SAMPLES) == set(VALUES)


def test_every_step_of_a_report_reads_in_both_languages(app: Flask) -> None:
    for step in STEPS:
        with force_locale("en"):
            title, _more = told("report_step", checked("report_step", {"case": "A1B2", "step": step}))
        assert title.isascii()


@pytest.mark.parametrize("value", [*canaries.SEALED.values(), *canaries.NAMES, money(4_020_000), "尿毒症", "dibao_a"])
def test_no_sensitive_value_can_be_told(app: Flask, value: str) -> None:
    for kind, known in KINDS.items():
        good = {name: SAMPLES[name] for name in known.values}
        for name in known.values:
            with pytest.raises(ValueError, match=kind):
                checked(kind, {**good, name: value})
        for more in ({"name": value}, {"path": f"/pairings/{value}"}, {"path": f"/case?phone={value}"}):
            with pytest.raises(ValueError, match=kind):
                checked(kind, {**good, **more})


def test_a_value_left_out_or_a_kind_unknown_is_a_mistake(app: Flask) -> None:
    with pytest.raises(ValueError, match="by"):
        checked("pairing_offered", {})
    with pytest.raises(ValueError, match="unicorn"):
        checked("unicorn", {})
    for path in ("//elsewhere.example", "https://elsewhere.example", "/a b", "case", 7):
        with pytest.raises(ValueError, match="no page"):
            checked("check_done", {"path": path})


def test_a_kind_of_an_older_version_is_still_shown(app: Flask) -> None:
    assert told("gone", {}) == ("有一条消息", "")


def test_everybody_may_choose_for_what_concerns_the_role() -> None:
    assert groups_of(Role.COUNTY) == tuple(GROUPS)
    assert "work" not in groups_of(Role.HOUSEHOLD)
    assert "money" not in groups_of(Role.CHARITY)
    for role in Role:
        assert set(groups_of(role)) <= set(GROUPS)
