"""Keys are changed while the site works: nothing becomes unreadable, and the old key can be taken out."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text

from matching import rotation, startup, vault
from matching.audit.models import AuditEntry
from matching.clock import day_of, utc_now
from matching.crypto import MARK, KeyCheck, Keyring, sealed_fields
from matching.extensions import db
from matching.households.models import Household, Member
from matching.households.models_papers import Paper
from matching.households.queries_search import find_by_number
from tests import canaries, factories
from tests.canaries import Aviary
from tests.databases import TestDatabase
from tests.people import People

ROOT = Path(__file__).resolve().parent.parent
NEW_KEY = base64.b64encode(bytes(range(2, 34))).decode()


@pytest.fixture
def aviary(people: People) -> Aviary:
    """The household with a canary in every sealed field, under the old key."""
    return canaries.hatch(people)


@pytest.fixture
def keys(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`keys(…)`: lets the running application hold these keys, newest first, as after a restart."""
    def hold(*written: str) -> None:
        db.session.commit()
        monkeypatch.setitem(app.config, "FIELD_KEYS", ",".join(written))
        monkeypatch.setitem(app.extensions, "keyring", Keyring(",".join(written)))
        startup.check_field_keys(app)
        db.session.expire_all()

    return hold


Hold = Callable[..., None]


def marks() -> set[bytes]:
    """How all sealed values of all tables begin, and the files of the vault that a row names."""
    found: set[bytes] = set()
    for model, fields in sealed_fields().items():
        for each in fields:
            column = model.__table__.c[f"{each.name}_sealed"]
            found |= {bytes(value[:MARK]) for value in db.session.scalars(select(column).where(column.is_not(None)))}
    found |= {vault.mark_of(key) for key in vault.named()}
    db.session.rollback()
    return found


def files_found(people: People, number: str) -> list[int]:
    """Which files a search by a number finds."""
    found = [line.id for line in find_by_number(number, people.county, day_of(utc_now()))]
    db.session.rollback()
    return found


def everything_opens(aviary: Aviary) -> bool:
    """Whether every canary is read as it was written, paper included."""
    household, member = db.session.get_one(Household, aviary.household_id), db.session.get_one(Member, aviary.member_id)
    paper = db.session.scalars(select(Paper).where(Paper.household_id == household.id)).one()
    opened = ({name: getattr(household, name) for name in canaries.HOUSEHOLD} == canaries.HOUSEHOLD
              and {name: getattr(member, name) for name in canaries.MEMBER} == canaries.MEMBER
              and paper.name == canaries.PAPER and vault.get(paper.vault_key or "") == canaries.PAPER.encode())
    db.session.rollback()
    return opened


@pytest.mark.slow
def test_everything_is_sealed_anew_and_the_old_key_can_go(app: Flask, people: People, aviary: Aviary,
                                                         keys: Hold) -> None:
    old = app.config["FIELD_KEYS"]
    paper = db.session.scalars(select(Paper).where(Paper.household_id == aviary.household_id)).one()
    paper.content_blind = vault.blinds(canaries.PAPER.encode())[0]
    db.session.commit()
    keys(NEW_KEY, old)
    done = rotation.rotate()
    assert (done.shut, done.old_keys, done.files) == (set(), 1, 1)
    assert done.values >= len(canaries.SEALED)
    assert marks() == {Keyring(NEW_KEY).mark}
    keys(NEW_KEY)
    assert everything_opens(aviary)
    assert db.session.scalars(select(Paper.content_blind)).all() == [vault.blinds(canaries.PAPER.encode())[0]]
    for field in ("household.phone", "member.identity_number", "member.certificate", "member.phone"):
        assert files_found(people, canaries.SEALED[field]) == [aviary.household_id], field
    assert rotation.rotate().values == 0


