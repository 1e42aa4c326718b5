"""One confirmation writes everything or nothing; the same file again changes nothing; a fault leaves nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, func, select

from matching import jobs_imports, vault
from matching.exchange.models import Import
from matching.extensions import db
from matching.households.models import Household, Member, TimelineEntry
from matching.households.models_changes import FileChange
from tests.conftest import CheckedClient
from tests.exchange.steps import TWO_HOMES, book, brought, confirmed, press, worked

ClientOf = Callable[[str], CheckedClient]
WRITTEN = (Household, Member, TimelineEntry, FileChange)


def counts() -> list[int]:
    db.session.expire_all()
    found = [db.session.scalar(select(func.count()).select_from(model)) or 0 for model in WRITTEN]
    db.session.rollback()
    return found


@pytest.mark.slow
def test_it_is_written_once_and_the_file_goes(client_of: ClientOf) -> None:
    client = client_of("county")
    row = brought(client)
    key = row.file_key or ""
    row = confirmed(client, row)
    assert (row.state, row.report["created"], row.file_key) == ("done", 3, None)
    with pytest.raises(vault.Missing):
        vault.get(key)
    household = db.session.scalars(select(Household).where(Household.number == "QH00001")).one()
    assert [member.name for member in household.members] == ["周桂乙", "周桂丙"]
    assert {change.import_id for change in db.session.scalars(select(FileChange))} == {row.id}


@pytest.mark.slow
def test_the_same_file_again_changes_no_row(client_of: ClientOf) -> None:
    client = client_of("county")
    confirmed(client, brought(client))
    before = counts()
    row = brought(client)
    assert (row.report["created"], row.report["updated"], row.report["unchanged"]) == (0, 0, 3)
    assert counts() == before
    page = client.get(f"/exchange/{row.id}/show-import").get_data(as_text=True)
    assert "没有什么要写入" in page


@pytest.mark.slow
def test_confirmed_twice_it_is_written_once(client_of: ClientOf) -> None:
    client = client_of("county")
    row = brought(client)
    confirmed(client, row)
    page = client.post(f"/exchange/{row.id}/confirm-import", data={"csrf_token": "x"})
    assert page.status_code in (400, 409)
    assert len(db.session.scalars(select(Household).where(Household.number == "QH00001")).all()) == 1


@pytest.mark.slow
def test_a_fault_at_any_statement_leaves_nothing_half_written(client_of: ClientOf) -> None:
    client = client_of("county")
    row = brought(client)
    before, number, failed = counts(), 0, True
    while failed:
        number += 1
        again = db.session.get_one(Import, row.id)
        again.state, again.file_key = "confirmed", vault.put(book(*TWO_HOMES))
        db.session.commit()
        failed = _worked_with_fault(row.id, number)
        if failed:
            assert counts() == before, f"statement {number}"
    assert number > 5
    assert counts() != before


def _worked_with_fault(import_id: int, number: int) -> bool:
    """Work the import with a fault in the n-th statement of its writing; whether there was one."""
    seen = 0

    def fail(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        nonlocal seen
        if statement.startswith("INSERT"):
            seen += 1
            if seen == number:
                raise RuntimeError("a fault of the database")

    event.listen(db.engine, "before_cursor_execute", fail)
    try:
        jobs_imports.work_waiting()
    finally:
        event.remove(db.engine, "before_cursor_execute", fail)
    return seen >= number


@pytest.mark.slow
def test_who_may_not_reach_it_confirms_nothing(client_of: ClientOf) -> None:
    row = brought(client_of("county"))
    form = client_of("town").page("/exchange/add-import").form("/exchange/add-import")
    assert client_of("town").post(f"/exchange/{row.id}/confirm-import", data=form.values).status_code in (400, 404)
    assert worked(row.id).state == "ready"
    assert press(client_of("county"), row, "confirm-import").status_code == 302
