"""The demo county's reports of hardship: in every state, overdue, gone up, doubtful, told twice, with each outcome.

Visits lie with officers and a social worker, one for today, one late; the clocks have run as they would have.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from matching.actor import Actor
from matching.clock import day_of
from matching.demo.places import FIRST_TOWN, FIRST_VILLAGE
from matching.extensions import db
from matching.households.models import Household
from matching.intake import service_desk, service_tasks
from matching.intake.models import Report
from matching.intake.models_work import Task
from matching.intake.service import Facts
from matching.intake.service_asking import ask, origin_of
from matching.intake.service_clocks import Found, late

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
Told = tuple[str, Sequence[str], str, str]
"""Who may be asked for, the kinds of trouble, the words, the phone's last four digits."""
NEW: Told = ("蓝秋菊", ("medical", "cash"), "我家老头子昨天摔了，住院押金还差三千", "4101")
LATE: Told = ("雷桂香", ("housing",), "厨房那面墙裂了，下雨就漏", "4102")
ON_THE_WAY: Told = ("钟炳生", ("care",), "我一个人照顾瘫在床上的妈，走不开", "4103")
VERIFIED: Told = ("包大妹", ("schooling",), "孩子九月上高中，住宿费还没有着落", "4104")
HELPING: Told = ("丘永福", ("medical",), "每周透析三次，来回车费吃不消", "4105")
CLOSED: dict[str, Told] = {
    "helped": ("范细妹", ("goods",), "家里断粮两天了", "4106"),
    "not_qualified": ("温阿土", ("cash",), "想借钱换一辆三轮车", "4107"),
    "withdrawn": ("童水英", ("job",), "想找个附近的活，好接孩子", "4108"),
    "unreachable": ("", ("other",), "有事想问问", "4109"),
    "mischief": ("", ("other",), "哈哈哈哈", "4110"),
}
UP: Told = ("邱大妹", ("housing", "care"), "老人的土房后墙塌了半边，晚上不敢睡", "4115")
TO_COUNTY: Told = ("赖长根", ("medical", "cash"), "透析欠了四千，医院催着结账", "4116")
DOUBTFUL: Told = ("", ("cash", "goods", "job"), "1111111", "4117")
SENT: Told = ("石招娣", ("care", "counselling"), "儿子走了以后一直睡不着，一个人在家", "4118")
REVISITED: Told = ("雷三妹", ("goods",), "米快吃完了，孙子还小", "4119")
SEEN: Sequence[Told] = (
    ("修招弟", ("care", "medical"), "八十多岁一个人住，这几天没有出门", "4111"),
    ("邱金生", ("housing",), "屋顶的瓦掉了一片", "4112"),
    ("赖小玉", ("schooling", "counselling"), "孩子不肯去上学，家里说不动", "4113"),
)
"""What the informant of the demo saw at neighbours'."""


REASONS = {"not_qualified": "家里的收入高出标准，告诉了县里的创业贷款怎么办", "withdrawn": "亲戚介绍了活，说不用了",
           "unreachable": "去了两次，电话也打不通", "mischief": "打过去是孩子在玩手机"}
FOUND = {"not_qualified": "managing", "withdrawn": "declined", "unreachable": "not_home"}
"""What the visit came to where a report ended otherwise than helped."""


def is_played() -> bool:
    """Whether reports were told before."""
    return db.session.scalar(select(Report.id).limit(1)) is not None


