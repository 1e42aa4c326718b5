"""What one more unit would be worth is what comes out when it is really added and the files are solved again."""

import json

import pytest
from click.testing import CliRunner

from matching.cli_explain import scarcity
from matching.engine import pair_files
from matching.engine.scarcity import scarcity_of_files
from tests.engine.markets import write_county


@pytest.fixture(params=range(2))
def county(request, tmp_path):
    write_county(tmp_path, request.param, needs=200, offers=40, areas=True)
    return tmp_path


def weight(folder):
    return pair_files(folder / "needs.csv", folder / "offers.csv", folder / "pairs.csv")["weight"]


@pytest.mark.slow
def test_a_new_offer_is_worth_what_was_said(county):
    found = scarcity_of_files(county / "needs.csv", county / "offers.csv", 4.0).recruits
    before, offers = weight(county), (county / "offers.csv").read_text()
    assert len({r.area for r in found}) == 7
    assert [r.worth for r in found] == sorted((r.worth for r in found), reverse=True)
    for r in found:
        (county / "offers.csv").write_text(f"{offers}NEW,{r.type},{r.lat},{r.lon},{r.radius_km},1,\n")
        assert weight(county) - before == r.worth


@pytest.mark.slow
def test_one_unit_more_of_an_offer_is_worth_what_was_said(county):
    more = {m.offer: m.worth for m in scarcity_of_files(county / "needs.csv", county / "offers.csv").more}
    before, (head, *lines) = weight(county), (county / "offers.csv").read_text().splitlines()
    for i, line in enumerate(lines):
        *cells, capacity, accepts = line.split(",")
        changed = [*lines[:i], ",".join([*cells, str(int(capacity) + 1), accepts]), *lines[i + 1:]]
        (county / "offers.csv").write_text("\n".join([head, *changed, ""]))
        assert weight(county) - before == more.get(cells[0], 0)


def test_a_type_that_nobody_offers_counts_in_full(tmp_path):
    needs, offers = write_county(tmp_path, 3, needs=20, offers=10)
    needs.write_text(needs.read_text() + "X,repair,27.6,113.8,1,5,400,any\n")
    found = scarcity_of_files(needs, offers, 500.0).recruits
    assert max(r.worth for r in found if r.type == "repair") > 800


def test_the_command(county):
    files = [str(county / f"{name}.csv") for name in ("needs", "offers")]
    done = CliRunner().invoke(scarcity, [*files, "--top", "3", "--report", str(county / "r.json")])
    assert done.exit_code == 0, done.output
    best = json.loads((county / "r.json").read_text())["recruits"][0]
    assert done.output.splitlines()[1].split("\t")[:3] == [str(best["worth"]), best["type"], best["area"] or "-"]
    assert len(done.output.splitlines()) == 4
    assert CliRunner().invoke(scarcity, [files[0], files[0]]).exit_code == 2
