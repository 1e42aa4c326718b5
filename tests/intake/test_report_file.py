"""A photo or message is opened by officers of its place, and by who is on the way there; handed out, never run,
and that is recorded.
"""

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
    ("socialworker", 404), ("other_town", 404), ("county2", 404), ("informant", 403), ("charity", 403),
    ("admin", 403), ("household", 403)])
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


def test_who_is_on_the_way_hears_it_until_the_visit_is_made(client_of: object, people: People) -> None:
    report = factories.make_report()
    file = factories.make_report_file(report, b"OggS spoken")
    again = factories.make_report(state="closed", outcome="joined", step="", due_at=None, joined_to_id=report.id)
    added = factories.make_report_file(again, b"OggS added")
    task = factories.make_task(report, assigned_id=people.socialworker.user_id)
    worker, other = client_of("socialworker"), client_of("socialworker2")  # type: ignore[operator]
    paths = [f"/intake/{number}/report-file" for number in (file.id, added.id)]
    assert {href for href, _words in worker.page(f"/intake/{task.id}/show-task").links} >= set(paths)
    assert [worker.get(path).data for path in paths] == [b"OggS spoken", b"OggS added"]
    assert [other.get(path).status_code for path in paths] == [404, 404]
    elsewhere = factories.make_report_file(factories.make_report())
    assert worker.get(f"/intake/{elsewhere.id}/report-file").status_code == 404
    heard = db.session.scalars(select(AuditEntry.actor_id).where(AuditEntry.action == "report.listen")).all()
    assert heard == [people.socialworker.user_id] * 2
    worker.send(f"/intake/{task.id}/show-task", result="hardship")
    assert [worker.get(path).status_code for path in paths] == [404, 404]
