"""A case in plain words, for who follows it with a code: what was done, what is being done by whom until when.

The words are those of a household's own pages: nothing of poverty, nothing of refusals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import LazyString, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from matching.accounts.models import User
from matching.assistance.models_grants import Grant, Payment
from matching.clock import day_of
from matching.extensions import db
from matching.formatting import clock, day_short, moment, money
from matching.intake.models import Report, ReportStep
from matching.intake.service_asking import first_of
from matching.intake.service_cases import may_complain
from matching.intake.service_codes import written_code
from matching.places.queries import area_path

__all__ = ["Case", "Line", "case_of"]

NOW: Mapping[str, LazyString] = {
    "visit": _l("有人上门看看"), "assess": _l("算一算能得到什么帮助"), "help": _l("帮助送到家"),
    "follow_up": _l("再来看一看"),
}
AHEAD = ("visit", "assess", "help")
DONE: Mapping[str, LazyString] = {
    "receive": _l("求助收到了"), "set_out": _l("出门来看了"), "verify": _l("情况看清楚了"), "help": _l("定了怎么帮"),
    "hand_up": _l("转给上一级负责了"), "add": _l("补充了话或照片"), "nobody_came": _l("说了没有人来"),
    "reopen": _l("又打开了"), "trust": _l("电话问清楚了"),
    "visited": _l("有人来过了"), "plan": _l("约了再来的日子"), "hand_over": _l("换了人来办"),
}
ENDS: Mapping[str, LazyString] = {
    "helped": _l("帮上了，这件事办好了"), "not_qualified": _l("这次不符合，可以这样办：问问干部还有什么别的帮助"),
    "withdrawn": _l("您说不用了"), "unreachable": _l("一直没有找到您，请再打电话"), "mischief": _l("这件事不再办了"),
    "joined": _l("和另一件事一起办"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One step: what, when, and with whom; `knot` done, now or next, as `components/timeline.html` takes it."""

    title: str
    when: str
    knot: str
    detail: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """What a code opens. `owner` is empty until the phone's last digits were right."""

    code: str
    step: int
    steps: int
    now: str
    owner: str
    desk: str
    due_at: datetime | None
    is_late: bool
    is_closed: bool
    is_full: bool
    lines: Sequence[Line]
    end: str


def case_of(report: Report, is_full: bool, now: datetime) -> Case:
    """The case of a report, the first one of the same trouble; names and sums only when `is_full`."""
    case = first_of(report)
    history = db.session.scalars(select(ReportStep).where(ReportStep.report_id == case.id).order_by(
        ReportStep.at, ReportStep.id)).all()
    lines = [_done(step, is_full) for step in history if step.kind in DONE]
    if is_full and report.origin == "self" and case.household_id is not None:
        lines += _paid(case.household_id, case.created_at)
    owner = db.session.scalars(select(User.name).where(User.id == case.owner_id)).one() if is_full else ""
    desk = area_path(case.desk_code, str(get_locale()))
    end = str(ENDS[case.outcome]) if case.state == "closed" else ""
    done = len(lines)
    if case.step:
        lines.append(Line(str(NOW[case.step]), _until(case.due_at), "now", owner or desk))
        lines += [Line(str(NOW[step]), _("您同意了才算数"), "next") for step in AHEAD[AHEAD.index(case.step) + 1:]
                  ] if case.step in AHEAD else []
    else:
        lines.append(Line(end, moment(case.closed_at or case.changed_at), "done"))
    return Case(written_code(report.code or ""), min(done + 1, len(lines)), len(lines),
                str(NOW[case.step]) if case.step else end, owner, desk, case.due_at, may_complain(case, now),
                case.state == "closed", is_full, lines, end)


def _done(step: ReportStep, is_full: bool) -> Line:
    who = step.actor_name if is_full and step.actor_role != "household" else ""
    return Line(str(DONE[step.kind]), moment(step.at), "done", who)


def _until(due_at: datetime | None) -> str:
    return _("%(day)s %(hour)s 前", day=day_short(due_at), hour=clock(due_at)) if due_at else ""


def _paid(household_id: int, since: datetime) -> list[Line]:
    """What has reached the household since it asked."""
    rows = db.session.execute(
        select(Payment.amount_fen, Payment.paid_on, Grant.purpose).join(Grant, Grant.id == Payment.grant_id)
        .where(Payment.household_id == household_id, Payment.paid_on >= day_of(since), Payment.amount_fen > 0)
        .order_by(Payment.paid_on, Payment.id)).all()
    return [Line(_("收到 %(sum)s", sum=money(fen)), day_short(on), "done", purpose)
            for fen, on, purpose in rows if on is not None]
