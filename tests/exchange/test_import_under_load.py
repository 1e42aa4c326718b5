"""Fifty people at work notice nothing of an import of 50,000 rows (promises 10 and 37)."""

from __future__ import annotations

import http.client
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import select

from matching.clock import utc_now
from matching.exchange import service_imports as imports
from matching.exchange.models import Import
from matching.extensions import db, reading
from matching.places.models import Area
from tests.exchange import registers
from tests.factories import make_household
from tests.pairings.test_races import Visitor, visit
from tests.people import People
from tests.servers import RealServer

ROWS, PEOPLE_A_HOME, PATIENCE = 50_000, 2.2, 1.0
USERS, WRITERS, PAUSE = 50, 5, (1.0, 4.0)
MARK = b"a-register-for-fifty-people"
Server = Callable[..., RealServer]


@pytest.fixture
def large_register(tmp_path: Path) -> Path:
    """A register of 50,000 rows, 500 of them with faults."""
    path = tmp_path / "register.xlsx"
    registers.make(path, "town office", "plain", 1, int(ROWS / PEOPLE_A_HOME), ROWS // 500)
    return path


def _at_work(visitor: Visitor, paths: list[str], over: Event, seed: int) -> None:
    chance = random.Random(seed)
    time.sleep(chance.uniform(0, PAUSE[1]))
    while not over.is_set():
        assert visitor.get(chance.choice(paths))
        time.sleep(chance.uniform(*PAUSE))


def _seconds(app: Flask, server: RealServer, home_id: int, during: Callable[[], object]) -> list[float]:
    """How long 50 people wait for their pages, in order, while something else happens.

    Five of them open files: each look is written into the log, so that they wait for the write lock like any form.
    """
    visitors = [visit(app, server, ("county", "town", "community")[at % 3]) for at in range(USERS)]
    lists = ["/todo", "/households/list-households", "/pairings/desk", "/exchange/list-imports"]
    files = [f"/households/{home_id}/show-household"]
    for visitor in visitors:
        visitor.seconds.clear()
    over = Event()
    with ThreadPoolExecutor(USERS) as team:
        working = [team.submit(_at_work, visitor, files if at < WRITERS else lists, over, at)
                   for at, visitor in enumerate(visitors)]
        try:
            during()
        finally:
            over.set()
    for done in working:
        done.result()
    return sorted(second for visitor in visitors for second in visitor.seconds)


def _state(import_id: int) -> str:
    with reading():  # whoever only looks waits for nobody
        return db.session.scalars(select(Import.state).where(Import.id == import_id)).one()


def _told(what: str, seconds: list[float]) -> str:
    median, high, highest = (seconds[int(len(seconds) * share)] * 1000 for share in (0.5, 0.95, 0.99))
    return (f"{what}: {len(seconds)} pages, median {median:.0f} ms, p95 {high:.0f} ms, p99 {highest:.0f} ms, "
            f"worst {seconds[-1] * 1000:.0f} ms")


def _until(import_id: int, *states: str) -> None:
    while (state := _state(import_id)) not in states:
        assert state not in ("refused", "failed"), state
        time.sleep(0.5)


def _upload(visitor: Visitor, content: bytes) -> int:
    """Bring a register through the server, as a browser sends a file; the number of its import."""
    body = b"".join(b'--%s\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n' % (MARK, *part) for part in (
        (b"csrf_token", b"", visitor.token.encode()), (b"submission_key", b"", b"a-large-register"),
        (b"kind", b"", b"households"), (b"file", b'; filename="register.xlsx"', content)))
    link = http.client.HTTPConnection("127.0.0.1", visitor.server.port, timeout=60)
    link.request("POST", "/exchange/add-import", body + b"--%s--\r\n" % MARK, {
        "Cookie": visitor.cookie, "Content-Type": f"multipart/form-data; boundary={MARK.decode()}"})
    location = link.getresponse().headers["Location"] or ""
    link.close()
    return int(location.split("/")[2])


@pytest.mark.promise
@pytest.mark.timeout(1800)
def test_fifty_people_at_work_during_an_import(app: Flask, people: People, real_server: Server, large_register: Path,
                                               database_kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    for code, name in registers.COUNTY.towns.items():
        if db.session.get(Area, code) is None:
            db.session.add(Area(code=code, name=name, level="town", parent_code=registers.COUNTY.code))
    home = make_household()
    db.session.commit()
    home_id = home.id
    db.session.rollback()
    server = real_server(workers=4, JIEDUI_SCHEDULER="1")
    quiet = _seconds(app, server, home_id, lambda: time.sleep(20))
    content, at = large_register.read_bytes(), dict[str, float]()

    def bring_in() -> None:
        started = time.perf_counter()
        number = at["number"] = _upload(visit(app, server, "county"), content)
        _until(number, "ready")
        at["read"] = time.perf_counter() - started
        imports.confirm(db.session.get_one(Import, number), people.county, utc_now())
        db.session.commit()
        _until(number, "done")
        at["written"] = time.perf_counter() - started - at["read"]

    busy = _seconds(app, server, home_id, bring_in)
    with capsys.disabled():
        for what, seconds in (("quiet", quiet), ("import", busy)):
            print(f"\n{database_kind} {_told(what, seconds)}")
        print(f"{database_kind}: read in {at['read']:.1f} s, written in {at['written']:.1f} s while {USERS} worked")
    row = db.session.get_one(Import, int(at["number"]))
    db.session.refresh(row)
    assert row.report["created"] > ROWS * 0.99
    imports.ask_undo(row, people.county, utc_now())
    db.session.commit()
    started = time.perf_counter()
    undone = _seconds(app, server, home_id, lambda: _until(int(at["number"]), "undone"))
    with capsys.disabled():
        print(f"{database_kind} {_told('undo', undone or [0.0])}, taken back in {time.perf_counter() - started:.1f} s")
    for seconds in (busy, undone or [0.0]):
        assert seconds[int(len(seconds) * 0.99)] < PATIENCE
