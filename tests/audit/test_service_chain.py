"""Nothing in the audit log changes unseen: not an entry, not its place, not its end."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, select, text, update

from matching import jobs_chain
from matching.audit import service_anchors, service_chain
from matching.audit.models import AuditEntry, AuditLink
from matching.audit.service import record
from matching.audit.service_chain import Verdict
from matching.clock import utc_now
from matching.extensions import db, is_sqlite
from tests.people import People
from tests.statements import selects

ENTRIES, TAMPERINGS, MILLION = 60, 1_000, 1_000_000
COLUMNS = ("actor_id", "actor_name", "actor_role", "action", "object_type", "object_id", "household_id",
           "organisation_id", "area_code", "county_code", "why", "note", "at", "changes")


@pytest.fixture(autouse=True)
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Anchors of the test's own."""
    monkeypatch.setitem(app.config, "AUDIT_ANCHORS", str(tmp_path))
    return tmp_path


def write(number: int, days_ago: int = 3) -> None:
    """So many entries of the past, their numbers three apart as after transactions that were given up."""
    last = db.session.scalar(select(func.max(AuditEntry.id))) or 0
    then = utc_now() - timedelta(days=days_ago)
    db.session.execute(insert(AuditEntry), [
        {"id": last + 3 * i, "at": then + timedelta(seconds=i), "actor_id": i, "actor_name": f"何{i}",
         "actor_role": "town", "action": "household.open", "object_type": "household", "object_id": i,
         "household_id": i,
         "area_code": "970101001001", "county_code": "970101", "changes": {"页": i, "b": [1, None]}}
        for i in range(1, number + 1)])
    if not is_sqlite(db.engine):  # numbers of our own choosing do not move PostgreSQL's sequence
        db.session.execute(text("SELECT setval(pg_get_serial_sequence('audit_entries', 'id'), max(id)) "
                                "FROM audit_entries"))
    db.session.commit()


def grow(number: int = 20) -> None:
    """More entries, linked and anchored."""
    write(number)
    linked = db.session.scalar(select(func.count(AuditLink.position))) or 0
    jobs_chain.link_and_anchor(utc_now() + timedelta(minutes=2 * linked))


def verdict(folder: Path) -> Verdict:
    """What the log is worth now."""
    return service_chain.verify(service_anchors.read(folder).kept, utc_now())


def test_an_untouched_log_fits_and_new_entries_wait_for_their_link(people: People, folder: Path) -> None:
    for _ in range(3):
        grow()
    record(people.county, "audit.read", utc_now(), object_type="audit")
    db.session.commit()
    found = verdict(folder)
    assert (found.linked, found.waiting, found.fault) == (60, 1, None)
    assert len(service_anchors.read(folder).kept) >= 2
    assert jobs_chain.link_and_anchor(utc_now()) == 1
    assert verdict(folder).linked == 61


def test_an_entry_whose_transaction_ended_late_is_linked_after_its_neighbours(folder: Path) -> None:
    grow()
    now = utc_now()
    db.session.add(AuditEntry(id=4, at=now - timedelta(minutes=10), action="household.open"))
    db.session.commit()
    assert verdict(folder).fault is None
    assert jobs_chain.link_and_anchor(now) == 1
    assert verdict(folder).linked == 21


def test_two_that_link_at_once_make_one_chain(app: Flask, folder: Path) -> None:
    write(300)
    errors: list[str] = []

    def link() -> None:
        with app.app_context():
            try:
                jobs_chain.link_and_anchor(utc_now())
            except Exception as error:  # one of them may have to come again
                db.session.rollback()
                errors.append(type(error).__name__)
            db.session.remove()

    team = [threading.Thread(target=link) for _ in range(4)]
    for each in team:
        each.start()
    for each in team:
        each.join()
    assert set(errors) <= {"IntegrityError"}
    assert (verdict(folder).linked, verdict(folder).fault) == (300, None)


# --- tampering ----------------------------------------------------------------------------------------------


def edit(rng: random.Random, ids: list[int]) -> None:
    column: Any = getattr(AuditEntry, rng.choice(COLUMNS))
    row = rng.choice(ids)
    was = db.session.scalar(select(column).where(AuditEntry.id == row))
    new = (was + timedelta(microseconds=1) if hasattr(was, "year") else {**was, "x": 1} if isinstance(was, dict)
           else f"{was[:-1]}x" if isinstance(was, str) else (was or 0) + 1)
    db.session.execute(update(AuditEntry).where(AuditEntry.id == row).values({column.key: new}))


def remove(rng: random.Random, ids: list[int]) -> None:
    db.session.execute(delete(AuditEntry).where(AuditEntry.id == rng.choice(ids)))


def swap(rng: random.Random, ids: list[int]) -> None:
    one, other = rng.sample(ids, 2)
    for was, now in ((one, -1), (other, one), (-1, other)):
        db.session.execute(update(AuditEntry).where(AuditEntry.id == was).values(id=now))


def put_in(rng: random.Random, ids: list[int]) -> None:
    db.session.execute(insert(AuditEntry).values(
        id=rng.choice(ids) - 1, at=utc_now() - timedelta(days=2), action="household.open", changes={}))


def cut(rng: random.Random, ids: list[int]) -> None:
    after = rng.randrange(len(ids))
    gone = select(AuditLink.entry_id).where(AuditLink.position > after)
    db.session.execute(delete(AuditEntry).where(AuditEntry.id.in_(gone)))
    db.session.execute(delete(AuditLink).where(AuditLink.position > after))


def unlink(rng: random.Random, ids: list[int]) -> None:
    """An entry goes with its link."""
    row = rng.choice(ids)
    db.session.execute(delete(AuditLink).where(AuditLink.entry_id == row))
    db.session.execute(delete(AuditEntry).where(AuditEntry.id == row))


