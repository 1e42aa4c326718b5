"""Recognises what each column of a table holds, from its header, its group and its values together."""

from __future__ import annotations

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
    scores = [(score, -column.index, field) for column in table.columns if column.index not in chosen
              for field, score in _scores(column, _sample(table, column), kind, evidence).items()]
    taken: set[int] = set()
    for score, index, field in sorted(scores, reverse=True):
        if score >= ENOUGH and field not in found and -index not in taken:
            found[field] = table.columns[-index]
            taken.add(-index)
    return {field: found[field] for field in header_words(kind) if field in found}


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
