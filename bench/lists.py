"""Lists, searches and a file at many households, served by gunicorn, against a bare Flask page on the same machine.

    python -m bench.lists                       100,000 households on SQLite
    python -m bench.lists --households 1000000  a million
    python -m bench.lists --database URL        an empty PostgreSQL database
    python -m bench.lists --keep FILE           fill a SQLite file once and use it again
    python -m bench.lists --only to-do map      pages whose name has one of these words

Each request goes through the whole site, session and all; a bare page is asked right before it, so that both meet
the same noise of the machine. Times are medians and 95th percentiles of single requests over one connection,
uncompressed; "×" is the median as a multiple of the bare page's median meanwhile. SELECTs include the session's.
"""

from __future__ import annotations

import argparse
import contextvars
import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask
from sqlalchemy import event, select

from bench.households import COUNTY, fill
from config import TestConfig
from matching import create_app, jobs_counts
from matching.accounts import service as accounts
from matching.accounts.models import User
from matching.extensions import db
from matching.households.models import Household, Member

ROOT = Path(__file__).resolve().parent.parent
LIST, SEARCH = "/households/list-households", "/households/search-households"
NEEDS = "/pairings/open-needs"
OFFICERS = {"county": COUNTY, "town": f"{COUNTY}007", "community": f"{COUNTY}007007"}
ROUNDS = 60


@dataclass
class Asked:
    """One kind of request: its name and what is asked, one after the other."""

    name: str
    paths: list[str]
    posts: list[dict[str, str]] | None = None
    officer: str = "county"


def main() -> None:
    """Fill, serve, ask, print."""
    args = _arguments()
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        file = args.keep or Path(scratch) / "lists.sqlite3"
        url = args.database or f"sqlite:///{file.absolute()}"
        app = create_app(TestConfig(url, Path(scratch), TESTING=True))
        with app.app_context():
            sample = _ready(args.households)
            cookies = {officer: _cookie(app, officer) for officer in OFFICERS}
            asked = [one for one in _requests(sample) if any(word in one.name for word in args.only)]
            db.session.rollback()  # nothing may wait for this process
            print(f"{'page':34}{'bytes':>8}{'SELECTs':>9}{'median ms':>11}{'p95 ms':>9}{'bare ms':>9}{'×':>7}")
            site = _served("wsgi:app", _environment(app, url, Path(scratch)))
            with _served("bench.bare:app", {}) as bare, site as port:
                for one in asked:
                    _report(app, (bare, port), cookies[one.officer], one)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.lists", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--households", type=int, default=100_000)
    parser.add_argument("--database", help="address of an empty database; default: a SQLite file of its own")
    parser.add_argument("--keep", type=Path, help="SQLite file to fill once and to use again")
    parser.add_argument("--only", nargs="*", default=[""], help="words in the names of the pages to measure")
    return parser.parse_args()


def _ready(households: int) -> list[tuple[str, str, str]]:
    """A migrated database with so many households, and a sample of them."""
    from flask_migrate import upgrade

    from matching import startup

    upgrade()
    startup.check_field_keys(_app())
    empty = db.session.scalar(select(Household.id).limit(1)) is None
    db.session.rollback()
    if empty:
        started = time.perf_counter()
        sample = fill(households)
        for name, code in OFFICERS.items():
            db.session.add(User(username=name, name=name, role=name, area_code=code, password_hash="",
                                password_changed_at=datetime.now(UTC), created_at=datetime.now(UTC)))
        db.session.commit()
        print(f"filled with {households:,} households in {time.perf_counter() - started:.0f} s")
        started = time.perf_counter()
        jobs_counts.keep_all()
        print(f"counted by village in {time.perf_counter() - started:.0f} s, as the site's job does every 2 s")
        return sample
    rows = db.session.execute(select(Member, Household.number).join(Household).where(
        Member.position == 1, Household.id % 5_003 == 0).limit(200)).all()
    return [(member.name, member.identity_number or "", number) for member, number in rows]


def _app() -> Flask:
    from flask import current_app

    return current_app._get_current_object()  # type: ignore[attr-defined, no-any-return]


def _requests(sample: list[tuple[str, str, str]]) -> list[Asked]:
    names, numbers, files = zip(*sample[:ROUNDS * 3], strict=True)
    from matching.pinyin import readings

    ways = [readings(name)[0] for name in names]

    def by(words: list[str], **more: str) -> list[str]:
        return [f"{LIST}?{urlencode({'written': word, **more})}" for word in words]

    homes = db.session.scalars(select(Household.id).where(Household.number.in_(files))).all()
    return [
        Asked("list, by place", [LIST]),
        Asked("list, a town's officer", [LIST], officer="town"),
        Asked("list, a village's officer", [LIST], officer="community"),
        Asked("list, waiting longest", [f"{LIST}?sort=waiting"]),
        Asked("list, waiting, village", [f"{LIST}?sort=waiting"], officer="community"),
        Asked("list, newest", [f"{LIST}?sort=newest"]),
        Asked("list, newest, town", [f"{LIST}?sort=newest"], officer="town"),
        Asked("list, still needs a job", [f"{LIST}?help_type=job"]),
        Asked("list, category and status", [f"{LIST}?category=tekun&status=surveyed"]),
        Asked("list, of one town", [f"{LIST}?area_code={COUNTY}{town:03}" for town in range(1, 21)]),
        Asked("search, name", by(list(names))), Asked("search, surname", by([name[0] for name in names])),
        Asked("search, full pinyin", by(["".join(way) for way in ways])),
        Asked("search, initials", by(["".join(s[0] for s in way) for way in ways])),
        Asked("search, one letter", by([way[0][0] for way in ways])),
        Asked("search, name, village's officer", by(list(names)), officer="community"),
        Asked("search, name and filter", by(list(names), category="tekun")),
        Asked("search, file number", by(list(files))),
        Asked("search, identity number", [SEARCH], [{"asked": number} for number in numbers]),
        Asked("a file", [f"/households/{number}/show-household" for number in homes]),
        Asked("map of the county", ["/households/map-households"]), Asked("doubles", ["/households/list-doubles"]),
        Asked("needs, most urgent", [NEEDS]), Asked("needs, a town's officer", [NEEDS], officer="town"),
        Asked("needs, a village's officer", [NEEDS], officer="community"),
        Asked("needs, job", [f"{NEEDS}?help_type=job"]), Asked("needs, no offer yet", [f"{NEEDS}?lonely=1"]),
        Asked("offers", ["/offers"]), Asked("desk", ["/pairings/desk"]),
        Asked("to-do", ["/todo"]), Asked("figures", ["/figures/overview"]),
    ]


