"""Promise 29: keys are changed at 100,000 households while the site is used, and killed halfway."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import LargeBinary, func, select

from bench.households import COUNTY, fill
from matching import startup, vault
from matching.crypto import MARK, CannotOpen, Keyring, sealed_fields
from matching.extensions import db, reading
from matching.households.models import Household, Member
from tests import factories
from tests.databases import TestDatabase
from tests.pairings.test_races import Visitor, visit
from tests.servers import RealServer
from tests.test_rotation import NEW_KEY, ROOT

HOUSEHOLDS, PAPERS = 100_000, 200
MOST_SECONDS_WRITING = 1.0


class Traffic(threading.Thread):
    """One person who goes on searching by number, opening files and having them disclosed, until told to stop."""

    def __init__(self, visitor: Visitor, asked: list[tuple[int, str]]) -> None:
        super().__init__(daemon=True)
        self.visitor, self.asked = visitor, asked
        self.seen: Counter[str] = Counter()
        self.waits: list[float] = []
        self.done = threading.Event()

    def run(self) -> None:
        """Search, open, write, and note what did not come as it should."""
        turn = 0
        while not self.done.wait(0.05):
            number, identity = self.asked[turn % len(self.asked)]
            turn += 1
            _status, text = self.visitor._ask("POST", "/households/search-households",
                                              f"csrf_token={self.visitor.token}&asked={identity}")
            self.seen["found" if f"/households/{number}/" in text else "not found"] += 1
            self.seen["opened" if "<h1" in self.visitor.get(f"/households/{number}/show-household")
                      else "not opened"] += 1
            began = time.perf_counter()
            status = self.visitor.post(f"/households/{number}/disclose-household", why="contact")
            self.waits.append(time.perf_counter() - began)
            self.seen[f"written {status}"] += 1


def left(mark: bytes) -> int:
    """How many sealed values of the two great tables another key has sealed."""
    columns = [model.__table__.c[f"{each.name}_sealed"]
               for model in (Household, Member) for each in sealed_fields()[model]]
    with reading():
        return sum(db.session.scalar(select(func.count()).where(
            func.substr(column, 1, MARK, type_=LargeBinary) != mark)) or 0 for column in columns)


def unreadable() -> list[str]:
    """Every sealed value of the two great tables, blind index and file that does not open or fit."""
    faults = []
    for model in (Household, Member):
        for row in db.session.scalars(select(model).execution_options(yield_per=2_000)):
            for each in sealed_fields()[model]:
                try:
                    value = getattr(row, each.name)
                except CannotOpen:
                    faults.append(f"{model.__tablename__}.{each.name} {row.id}")
                    continue
                blind = getattr(row, f"{each.name}_blind", None)
                if each.blind and blind != (Keyring(NEW_KEY).blinds(value)[0] if value else None):
                    faults.append(f"{model.__tablename__}.{each.name}_blind {row.id}")
    faults += [key for key in vault.named() if not vault.get(key)]
    db.session.rollback()
    return faults


@pytest.mark.promise
@pytest.mark.timeout(1800)
def test_keys_are_changed_under_traffic_and_through_a_kill(
        app: Flask, database: TestDatabase, real_server: Callable[..., RealServer],
        monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    fill(HOUSEHOLDS)
    people = {name: factories.make_user("county", COUNTY).username for name in ("first", "second")}
    for number in range(1, PAPERS + 1):
        factories.make_paper(db.session.get_one(Household, number), f"%PDF-1.4 {number}".encode())
    asked = [(member.household_id, member.identity_number or "") for member in db.session.scalars(
        select(Member).where(Member.position == 1, Member.household_id % 997 == 0))]
    db.session.commit()
    both = f"{NEW_KEY},{app.config['FIELD_KEYS']}"
    total, mark = left(Keyring(NEW_KEY).mark), Keyring(NEW_KEY).mark
    server = real_server(workers=2, FIELD_KEYS=both)
    walkers = [Traffic(visit(app, server, name), asked) for name in people.values()]
    for walker in walkers:
        walker.start()
    began = time.monotonic()
    first = _rotate(database, both)
    while left(mark) > total // 2:
        time.sleep(2)
    first.send_signal(signal.SIGKILL)
    first.communicate(timeout=10)
    after_kill = left(mark)
    assert 0 < after_kill < total
    second = _rotate(database, both)
    output, _ = second.communicate(timeout=1200)
    seconds = time.monotonic() - began
    for walker in walkers:
        walker.done.set()
        walker.join(60)
    assert second.returncode == 0, output
    assert left(mark) == 0
    seen = walkers[0].seen + walkers[1].seen
    waits = sorted(walkers[0].waits + walkers[1].waits)
    with capsys.disabled():
        print(f" {total} values and {PAPERS} files in {seconds:.0f} s, {after_kill} left at the kill; {dict(seen)}; "
              f"writes p50 {waits[len(waits) // 2]:.2f} s, longest {waits[-1]:.2f} s")
    assert set(seen) == {"found", "opened", "written 302"}
    assert waits[-1] < MOST_SECONDS_WRITING
    server.stop()
    monkeypatch.setitem(app.extensions, "keyring", Keyring(NEW_KEY))
    startup.check_field_keys(app)
    assert unreadable() == []
    assert visit(app, real_server(workers=1, FIELD_KEYS=NEW_KEY), people["first"]).get(
        f"/households/{asked[0][0]}/show-household")


def _rotate(database: TestDatabase, keys: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-m", "flask", "--app", "wsgi", "keys", "rotate"], cwd=ROOT, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            env={**database.environment(), "FIELD_KEYS": keys})
