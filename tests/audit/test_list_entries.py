"""The audit log as a county's office and an auditor read it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import func, select

from matching.actor import Role
from matching.audit.models import AuditEntry
from matching.audit.queries import PAGE
from matching.audit.service import record
from matching.clock import SHANGHAI, utc_now
from matching.extensions import db
from tests import factories
from tests.conftest import CheckedClient
from tests.days import today
from tests.people import COMMUNITY_A1A, COMMUNITY_A2A, COMMUNITY_B1A, People, sign_in
from tests.statements import selects

PATH = "/audit/list-entries"

def write(people: People, username: str = "town", action: str = "household.open", area: str = COMMUNITY_A1A,
          **more: object) -> None:
    record(people[username], action, more.pop("at", utc_now()), area_code=area, **more)  # type: ignore[arg-type]


def rows(client: CheckedClient, query: str = "") -> str:
    """The words of the page from its table on."""
    text = client.page(PATH + query).text
    return text[text.rindex("为什么"):] if "为什么" in text else ""


def test_each_line_says_in_words_who_did_what_when_to_whom_and_why(client: CheckedClient, people: People) -> None:
    household = factories.make_household(number="QH-0042")
    write(people, why="visit", household_id=household.id, note="约好的")
    text = rows(sign_in(client, people.county))
    for said in ("town 的姓名", "镇街干部", "打开了档案", "QH-0042", "走访", "约好的", "今天"):
        assert said in text


def test_an_organisation_and_an_account_are_named(client: CheckedClient, people: People) -> None:
    write(people, "county", "organisation.vetted", organisation_id=people.charity.organisation_id)
    write(people, "admin", "account.create", changes={"username": "new.officer"})
    text = rows(sign_in(client, people.county))
    assert "青禾慈善会" in text
    assert "new.officer" in text


def test_nobody_sees_beyond_the_own_area(client: CheckedClient, people: People) -> None:
    write(people, "town", area=COMMUNITY_A1A)
    write(people, "other_town", area=COMMUNITY_A2A)
    write(people, "town2", area=COMMUNITY_B1A)
    write(people, "province", area="97")
    write(people, "informant", area="")
    for username, seen in (("county", "town other_town"), ("auditor", "town other_town"), ("county2", "town2")):
        text = rows(sign_in(client, people[username]))
        for name in ("town", "other_town", "town2", "province", "informant"):
            assert (f" {name} 的姓名" in text) == (name in seen.split()), (username, name)


def test_an_auditor_of_a_town_sees_that_town(client: CheckedClient, people: People) -> None:
    from matching.accounts.models import User

    db.session.get_one(User, people.auditor.user_id).area_code = COMMUNITY_A1A[:9]
    write(people, "town", area=COMMUNITY_A1A)
    write(people, "other_town", area=COMMUNITY_A2A)
    text = rows(sign_in(client, people.auditor))
    assert " town 的姓名" in text
    assert "other_town" not in text


def test_the_newest_stands_first_and_older_ones_are_a_page_away(client: CheckedClient, people: People) -> None:
    for number in range(PAGE + 5):
        write(people, note=f"第{number:03}次")
    sign_in(client, people.county)
    page = client.page(PATH)
    assert page.text.index(f"第{PAGE + 4:03}次") < page.text.index(f"第{PAGE + 3:03}次")
    assert "第004次" not in page.text
    _newest, page = client.pages(PATH)
    older = next(href for href, text in page.links if text == "上一页")
    assert all(f"第{number:03}次" in page.text for number in range(5))
    assert f"第{PAGE + 4:03}次" in client.page(older).text


@pytest.mark.slow
@pytest.mark.parametrize(("query", "seen"), [
    ("?who=town 的姓名", {"打开"}), ("?who=county", {"核实"}), ("?who=nobody", set()),
    ("?kind=look", {"打开"}), ("?kind=organisation", {"核实"}), ("?kind=pairing", {"配对"}),
    ("?kind=nonsense", {"打开", "核实", "配对"}), ("?number=QH-0042", {"打开"}), ("?number=QH-", set()),
    ("?number=BS-0042", set()), ("?on=nonsense", {"打开", "核实", "配对"}), ("?on=2020-01-01", set()),
    ("?on=today", {"打开", "核实", "配对"}), ("?who=town&kind=organisation", set()),
])
def test_entries_are_found_by_person_file_kind_and_day(client: CheckedClient, people: People, query: str,
                                                       seen: set[str]) -> None:
    near = factories.make_household(number="QH-0042")
    far = factories.make_household(COMMUNITY_B1A, number="BS-0042")
    write(people, note="打开", household_id=near.id)
    write(people, "county", "organisation.vetted", note="核实")
    write(people, "county2", "run.ask", note="配对")
    write(people, "town2", note="外县", area=COMMUNITY_B1A, household_id=far.id)
    text = rows(sign_in(client, people.county), query.replace("today", str(today())))
    assert {note for note in ("打开", "核实", "配对", "外县") if f" {note}" in text} == seen


def test_a_day_is_a_day_in_shanghai(client: CheckedClient, people: People) -> None:
    on = today(-3)
    midnight = datetime.combine(on, time(), SHANGHAI).astimezone(UTC)
    write(people, note="前夜", at=midnight - timedelta(seconds=1))
    write(people, note="凌晨", at=midnight)
    write(people, note="半夜", at=midnight + timedelta(hours=24))
    text = rows(sign_in(client, people.county), f"?on={on}")
    assert [note for note in ("前夜", "凌晨", "半夜") if note in text] == ["凌晨"]


def test_reading_the_log_is_written_down_too(client: CheckedClient, people: People) -> None:
    sign_in(client, people.auditor).page(PATH)
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.actor_id, entry.area_code) == ("audit.read", people.auditor.user_id, "970101")


def test_an_empty_log_says_what_will_stand_here(client: CheckedClient, people: People) -> None:
    assert (2, "还没有记录") in sign_in(client, people.county).page(PATH).headings
    assert (2, "没有符合条件的记录") in client.page(PATH + "?who=nobody").headings


@pytest.mark.slow
@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.COUNTY, Role.AUDITOR)])
def test_nobody_else_reads_the_log(client: CheckedClient, people: People, role: Role) -> None:
    assert sign_in(client, people[str(role)]).get(PATH).status_code == 403
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 0


def test_a_page_stays_small_and_asks_little_however_long_the_log(client: CheckedClient, people: People) -> None:
    household = factories.make_household()
    db.session.add_all(AuditEntry(at=utc_now(), actor_id=people.town.user_id, actor_name="很长的名字" * 3,
                                  actor_role="town", action="household.disclose", household_id=household.id,
                                  area_code=COMMUNITY_A1A, county_code="970101", why="check", note="核对一下情况" * 5)
                       for _row in range(500))
    sign_in(client, people.county)
    client.get(PATH)
    with selects() as asked:
        answer = client.get(PATH + "?who=town&kind=look")
    assert len(asked) <= 6
    assert len(answer.data) <= 40 * 1024
