"""What the progress bar asks for."""

from __future__ import annotations

from matching import jobs_runs
from matching.clock import utc_now
from matching.extensions import db
from matching.pairings import service_runs
from matching.pairings.models import Run
from tests.factories import make_need, make_offer
from tests.people import COUNTY_A, COUNTY_B, TOWN_A1


def asked(area_code=COUNTY_A) -> Run:
    run = service_runs.ask_run(area_code, None, utc_now())
    db.session.commit()
    return run


def test_progress_in_numbers_and_words(client_of):
    run, client = asked(), client_of("county")
    path = f"/pairings/{run.id}/run-progress"
    assert client.get(path).json == {
        "done": 0,
        "total": 100,
        "text": "排队等着，马上开始。",
        "finished": False,
    }
    make_need()
    make_offer()
    db.session.commit()
    jobs_runs.claim(run.id, utc_now())
    assert client.get(path).json["done"] == 5
    jobs_runs.work(run.id, utc_now())
    assert client.get(path).json == {
        "done": 100,
        "total": 100,
        "text": "算好了：1 条建议。",
        "finished": True,
    }


def test_progress_of_another_county_is_not_there(client_of):
    assert client_of("county").get(f"/pairings/{asked(COUNTY_B).id}/run-progress").status_code == 404
    assert client_of("other_town").get(f"/pairings/{asked(TOWN_A1).id}/run-progress").status_code == 404
