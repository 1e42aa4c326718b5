"""`match explain`: sentences in both languages, and everything as JSON."""

import json

import pytest

from matching import words_reasons as words
from matching.engine import explain, pair_files
from tests.engine.markets import write_county


@pytest.fixture
def call(app, tmp_path):
    needs, offers = write_county(tmp_path, 1, needs=160, offers=50)
    pair_files(needs, offers, tmp_path / "pairs.csv")

    def called(*options):
        files = [str(tmp_path / f"{name}.csv") for name in ("needs", "offers", "pairs")]
        return app.test_cli_runner().invoke(args=["match", "explain", *files, *options])
    return called


@pytest.mark.slow
@pytest.mark.one_database
def test_both_languages_and_the_report(call, tmp_path):
    report = tmp_path / "reasons.json"
    chinese = call("--report", str(report), "--near", "3")
    assert chinese.exit_code == 0, chinese.output
    assert "份帮助，由" in chinese.output
    assert "%(" not in chinese.output
    found = json.loads(report.read_text())
    assert len(chinese.output.splitlines()) == sum(len(reasons) for reasons in found.values())
    pair = found["pairs"][0]
    english = call("--id", pair["need"], "--language", "en")
    score = sum(pair[f"{part}_points"] for part in ("urgency", "waiting", "closeness"))
    assert f"{pair['need']} is given {pair['units']} by {pair['offer']}. Each scores {score}" in english.output


@pytest.mark.slow
@pytest.mark.one_database
def test_another_plan_ends_with_2(call, tmp_path):
    (tmp_path / "pairs.csv").write_text("need_id,offer_id,quantity\n")
    done = call()
    assert done.exit_code == 2
    assert "not the best plan of these two files" in done.output


def test_every_code_has_its_sentence():
    assert {*words.STILL_OPEN} == {*explain.OPEN_CODES, "taken_at_any_level"}
    assert {*words.LEFT_OVER} == {*explain.LEFT_CODES}
    assert {*words.NEAR_MISSES} == {code + more for code in explain.MISS_CODES for more in ("", "_others")}
