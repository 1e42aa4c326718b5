"""Fixtures of all tests: both databases, the site on them, a client that checks every page, a real server.

- `database_kind`: a test that uses a database runs on SQLite and on PostgreSQL; marked `one_database`, or with
  `--sqlite-only`, on SQLite alone.
- `app`: the site on a clean, migrated database, with an application context pushed, so `db.session` works in
  the test. `client` makes each request in a context of its own, as a server would, and first commits what
  the test has written.
- `people` and `client_of("county")`: the known persons of `tests.people`.
- `real_server`: the same site under gunicorn with several processes.
"""

from __future__ import annotations

import contextvars
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, scoped_session
from werkzeug.test import TestResponse

from tests import html
from tests.databases import PostgresDatabase, SqliteDatabase, TestDatabase
from tests.servers import RealServer, serve

if TYPE_CHECKING:
    from tests.people import People

KINDS = {"sqlite": SqliteDatabase, "postgresql": PostgresDatabase}


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--sqlite-only`: leave PostgreSQL out (make quick)."""
    parser.addoption("--sqlite-only", action="store_true", help="run database tests on SQLite only")


def pytest_configure(config: pytest.Config) -> None:
    """The first process of a run makes the folder that all its workers share; its end ends their PostgreSQL."""
    if hasattr(config, "workerinput"):
        return
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2_000_000_000
    os.environ["JIEDUI_TEST_RUN"] = tempfile.mkdtemp(prefix="jiedui-tests-", dir=memory if roomy else None)
    os.environ["JIEDUI_TEST_OWNER"] = str(os.getpid())


def pytest_unconfigure(config: pytest.Config) -> None:
    """The run's folder goes with the run."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ["JIEDUI_TEST_RUN"], ignore_errors=True)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests that use a database run on each kind."""
    if "database_kind" not in metafunc.fixturenames:
        return
    one = metafunc.config.getoption("sqlite_only") or metafunc.definition.get_closest_marker("one_database")
    metafunc.parametrize("database_kind", ["sqlite"] if one else list(KINDS), scope="session")


@pytest.fixture(scope="session")
def _databases() -> Iterator[Callable[[str], TestDatabase]]:
    made: dict[str, TestDatabase] = {}
    run = Path(os.environ["JIEDUI_TEST_RUN"])
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")

    def get(kind: str) -> TestDatabase:
        if kind not in made:
            made[kind] = KINDS[kind](run, worker)
        return made[kind]

    yield get
    for database in made.values():
        database.let_go()


@pytest.fixture
def database_of(_databases: Callable[[str], TestDatabase]) -> Callable[[str], TestDatabase]:
    """`database_of("sqlite")`, `database_of("postgresql")`: for tests that compare the two; clean it first."""
    return _databases


@pytest.fixture
def database(database_kind: str, _databases: Callable[[str], TestDatabase]) -> TestDatabase:
    """A clean database of the given kind: migrated, without rows but those of the migrations."""
    found = _databases(database_kind)
    found.clean()
    return found


@pytest.fixture
def database_url(database: TestDatabase) -> str:
    """SQLAlchemy address of the clean database."""
    return database.url


@pytest.fixture
def app(database: TestDatabase) -> Iterator[Flask]:
    """The site on a clean database, its application context pushed for the test."""
    with database.app.app_context():
        yield database.app


@pytest.fixture
def session(app: Flask) -> scoped_session[Session]:
    """The test's own database session."""
    from matching.extensions import db

    return db.session


class CheckedClient(FlaskClient):
    """A browser without pictures: every HTML page it is given must be free of `tests.html.faults`."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """One request in a fresh context; what the test has written so far is committed before."""
        from matching.extensions import db

        db.session.commit()
        response: TestResponse = contextvars.Context().run(super().open, *args, **kwargs)
        if response.mimetype == "text/html" and response.data and not 300 <= response.status_code < 400:
            found = html.faults(response.get_data(as_text=True))
            assert not found, f"{response.request.path} ({response.status_code}): " + "; ".join(found)
        return response

    def page(self, path: str, status: int = 200) -> html.Page:
        """GET a page that answers with `status`, parsed."""
        response = self.get(path)
        assert response.status_code == status, f"{path} answered {response.status_code} to {response.location}"
        return html.read(response.get_data(as_text=True))

    def pages(self, path: str) -> Iterator[html.Page]:
        """A list's pages from `path` on, each by the link of the one before."""
        following: str | None = path
        while following:
            page = self.page(following)
            yield page
            following = next((href for href, words in page.links if words == "下一页"), None)

    def send(self, path: str, action: str | None = None, **answers: Any) -> TestResponse:
        """Open `path`, fill its form that goes to `action` (default: the path itself) and send it."""
        form = self.page(path).form(action or path.split("?")[0])
        return self.post(form.action or path, data={**form.values, **answers})


@pytest.fixture
def new_client(app: Flask) -> Callable[[], CheckedClient]:
    """Makes further clients, each with cookies of its own."""
    def make() -> CheckedClient:
        return CheckedClient(app, app.response_class)

    return make


@pytest.fixture
def client(new_client: Callable[[], CheckedClient]) -> CheckedClient:
    """A client with no session."""
    return new_client()


@pytest.fixture
def people(app: Flask, database: TestDatabase) -> People:
    """All known persons of `tests.people`, written into the clean database."""
    from tests.people import populate

    return database.once("people", populate)


@pytest.fixture
def client_of(people: People, new_client: Callable[[], CheckedClient]) -> Callable[[str], CheckedClient]:
    """`client_of("county")`: a client on which that known person is signed in."""
    from tests.people import sign_in

    return lambda username: sign_in(new_client(), people[username])


@pytest.fixture
def real_server(database: TestDatabase) -> Iterator[Callable[..., RealServer]]:
    """Starts the site under gunicorn on the test's database: `real_server(workers=4)`; stopped after the test."""
    running: list[RealServer] = []

    def start(workers: int = 4, threads: int = 4, application: str = "wsgi:app", **environment: str) -> RealServer:
        running.append(serve({**database.environment(), **environment}, database.instance, workers, threads,
                             application))
        return running[-1]

    yield start
    for server in running:
        server.stop()
