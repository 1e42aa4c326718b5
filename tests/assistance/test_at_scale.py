"""A county of 100,000 households is checked in under a minute, by the command and in the background, with progress.

Figures: `.venv/bin/python -m pytest tests/assistance/test_at_scale.py -m promise -s`.
"""

from __future__ import annotations

import random
from datetime import date
from resource import RUSAGE_SELF, getrusage
from time import perf_counter

import pytest
from sqlalchemy import insert, text

from matching.assistance import queries
from matching.assistance.service_preview import as_json
from matching.assistance.service_standards import Version, built_in
from matching.clock import utc_now
from matching.extensions import db
from tests.assistance.conftest import Command
from tests.assistance.working import ask, work
from tests.people import COMMUNITY_A1A, COMMUNITY_A1B, COMMUNITY_A2A, COUNTY_A, People

HOUSEHOLDS, SECONDS = 100_000, 60
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


@pytest.mark.promise
def test_one_hundred_thousand_households_in_a_minute(people: People, command: Command, database_kind: str) -> None:
    persons = fill(HOUSEHOLDS)
    started = perf_counter()
    found = command("gaps", "--area", COUNTY_A, "--on", DAY)
    by_command = perf_counter() - started
    started = perf_counter()
    check = work(ask(on=DAY))
    by_job = perf_counter() - started
    amounts = dict(built_in().on(DAY)["dibao"].amounts) | {"urban": 70_000}
    started = perf_counter()
    preview = work(ask(on=DAY, proposal=as_json(Version("dibao", DAY, None, amounts, excluded_by=("tekun",)))))
    by_preview = perf_counter() - started
    started = perf_counter()
    page = queries.gap_page(check, people.county, 200, "gap")
    by_page = perf_counter() - started
    print(f"\n{database_kind}: {HOUSEHOLDS} households, {persons} people: command {by_command:.1f} s, check with its "
          f"{check.report['gap']} findings saved {by_job:.1f} s, preview {by_preview:.1f} s, page 200 of the list "
          f"{by_page * 1000:.0f} ms, peak {getrusage(RUSAGE_SELF).ru_maxrss // 1024} MB")
    assert len(found["gaps"]) == check.report["gap"] == page.total
    assert preview.report["touched_households"] > 1_000
    assert max(by_command, by_job, by_preview) < SECONDS
    assert by_page < 2
