"""Changing a person's entry."""

from __future__ import annotations

from sqlalchemy import select

from matching.audit.models import AuditEntry
from matching.extensions import db
from tests.factories import make_household, make_member
from tests.households.numbers import identity
from tests.people import COMMUNITY_B1A


def path(member):
    return f"/households/{member.id}/edit-member"


def test_hidden_fields_stay_when_left_empty_and_names_of_fields_are_told(client_of):
    member = make_member(make_household(), name="罗小燕", relation="daughter", identity_number=identity(),
                         illness="哮喘", monthly_income_fen=90_050)
    client = client_of("community")
    form = client.page(path(member)).form(path(member))
    assert form.values["monthly_income"] == "900.50"
    assert identity() not in str(form.values)
    assert "哮喘" not in str(form.values)
    assert client.send(path(member), employment="pupil").status_code == 302
    db.session.expire_all()
    assert (member.employment, member.identity_number, member.illness) == ("pupil", identity(), "哮喘")
    assert member.monthly_income_fen == 90_050
    [entry] = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "member.edit"))
    assert entry.changes == {"fields": ["employment"]}


def test_the_heads_new_name_is_the_households(client_of):
    household = make_household()
    client_of("community").send(path(household.members[0]), name="罗新名", relation="head")
    db.session.expire_all()
    assert household.head_name == "罗新名"


def test_out_of_reach_is_not_there(client_of):
    member = make_household(COMMUNITY_B1A).members[0]
    assert client_of("community").get(path(member)).status_code == 404
