"""What the progress bar asks for."""

from __future__ import annotations

from matching import jobs_gaps
from matching.assistance import service_checks as checks
from matching.clock import utc_now
from matching.extensions import db
from tests.assistance.working import ask, work
from tests.factories import make_household
from tests.people import COUNTY_B


def test_progress_in_numbers_and_words(client_of):
    for _ in range(3):
        make_household()
    check, client = ask(), client_of("county")
    path = f"/assistance/{check.id}/gap-check-progress"
    assert client.get(path).json == {"done": 0, "total": 1, "text": "马上开始", "finished": False}
    jobs_gaps.claim(check.id, utc_now())
    checks.advance(check.id, [], 2, utc_now())
    assert client.get(path).json == {"done": 2, "total": 4, "text": "正在查，2 / 4 户", "finished": False}
    check.state, check.started_at = "waiting", None
    db.session.commit()
    work(check)
    assert client.get(path).json == {"done": 4, "total": 4, "text": "查完了", "finished": True}


def test_progress_of_another_county_is_not_there(client_of):
    assert client_of("county").get(f"/assistance/{ask(COUNTY_B).id}/gap-check-progress").status_code == 404
