"""Two files of one household for tests, and everything that stands in a file, to compare before and after."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Table, select

from matching.extensions import db
from matching.households.models import Household, HouseholdAccount, Member
from matching.households.service import add_to_timeline
from tests.factories import make_household, make_member, make_need, make_pairing, make_user
from tests.households.numbers import identity
from tests.people import COMMUNITY_A1A, COMMUNITY_A2A, LONG_AGO

__all__ = ["NUMBER", "two_files", "whole"]

NUMBER = identity(sequence="551")
TOLD_SINCE = {"audit_entries", "timeline_entries", "file_changes", "household_merges", "submissions", "told_apart"}


def two_files() -> tuple[Household, Household]:
    """The files of one household in two towns: the head stands in both, a son in the second only.

    The second holds a need with a pairing under way, one with a proposal, an account and a story; the first lacks
    telephone and cause, which the second knows.
    """
    left = make_household(COMMUNITY_A1A, head_name="钟桂香", number="QH-501")
    right = make_household(COMMUNITY_A2A, head_name="钟桂香", number="QH-777", phone="13700008123", cause="illness",
                           status="surveyed", registered_on=date(2025, 3, 1))
    left.members[0].identity_number = right.members[0].identity_number = NUMBER
    right.members[0].illness = "尿毒症"
    make_member(right, name="钟小龙", phone="13700008123")
    make_need(left, "care")
    care, cash = make_need(right, "care", quantity=3), make_need(right, "cash")
    make_pairing(care, state="under_way", quantity=2)
    make_pairing(cash)
    db.session.add(HouseholdAccount(user_id=make_user("household", "970101").id, household_id=right.id,
                                    created_at=LONG_AGO))
    add_to_timeline(right.id, "household.imported", None, LONG_AGO)
    db.session.commit()
    return left, right


def whole(*households: Household) -> dict[str, list[dict[str, Any]]]:
    """Every row that belongs to these files, by table, the words under which they are found included.

    Not what tells of looks and changes, nor the instant of the last change.
    """
    db.session.expire_all()
    ids = [household.id for household in households]
    found = {"households": _rows(db.metadata.tables["households"], "id", ids)}
    for table in db.metadata.sorted_tables:
        for column in table.c:
            if table.name not in TOLD_SINCE and any(
                    key.target_fullname == "households.id" for key in column.foreign_keys):
                found[f"{table.name}.{column.name}"] = _rows(table, column.name, ids)
    people = db.session.scalars(select(Member).where(Member.household_id.in_(ids)).order_by(Member.id))
    found["open"] = [{"id": m.id, "number": m.identity_number, "phone": m.phone, "illness": m.illness} for m in people]
    return found


def _rows(table: Table, column: str, ids: list[int]) -> list[dict[str, Any]]:
    rows = db.session.execute(select(table).where(table.c[column].in_(ids)).order_by(*table.primary_key)).mappings()
    return [{name: value for name, value in row.items() if name != "updated_at"} for row in rows]
