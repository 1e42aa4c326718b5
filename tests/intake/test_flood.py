"""A flood: 300 askings a minute, machines among people: people get through, machines are slowed, doubles joined.

`play` is a minute of it, the time passed as an argument. The timed run sends the same minute to the real site:
`.venv/bin/python -m pytest tests/intake/test_flood.py -m promise -s` prints its figures.
"""

from __future__ import annotations

import http.client
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import func, select

from matching.extensions import db
from matching.intake import service_asking, service_limits
from matching.intake.models import Report
from matching.intake.models_work import Task
from matching.intake.service_limits import LIMITS, Crowd, Sender, crowd, note_asking
from matching.notices.models import Notice
from tests.intake.asking import slow
from tests.intake.test_ask import sum_of
from tests.intake.test_service import NOW, facts
from tests.people import COUNTY_A, People
from tests.servers import RealServer

A_MINUTE, REAL, DOUBLES = 300, 40, 10
"""Askings in a minute; how many of them are people's, and how many of these tell it again because nothing moved."""


@dataclass(frozen=True, slots=True)
class One:
    """Somebody who asks: a person, or a machine that can add up or cannot, or fills in what people do not see."""

    kind: str
    address: str
    phone: str

    @property
    def adds_up(self) -> bool:
        """Whether it answers a sum."""
        return self.kind in ("person", "clever")


def flood(addresses: int, seed: int = 6) -> list[One]:
    """A minute of askings in a random order; the machines share so many addresses, of the people some share one."""
    people = [One("person", f"10.1.{n // 4}.1", f"138001{n:05}") for n in range(REAL - DOUBLES)]
    machines = [One(("clever", "dull", "greedy")[n % 3], f"10.9.{n % addresses // 250}.{n % addresses % 250}",
                    f"139002{n:05}") for n in range(A_MINUTE - REAL)]
    chance = random.Random(seed)
    everybody = [*people, *people[:DOUBLES], *machines]
    chance.shuffle(everybody)
    return everybody


def play(everybody: list[One]) -> Counter[str]:
    """Let all of them ask within a minute; how often each kind was taken, stopped by a sum, or is looked at first."""
    came: Counter[str] = Counter()
    for number, one in enumerate(everybody):
        now = NOW + timedelta(seconds=60 * number / len(everybody))
        sender = Sender(one.address, one.phone, COUNTY_A)
        cost: Crowd = crowd(sender, service_limits.stamp(), "spam" * (one.kind == "greedy"), now)
        if cost.asks_sum and not one.adds_up:
            came[f"{one.kind} stopped"] += 1
            continue
        note_asking(sender, now)
        report = service_asking.ask(facts(phone=one.phone), [], None, now, is_doubtful=cost.is_doubtful)
        came[f"{one.kind} {'doubtful' if report.is_doubtful else 'believed'}"] += 1
    return came


def kept() -> tuple[int, int, int]:
    """How many troubles are open, how many tellings were joined to one, how many visits are to be made."""
    return (db.session.scalar(select(func.count()).where(Report.outcome == "")) or 0,
            db.session.scalar(select(func.count()).where(Report.outcome == "joined")) or 0,
            db.session.scalar(select(func.count()).select_from(Task)) or 0)


@pytest.mark.slow
@pytest.mark.one_database
@pytest.mark.parametrize("addresses", [2, 260])
def test_300_a_minute_let_people_through_and_slow_machines(app: Flask, people: People, monkeypatch: pytest.MonkeyPatch,
                                                          addresses: int) -> None:
    slow(monkeypatch)
    monkeypatch.setattr(service_limits, "_is_hasty", lambda _shown, _now: False)
    came = play(flood(addresses))
    troubles, joined, visits = kept()
    assert came["person believed"] + came["person doubtful"] == REAL, "no person is turned away"
    assert joined == DOUBLES, "doubles are one trouble, each with a code"
    assert came["dull stopped"] > came["dull believed"], "a sum stops what cannot add up"
    assert came["greedy believed"] == 0, "whoever fills in what nobody sees sends nobody out"
    assert visits <= LIMITS["county"].doubts, "however many ask, officers are not sent out for all of them"
    assert troubles == sum(many for what, many in came.items() if "stopped" not in what) - DOUBLES
    told = Counter(db.session.scalars(select(Notice.kind).where(Notice.user_id == people.community.user_id)))
    assert told["report_given"] <= 1, "one word an hour about all that must be asked first"
    if addresses == 2:
        assert came["person doubtful"] == 0, "who comes from elsewhere is not suspected"


@pytest.mark.slow
@pytest.mark.one_database
def test_control_without_limits_every_machine_sends_somebody_out(app: Flask, people: People,
                                                                monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_limits, "_is_hasty", lambda _shown, _now: False)
    monkeypatch.setattr(service_limits, "LIMITS", {kind: service_limits.Limit(10**6, 10**6) for kind in LIMITS})
    came = play(flood(2)[:60])
    assert came["dull stopped"] == 0
    assert kept()[2] == came["person believed"] + came["clever believed"] + came["dull believed"] - kept()[1]


