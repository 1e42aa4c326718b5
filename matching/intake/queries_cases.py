"""A case in plain words, for who follows it with a code: what was done, what is being done by whom until when.

The words are those of a household's own pages: nothing of poverty, nothing of refusals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import LazyString, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, func, select

from matching.accounts.models import User
from matching.assistance.models_grants import Grant, Payment
from matching.clock import day_of
from matching.extensions import db
from matching.formatting import clock, day_short, moment, money
from matching.intake.models import Report, ReportStep
from matching.intake.models_meetings import Meeting, MeetingDecision
from matching.intake.models_work import REFERRAL_OPEN, Referral
from matching.intake.service_asking import first_of
from matching.intake.service_cases import may_complain
from matching.intake.service_codes import written_code
from matching.organisations.models import Organisation
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
    "refer": _l("请了另一个单位来帮"),
    "refer_accept": _l("那个单位接下了"), "refer_refuse": _l("那个单位这次帮不了，再想别的办法"),
    "refer_answer": _l("那个单位办过了"), "refer_withdraw": _l("不再请那个单位，另想办法"),
    "meet_call": _l("约了几个单位一起商量"), "meet_hold": _l("几个单位一起商量过了"),
    "meet_done": _l("商量定下的一件事办好了"), "meet_cancel": _l("这次商量取消了，另想办法"),
}
ASKED: Mapping[str, LazyString] = {"waiting": _l("等那个单位答复"), "accepted": _l("那个单位在办")}
"""What a referral that is open waits for."""
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
    """The case of a report, the first one of the same trouble; names and sums only when `is_full`.

    A joined report is known to be the same trouble by its telephone, and a neighbour may know that: its code opens
    what happens since it was told, who answers for it and until when, but no sum, nor what others were asked.
    """
    case = first_of(report)
    is_own = case.id == report.id
    history = db.session.scalars(select(ReportStep).where(ReportStep.report_id == case.id).order_by(
        ReportStep.at, ReportStep.id)).all()
    history = history if is_own else [step for step in history if step.at >= report.created_at]
    names = _organisations(history) if is_full and is_own else {}
    lines = [_done(step, is_full, names) for step in history if step.kind in DONE]
    if is_full and is_own and report.origin == "self" and case.household_id is not None:
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
    asked = _asked(case, is_full and is_own)
    lines[done + 1:done + 1] = asked
    return Case(written_code(report.code or ""), min(done + 1, len(lines)), len(lines) - len(asked),
                str(NOW[case.step]) if case.step else end, owner, desk, case.due_at, may_complain(case, now),
                case.state == "closed", is_full, lines, end)


def _done(step: ReportStep, is_full: bool, names: Mapping[int, str]) -> Line:
    who = step.actor_name if is_full and step.actor_role != "household" else ""
    return Line(str(DONE[step.kind]), moment(step.at), "done", names.get(step.data.get("organisation", 0), who))


def _organisations(history: Sequence[ReportStep]) -> Mapping[int, str]:
    """Names of the organisations that a history speaks of."""
    ids = {step.data["organisation"] for step in history if "organisation" in step.data}
    return {number: name for number, name in db.session.execute(  # noqa: C416
        select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids)))} if ids else {}


def _asked(case: Report, is_full: bool) -> list[Line]:
    """What organisations are asked for and until when; the owner stays who answers for the whole."""
    rows = db.session.execute(
        select(Referral, Organisation.name).join(Organisation, Organisation.id == Referral.organisation_id)
        .where(Referral.report_id == case.id, Referral.state.in_(REFERRAL_OPEN)).order_by(Referral.id)).all()
    found = [Line(str(ASKED[referral.state]), _until_day(referral.due_on), "now", name if is_full else "")
             for referral, name in rows]
    meetings = db.session.execute(
        select(Meeting.state, Meeting.held_at, func.count(MeetingDecision.id), func.min(MeetingDecision.due_on))
        .outerjoin(MeetingDecision, and_(MeetingDecision.meeting_id == Meeting.id, MeetingDecision.done_at.is_(None)))
        .where(Meeting.report_id == case.id, Meeting.state.in_(("called", "held")))
        .group_by(Meeting.id, Meeting.state, Meeting.held_at).order_by(Meeting.id)).all()
    found += [Line(_("几个单位一起商量"), moment(held_at), "now") if state == "called" else
              Line(_("商量定下的事在办"), _until_day(due_on), "now")
              for state, held_at, many, due_on in meetings if state == "called" or many]
    return found


def _until_day(on: date | None) -> str:
    return _("%(day)s 前", day=day_short(on)) if on else ""


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
