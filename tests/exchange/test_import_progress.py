"""How far an import is; a killed worker's import is worked again; of two workers one has it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from matching import jobs_imports
from matching.clock import utc_now
from matching.exchange import service_imports as imports
from matching.exchange.models import Import
from matching.extensions import db
from tests.conftest import CheckedClient
from tests.exchange.steps import TWO_HOMES, book, bring, press, worked

ClientOf = Callable[[str], CheckedClient]


def test_it_answers_how_far_it_is(client_of: ClientOf) -> None:
    client = client_of("county")
    number = bring(client, book(*TWO_HOMES))
    assert client.get(f"/exchange/{number}/import-progress").json["finished"] is False
    worked(number)
    assert client.get(f"/exchange/{number}/import-progress").json["finished"] is True


def test_of_two_workers_one_has_it(client_of: ClientOf) -> None:
    number = bring(client_of("county"), book(*TWO_HOMES))
    db.session.rollback()
    first, second = imports.claim(number, utc_now()), imports.claim(number, utc_now())
    assert first
    assert second == ""


def test_what_a_killed_worker_left_behind_is_worked_again(client_of: ClientOf) -> None:
    number = bring(client_of("county"), book(*TWO_HOMES))
    db.session.rollback()
    token = imports.claim(number, utc_now() - imports.STALE_AFTER - timedelta(seconds=1))
    db.session.commit()
    assert worked(number).state == "ready"
    assert not imports.show(number, token, 50, utc_now())  # the dead one's claim counts no more
    db.session.rollback()


def test_a_fault_of_ours_fails_the_import_and_writes_nothing(client_of: ClientOf,
                                                             monkeypatch: pytest.MonkeyPatch) -> None:
    number = bring(client_of("county"), book(*TWO_HOMES))
    monkeypatch.setattr(jobs_imports, "apply_register", lambda *a, **k: 1 / 0)
    assert worked(number).state == "failed"


@pytest.mark.slow
def test_who_was_disabled_meanwhile_writes_nothing(client_of: ClientOf) -> None:
    from matching.accounts.models import User

    client = client_of("town")
    row = worked(bring(client, book(*TWO_HOMES)))
    press(client, row, "confirm-import")
    db.session.get_one(User, row.asked_by_id).is_enabled = False
    db.session.commit()
    assert worked(row.id).state == "refused"
    assert db.session.get_one(Import, row.id).fault["code"] == "not_allowed"
