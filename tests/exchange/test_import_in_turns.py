"""A register is written in many short transactions, and all the same whole or not at all.

Stopped, failed or killed half-way: what was written is taken back, new villages too. Controls: without the taking back
half a register stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select

from matching import jobs_imports
from matching.clock import utc_now
from matching.exchange import service_households
from matching.exchange import service_imports as imports
from matching.exchange.models import Import
from matching.exchange.models_journal import ImportChange
from matching.extensions import db
from matching.households.models import Household, Member, Need, TimelineEntry
from matching.households.models_names import NameKey
from matching.places.models import Area
from tests.conftest import CheckedClient
from tests.exchange.steps import TWO_HOMES, book, bring, brought, confirmed, person, press, worked

OF_FILES = "households|members|needs|name_keys|file_changes|timeline_entries|areas"
ClientOf = Callable[[str], CheckedClient]
NEWER = (person("QH00001", 1, 月收入=900), TWO_HOMES[1], TWO_HOMES[2], person("QH00003", 4, village="新起村"),
         person("QH00004", 5, village="新起村"), person("QH00005", 6))


@pytest.fixture(autouse=True)
def one_home_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_households, "CHUNK_IN_TURNS", 1)


def picture() -> tuple[Any, ...]:
    """All that a register may change, without its story."""
    db.session.rollback()
    people = db.session.execute(select(Member.id, Member.name, Member.monthly_income_fen).order_by(Member.id)).all()
    counts = [db.session.scalar(select(func.count()).select_from(model)) for model in (Household, Need, NameKey, Area)]
    db.session.rollback()
    return people, counts


def after_chunk(monkeypatch: pytest.MonkeyPatch, number: int, act: Callable[[], None]) -> None:
    """Let something happen after so many households of an import were written."""
    real, seen = service_households._Applier.apply, 0

    def apply(self: Any, *given: Any) -> None:
        nonlocal seen
        real(self, *given)
        seen += not self.rehearse
        if seen == number and not self.rehearse:
            act()

    monkeypatch.setattr(service_households._Applier, "apply", apply)


def waiting(client: CheckedClient) -> tuple[Import, tuple[Any, ...]]:
    """A newer register, confirmed, and how everything was before it."""
    confirmed(client, brought(client))
    row = brought(client, *NEWER)
    assert press(client, row, "confirm-import").status_code == 302
    return row, picture()


@pytest.mark.parametrize("number", [1, 2, 4])
@pytest.mark.slow
def test_stopped_half_way_everything_is_as_before(client_of: ClientOf, monkeypatch: pytest.MonkeyPatch,
                                                  number: int) -> None:
    client = client_of("county")
    row, before = waiting(client)
    form = client.page(f"/exchange/{row.id}/show-import").form(f"/exchange/{row.id}/cancel-import")
    told = []

    def stop() -> None:
        told.append(picture())
        client.post(f"/exchange/{row.id}/cancel-import", data=form.values)

    after_chunk(monkeypatch, number, stop)
    row = worked(row.id)
    assert (row.state, row.report["left"]) == ("cancelled", 0)
    assert told[0] != before  # half of it had been written
    assert picture() == before
    assert db.session.scalar(select(func.count()).select_from(ImportChange).where(
        ImportChange.import_id == row.id)) == 0


@pytest.mark.slow
def test_killed_half_way_it_is_taken_back_and_then_written_once(client_of: ClientOf,
                                                                monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of("county")
    row, before = waiting(client)

    def die() -> None:
        raise SystemExit

    after_chunk(monkeypatch, 3, die)
    with pytest.raises(SystemExit):
        worked(row.id)
    half = picture()
    assert half != before
    worked(row.id)
    assert picture() == half  # its claim still holds
    db.session.get_one(Import, row.id).claimed_at = utc_now() - imports.STALE_AFTER - timedelta(seconds=1)
    row = worked(row.id)
    assert (row.state, row.report["created"], row.report["updated"]) == ("done", 3, 1)
    assert sorted(db.session.scalars(select(Household.number))) [-5:] == [f"QH0000{at}" for at in range(1, 6)]
    press(client, row, "undo-import")
    assert (worked(row.id).report["left"], picture()) == (0, before)


@pytest.mark.slow
def test_without_taking_back_half_of_it_would_stay(client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of("county")
    row, before = waiting(client)
    monkeypatch.setattr(jobs_imports, "take_back_next", lambda *_given: 0)
    after_chunk(monkeypatch, 3, lambda: 1 / 0)  # type: ignore[arg-type,return-value]
    assert worked(row.id).state == "failed"
    assert picture() != before


@pytest.mark.slow
def test_a_fault_at_any_statement_leaves_everything_as_before(client_of: ClientOf) -> None:
    client = client_of("county")
    row, before = waiting(client)
    number = 0
    while True:
        number += 3
        if not _worked_with_fault(row.id, number):
            break
        worked(row.id)
        assert picture() == before, f"statement {number}"
        again = db.session.get_one(Import, row.id)
        assert again.state == "failed"
        again.state, again.file_key = "confirmed", imports.vault.put(book(*NEWER))
        db.session.commit()
    assert number > 20
    assert picture() != before


def _worked_with_fault(import_id: int, number: int) -> bool:
    """Work the import with a fault in the n-th statement that writes; whether there was one."""
    seen = 0

    def fail(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        nonlocal seen
        if statement.startswith(("INSERT", "UPDATE households", "UPDATE members", "DELETE")):
            seen += 1
            if seen == number:
                raise RuntimeError("a fault of the database")

    event.listen(db.engine, "before_cursor_execute", fail)
    try:
        worked(import_id)
    finally:
        event.remove(db.engine, "before_cursor_execute", fail)
    return seen >= number


@pytest.mark.slow
def test_taking_back_goes_on_where_it_was_killed(client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of("county")
    row, before = waiting(client)
    row = worked(row.id)
    press(client, row, "undo-import")
    real, seen = jobs_imports.take_back_next, 0

    def some(*given: Any) -> int:
        nonlocal seen
        seen += 1
        if seen == 3:
            raise SystemExit
        return real(*given)

    monkeypatch.setattr("matching.exchange.service_undo.LIMIT", 2)
    monkeypatch.setattr(jobs_imports, "take_back_next", some)
    with pytest.raises(SystemExit):
        worked(row.id)
    db.session.get_one(Import, row.id).claimed_at = utc_now() - imports.STALE_AFTER - timedelta(seconds=1)
    row = worked(row.id)
    assert (row.state, row.report["left"], picture()) == ("undone", 0, before)


@pytest.mark.slow
def test_who_enters_the_same_file_meanwhile_is_met(client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between looking and writing somebody opens the same file: the chunk is looked at again."""
    client = client_of("county")
    row, _before = waiting(client)
    real, done = service_households._Applier._reckon, []

    def reckon(self: Any, rows: Any, lock: bool) -> Any:
        found = real(self, rows, lock)
        if not done and not self.rehearse and rows and rows[0].number == "QH00003":
            done.append(True)
            db.session.rollback()
            at = utc_now()
            db.session.add(Household(number="QH00003", county_code=self.county.code, area_code=rows[0].town_code,
                                     head_name="周桂戊", status="verified", created_at=at, updated_at=at))
            db.session.commit()
        return found

    monkeypatch.setattr(service_households._Applier, "_reckon", reckon)
    assert worked(row.id).state == "done"
    assert done
    files = db.session.scalars(select(Household).where(Household.number == "QH00003")).all()
    assert [member.name for file in files for member in file.members] == ["周桂戊"]


@pytest.mark.slow
def test_the_story_is_told_once(client_of: ClientOf) -> None:
    row, _before = waiting(client_of("county"))
    worked(row.id)
    kinds = db.session.execute(select(TimelineEntry.kind, func.count()).group_by(TimelineEntry.kind)).all()
    assert {kind: count for kind, count in kinds if kind.startswith("household.")} == {"household.imported": 5}


@pytest.mark.slow
def test_bringing_is_not_waited_for(client_of: ClientOf) -> None:
    """Where nothing changes nothing is locked: the same file again writes no row at all."""
    client = client_of("county")
    confirmed(client, brought(client))
    row = worked(bring(client, book(*TWO_HOMES)))
    written: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if re.match(rf"(INSERT INTO|UPDATE|DELETE FROM) ({OF_FILES})\b", statement):
            written.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        row.state = "confirmed"
        worked(row.id)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert not written
