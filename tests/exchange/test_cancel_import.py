"""Stopping: before it is read, before it is confirmed, and while it is written, until the commit."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from matching import jobs_imports
from matching.clock import utc_now
from matching.exchange import service_imports as imports
from matching.extensions import db
from matching.households.models import Household
from tests.conftest import CheckedClient
from tests.exchange.steps import TWO_HOMES, book, bring, brought, press, worked

ClientOf = Callable[[str], CheckedClient]


def homes() -> int:
    return db.session.scalar(select(func.count()).select_from(Household)) or 0


@pytest.mark.slow
def test_a_waiting_one_and_a_preview_can_be_stopped(client_of: ClientOf) -> None:
    client = client_of("county")
    for row_id in (bring(client, book(*TWO_HOMES)), brought(client).id):
        form = client.page(f"/exchange/{row_id}/show-import").form(f"/exchange/{row_id}/cancel-import")
        assert client.post(f"/exchange/{row_id}/cancel-import", data=form.values).status_code == 302
        assert worked(row_id).state == "cancelled"


@pytest.mark.slow
def test_cancelled_while_it_is_written_nothing_stays(client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of("county")
    row, before = brought(client), homes()
    press(client, row, "confirm-import")
    real = imports.finish_applying

    def late(import_id: int, token: str, *rest: object) -> bool:
        """Somebody pressed the button just before the end: the claim is gone."""
        imports._held(import_id, token, {"state": "cancelled", "claim": ""})
        return real(import_id, token, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(jobs_imports.imports, "finish_applying", late)
    worked(row.id)
    assert homes() == before


@pytest.mark.slow
def test_what_is_done_is_not_cancelled(client_of: ClientOf) -> None:
    client = client_of("county")
    row = brought(client)
    form = client.page(f"/exchange/{row.id}/show-import").form(f"/exchange/{row.id}/cancel-import")
    press(client, row, "confirm-import")
    worked(row.id)
    assert client.post(f"/exchange/{row.id}/cancel-import", data=form.values).status_code == 409


def test_files_go_after_the_stated_time(client_of: ClientOf) -> None:
    row = brought(client_of("county"))
    imports.forget_old(utc_now() + imports.KEEP_FILE)
    db.session.commit()
    assert (row.state, row.file_key) == ("cancelled", None)
