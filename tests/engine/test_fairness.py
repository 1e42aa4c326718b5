"""Fairness: the worst-served area's share rises, no more is given up than allowed, and linear programming agrees."""

import json
import random

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import csr_matrix, hstack, vstack

from matching.cli_match import match
from matching.engine import FileFault, pair_files, verify_files
from matching.engine.files import read_needs, read_offers
from matching.engine.pairing import graph_of, types_of
from tests.engine.markets import NEED_HEAD, OFFER_HEAD, write_county


def by_highs(folder, give_up, kept=None):
    """The highest worst share that a plan in whole units can have, by integer programming; of the areas that are not
    `kept`, which have at least so many units."""
    needs, offers = read_needs(folder / "needs.csv"), read_offers(folder / "offers.csv")
    parts = []
    for rows in types_of(needs, offers):
        ni, oi, graph = graph_of(needs, offers, *rows)
        k = np.repeat(np.arange(len(ni)), np.diff(graph.start))
        parts.append((ni[k], oi[graph.other], graph.base_a[k] + graph.part))
    n, o, score = (np.concatenate(x) for x in zip(*parts, strict=True))
    pairs, one = np.arange(len(n)), np.ones(len(n))
    limits = vstack([csr_matrix((one, (n, pairs)), (len(needs.ids), len(n))),
                     csr_matrix((one, (o, pairs)), (len(offers.ids), len(n)))])
    most = np.r_[needs.quantity, offers.capacity]
    best = -milp(-score, constraints=LinearConstraint(limits, ub=most)).fun
    known, all_known = needs.area[n] >= 0, needs.area >= 0
    wanted = np.bincount(needs.area[all_known], needs.quantity[all_known], len(needs.areas))
    least = np.array([(kept or {}).get(area, 0) for area in needs.areas])
    given = csr_matrix((-one[known], (needs.area[n][known], pairs[known])), (len(wanted), len(n)))
    rows = vstack([hstack([limits, csr_matrix((limits.shape[0], 1))]),
                   hstack([csr_matrix(-score[None, :]), csr_matrix((1, 1))]),
                   hstack([given, csr_matrix((wanted * (least == 0))[:, None])])]).tocsr()
    fairest = milp(np.r_[np.zeros(len(n)), -1], integrality=np.r_[np.ones(len(n)), 0], options={"mip_rel_gap": 1e-6},
                   constraints=LinearConstraint(rows, ub=np.r_[most, -(1 - give_up) * best, -least]))
    assert fairest.status == 0
    return -fairest.fun


def solved(folder, give_up, **options):
    return pair_files(folder / "needs.csv", folder / "offers.csv", folder / "pairs.csv",
                      prices_path=folder / "prices.csv", fairness=give_up, **options)


@pytest.mark.parametrize(("seed", "size", "give_up"), [(1, (90, 20), 0.005), (2, (120, 24), 0.01),
                                                       (8, (120, 24), 0.02)])
@pytest.mark.slow
def test_the_worst_share_is_the_highest_that_can_be(tmp_path, seed, size, give_up):
    write_county(tmp_path, seed, *size, areas=True)
    made, highest = solved(tmp_path, give_up), by_highs(tmp_path, give_up)
    assert made["worst_share_before"] <= made["worst_share"] == pytest.approx(highest, abs=2e-5)
    assert highest < made["worst_share_bound"] + 2e-5
    assert made["weight"] >= (1 - give_up) * made["best_weight"]
    assert made["upper_bound"] == made["best_weight"]
    shares = {area: said["share"] for area, said in made["areas"].items() if area}
    assert made["worst_share"] == min(shares.values()) == shares[made["worst_area"]]
    files = [str(tmp_path / f"{name}.csv") for name in ("needs", "offers", "pairs", "prices")]
    verdict = verify_files(*files, fair=True)
    assert (verdict.ok, verdict.weight, verdict.upper_bound) == (True, made["weight"], made["upper_bound"])


@pytest.mark.slow
def test_an_area_that_cannot_have_more_holds_up_no_other(tmp_path):
    write_county(tmp_path, 6, 120, 24, areas=True)
    made = solved(tmp_path, 0.005)
    at_most = made["areas_at_most"]
    assert 0 < len(at_most) < 6
    kept = {area: made["areas"][area]["given"] for area in at_most}
    assert made["worst_share"] == pytest.approx(by_highs(tmp_path, 0.005), abs=2e-5)
    assert made["worst_share"] < made["others_worst_share"] == pytest.approx(by_highs(tmp_path, 0.005, kept), abs=2e-5)
    assert made["others_worst_share_before"] < made["others_worst_share"]


@pytest.mark.slow
def test_nothing_to_give_up_is_the_best_plan(tmp_path):
    write_county(tmp_path, 4, areas=True)
    made = solved(tmp_path, 0.0)
    assert made["weight"] == made["best_weight"] == made["upper_bound"]


@pytest.mark.slow
def test_neither_row_order_nor_workers_change_a_byte(tmp_path):
    needs, _ = write_county(tmp_path, 5, areas=True)
    solved(tmp_path, 0.02, workers=1)
    before = (tmp_path / "pairs.csv").read_bytes()
    head, *rows = needs.read_text().splitlines()
    random.Random(1).shuffle(rows)
    needs.write_text("\n".join([head, *rows, ""]))
    solved(tmp_path, 0.02, workers=3)
    assert (tmp_path / "pairs.csv").read_bytes() == before


def test_without_areas_it_is_refused(tmp_path):
    write_county(tmp_path, 6)
    with pytest.raises(FileFault, match="no_column"):
        solved(tmp_path, 0.1)
    assert not (tmp_path / "pairs.csv").exists()


def test_an_area_that_nobody_reaches_stays_the_worst(tmp_path):
    (tmp_path / "needs.csv").write_text(
        f"{NEED_HEAD},area\nA,cash,0,0,1,5,0,,1\nB,cash,0,0,1,3,0,,1\nC,cash,0,0,1,2,0,,2\nD,cash,0,0,1,1,0,,2\n"
        "E,cash,9,9,1,1,0,,3\nF,job,0,0,1,1,0,,\n")
    (tmp_path / "offers.csv").write_text(f"{OFFER_HEAD}\nP,cash,0,0,5,2,\n")
    made = solved(tmp_path, 0.9)
    assert (made["worst_area"], made["worst_share"], made["worst_share_before"]) == ("3", 0, 0)
    assert {area: said["given"] for area, said in made["areas"].items()} == {"": 0, "1": 1, "2": 1, "3": 0}


@pytest.mark.slow
def test_the_command(tmp_path):
    write_county(tmp_path, 1, areas=True)
    files = [str(tmp_path / f"{name}.csv") for name in ("needs", "offers", "pairs")]
    report, prices = str(tmp_path / "r.json"), str(tmp_path / "p.csv")
    done = CliRunner().invoke(match, ["solve", *files, "--fairness", "0.01", "--report", report, "--prices", prices])
    assert done.exit_code == 0, done.output
    said = json.loads((tmp_path / "r.json").read_text())
    assert {"best_weight", "worst_area", "worst_share", "worst_share_before", "worst_share_bound"} <= set(said)
    assert CliRunner().invoke(match, ["verify", *files, "--prices", prices, "--fair"]).exit_code == 0
    assert CliRunner().invoke(match, ["solve", *files, "--fairness", "1.5"]).exit_code == 2
