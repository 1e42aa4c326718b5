"""Making an account: checked, made once, its first password shown once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import func, select

from matching.accounts.models import User
from matching.audit.models import AuditEntry
from matching.extensions import db
from matching.organisations.models import Organisation
from tests.conftest import CheckedClient
from tests.people import COUNTY_A, LONG_AGO, People, sign_in

PATH = "/accounts/add-account"
OFFICER = {"username": "new.officer", "name": "沈丽华", "role": "town", "area_code": "970101001"}


def count() -> int | None:
    return db.session.scalar(select(func.count()).select_from(User))


def password_in(body: str) -> str:
    found = re.search(r"<dd>((?:[a-z2-9]{4}-){3}[a-z2-9]{4})</dd>", body)
    assert found is not None
    return found[1]


@pytest.mark.slow
def test_the_new_account_can_sign_in_with_the_password_shown(client: CheckedClient, people: People) -> None:
    answer = sign_in(client, people.admin).send(PATH, **OFFICER)
    assert answer.status_code == 200
    password = password_in(answer.get_data(as_text=True))
    client.delete_cookie("session")
    assert client.send("/sign-in", username="new.officer", password=password).status_code == 302
    assert client.get("/households/list-households").status_code == 200


@pytest.mark.slow
def test_a_member_acts_for_its_organisation(client: CheckedClient, people: People) -> None:
    answer = sign_in(client, people.admin).send(PATH, username="helper", name="顾芳", role="charity", area_code="",
                                                organisation="青禾慈善会")
    password = password_in(answer.get_data(as_text=True))
    client.delete_cookie("session")
    client.send("/sign-in", username="helper", password=password)
    page = client.page(f"/organisations/{people.charity.organisation_id}/show-organisation")
    assert "青禾慈善会" in page.text


def test_sent_twice_it_makes_one_account_and_shows_the_same_password(client: CheckedClient, people: People) -> None:
    sign_in(client, people.admin)
    sent = {**client.page(PATH).form(PATH).values, **OFFICER}
    before = count()
    bodies = [client.post(PATH, data=sent).get_data(as_text=True) for _time in range(2)]
    assert count() == (before or 0) + 1
    assert password_in(bodies[0]) == password_in(bodies[1])


def test_another_form_makes_another_password(client: CheckedClient, people: People) -> None:
    sign_in(client, people.admin)
    first = client.send(PATH, **OFFICER).get_data(as_text=True)
    second = client.send(PATH, **{**OFFICER, "username": "second.officer"}).get_data(as_text=True)
    assert password_in(first) != password_in(second)


@pytest.mark.slow
@pytest.mark.parametrize(("changes", "said"), [
    ({"username": "county"}, "已经有人用了"),
    ({"username": "COUNTY"}, "已经有人用了"),
    ({"username": "no blanks"}, "小写字母"),
    ({"username": "沈"}, "小写字母"),
    ({"username": ""}, "请填写账号"),
    ({"name": "　"}, "请填写姓名"),
    ({"area_code": ""}, "应是 9 位"),
    ({"area_code": "970101"}, "应是 9 位"),
    ({"area_code": "970999999"}, "没有这个区划代码"),
    ({"role": "community"}, "应是 12 位"),
    ({"role": "auditor", "area_code": "970101001001"}, "应是 2 / 4 / 6 / 9 位"),
    ({"role": "household", "area_code": ""}, "请从列表里选一个"),
    ({"role": "charity", "area_code": ""}, "机构人员要选机构"),
    ({"organisation": "青禾慈善会"}, "机构人员要选机构"),
    ({"role": "charity", "area_code": "", "organisation": "没有的机构"}, "没有这家机构"),
    ({"role": "charity", "area_code": "", "organisation": "青禾电子厂"}, "不是这一类"),
    ({"role": "socialworker", "area_code": "", "organisation": "青禾慈善会"}, "不是这一类"),
])
def test_what_does_not_fit_is_refused_in_words(client: CheckedClient, people: People, changes: dict[str, Any],
                                               said: str) -> None:
    before = count()
    answer = sign_in(client, people.admin).send(PATH, **{**OFFICER, **changes})
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert count() == before


def test_two_organisations_of_one_name_are_told_apart_by_their_code(client: CheckedClient, people: People) -> None:
    db.session.add(Organisation(name="青禾慈善会", kind="charity", area_code=COUNTY_A, status="vetted",
                                credit_code="53360102MX99000017", created_at=LONG_AGO))
    sign_in(client, people.admin)
    sent = {"username": "helper", "name": "顾芳", "role": "charity", "area_code": ""}
    assert "有几家机构" in client.send(PATH, **sent, organisation="青禾慈善会").get_data(as_text=True)
    assert client.send(PATH, **sent, organisation="53360102mx99000017").status_code == 200


def test_it_is_written_down_without_the_password(client: CheckedClient, people: People) -> None:
    answer = sign_in(client, people.admin).send(PATH, **OFFICER)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "account.create")).one()
    assert (entry.actor_id, entry.area_code) == (people.admin.user_id, "970101001")
    assert password_in(answer.get_data(as_text=True)) not in str(entry.changes)
