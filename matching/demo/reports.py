"""The demo county's reports of hardship: in every state, one overdue, one told twice, closed with each outcome."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from matching.actor import Actor
from matching.demo.places import FIRST_TOWN, FIRST_VILLAGE
from matching.extensions import db
from matching.intake import service
from matching.intake.models import Report
from matching.intake.models_work import Task
from matching.intake.service import Facts
from matching.intake.service_asking import ask, origin_of

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
SEEN: Sequence[Told] = (
    ("修招弟", ("care", "medical"), "八十多岁一个人住，这几天没有出门", "4111"),
    ("邱金生", ("housing",), "屋顶的瓦掉了一片", "4112"),
    ("赖小玉", ("schooling", "counselling"), "孩子不肯去上学，家里说不动", "4113"),
)
"""What the informant of the demo saw at neighbours'."""


def is_played() -> bool:
    """Whether reports were told before."""
    return db.session.scalar(select(Report.id).limit(1)) is not None


def play(cast: dict[str, Actor], now: datetime) -> None:
    """Tell, visit, help and close as the people of the demo would; the caller commits."""
    community, informant = cast["community"], cast["informant"]
    for ago, (outcome, told) in enumerate(CLOSED.items(), start=8):
        _closed(_told(told, None, now - ago * DAY), outcome, community)
    for told, steps, ago in ((HELPING, 3, 6), (VERIFIED, 2, 4), (LATE, 0, 3), (ON_THE_WAY, 1, 1)):
        _walk(_told(told, None, now - ago * DAY), steps, community, now)
    _walk(_told(SEEN[0], informant, now - 5 * DAY), 3, community, now)
    _closed(_told(SEEN[1], informant, now - 4 * DAY), "helped", community)
    _told(SEEN[2], informant, now - 3 * HOUR)
    _told(NEW, None, now - 2 * HOUR)
    _told((NEW[0], ("medical",), "我是他女儿，再说一声，等着办住院", NEW[3]), None, now - HOUR)
    ask(Facts("self", ["cash"], FIRST_VILLAGE, _phone("4114"), cast["household"].name, "这个月药费比上个月多了"),
        [], cast["household"], now - 4 * HOUR)


def _phone(last: str) -> str:
    return f"1380000{last}"


def _told(told: Told, actor: Actor | None, now: datetime) -> Report:
    name, kinds, words, last = told
    area = FIRST_TOWN if last == LATE[3] else FIRST_VILLAGE
    return ask(Facts(origin_of(actor, actor is not None), kinds, area, _phone(last), name, words), [], actor, now)


def _walk(report: Report, steps: int, officer: Actor, now: datetime) -> None:
    """So many steps, three hours each; what follows is due tomorrow, seen from today."""
    for number, action in enumerate(("set_out", "verify", "help")[:steps], start=1):
        at = report.created_at + number * 3 * HOUR
        service.take_step(report, action, officer, at, due_at=service.due_next_day(now))
        if action == "verify":
            _seen(report, officer, at, "hardship")


def _closed(report: Report, outcome: str, officer: Actor) -> None:
    """The whole way, within a day and a half."""
    if outcome == "helped":
        _walk(report, 3, officer, report.created_at + DAY)
    else:
        _seen(report, officer, report.created_at + 20 * HOUR, outcome)
    service.close(report, outcome, officer, report.created_at + 30 * HOUR)


def _seen(report: Report, officer: Actor, at: datetime, result: str) -> None:
    """The visit was made."""
    task = db.session.scalars(select(Task).where(Task.report_id == report.id)).one()
    task.done_at, task.done_by_name, task.result = at, officer.name, result
