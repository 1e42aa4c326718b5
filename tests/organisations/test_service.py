"""Entering organisations, their credit codes, and their county's yes or no."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, text

from matching.audit.models import AuditEntry
from matching.clock import day_of
from matching.errors import Conflict, Invalid, NotAllowed, NotThere
from matching.extensions import db
from matching.organisations import service
from matching.organisations.models import Organisation
from tests import factories
from tests.people import COUNTY_A, COUNTY_B, People

NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91110000600037341L", "9144030071526726XG"])
def test_published_codes_are_right(code: str) -> None:
    assert service.is_credit_code(code)


@pytest.mark.parametrize("code", ["91350100M000100Y44", "91350100M000100Y4", "91350100M000100Y433",
                                  "91350100M000I00Y43", "", "９1350100M000100Y43", "91350100m000100Y43"])
def test_wrong_codes_are_not(code: str) -> None:
    assert not service.is_credit_code(code)


def test_every_single_wrong_character_is_found() -> None:
    good = "91350100M000100Y43"
    for place, letter in enumerate(good):
        for other in service.CREDIT_ALPHABET:
            assert service.is_credit_code(good[:place] + other + good[place + 1:]) == (other == letter)


def code_of(first_17: str = "53970101MX9900001") -> str:
    return first_17 + service.credit_check_character(first_17)


def register(**changes: object) -> Organisation:
    given = {"name": "新来的慈善会", "kind": "charity", "area_code": COUNTY_A, "actor": None, "now": NOW, **changes}
    return service.register_organisation(**given)  # type: ignore[arg-type]


def test_a_new_organisation_waits_and_is_written_down(people: People) -> None:
    made = register(credit_code=code_of().lower().replace("mx", " MX "), contact_phone="0978-5550100")
    assert (made.status, made.credit_code, made.vetted_on) == ("waiting", code_of(), None)
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.organisation_id, entry.area_code) == ("organisation.register", made.id, COUNTY_A)


def test_its_telephone_number_lies_encrypted(people: People) -> None:
    made = register(contact_phone="0978-5550100")
    db.session.flush()
    kept = db.session.scalar(text("SELECT contact_phone_sealed FROM organisations WHERE id = :id"), {"id": made.id})
    assert b"5550100" not in bytes(kept)
    assert made.contact_phone == "0978-5550100"


def test_it_is_found_by_its_code_however_written(people: People) -> None:
    made = register(credit_code=code_of())
    assert service.find_by_credit_code(f" {code_of().lower()} ") is made
    assert service.find_by_credit_code("91350100M000100Y43") is None


def test_one_code_is_one_organisation(people: People) -> None:
    register(credit_code=code_of())
    with pytest.raises(Conflict):
        register(credit_code=code_of())
    assert db.session.scalar(select(func.count()).where(Organisation.credit_code == code_of())) == 1


@pytest.mark.parametrize(("changes", "field"), [({"credit_code": "91350100M000100Y44"}, "credit_code"),
                                                ({"name": " "}, "name")])
def test_what_is_wrong_is_refused(people: People, changes: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        register(**changes)
    assert refused.value.field == field


def test_the_own_county_says_yes(people: People) -> None:
    made = factories.make_organisation(status="waiting", vetted_on=None)
    assert service.vet(made, True, "", people.county, NOW)
    assert (made.status, made.vetted_on, made.vetted_by_id) == ("vetted", day_of(NOW), people.county.user_id)
    assert db.session.scalars(select(AuditEntry.action)).all() == ["organisation.vetted"]


@pytest.mark.parametrize(("before", "after"), [("waiting", "refused"), ("vetted", "suspended"),
                                               ("refused", "refused"), ("suspended", "suspended")])
def test_a_no_refuses_or_suspends_and_says_why(people: People, before: str, after: str) -> None:
    made = factories.make_organisation(status=before)
    changed = service.vet(made, False, " 证照过期 ", people.county, NOW)
    assert (made.status, changed) == (after, before != after)
    if changed:
        assert (made.refusal_reason, made.vetted_on) == ("证照过期", None)


def test_a_no_without_a_reason_is_refused(people: People) -> None:
    made = factories.make_organisation(status="waiting")
    with pytest.raises(Invalid) as refused:
        service.vet(made, False, "  ", people.county, NOW)
    assert (refused.value.field, made.status) == ("reason", "waiting")


def test_a_later_yes_takes_the_reason_back(people: People) -> None:
    made = factories.make_organisation(status="waiting")
    service.vet(made, False, "证照过期", people.county, NOW)
    assert service.vet(made, True, "", people.county, NOW)
    assert (made.status, made.refusal_reason) == ("vetted", "")


def test_said_twice_it_is_written_down_once(people: People) -> None:
    made = factories.make_organisation(status="waiting")
    assert [service.vet(made, True, "", people.county, NOW) for _time in range(2)] == [True, False]
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 1


@pytest.mark.parametrize(("username", "area", "refusal"), [
    ("county2", COUNTY_A, NotThere), ("county", COUNTY_B, NotThere), ("town", COUNTY_A, NotThere),
    ("auditor", COUNTY_A, NotAllowed), ("admin", COUNTY_A, NotThere)])
def test_only_the_county_where_it_is_registered_decides(people: People, username: str, area: str,
                                                        refusal: type[Exception]) -> None:
    made = factories.make_organisation(area, status="waiting")
    with pytest.raises(refusal):
        service.vet(made, True, "", people[username], NOW)
    assert made.status == "waiting"


def test_whoever_decides_second_hears_of_the_first(people: People) -> None:
    made = factories.make_organisation(status="waiting")
    db.session.commit()
    seen = made.status
    db.session.execute(text("UPDATE organisations SET status = 'refused' WHERE id = :id"), {"id": made.id})
    assert seen == "waiting"
    with pytest.raises(Conflict):
        service.vet(made, True, "", people.county, NOW)
    assert db.session.scalar(select(Organisation.status).where(Organisation.id == made.id)) == "refused"
