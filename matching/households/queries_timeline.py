"""A household's story in words, for officers: what happened, with whom, when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import LazyString
from sqlalchemy import bindparam, select

from matching.extensions import db, read
from matching.households.models import TimelineEntry
from matching.language import lazy_gettext as _l
from matching.words import help_type_word
from matching.words_steps import timeline_word
from matching.words_units import unit_word

SHOWN = 12

HOUSEHOLD_EVENTS: Mapping[str, LazyString] = {
    "household.added": _l("建档"), "household.imported": _l("从台账导入"), "household.edited": _l("改了基本情况"),
    "household.screened": _l("做完初步筛查"), "household.surveyed": _l("做完入户调查"),
    "household.verified": _l("做完组织核查，核实通过"), "household.account_made": _l("开了家庭账号"),
    "household.merged": _l("另一份重复的档案并了进来"), "household.unmerged": _l("撤回了合并"),
    "member.settle": _l("说清了一个人属于哪一户"), "member.unsettle": _l("撤回了一个人属于哪一户"),
    "household.archived": _l("归档了"), "household.erasure_asked": _l("有人提出删除这份档案"),
    "household.reopened": _l("从归档里取出"),
    "household.kept": _l("没有同意删除，档案留着"), "paper.added": _l("收了材料"), "paper.removed": _l("删了材料"),
    "member.added": _l("登记了一位家里人"), "member.edited": _l("改了一位家里人的情况"),
}
NEED_EVENTS: Mapping[str, LazyString] = {
    "need.added": _l("登记了需求：%(help)s %(quantity)s %(unit)s"),
    "need.imported": _l("导入了需求：%(help)s %(quantity)s %(unit)s"),
    "need.edited": _l("改了需求：%(help)s %(quantity)s %(unit)s"),
    "need.confirmed": _l("核实了需求：%(help)s %(quantity)s %(unit)s"),
    "need.withdrawn": _l("撤回了需求：%(help)s %(quantity)s %(unit)s"),
}
HELPED: Mapping[str, str] = {
    "pairing.approve": "offered", "pairing.accept": "accepted", "pairing.consent": "consented",
    "pairing.start": "under_way", "pairing.part": "under_way", "pairing.settle": "delivered",
    "pairing.dispute": "under_way", "pairing.deliver": "delivered",
    "pairing.confirm": "confirmed", "pairing.close": "closed",
}
"""After which event somebody helps with a need, and in which state that stands; after any other nobody does."""
LATE = ("pairing.lapse", "pairing.dispute", "pairing.fail")
_EVENTS = select(*TimelineEntry.__table__.c).where(TimelineEntry.household_id == bindparam("household_id")).order_by(
    TimelineEntry.id.desc())
_NEWEST = _EVENTS.limit(bindparam("limit"))


@dataclass(frozen=True, slots=True)
class Event:
    """One event as a page shows it. `detail` says with whom, about what, why and who did it."""

    title: str
    at: datetime
    detail: str
    pairing_id: int | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class Helper:
    """Who helps with a need, and how far that has come."""

    pairing_id: int
    organisation: str
    state: str


def event_words(kind: str, data: Mapping[str, Any]) -> str:
    """What happened, in a few words. A kind that is not known anywhere is shown as it stands."""
    if kind in NEED_EVENTS:
        return str(NEED_EVENTS[kind]) % {"help": help_type_word(data.get("help_type", "")),
                                         "quantity": data.get("quantity", ""),
                                         "unit": unit_word(data.get("unit", ""), data.get("quantity"))}
    return str(HOUSEHOLD_EVENTS.get(kind, "")) or timeline_word(kind)


def timeline(household_id: int, limit: int | None = SHOWN) -> tuple[Sequence[Event], bool]:
    """The newest events of a household, newest first, and whether there are more. `limit` None: all."""
    of = {"household_id": household_id}
    rows = read(_EVENTS, of) if limit is None else read(_NEWEST, of | {"limit": limit + 1})
    shown = rows if limit is None else rows[:limit]
    return [_event(row) for row in shown], len(rows) > len(shown)


def consents(household_id: int) -> Sequence[tuple[str, str, datetime]]:
    """To which organisations a household agreed to tell how to reach it: name, help type, when; oldest first."""
    rows = db.session.scalars(select(TimelineEntry).where(
        TimelineEntry.household_id == household_id, TimelineEntry.kind == "pairing.consent").order_by(TimelineEntry.id))
    return [(row.data.get("organisation", ""), row.data.get("help_type", ""), row.at) for row in rows]


def _event(row: Any) -> Event:
    said: list[str] = [row.actor_name]
    if row.kind.startswith("pairing."):
        said = [row.data.get("organisation", ""), help_type_word(row.data.get("help_type", "")),
                row.data.get("reason", ""), row.actor_name]
    return Event(event_words(row.kind, row.data), row.at, " · ".join(filter(None, said)), row.pairing_id,
                 row.kind in LATE)
