"""Recognises what each column of a table holds, from its header, its group and its values together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from matching.exchange.areas import County
from matching.exchange.cells import Cell
from matching.exchange.evidence import WEIGHTS, Evidence
from matching.exchange.headers import fit
from matching.exchange.sheets import Column, Table
from matching.exchange.vocabulary import header_words, plain

__all__ = ["Choices", "recognise", "wording"]

SAMPLE, SAMPLE_ROWS = 80, 2000
ENOUGH = 0.45
NAMED = 0.9
_HEAD, _ALL = re.compile("户主|申请人"), re.compile("成员|家庭|人口|家人")
CONTRADICTED, FEW = 0.25, 5
Choices = Mapping[str, str]
"""Wording of a header → the field it means, or empty for a column that means nothing here."""


def wording(column: Column) -> str:
    """How a column is called, group and header in plain form: what an officer's choice is remembered by."""
    return plain(column.group + column.header)[:120]


def recognise(table: Table, kind: str, county: County | None = None, choices: Choices | None = None
              ) -> Mapping[str, Column]:
    """Field → column of a register of this kind; columns that fit no field are left out.

    Each field gets at most one column and each column one field: what an officer chose goes first, then the
    best-fitting pairs. Fields and their names are those of `words/headers.json`.
    """
    chosen = {column.index: (choices or {})[wording(column)] for column in table.columns
              if wording(column) in (choices or {})}
    found: dict[str, Column] = {}
    for index, field in chosen.items():
        if field and field not in found:
            found[field] = table.columns[index]
    evidence = Evidence(county)
    called = _of_head(table.columns, kind)
    scores = [(score, -column.index, field) for column in table.columns if column.index not in chosen
              for field, score in _scores(called.get(column.index, column), _sample(table, column), kind,
                                          evidence).items()]
    taken: set[int] = set()
    for score, index, field in sorted(scores, reverse=True):
        if score >= ENOUGH and field not in found and -index not in taken:
            found[field] = table.columns[-index]
            taken.add(-index)
    return {field: found[field] for field in header_words(kind) if field in found}


def _of_head(columns: Sequence[Column], kind: str) -> Mapping[int, Column]:
    """Columns under a heading about the head alone (户主信息: 姓名 身份证号) where others name the people: as one
    without such a heading would call them.
    """
    about = [column for column in columns if kind == "households" and _HEAD.search(plain(column.group))
             and not _ALL.search(plain(column.group))]
    people = about and any(fit(column.header, column.group, "name", kind) >= NAMED
                           for column in columns if column not in about)
    return {column.index: Column(column.index, f"户主{column.header}") for column in about} if people else {}


def _sample(table: Table, column: Column) -> Sequence[Cell]:
    """Up to SAMPLE own values of a column, spread over the rows."""
    rows = table.rows[::max(1, len(table.rows) // SAMPLE_ROWS)]
    values = [value for row in rows if (value := row.at(column)) not in (None, "")
              and column.index not in row.inherited]
    return values[::max(1, len(values) // SAMPLE)]


def _scores(column: Column, values: Sequence[Cell], kind: str, evidence: Evidence) -> dict[str, float]:
    scores = {}
    for field in header_words(kind):
        named = fit(column.header, column.group, field, kind)
        fits = evidence.share(field, values)
        if fits is None:
            scores[field] = named * 0.8
            continue
        scores[field] = named * 0.7 + fits * WEIGHTS.get(field, 0.25)
        if fits < 0.25:  # values that do not fit count against a name, few of them little
            scores[field] -= CONTRADICTED if len(values) >= FEW else CONTRADICTED / 3
    return scores
