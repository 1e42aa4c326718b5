"""Deciding about help: by the right tier, never by who asked, by one of two at once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matching.assistance import service_grants as grants
from matching.assistance.models_grants import Grant
from matching.audit.models import AuditEntry
from matching.clock import utc_now
from matching.errors import Conflict
from matching.extensions import db
from tests.assistance.asking import ask, decide, newest, pay
from tests.factories import make_grant, make_household
from tests.pairings.test_races import click_all, visit


def test_a_town_decides_up_to_its_limit_and_the_county_above(client_of):
    ask(client_of("community"), make_household().id, amount="5000")
    assert decide(client_of("town"), newest()).location == "/assistance/list-grants"
    assert newest().state == "approved"
    ask(client_of("community"), make_household().id, amount="5000.01")
    page = client_of("town").page(f"/assistance/{newest().id}/decide-grant")
    assert "要由区县来批" in page.text
    form = client_of("town").page("/assistance/list-policies").forms[0].values
    answer = client_of("town").post(f"/assistance/{newest().id}/decide-grant", data={**form, "decision": "approve"})
    assert newest().state == "asked", answer.status_code
    decide(client_of("county"), newest())
    assert newest().state == "approved"


def test_the_county_stands_in_for_a_town(client_of, people):
    ask(client_of("community"), make_household().id, amount="100")
    decide(client_of("county"), newest())
    assert (newest().state, newest().decided_by_id) == ("approved", people.county.user_id)


def test_nobody_decides_about_the_own_request(client_of):
    ask(client_of("town"), make_household().id)
    client, grant = client_of("town"), newest()
    assert "要换一个人来批" in client.page(f"/assistance/{grant.id}/decide-grant").text
    with pytest.raises(AssertionError):
        decide(client, grant)
    token = client.page("/assistance/list-grants").forms[0].values
    answer = client.post(f"/assistance/{grant.id}/decide-grant", data={
        **token, "decision": "approve", "submission_key": "mine"})
    assert answer.status_code == 403
    assert newest().state == "asked"
    decide(client_of("county"), newest())
    assert newest().state == "approved"


@pytest.mark.parametrize(("decision", "state"), [("return", "returned"), ("refuse", "refused")])
def test_a_return_or_refusal_needs_a_why(client_of, decision, state):
    grant = make_grant()
    assert decide(client_of("town"), grant, decision).status_code == 422
    decide(client_of("town"), newest(), decision, "缺住院证明")
    assert (newest().state, newest().decision) == (state, "缺住院证明")
    assert "缺住院证明" in client_of("community").page(f"/assistance/{newest().id}/show-grant").text


def test_what_was_paid_in_the_green_channel_and_refused_is_to_be_reclaimed(client_of):
    grant = make_grant(is_green=True)
    pay(client_of("town"), grant)
    decide(client_of("county"), newest(), "refuse", "不符合")
    assert newest().stands == "reclaim"


def test_double_help_is_warned_of_before_approval(client_of):
    home = make_household()
    make_grant(home, state="approved", giver="县慈善总会", purpose="大病救助")
    later = make_grant(home)
    text = client_of("town").page(f"/assistance/{later.id}/decide-grant").text
    assert "看看是不是重复" in text
    assert "县慈善总会" in text
    other = make_grant(home, help_type="job")
    assert "看看是不是重复" not in client_of("town").page(f"/assistance/{other.id}/decide-grant").text


@pytest.mark.slow
def test_two_officers_at_once_make_one_decision(app, people, real_server):
    grant = make_grant()
    path, number = f"/assistance/{grant.id}/decide-grant", grant.id
    db.session.commit()
    visitors = [visit(app, real_server(workers=4), name) for name in ("county", "town")]
    codes = click_all(visitors, [(path, {"decision": "approve", "words": "", "submission_key": f"key-{i}"})
                                 for i in range(20)])
    assert codes == {302: 1, 409: 19}
    made = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "grant.approve",
                                                       AuditEntry.object_id == number)).all()
    assert len(made) == 1


def test_control_without_the_condition_two_decisions_are_made(people, monkeypatch: pytest.MonkeyPatch):
    grant = make_grant()
    grants.decide_grant(grant, "approve", "", people.county, utc_now())
    with pytest.raises(Conflict):
        grants.decide_grant(grant, "refuse", "后", people.town, utc_now())

    def unconditional(row: Grant, _before: str, **values: object) -> bool:
        for name, value in values.items():
            setattr(row, name, value)
        return True

    monkeypatch.setattr(grants, "_move", unconditional)
    grants.decide_grant(grant, "refuse", "后", people.town, utc_now())
    assert grant.state == "refused", "without the condition the second decision overwrites the first"
