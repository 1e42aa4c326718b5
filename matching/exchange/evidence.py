"""What the values of a column say about it: from 0 (cannot be this field) to 1 (every value fits)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial

from matching.exchange.areas import County
from matching.exchange.cells import Cell, amount_fen, number, read_date, split, squeezed, text, whole
from matching.exchange.identity import credit_code_fits, read_identity, read_phone
from matching.exchange.listed import is_list_of_people
from matching.exchange.vocabulary import Lexicon, is_nothing, lexicon, needs, plain, vague_needs

__all__ = ["WEIGHTS", "Evidence"]

Test = Callable[[Cell], bool]
_NAME = re.compile(r"^[㐀-鿿\U00020000-\U0003134f豈-﫿]{2,5}$|^[㐀-鿿]+[·•・][㐀-鿿·•・]+$")
_TOWN = re.compile(r"(镇|乡|街道|街道办事处|办事处|垦殖场|农场|林场|苏木)$")
_VILLAGE = re.compile(r"^[^组号\d]{1,12}(村|社区|居委会|村委会|居民委员会|村民委员会|嘎查|社)$")
_ADDRESS = re.compile(r"\d+.{0,3}[组号栋幢室单元]|[路街巷道]\d*.{0,3}号|(村|社区).*[组号]")
_ORGANISATION = re.compile(r"(公司|会|中心|局|办公室|厂|店|社|医院|学校|站|集团|队|所|馆|院|银行|联盟|工作室|办)$")
_NUMBER_OF_FILE = re.compile(r"^[A-Z]{0,6}[-\d]{5,20}$|^\d{1,4}-\d{1,6}$")


def _words(words: Lexicon, cell: Cell) -> bool:
    return bool(words.find(text(cell)))


def _all_words(words: Lexicon, cell: Cell) -> bool:
    parts = split(text(cell))
    return bool(parts) and sum(bool(words.find(part)) for part in parts) * 2 >= len(parts)


def _exact_needs(cell: Cell) -> bool:
    parts = split(text(cell))
    return any(needs().exact(part) for part in parts) or all(vague_needs().find(part) for part in parts)


def _is_number(cell: Cell) -> bool:
    return number(text(cell)) is not None


def _between(low: float, high: float, cell: Cell) -> bool:
    value = number(text(cell))
    return value is not None and low <= value <= high


def _amount(cell: Cell) -> bool:
    return amount_fen(cell) is not None or bool(re.search("不[详明清]|未知", text(cell)))


def _quantities(cell: Cell) -> bool:
    return all(whole(part) is not None for part in split(text(cell)))


def _name(cell: Cell) -> bool:
    return bool(_NAME.match(squeezed(cell))) and not needs().exact(text(cell))


def _file_number(cell: Cell) -> bool:
    written = squeezed(cell).upper()
    return bool(_NUMBER_OF_FILE.match(written)) and not read_phone(cell).kind and len(written) < 18


def _identity(cell: Cell) -> bool:
    reading = read_identity(cell)
    return bool(reading.number) or reading.fault in ("id_float", "id_checksum", "id_letter_o", "id_bad_date")


def _matches(pattern: re.Pattern[str], cell: Cell) -> bool:
    return bool(pattern.search(squeezed(cell)))


def _date(cell: Cell) -> bool:
    return read_date(cell).on is not None


def _area(county: County | None, cell: Cell) -> bool:
    if county is not None and county.town(text(cell)) is not None:
        return True
    return bool(_TOWN.search(plain(text(cell)))) and len(text(cell)) <= 12


def _areas(county: County | None, cell: Cell) -> bool:
    everywhere = lexicon("everywhere").find(text(cell))
    return bool(everywhere) or all(_area(county, part) for part in split(text(cell)))


def _tests(county: County | None) -> dict[str, Test]:
    """Field → test of one value."""
    fields = {"category": "category", "hukou": "residence", "cause": "cause", "house": "house", "health": "health",
              "distype": "distype", "disgrade": "level", "stage": "stage", "child": "child", "work": "work",
              "job": "job", "rel": "rel", "support": "support", "sex": "sex", "otype": "organisation",
              "unit": "unit", "source": "source", "status": "progress"}
    tests: dict[str, Test] = {field: partial(_words, lexicon(name)) for field, name in fields.items()}
    return tests | {
        "gets": partial(_all_words, lexicon("policy")), "cond": partial(_all_words, lexicon("condition")),
        "need": _exact_needs, "type": _exact_needs, "urgent": _urgent, "seq": partial(_between, 1, 10**6),
        "no": _file_number, "id": _identity, "phone": lambda cell: bool(read_phone(cell).kind), "name": _name,
        "head": _name, "contact": _name, "town": partial(_area, county), "village": partial(_matches, _VILLAGE),
        "addr": partial(_matches, _ADDRESS), "registered": _date, "need_on": _date, "birth": _date, "start": _date,
        "end": _date, "qty": _quantities, "income": _amount, "org": partial(_matches, _ORGANISATION),
        "code": lambda cell: len(squeezed(cell)) == 18 and (credit_code_fits(squeezed(cell).upper())
                                                            or bool(re.match(r"^[159]\d{7}", squeezed(cell)))),
        "lat": partial(_between, 3, 54), "lon": partial(_between, 73, 136), "area": partial(_areas, county),
        "radius": lambda cell: number(re.sub(r"(公里|千米|km)$", "", text(cell), flags=re.I)) is not None,
        "others": lambda cell: is_list_of_people(text(cell)), "head_id": _identity,
        "certificate": lambda cell: bool(read_identity(cell).certificate), "persons": partial(_between, 1, 30),
        "amount": _amount, "day": _date, "provider": partial(_matches, _ORGANISATION),
        "town_code": lambda cell: bool(re.fullmatch(r"\d{9}(\d{3})?", text(cell)))}


def _urgent(cell: Cell) -> bool:
    return bool(lexicon("urgency").find(text(cell)) or lexicon("level").find(text(cell)))


WEIGHTS: dict[str, float] = {
    "id": 0.9, "code": 0.9, "need": 0.7, "type": 0.7, "category": 0.7, "town": 0.7, "gets": 0.6, "lat": 0.6,
    "lon": 0.6, "phone": 0.55, "village": 0.6, "addr": 0.6, "rel": 0.6, "hukou": 0.6, "stage": 0.55, "distype": 0.55,
    "cause": 0.55, "house": 0.55, "job": 0.5, "child": 0.55, "work": 0.4, "health": 0.45, "org": 0.55, "otype": 0.6,
    "cond": 0.5, "unit": 0.5, "area": 0.55, "urgent": 0.4, "disgrade": 0.3, "no": 0.4, "name": 0.4, "head": 0.3,
    "sex": 0.5, "town_code": 0.6, "others": 0.3, "head_id": 0.3, "certificate": 0.3, "source": 0.5,
    "status": 0.5}
"""How much a field's values count when its header says nothing (others: 0.25)."""


class Evidence:
    """Tests columns of one register; the county helps to know its towns."""

    def __init__(self, county: County | None) -> None:
        self._tests = _tests(county)

    def share(self, field: str, values: Sequence[Cell]) -> float | None:
        """The share of values that fit a field; None when there is no test or no value but `nothing`."""
        test = self._tests.get(field)
        told = [value for value in values if not is_nothing(text(value))]
        if test is None or not told:
            return None
        return sum(map(test, told)) / len(told)
