"""In a county one import writes at a time, and none while the engine reads; no run begins on half a register.

Controls: without holding the county's row, two that begin at once both go on (PostgreSQL; SQLite has one writer).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting
from datetime import timedelta

import pytest
from flask import Flask

from matching import jobs, jobs_imports, jobs_runs
from matching.clock import utc_now
from matching.exchange import service_imports as imports
from matching.exchange.models import Import
from matching.extensions import db
from matching.pairings import service_runs as runs
from matching.pairings.models import Run
from tests.conftest import CheckedClient
from tests.exchange.steps import brought, press, worked
from tests.factories import make_household, make_need
from tests.people import COUNTY_A, People

pytestmark = pytest.mark.slow
ClientOf = Callable[[str], CheckedClient]
MOMENT_S = 0.5


def begin() -> tuple[int, str]:
    """A command begins to write a register."""
    begun = imports.begin("households", COUNTY_A, "台账.xlsx", utc_now())
    assert begun is not None
    return begun


def run_asked() -> int:
    run = runs.ask_run(COUNTY_A, None, utc_now())
    db.session.commit()
    return run.id


@pytest.fixture
def elsewhere(app: Flask) -> Iterator[Callable[[Callable[[], bool]], Future[bool]]]:
    """Does something in a transaction of another process, as it were, and commits."""
    def do(act: Callable[[], bool]) -> bool:
        with app.app_context():
            done = act()
            db.session.commit()
            db.session.remove()
            return done

    with ThreadPoolExecutor(1) as other:
        yield lambda act: other.submit(do, act)


def test_a_run_waits_for_a_register_that_is_written_and_says_so(client_of: ClientOf, people: People) -> None:
    make_need(make_household())
    import_id, token = begin()
    db.session.commit()
    number = run_asked()
    jobs.JOBS["work runs"].work(utc_now())
    assert not runs.claim(number, utc_now())
    db.session.rollback()
    page = client_of("county").get(f"/pairings/{number}/show-run").get_data(as_text=True)
    assert "有一份台账正在写入，写完马上开始。" in page
    assert imports.finish_applying(import_id, token, {}, utc_now())
    db.session.commit()
    jobs.JOBS["work runs"].work(utc_now())
    db.session.expire_all()
    assert db.session.get_one(Run, number).state == "done"


def test_a_confirmed_register_waits_for_a_run_and_says_so(client_of: ClientOf, people: People) -> None:
    client = client_of("county")
    row = brought(client)
    number = run_asked()
    assert jobs_runs.claim(number, utc_now())
    assert press(client, row, "confirm-import").status_code == 302
    assert worked(row.id).state == "confirmed"
    page = client.get(f"/exchange/{row.id}/show-import").get_data(as_text=True)
    assert "等本县别的台账写完、结对算完，马上写入" in page
    jobs_runs.work(number, utc_now())
    assert worked(row.id).state == "done"


def test_a_run_that_died_holds_nobody_up(client_of: ClientOf, people: People) -> None:
    number = run_asked()
    assert jobs_runs.claim(number, utc_now() - runs.STALE_AFTER - timedelta(minutes=1))
    begin()
    db.session.rollback()


def test_another_county_is_not_held_up(client_of: ClientOf, people: People) -> None:
    begin()
    db.session.commit()
    run = runs.ask_run("970102", None, utc_now())
    db.session.commit()
    assert jobs_runs.claim(run.id, utc_now())


def test_one_register_is_written_at_a_time(client_of: ClientOf, people: People) -> None:
    client = client_of("county")
    row = brought(client)
    import_id, token = begin()
    db.session.commit()
    assert press(client, row, "confirm-import").status_code == 302
    assert worked(row.id).state == "confirmed"
    assert imports.finish_applying(import_id, token, {}, utc_now())
    assert worked(row.id).state == "done"


def test_a_register_that_begins_at_the_same_moment_is_waited_for(
        people: People, elsewhere: Callable[[Callable[[], bool]], Future[bool]]) -> None:
    number = run_asked()
    begin()
    other = elsewhere(lambda: runs.claim(number, utc_now()))
    with pytest.raises(StillWaiting):
        other.result(MOMENT_S)
    db.session.commit()
    assert not other.result(20)


def test_a_run_that_begins_at_the_same_moment_is_waited_for(
        people: People, elsewhere: Callable[[Callable[[], bool]], Future[bool]]) -> None:
    assert runs.claim(run_asked(), utc_now())
    other = elsewhere(lambda: imports.begin("households", COUNTY_A, "台账.xlsx", utc_now()) is not None)
    with pytest.raises(StillWaiting):
        other.result(MOMENT_S)
    db.session.commit()
    assert not other.result(20)


def test_control_without_holding_the_county_both_go_on(
        people: People, database_kind: str, monkeypatch: pytest.MonkeyPatch,
        elsewhere: Callable[[Callable[[], bool]], Future[bool]]) -> None:
    if database_kind == "sqlite":
        return
    number = run_asked()
    monkeypatch.setattr(imports, "hold_county", lambda _code: None)
    monkeypatch.setattr(runs, "hold_county", lambda _code: None)
    begin()
    other = elsewhere(lambda: runs.claim(number, utc_now()))
    assert other.result(20)
    db.session.commit()


def test_what_a_killed_command_left_is_taken_back_by_whoever_comes_next(people: People) -> None:
    import_id, _token = begin()
    db.session.commit()
    row = db.session.get_one(Import, import_id)
    row.claimed_at = utc_now() - imports.STALE_AFTER - timedelta(minutes=1)
    db.session.commit()
    jobs_imports.work_waiting(imports.WRITING)
    db.session.expire_all()
    assert db.session.get_one(Import, import_id).state == "cancelled"
