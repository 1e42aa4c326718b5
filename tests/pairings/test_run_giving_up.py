"""`match run` gives something up on purpose: for the worst-served town, or for those who are likely to come."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.pairings.models import Pairing, Run
from tests.factories import make_household, make_need, make_offer
from tests.people import COMMUNITY_A1A, COMMUNITY_A2A, COUNTY_A, TOWN_A2, People

COMMAND = ["match", "run", "--area", COUNTY_A]


@pytest.fixture
def run(app: Flask, people: People, tmp_path: Path):
    def run(*options: str) -> dict[str, Any]:
        report = tmp_path / "r.json"
        db.session.commit()
        done = app.test_cli_runner().invoke(args=[*COMMAND, "--report", str(report), *options])
        assert done.exit_code == 0, done.output
        return json.loads(report.read_text(encoding="utf-8"))

    return run


def served() -> set[int]:
    return set(db.session.scalars(select(Pairing.need_id).where(Pairing.state == "proposed")))


def test_a_unit_is_kept_for_who_is_likely_to_come(run, client_of):
    today = day_of(utc_now())
    home = make_household(COMMUNITY_A1A)
    calm, urgent = (make_need(home, urgency=level, reported_on=today - timedelta(days=days))
                    for level, days in ((2, 0), (5, 60)))
    for days in range(10, 130, 10):
        make_need(home, urgency=5, reported_on=today - timedelta(days=days), status="met", given=1)
    lasting = make_offer(capacity=2, reach="radius", radius_km=30.0)
    whole = run()
    assert served() == {calm.id, urgent.id}
    dry = run("--reserve", "300", "--dry-run")
    assert served() == {calm.id, urgent.id}, "a dry run saves nothing"
    held = run("--reserve", "300")
    assert served() == {urgent.id}
    assert held["upper_bound"] == whole["upper_bound"] == whole["weight"] > held["weight"] == dry["weight"]
    assert (held["reserve_days"], held["gap"] > 0) == (300, True)
    number = db.session.scalars(select(Run.id).order_by(Run.id.desc())).first()
    assert "给往后 300 天可能来的急事留的名额" in client_of("county").page(f"/pairings/{number}/show-run").text
    lasting.ends_on = today + timedelta(days=30)
    db.session.commit()
    run("--reserve", "300")
    assert served() == {calm.id, urgent.id}, "what ends before is not held back"


def test_a_town_that_got_nothing_gets_its_share(run, client_of):
    near = [make_need(make_household(COMMUNITY_A1A), urgency=level) for level in (5, 5, 4)]
    other = make_need(make_household(COMMUNITY_A2A), urgency=3)
    make_offer(capacity=3, areas=(COUNTY_A,))
    best = run()
    assert served() == {need.id for need in near}
    fair = run("--fairness", "0.3")
    assert served() == {near[0].id, near[1].id, other.id}
    assert (fair["fairness"], fair["best_weight"]) == (0.3, best["weight"])
    assert (fair["worst_share_before"], round(fair["worst_share"], 3)) == (0, 0.667)
    assert fair["areas"][TOWN_A2] == {"given": 1, "wanted": 1}
    number = db.session.scalars(select(Run.id).order_by(Run.id.desc())).first()
    assert "得到的比例从 0.0% 提到 66.7%" in client_of("county").page(f"/pairings/{number}/show-run").text


def test_both_at_once_are_refused(app, people):
    done = app.test_cli_runner().invoke(args=[*COMMAND, "--fairness", "0.1", "--reserve", "9"])
    assert (done.exit_code, "--reserve" in done.output) == (2, True)
