"""A sign-in for a household."""

from __future__ import annotations

from sqlalchemy import func, select

from matching.accounts.models import User
from matching.extensions import db
from matching.households.models import HouseholdAccount
from tests.factories import make_household
from tests.html import read


def path(household):
    return f"/households/{household.id}/create-household-account"


def accounts(household):
    return db.session.scalar(select(func.count()).where(HouseholdAccount.household_id == household.id))


def test_the_password_is_shown_once_and_opens_the_own_case(client_of, new_client):
    household, client = make_household(), client_of("community")
    form = client.page(path(household)).form(path(household))
    answer = client.post(path(household), data=form.values)
    again = client.post(path(household), data=form.values)
    assert answer.status_code == 200
    assert again.data.count("口令只显示这一次".encode()) == 1, "the same click sent twice shows the same page"
    assert accounts(household) == 1
    user = db.session.scalars(select(User).join(HouseholdAccount, HouseholdAccount.user_id == User.id).where(
        HouseholdAccount.household_id == household.id)).one()
    assert (user.role, user.name) == ("household", household.head_name)
    text = read(answer.get_data(as_text=True)).text
    password = text.split("第一次的口令")[1].split()[0]
    household_client = new_client()
    answer = household_client.send("/sign-in", username=user.username, password=password)
    assert answer.status_code == 302
    assert household_client.get("/pairings/my-case").status_code == 200
    later = client.page(path(household)).text
    assert password not in later
    assert user.username in later


def test_there_is_one_account_for_a_household(client_of):
    household = make_household()
    client = client_of("community")
    form = client.page(path(household)).form(path(household))
    client.post(path(household), data=form.values)
    assert client.post(path(household), data={**form.values, "submission_key": "another"}).status_code == 409
    assert accounts(household) == 1


def test_out_of_reach_is_not_there(client_of):
    assert client_of("community2").get(path(make_household())).status_code == 404
