"""Pairing two files: the best plan, proven, and the same bytes however it is asked."""

import json
import random
import subprocess
import sys
import time

import numpy as np
import pytest

from matching.engine import pair_files, verify_files
from matching.engine.files import read_needs, read_offers
from matching.engine.geometry import closeness, distance_m, ecef
from tests.engine.markets import NEED_HEAD, OFFER_HEAD, Market, by_ortools, write_county


def by_flow(needs_path, offers_path):
    """The best weight of two files by another road: every pair tried, OR-Tools for the plan."""
    needs, offers = read_needs(needs_path), read_offers(offers_path)
    n, o = (x.ravel() for x in np.indices((len(needs.ids), len(offers.ids))))
    metres = distance_m(ecef(needs.lat, needs.lon)[n], ecef(offers.lat, offers.lon)[o])
    attr, lists = np.array([*needs.attrs, ""]), [x.split(";") for x in (*offers.accept_lists, "")]
    suits = np.array([not attr[i] or lists[j] == [""] or attr[i] in lists[j]
                      for i, j in zip(needs.attr[n], offers.accepts[o], strict=True)])
    same = np.array(needs.types)[needs.type[n]] == np.array(offers.types)[offers.type[o]]
    k = np.flatnonzero(same & suits & (metres <= offers.radius_km[o] * 1000))
    score = 100 * needs.urgency[n[k]] + np.minimum(needs.waiting_days[n[k]], 300) + closeness(metres[k])
    return by_ortools(Market(n[k], o[k], score, needs.quantity, offers.capacity)), len(k)


@pytest.mark.parametrize("seed", range(3))
def test_the_plan_is_the_best_and_proven(tmp_path, seed):
    needs, offers = write_county(tmp_path, seed)
    made = pair_files(needs, offers, tmp_path / "pairs.csv", prices_path=tmp_path / "prices.csv",
                      report_path=tmp_path / "report.json")
    best, allowed = by_flow(needs, offers)
    assert (made["weight"], made["upper_bound"], made["gap"], made["allowed_pairs"]) == (best, best, 0, allowed)
    verdict = verify_files(*(str(tmp_path / f"{x}.csv") for x in ("needs", "offers", "pairs", "prices")))
    assert (verdict.faults, verdict.weight, verdict.upper_bound, verdict.gap) == ([], best, best, 0)
    written = json.loads((tmp_path / "report.json").read_text())
    assert written == made
    assert {"read", "solve"} <= set(written["seconds"])
    assert (written["units"], written["pairs"]) == (verdict.units, verdict.pairs)


@pytest.mark.slow
def test_neither_row_order_nor_workers_change_a_byte(tmp_path):
    """Promise 36: twenty runs on the same data, each with other row orders."""
    needs, offers = write_county(tmp_path, 7)
    results = set()
    for turn in range(20):
        folder = tmp_path / str(turn)
        folder.mkdir()
        for path in (needs, offers):
            head, *rows = path.read_text().splitlines()
            random.Random(turn).shuffle(rows)
            (folder / path.name).write_text("\n".join([head, *rows, ""]))
        pair_files(folder / "needs.csv", folder / "offers.csv", folder / "pairs.csv",
                   prices_path=folder / "prices.csv", workers=1 + turn % 4)
        results.add(((folder / "pairs.csv").read_bytes(), (folder / "prices.csv").read_bytes()))
    assert len(results) == 1


@pytest.mark.slow
def test_an_interrupted_run_leaves_the_old_result(tmp_path):
    """Promise 36: killed at any moment, pairs.csv is there whole, as it was or as it will be."""
    needs, offers = write_county(tmp_path, 8, needs=3000, offers=400)
    pairs = tmp_path / "pairs.csv"
    code = "import sys; from matching.engine import pair_files; print(flush=True); pair_files(*sys.argv[1:])"
    command = [sys.executable, "-c", code, str(needs), str(offers), str(pairs)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = pairs.read_bytes()
    for moment in (0.0, 0.05, 0.2, 0.4, 0.8):
        pairs.write_text("as it was")
        with subprocess.Popen(command, stdout=subprocess.PIPE) as run:
            run.stdout.readline()
            time.sleep(moment)
            run.kill()
        assert pairs.read_bytes() in (b"as it was", after)


@pytest.mark.parametrize(("needs", "offers"), [([], []), (["N1,cash,1,1,1,1,1,"], []), ([], ["O1,cash,1,1,1,1,"]),
                                               (["N1,cash,1,1,1,1,1,"], ["O1,goods,1,1,1,1,"])])
def test_empty_markets(tmp_path, needs, offers):
    (tmp_path / "needs.csv").write_text("\n".join([NEED_HEAD, *needs, ""]))
    (tmp_path / "offers.csv").write_text("\n".join([OFFER_HEAD, *offers, ""]))
    made = pair_files(tmp_path / "needs.csv", tmp_path / "offers.csv", tmp_path / "pairs.csv",
                      prices_path=tmp_path / "prices.csv")
    assert (made["weight"], made["upper_bound"], made["gap"], made["pairs"]) == (0, 0, 0, 0)
    assert (tmp_path / "pairs.csv").read_text() == "need_id,offer_id,quantity\n"


def test_an_unknown_type_pairs_with_its_equal(tmp_path):
    (tmp_path / "needs.csv").write_text(f"{NEED_HEAD}\nN1,修车,1,1,2,5,400,a\nN2,修鞋,1,1,2,5,400,a\n")
    (tmp_path / "offers.csv").write_text(f"{OFFER_HEAD}\nO1,修车,1,1,1,3,b;a\n")
    made = pair_files(tmp_path / "needs.csv", tmp_path / "offers.csv", tmp_path / "pairs.csv")
    assert (made["weight"], made["units"]) == (2 * (500 + 300 + 200), 2)


def test_areas_are_reported_in_units(tmp_path):
    (tmp_path / "needs.csv").write_text(
        f"{NEED_HEAD},area\nN1,cash,1,1,2,5,0,,360302001\nN2,cash,1,1,3,1,0,,360302002\nN3,job,1,1,1,1,0,,\n")
    (tmp_path / "offers.csv").write_text(f"{OFFER_HEAD}\nO1,cash,1,1,1,3,\n")
    made = pair_files(tmp_path / "needs.csv", tmp_path / "offers.csv", tmp_path / "pairs.csv")
    assert made["areas"] == {"": {"wanted": 1, "given": 0, "share": 0.0},
                             "360302001": {"wanted": 2, "given": 2, "share": 1.0},
                             "360302002": {"wanted": 3, "given": 1, "share": 1 / 3}}


def loaded_by(statement):
    seen = "('flask', 'sqlalchemy', 'werkzeug', 'numba')"
    code = f"{statement}\nimport sys; print(*(m for m in {seen} if m in sys.modules))"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.slow
def test_the_engine_brings_no_web_framework():
    assert loaded_by("from matching.engine import assign, pair_files, plan, verify_files") == ["numba"]


@pytest.mark.slow
def test_the_site_starts_without_the_compiler():
    assert loaded_by("from matching.engine import FileFault, NeedTable, OfferTable, Plan, plan") == []
