"""Turns what an import found into finished values for its pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from matching.actor import Actor
from matching.exchange.joining import row_in_sheet
from matching.exchange.messages import fault_words
from matching.exchange.models import Import, ImportFinding
from matching.exchange.queries_imports import fault_counts, lines_of
from matching.exchange.vocabulary import header_words
from matching.extensions import db
from matching.formatting import money, number
from matching.households.models import Household
from matching.places.queries import area_names
from matching.words import HELP_TYPES, help_type_word
from matching.words_registers import STATES, column_word, field_word

__all__ = ["changes", "chosen_columns", "column_choices", "column_rows", "double_cards", "fault_rows", "fault_table",
           "headline", "kind_choices", "leftovers", "shown_fields", "sums"]

BASE = ("name", "id", "town")
BASE_OF = {"aid": ("no", "name", "project", "type", "amount", "day"),
           "offers": ("org", "project", "type", "qty"), "places": ("town", "village", "lat", "lon")}


@dataclass(slots=True)
class FaultRow:
    """One row of the register with its faults: cells by field, what is wrong by field."""

    sheet: str
    row: int
    name: str
    cells: dict[str, str]
    faults: dict[str, tuple[str, str, str, str]] = field(default_factory=dict)

    @property
    def rejected(self) -> bool:
        """Whether the row is not imported."""
        return any(verdict == "reject" for _, verdict, _, _ in self.faults.values())


def fault_rows(row: Import, found: Sequence[ImportFinding]) -> list[FaultRow]:
    """The rows in which these faults stand; faults as field → (words, verdict, column, value)."""
    lines, rows = lines_of(row, sorted({fault.row for fault in found})), dict[int, FaultRow]()
    for fault in found:
        cells = lines[fault.row].data["cells"] if fault.row in lines else {}
        home = rows.setdefault(fault.row, FaultRow(
            fault.data["sheet"], fault.data["row"],
            cells.get("name") or cells.get("head") or cells.get("org") or cells.get("town") or "", cells))
        name = fault.data["field"]
        home.faults[name] = (fault_words(fault.kind, fault.data["shown"]), fault.data["verdict"],
                             fault.data["column"], cells.get(name, ""))
    return list(rows.values())


def shown_fields(row: Import, rows: Sequence[FaultRow]) -> list[str]:
    """Which columns the table of a page shows: who and where, and every column with a fault on this page."""
    there = {name for found in rows for name in found.cells}
    wrong = {name for found in rows for name in found.faults}
    base = BASE_OF.get(row.kind, BASE)
    order = [*base, *(name for name in header_words(row.kind) if name not in base)]
    return [name for name in order if (name in there and name in base) or name in wrong]


def double_cards(row: Import, found: Sequence[ImportFinding], actor: Actor) -> list[dict[str, Any]]:
    """Suspected doubles, side by side: the rows of the register, and the file that is there already."""
    numbers = [number for double in found for number in double.data["rows"]]
    lines = lines_of(row, numbers)
    there = [double.data["households"][0] for double in found if double.data["there"]]
    files = {home.number: home for home in db.session.scalars(select(Household).where(
        Household.number.in_(there), Household.county_code == row.area_code[:6]))} if there else {}
    cards = []
    for double in found:
        sides = [{"sheet": lines[number].data["sheet"], "row": row_in_sheet(number), "number": home,
                  "cells": lines[number].data["cells"]}
                 for number, home in zip(double.data["rows"], reversed(double.data["households"])
                                         if double.data["there"] else double.data["households"], strict=False)
                 if number in lines]
        known = files.get(double.data["households"][0]) if double.data["there"] else None
        reached = known is not None and actor.reaches(known.area_code)
        cards.append({"sides": sides, "there": double.data["there"], "file": known if reached else None})
    return cards


def changes(found: Sequence[ImportFinding]) -> list[dict[str, Any]]:
    """What would change: the household, of whom, and each field's old and new value in words."""
    places = area_names({str(value) for change in found for name, *values in change.data["fields"]
                         if name == "area_code" for value in values if value})
    return [{**change.data, "what": _what(change), "fields": [
        (field_word(name), before := _said(name, old, places), _other(before, _said(name, new, places)))
        for name, old, new in change.data["fields"] if name]} for change in found]


def _other(before: str, after: str) -> str:
    """A new value; of one that looks like the old where both are masked it is said that it differs."""
    return _("%(shown)s（前面的数字改了）", shown=after) if before == after and after.startswith("*") else after


def _what(change: ImportFinding) -> str:
    new = not any(name for name, *_values in change.data["fields"])
    if change.kind == "need":
        kind = help_type_word(change.data["name"])
        return _("新增需求：%(what)s", what=kind) if new else _("需求：%(what)s", what=kind)
    if change.kind == "member":
        return _("新增成员：%(name)s", name=change.data["name"]) if new else change.data["name"]
    return _("这一户")


