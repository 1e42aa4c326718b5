"""Deciding about help: by the right tier, never by who asked, by one of two at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from matching.actor import Actor, Role
from matching.assistance import service_approvals as approvals
from matching.assistance import service_grants as grants
from matching.assistance import service_substitutes as substitutes
from matching.assistance.models_grants import Grant, GrantDecision
from matching.audit.models import AuditEntry
from matching.clock import day_of, utc_now
from matching.errors import NotAllowed
from matching.extensions import db
from matching.households.models import HouseholdAccount
from tests.assistance.asking import ask, decide, newest, pay
from tests.assistance.breaking import assert_whole, told
from tests.factories import make_grant, make_household, make_member, make_user
from tests.pairings.test_races import click_all, visit
from tests.people import COUNTY_A


@pytest.mark.slow
def test_a_town_decides_up_to_its_limit_and_the_county_above(client_of):
    ask(client_of("community"), make_household().id, amount="5000")
    assert decide(client_of("town"), newest()).location == "/assistance/list-grants"
    assert newest().state == "approved"
    ask(client_of("community"), make_household().id, amount="5000.01")
    page = client_of("town").page(f"/assistance/{newest().id}/decide-grant")
    assert "要由区县来批" in page.text
    form = client_of("town").page("/assistance/list-policies").forms[0].values
    answer = client_of("town").post(f"/assistance/{newest().id}/decide-grant", data={
        **form, "decision": "approve", "stage": "1.0"})
    assert newest().state == "asked", answer.status_code
    decide(client_of("county"), newest())
    assert newest().state == "approved"


def test_the_county_stands_in_for_a_town(client_of, people):
    ask(client_of("community"), make_household().id, amount="100")
    decide(client_of("county"), newest())
    assert (newest().state, newest().decided_by_id) == ("approved", people.county.user_id)


@pytest.mark.slow
def test_nobody_decides_about_the_own_request(client_of):
    ask(client_of("town"), make_household().id)
    client, grant = client_of("town"), newest()
    assert "要换一个人来批" in client.page(f"/assistance/{grant.id}/decide-grant").text
    with pytest.raises(AssertionError):
        decide(client, grant)
    token = client.page("/assistance/list-grants").forms[0].values
    answer = client.post(f"/assistance/{grant.id}/decide-grant", data={
        **token, "decision": "approve", "stage": "1.0", "submission_key": "mine"})
    assert answer.status_code == 403
    assert newest().state == "asked"
    decide(client_of("county"), newest())
    assert newest().state == "approved"


@pytest.mark.slow
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
    server = real_server(workers=4)
    visitors = [visit(app, server, name) for name in ("county", "town")]
    codes = click_all(visitors, [(path, {"decision": "approve", "words": "", "stage": "1.0",
                                         "submission_key": f"key-{i}"})
                                 for i in range(20)])
    assert codes == {302: 1, 409: 19}
    made = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "grant.approve",
                                                       AuditEntry.object_id == number)).all()
    assert len(made) == 1


@pytest.mark.slow
def test_control_without_the_condition_the_same_clicks_are_noticed(app, people, real_server):
    grant = make_grant()
    path, number = f"/assistance/{grant.id}/decide-grant", grant.id
    db.session.commit()
    server = real_server(workers=4, application="tests.unguarded_money:app")
    visitors = [visit(app, server, name) for name in ("county", "town")]
    codes = click_all(visitors, [(path, {"decision": "approve", "words": "", "stage": "1.0",
                                         "submission_key": f"key-{i}"}) for i in range(20)])
    signed = db.session.scalar(select(func.count()).where(GrantDecision.grant_id == number))
    assert codes != {302: 1, 409: 19} or signed != 1


def test_whoever_comes_second_hears_who_was_quicker_and_what_that_was(client_of, people):
    grant = make_grant()
    path, county = f"/assistance/{grant.id}/decide-grant", client_of("county")
    late = county.page(path).form(path)
    decide(client_of("town"), newest())
    answer = county.post(late.action, data=late.values | {"decision": "refuse", "words": "后"})
    assert answer.status_code == 409
    assert "town 的姓名刚才已经批准了。" in answer.get_data(as_text=True)
    assert newest().state == "approved"


def rule(people, *rungs, kind="", starts_on=None, now=None):
    """Write a rule of county A."""
    now = now or utc_now()
    return approvals.write_rule(kind, starts_on or day_of(now), [approvals.Rung(*rung) for rung in rungs], "文号",
                                people.county, now)


def test_a_chain_is_signed_step_by_step_by_different_people(client_of, people):
    rule(people, (100_000, "town"), (None, "town county"))
    ask(client_of("community"), make_household().id, amount="1000.01")
    assert (newest().chain, newest().tier, newest().stage) == ("town county", "town", "1.0")
    decide(client_of("town"), newest())
    assert (newest().state, newest().tier, newest().stage) == ("asked", "county", "1.1")
    assert "已经签过一步" in client_of("town").page(f"/assistance/{newest().id}/decide-grant").text
    decide(client_of("county"), newest())
    grant = newest()
    assert grant.state == "approved"
    assert [(one.tier, one.decided_by_name) for one in grant.decisions] == [
        ("town", "town 的姓名"), ("county", "county 的姓名")]


def test_the_county_that_stood_in_for_the_town_does_not_sign_the_next_step(client_of, people):
    rule(people, (None, "town county"))
    ask(client_of("community"), make_household().id)
    decide(client_of("county"), newest())
    page = client_of("county").page(f"/assistance/{newest().id}/decide-grant")
    assert "已经签过一步" in page.text
    with pytest.raises(NotAllowed):
        approvals.decide_grant(newest(), "approve", "", people.county, utc_now(), "1.1")


def test_two_of_the_county_sign_where_the_rule_says_so(people):
    rule(people, (None, "county county"))
    other = make_user("county", COUNTY_A)
    second = Actor(other.id, other.username, other.name, Role.COUNTY, COUNTY_A)
    grant = make_grant(tier="county", chain="county county")
    approvals.decide_grant(grant, "approve", "", people.county, utc_now(), "1.0")
    assert grant.state == "asked"
    approvals.decide_grant(grant, "approve", "", second, utc_now(), "1.1")
    assert grant.state == "approved"


@pytest.mark.slow
def test_after_a_return_the_chain_begins_anew(client_of, people):
    rule(people, (None, "town county"))
    ask(client_of("community"), make_household().id)
    decide(client_of("town"), newest())
    decide(client_of("county"), newest(), "return", "缺住院证明")
    client_of("community").send(f"/assistance/{newest().id}/change-grant", reason="附了住院证明")
    assert (newest().state, newest().tier, newest().stage) == ("asked", "town", "2.0")
    decide(client_of("town"), newest())
    decide(client_of("county"), newest())
    assert newest().state == "approved"
    assert [one.decision for one in newest().decisions] == ["approve", "return", "approve", "approve"]


def absent(people, name="town", other="other_town", **days):
    """One known officer signs for another from today until tomorrow."""
    today = day_of(utc_now())
    return substitutes.name_substitute(people[name].user_id, people[other].user_id, days.get("first", today),
                                       days.get("last", today + timedelta(days=1)), "休假", people.county, utc_now())


def test_a_substitute_signs_in_the_place_of_the_absent_one_and_that_is_written_down(client_of, people):
    grant = make_grant()
    path = f"/assistance/{grant.id}/decide-grant"
    assert client_of("other_town").get(path).status_code == 404
    absent(people)
    page = client_of("other_town").page(path)
    assert "您代town 的姓名来定" in page.text
    assert "临时救助" in client_of("other_town").page("/assistance/list-grants?group=mine").text
    decide(client_of("other_town"), grant)
    (signed,) = newest().decisions
    assert (signed.decided_by_name, signed.acting_for_name) == ("other_town 的姓名", "town 的姓名")
    assert "other_town 的姓名代town 的姓名" in client_of("county").page(f"/assistance/{grant.id}/show-grant").text
    written = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "grant.approve")).one()
    assert (written.actor_id, written.changes["for"]) == (people.other_town.user_id, "substitute")


@pytest.mark.parametrize("why", ["asked", "kin", "over", "ended", "ahead"])
def test_a_substitute_does_not_sign_what_the_absent_one_may_not_nor_on_other_days(client_of, people, why):
    grant, today = make_grant(), day_of(utc_now())
    days = {"ahead": (today + timedelta(days=1), today + timedelta(days=2))}
    first, last = days.get(why, (today, today + timedelta(days=1)))
    named = absent(people, first=first, last=last)
    if why == "asked":
        grant.asked_by_id = people.town.user_id
    if why == "kin":
        substitutes.declare_tie(grant.household, "kin", people.town, utc_now())
    if why == "ended":
        substitutes.end_substitute(named, people.town, utc_now())
    if why == "over":
        named.starts_on = named.until = today - timedelta(days=1)
    db.session.flush()
    assert approvals.standing(grant, people.other_town, today).why_not == "tier"
    with pytest.raises(NotAllowed):
        approvals.decide_grant(grant, "approve", "", people.other_town, utc_now(), grant.stage)


def test_nobody_signs_for_the_own_household_or_one_it_keeps_away_from(client_of, people):
    grant = make_grant()
    client_of("town").send(f"/assistance/{grant.household_id}/declare-tie", tie="kin")
    assert "要换一个人来批" in client_of("town").page(f"/assistance/{grant.id}/decide-grant").text
    with pytest.raises(NotAllowed):
        approvals.decide_grant(newest(), "approve", "", people.town, utc_now(), "1.0")
    assert "town 的姓名回避这一家" in client_of("county").page(
        f"/assistance/{grant.household_id}/show-entitlements").text
    own = make_grant()
    db.session.add(HouseholdAccount(user_id=people.county.user_id, household_id=own.household_id,
                                    created_at=utc_now()))
    db.session.flush()
    with pytest.raises(NotAllowed):
        approvals.decide_grant(own, "approve", "", people.county, utc_now(), "1.0")


def test_an_officer_of_the_same_name_is_asked_to_keep_away(client_of, people):
    grant = make_grant()
    make_member(grant.household, name="town 的姓名")
    assert "这家有人和您同名" in client_of("town").page(f"/assistance/{grant.id}/decide-grant").text


@pytest.mark.slow
@pytest.mark.parametrize("at", range(12))
def test_killed_at_any_statement_a_signature_leaves_nothing_half(app, people, at):
    grant = make_grant(is_green=True)
    grants.pay_grant(grant, day_of(utc_now()), people.town, utc_now())
    db.session.commit()
    number = grant.id
    assert_whole(lambda: approvals.decide_grant(db.session.get_one(Grant, number), "refuse", "不符合", people.county,
                                                utc_now(), "1.0"), at,
                 lambda: (newest().state, newest().reclaim, len(newest().decisions), told("grant.refuse")),
                 ("asked", "", 0, 0), ("refused", "due", 1, 1))
