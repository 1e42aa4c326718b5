"""`flask figures`: what was given in an area between two days; every figure with the rows it counts."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask_babel import force_locale

from matching.cli import database_command, write_json
from matching.errors import JieduiError
from matching.extensions import db, reading
from matching.places.models import Area

REFUSED = 2
FEN_PER_YUAN = 100
DAY = click.DateTime(["%Y-%m-%d"])


@click.command("figures")
@click.option("--area", "area_code", required=True, metavar="CODE", help="地区代码 · the area")
@click.option("--from", "first", required=True, type=DAY, help="从哪天起，含这一天 · first day, included")
@click.option("--to", "last", required=True, type=DAY, help="到哪天止，含这一天 · last day, included")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), required=True, metavar="R.json",
              help="把结果写成 JSON · write the report")
@database_command
def figures(area_code: str, first: datetime, last: datetime, report: Path) -> None:
    """年度报告的数字 · the figures of the yearly report. 每个数都带着它数的行 · each with its rows. 只读 · reads only.

    退出码 · exit status: 0 写好 · done, 2 地区或日子不对 · area or days refused, nothing written.
    """
    from matching.figures.queries_yearly import Span

    started = time.perf_counter()
    with reading():
        try:
            if db.session.get(Area, area_code) is None:
                raise JieduiError(f"没有这个地区 · no such area: {area_code}")
            if last < first:
                raise JieduiError("最后一天早于第一天 · the last day comes before the first")
        except JieduiError as refusal:
            click.echo(f"没有算 · refused: {refusal.message}", err=True)
            raise SystemExit(REFUSED) from None
        with force_locale("zh_Hans"):
            written = told(Span(area_code, first.date(), last.date()))
    write_json(report, written)
    click.echo(f"{area_code} {first.date()} – {last.date()}: {written['households']['value']} 户 · households, "
               f"{written['persons']['value']} 人 · persons, {written['person_times']['value']} 人次 · person-times, "
               f"{written['money']['value']:.2f} 元 · yuan, {time.perf_counter() - started:.1f} s")


def told(span: Any) -> dict[str, Any]:
    """The keys of the contract's yearly report, each figure as value and rows.

    Money is yuan. Rows are opaque: the numbers of households, `number/payment` for persons, ids of payments for
    person-times and money, so that as many rows stand there as the figure counts. `year`: the one in which the span
    lies, else null.
    """
    from matching.figures import queries_yearly as yearly
    from matching.words_policies import progress_word, source_word

    found = yearly.report(span)
    year = span.first.year if span.first.year == span.last.year else None
    return {
        "year": {"value": year, "rows": []},
        **_four(span, found.total, ""),
        "by_type": {code: _four(span, counts, code) for code, counts in found.by_type.items()},
        "by_source": {source_word(code): _figure(_yuan(fen), yearly.payment_keys(
            span, yearly.Chosen("money", source=code))) for code, fen in found.by_source.items()},
        "households_by_progress": {progress_word(word): _figure(count, yearly.household_keys(
            span, yearly.Chosen(progress=word))) for word, count in found.by_progress.items()}}


def _four(span: Any, counts: Any, help_type: str) -> dict[str, Any]:
    """The four figures of all help or of one type."""
    from matching.figures import queries_yearly as yearly

    rows: Mapping[str, Any] = {
        "households": yearly.household_keys, "persons": yearly.person_keys, "person_times": yearly.payment_keys,
        "money": yearly.payment_keys}
    values = {"households": counts.households, "persons": counts.persons, "person_times": counts.person_times,
              "money": _yuan(counts.money_fen)}
    return {name: _figure(value, rows[name](span, yearly.Chosen(name, help_type))) for name, value in values.items()}


def _figure(value: Any, rows: Any) -> dict[str, Any]:
    return {"value": value, "rows": list(rows)}


def _yuan(fen: int) -> float:
    return fen / FEN_PER_YUAN