def play(cast: dict[str, Actor], now: datetime) -> None:
    """Tell, visit, help and close as the people of the demo would; the caller commits."""
    community, informant = cast["community"], cast["informant"]
    for ago, (outcome, told) in enumerate(CLOSED.items(), start=8):
        _closed(_told(told, None, now - ago * DAY), outcome, community)
    helping = _walk(_told(HELPING, None, now - 6 * DAY), 3, community)
    service_desk.link(helping, _a_file(cast["household"]), "known", community, helping.changed_at)
    _walk(_told(VERIFIED, None, now - 2 * DAY), 2, community)
    _gone_up(_told(LATE, None, now - 3 * DAY), now)
    _walk(_told(ON_THE_WAY, None, now - DAY), 1, community)
    _walk(_told(SEEN[0], informant, now - 5 * DAY), 3, community)
    _closed(_told(SEEN[1], informant, now - 4 * DAY), "helped", community)
    _gone_up(_told(UP, None, now - 2 * DAY), now)
    _seen_by_the_county(_told(TO_COUNTY, None, now - 4 * DAY), cast["county"], now)
    _sent(cast, now)
    _told(SEEN[2], informant, now - 3 * HOUR)
    _told(NEW, None, now - 2 * HOUR)
    _told((NEW[0], ("medical",), "我是他女儿，再说一声，等着办住院", NEW[3]), None, now - HOUR)
    ask(_facts(DOUBTFUL, None), [], None, now - HOUR, is_doubtful=True)
    ask(Facts("self", ["cash"], FIRST_VILLAGE, _phone("4114"), cast["household"].name, "这个月药费比上个月多了"),
        [], cast["household"], now - 4 * HOUR)


def _sent(cast: dict[str, Actor], now: datetime) -> None:
    """A social worker goes to one household today, and next week to one that was helped."""
    community, worker = cast["community"], cast["socialworker"]
    report = _told(SENT, None, now - DAY)
    service_tasks.reassign_task(_visit(report), report, worker.user_id, day_of(now), community, now - 20 * HOUR)
    again = _walk(_told(REVISITED, None, now - 5 * DAY), 3, community)
    service_tasks.plan_task(again, "revisit", worker.user_id, day_of(now + 5 * DAY), community, again.changed_at + HOUR)


def _phone(last: str) -> str:
    return f"1380000{last}"


def _facts(told: Told, actor: Actor | None) -> Facts:
    name, kinds, words, last = told
    area = FIRST_TOWN if last == LATE[3] else FIRST_VILLAGE
    return Facts(origin_of(actor, actor is not None), kinds, area, _phone(last), name, words)


def _told(told: Told, actor: Actor | None, now: datetime) -> Report:
    return ask(_facts(told, actor), [], actor, now)


def _visit(report: Report) -> Task:
    return db.session.scalars(select(Task).where(Task.report_id == report.id, Task.done_at.is_(None))).one()


def _walk(report: Report, steps: int, officer: Actor) -> Report:
    """So many steps, three hours each: set out, seen and verified, help begun; returns the report."""
    at = report.created_at
    if steps > 0:
        service_desk.advance(report, "set_out", day_of(at + DAY), "", officer, at + 3 * HOUR)
    if steps > 1:
        service_tasks.finish_task(_visit(report), report, "hardship", "家里的情况和说的一样", officer, at + 6 * HOUR)
    if steps > 2:
        service_desk.advance(report, "help", None, "先送到急用的，再算能得到什么", officer, at + 9 * HOUR)
    return report


def _closed(report: Report, outcome: str, officer: Actor) -> None:
    """The whole way, within a day and a half."""
    at = report.created_at
    if outcome == "helped":
        _walk(report, 3, officer)
    elif outcome in FOUND:
        service_tasks.finish_task(_visit(report), report, FOUND[outcome], REASONS[outcome], officer, at + 20 * HOUR)
    service_desk.close_report(report, outcome, REASONS.get(outcome, ""), officer, at + 30 * HOUR)


def _gone_up(report: Report, now: datetime) -> None:
    """Nobody went there: the clock spoke at each hour at which it would have."""
    while report.due_at is not None and report.due_at < now and report.alarm != "late":
        late(Found("late", report.id, report.changed_at), report.due_at + timedelta(minutes=1))


def _seen_by_the_county(report: Report, officer: Actor, now: datetime) -> None:
    """It went up twice; then the county went there."""
    _gone_up(report, min(now, report.created_at + 3 * DAY))
    at = report.changed_at + 16 * HOUR
    service_tasks.finish_task(_visit(report), report, "hardship", "医院同意先治，县里来协调", officer, min(at, now))


def _a_file(own: Actor) -> Household:
    """A verified file of the village, not the demo household's."""
    return db.session.scalars(select(Household).where(
        Household.area_code == FIRST_VILLAGE, Household.status == "verified", Household.id != own.household_id)
        .order_by(Household.id).limit(1)).one()
