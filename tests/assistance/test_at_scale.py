"""A county of 100,000 households is checked in under a minute, by the command and in the background, with progress.

Figures: `.venv/bin/python -m pytest tests/assistance/test_at_scale.py -m promise -s`.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from resource import RUSAGE_SELF, getrusage
from time import perf_counter, process_time
from typing import TypeVar

import pytest
from sqlalchemy import insert, select, text

from matching.assistance import queries
from matching.assistance.models import Gap, GapCheck
from matching.assistance.service_preview import as_json
from matching.assistance.service_standards import Version, built_in
from matching.clock import utc_now
from matching.extensions import db
from matching.keyset import Asked, written_position
from tests.assistance.conftest import Command
from tests.assistance.working import ask, work
from tests.people import COMMUNITY_A1A, COMMUNITY_A1B, COMMUNITY_A2A, COUNTY_A, People

HOUSEHOLDS, SECONDS, MEGABYTES = 100_000, 60, 512
Result = TypeVar("Result")
DAY = date(2026, 11, 1)
CATEGORIES = ("dibao_a", "dibao_b", "dibao_c", "tekun", "margin", "none")


def fill(count: int) -> int:
    """So many households with one to four members of every kind; how many people."""
    dice, now, people = random.Random(7), utc_now(), 0
    places = (COMMUNITY_A1A, COMMUNITY_A1B, COMMUNITY_A2A)
    for start in range(0, count, 5_000):
        homes, members = [], []
        for key in range(1_000 + start, 1_000 + start + 5_000):
            homes.append({
                "id": key, "seal": key.to_bytes(16, "big"), "number": f"S{key:07}", "county_code": COUNTY_A,
                "area_code": places[key % 3], "head_name": "罗建业", "status": "verified", "created_at": now,
                "updated_at": now, "category": dice.choice(CATEGORIES),
                "residence": dice.choice(("urban", "rural")), "support": dice.choice(("yes", "no"))})
            for position in range(dice.choice((1, 1, 2, 2, 3, 4))):
                members.append({
                    "seal": bytes(16), "household_id": key, "position": position, "name": "罗建业",
                    "policies": dice.choice(([], [], ["living"], ["nursing"], ["school_aid"])),
                    "born_on": date(dice.randint(1935, 2025), dice.randint(1, 12), 1),
                    "disability_grade": dice.choice((None,) * 6 + (1, 2, 3)),
                    "work_ability": dice.choice(("none", "full")), "school_stage": dice.choice(("", "", "senior")),
                    "child_kind": dice.choice(("",) * 20 + ("defacto",)),
                    "monthly_income_fen": dice.choice((None, 0, 40_000, 90_000))})
        db.session.execute(insert(db.metadata.tables["households"]), homes)
        db.session.execute(insert(db.metadata.tables["members"]), members)
        people += len(members)
    db.session.commit()
    db.session.execute(text("ANALYZE"))
    db.session.commit()
    return people


def stretch() -> float:
    """How many times longer work takes here now than on a machine that has nothing else to do."""
    wall, busy = perf_counter(), process_time()
    sum(n * n for n in range(4_000_000))
    return (perf_counter() - wall) / (process_time() - busy)


def timed(work: Callable[[], Result]) -> tuple[Result, float, float]:
    """(what came out, seconds that passed, seconds that would have passed on a machine of our own)."""
    before, started = stretch(), perf_counter()
    found = work()
    passed = perf_counter() - started
    return found, passed, passed / max(1.0, (before + stretch()) / 2)


def behind(check: GapCheck, number: int) -> Asked:
    """The page of a check's gaps that begins after so many of them."""
    gap = db.session.scalars(select(Gap).where(Gap.gap_check_id == check.id, Gap.kind == "gap").order_by(
        *(key.column for key in queries.BY_PLACE.keys)).offset(number - 1).limit(1)).one()
    return Asked(after=written_position((gap.area_code, gap.household_id, gap.id)))


@pytest.mark.promise
def test_one_hundred_thousand_households_in_a_minute(people: People, command: Command, database_kind: str) -> None:
    persons = fill(HOUSEHOLDS)
    found, *by_command = timed(lambda: command("gaps", "--area", COUNTY_A, "--on", DAY))
    check, *by_job = timed(lambda: work(ask(on=DAY)))
    amounts = dict(built_in().on(DAY)["dibao"].amounts) | {"urban": 70_000}
    proposal = as_json(Version("dibao", DAY, None, amounts, excluded_by=("tekun",)))
    preview, *by_preview = timed(lambda: work(ask(on=DAY, proposal=proposal)))
    (page, total), *by_page = timed(lambda: queries.gap_page(check, people.county, behind(check, 8_000), "gap"))
    peak_mb = getrusage(RUSAGE_SELF).ru_maxrss // 1024
    print(f"\n{database_kind}: {HOUSEHOLDS} households, {persons} people: command {by_command[0]:.1f} s (alone "
          f"{by_command[1]:.1f} s), check with its {check.report['gap']} findings saved {by_job[0]:.1f} s (alone "
          f"{by_job[1]:.1f} s), preview {by_preview[0]:.1f} s (alone {by_preview[1]:.1f} s), page 201 of the list "
          f"{by_page[0] * 1000:.0f} ms, peak {peak_mb} MB")
    assert len(found["gaps"]) == check.report["gap"] == total
    assert len(page.rows) == queries.PAGE
    assert preview.report["touched_households"] > 1_000
    assert max(by_command[1], by_job[1], by_preview[1]) < SECONDS
    assert by_page[1] < 2
    assert peak_mb < MEGABYTES
