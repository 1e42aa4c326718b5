"""Which source found whom: hardship reports by who told them, in an area between two days. One SELECT."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, case, exists, func, or_, select

from matching.clock import SHANGHAI
from matching.extensions import db
from matching.figures.queries import BELOW
from matching.figures.queries_yearly import Span
from matching.formatting import percents
from matching.intake.models import ORIGINS, Report, ReportStep
from matching.places.queries import area_names, within
from matching.words_reports import origin_word

__all__ = ["Source", "Sources", "sources_of", "sources_table"]

Table = list[list[str | int]]


@dataclass(slots=True)
class Source:
    """One source, or all of them: reports told, cases among them, cases verified and helped.

    A report of a trouble that was told before is a report, but the case is the first one's: who told it first found
    it. `share` is the part of those helped that this source found; the shares add up to 100 %.
    """

    code: str
    reports: int = 0
    cases: int = 0
    verified: int = 0
    helped: int = 0
    share: str = ""

    def add(self, counts: Sequence[int]) -> None:
        """Count a row of the database too."""
        self.reports, self.cases = self.reports + counts[0], self.cases + counts[1]
        self.verified, self.helped = self.verified + counts[2], self.helped + counts[3]


@dataclass(slots=True)
class Sources:
    """An area's sources in the order of `ORIGINS`, all together, and the same for each area below that has reports."""

    total: Source
    rows: list[Source] = field(default_factory=list)
    areas: list[tuple[str, str, Source, list[Source]]] = field(default_factory=list)


def sources_of(span: Span) -> Sources:
    """Count the reports told in an area between two days of Asia/Shanghai, both included."""
    whole = _group()
    below: dict[str, dict[str, Source]] = {}
    for area, origin, *counts in _counted(span):
        for group in (whole, below.setdefault(area, _group())):
            group["all"].add(counts)
            group[origin].add(counts)
    names = area_names(below)
    areas = [(area, names.get(area, area), group["all"], _shared(group)) for area, group in sorted(below.items())]
    return Sources(whole["all"], _shared(whole), areas)


def sources_table(found: Sources, name: str) -> Table:
    """The same as a table: every source of the area, then of each area below."""
    head = [_("地方"), _("谁报的"), _("报了多少件"), _("其中第一个报的"), _("核实了"), _("帮上了"), _("占帮上的")]
    parts = [(name, found.rows), *((area_name, rows) for _code, area_name, _all, rows in found.areas)]
    table: Table = [[*head]]
    table += [[area, origin_word(row.code), row.reports, row.cases, row.verified, row.helped, row.share]
              for area, rows in parts for row in rows]
    return table


def _group() -> dict[str, Source]:
    return {code: Source(code) for code in ("all", *ORIGINS)}


def _shared(group: dict[str, Source]) -> list[Source]:
    rows = [group[origin] for origin in ORIGINS]
    for row, share in zip(rows, percents([row.helped for row in rows]), strict=True):
        row.share = share
    return rows


def _counted(span: Span) -> Sequence[Any]:
    """(area below, source, reports, cases, verified, helped)."""
    begins = datetime.combine(span.first, time.min, SHANGHAI)
    ends = datetime.combine(span.last + timedelta(days=1), time.min, SHANGHAI)
    is_case = Report.joined_to_id.is_(None)
    verified = exists().where(ReportStep.report_id == Report.id, ReportStep.kind == "verify")
    helped = or_(Report.state == "helping", Report.outcome == "helped")
    area = func.substr(Report.area_code, 1, BELOW[len(span.area_code)]).label("area")
    return db.session.execute(
        select(area, Report.origin, func.count(), *(func.sum(case((and_(is_case, which), 1), else_=0))
                                                    for which in (is_case, verified, helped)))
        .where(within(Report.area_code, span.area_code), Report.created_at >= begins, Report.created_at < ends)
        .group_by(area, Report.origin)).all()
