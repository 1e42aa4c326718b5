"""One file: who may open it, what it hides, what it records."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from matching.audit.models import AuditEntry
from matching.clock import utc_now
from matching.extensions import db
from matching.households import queries_timeline
from matching.households.service import add_to_timeline
from matching.pairings import service
from tests.factories import make_household, make_member, make_need, make_offer, make_pairing
from tests.households.numbers import identity
from tests.people import COMMUNITY_A1A
from tests.statements import selects

SECRETS = {"phone": "13700008123", "address": "坳下路 7 号后屋", "bank_account": "6222000011112222",
           "note": "夜里不敢出门"}
NUMBER, ILLNESS, MEMBER_PHONE = identity(), "慢性肾衰竭", "13800007345"


def secret_household():
    household = make_household(COMMUNITY_A1A, head_name="何秀英", **SECRETS)
    make_member(household, name="何小雨", identity_number=NUMBER, illness=ILLNESS, phone=MEMBER_PHONE, health="serious",
                monthly_income_fen=80_000, policies=["school_aid", "insurance"])
    return household


def looks_at(household):
    return db.session.scalars(select(AuditEntry).where(AuditEntry.household_id == household.id).order_by(
        AuditEntry.id)).all()


def test_the_file_tells_the_story_and_hides_what_is_sensitive(client_of):
    household = secret_household()
    make_need(household, "medical", quantity=2, unit="人", summary="每周透析三次的路费")
    page = client_of("town").page(f"/households/{household.id}/show-household")
    for said in ("何秀英家", "双溪镇坳下村", "每周透析三次的路费", "就医 · 2 人", "等了 30 天", "何小雨", "大病",
                 "每月 800 元", "在领：助学金、医保代缴", "****8123", "****7345",
                 f"****{NUMBER[-4:]}", "还有 1 项需求没着落"):
        assert said in page.text
    for hidden in (*SECRETS.values(), NUMBER, ILLNESS, MEMBER_PHONE):
        assert hidden not in page.text


def test_saying_why_opens_the_hidden_fields_for_ten_minutes_and_is_recorded(client_of, people, time_machine):
    household, client = secret_household(), client_of("town")
    path = f"/households/{household.id}/show-household"
    answer = client.send(path, action=f"/households/{household.id}/disclose-household", why="visit")
    assert answer.status_code == 302
    page = client.page(answer.location)
    for shown in (*SECRETS.values(), NUMBER, ILLNESS, MEMBER_PHONE):
        assert shown in page.text
    entries = looks_at(household)
    assert [(entry.action, entry.why, entry.actor_id) for entry in entries][-2:] == [
        ("household.disclose", "visit", people.town.user_id), ("household.open", "visit", people.town.user_id)]
    assert not any(NUMBER in str(entry.changes) + entry.note for entry in entries)
    assert NUMBER not in client_of("county").page(path).text, "the county officer has not said why"
    time_machine.move_to(utc_now() + timedelta(minutes=11), tick=False)
    assert NUMBER not in client.page(path).text


def test_without_a_reason_nothing_is_opened(client_of):
    household, client = secret_household(), client_of("town")
    answer = client.send(f"/households/{household.id}/disclose-household", why="")
    assert answer.status_code == 422
    assert NUMBER not in client.page(f"/households/{household.id}/show-household").text


def test_every_opening_is_recorded_and_shown_to_the_next_reader(client_of, people):
    household = make_household()
    client_of("community").page(f"/households/{household.id}/show-household?why=pairing")
    [entry] = looks_at(household)
    assert (entry.action, entry.why, entry.actor_id) == ("household.open", "pairing", people.community.user_id)
    page = client_of("county").page(f"/households/{household.id}/show-household?why=nonsense")
    assert people.community.name in page.text
    assert looks_at(household)[-1].why == "list"


@pytest.mark.slow
@pytest.mark.parametrize("username", ["county2", "town2", "community2", "auditor2", "other_town", "other_community"])
def test_out_of_reach_looks_exactly_like_missing(client_of, username):
    household, client = make_household(COMMUNITY_A1A), client_of(username)
    far = client.get(f"/households/{household.id}/show-household")
    missing = client.get("/households/999999/show-household")
    assert far.status_code == missing.status_code == 404
    assert without_nonce(far) == without_nonce(missing)


def without_nonce(answer):
    return re.sub(r'nonce="[^"]*"|name="csrf_token" value="[^"]*"', "", answer.get_data(as_text=True))


@pytest.mark.slow
@pytest.mark.parametrize("username", [
    "admin", "province", "charity", "volunteer", "household", "informant", "department"])
def test_others_have_no_right_to_files(client_of, username):
    assert client_of(username).get(f"/households/{make_household().id}/show-household").status_code == 403


def test_an_auditor_says_why_before_the_file_opens_and_changes_nothing(client_of, people):
    household, client = secret_household(), client_of("auditor")
    path = f"/households/{household.id}/show-household"
    answer = client.get(path)
    assert answer.location == f"/households/{household.id}/open-household"
    assert looks_at(household) == []
    answer = client.send(answer.location, why="audit")
    page = client.page(answer.location)
    assert "何秀英家" in page.text
    assert NUMBER not in page.text
    assert not any("edit-household" in href or "add-need" in href for href, _words in page.links)
    assert [entry.action for entry in looks_at(household)] == ["household.state_why", "household.open"]
    assert client.get(f"/households/{household.id}/edit-household").status_code == 403


def test_the_timeline_leads_to_pairings_and_says_whom(client_of):
    need = make_need(help_type="job")
    pairing = make_pairing(need, state="offered")
    add_to_timeline(need.household_id, "pairing.approve", None, utc_now(), pairing_id=pairing.id, help_type="job",
                    organisation="青禾电子厂", quantity=1, unit="岗")
    page = client_of("town").page(f"/households/{need.household_id}/show-household")
    assert f"/pairings/{pairing.id}/show-pairing" in [href for href, _words in page.links]
    assert "青禾电子厂 · 就业" in page.text


def test_a_file_with_much_in_it_costs_twelve_selects_at_most(client_of):
    household = secret_household()
    for help_type in ("cash", "goods", "housing", "medical", "schooling", "tutoring", "job", "care"):
        make_need(household, help_type)
    for name in ("何一", "何二", "何三", "何四"):
        make_member(household, name=name, identity_number=identity(sequence=f"99{'一二三四'.index(name[1]) + 2}"))
    for _ in range(30):
        add_to_timeline(household.id, "household.edited", None, utc_now())
    client = client_of("county")
    with selects() as seen:
        page = client.get(f"/households/{household.id}/show-household")
    assert page.status_code == 200
    assert len(seen) <= 12, "\n".join(seen)
    assert len(page.data) < 40_000
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 1


def test_a_need_that_is_paired_says_who_helps_and_how_far_it_is(client_of, people):
    pairing = make_pairing(make_need(help_type="job"), make_offer(people.enterprise.organisation_id, "job"))
    other = make_pairing(pairing.need, make_offer(people.charity.organisation_id, "job"))
    service.take_step(other, "return", people.town, utc_now(), reason="太远")
    service.approve([pairing.id], people.town, utc_now())
    client, path = client_of("town"), f"/households/{pairing.household_id}/show-household"
    page = client.page(path)
    assert (f"/pairings/{pairing.id}/show-pairing", "青禾电子厂") in page.links
    assert "等对方答复" in page.text
    service.take_step(pairing, "accept", people.enterprise, utc_now())
    assert "等家里同意" in client.page(path).text
    service.take_step(pairing, "fail", people.enterprise, utc_now())
    page = client.page(path)
    assert "还没有资源" in page.text
    assert "去结对" in page.text


@pytest.mark.slow
def test_a_file_that_may_be_this_one_again_is_named_and_laid_beside_it(client_of):
    one, other, third = make_household(), make_household(), make_household()
    for household in (one, other, third):
        make_member(household, name=f"何{household.id}", identity_number=identity(sequence="991" if household != third
                                                                                  else "992"))
    client = client_of("community")
    path, beside = f"/households/{one.id}/show-household", f"/households/{one.id}/compare-household?other_id={other.id}"
    assert beside in [href for href, _ in client.page(path).links]
    assert "可能是重复建档" not in client.page(f"/households/{third.id}/show-household").text
    assert f"/households/{third.id}/compare-household" in [
        href for href, _ in client.page(f"/households/{third.id}/show-household").links]
    client.send(beside, f"/households/{one.id}/tell-apart")
    assert "可能是重复建档" not in client.page(path).text


@pytest.mark.parametrize("path", ["show-household", "show-history", "household-pdf"])
def test_a_file_whose_look_cannot_be_written_is_not_shown(client_of, monkeypatch, path):
    household, client = secret_household(), client_of("county")

    def full(*_args, **_kwargs):
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    for name in ("record_look", "record_history", "record_print"):
        monkeypatch.setattr(f"matching.households.service_files.{name}", full)
    answer = client.get(f"/households/{household.id}/{path}")
    assert answer.status_code == 503
    assert "何秀英" not in answer.get_data(as_text=True)
    assert [entry.action for entry in looks_at(household)] == []


@pytest.mark.one_database  # PostgreSQL's readers lock nobody out
def test_others_may_write_while_a_file_is_drawn(client_of, monkeypatch):
    household, other_id = secret_household(), make_household().id
    client, drawn = client_of("county"), queries_timeline.timeline

    def meanwhile(*args):
        with closing(sqlite3.connect(db.engine.url.database, timeout=0)) as link:  # without any patience
            link.execute("UPDATE households SET cause = 'illness' WHERE id = ?", [other_id])
            link.commit()
        return drawn(*args)

    monkeypatch.setattr(queries_timeline, "timeline", meanwhile)
    assert "何秀英家" in client.page(f"/households/{household.id}/show-household").text
    assert [entry.action for entry in looks_at(household)] == ["household.open"]

    view = client.application.view_functions["households.show_household"]
    monkeypatch.setattr(view, "access", replace(view.access, apart=False))
    with pytest.raises(sqlite3.OperationalError, match="locked"):  # the control
        client.get(f"/households/{household.id}/show-household")
