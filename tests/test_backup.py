"""A backup is one consistent moment of everything, and comes back whole or not at all."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import shutil
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from bench.households import fill
from matching import backup, jobs, vault
from matching.audit.models import AuditEntry
from matching.backup import Refusal, age_out, back_up
from matching.clock import utc_now
from matching.crypto import Keyring
from matching.extensions import db
from matching.households.models import Household
from matching.households.models_papers import Paper
from matching.restore import restore
from tests import canaries, factories
from tests.canaries import Aviary
from tests.databases import Rows, TestDatabase, take_rows
from tests.people import People
from tests.test_rotation import NEW_KEY


@pytest.fixture
def instance(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the test's own for vault and backups."""
    monkeypatch.setitem(app.config, "INSTANCE", tmp_path)
    return tmp_path


HOUSEHOLDS = 100_000


def digests() -> dict[str, str]:
    """A digest of the rows of each table, row by row, and of all files that they name."""
    found = {}
    for table in db.metadata.sorted_tables:
        digest = hashlib.sha256()
        for row in db.session.execute(select(table).order_by(*table.primary_key).execution_options(yield_per=5_000)):
            digest.update(repr(tuple(row)).encode())
        found[table.name] = digest.hexdigest()
    found["vault"] = hashlib.sha256(b"".join(vault.get(key) for key in sorted(vault.named()))).hexdigest()
    db.session.rollback()
    return found


@pytest.fixture
def aviary(instance: Path, people: People) -> Aviary:
    """The household with the canaries."""
    return canaries.hatch(people)


def everything() -> tuple[Rows, dict[str, bytes]]:
    """All rows, and the content of all files that they name."""
    db.session.commit()
    rows = take_rows(), {key: vault.get(key) for key in vault.named()}
    db.session.rollback()
    return rows


def backed_up(instance: Path, name: str = "one.backup") -> Path:
    db.session.commit()
    back_up(instance / name, utc_now())
    return instance / name


def spoil() -> None:
    """Change, add and remove rows and files."""
    household = factories.make_household(phone="13900001234")
    factories.make_paper(household, b"later")
    for paper in db.session.scalars(select(Paper).where(Paper.household_id != household.id)):
        vault.remove(paper.vault_key or "")
        db.session.delete(paper)
    db.session.execute(text("UPDATE households SET head_name = '别人'"))
    db.session.commit()


@pytest.mark.slow
def test_what_was_backed_up_comes_back_row_by_row_and_file_by_file(aviary: Aviary, instance: Path) -> None:
    file = backed_up(instance)
    before = everything()
    spoil()
    assert everything() != before
    done = restore(file, replace=True)
    db.session.expire_all()
    assert everything() == before
    assert (done.rows, done.files) == (sum(map(len, before[0].values())) + 1, 1)  # and the migration's own row
    assert db.session.get_one(Household, aviary.household_id).phone == canaries.HOUSEHOLD["phone"]
    assert factories.make_household().id not in {row["id"] for row in before[0]["households"]}


@pytest.mark.slow
def test_no_secret_and_no_key_stands_in_a_backup_and_its_owner_alone_reads_it(app: Flask, aviary: Aviary,
                                                                            instance: Path) -> None:
    file = backed_up(instance)
    assert file.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(file) as archive:
        inside = b"\n".join(archive.read(name) for name in archive.namelist())
    assert canaries.NAMES[0].encode() in inside, "the rows are not in it"
    assert [name for name, value in canaries.encoded().items() if value in inside] == []
    for secret in (app.config["FIELD_KEYS"], app.config["SECRET_KEY"]):
        assert secret.encode() not in inside
    assert [place.name for place in instance.iterdir() if place.name.startswith(".backup")] == []


def test_a_file_that_is_there_is_never_overwritten(aviary: Aviary, instance: Path) -> None:
    (instance / "one.backup").write_text("mine")
    with pytest.raises(Refusal, match="there already"):
        backed_up(instance)
    assert (instance / "one.backup").read_text() == "mine"


