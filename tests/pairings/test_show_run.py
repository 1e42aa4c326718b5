"""The page of a run: progress while it works, result and proof afterwards."""

from __future__ import annotations

from datetime import timedelta

from matching import jobs_runs
from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.pairings import service_runs
from matching.pairings.models import Run
from tests.factories import make_need, make_offer
from tests.people import COUNTY_A, COUNTY_B, TOWN_A1


def asked(area_code=COUNTY_A) -> Run:
    run = service_runs.ask_run(area_code, None, utc_now())
    db.session.commit()
    return run


def test_waiting_run_shows_progress_and_can_be_stopped(client_of):
    page = client_of("county").page(f"/pairings/{asked().id}/show-run")
    assert "排队等着" in page.text
    assert "停下" in page.text


def test_finished_run_shows_its_proof(client_of):
    make_need()
    make_offer()
    run = asked()
    jobs_runs.claim(run.id, utc_now())
    jobs_runs.work(run.id, utc_now())
    text = client_of("town").page(f"/pairings/{run.id}/show-run").text
    assert "算好了：1 条建议" in text
    assert "相差 0，就是最好的。" in text


def test_failed_run_says_whose_fault_it_is_and_that_nothing_is_lost(client_of):
    run = asked()
    jobs_runs.claim(run.id, utc_now())
    jobs_runs.fail(run.id, utc_now(), "MemoryError")
    assert "是我们的问题" in client_of("county").page(f"/pairings/{run.id}/show-run").text


def test_run_of_another_county_is_not_there(client_of):
    assert client_of("county").get(f"/pairings/{asked(COUNTY_B).id}/show-run").status_code == 404
    assert client_of("other_town").get(f"/pairings/{asked(TOWN_A1).id}/show-run").status_code == 404


def test_offers_that_have_ended_are_named_with_the_way_to_them(client_of):
    make_need()
    make_offer(ends_on=day_of(utc_now()) - timedelta(days=1))
    run = asked()
    jobs_runs.claim(run.id, utc_now())
    jobs_runs.work(run.id, utc_now())
    page = client_of("county").page(f"/pairings/{run.id}/show-run")
    assert "已到期、没有参加的资源" in page.text
    assert any("show=ended" in href for href, _text in page.links)
