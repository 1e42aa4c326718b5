"""What if: the same as when the files are really changed and solved again; and the files stay as they are."""

import csv
import json
from collections import Counter

import numpy as np
import pytest

from matching.engine import FileFault, Weights, assign, pair_files, read_needs, read_offers, what_if
from matching.engine.geometry import distance_m, ecef
from tests.engine.markets import OFFER_HEAD, write_county


def rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def really_changed(folder, more=(), radius=None, without=()):
    """The offers after the change, written and read again."""
    lines = [OFFER_HEAD]
    for row in [*rows(folder / "offers.csv"), *more]:
        if row["offer_id"] not in without:
            row = row | {"radius_km": (radius or {}).get(row["offer_id"], row["radius_km"])}
            lines.append(",".join(str(row[name]) for name in OFFER_HEAD.split(",")))
    (folder / "changed.csv").write_text("\n".join(lines) + "\n")
    return folder / "changed.csv"


def by_brute_force(needs_path, offers_path, weights):
    """The greatest sum in other points: every pair looked at one by one, and solved without geography."""
    needs, offers = read_needs(needs_path), read_offers(offers_path)
    here, there = ecef(needs.lat, needs.lon), ecef(offers.lat, offers.lon)
    pairs = []
    for n in range(len(needs.ids)):
        metres = distance_m(here[n], there)
        attr = needs.attrs[needs.attr[n]] if needs.attr[n] >= 0 else ""
        for o in np.flatnonzero(metres <= offers.radius_km * 1000):
            accepts = offers.accept_lists[offers.accepts[o]].split(";") if offers.accepts[o] >= 0 else []
            same = needs.types[needs.type[n]] == offers.types[offers.type[o]]
            if same and (not attr or not accepts or attr in accepts):
                own = weights.urgency * needs.urgency[n] + weights.waiting * min(300, needs.waiting_days[n])
                pairs.append((n, o, own + weights.closeness * max(0, 200 - int(metres[o] // 150))))
    n, o, score = (np.array(column, np.int64) for column in zip(*pairs, strict=True))
    return assign(n, o, score, needs.quantity, offers.capacity).weight


def units(folder, offers_path):
    pair_files(folder / "needs.csv", offers_path, folder / "pairs.csv")
    given = Counter()
    for row in rows(folder / "pairs.csv"):
        given[row["need_id"]] += int(row["quantity"])
    return given


def check(found, folder, changed, weights=None):
    """Weight and proof as when solved again; the lists are the whole difference between two plans."""
    weights = weights or Weights()
    before = pair_files(folder / "needs.csv", folder / "offers.csv", folder / "pairs.csv")
    assert found.weight_before == before["weight"]
    assert found.units_before == before["units"]
    assert found.asked_after == found.upper_bound == by_brute_force(folder / "needs.csv", changed, weights)
    for some, sign in ((found.gains, 1), (found.losses, -1), (found.otherwise, 0)):
        assert all(np.sign(one.units_after - one.units_before) == sign for one in some)
    every = found.gains + found.losses + found.otherwise
    assert len({one.need for one in every}) == len(every)
    assert sum(one.points_after - one.points_before for one in every) == found.weight_after - found.weight_before
    assert sum(one.units_after - one.units_before for one in every) == found.units_after - found.units_before
    given = units(folder, folder / "offers.csv")
    assert all(one.units_before == given[one.need] for one in every)


@pytest.fixture(params=range(3))
def folder(request, tmp_path):
    write_county(tmp_path, request.param, needs=90, offers=30)
    return tmp_path


@pytest.mark.slow
def test_an_offer_more_a_radius_wider_one_gone(folder):
    before = (folder / "offers.csv").read_bytes()
    first, second, *_ = (row["offer_id"] for row in rows(folder / "offers.csv"))
    more = [rows(folder / "offers.csv")[5] | {"offer_id": "new", "capacity": "9", "accepts": "", "radius_km": "40"}]
    (folder / "more.csv").write_text(f"{OFFER_HEAD}\n" + ",".join(more[0][x] for x in OFFER_HEAD.split(",")) + "\n")
    changed = really_changed(folder, more, {first: 60.0}, [second])
    found = what_if(folder / "needs.csv", folder / "offers.csv", more_path=folder / "more.csv", radius_km={first: 60.0},
                    without=[second])
    check(found, folder, changed)
    one = what_if(folder / "needs.csv", folder / "offers.csv", more_path=folder / "more.csv")
    check(one, folder, really_changed(folder, more))
    assert one.weight_after >= one.weight_before
    assert (folder / "offers.csv").read_bytes() == before


@pytest.mark.parametrize("weights", [Weights(urgency=0), Weights(waiting=7), Weights(closeness=0), Weights(20, 2, 5)])
@pytest.mark.slow
def test_other_points(folder, weights):
    found = what_if(folder / "needs.csv", folder / "offers.csv", weights=weights)
    check(found, folder, folder / "offers.csv", weights)
    assert found.weight_after <= found.weight_before  # no plan is worth more in the points in force
    assert found.asked_after >= found.asked_before


@pytest.mark.slow
def test_nothing_changes_when_nothing_is_asked(tmp_path):
    write_county(tmp_path, 4, needs=60, offers=20)
    found = what_if(tmp_path / "needs.csv", tmp_path / "offers.csv")
    assert (found.gains, found.losses, found.otherwise) == ([], [], [])
    assert found.weight_before == found.weight_after == found.asked_after == found.upper_bound


def test_offers_that_are_there_already_or_are_not(tmp_path):
    needs, offers = write_county(tmp_path, 4, needs=60, offers=20)
    with pytest.raises(FileFault) as twice:
        what_if(needs, offers, more_path=offers)
    assert (twice.value.code, twice.value.line, twice.value.values) == ("there", 2, {"found": "O0000"})
    for change in ({"without": ["Q"]}, {"radius_km": {"Q": 3.0}}):
        with pytest.raises(FileFault) as missing:
            what_if(needs, offers, **change)
        assert (missing.value.code, missing.value.values) == ("not_there", {"found": "Q"})


@pytest.mark.one_database
@pytest.mark.slow
def test_the_command_says_it_in_both_languages_and_saves_nothing(app, tmp_path):
    needs, offers = write_county(tmp_path, 1, needs=90, offers=30)
    before = {path: path.read_bytes() for path in (needs, offers)}

    def call(*options):
        return app.test_cli_runner().invoke(args=["match", "what-if", str(needs), str(offers), *options])

    chinese = call("--radius", "O0002=30", "--urgency", "0", "--report", str(tmp_path / "what.json"))
    assert chinese.exit_code == 0, chinese.output
    assert "总分" in chinese.output
    assert "按新的分数算" in chinese.output
    said = json.loads((tmp_path / "what.json").read_text())
    assert len(chinese.output.splitlines()) == 3 + sum(len(said[name]) for name in ("gains", "losses", "otherwise"))
    english = call("--radius", "O0002=30", "--language", "en")
    assert "Nothing is saved." in english.output
    assert "%(" not in english.output
    assert {path: path.read_bytes() for path in before} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["needs.csv", "offers.csv", "what.json"]
    wrong = call("--radius", "O0002")
    assert wrong.exit_code == 2
    assert "OFFER=KM" in wrong.output
    gone = call("--without", "nobody")
    assert gone.exit_code == 2
    assert "there is no nobody" in gone.output