def _report(app: Flask, ports: tuple[int, int], cookie: str, one: Asked) -> None:
    size, bare, times = _time(ports, cookie, one)
    count = _selects(app, cookie, one)
    median, high, of = statistics.median(times), sorted(times)[int(len(times) * 0.95)], statistics.median(bare)
    print(f"{one.name:34}{size:8}{count:9}{median:11.2f}{high:9.2f}{of:9.2f}{median / of:7.1f}", flush=True)


def _time(ports: tuple[int, int], cookie: str, asked: Asked, warm: int = 3) -> tuple[int, list[float], list[float]]:
    """Bytes of the longest answer, and milliseconds of the bare page and of ours, asked in turns."""
    bare, link = (http.client.HTTPConnection("127.0.0.1", port, timeout=60) for port in ports)
    headers = {"Cookie": cookie}
    token = _token(link, headers) if asked.posts else ""
    count = max(len(asked.paths), len(asked.posts or ()))
    yardstick, times, longest, began = [], [], 0, time.monotonic()
    _ask(link, LIST, None, headers)  # a site that has just begun may take longer than the bare one keeps a link
    for turn in range(warm + max(ROUNDS, count)):
        body = urlencode({"csrf_token": token, **asked.posts[turn % count]}) if asked.posts else None
        spent = [_ask(bare, "/", None, {})[0]]
        milliseconds, size = _ask(link, asked.paths[turn % len(asked.paths)], body, headers)
        spent.append(milliseconds)
        longest = max(longest, size)
        if turn >= warm:
            yardstick.append(spent[0])
            times.append(spent[1])
        if time.monotonic() - began > 60 and turn > warm + 5:
            break
    return longest, yardstick, times


def _ask(link: http.client.HTTPConnection, path: str, body: str | None, headers: dict[str, str]) -> tuple[float, int]:
    """Milliseconds and bytes of one answer, which must be a good one."""
    kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    started = time.perf_counter()
    link.request("POST" if body else "GET", quote(path, safe="/?=&%-"), body, headers | kind)
    answer = link.getresponse()
    text = answer.read()
    spent = (time.perf_counter() - started) * 1000
    if answer.status != 200:
        raise SystemExit(f"{path} answered {answer.status}")
    return spent, len(text)


def _token(link: http.client.HTTPConnection, headers: dict[str, str]) -> str:
    link.request("GET", LIST, headers=headers)
    return link.getresponse().read().decode().split('name="csrf_token" value="')[1].split('"')[0]


def _selects(app: Flask, cookie: str, asked: Asked) -> int:
    """SELECTs of one request, the session's included; counted in this process."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client(use_cookies=False)
    send = client.post if asked.posts else client.get
    answer = contextvars.Context().run(  # as a server would: nothing is left over from the request before
        send, asked.paths[0], headers={"Cookie": cookie}, data=asked.posts[0] if asked.posts else None)
    event.remove(db.engine, "before_cursor_execute", note)
    if answer.status_code != 200:
        raise SystemExit(f"{asked.paths[0]} answered {answer.status_code} in this process")
    return sum(statement.lstrip().upper().startswith(("SELECT", "WITH")) for statement in seen)


def _cookie(app: Flask, officer: str) -> str:
    user = db.session.execute(select(User).where(User.username == officer)).scalar_one()
    token = accounts.start_session(user, datetime.now(UTC))
    db.session.commit()
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return "session=" + serializer.dumps({"_user_id": token, "_fresh": True, "csrf_token": "0" * 40})


def _environment(app: Flask, url: str, folder: Path) -> dict[str, str]:
    return {"JIEDUI_DEMO": "1", "DATABASE_URL": url, "JIEDUI_INSTANCE": str(folder), "JIEDUI_SCHEDULER": "0",
            "SECRET_KEY": app.config["SECRET_KEY"], "FIELD_KEYS": app.config["FIELD_KEYS"],
            "JIEDUI_DEMO_PASSWORD": app.config["DEMO_PASSWORD"]}


@contextmanager
def _served(application: str, environment: dict[str, str]) -> Iterator[int]:
    """One worker with one thread on a free port; stopped afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "--workers", "1", "--threads", "1",
         "--access-logfile", "/dev/null", application], cwd=ROOT, env={**os.environ, **environment, "PORT": str(port)})
    try:
        for _ in range(300):
            time.sleep(0.1)
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
        yield port
    finally:
        process.terminate()
        process.wait(30)


if __name__ == "__main__":
    main()
