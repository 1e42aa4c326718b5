"""Deciding about a finding: who, when and why; of two at once one; on the household's story and in the audit log."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matching.assistance import service_decisions as decisions
from matching.assistance.models import GapDecision
from matching.audit.models import AuditEntry
from matching.clock import utc_now
from matching.errors import Conflict
from matching.extensions import db
from matching.households.models import TimelineEntry
from tests.factories import make_gap, make_gap_check, make_household
from tests.pairings.test_races import click_all, visit
from tests.people import COMMUNITY_A2A, COUNTY_A


def made() -> list[GapDecision]:
    return list(db.session.scalars(select(GapDecision).order_by(GapDecision.id)))


def test_it_shows_the_facts_and_takes_a_decision(client_of, people):
    gap = make_gap(make_household(), make_gap_check())
    client, path = client_of("town"), f"/assistance/{gap.id}/decide-gap"
    page = client.page(path)
    assert "残疾 2 级" in page.text
    assert "每月 83.34 元" in page.text
    assert client.send(path, state="passed_up", reason="已报县里").location == "/assistance/list-gaps?kind=gap"
    (decision,) = made()
    assert (decision.state, decision.reason, decision.decided_by_id) == ("passed_up", "已报县里", people.town.user_id)
    assert "已报县里" in client.page(path).text
    kinds = list(db.session.scalars(select(TimelineEntry.kind).where(
        TimelineEntry.household_id == gap.household_id)))
    assert kinds == ["gap.passed_up"]
    actions = list(db.session.scalars(select(AuditEntry.action).where(AuditEntry.object_type == "gap")))
    assert actions == ["gap.passed_up"]


@pytest.mark.slow
def test_it_goes_on_from_where_it_stands(client_of, people):
    gap = make_gap()
    client, path = client_of("county"), f"/assistance/{gap.id}/decide-gap"
    for state in ("passed_up", "settled", "reopened", "explained"):
        assert client.send(path, state=state, reason="经过").status_code == 302
    assert [decision.number for decision in made()] == [1, 2, 3, 4]
    assert client.send(path, state="settled", reason="不行").status_code == 409, "explained is not settled again"


@pytest.mark.parametrize(("state", "reason"), [("settled", ""), ("", "为什么"), ("gone", "为什么")])
def test_without_a_state_or_a_why_nothing_is_decided(client_of, state, reason):
    gap = make_gap()
    answer = client_of("county").send(f"/assistance/{gap.id}/decide-gap", state=state, reason=reason)
    assert answer.status_code == 422
    assert made() == []


def test_out_of_reach_it_is_not_there(client_of):
    gap = make_gap(make_household(COMMUNITY_A2A), make_gap_check(COUNTY_A))
    assert client_of("community").get(f"/assistance/{gap.id}/decide-gap").status_code == 404
    assert client_of("auditor").get(f"/assistance/{gap.id}/decide-gap").status_code == 403


def test_sent_twice_it_is_one_decision(client_of):
    gap = make_gap()
    client, path = client_of("county"), f"/assistance/{gap.id}/decide-gap"
    values = {**client.page(path).form(path).values, "state": "settled", "reason": "一次"}
    answers = [client.post(path, data=values) for _ in range(2)]
    assert len(made()) == 1
    assert answers[0].location == answers[1].location


@pytest.mark.slow
def test_two_officers_at_once_make_one_decision(app, people, real_server):
    gap = make_gap()
    path = f"/assistance/{gap.id}/decide-gap"
    db.session.commit()
    server = real_server(workers=4)
    visitors = [visit(app, server, name) for name in ("county", "town")]
    codes = click_all(visitors, [(path, {"state": "settled", "reason": f"第 {i} 次", "submission_key": f"key-{i}"})
                                 for i in range(20)])
    db.session.expire_all()
    assert len(made()) == 1
    assert codes == {302: 1, 409: 19}


def test_the_database_takes_each_number_once(people, monkeypatch):
    """The number is the guard: whoever does not see the first decision still cannot write a second one."""
    gap = make_gap()
    monkeypatch.setattr(decisions, "last_decision", lambda _gap: None)
    decisions.decide(gap, "settled", "先", people.county, utc_now())
    with pytest.raises(Conflict):
        decisions.decide(gap, "settled", "后", people.town, utc_now())
    db.session.rollback()
