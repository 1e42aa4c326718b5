"""Erasing a file (promise 33): a second person's yes, then nothing of it is left but that it was erased."""

from __future__ import annotations

import threading
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from matching import jobs, jobs_counts, vault
from matching.audit.models import AuditEntry
from matching.audit.service import disclose
from matching.backup import age_out, back_up
from matching.clock import day_of, utc_now
from matching.errors import Conflict, JieduiError
from matching.extensions import db, scrub
from matching.households import service_erasure as files
from matching.households.models import Household
from matching.households.models_papers import Paper
from matching.households.service_doubles import merge_households
from matching.pairings import service_erasure as erasure
from matching.pairings.models import Pairing
from tests import canaries
from tests.factories import make_household, make_member, make_need, make_pairing, make_paper
from tests.people import COMMUNITY_A1A
from tests.test_canaries import dump

FINISHED = "closed"


def path_of(household) -> str:
    return f"/pairings/{household.id}/erase-household"


def asked(people, **fields):
    """A file whose erasure the county officer has asked for."""
    household = make_household(**fields)
    files.ask_erasure(household, "asked", people.county, utc_now())
    return household


def caged(people) -> Household:
    """The known household with every canary, its account, papers, versions, and only finished help."""
    aviary = canaries.hatch(people)
    household = db.session.get_one(Household, aviary.household_id)
    for pairing in db.session.scalars(select(Pairing).where(Pairing.household_id == household.id)):
        pairing.state = FINISHED if pairing.state in erasure.UNDER_WAY else pairing.state
        pairing.delivered_note = canaries.NAMES[1]
    make_paper(household, canaries.SEALED["household.phone"].encode(), name=canaries.NAMES[0])
    disclose(people.town, household, "contact", canaries.NAMES[0], utc_now())
    files.ask_erasure(household, "asked", people.county, utc_now())
    db.session.commit()
    return household


def left_of(kept: bytes) -> list[str]:
    """Which canaries and which people's names stand in some bytes."""
    found = [name for name, value in canaries.encoded().items() if value in kept]
    return found + [name for name in canaries.NAMES if name.encode() in kept]


@pytest.mark.slow
def test_after_the_second_persons_yes_nothing_is_left_anywhere(client_of, people, database):
    household = caged(people)
    number, key = household.id, db.session.scalar(select(Paper.vault_key).where(Paper.household_id == household.id))
    client_of("household").page("/households/my-file")
    client_of("town").page(f"/households/{number}/show-household")
    assert left_of(dump(database)) == list(canaries.NAMES), "the dump does not see the rows"
    answer = client_of("town").send(path_of(household), answer="yes")
    assert answer.location == "/households/list-households"
    jobs_counts.keep_all()
    scrub()
    assert left_of(dump(database)) == []
    with pytest.raises(vault.Missing):
        vault.get(key)
    about = {table.name: db.session.scalar(select(func.count()).select_from(table).where(
        table.c.household_id == number)) for table in db.metadata.sorted_tables if "household_id" in table.c}
    assert {name: rows for name, rows in about.items() if rows} == {"audit_entries": about["audit_entries"]}
    assert people.household.user_id not in db.session.scalars(select(db.metadata.tables["users"].c.id)).all()


@pytest.mark.slow
@pytest.mark.one_database
def test_control_without_overwriting_the_names_stay_in_free_pages(people, database):
    household = caged(people)
    db.session.connection().exec_driver_sql("PRAGMA secure_delete=OFF")
    try:
        erasure.erase(household, people.town, utc_now())
        db.session.commit()
    finally:
        db.session.connection().exec_driver_sql("PRAGMA secure_delete=ON")
    scrub()
    assert left_of(dump(database)) != []


def test_the_log_keeps_who_when_why_and_no_value(client_of, people):
    household = caged(people)
    number = household.id
    client_of("town").send(path_of(household), answer="yes")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "household.erase")).one()
    assert (entry.actor_id, entry.household_id, entry.area_code, entry.changes) == (
        people.town.user_id, number, COMMUNITY_A1A, {"reason": "asked", "asked_by": people.county.user_id})
    page = client_of("county").page("/audit/list-entries")
    assert "删除了档案" in page.text


def test_who_asked_cannot_agree_alone(client_of, people):
    household = asked(people)
    assert "要由另一个人同意" in client_of("county").page(path_of(household)).text
    with pytest.raises(Conflict, match="另一个人"):
        erasure.erase(household, people.county, utc_now())
    assert db.session.get(Household, household.id)


def test_a_no_keeps_the_file_and_is_in_its_story(client_of, people):
    household, client = asked(people), client_of("town")
    client.send(path_of(household), answer="no")
    page = client.page(f"/households/{household.id}/show-household")
    assert "没有同意删除，档案留着" in page.text
    assert files.erasure_of(household.id) is None
    assert "没有人提出删除" in client.page(path_of(household)).text


def test_what_nobody_asked_for_is_not_erased(client_of, people):
    household = asked(people)
    form = client_of("town").page(path_of(household)).form(path_of(household))
    files.keep_file(household, people.town, utc_now())
    client = client_of("town")
    other = asked(people)
    fresh = client.page(path_of(other)).form(path_of(other))
    answer = client.post(path_of(household), data={**form.values, **fresh.values, "answer": "yes"})
    assert answer.status_code == 409
    assert db.session.get(Household, household.id)