@pytest.mark.slow
def test_a_database_in_use_is_replaced_only_when_that_is_said(aviary: Aviary, instance: Path) -> None:
    file, before = backed_up(instance), everything()
    with pytest.raises(Refusal, match="--replace"):
        restore(file)
    assert everything() == before


@pytest.mark.slow
def test_every_damage_is_refused_and_nothing_changes(aviary: Aviary, instance: Path) -> None:
    file, before = backed_up(instance), everything()
    whole = file.read_bytes()
    step = max(len(whole) // 60, 1)
    damaged = [whole[:len(whole) // 2], whole[:-1], b"", b"PK\x05\x06" + bytes(18)]
    damaged += [whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1:] for at in range(0, len(whole), step)]
    refused = 0
    for content in damaged:
        file.write_bytes(content)
        try:
            restore(file, replace=True)
        except Refusal:
            refused += 1
        else:
            assert everything() == before, "what is not refused must be right"
    assert refused >= len(damaged) * 0.6  # a time or a hint of the ZIP's own, for each of its parts, harms nothing
    assert everything() == before


def repacked(file: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """A backup whose parts somebody has changed, its checksums of ZIP in order."""
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    forged = file.with_suffix(".forged")
    with zipfile.ZipFile(forged, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return forged


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["a part", "the manifest", "a part less"])
def test_a_forged_backup_is_refused(aviary: Aviary, instance: Path, kind: str) -> None:
    def change(parts: dict[str, bytes]) -> None:
        one = next(name for name in parts if name.startswith("vault/"))
        if kind == "a part":
            parts[one] += b"x"
        elif kind == "the manifest":
            parts["manifest.json"] = parts["manifest.json"].replace(b'"missing": []', b'"missing": ["x"]')
        else:
            del parts[one]

    before = everything()
    with pytest.raises(Refusal, match=r"damaged|changed"):
        restore(repacked(backed_up(instance), change), replace=True)
    assert everything() == before


def test_a_backup_under_a_key_that_is_gone_is_refused(app: Flask, aviary: Aviary, instance: Path,
                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    file = backed_up(instance)
    monkeypatch.setitem(app.extensions, "keyring", Keyring(NEW_KEY))
    with pytest.raises(Refusal, match="a key that FIELD_KEYS does not hold"):
        restore(file, replace=True)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "value", "reason"), [
    ("migration", "9999", "migration 9999"), ("database", "oracle", "the backup is of oracle")])
def test_a_backup_of_another_structure_is_refused(aviary: Aviary, instance: Path, monkeypatch: pytest.MonkeyPatch,
                                                 name: str, value: str, reason: str) -> None:
    real = json.dumps
    with monkeypatch.context() as forged:
        forged.setattr(backup.json, "dumps", lambda told, **more: real({**told, name: value}, **more))
        file = backed_up(instance)
    before = everything()
    with pytest.raises(Refusal, match=reason):
        restore(file, replace=True)
    assert everything() == before


@pytest.mark.slow
def test_restoring_that_stops_before_its_end_changes_nothing(aviary: Aviary, instance: Path,
                                                            monkeypatch: pytest.MonkeyPatch) -> None:
    file = backed_up(instance)
    spoil()
    before = everything()

    def stop(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as halting:
        halting.setattr(vault, "put_sealed", stop)
        with pytest.raises(SystemExit):
            restore(file, replace=True)
    assert take_rows() == before[0]


@pytest.mark.slow
def test_a_paper_removed_during_the_copy_is_not_half_there(aviary: Aviary, instance: Path,
                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    """Its row is in the first copy of the rows, and it has gone when its file is to be held."""
    db.session.commit()
    real, removed = backup._hold, []

    def hold(key: str, link: Path) -> bool:
        if not removed:
            removed.append(key)
            db.session.execute(text("UPDATE papers SET vault_key = NULL, removed_at = added_at"))
            db.session.commit()
            vault.remove(key)
        return real(key, link)

    monkeypatch.setattr(backup, "_hold", hold)
    written = back_up(instance / "one.backup", utc_now())
    assert (written.files, written.missing) == (0, 0)
    restore(instance / "one.backup", replace=True)
    assert vault.named() == set()


def test_a_file_that_was_lost_before_is_named_and_the_rest_is_kept(aviary: Aviary, instance: Path) -> None:
    factories.make_paper(db.session.get_one(Household, aviary.household_id), b"second")
    vault.remove(next(vault.keys()))
    db.session.commit()
    written = back_up(instance / "one.backup", utc_now())
    assert (written.files, written.missing) == (1, 1)


def test_old_backups_are_thrown_away_and_nothing_else(aviary: Aviary, instance: Path) -> None:
    old, now = backed_up(instance, "old.backup"), utc_now()
    (instance / "notes.zip").write_bytes(b"PK not a backup")
    with zipfile.ZipFile(instance / "other.zip", "w") as archive:
        archive.writestr("manifest.json", json.dumps({"format": "of others", "made_at": "2001-01-01T00:00:00+00:00"}))
    assert age_out(instance, timedelta(days=90), now + timedelta(days=89)) == []
    assert age_out(instance, timedelta(days=90), now + timedelta(days=91)) == [old]
    assert {"notes.zip", "other.zip"} <= {place.name for place in instance.iterdir()}


@pytest.mark.slow
def test_every_night_a_backup_is_made_where_the_settings_say(app: Flask, aviary: Aviary, instance: Path,
                                                           monkeypatch: pytest.MonkeyPatch) -> None:
    now = utc_now()
    jobs.back_up_nightly(now)
    assert not list(instance.glob("*.backup"))
    monkeypatch.setitem(app.config, "BACKUPS", str(instance / "kept"))
    for moment in (now, now, now + timedelta(days=1)):  # twice: taken over after a kill, what is there stays
        jobs.back_up_nightly(moment)
        db.session.commit()
    assert len(list((instance / "kept").glob("jiedui-*.backup"))) == 2
    jobs.back_up_nightly(now + timedelta(days=app.config["BACKUP_DAYS"] + 1))
    assert len(list((instance / "kept").glob("jiedui-*.backup"))) == 2
    assert db.session.query(AuditEntry).filter_by(action="site.backup").count() == 3


# --- flask backup, flask restore ----------------------------------------------------------------------------


def test_the_commands_say_what_they_did_in_one_line(app: Flask, aviary: Aviary, instance: Path,
                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "AUDIT_ANCHORS", str(instance / "anchors"))
    db.session.commit()
    runner, file = app.test_cli_runner(), str(instance / "one.backup")
    told = runner.invoke(args=["backup", file])
    assert told.exit_code == 0, told.output
    assert "backed up" in told.output.splitlines()[-1]
    again = runner.invoke(args=["backup", file])
    assert (again.exit_code, "there already" in again.output) == (1, True)
    refused = runner.invoke(args=["restore", file])
    assert (refused.exit_code, "--replace" in refused.output) == (1, True)
    assert runner.invoke(args=["restore", str(instance / "none.backup"), "--replace"]).exit_code == 1
    done = runner.invoke(args=["restore", file, "--replace"])
    assert done.exit_code == 0, done.output
    assert "restored" in done.output.splitlines()[-1]
    assert db.session.query(AuditEntry).filter_by(action="site.restore").count() == 1
    assert "restored 0" in next((instance / "anchors").glob("*.txt")).read_text()


# --- hot ----------------------------------------------------------------------------------------------------


class Writer(threading.Thread):
    """Writes a household with a paper in one transaction again and again; `done` holds the numbers of those kept."""

    def __init__(self, app: Flask) -> None:
        super().__init__(daemon=True)
        self.app, self.done, self.stop = app, [], threading.Event()
        self.longest = 0.0

    def run(self) -> None:
        """Write until told to stop."""
        with self.app.app_context():
            while not self.stop.is_set():
                began = time.perf_counter()
                household = factories.make_household(phone="13900005678", number=f"W-{len(self.done):06}")
                factories.make_paper(household, b"paper %d" % len(self.done))
                db.session.commit()
                self.done.append(household.id)
                self.longest = max(self.longest, time.perf_counter() - began)
            db.session.remove()


@pytest.fixture
def writer(app: Flask) -> Iterator[Writer]:
    """A writer, stopped after the test."""
    found = Writer(app)
    yield found
    found.stop.set()
    if found.is_alive():
        found.join(60)


def is_one_moment(writer: Writer, before: int) -> bool:
    """Whether all that was kept before is there, each household with its one paper and its file, without a gap."""
    papers = dict(db.session.execute(select(Paper.household_id, Paper.vault_key)).all())
    homes = set(db.session.scalars(select(Household.id).where(Household.number.startswith("W-"))))
    there = [number in homes for number in writer.done]
    whole = set(papers) == homes and all(vault.get(key or "") for key in papers.values())
    db.session.rollback()
    return whole and all(there[:before]) and [value for value, _ in itertools.groupby(there)] in ([True], [True, False])


@pytest.mark.slow
def test_a_backup_under_writes_is_one_moment_and_lacks_nothing_that_was_kept_before(
        app: Flask, people: People, instance: Path, writer: Writer) -> None:
    db.session.commit()
    writer.start()
    for number in range(5):
        time.sleep(0.4)
        before = len(writer.done)
        back_up(instance / f"{number}.backup", utc_now())
    writer.stop.set()
    writer.join(60)
    assert before > 5
    assert restore(instance / "4.backup", replace=True).rows
    assert is_one_moment(writer, before)


@pytest.mark.promise
@pytest.mark.timeout(1800)
def test_one_hundred_thousand_households_are_backed_up_and_restored_in_time(
        app: Flask, database: TestDatabase, instance: Path, writer: Writer,
        capsys: pytest.CaptureFixture[str]) -> None:
    """Promise 31: hot, then row by row as it was at one moment, files too, in under five minutes."""
    fill(HOUSEHOLDS)
    if database.kind == "postgresql":
        for name in ("households", "members"):  # the filling numbers its rows itself
            db.session.execute(text(f"SELECT setval('{name}_id_seq', (SELECT max(id) FROM {name}))"))
    for number in range(1, 201):
        factories.make_paper(db.session.get_one(Household, number), os.urandom(200_000))
    db.session.commit()
    counted = db.session.scalar(select(func.count(Household.id)))
    db.session.rollback()
    began = time.perf_counter()
    back_up(instance / "quiet.backup", utc_now())
    seconds = time.perf_counter() - began
    before = digests()
    writer.start()
    time.sleep(1)
    kept, began = len(writer.done), time.perf_counter()
    back_up(instance / "hot.backup", utc_now())
    hot = time.perf_counter() - began
    writer.stop.set()
    writer.join(60)
    began = time.perf_counter()
    restore(instance / "hot.backup", replace=True)
    again = time.perf_counter() - began
    found = (db.session.scalar(select(func.count(Household.id)).where(Household.number.startswith("W-"))) or 0)
    db.session.rollback()
    assert found >= kept
    restore(instance / "quiet.backup", replace=True)
    assert digests() == before
    with capsys.disabled():
        size = (instance / "quiet.backup").stat().st_size / 1e6
        print(f" {database.kind}: {counted} households, {size:.0f} MB, backup {seconds:.1f} s (under writes "
              f"{hot:.1f} s, longest write {writer.longest:.2f} s), restore {again:.1f} s")
    assert max(seconds, hot) + again < 300
    shutil.rmtree(instance / "vault")