def test_one_telephone_is_not_rung_for_every_village(app: Flask, people: People) -> None:
    """A stranger's number, written again and again for other places: after a few an officer calls it, no machine."""
    costs = []
    for number in range(LIMITS["phone"].doubts + 1):
        sender = Sender(f"10.2.0.{number}", "13900004471", COUNTY_A)
        cost = crowd(sender, service_limits.stamp(), "", NOW + timedelta(hours=1))
        note_asking(sender, NOW + timedelta(hours=1))
        costs.append(cost.asks_sum)
    assert costs == [False] * LIMITS["phone"].sums + [True] * (len(costs) - LIMITS["phone"].sums)
    assert crowd(Sender("10.3.0.1", "13900004471", COUNTY_A), "", "", NOW + timedelta(hours=1)).is_doubtful


# --- The real site (make promises) -------------------------------------------------------------------------------

@dataclass
class Phone:
    """A browser with an address of its own, as a proxy would tell it."""

    server: RealServer
    address: str
    cookie: str = ""
    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def ask(self, method: str, path: str, **values: Any) -> tuple[int, str]:
        """One request; the status and the text."""
        link = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        began = time.perf_counter()
        link.request(method, path, urlencode(values, doseq=True) if values else None, {
            "Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded",
            "X-Forwarded-For": self.address})
        answer = link.getresponse()
        text = answer.read().decode()
        link.close()
        self.seconds.append(time.perf_counter() - began)
        self.statuses[answer.status] += 1
        if (set_cookie := answer.headers["Set-Cookie"]) is not None:
            self.cookie = set_cookie.split(";")[0]
        return answer.status, text


def asks(phone: Phone, one: One) -> str:
    """Open the form, read it, send it; answer the sum when one is asked. What came of it."""
    _status, text = phone.ask("GET", "/ask")
    values = dict(re.findall(r'name="(csrf_token|submission_key|shown)" value="([^"]+)"', text))
    time.sleep(3.2)  # as long as a person reads at least
    sent: dict[str, Any] = {**values, "kinds": ["medical"], "place": "坳下村", "phone": one.phone,
                            "website": "spam" if one.kind == "greedy" else ""}
    status, text = phone.ask("POST", "/ask", **sent)
    if status == 422 and "sum_note" in text and one.adds_up:
        note, right = sum_of(text)
        status, text = phone.ask("POST", "/ask", **sent, sum_note=note, sum_answer=right)
    return f"{one.kind} {'taken' if status == 303 else status}"


def reading(server: RealServer, over: Event) -> Iterator[float]:
    """How long other pages of the site take meanwhile."""
    reader, turn = Phone(server, "10.7.0.1"), 0
    while not over.is_set():
        reader.ask("GET", ("/", "/offers", "/case", "/sign-in")[turn % 4])
        yield reader.seconds[-1]
        turn += 1
        time.sleep(0.1)
    assert max(reader.statuses) < 400


def meanwhile(server: RealServer, act: Callable[[], Any]) -> tuple[list[float], Any]:
    """How long other pages take while something happens, in order; and what that came to."""
    over = Event()
    with ThreadPoolExecutor(1) as pool:
        pages = pool.submit(lambda: sorted(reading(server, over)))
        try:
            came = act()
        finally:
            over.set()
    return pages.result(), came


def let_loose(server: RealServer, everybody: list[One]) -> tuple[Counter[str], Counter[int]]:
    """All of them within a minute, each at its moment; what came of them, and every status that was answered."""
    phones = [Phone(server, one.address) for one in everybody]

    def at_its_moment(number: int) -> str:
        time.sleep(60 * number / len(everybody))
        return asks(phones[number], everybody[number])

    with ThreadPoolExecutor(len(everybody)) as crowd_of_them:
        came = Counter(crowd_of_them.map(at_its_moment, range(len(everybody))))
    return came, sum((phone.statuses for phone in phones), Counter())


@pytest.mark.promise
@pytest.mark.timeout(600)
@pytest.mark.parametrize("addresses", [2, 260])
def test_300_posts_a_minute_at_the_real_site(app: Flask, people: People, real_server: Callable[..., RealServer],
                                             addresses: int, database_kind: str,
                                             capsys: pytest.CaptureFixture[str]) -> None:
    server = real_server(workers=4, JIEDUI_TRUSTED_PROXIES="1")
    quiet, _nothing = meanwhile(server, lambda: time.sleep(20))
    busy, (came, statuses) = meanwhile(server, lambda: let_loose(server, flood(addresses)))
    db.session.rollback()
    troubles, joined, visits = kept()
    p95 = [seconds[int(len(seconds) * 0.95)] * 1000 for seconds in (quiet, busy)]
    with capsys.disabled():
        print(f"\n{database_kind}, {addresses} addresses: {dict(sorted(came.items()))}; statuses "
              f"{dict(sorted(statuses.items()))}; {troubles} troubles, {joined} joined, {visits} visits; other pages "
              f"p95 {p95[0]:.0f} ms quiet ({len(quiet)}), {p95[1]:.0f} ms meanwhile ({len(busy)})")
    assert came["person taken"] == REAL
    assert joined == DOUBLES
    assert came["dull 422"] > 0
    assert max(statuses) < 500
    assert visits <= LIMITS["county"].doubts
    assert p95[1] < max(150.0, 2 * p95[0]), "the rest of the site is unhurt"
