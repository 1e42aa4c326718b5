"""The verifier catches each kind of tampering; it shares no code with the solver."""

import ast
import shutil
from pathlib import Path

import pytest

from matching.engine import pair_files, verify_files
from tests.engine.markets import write_county

FILES = ("needs", "offers", "pairs", "prices")


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("solved")
    needs, offers = write_county(folder, 11)
    pair_files(needs, offers, folder / "pairs.csv", prices_path=folder / "prices.csv")
    return folder


@pytest.fixture
def folder(solved, tmp_path):
    return Path(shutil.copytree(solved, tmp_path / "tampered"))


def verdict(folder):
    return verify_files(*(str(folder / f"{name}.csv") for name in FILES))


def rows(folder, name):
    head, *lines = (folder / f"{name}.csv").read_text().splitlines()
    return head, [line.split(",") for line in lines]


def write(folder, name, head, lines):
    (folder / f"{name}.csv").write_text("\n".join([head, *(",".join(cells) for cells in lines), ""]))


def change(folder, name, row, column, text):
    head, lines = rows(folder, name)
    lines[row][column] = text
    write(folder, name, head, lines)


def codes(folder):
    return {fault.code for fault in verdict(folder).faults}


def need_and_offer(folder, pair):
    """The rows of the need and the offer of a pair."""
    need, offer, _ = rows(folder, "pairs")[1][pair]
    return tuple(next(i for i, cells in enumerate(rows(folder, name)[1]) if cells[0] == wanted)
                 for name, wanted in (("needs", need), ("offers", offer)))


def test_an_honest_plan_is_accepted(folder):
    found = verdict(folder)
    assert (found.ok, found.gap, found.upper_bound) == (True, 0, found.weight)


def test_without_prices_there_is_no_bound(folder):
    found = verify_files(*(str(folder / f"{name}.csv") for name in FILES[:3]))
    assert (found.ok, found.upper_bound) == (True, None)


@pytest.mark.parametrize(("column", "text", "code"), [
    (0, "N99999", "unknown_need"), (1, "O99999", "unknown_offer"), (2, "0", "quantity"), (2, "-1", "quantity"),
    (2, "1.0", "quantity"), (2, "1000", "need_over"), (2, "1000", "offer_over"),
])
def test_a_pair_that_cannot_be(folder, column, text, code):
    change(folder, "pairs", 3, column, text)
    assert code in codes(folder)


def test_a_pair_listed_twice(folder):
    head, lines = rows(folder, "pairs")
    write(folder, "pairs", head, [*lines, lines[0]])
    assert codes(folder) == {"repeated_pair"}


def test_types_that_differ(folder):
    need, _ = need_and_offer(folder, 0)
    change(folder, "needs", need, 1, "housing")
    assert "types" in codes(folder)


def test_a_condition_that_is_not_met(folder):
    need, offer = need_and_offer(folder, 0)
    change(folder, "needs", need, 7, "x")
    change(folder, "offers", offer, 6, "y;z")
    assert "attr" in codes(folder)


def test_a_need_beyond_the_radius(folder):
    need, _ = need_and_offer(folder, 0)
    change(folder, "needs", need, 2, "29.5")
    assert "too_far" in codes(folder)


def test_a_weaker_plan_shows_its_gap_and_a_price_that_proves_nothing(folder):
    honest = verdict(folder)
    head, lines = rows(folder, "pairs")
    write(folder, "pairs", head, lines[1:])
    found = verdict(folder)
    assert found.weight < honest.weight
    assert found.upper_bound == honest.upper_bound
    assert found.gap > 0


def test_an_offer_with_a_price_that_is_not_full(folder):
    priced = next(cells[0] for cells in rows(folder, "prices")[1] if cells[1] != "0")
    head, lines = rows(folder, "pairs")
    write(folder, "pairs", head, [cells for cells in lines if cells[1] != priced])
    assert codes(folder) == {"unsold_price"}


@pytest.mark.parametrize(("column", "text", "code"), [
    (1, "-1", "price"), (1, "nan", "price"), (1, "1e400", "price"), (0, "O99999", "unknown_price")])
def test_a_bad_price(folder, column, text, code):
    change(folder, "prices", 2, column, text)
    assert codes(folder) == {code}


def test_a_price_given_twice(folder):
    head, lines = rows(folder, "prices")
    write(folder, "prices", head, [*lines, lines[0]])
    assert codes(folder) == {"repeated_price"}


def test_lowered_prices_prove_less(folder):
    honest = verdict(folder)
    head, lines = rows(folder, "prices")
    write(folder, "prices", head, [[cells[0], "0"] for cells in lines])
    found = verdict(folder)
    assert found.upper_bound > honest.upper_bound
    assert found.gap > 0


def test_the_bound_is_compared_with_the_plan(folder, monkeypatch):
    """No price makes the bound too low, so the comparison is tried with allowed pairs hidden from it."""
    monkeypatch.setattr("matching.engine.verify._allowed", lambda *_: [])
    write(folder, "prices", "offer_id,price", [])
    assert codes(folder) == {"unproven"}


@pytest.mark.parametrize(("name", "row", "column", "text", "code"), [
    ("needs", 4, 4, "0", "values"), ("needs", 4, 5, "6", "values"), ("needs", 4, 2, "x", "values"),
    ("offers", 4, 5, "1.5", "values"), ("offers", 4, 4, "-1", "values"), ("needs", 4, 0, "N00001", "twice"),
])
def test_files_that_cannot_be_used(folder, name, row, column, text, code):
    change(folder, name, row, column, text)
    assert codes(folder) == {code}


@pytest.mark.parametrize("name", FILES)
def test_missing_files_and_columns(folder, name):
    path = folder / f"{name}.csv"
    path.write_text("a,b\n1,2\n")
    assert codes(folder) == {"columns"}
    path.unlink()
    assert codes(folder) == {"unreadable"}


def test_the_verifier_shares_nothing_with_the_solver():
    source = Path(__import__("matching.engine.verify", fromlist=["x"]).__file__).read_text()
    imported = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {getattr(node, "module", None) or node.names[0].name for node in imported}
    assert not {name for name in names if name.startswith("matching")}
