"""A photo or message is opened by officers of its place alone; it is handed out, never run, and that is recorded."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matching.audit.models import AuditEntry
from matching.extensions import db
from tests import factories
from tests.people import People


@pytest.mark.slow
@pytest.mark.parametrize(("username", "status"), [
    ("community", 200), ("town", 200), ("county", 200), ("auditor", 200), ("other_community", 404),
    ("other_town", 404), ("county2", 404), ("informant", 403), ("charity", 403), ("admin", 403), ("household", 403)])
def test_who_hears_a_message(client_of: object, people: People, username: str, status: int) -> None:
    file = factories.make_report_file(factories.make_report(), b"OggS spoken")
    answer = client_of(username).get(f"/intake/{file.id}/report-file")  # type: ignore[operator]
    assert answer.status_code == status
    heard = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "report.listen")).all()
    assert len(heard) == (status == 200)
    if status == 200:
        assert answer.data == b"OggS spoken"
        assert answer.mimetype == "audio/ogg"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["Cache-Control"] == "no-store"