def rewrite(rng: random.Random, ids: list[int]) -> None:
    """An entry is edited, and all links after it are made anew."""
    edit(rng, ids)
    db.session.execute(delete(AuditLink))
    service_chain.link_waiting(utc_now())


WAYS = (edit, remove, swap, put_in, cut, unlink, rewrite)


@pytest.mark.slow
def test_a_thousand_random_tamperings_are_all_found(app: Flask, folder: Path) -> None:
    """Promise 26. Each in a transaction that is given up afterwards."""
    for _ in range(3):
        grow(ENTRIES // 3)
    anchors = service_anchors.read(folder).kept
    ids = list(db.session.scalars(select(AuditEntry.id).order_by(AuditEntry.id)))
    rng, missed, kinds = random.Random(26), Counter[str](), Counter[str]()
    for turn in range(TAMPERINGS):
        way = WAYS[turn % len(WAYS)]
        way(rng, ids)
        found = service_chain.verify(anchors, utc_now()).fault
        db.session.rollback()
        missed[way.__name__] += found is None
        kinds[found.kind if found else "-"] += 1
    assert sum(missed.values()) == 0, missed
    assert set(kinds) == {"changed", "gone", "unlinked", "rewritten", "cut", "inserted"}
    assert service_chain.verify(anchors, utc_now()).fault is None, "control: what was not touched fits"


def test_control_without_anchors_a_cut_tail_and_a_rewritten_log_go_unseen(folder: Path) -> None:
    grow()
    ids = list(db.session.scalars(select(AuditEntry.id).order_by(AuditEntry.id)))
    for way in (cut, rewrite):
        way(random.Random(1), ids)
        assert service_chain.verify([], utc_now()).fault is None
        db.session.rollback()


def test_the_first_place_that_does_not_fit_is_named(folder: Path) -> None:
    grow()
    ids = list(db.session.scalars(select(AuditEntry.id).order_by(AuditEntry.id)))
    for row in (ids[12], ids[5]):
        db.session.execute(update(AuditEntry).where(AuditEntry.id == row).values(actor_name="别人"))
    fault = verdict(folder).fault
    assert fault is not None
    assert (fault.kind, fault.position, fault.entry_id) == ("changed", 6, ids[5])


def test_an_old_copy_put_back_is_found_and_one_put_back_on_purpose_is_told(folder: Path) -> None:
    grow()
    then = service_chain.head()
    assert then is not None
    grow()
    db.session.execute(text("DELETE FROM audit_links WHERE position > 20"))
    db.session.execute(delete(AuditEntry).where(AuditEntry.id > then.entry_id))
    db.session.commit()
    fault = verdict(folder).fault
    assert fault is not None
    assert fault.kind == "cut"
    service_anchors.note_restored(folder, then, utc_now())
    grow()
    found = service_anchors.read(folder)
    assert verdict(folder).fault is None
    assert [told.position for told in found.restored] == [20]


def test_anchors_are_written_once_a_minute_and_the_head_each_time(folder: Path) -> None:
    grow()
    now, head = utc_now(), service_chain.head()
    assert head is not None
    for _ in range(5):
        service_anchors.anchor(folder, head, now)
    lines = [line for file in folder.glob("????-??.txt") for line in file.read_text().splitlines()]
    assert len(lines) == 1
    assert [line.split()[0] for line in (folder / "head.txt").read_text().splitlines()] == ["20"]
    assert (folder / "head.txt").stat().st_mode & 0o777 == 0o600
    assert {anchor.digest for anchor in service_anchors.read(folder).kept} == {head.digest}


def test_writing_an_entry_asks_nothing_of_the_chain(people: People) -> None:
    record(people.county, "audit.read", utc_now())
    with selects() as asked:
        db.session.commit()
    assert asked == []


# --- flask audit verify -------------------------------------------------------------------------------------


def test_the_command_says_that_all_fits_and_links_what_waits(app: Flask, folder: Path) -> None:
    write(5)
    runner = app.test_cli_runner()
    first, second = runner.invoke(args=["audit", "verify"]), runner.invoke(args=["audit", "verify"])
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "newly linked" in first.output.splitlines()[-1]
    assert "the audit log fits: 5 条" in second.output.splitlines()[-1]


def test_the_command_names_the_first_entry_that_does_not_fit(app: Flask, folder: Path) -> None:
    grow()
    row = db.session.scalar(select(func.min(AuditEntry.id)))
    db.session.execute(update(AuditEntry).where(AuditEntry.id == row).values(action="household.edit"))
    db.session.commit()
    told = app.test_cli_runner().invoke(args=["audit", "verify"])
    assert told.exit_code == 1
    assert f"position 1, 编号 · entry {row}" in told.output
    assert "this entry was changed" in told.output.splitlines()[-1]


def test_anchors_that_cannot_be_read_are_a_fault_of_their_own(app: Flask, folder: Path) -> None:
    grow()
    (folder / "head.txt").write_text("half a li")
    told = app.test_cli_runner().invoke(args=["audit", "verify"])
    assert told.exit_code == 1
    assert "the anchors cannot be read" in told.output


@pytest.mark.promise
@pytest.mark.timeout(1800)
def test_a_million_entries_are_verified_in_a_minute(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(MILLION // 50_000):
        write(50_000)
    began = time.perf_counter()
    linked = jobs_chain.link_and_anchor(utc_now())
    linking = time.perf_counter() - began
    began = time.perf_counter()
    found = verdict(folder)
    seconds = time.perf_counter() - began
    with capsys.disabled():
        print(f" {linked} entries linked in {linking:.0f} s, verified in {seconds:.0f} s")
    assert (found.linked, found.fault) == (MILLION, None)
    assert seconds < 60
