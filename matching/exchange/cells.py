"""What one cell means: text, whole numbers, amounts and dates in every notation that registers use."""

from __future__ import annotations

import calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

__all__ = ["Cell", "DateReading", "amount_fen", "number", "read_date", "split", "squeezed", "text", "whole"]

Cell = str | float | int | bool | date | datetime | time | timedelta | None

_EXCEL_DAYS = (14611, 73050)  # 1940-01-01 to 2099-12-31 as Excel counts days
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[-+]?\.\d+")
_WORDS_OF_AMOUNT = re.compile(r"^(?:人民币|RMB|[¥￥])?(?P<number>.+?)(?P<scale>[万千百]?)[元块圆]?整?"
                              r"(?P<per>[/每]?个?[月年]|[/每]人)?$", re.IGNORECASE)
_UNIT = re.compile(r"^(?P<number>[^一-鿿]*?)(?P<scale>[万千百]?)(?P<unit>[一-鿿a-zA-Z㎏]{0,4})$")
_SPELT = re.compile(r"^([一二两三四五六七八九十]{1,3})[次人个件床台套袋户间份名张把桶斤吨元辆只双顶天月年]$")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_KEPT_AS_TEXT = frozenset("='‘’`")
_SCALE = {"": 1, "百": 100, "千": 1000, "万": 10000}
_SEPARATORS = re.compile(r"[、,，;；\n\r/|+＋]+")
_CHINESE_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_CHINESE_DATE = re.compile(r"^([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月份?"
                           r"(?:([一二三四五六七八九十]{1,3})[日号])?$")
_DATE = re.compile(r"^(?P<y>\d{4})\s*[-./年\\]\s*(?P<m>\d{1,2})\s*(?:[-./月\\]\s*(?P<d>\d{1,2})\s*[日号]?|月份?)?"
                   r"(?:[T\s]+\d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d+)?)?)?$")
_SHORT_YEAR = re.compile(r"^(\d{2})年(\d{1,2})月(?:份)?(?:(\d{1,2})[日号])?$|^(\d{2})[-./](\d{1,2})[-./](\d{1,2})$")
_YEAR_LAST = re.compile(r"^(\d{1,2})[-./](\d{1,2})[-./](\d{4})$")
_PIVOT = 50
"""Years of two digits: below it 20.., from it on 19..."""
_COMPACT = re.compile(r"^((?:19|20)\d{2})(\d{2})(\d{2})?$")


def text(cell: Cell) -> str:
    """A cell as text: full-width folded, blanks at the ends dropped; whole numbers without `.0`.

    What only keeps numbers from being taken for numbers goes too: ="0123", a leading apostrophe, unseen marks.
    """
    if isinstance(cell, str):
        folded = cell.strip() if cell.isascii() else _UNSEEN.sub("", unicodedata.normalize("NFKC", cell)).strip()
        return _as_text(folded) if folded[:1] in _KEPT_AS_TEXT else folded
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return str(cell)


def _as_text(written: str) -> str:
    if written.startswith('="') and written.endswith('"'):
        return written[2:-1].strip()
    return written[1:].strip() if written[0] in "'‘’`" and len(written) > 1 else written


def squeezed(cell: Cell) -> str:
    """`text` without any blank inside; the letters of names are not folded further."""
    if isinstance(cell, str):
        bare = "".join((cell if cell.isascii() else _UNSEEN.sub("", cell.translate(_NARROW))).split())
        return _as_text(bare) if bare[:1] in _KEPT_AS_TEXT else bare
    return re.sub(r"\s+", "", text(cell))


def number(written: str) -> Decimal | None:
    """A plain number with or without thousands commas, or None."""
    written = re.sub(r"\s+", "", written)
    if not _NUMBER.fullmatch(written):
        return None
    try:
        return Decimal(written.replace(",", ""))
    except InvalidOperation:
        return None


def amount_fen(cell: Cell, *, scale: int = 1, months: int = 1) -> int | None:
    """An amount in whole fen, or None when it cannot be read: 1,200 / 1200元 / 0.8万元 / ６４.

    `scale` is the unit that the column's header names (10000 for 万元), `months` the period (12 for a year);
    a unit in the cell itself goes before the header's.
    """
    match = _WORDS_OF_AMOUNT.match(re.sub(r"\s+", "", text(cell)))
    value = number(match["number"]) if match else None
    if match is None or value is None or value < 0:
        return None
    per = match["per"] or ""
    period = 12 if "年" in per else 1 if "月" in per else months
    factor = _SCALE[match["scale"]] if match["scale"] or "元" in text(cell) else scale
    return int((value * factor * 100 / period).to_integral_value())


