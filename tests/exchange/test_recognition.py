"""Whatever known names a register gives its columns, in whatever mixture: no column is taken for another."""

from __future__ import annotations

import random

import pytest

from matching.exchange.columns import recognise
from matching.exchange.sheets import Column, Table, letter_of, tables_of
from matching.exchange.vocabulary import header_words
from matching.exchange.workbook import read_workbook
from tests.exchange.keys import DATA, DISTRICTS, county, key


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("file", ["households.xlsx", "offers.xlsx"])
@pytest.mark.parametrize("district", DISTRICTS)
@pytest.mark.slow
def test_columns_of_any_known_names_are_told_apart(district: str, file: str, seed: int) -> None:
    kind, chance = file.split(".")[0], random.Random(f"{district}{seed}")
    table = tables_of(read_workbook(DATA / district / file), kind)[0]
    fields = {letter: field for field, (letter, _) in key(district)["columns"][file].items()}
    words = header_words(kind)
    renamed = tuple(Column(column.index, chance.choice(words[fields[column.letter]].names)
                           if fields[column.letter] in words else "备用栏") for column in table.columns)
    found = recognise(Table(table.sheet, renamed, table.rows, table.header_rows), kind,
                      county(district) if seed == 1 else None)
    assert {letter_of(column.index): field for field, column in found.items()} == {
        letter: field for letter, field in fields.items() if field in words}
