"""Reads of the audit log within the reader's reach, newest first, and the words for what was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import LazyString
from sqlalchemy import ColumnElement, bindparam, column, func, or_, select, table

from matching.actor import Actor
from matching.audit.models import AuditEntry
from matching.clock import SHANGHAI
from matching.extensions import db, read
from matching.keyset import Asked, Key, Order, Page, whole
from matching.language import lazy_gettext as _l
from matching.places.queries import within
from matching.words_steps import TIMELINE

PAGE = 40
NEWEST_FIRST = Order(Key(AuditEntry.id, whole, falls=True))

# Slices above, by the names of their columns only.
users = table("users", column("id"), column("username"), column("name"))
households = table("households", column("id"), column("number"), column("area_code"))
organisations = table("organisations", column("id"), column("name"))

ACTIONS: Mapping[str, LazyString] = {
    "household.open": _l("打开了档案"), "household.disclose": _l("看了完整信息"),
    "household.state_why": _l("说明了为什么打开档案"), "household.search": _l("按号码查找"),
    "household.contact": _l("看了联系方式"), "household.add": _l("建了档案"), "household.edit": _l("改了档案"),
    "household.verify": _l("核实了一步"), "household.account": _l("给这户开了账号"),
    "household.merge": _l("并了两份档案"), "household.unmerge": _l("撤回了合并"),
    "household.apart": _l("记下两份档案是两户"), "member.settle": _l("说清了一个人属于哪一户"),
    "member.unsettle": _l("撤回了一个人属于哪一户"),
    "member.add": _l("加了家人"), "member.edit": _l("改了家人的情况"),
    "need.add": _l("加了需求"), "need.edit": _l("改了需求"), "need.withdraw": _l("撤了需求"),
    "need.confirm": _l("核实了需求"),
    "paper.add": _l("收了材料"), "paper.open": _l("看了材料"), "paper.remove": _l("删了材料"),
    "household.print": _l("做了一户一表"), "household.history": _l("看了以前的版本"),
    "household.archive": _l("归档了档案"), "household.ask_erasure": _l("提出删除档案"),
    "household.keep": _l("没有同意删除档案"), "household.erase": _l("删除了档案"),
    "register.import": _l("导入了登记表"), "import.ask": _l("交来了登记表"), "import.confirm": _l("确认导入登记表"),
    "import.choose_columns": _l("改了登记表各列的意思"), "import.cancel": _l("取消了登记表的导入"),
    "import.ask_undo": _l("要撤回一次导入"), "import.undo": _l("撤回了一次导入"),
    "policy.write": _l("改了政策标准"), "gap_check.ask": _l("请系统查应享未享"),
    "gap_check.done": _l("系统查完了应享未享"), "gap_check.cancel": _l("取消了应享未享的检查"),
    "payment_list.make": _l("做了发放名单"), "payment_list.freeze": _l("锁定了发放名单"),
    "payment_list.export": _l("导出了发放名单"), "figures.export": _l("下载了报告里的名单"),
    "payment_list.put_back": _l("把没发成的放回了名单"),
    "approval_rule.write": _l("改了谁来批"), "substitute.name": _l("找了人代班"), "substitute.end": _l("结束了代班"),
    **{code: word for code, word in TIMELINE.items()
       if code.startswith(("pairing.", "duty.", "gap.", "grant.", "menu.", "report.", "ledger.", "follow_up.",
                           "complaint.")) and code != "grant.imported"},
    "ledger.look": _l("看了台账的一条"), "ledger.prove": _l("给台账添了凭据"), "ledger.export": _l("导出了销号台账"),
    "voice.say": _l("家里说了帮得怎么样"), "voice.open": _l("凭码打开了评价"), "voice.hand_out": _l("看了评价的凭码"),
    "menu.print": _l("打印了帮扶方案"), "pairing.prove": _l("收了送到的凭据"),
    "pairing.lock": _l("锁定了结对"), "pairing.unlock": _l("解锁了结对"),
    "run.ask": _l("请系统配对"), "run.done": _l("系统配好了"), "run.cancel": _l("取消了配对"),
    "offer.add": _l("登记了资源"), "offer.edit": _l("改了资源"), "offer.extend": _l("延长了资源"),
    "offer.import": _l("导入了资源"), "offer.open": _l("恢复了资源"), "offer.paused": _l("先停了资源"),
    "offer.closed": _l("结束了资源"), "offer.allowed": _l("同意资源进本县"), "offer.refused": _l("没有同意资源进本县"),
    "organisation.register": _l("登记了机构"), "organisation.open": _l("打开了机构资料"),
    "organisation.vetted": _l("核实通过"), "organisation.refused": _l("核实没有通过"),
    "organisation.suspended": _l("暂停了机构"),
    "account.create": _l("开了账号"), "account.enable": _l("恢复了账号"), "account.disable": _l("停用了账号"),
    "account.reset_password": _l("重设了密码"), "account.change_password": _l("改了自己的密码"),
    "account.change_role": _l("改了角色"), "account.sign_in": _l("登录了"), "account.sign_out": _l("退出了"),
    "area.set_point": _l("改了地点的位置"), "audit.read": _l("看了查看记录"), "site.rotate_keys": _l("换了密钥"),
    "site.backup": _l("备份了全部数据"), "site.restore": _l("用备份恢复了全部数据"),
    "account.ask_code": _l("要了确认码"), "account.prove_address": _l("确认了收消息的地址"),
    "account.forget_address": _l("去掉了收消息的地址"), "account.choose_notices": _l("改了怎么通知自己"),
    "account.retry_notices": _l("让没发出去的消息再试一次"),
}
LOOKS = ("household.open", "household.disclose", "household.search", "household.contact", "household.print",
         "household.history", "ledger.look", "paper.open", "report.look", "report.listen",
         "organisation.open", "audit.read")
_LOOKS_AT = select(
    AuditEntry.actor_name, AuditEntry.actor_role, AuditEntry.at, AuditEntry.why, AuditEntry.action).order_by(
    AuditEntry.id.desc()).limit(10).where(
    AuditEntry.household_id == bindparam("household_id"), AuditEntry.action.in_(LOOKS))
KINDS: Mapping[str, LazyString] = {
    "look": _l("查看"), "household": _l("档案"), "pairing": _l("结对"), "offer": _l("资源"),
    "report": _l("求助"), "assistance": _l("政策和资金"), "organisation": _l("机构"), "area": _l("地点"),
    "account": _l("账号"), "site": _l("系统维护"),
}
OBJECTS: Mapping[str, tuple[str, ...]] = {
    "household": ("household.", "member.", "need.", "paper.", "register.", "import."),
    "pairing": ("pairing.", "run.", "menu.", "duty.", "ledger.", "follow_up.", "voice.", "complaint."),
    "report": ("report.",),
    "assistance": ("policy.", "gap.", "gap_check.", "grant.", "payment_list.", "approval_rule.", "substitute.",
                   "figures."),
    "offer": ("offer.",), "organisation": ("organisation.",), "area": ("area.",), "account": ("account.",),
    "site": ("site.",),
}
"""What a reader can filter by: looks of all kinds, or everything done to one kind of object."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What to show of the log. Empty values do not filter; `who` is a name or user name, `number` a file's."""

    who: str = ""
    number: str = ""
    kind: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One entry with what it was about: a file's register number, an organisation's name, a user name."""

    entry: AuditEntry
    number: str | None
    about: str


def list_entries(actor: Actor, filters: Filters, asked: Asked) -> Page[Line]:
    """A page of the log in the actor's reach, newest first.

    One SELECT, by the index on county and number, or by number alone for reaches wider than a county.
    """
    chosen = [*_in_reach(actor.area_code), *_chosen(filters, actor.area_code)]
    rows = db.session.execute(NEWEST_FIRST.take(
        select(AuditEntry, households.c.number, organisations.c.name)
        .outerjoin(households, households.c.id == AuditEntry.household_id)
        .outerjoin(organisations, organisations.c.id == AuditEntry.organisation_id)
        .where(*chosen), asked, PAGE)).all()
    lines = [Line(entry, number, name or entry.changes.get("username", "")) for entry, number, name in rows]
    return NEWEST_FIRST.page(lines, asked, PAGE, lambda line: (line.entry.id,))


def looks_at(household_id: int) -> Sequence[Any]:
    """Who looked at a file last, newest first: name and role, when, why, action; for readers that may open the file."""
    return read(_LOOKS_AT, {"household_id": household_id})


def contacts_shown(household_id: int) -> Sequence[tuple[str, datetime, datetime]]:
    """Which organisations saw how to reach a household: name, first and last time, by the first time."""
    first = func.min(AuditEntry.at)
    rows = db.session.execute(
        select(organisations.c.name, first, func.max(AuditEntry.at))
        .join(organisations, organisations.c.id == AuditEntry.organisation_id)
        .where(AuditEntry.household_id == household_id, AuditEntry.action == "household.contact")
        .group_by(organisations.c.id, organisations.c.name).order_by(first)).all()
    return [(name, begun, last) for name, begun, last in rows]


def action_word(action: str) -> str:
    """What was done, in a few words; the code itself when there are none."""
    return str(ACTIONS.get(action, action))


def _in_reach(area_code: str) -> list[ColumnElement[bool]]:
    """Conditions for entries in an area: its county by equality, so that the newest are found at once."""
    conditions = [within(AuditEntry.area_code, area_code)]
    if len(area_code) >= 6:
        conditions.append(AuditEntry.county_code == area_code[:6])
    return conditions


def _chosen(filters: Filters, area_code: str) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.who:
        named = or_(users.c.username == filters.who, users.c.name == filters.who)
        conditions.append(AuditEntry.actor_id.in_(select(users.c.id).where(named)))
    if filters.number:
        conditions.append(AuditEntry.household_id.in_(select(households.c.id).where(
            households.c.number == filters.number, within(households.c.area_code, area_code))))
    if filters.kind == "look":
        conditions.append(AuditEntry.action.in_(LOOKS))
    elif filters.kind:
        conditions.append(or_(*(AuditEntry.action.startswith(prefix) for prefix in OBJECTS[filters.kind])))
    if filters.on is not None:
        start = datetime.combine(filters.on, time(), SHANGHAI)
        conditions += [AuditEntry.at >= start, AuditEntry.at < start + timedelta(days=1)]
    return conditions