def whole(cell: Cell) -> int | None:
    """A quantity as a whole number of at least 1 (46人, ５７, 1.2万元, 1,200, 两次), or None."""
    written = re.sub(r"\s+", "", text(cell))
    if spelt := _SPELT.match(written):
        return int(_chinese(spelt[1].replace("两", "二")) or 0) or None
    match = _UNIT.match(written)
    value = number(match["number"]) if match else None
    if match is None or value is None:
        return None
    value *= _SCALE[match["scale"]]
    return int(value) if value == value.to_integral_value() and value >= 1 else None


def split(written: str) -> list[str]:
    """The parts of a cell that holds several things: 、 ， ； / | + and line breaks part them."""
    return [part.strip() for part in _SEPARATORS.split(written) if part.strip()]


@dataclass(frozen=True, slots=True)
class DateReading:
    """A date, and whether its day was given; or the fault `date_ambiguous` or `date_unknown`."""

    on: date | None = None
    has_day: bool = False
    fault: str = ""


def read_date(cell: Cell) -> DateReading:
    """The day (or the first day of the month) that a cell names; an empty reading for an empty cell.

    A number like 2014.1 may have been 2014.10 before a spreadsheet dropped the zero: `date_ambiguous`.
    """
    if isinstance(cell, datetime):
        return DateReading(cell.date(), True)
    if isinstance(cell, date):
        return DateReading(cell, True)
    if isinstance(cell, bool) or cell is None:
        return DateReading(fault="" if cell is None else "date_unknown")
    if isinstance(cell, int | float):
        return _number_as_date(float(cell))
    return _text_as_date(re.sub(r"\s+", " ", text(cell))) if text(cell) else DateReading()


def _number_as_date(value: float) -> DateReading:
    if value.is_integer():
        whole_number = int(value)
        if _EXCEL_DAYS[0] <= whole_number <= _EXCEL_DAYS[1]:
            return DateReading(date(1899, 12, 30) + timedelta(days=whole_number), True)
        if match := _COMPACT.match(str(whole_number)):
            return _day(match[1], match[2], match[3])
        return DateReading(fault="date_ambiguous" if 1900 <= whole_number <= 2100 else "date_unknown")
    year, _, month = repr(value).partition(".")
    if 1900 <= int(value) <= 2100 and len(month) <= 2:
        return DateReading(fault="date_ambiguous") if month == "1" else _day(year, month, None)
    if _EXCEL_DAYS[0] <= value <= _EXCEL_DAYS[1]:
        return DateReading(date(1899, 12, 30) + timedelta(days=int(value)), True)
    return DateReading(fault="date_unknown")


def _text_as_date(written: str) -> DateReading:
    if match := _DATE.match(written):
        return _day(match["y"], match["m"], match["d"])
    if match := _COMPACT.match(written):
        return _day(match[1], match[2], match[3])
    if match := _SHORT_YEAR.match(written):
        short, month, day = match[1] or match[4], match[2] or match[5], match[3] or match[6]
        return _day(f"{20 if int(short) < _PIVOT else 19}{short}", month, day)
    if match := _YEAR_LAST.match(written):
        return _year_last(match[1], match[2], match[3])
    if match := _CHINESE_DATE.match(written.replace(" ", "")):
        return _day(match[1].translate(_CHINESE_DIGITS), _chinese(match[2]), _chinese(match[3]))
    if re.fullmatch(r"\d{5}(?:\.\d+)?", written):
        return _number_as_date(float(written))
    return DateReading(fault="date_ambiguous" if re.fullmatch(r"(19|20)\d{2}年?", written) else "date_unknown")


def _year_last(first: str, second: str, year: str) -> DateReading:
    """3/14/2014 and 14/3/2014 are certain, 3/4/2014 is not."""
    if int(first) > 12 or first == second:
        return _day(year, second, first)
    return _day(year, first, second) if int(second) > 12 else DateReading(fault="date_ambiguous")


def _chinese(written: str | None) -> str | None:
    """A Chinese number from 1 to 31 in digits: 十二 → 12."""
    if not written:
        return None
    tens, ten, ones = written.rpartition("十")
    first = (tens or "1") if ten else ""
    return f"{first}{ones or ('0' if ten else '')}".translate(_CHINESE_DIGITS)


def _day(year: str, month: str | None, day: str | None) -> DateReading:
    y, m, d = int(year), int(month or 0), int(day or 1)
    if not (1900 <= y <= 2100 and 1 <= m <= 12 and 1 <= d <= calendar.monthrange(y, m)[1]):
        return DateReading(fault="date_unknown")
    return DateReading(date(y, m, d), day is not None)