@pytest.mark.slow
def test_stopped_halfway_everything_opens_and_is_found_and_the_next_call_goes_on(
        app: Flask, people: People, aviary: Aviary, keys: Hold, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        factories.make_member(factories.make_household(phone=f"1390000100{number}"),
                              identity_number=f"35082519900101{number}017")
    keys(NEW_KEY, app.config["FIELD_KEYS"])
    real, written = rotation._write, []

    def write(*asked: object) -> None:
        if len(written) == 3:
            raise SystemExit  # as by a kill: nothing of this step is written
        written.append(asked)
        real(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(rotation, "ROWS", 2)
    monkeypatch.setattr(rotation, "_write", write)
    with pytest.raises(SystemExit):
        rotation.rotate()
    db.session.rollback()
    assert len(marks()) == 2
    assert everything_opens(aviary)
    for number in range(6):
        assert len(files_found(people, f"1390000100{number}")) == 1
        assert len(files_found(people, f"35082519900101{number}017")) == 1
    monkeypatch.setattr(rotation, "_write", real)
    rotation.rotate()
    assert len(marks()) == 1


def test_halfway_the_site_does_not_start_without_either_key(app: Flask, aviary: Aviary, keys: Hold) -> None:
    old = app.config["FIELD_KEYS"]
    keys(NEW_KEY, old)
    for lacking in (old, NEW_KEY):
        with pytest.raises(startup.Refused, match="lacks a key that is still in use"):
            keys(lacking)
    keys(NEW_KEY, old)
    rotation.rotate()
    with pytest.raises(startup.Refused, match="does not open this database"):
        keys(old)
    keys(NEW_KEY)
    assert db.session.scalars(select(KeyCheck.id)).all() == [Keyring(NEW_KEY).keys[0].number]


@pytest.mark.slow
def test_what_is_written_meanwhile_is_kept(app: Flask, aviary: Aviary, keys: Hold,
                                           monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody changes the telephone after the rotation has read the row and before it writes."""
    keys(NEW_KEY, app.config["FIELD_KEYS"])
    real = rotation._write

    def write(model: type, fields: object, fresh: object) -> None:
        if model is Household:
            household = db.session.get_one(Household, aviary.household_id)
            if household.phone != "13900009999":
                household.phone = "13900009999"
                db.session.commit()
        real(model, fields, fresh)  # type: ignore[arg-type]

    monkeypatch.setattr(rotation, "_write", write)
    rotation.rotate()
    db.session.expire_all()
    household = db.session.get_one(Household, aviary.household_id)
    assert household.phone == "13900009999"
    assert household.phone_blind == Keyring(NEW_KEY).blinds("13900009999")[0]
    assert len(marks()) == 1


def test_a_file_whose_row_goes_meanwhile_is_not_brought_back(app: Flask, aviary: Aviary, keys: Hold,
                                                            monkeypatch: pytest.MonkeyPatch) -> None:
    keys(NEW_KEY, app.config["FIELD_KEYS"])
    paper = db.session.scalars(select(Paper).where(Paper.household_id == aviary.household_id)).one()
    key, real = paper.vault_key or "", vault.put_sealed

    def put(asked: str, encrypted: bytes) -> None:
        db.session.execute(text("DELETE FROM papers"))
        db.session.commit()
        vault.remove(asked)
        real(asked, encrypted)

    monkeypatch.setattr(vault, "put_sealed", put)
    rotation.rotate()
    assert vault.mark_of(key) == b""


def test_a_value_that_no_key_opens_is_named_and_the_old_key_stays(app: Flask, aviary: Aviary, keys: Hold) -> None:
    db.session.execute(text("UPDATE members SET illness_sealed = phone_sealed"))
    db.session.commit()
    keys(NEW_KEY, app.config["FIELD_KEYS"])
    done = rotation.rotate()
    assert done.shut == {f"members.illness {aviary.member_id}"}
    assert done.old_keys == 0
    assert db.session.query(KeyCheck).count() == 2


def test_one_process_at_a_time(app: Flask, aviary: Aviary) -> None:
    with rotation._alone(), pytest.raises(rotation.Busy):
        rotation.rotate()


@pytest.mark.slow
def test_the_command_says_what_it_did_and_that_the_old_key_can_go(app: Flask, aviary: Aviary,
                                                                 database: TestDatabase) -> None:
    db.session.commit()
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "keys", "rotate"], cwd=ROOT, capture_output=True, text=True,
        env={**database.environment(), "FIELD_KEYS": f"{NEW_KEY},{app.config['FIELD_KEYS']}"}, check=True)
    assert "1 old keys can be taken out of FIELD_KEYS" in done.stdout.splitlines()[-1]
    assert marks() == {Keyring(NEW_KEY).mark}
    noted = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "site.rotate_keys")).one()
    assert noted.changes["shut"] == 0


@pytest.mark.one_database
def test_every_sealed_table_and_every_blind_index_is_one_that_the_rotation_finds(app: Flask) -> None:
    """A table by its number; a blind index beside its sealed value, or beside the file whose content it is of."""
    known = {(column.table.name, column.info["blind"]) for column in vault.key_columns()}
    for model, fields in sealed_fields().items():
        assert [column.name for column in model.__table__.primary_key] == ["id"], model
        known |= {(model.__tablename__, f"{each.name}_blind") for each in fields if each.blind}
    blind = {(table.name, column.name) for table in db.metadata.sorted_tables for column in table.columns
             if column.name.endswith("_blind")}
    assert blind <= known
