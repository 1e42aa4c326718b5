"""Values as readers see them: money, distances, days, counts, shares, masks, addresses of assets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import monotonic

import pytest
from flask import Flask, g
from flask_babel import Babel, force_locale
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import formatting as f
from matching import words
from matching.language import compile_catalogues

TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"
TODAY = date(2026, 11, 23)  # a Monday
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai


@pytest.fixture(autouse=True)
def reader(tmp_path: Path) -> Iterator[Flask]:
    """A reader of Chinese, in a site with nothing but a language and a folder of assets."""
    app = Flask("reader", static_folder=str(tmp_path), static_url_path="/static")
    compile_catalogues(TRANSLATIONS)
    Babel(app, default_locale="zh_Hans", default_translation_directories=str(TRANSLATIONS))
    with app.test_request_context():
        yield app


@pytest.mark.parametrize(("fen", "sentence", "column"), [
    (4_020_000, "40,200 元", "40,200.00"),
    (196_998_000, "1,969,980 元", "1,969,980.00"),
    (8334, "83.34 元", "83.34"),
    (5, "0.05 元", "0.05"),
    (0, "0 元", "0.00"),
    (-4_020_005, "-40,200.05 元", "-40,200.05"),
    (10**17, "1,000,000,000,000,000 元", "1,000,000,000,000,000.00"),
])
def test_money_is_exact_to_the_fen(fen: int, sentence: str, column: str) -> None:
    assert f.money(fen) == sentence
    assert f.money_plain(fen) == column


@pytest.mark.parametrize(("fen", "headline"), [
    (196_998_000, "197.00 万元"), (619_050_000, "619.05 万元"), (500_000, "0.50 万元"), (499, "0.00 万元"),
    (14_000_000_000, "14,000.00 万元")])
def test_headline_money_is_in_wan_with_two_decimals(fen: int, headline: str) -> None:
    assert f.money_wan(fen) == headline


def test_english_has_no_wan_and_shows_whole_yuan() -> None:
    with force_locale("en"):
        assert f.money_wan(196_998_049) == "¥1,969,980"


def test_english_values() -> None:
    with force_locale("en"):
        assert f.money(4_020_050) == "¥40,200.50"
        assert f.distance(14_200) == "14.2 km"
        assert f.distance_about(14_200) == "about 14 km"
        assert f.due(TODAY - timedelta(1), TODAY).text.startswith("1 day ")
        assert f.due(TODAY - timedelta(12), TODAY).text.startswith("12 days ")
        assert f.counted(1, "household") == "1 household"
        assert f.counted(937, "household") == "937 households"
        assert f.waited(1) != f.waited(2).replace("2", "1"), "days in the plural"


@pytest.mark.parametrize(("metres", "exact", "about"), [
    (14_249.0, "14.2 公里", "约 14 公里"), (14_250.0, "14.3 公里", "约 14 公里"), (90.0, "0.1 公里", "不到 1 公里"),
    (0.0, "0.0 公里", "不到 1 公里"), (999.9, "1.0 公里", "不到 1 公里"), (1500.0, "1.5 公里", "约 2 公里"),
    (1_204_300.0, "1,204 公里", "约 1,204 公里"), (None, "距离不详", "距离不详")])
def test_distances_are_in_kilometres(metres: float | None, exact: str, about: str) -> None:
    assert f.distance(metres) == exact
    assert f.distance_about(metres) == about


def test_days_carry_the_weekday_and_the_year_only_when_it_is_another() -> None:
    assert f.day(TODAY, TODAY) == "11 月 23 日 星期一"
    assert f.day(date(2025, 1, 5), TODAY) == "2025 年 1 月 5 日 星期日"
    assert f.day_short(TODAY, TODAY) == "11 月 23 日"
    assert f.day_short(date(2027, 3, 1), TODAY) == "2027 年 3 月 1 日"
    assert f.day_iso(TODAY) == "2026-11-23"


def test_english_days() -> None:
    with force_locale("en"):
        assert f.day(TODAY, TODAY) == "Mon 23 Nov"
        assert f.day(date(2025, 1, 5), TODAY) == "Sun 5 Jan 2025"
        assert f.day_short(TODAY, TODAY) == "23 Nov"


def test_an_instant_falls_on_its_day_in_shanghai() -> None:
    late = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)  # half past midnight, on the 23rd
    assert f.shanghai_day(late) == TODAY
    assert f.day_short(late, TODAY) == "11 月 23 日"
    assert f.clock(late) == "00:30"
    assert f.shanghai_day(TODAY) == TODAY


@pytest.mark.parametrize(("before", "said"), [
    (timedelta(hours=1), "今天 11:00"), (timedelta(hours=12), "今天 00:00"),
    (timedelta(hours=12, minutes=1), "昨天 23:59"), (timedelta(days=2), "11 月 21 日 12:00"),
    (timedelta(days=365), "2025 年 11 月 23 日 12:00"), (timedelta(days=-1), "11 月 24 日 12:00")])
def test_moments_are_said_as_people_say_them(before: timedelta, said: str) -> None:
    assert f.moment(NOON - before, NOON) == said


@pytest.mark.parametrize(("days", "text", "kind"), [
    (-12, "超期 12 天", "late"), (-1, "超期 1 天", "late"), (0, "今天", "open"), (1, "明天", ""),
    (4, "11 月 27 日 周五", ""), (60, "2027 年 1 月 22 日 周五", "")])
def test_until_dates_are_late_today_or_a_day(days: int, text: str, kind: str) -> None:
    assert f.due(TODAY + timedelta(days), TODAY) == f.Due(text, kind)


def test_waiting_is_counted_in_days() -> None:
    assert [f.waited(days) for days in (0, 1, 63, 1200)] == ["今天报来", "等了 1 天", "等了 63 天", "等了 1,200 天"]


def test_one_share_has_one_decimal() -> None:
    said = [f.percent(share) for share in (0, 0.0995, 0.64, 1, 0.9996)]
    assert said == ["0.0%", "10.0%", "64.0%", "100.0%", "100.0%"]


def test_four_sources_sum_to_a_hundred() -> None:
    assert f.percents([4000, 16200, 4000, 16000]) == ["10.0%", "40.3%", "9.9%", "39.8%"]
    assert f.percents([0, 0]) == ["0.0%", "0.0%"]
    assert f.percents([]) == []


@pytest.mark.slow
@settings(deadline=None)
@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=12).filter(any))
def test_shares_always_sum_to_a_hundred_and_are_never_off_by_a_tenth(parts: list[int]) -> None:
    tenths = [round(float(share.removesuffix("%")) * 10) for share in f.percents(parts)]
    assert sum(tenths) == 1000
    assert all(abs(tenth - part * 1000 / sum(parts)) < 1 for tenth, part in zip(tenths, parts, strict=True))


@pytest.mark.parametrize("unit", words.COUNTED)
def test_counts_carry_their_unit(unit: str) -> None:
    said = f.counted(1937, unit)
    assert said.startswith("1,937 ")
    assert len(said) > len("1,937 ")


def test_things_in_a_row() -> None:
    assert f.listed(["小学", "初中"]) == "小学，初中"
    assert f.listed([]) == ""
    with force_locale("en"):
        assert f.listed(word for word in ("a", "b")) == "a, b"


def test_a_count_in_no_unit_is_refused() -> None:
    assert f.counted(937, "household") == "937 户"
    with pytest.raises(ValueError, match="furlong"):
        f.counted(1, "furlong")


@pytest.mark.parametrize("mask", [f.mask_identity, f.mask_phone, f.mask_account])
@pytest.mark.parametrize(("whole", "shown"), [
    ("99010419990101204X", "****204X"), ("13900004471", "****4471"), (" 0592-1234567 ", "****4567"),
    ("1234567", "****"), ("12345678", "****"), ("1", "****"), ("", ""), (None, ""), ("  ", "")])
def test_masks_show_the_last_four_at_most(mask: object, whole: str | None, shown: str) -> None:
    assert callable(mask)
    assert mask(whole) == shown


@settings(deadline=None)
@given(st.text(min_size=1))
def test_no_mask_shows_more_than_four_characters(whole: str) -> None:
    assert len(f.mask_identity(whole).removeprefix("****")) <= 4


def test_assets_change_their_address_with_their_content(
        reader: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.css").write_text("one")
    first = f.asset("a.css")
    assert first.startswith("/static/a.css?v=")
    assert f.asset("a.css") == first
    (tmp_path / "a.css").write_text("another")
    monkeypatch.setattr(f, "monotonic", lambda: monotonic() + f.FRESH_S + 1)
    assert f.asset("a.css") != first


def test_scripts_carry_the_nonce_of_their_answer(tmp_path: Path) -> None:
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "x.js").write_text("")
    g.csp_nonce = 'a"b'
    assert 'nonce="a&#34;b"' in f.script("x")
    assert f.script("x").startswith('<script defer src="/static/js/x.js?v=')
