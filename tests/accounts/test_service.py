"""What the services promise beyond the administrator's pages, and the command that makes the first account."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from matching.accounts import service
from matching.accounts.models import User
from matching.accounts.service_passwords import first_password, matches, one_time_password, refuse_weak
from matching.actor import Role
from matching.errors import Invalid
from matching.extensions import db
from matching.households.models import HouseholdAccount
from tests.people import COUNTY_A, People

NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)
GOOD = "a brand new battery"


def test_a_household_gets_an_account_whose_name_says_nothing(people: People) -> None:
    household_id = people.household.household_id or 0
    user = service.create_household_user(household_id, "何秀英", "key", people.community, NOW)
    assert user.username[0] == "h"
    assert user.username[1:].isdigit()
    assert matches(user.password_hash, first_password(people.community.user_id, "key"))
    bound = select(HouseholdAccount.household_id).where(HouseholdAccount.user_id == user.id)
    assert db.session.scalar(bound) == household_id


@pytest.mark.parametrize(("role", "binding", "field"), [
    (Role.HOUSEHOLD, {}, "role"), (Role.COUNTY, {"area_code": COUNTY_A, "household_id": 1}, "role"),
    (Role.CHARITY, {"organisation_id": 99_999}, "organisation_id"),
    (Role.PROVINCE, {"area_code": "970101"}, "area_code"), (Role.ADMIN, {"organisation_id": 1}, "organisation_id"),
])
def test_what_does_not_belong_to_a_role_is_refused(people: People, role: Role, binding: dict[str, str | int],
                                                   field: str) -> None:
    with pytest.raises(Invalid) as refused:
        service.create_user("new.one", "某人", role, GOOD, NOW, **binding)  # type: ignore[arg-type]
    assert refused.value.field == field
    assert db.session.scalar(select(func.count()).where(User.username == "new.one")) == 0


def test_a_refused_name_leaves_the_transaction_usable(people: People) -> None:
    with pytest.raises(Invalid):
        service.create_user("county", "某人", Role.ADMIN, GOOD, NOW)
    service.create_user("second.admin", "某人", Role.ADMIN, GOOD, NOW)
    db.session.commit()
    assert db.session.scalar(select(func.count()).where(User.username == "second.admin")) == 1


@pytest.mark.parametrize("password", ["", "123456789", "aaaaaaaaaaaa", "somebody1234", "x1y2z" * 41])
def test_weak_passwords_are_refused(app: Flask, password: str) -> None:
    with pytest.raises(Invalid) as refused:
        refuse_weak(password, "somebody")
    assert refused.value.field == "password"


@pytest.mark.parametrize("password", [GOOD, "今天天气不错我们去河边走走", "ab" * 5 + "cde"])
def test_good_passwords_are_not(app: Flask, password: str) -> None:
    refuse_weak(password, "somebody")


def test_only_the_demos_own_password_may_be_weak(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "DEMO_PASSWORD", "demo")
    refuse_weak("demo", "county")
    monkeypatch.setitem(app.config, "DEMO_PASSWORD", "")
    for weak in ("demo", ""):
        with pytest.raises(Invalid):
            refuse_weak(weak, "county")


def test_first_passwords_differ_by_form_and_person_and_random_ones_always(app: Flask) -> None:
    made = {first_password(1, "a"), first_password(1, "b"), first_password(2, "a"), one_time_password(),
            one_time_password()}
    assert len(made) == 5
    assert first_password(1, "a") in made
    for password in made:
        refuse_weak(password, "somebody")


def test_no_password_is_kept_as_it_is(people: People) -> None:
    user = service.create_user("new.one", "某人", Role.ADMIN, GOOD, NOW)
    assert user.password_hash.startswith("$argon2id$")
    assert GOOD not in user.password_hash


@pytest.mark.parametrize("kept", [None, "", "not a hash", "$argon2id$v=19$m=8,t=1,p=1$x$y"])
def test_a_broken_or_missing_hash_opens_for_nobody(app: Flask, kept: str | None) -> None:
    assert matches(kept, GOOD) is False


# --- flask user create -------------------------------------------------------------------------------------------

def test_the_command_makes_an_account_and_ends_with_one_line(app: Flask, people: People) -> None:
    db.session.commit()
    told = app.test_cli_runner().invoke(args=[
        "user", "create", "New.County", "--role", "county", "--name", "沈丽华", "--area", COUNTY_A,
        "--password-stdin"], input=GOOD + "\n")
    assert told.exit_code == 0, told.output
    assert told.output.strip().splitlines()[-1] == "账号 · account: new.county, county, 沈丽华"
    user = db.session.scalars(select(User).where(User.username == "new.county")).one()
    assert matches(user.password_hash, GOOD)


@pytest.mark.parametrize(("arguments", "said"), [
    (["county", "--role", "county", "--name", "某人", "--area", COUNTY_A], "已经有人用了"),
    (["new.one", "--role", "county", "--name", "某人"], "应是 6 位"),
    (["new.one", "--role", "charity", "--name", "某人"], "要选机构"),
    (["new.one", "--role", "queen", "--name", "某人"], "queen"),
])
def test_the_command_refuses_in_words(app: Flask, people: People, arguments: list[str], said: str) -> None:
    db.session.commit()
    told = app.test_cli_runner().invoke(args=["user", "create", *arguments, "--password-stdin"], input=GOOD)
    assert told.exit_code != 0
    assert said in told.output
    assert db.session.scalar(select(func.count()).where(User.username == "new.one")) == 0