def test_help_that_began_meanwhile_stops_it(client_of, people):
    household, client = asked(people), client_of("town")
    make_pairing(make_need(household), state="offered")
    assert client.send(path_of(household), answer="yes").status_code == 409
    assert db.session.get(Household, household.id)


def agree_twice(app, people, household) -> tuple[list[bool], int]:
    """Two people say yes at the same moment: who did it, and how often the log says that it was done."""
    number = household.id
    db.session.commit()
    start, outcomes = threading.Barrier(2), []

    def agree() -> None:
        with app.app_context():
            row = db.session.get(Household, number) if db.engine.dialect.name == "postgresql" else None
            start.wait()
            try:
                row = row or db.session.get(Household, number)
                outcomes.append(row is not None and erasure.erase(row, people.town, utc_now()) is not None)
                db.session.commit()
            except JieduiError:
                db.session.rollback()
                outcomes.append(False)

    threads = [threading.Thread(target=agree) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.expire_all()
    assert db.session.get(Household, number) is None
    return sorted(outcomes), db.session.scalar(select(func.count()).select_from(AuditEntry).where(
        AuditEntry.action == "household.erase", AuditEntry.household_id == number)) or 0


def test_two_yeses_at_once_erase_once(app, people):
    assert agree_twice(app, people, asked(people)) == ([False, True], 1)


def test_control_without_the_lock_both_erase(app, people, database, monkeypatch):
    """SQLite lets one writer in at a time, whatever we lock; there nothing can go wrong."""
    household, both_know, real = asked(people), threading.Barrier(2, timeout=20), files.erasure_of

    def once_both_know(number: int) -> object:
        found = real(number)
        both_know.wait()
        return found

    if database.kind == "postgresql":
        monkeypatch.setattr(erasure, "_lock", lambda _household: None)
        monkeypatch.setattr(files, "erasure_of", once_both_know)
        assert agree_twice(app, people, household) == ([True, True], 2)


def test_sent_twice_erases_once_and_leads_to_the_same_place(client_of, people):
    household, client = asked(people), client_of("town")
    path = path_of(household)
    form = client.page(path).form(path)
    answers = [client.post(path, data={**form.values, "answer": "yes"}) for _ in range(2)]
    assert [answer.location for answer in answers] == ["/households/list-households"] * 2


def test_the_night_erases_what_has_been_kept_long_enough(app, people, monkeypatch):
    today = day_of(utc_now())
    old, helped, young = (make_household(status="archived", archived_on=day) for day in (
        today.replace(year=today.year - 10) - timedelta(days=1), today.replace(year=today.year - 20),
        today.replace(year=today.year - 10) + timedelta(days=1)))
    make_pairing(make_need(helped), state="under_way")
    key, ids = make_paper(old).vault_key, (old.id, helped.id, young.id)
    db.session.commit()
    jobs.JOBS["erase what is due"].work(utc_now())
    db.session.commit()
    assert [db.session.get(Household, number) is None for number in ids] == [True, False, False]
    later = utc_now() + timedelta(days=2)
    jobs.JOBS["forget strays"].work(later)
    with pytest.raises(vault.Missing):
        vault.get(key)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "household.erase")).one()
    assert (entry.actor_role, entry.changes["reason"]) == ("system", "retention")
    jobs.JOBS["scrub"].work(utc_now())


@pytest.mark.slow
def test_what_was_merged_into_a_file_goes_with_it(people, database):
    kept, dropped, other = make_household(), make_household(head_name=canaries.NAMES[0]), make_household()
    make_member(dropped, name=canaries.NAMES[1])
    make_pairing(make_need(dropped), state="closed")
    paper = make_paper(dropped, name=canaries.NAMES[0])
    merge_households(kept, dropped, people.county, utc_now())
    files.ask_erasure(kept, "asked", people.county, utc_now())
    ids, key = (kept.id, dropped.id, other.id), paper.vault_key
    db.session.commit()
    assert erasure.erase(db.session.get_one(Household, ids[0]), people.town, utc_now()) == [key]
    db.session.commit()
    scrub()
    assert [db.session.get(Household, number) is None for number in ids] == [True, True, False]
    db.session.commit()
    assert left_of(dump(database)) == []


def test_a_leap_day_ends_on_the_28th():
    leap = utc_now().date().replace(year=2028, month=2, day=29)
    assert erasure.retained_until(leap, 10).isoformat() == "2018-02-28"


@pytest.mark.parametrize(("username", "status"), [("county2", 404), ("other_town", 404), ("community", 403)])
def test_who_may_not(client_of, people, username, status):
    assert client_of(username).get(path_of(asked(people, area_code=COMMUNITY_A1A))).status_code == status


@pytest.mark.slow
def test_backups_made_afterwards_hold_nothing_and_earlier_ones_age_out(client_of, people, app, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "INSTANCE", tmp_path)
    household = caged(people)
    before, after = tmp_path / "before.backup", tmp_path / "after.backup"
    back_up(before, utc_now())
    assert canaries.NAMES[0] in left_of(inside(before)), "the rows are not in it"
    assert client_of("town").send(path_of(household), answer="yes").status_code == 302
    back_up(after, utc_now())
    assert left_of(inside(after)) == []
    keep = timedelta(days=app.config["BACKUP_DAYS"])
    assert age_out(tmp_path, keep, utc_now() + keep + timedelta(minutes=1)) == [after, before]
    assert not list(tmp_path.glob("*.backup")) + list(tmp_path.glob(".backup-*"))


def inside(backup) -> bytes:
    """All that a backup holds, unpacked."""
    with zipfile.ZipFile(backup) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())
