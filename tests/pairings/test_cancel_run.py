"""Stopping a run."""

from __future__ import annotations

from matching import jobs_runs
from matching.clock import utc_now
from matching.extensions import db
from matching.pairings import service_runs
from matching.pairings.models import Run
from tests.people import COUNTY_A


def asked(area_code=COUNTY_A) -> Run:
    run = service_runs.ask_run(area_code, None, utc_now())
    db.session.commit()
    return run


def test_stopped_run_is_not_worked_any_more(client_of):
    run = asked()
    client_of("county").send(f"/pairings/{run.id}/show-run", f"/pairings/{run.id}/cancel-run")
    db.session.refresh(run)
    assert run.state == "cancelled"
    assert not jobs_runs.claim(run.id, utc_now())


def test_run_that_has_ended_stays_as_it_is(client_of):
    run, client = asked(), client_of("county")
    form = client.page(f"/pairings/{run.id}/show-run").form(f"/pairings/{run.id}/cancel-run")
    jobs_runs.claim(run.id, utc_now())
    jobs_runs.work(run.id, utc_now())
    client.post(f"/pairings/{run.id}/cancel-run", data=form.values)
    db.session.refresh(run)
    assert run.state == "done"
