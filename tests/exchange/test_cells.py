"""What one cell means."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.exchange.cells import Cell, amount_fen, number, read_date, split, squeezed, text, whole

MAY_2014 = date(2014, 5, 1)


@pytest.mark.parametrize("written", [
    "2014-05", "2014-5", "2014年5月", "2014年05月份", "2014.5", "2014.05", "2014/5", "２０１４／５", " 2014 年 5 月 ",
    "201405", 201405.0, "14年5月", "二〇一四年五月", "2014-05-01 00:00:00"])
def test_every_form_with_year_and_month_is_read(written: Cell) -> None:
    assert read_date(written).on == MAY_2014
    assert not read_date(written).fault


@pytest.mark.parametrize("written", [
    "2014-05-17", "2014年5月17日", "2014.5.17", "2014/05/17", "２０１４／５/17", 41776.0, "41776", 20140517.0,
    "20140517", date(2014, 5, 17), datetime(2014, 5, 17, 8, 30), "二零一四年五月十七日"])  # noqa: DTZ001  sheets know no zones
def test_every_form_with_a_day_is_read(written: Cell) -> None:
    reading = read_date(written)
    assert (reading.on, reading.has_day) == (date(2014, 5, 17), True)


def test_a_number_that_may_have_lost_its_zero_is_not_guessed() -> None:
    assert read_date(2014.1).fault == "date_ambiguous"
    assert read_date("2014.1").on == date(2014, 1, 1)  # as text the zero would still be there
    assert read_date(2014.11).on == date(2014, 11, 1)
    assert read_date(2014.0).fault == "date_ambiguous"


@pytest.mark.parametrize("written", ["2014-13", "2014年2月30日", "不详", "去年", True, 3.5, "2014-0"])
def test_what_is_no_date_says_so(written: Cell) -> None:
    assert read_date(written).on is None
    assert read_date(written).fault == "date_unknown"


def test_an_empty_cell_is_no_fault() -> None:
    assert read_date(None) == read_date("") == read_date(" 　")
    assert not read_date("").fault


@given(st.dates(date(1950, 1, 1), date(2090, 12, 31)))
def test_excel_serials_are_the_days_they_stand_for(day: date) -> None:
    assert read_date(float((day - date(1899, 12, 30)).days)).on == day


@pytest.mark.parametrize(("written", "fen"), [
    ("1,200", 120000), ("1200元", 120000), ("0.8万元", 800000), ("６４", 6400), (350.5, 35050), ("3600元/年", 30000),
    ("500元/月", 50000), ("人民币300元整", 30000), (0.0, 0), ("1.2万", 1200000), ("￥80", 8000)])
def test_amounts_in_every_notation(written: Cell, fen: int) -> None:
    assert amount_fen(written) == fen


@pytest.mark.parametrize("written", ["不详", "约五百", "500-800", "-20", "", "低保金"])
def test_unreadable_amounts_are_none(written: Cell) -> None:
    assert amount_fen(written) is None


def test_the_header_may_name_the_unit_of_an_amount() -> None:
    assert amount_fen(1.2, scale=10000) == 1200000
    assert amount_fen(12000.0, months=12) == 100000
    assert amount_fen("800元", scale=10000) == 80000  # the cell's own unit goes first


@pytest.mark.parametrize(("written", "quantity"), [
    (46.0, 46), ("46人", 46), ("５７", 57), ("1.2万元", 12000), ("20,262", 20262), ("44", 44), ("2 袋", 2)])
def test_quantities_in_every_notation(written: Cell, quantity: int) -> None:
    assert whole(written) == quantity


@pytest.mark.parametrize("written", ["若干", "", "0", -3.0, "1.5", "几个", "2-3"])
def test_what_is_no_quantity_is_none(written: Cell) -> None:
    assert whole(written) is None


def test_text_of_cells() -> None:
    assert text(3603020010005.0) == "3603020010005"
    assert text(3.60302197407279e17) == "3.60302197407279e+17"
    assert text(" ＡＢ１ ") == "AB1"
    assert text(None) == ""
    assert squeezed("刘　志 ") == "刘志"
    assert squeezed("豈") == "豈"  # a compatibility ideograph in a name stays what it is
    assert split("资金、物资，就业；看病/买药\n助学|照料") == ["资金", "物资", "就业", "看病", "买药", "助学", "照料"]
    assert number("1,20") is None
