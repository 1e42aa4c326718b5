"""Another role, another place: valid pairs only, and the old rights end at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from matching.accounts.models import User
from matching.extensions import db
from matching.organisations.models import Membership
from tests.conftest import CheckedClient
from tests.people import COMMUNITY_A1B, People, sign_in


def change(client: CheckedClient, user_id: int, **answers: Any) -> Any:
    return client.send(f"/accounts/{user_id}/change-role", **answers)


def test_the_form_begins_with_what_is_so(client: CheckedClient, people: People) -> None:
    path = f"/accounts/{people.town.user_id}/change-role"
    values = sign_in(client, people.admin).page(path).form(path).values
    assert (values["role"], values["area_code"]) == ("town", "970101001")


def test_the_new_role_holds_and_the_old_session_ends(client: CheckedClient, people: People,
                                                     new_client: Callable[[], CheckedClient]) -> None:
    other = sign_in(new_client(), people.town)
    answer = change(sign_in(client, people.admin), people.town.user_id, role="community", area_code=COMMUNITY_A1B)
    assert answer.status_code == 302
    assert other.get("/todo").status_code == 302
    user = db.session.get_one(User, people.town.user_id)
    assert (user.role, user.area_code) == ("community", COMMUNITY_A1B)


def test_whoever_leaves_an_organisation_no_longer_belongs_to_it(client: CheckedClient, people: People) -> None:
    change(sign_in(client, people.admin), people.charity.user_id, role="community", area_code=COMMUNITY_A1B,
           organisation="")
    of_hers = select(func.count()).where(Membership.user_id == people.charity.user_id)
    assert db.session.scalar(of_hers) == 0


@pytest.mark.parametrize(("answers", "said"), [
    ({"role": "county", "area_code": "970101001"}, "应是 6 位"),
    ({"role": "charity", "area_code": ""}, "机构人员要选机构"),
    ({"role": "nonsense"}, "请从列表里选一个"),
])
def test_what_does_not_fit_changes_nothing(client: CheckedClient, people: People, answers: dict[str, str],
                                           said: str) -> None:
    answer = change(sign_in(client, people.admin), people.town.user_id, **answers)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert db.session.get_one(User, people.town.user_id).role == "town"


def test_a_household_stays_a_household(client: CheckedClient, people: People) -> None:
    answer = change(sign_in(client, people.admin), people.household.user_id, role="county", area_code="970101")
    assert answer.status_code == 409


def test_nobody_changes_the_own_role(client: CheckedClient, people: People) -> None:
    assert change(sign_in(client, people.admin), people.admin.user_id, role="county",
                  area_code="970101").status_code == 409
