"""Finding the table in a sheet: headers of one and two levels, text around it, blank and total rows."""

from __future__ import annotations

from matching.exchange.cells import Cell
from matching.exchange.sheets import Table, letter_of, tables_of
from matching.exchange.workbook import Sheet

HEADER: list[Cell] = ["户编号", "镇街", "姓名", "与户主关系", "身份证号", "帮扶需求"]
PERSON: list[Cell] = ["QH00001", "双溪镇", "王桂兰", "户主", "360302196606119902", "资金"]
BLANK: list[Cell] = [""] * 6


def table(*rows: list[Cell], merges: tuple[tuple[int, int, int, int], ...] = ()) -> Table:
    found = next(iter(tables_of([Sheet("台账", [list(row) for row in rows], merges)], "households")), None)
    assert found is not None
    return found


def test_letters_of_columns() -> None:
    assert [letter_of(index) for index in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


def test_titles_and_notes_above_the_header_are_texts() -> None:
    found = table(["某县台账", *BLANK[1:]], ["说明：元", *BLANK[1:]], HEADER, PERSON)
    assert (found.header_rows, [row.number for row in found.rows]) == ((3,), [4])
    assert found.texts == ("某县台账", "说明:元")


def test_blank_total_repeated_header_and_closing_rows_are_no_data() -> None:
    found = table(HEADER, PERSON, BLANK, PERSON, HEADER, PERSON, ["合计", "", "3人", "", "", ""],
                  ["制表人：李某", "", "", "审核：王某", "", ""], BLANK)
    assert [row.number for row in found.rows] == [2, 4, 6]
    assert (found.blank_rows, found.total_rows) == ((3,), (7,))
    assert "制表人:李某" in found.texts


def test_a_header_of_two_levels_reads_group_and_leaf() -> None:
    group: list[Cell] = ["户信息", "", "成员信息", "", "", "诉求"]
    found = table(group, HEADER, PERSON, merges=((0, 0, 0, 1), (0, 2, 0, 4)))
    assert found.header_rows == (1, 2)
    assert [column.group for column in found.columns] == ["户信息"] * 2 + ["成员信息"] * 3 + ["诉求"]


def test_leaves_under_some_merged_groups_only() -> None:
    upper: list[Cell] = ["户编号", "镇街", "家庭成员", "", "", "帮扶需求"]
    lower: list[Cell] = ["", "", "姓名", "与户主关系", "身份证号", ""]
    merges = ((0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 4), (0, 5, 1, 5))
    found = table(upper, lower, PERSON, merges=merges)
    assert found.header_rows == (1, 2)
    assert [column.header for column in found.columns] == HEADER
    assert [row.number for row in found.rows] == [3]


def test_merged_cells_are_filled_and_known_as_inherited() -> None:
    found = table(HEADER, PERSON, ["", "", "王小明", "子", "", ""], merges=((1, 0, 2, 0), (1, 1, 2, 1)))
    assert list(found.rows[1].cells)[:3] == ["QH00001", "双溪镇", "王小明"]
    assert found.rows[1].inherited == {0, 1}


def test_the_sheet_that_looks_like_the_register_is_taken() -> None:
    sheets = [Sheet("填表说明", [["一人一行"], ["Ⅰ级为特急"]]), Sheet("其他", [["物品", "价格"], ["米", "3"]]),
              Sheet("数据", [HEADER, PERSON])]
    found = next(iter(tables_of(sheets, "households")), None)
    assert found is not None
    assert (found.sheet, len(found.rows)) == ("数据", 1)
    assert "I级为特急" in found.texts


def test_no_table_is_none() -> None:
    assert tables_of([Sheet("a", [["你好"], ["世界"]])], "households") == []
    assert tables_of([Sheet("a", [])], "households") == []
