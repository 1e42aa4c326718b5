"""The policies that a county adds: nothing without a standard, and with one who is due what, and from which facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from matching.assistance.service_answers import answers, gaps_of, no_longer_of
from matching.assistance.service_cases import Case, reckon
from matching.assistance.service_facts import Answer, Home, Person, Standards
from matching.assistance.service_gaps import find
from matching.assistance.service_kinds import OF_FILES, OWN
from matching.assistance.service_standards import Version, built_in
from matching.words_policies import reason_words
from tests.people import COMMUNITY_A1A

pytestmark = pytest.mark.one_database
DAY = date(2020, 12, 31)
LINE = 62_000
MEDICAL = {"threshold": 0, "cap": 4_000_000, "dibao_percent": 70, "none_percent": 70, "tekun_percent": 100,
           "institution_percent": 100}
STANDARDS = (
    Version("margin", DAY, None, {"upto_percent": 150}),
    Version("single", DAY, None, {"income_percent": 200, "bills_year": 10_000_000}, names=("单人保",)),
    Version("schooling", DAY, None, {f"{stage}_year": 250_000 for stage in ("nursery", "junior", "university")},
            categories=("none", "margin")),
    Version("housing", DAY, None, {"cap": 8_000_000}, categories=("none", "dibao_a")),
    Version("medical", DAY, None, MEDICAL, names=("医疗救助",)),
    Version("temporary", DAY, None, {"illness_critical": 300_000, "illness_urgent": 100_000, "other_urgent": 50_000}))


def standards(*versions: Version) -> Standards:
    book = built_in()
    for version in versions or STANDARDS:
        book = book.with_version(version)
    return book.on(DAY)


def home(*people: dict[str, Any], **facts: Any) -> Home:
    values = {"category": "none", "residence": "urban", "support": "yes"} | facts
    members = tuple(Person(i, f"人{i}", **{"work_ability": "full", **one}) for i, one in enumerate(people or ({},)))
    return Home(1, "1", COMMUNITY_A1A, people=members, **values)


def of(policy: str, home: Home, person: int = 0, day: Standards | None = None) -> Answer:
    return next(answer for answer in answers(home, day or standards(), DAY)
                if answer.policy == policy and answer.person.id == person)


def test_without_a_standard_of_the_county_they_say_nothing(app):
    assert set(built_in().on(DAY)) == {*OF_FILES, "limits"}
    anybody = home({"health": "serious", "disability_grade": 1, "school_stage": "junior"}, housing="grade_d", urgency=5)
    assert {answer.policy for answer in answers(anybody, built_in().on(DAY), DAY)} == set(OF_FILES)
    assert {answer.policy for answer in answers(anybody, standards(), DAY)} == {*OF_FILES, *OWN}


@pytest.mark.parametrize(("income", "category", "entitled", "why"), [
    (LINE - 1, "none", False, "dibao_instead"), (LINE, "none", True, "in_margin"),
    (LINE * 3 // 2 - 1, "none", True, "in_margin"), (LINE * 3 // 2, "none", False, "above_margin"),
    (LINE - 1, "margin", True, "in_margin"), (LINE * 3 // 2, "margin", False, "above_margin")])
def test_the_margin_lies_between_the_line_and_a_share_of_it(app, income, category, entitled, why):
    answer = of("margin", home({"income_fen": income}, category=category))
    assert (answer.is_entitled, answer.why, answer.receives, answer.per) == (
        entitled, why, category == "margin", "status")


def test_a_margin_household_above_it_is_named_and_a_standing_without_money_is_a_gap(app):
    rich, poor = home({"income_fen": LINE * 2}, category="margin"), home({"income_fen": LINE})
    assert [(f.kind, f.policy) for f in find(rich, standards(), DAY)] == [("no_longer", "margin")]
    assert [(f.kind, f.policy, f.about, f.per) for f in find(poor, standards(), DAY)] == [
        ("gap", "margin", 0, "status")]
    assert reason_words("in_margin", of("margin", poor).facts) == (
        "人均月收入 620 元，低于低保标准 620 元的 150%（930 元）")


@pytest.mark.slow
@pytest.mark.parametrize(("person", "why"), [
    ({"disability_grade": 2}, "alone_severe"), ({"disability_grade": 3, "disability_kind": "mental"}, "alone_severe"),
    ({"disability_grade": 3, "disability_kind": "limb"}, "neither_ill_nor_severe"),
    ({"health": "serious"}, "alone_ill"), ({}, "neither_ill_nor_severe"),
    ({"health": "serious", "income_fen": LINE}, "own_income_reaches")])
def test_one_sick_or_severely_disabled_member_is_admitted_alone(app, person, why):
    answer = of("single", home({"income_fen": LINE * 2}, person))
    assert answer.policy == "single"
    admitted = of("single", home({"income_fen": LINE * 2}, person), person=1)
    assert (admitted.why, admitted.is_entitled) == (why, why.startswith("alone"))
    if admitted.is_entitled:
        assert admitted.amount_fen == LINE


@pytest.mark.slow
def test_admitted_alone_gets_the_line_less_the_own_income_and_nobody_of_a_guaranteed_household(app):
    ill = {"health": "serious", "income_fen": 12_000}
    assert of("single", home({"income_fen": LINE * 2}, ill), 1).amount_fen == LINE - 12_000
    assert of("single", home({"income_fen": LINE * 2}, ill, category="dibao_c"), 1).why == "all_guaranteed"
    assert of("single", home({"income_fen": LINE}, ill), 1).why == "dibao_instead"
    assert of("single", home({"income_fen": LINE * 4}, ill), 1).why == "above_margin"
    received = home({"income_fen": LINE * 2}, ill | {"receives": frozenset({"单人保"})})
    assert [f.policy for f in find(received, standards(), DAY) if f.policy == "single"] == []


def test_story_3_bills_admit_alone_and_forty_thousand_come_out(app):
    """Bills of 122,551 yuan in a household above the line: admitted alone; 70 percent, at most 40,000, are paid."""
    ours = home({"income_fen": LINE * 2}, {"income_fen": 0})
    answer = reckon(ours, Case("single", person_id=1, cost_fen=12_255_100), standards(), DAY)
    assert answer is not None
    assert (answer.is_entitled, answer.amount_fen, answer.person.id) == (True, LINE, 1)
    assert reason_words(answer.why, answer.facts).startswith("一年医药费 122,551 元，达到 100,000 元")
    short = reckon(ours, Case("single", person_id=1, cost_fen=9_999_999), standards(), DAY)
    assert short is not None
    assert short.why == "neither_ill_nor_severe"
    paid = reckon(ours, Case("medical", person_id=1, cost_fen=12_255_100), standards(), DAY)
    assert paid is not None
    assert paid.amount_fen == 4_000_000


def test_medical_help_is_a_share_above_the_threshold_in_whole_fen_and_whole_for_some(app):
    day = standards(*STANDARDS[:4], Version("medical", DAY, None, MEDICAL | {"threshold": 500_000}))

    def paid(left: int, **facts: Any) -> tuple[int, str]:
        answer = reckon(home({"child_kind": facts.pop("child", "")}, **facts), Case("medical", cost_fen=left), day, DAY)
        assert answer is not None
        return answer.amount_fen, answer.why

    assert paid(500_000) == (0, "bills_too_small")
    assert paid(500_003) == (2, "bills_share")
    assert paid(1_000_000, category="margin") == (0, "class_not_named")
    assert paid(12_345_678, category="tekun") == (12_345_678, "bills_whole")
    assert paid(12_345_678, child="orphan_institution") == (12_345_678, "bills_whole")
    ill = of("medical", home({"health": "serious"}, category="tekun"), day=day)
    assert (ill.is_due, ill.per, ill.amount_fen) == (True, "whole", 0)


def test_story_1_a_home_up_to_its_cap_the_rest_is_the_familys_and_all_where_it_cannot_build(app):
    unsafe = home({"work_ability": "full"}, housing="grade_d")
    capped = reckon(unsafe, Case("housing", cost_fen=12_000_000), standards(), DAY)
    assert capped is not None
    assert (capped.amount_fen, capped.facts["own_fen"]) == (8_000_000, 4_000_000)
    below = reckon(unsafe, Case("housing", cost_fen=7_999_999), standards(), DAY)
    assert below is not None
    assert (below.amount_fen, below.facts["own_fen"]) == (7_999_999, 0)
    helpless = home({"work_ability": "none"}, {"work_ability": "none"}, housing="none")
    for ours, case in ((helpless, Case("housing", cost_fen=12_000_000)),
                       (unsafe, Case("housing", cost_fen=12_000_000, is_helpless=True))):
        whole = reckon(ours, case, standards(), DAY)
        assert whole is not None
        assert (whole.amount_fen, whole.why) == (12_000_000, "home_whole")
    assert of("housing", helpless).per == "whole"
    assert of("housing", replace(unsafe, housing="grade_a")).why == "housing_safe"
    assert of("housing", replace(unsafe, housing="")).is_entitled is None
    assert of("housing", replace(unsafe, category="tekun")).why == "category_not_named"


def test_schooling_goes_by_stage_and_temporary_help_by_cause_and_severity(app):
    pupil = home({"school_stage": "nursery"}, {"school_stage": "primary"})
    assert (of("schooling", pupil).amount_fen, of("schooling", pupil).per) == (250_000, "year")
    assert of("schooling", pupil, 1).why == "stage_not_named"
    assert of("schooling", replace(pupil, category="tekun")).why == "category_not_named"
    for urgency, cause, fen in ((5, "illness", 300_000), (3, "disability", 100_000), (4, "old_age", 50_000),
                                (2, "illness", 0), (0, "illness", 0)):
        assert of("temporary", home(cause=cause, urgency=urgency)).amount_fen == fen
    said = reckon(pupil, Case("temporary", cause="illness", severity="critical"), standards(), DAY)
    assert said is not None
    assert (said.amount_fen, said.per) == (300_000, "once")


def test_what_was_approved_here_is_received_and_help_given_once_is_not_taken_back(app):
    calm = home({"receives": frozenset({"temporary", "medical"})})
    assert no_longer_of(list(answers(calm, standards(), DAY))) == []
    urgent = home(cause="illness", urgency=5)
    assert [a.policy for a in gaps_of(list(answers(urgent, standards(), DAY))) if a.policy == "temporary"] == [
        "temporary"]
    granted = replace(urgent, granted=frozenset({("temporary", 0)}))
    assert "temporary" not in [a.policy for a in gaps_of(list(answers(granted, standards(), DAY)))]


def test_a_standard_without_amounts_ends_a_policy_and_without_one_a_case_has_no_answer(app):
    ended = standards(*STANDARDS, Version("housing", DAY, None, {}))
    assert "housing" not in ended
    assert reckon(home(housing="grade_d"), Case("housing", cost_fen=1), ended, DAY) is None
    assert reckon(home(), Case("tekun"), ended, DAY) is None