def _said(name: str, value: Any, places: dict[str, str]) -> str:
    if value in (None, "", []):
        return _("空")
    if name == "monthly_income_fen":
        return money(value)
    if name == "area_code":
        return places.get(value) or (_("新的村社区") if str(value).endswith("?") else str(value))
    if name == "registered_on":
        return date.fromisoformat(value).strftime("%Y-%m")
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def headline(row: Import, held_up: bool = False) -> str:
    """What is so, in one sentence. `held_up`: a confirmed import waits for a run, or for another register."""
    report = row.report
    if held_up:
        return _("等本县别的台账写完、结对算完，马上写入")
    if row.state == "ready":
        wrong = report["rejected"]
        if wrong:
            return ngettext("%(rows)s 行里有 %(wrong)s 行不能导入", "%(rows)s 行里有 %(wrong)s 行不能导入", wrong,
                            rows=number(report["rows"]), wrong=number(wrong))
        return _("%(rows)s 行都可以导入", rows=number(report["rows"]))
    if row.state == "done":
        done = report["created"] + report["updated"]
        return ngettext("已导入：新增和更新了 %(rows)s 行", "已导入：新增和更新了 %(rows)s 行", done, rows=number(done))
    if row.state == "undone":
        left = report.get("left", 0)
        return ngettext("已撤回，%(num)s 处有人改过或用到，没有动", "已撤回，%(num)s 处有人改过或用到，没有动",
                        left) if left else _("已全部撤回")
    if row.state == "refused":
        return _("这份文件不能导入")
    if row.state == "undoing" and row.ending != "undone":
        return _("正在把写进去的拿掉")
    return str(STATES[row.state])


def column_choices(kind: str) -> Iterator[tuple[str, str]]:
    """What a column may mean, in the order of the words' file; empty: it is left out."""
    yield "", _("不导入这一列")
    for name in header_words(kind):
        yield name, column_word(name)


def column_rows(row: Import) -> list[dict[str, str]]:
    """Every column of the file with what it means, for the preview and for choosing."""
    return [{"sheet": sheet, "letter": letter, "header": header, "wording": wording, "field": name,
             "word": column_word(name) if name else _("不导入这一列"), "name": f"column-{at}"}
            for at, (sheet, letter, header, wording, name) in enumerate(row.columns)]


def chosen_columns(row: Import, sent: Mapping[str, str]) -> dict[str, str]:
    """Wording → field of the columns whose meaning an officer changed; unknown fields are not taken."""
    known = {"", *header_words(row.kind)}
    return {column["wording"]: sent[column["name"]] for column in column_rows(row)
            if sent.get(column["name"], column["field"]) != column["field"] and sent[column["name"]] in known}


def kind_choices(row: Import) -> list[tuple[str, str]]:
    """The kinds of fault of an import with how many, for a filter."""
    return [(kind, f"{_short(kind)} ({number})") for kind, number in fault_counts(row).items()]


def _short(kind: str) -> str:
    """What is wrong, without the value and without what was done about it."""
    words = re.sub(r"\s?[（(]…[)）]|[“\"]…[”\"]|…", "", fault_words(kind, "…"))
    return re.split(r"[，,。；;]|\.\s", words)[0].strip().rstrip(".")


WHATS: Mapping[str, LazyString] = {
    "household": _l("这一户"), "member": _l("家庭成员"), "need": _l("需求"), "offers": _l("资源"),
    "payments": _l("一笔发放"), "organisations": _l("机构"), "areas": _l("地点"),
    "grants": _l("救助"), "timeline_entries": _l("经过")}
REASONS: Mapping[str, LazyString] = {"changed": _l("导入以后有人改过"), "used": _l("别处已经用到")}


def leftovers(found: Sequence[ImportFinding]) -> list[dict[str, Any]]:
    """What an undo had to leave and why, with the household it belongs to or its own name and page."""
    homes = {home.id: home for home in db.session.scalars(select(Household).where(
        Household.id.in_({line.data.get("household_id") for line in found})))}
    return [{"home": homes.get(line.data.get("household_id", 0)), "what": WHATS[line.kind],
             "name": line.data.get("name", ""), "key": line.data.get("key", ""), "kind": line.kind,
             "why": REASONS[line.data.get("reason", "changed")]} for line in found]


def sums(row: Import) -> list[tuple[str, str, str]]:
    """Of a register of aid: the new lines in all and by kind of help, each as (what, how many, how much money)."""
    told = row.report.get("sums") or {}
    words = {"created": _("新增"), "updated": _("更新"), "unchanged": _("没有变化")}
    order = [name for name in (*words, *HELP_TYPES) if name in told]
    return [(words.get(name) or _("新增里的%(kind)s", kind=help_type_word(name)), number(told[name][0]),
             money(told[name][1])) for name in order]


def fault_table(found: Sequence[ImportFinding]) -> list[list[str | int]]:
    """Every fault as a row of a table to take along: sheet, row, column, field, verdict, words."""
    verdicts = {"reject": _("没有导入"), "warning": _("提醒")}
    table: list[list[str | int]] = [[_("工作表"), _("行"), _("列"), _("内容"), _("结果"), _("说明")]]
    for fault in found:
        told = fault.data
        table.append([told["sheet"], told["row"], told["column"], column_word(told["field"]), verdicts[told["verdict"]],
                      fault_words(fault.kind, told["shown"])])
    return table
