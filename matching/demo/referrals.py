"""The demo county's referrals in every state, one overdue, and its joint meetings: called, held, closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import select, update

from matching.actor import Actor
from matching.clock import SHANGHAI, day_of
from matching.demo.places import FIRST_VILLAGE
from matching.extensions import db
from matching.intake import service, service_meetings, service_referrals
from matching.intake.models import Report
from matching.intake.models_meetings import Meeting, MeetingInvitation
from matching.intake.models_work import Referral, Task
from matching.intake.service import Facts
from matching.intake.service_asking import ask
from matching.intake.service_meetings import Calling
from matching.intake.service_referrals import Asking

__all__ = ["is_played", "play"]

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
Cast = dict[str, Actor]


def is_played() -> bool:
    """Whether something was referred before."""
    return db.session.scalar(select(Referral.id).limit(1)) is not None


def play(cast: Cast, now: datetime) -> None:
    """Ask, answer, refuse, be late; meet, decide, carry out: as the people of the demo would. The caller commits."""
    _waiting(cast, now)
    _accepted(cast, now)
    _refused(cast, now)
    _answered(cast, now)
    _late(cast, now)
    _closed_meeting(cast, now)
    _held_meeting(cast, now)
    _called_meeting(cast, now)


def _case(cast: Cast, now: datetime, ago: int, name: str, kinds: Sequence[str], words: str, last: str) -> Report:
    """A report whose visit was made and whose help is due tomorrow, seen from today."""
    at, officer = now - ago * DAY, cast["community"]
    report = ask(Facts("self", kinds, FIRST_VILLAGE, f"1380000{last}", name, words), [], None, at)
    service.take_step(report, "set_out", officer, at + HOUR, due_at=service.due_next_day(now))
    service.take_step(report, "verify", officer, at + 2 * HOUR, due_at=service.due_next_day(now))
    db.session.execute(update(Task).where(Task.report_id == report.id, Task.done_at.is_(None)).values(
        done_at=at + 2 * HOUR, done_by_name=officer.name, result="hardship"))
    return report


def _refer(report: Report, to: Actor, help_type: str, question: str, days: int, actor: Actor, at: datetime,
           how: str = "phone") -> Referral:
    return service_referrals.refer(report, Asking(
        to.organisation_id or 0, help_type, question, day_of(at) + timedelta(days=days), how), actor, at)


def _waiting(cast: Cast, now: datetime) -> None:
    report = _case(cast, now, 3, "张桂莲", ("medical",), "做完手术的单子报不下来", "4201")
    _refer(
        report, cast["department"], "medical",
        "做过手术，单据齐了，异地就医的备案没有做。请看看能不能补办，按本地的比例报。",
        3, cast["community"], now - DAY)


def _accepted(cast: Cast, now: datetime) -> None:
    report = _case(cast, now, 5, "何有福", ("goods", "cash"), "地里淹了，一家五口没有口粮", "4202")
    referral = _refer(
        report, cast["charity"], "goods",
        "水淹了早稻，一家五口缺两个月的口粮。请看看能不能先送一批米油。",
        4, cast["community"], now - 4 * DAY)
    service_referrals.take_on(referral, day_of(now) + timedelta(days=2), "仓库里有，周末前送到村里。", cast["charity"],
                              now - 3 * DAY)
    service_referrals.note_seen(referral, cast["community"], now - 2 * DAY)


def _refused(cast: Cast, now: datetime) -> None:
    report = _case(cast, now, 4, "丁水生", ("job",), "腿脚不便，想在家里做点活", "4203")
    referral = _refer(report, cast["enterprise"], "job", "一条腿不便，手很巧，想领活在家做。请看看有没有合适的。", 5,
                      cast["community"], now - 3 * DAY)
    service_referrals.refuse(referral, "no_capacity", "这一季的外发活都派完了，下个月有新单子再联系。",
                             cast["enterprise"], now - 20 * HOUR)


def _answered(cast: Cast, now: datetime) -> None:
    report = _case(cast, now, 9, "罗冬秀", ("counselling",), "老伴走了以后整夜睡不着", "4204")
    referral = _refer(
        report, cast["agency"], "counselling",
        "独居，老伴过世三个月，睡不着、不出门。请安排人陪着聊聊。", 3,
        cast["community"], now - 8 * DAY)
    service_referrals.take_on(referral, day_of(now - 2 * DAY), "本周安排两次上门。", cast["agency"], now - 7 * DAY)
    service_referrals.answer(
        referral,
        "上门两次，能睡四五个小时了，愿意参加村里的手工活动，两周以后再去。", cast["agency"],
        now - 2 * DAY)
    service_referrals.note_seen(referral, cast["community"], now - DAY)


def _late(cast: Cast, now: datetime) -> None:
    report = _case(cast, now, 8, "谢来娣", ("schooling",), "孙女转学的手续卡住了", "4205")
    _refer(report, cast["department"], "schooling", "孙女转回来读书，学籍还没有转到，助学金发不了。请帮着问一问。", 5,
           cast["community"], now - 7 * DAY, "")
    service_referrals.run_after_referrals(now - HOUR)


def _meet(cast: Cast, report: Report, called: datetime, days: int, facts: str, *names: str) -> Meeting:
    """A meeting of the county some days after it was called, at half past two."""
    held_at = datetime.combine(day_of(called) + timedelta(days=days), time(14, 30), SHANGHAI)
    return service_meetings.call(report, Calling(
        held_at, "县民政局三楼会议室", facts, [cast[name].organisation_id or 0 for name in names]),
        cast["county"], called)


def _hold(cast: Cast, meeting: Meeting, summary: str, *names: str) -> datetime:
    """Those named answer and come; when the meeting was over."""
    for number, name in enumerate(names, start=1):
        invitation = db.session.scalars(select(MeetingInvitation).where(
            MeetingInvitation.meeting_id == meeting.id,
            MeetingInvitation.organisation_id == cast[name].organisation_id)).one()
        service_meetings.respond(invitation, meeting, "coming", cast[name], meeting.created_at + number * HOUR)
    over = meeting.held_at + 2 * HOUR
    service_meetings.hold(meeting, [cast[name].organisation_id or 0 for name in names], summary, cast["county"], over)
    return over


def _closed_meeting(cast: Cast, now: datetime) -> None:
    report = _case(cast, now, 20, "钟五妹", ("housing", "care"), "老房子后墙要倒，人又动不了", "4206")
    meeting = _meet(
        cast, report, now - 18 * DAY, 3,
        "土房后墙外鼓，住着一位不能走动的老人，儿女都在外地。房子怎么修、人先住哪里，要一起定。",
        "department", "charity", "agency")
    over = _hold(
        cast, meeting,
        "先把人接出来，再修墙。住建的人当场看了照片，认定是危房。", "department", "charity", "agency")
    for name, words in (("charity", "联系养老院，先住两个月，费用由慈善会出"), ("agency", "每周去看两次，帮着换洗")):
        decision = service_meetings.decide(meeting, words, day_of(over) + timedelta(days=3), cast["county"], over,
                                           organisation_id=cast[name].organisation_id)
        service_meetings.carry_out(decision, "办好了，人已经安顿下来。", cast[name], over + 2 * DAY)
    decision = service_meetings.decide(meeting, "把危房改造的申请报上去", day_of(over) + timedelta(days=5),
                                       cast["county"], over + HOUR, owner_id=cast["town"].user_id)
    service_meetings.carry_out(decision, "批下来了，下个月开工。", cast["town"], over + 4 * DAY)
    service_meetings.close(meeting, cast["county"], over + 5 * DAY)


def _held_meeting(cast: Cast, now: datetime) -> None:
    report = _case(cast, now, 10, "林金莲", ("medical", "cash", "care"), "孩子白血病，欠医院七万", "4207")
    meeting = _meet(
        cast, report, now - 8 * DAY, 4,
        "八岁的孩子，白血病，第二个疗程欠费七万，母亲辞工陪护，家里没有收入。报销、救助、筹款要一起办。",
        "department", "charity", "enterprise")
    over = _hold(
        cast, meeting,
        "先保住第二个疗程。报销能到六成，余下的由救助和捐款补，母亲的工作企业愿意留着。", "department", "charity")
    done = service_meetings.decide(meeting, "按大病保险先行结算，把能报的报下来", day_of(now) - timedelta(days=1),
                                   cast["county"], over, organisation_id=cast["department"].organisation_id)
    service_meetings.carry_out(done, "报了四万一千元，直接抵了欠费。", cast["department"], now - 2 * DAY)
    service_meetings.decide(meeting, "为这个孩子发起一次专项筹款，目标三万元", day_of(now) + timedelta(days=4),
                            cast["county"], over + HOUR, organisation_id=cast["charity"].organisation_id)
    service_meetings.decide(meeting, "上门算一算，够条件的话把低保申请报上来", day_of(now) + timedelta(days=1),
                            cast["county"], over + 2 * HOUR, owner_id=cast["community"].user_id)


def _called_meeting(cast: Cast, now: datetime) -> None:
    report = _case(cast, now, 4, "范长生", ("counselling", "medical"), "儿子发病打人，不肯去医院", "4208")
    _meet(
        cast, report, now - DAY, 4,
        "成年儿子病情反复，夜里伤人，家里只有两位老人。送医、费用、事后照看要一起商量。", "department", "agency")
