"""Every earlier version: who, when, what, why; hidden values masked until they are disclosed."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matching.audit.models import AuditEntry
from matching.audit.service import disclose
from matching.clock import utc_now
from matching.extensions import db
from matching.households import queries_history
from matching.households.service_changes import keep, keep_new, state
from matching.households.service_files import MemberFacts, add_member
from tests.factories import make_household, make_need
from tests.households.numbers import identity
from tests.people import COMMUNITY_A1A, COMMUNITY_A1B
from tests.statements import selects

PHONE, OTHER, ILLNESS = "13700008123", "13700009456", "慢性肾衰竭"


def path_of(household) -> str:
    return f"/households/{household.id}/show-history"


def edited(client, household, **answers) -> None:
    answer = client.send(f"/households/{household.id}/edit-household", **answers)
    assert answer.status_code == 302


def test_an_edit_stands_there_field_by_field_with_its_reason(client_of, people):
    household, client = make_household(phone=PHONE, cause="illness"), client_of("town")
    edited(client, household, phone=OTHER, cause="disaster", area_code=COMMUNITY_A1B, why="搬家换了手机")
    page = client.page(path_of(household))
    for said in ("改了基本情况", "原因：搬家换了手机", f"{people.town.name}（镇街干部）", "因病", "因灾", "****8123",
                 "****9456", "双溪镇上湾村"):
        assert said in page.text
    assert PHONE not in page.text
    assert OTHER not in page.text


def test_hidden_values_open_with_a_disclosure_and_the_look_is_recorded(client_of, people):
    household, now = make_household(phone=PHONE), utc_now()
    add_member(household, MemberFacts("何小雨", illness=ILLNESS, identity_number=identity()), people.town, now)
    was = state(household)
    household.phone = OTHER
    keep(household, was, people.town, now)
    client = client_of("town")
    shut = client.page(path_of(household)).text
    assert "加了家里人：何小雨" in shut
    assert not {value for value in (PHONE, OTHER, ILLNESS, identity()) if value in shut}
    disclose(people.town, household, "visit", "", now)
    opened = client.page(path_of(household)).text
    assert all(value in opened for value in (PHONE, OTHER, ILLNESS, identity()))
    assert client_of("county").page(path_of(household)).text.count(PHONE) == 0
    looks = db.session.scalars(select(AuditEntry.why).where(AuditEntry.action == "household.history").order_by(
        AuditEntry.id)).all()
    assert looks == ["check", "visit", "check"]


def test_needs_are_told_in_words(client_of, people):
    need = make_need(help_type="job", asks=["home_based"])
    was = state(need)
    keep_new(need, people.town, utc_now())
    need.quantity, need.status, need.urgency = 2, "withdrawn", 5
    keep(need, was, people.town, utc_now(), why="moved")
    page = client_of("town").page(path_of(need.household))
    for said in ("改了需求：就业", "原因：搬走了", "已撤回", "危急", "加了需求：就业"):
        assert said in page.text


def test_a_long_history_comes_in_pages_of_few_selects(client_of, people, monkeypatch):
    monkeypatch.setattr(queries_history, "PAGE", 3)
    household = make_household(cause="illness")
    for number in range(7):
        was = state(household)
        household.number = f"N-{number}"
        keep(household, was, people.town, utc_now())
    client, path, seen = client_of("town"), path_of(household), []
    while path:
        with selects() as asked:
            page = client.page(path)
        assert len(asked) <= 12
        seen.append(page.text.count("改了基本情况"))
        path = next((href for href, words in page.links if words == "更早的"), "")
    assert seen == [3, 3, 1]


def test_an_untouched_file_says_so(client_of):
    assert "还没有改过" in client_of("town").page(path_of(make_household())).text


@pytest.mark.parametrize(("username", "status"), [
    ("county2", 404), ("other_town", 404), ("other_community", 404), ("charity", 403), ("household", 403)])
def test_who_may_not(client_of, username, status):
    assert client_of(username).get(path_of(make_household(COMMUNITY_A1A))).status_code == status


def test_an_auditor_says_why_first(client_of):
    household = make_household()
    assert client_of("auditor").get(path_of(household)).location == f"/households/{household.id}/open-household"
