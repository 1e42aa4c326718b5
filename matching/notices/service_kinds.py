"""Every kind of notice: its words, what may be said in them, and whom it may reach in which way.

Words name no person, place, kind of help, sum or number of a file: a message lies on a locked screen, in a shared
mailbox, with a carrier. What may be filled in is a day, a count, or the number printed on an asker's slip; a path says
which page to open. Anything else is refused when it is told, so that no room can put more into a message by mistake.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from matching.actor import OFFICERS, PROVIDERS, Role
from matching.formatting import day_short, number

__all__ = ["GROUPS", "KINDS", "STEPS", "Kind", "checked", "groups_of", "told"]

PATH = re.compile(r"(?!.*\d{10})/(?:[a-z0-9-]+(?:/[a-z0-9-]+)*)?")
CASE = re.compile(r"(?!.*\d{8})[0-9A-Z][0-9A-Z-]{2,19}")
"""Neither has room for a telephone or an identity number."""
MOST = 9_999_999

GROUPS: Mapping[str, LazyString] = {
    "pairing": _l("结对和资源"), "money": _l("申请和发放"), "asking": _l("求助、走访和转介"),
    "work": _l("导入、核对和档案"), "account": _l("自己的账号"),
}
"""What an account may choose channels for, in the order of the page."""

STEPS: Mapping[str, LazyString] = {
    "received": _l("已经收到，有人负责了"), "joined": _l("和先前的一份合在一起办"), "visit": _l("约好了上门看看"),
    "visited": _l("已经上门看过"), "checking": _l("正在核对情况"), "referred": _l("转给了对口的单位"),
    "meeting": _l("几个单位一起商量"), "handed_up": _l("转给上一级负责了"),
    "handed_over": _l("换了人来办"),
    "helped": _l("帮助已经安排"), "closed": _l("办完了"),
    "not_now": _l("有了答复，请看说明"),
}
"""Where a report stands, in words that say nothing of why."""


def _is_day(value: Any) -> bool:
    return isinstance(value, date)


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= MOST


VALUES: Mapping[str, tuple[Callable[[Any], bool], Callable[[Any], Any], Callable[[Any], str]]] = {
    "by": (_is_day, date.isoformat, lambda kept: day_short(date.fromisoformat(kept))),
    "on": (_is_day, date.isoformat, lambda kept: day_short(date.fromisoformat(kept))),
    "count": (_is_count, int, number),
    "case": (lambda value: isinstance(value, str) and bool(CASE.fullmatch(value)), str, str),
    "step": (lambda value: value in STEPS, str, lambda kept: str(STEPS[kept])),
}
"""Name of a value: whether one may be told, how it is kept, how it is said."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of notice: `title` says what is so, `more` what to do about it; `values` are the names filled in.

    `urgent`: somebody waits for the reader; it cannot be silenced in the site, and it alone goes out as a text message.
    """

    group: str
    title: LazyString
    more: LazyString | str = ""
    values: tuple[str, ...] = ()
    urgent: bool = False
    secret: bool = field(default=False)
    """Carries the code that proves an address; it goes to that address alone and stands in no list."""


def _news(group: str, title: LazyString, more: LazyString, *values: str) -> Kind:
    return Kind(group, title, more, values)


def _duty(group: str, title: LazyString, more: LazyString, *values: str) -> Kind:
    return Kind(group, title, more, values, urgent=True)


KINDS: Mapping[str, Kind] = {
    # a pairing, to the organisation
    "pairing_offered": _duty("pairing", _l("有一个需求等您答复"), _l("请在 %(by)s前答复接不接。"), "by"),
    "pairings_offered": _duty("pairing", _l("有 %(count)s 个需求等您答复"), _l("请在 %(by)s前答复接不接。"),
                              "by", "count"),
    "pairing_consented": _duty("pairing", _l("对方同意了，可以开始"), _l("请尽快联系，开始帮忙。")),
    "pairing_refused": _news("pairing", _l("有一个结对不用办了"), _l("对方这次没有同意，名额已经放回。")),
    "pairing_confirmed": _news("pairing", _l("对方确认收到了"), _l("谢谢，社区复核以后就办结。")),
    "pairing_disputed": _duty("pairing", _l("对方说还没有收到"), _l("请再核对一下，送到以后重新记一笔。")),
    "pairing_withdrawn": _news("pairing", _l("有一个结对解除了"), _l("名额已经放回，不用再办。")),
    "pairing_missed": _news("pairing", _l("有需求过期没有答复"), _l("名额已经放回，可以再配给别的需求。")),
    "pairing_finished": _news("pairing", _l("有一个结对办结了"), _l("谢谢您一直办到最后。")),
    # a pairing, to the officers
    "pairing_accepted": _duty("pairing", _l("有机构接下了，等着问家里"), _l("请问一问是否同意，记录下来。")),
    "pairing_declined": _news("pairing", _l("有机构没有接"), _l("需求还开着，可以另外配一个。")),
    "pairing_lapsed": _news("pairing", _l("有结对过期没有答复"), _l("需求还开着，可以另外配。")),
    "pairing_answered": _news("pairing", _l("家里同意了"), _l("机构会去联系，请留意进展。")),
    "pairing_unwanted": _news("pairing", _l("家里没有同意"), _l("需求还开着，可以另外配一个。")),
    "pairing_delivered": _duty("pairing", _l("机构说已经送到"), _l("请向家里确认收到没有。")),
    "pairing_received": _duty("pairing", _l("家里确认收到，可以复核办结"), _l("请复核以后办结。")),
    "pairing_failed": _news("pairing", _l("有一个结对没有办成"), _l("需求又开着了，请另外配一个。")),
    "pairing_reopened": _news("pairing", _l("有一件事重新打开了"), _l("请看一看现在的情况。")),
    "pairings_due": _duty("pairing", _l("结对快到期了，要办的有 %(count)s 件"), _l("请在明天以前办这一步。"), "count"),
    "pairings_late": _duty("pairing", _l("结对过期了，没有办的有 %(count)s 件"), _l("请尽快办，或者说明为什么。"),
                           "count"),
    "duty_missed": _duty("pairing", _l("约好的一件事没有办"), _l("请补上，或者说明为什么。")),
    "ledger_to_sign": _news("pairing", _l("有一件难处等第二个人签字"), _l("看过凭据和家里的话，再签字销号。")),
    "follow_up_given": _duty("pairing", _l("有一次回访交给您"), _l("请在 %(by)s前去看看。"), "by"),
    "follow_ups_due": _duty("pairing", _l("回访快到期了，有 %(count)s 件"), _l("请在明天以前去看看。"),
                            "count"),
    "follow_ups_late": _duty("pairing", _l("回访过期了，有 %(count)s 件没有去"), _l("请尽快去看看。"), "count"),
    "complaint_received": _duty("pairing", _l("有一条意见等您答复"), _l("请在 %(by)s前答复。"), "by"),
    "complaints_due": _duty("pairing", _l("意见快到期了，有 %(count)s 条"), _l("请在明天以前答复。"), "count"),
    "complaints_late": _duty("pairing", _l("意见过期了，有 %(count)s 条没有答复"), _l("请尽快答复。"), "count"),
    # a pairing, to the household
    "complaint_answered": _news("pairing", _l("您提的意见有了答复"), _l("打开看看。")),
    "answer_due": _duty("pairing", _l("有一件事还等您说一声"), _l("打开看一看，点一下就行。")),
    "consent_asked": _duty("pairing", _l("有一件事等您说同不同意"), _l("打开看一看，点一下就行。")),
    "receipt_asked": _duty("pairing", _l("请看一看收到没有"), _l("收到了点一下，没有收到也告诉我们。")),
    "case_withdrawn": _news("pairing", _l("您家的一件事有变化"), _l("原来的安排取消了，我们会再想办法。")),
    "case_closed": _news("pairing", _l("您家的一件事办好了"), _l("还有难处，随时告诉我们。")),
    "case_reopened": _news("pairing", _l("您家的一件事重新办起来了"), _l("打开看看进展。")),
    # offers and organisations
    "organisation_vetted": _news("account", _l("您的机构通过了核实"), _l("现在可以登记资源、接结对了。")),
    "organisation_returned": _duty("account", _l("您的机构没有通过核实"), _l("打开看原因，改好以后请县里再看。")),
    "offer_waiting": _duty("pairing", _l("外县有资源等本县点头"), _l("请看一看，同意或者不同意。")),
    "offer_allowed": _news("pairing", _l("外县同意了您的资源"), _l("现在可以配给那里的需求。")),
    "offer_refused": _news("pairing", _l("外县没有同意您的资源"), _l("打开看原因。")),
    # files, registers, checks
    "need_verified": _news("work", _l("您登记的需求核实了"), _l("档案核实以后就会参加结对。")),
    "import_ready": _news("work", _l("台账读好了，等您确认"), _l("先看改了哪些，再点确认。")),
    "import_done": _news("work", _l("台账导入好了"), _l("打开看新增和变动。")),
    "import_failed": _news("work", _l("台账没有导入"), _l("什么也没有写进去，打开看原因。")),
    "check_done": _news("work", _l("政策核对好了"), _l("打开看结果。")),
    "check_failed": _news("work", _l("政策核对没有做完"), _l("请再做一次。")),
    "erasure_asked": _duty("work", _l("有一份档案等第二个人同意删除"), _l("请看一看理由，同意以后不能恢复。")),
    "account_made": _news("account", _l("您的账号开通了"), _l("在这里选一选怎么通知您。")),
    "address_code": Kind("account", _l("结对的确认码"), "", urgent=True, secret=True),
    # help that is asked for and paid
    "grant_waiting": _duty("money", _l("有一份申请等您批"), _l("请尽快看一看。")),
    "grant_returned": _duty("money", _l("您的申请退回补充"), _l("打开看缺什么，补好再提。")),
    "grant_refused": _news("money", _l("您的申请没有批准"), _l("打开看原因。")),
    "grant_approved": _news("money", _l("您的申请批准了"), _l("可以安排发放了。")),
    "grant_paid": _news("money", _l("您的申请发放了"), _l("打开看记录。")),
    "papers_due": _duty("money", _l("先行救助的材料快到期"), _l("请在 %(by)s前补齐。"), "by"),
    "papers_overdue": _duty("money", _l("先行救助的材料过期没有补"), _l("本来应在 %(by)s前补齐，请尽快。"), "by"),
    "list_to_freeze": _duty("money", _l("有一份发放名单等着定下来"), _l("请核对以后定下来。")),
    # asking for help
    "report_received": _duty("asking", _l("您的求助收到了，编号 %(case)s"), _l("我们会在 %(by)s前答复您。"),
                             "case", "by"),
    "report_step": _news("asking", _l("编号 %(case)s：%(step)s"), _l("用您的凭码可以看每一步。"), "case", "step"),
    "report_moved": _news("asking", _l("您报的一件求助：%(step)s"), _l("打开看每一步。"), "step"),
    "task_done": _news("asking", _l("有一件求助，已经上门看过"), _l("打开看看到了什么。")),
    "task_given": _duty("asking", _l("有一次走访交给您"), _l("请在 %(by)s前去。"), "by"),
    "task_due": _duty("asking", _l("有一次走访快到期"), _l("请在 %(by)s前去。"), "by"),
    "task_overdue": _duty("asking", _l("有一次走访过期了"), _l("本来应在 %(by)s前去，请马上安排。"), "by"),
    "report_given": _duty("asking", _l("有一件求助交给您负责"), _l("请在 %(by)s前办这一步。"), "by"),
    "report_added": _news("asking", _l("求助的人又说了话，或者加了照片"), _l("打开看说了什么。")),
    "report_due": _duty("asking", _l("您负责的一件求助快到日子了"), _l("请在 %(by)s前办这一步。"), "by"),
    "report_overdue": _duty("asking", _l("您负责的一件求助过了日子"), _l("本来应在 %(by)s前办，打开看归谁。"), "by"),
    "escalated": _duty("asking", _l("有一件事过期没有办，转到您这里"), _l("请尽快安排。")),
    "referral_received": _duty("asking", _l("有一件事转给您的单位"), _l("请在 %(by)s前答复接不接。"), "by"),
    "referral_answered": _news("asking", _l("您转出的事有了答复"), _l("打开看答复。")),
    "referral_due": _duty("asking", _l("转来的事快到日子了"), _l("请在 %(by)s前答复或者办好。"), "by"),
    "referral_overdue": _duty("asking", _l("转来的事过了日子"), _l("本来应在 %(by)s前答复或者办好，请尽快。"), "by"),
    "referral_opened": _duty("asking", _l("本人同意了，可以联系"), _l("打开看怎么联系。")),
    "referral_withdrawn": _news("asking", _l("转来的一件事撤回了"), _l("不用再办。")),
    "referral_late": _duty("asking", _l("您转出的事过了日子没有答复"), _l("已经告诉上一级，请您也催一催。")),
    "meeting_invited": _duty("asking", _l("请您参加一次会商"), _l("时间是 %(on)s，打开看材料。"), "on"),
    "meeting_answered": _news("asking", _l("有单位答复了会商来不来"), _l("打开看谁来。")),
    "meeting_cancelled": _news("asking", _l("一次会商取消了"), _l("不用来了。")),
    "decision_given": _duty("asking", _l("会商定了一件事由您办"), _l("请在 %(by)s前办好。"), "by"),
    "decision_done": _news("asking", _l("会商定下的一件事办好了"), _l("打开看看。")),
    "decision_overdue": _duty("asking", _l("会商定下的事过期了"), _l("本来应在 %(by)s前办好，请马上办。"), "by"),
    "decision_due": _duty("asking", _l("会商定下的事快到期"), _l("请在 %(by)s前办好。"), "by"),
}


def groups_of(role: Role) -> tuple[str, ...]:
    """The groups of which somebody in this role may ever be told, in the order of the page."""
    if role in OFFICERS:
        return tuple(GROUPS)
    if role is Role.HOUSEHOLD:
        return ("pairing", "money", "asking", "account")
    if role in PROVIDERS or role is Role.SOCIALWORKER:
        return ("pairing", "asking", "account")
    return ("asking", "account")


def checked(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a notice as they are kept; `path` may always be among them.

    Raises ValueError for an unknown kind, for a value that the kind does not declare or lacks, and for one of
    another form than `VALUES` allows: a mistake in the room that tells, never a reader's.
    """
    if kind not in KINDS:
        raise ValueError(f"no such kind of notice: {kind}")
    names = set(values) - {"path"}
    if names != set(KINDS[kind].values):
        raise ValueError(f"{kind} is told with {sorted(KINDS[kind].values)}, not with {sorted(names)}")
    kept: dict[str, Any] = {"path": values.get("path", "/todo")}
    if not isinstance(kept["path"], str) or not PATH.fullmatch(kept["path"]):
        raise ValueError(f"{kind} opens no page of ours")
    for name in names:
        fits, keep, _say = VALUES[name]
        if not fits(values[name]):
            raise ValueError(f"{kind} cannot be told with this {name}")
        kept[name] = keep(values[name])
    return kept


def told(kind: str, details: Mapping[str, Any]) -> tuple[str, str]:
    """(what is so, what to do) of a notice, in the present language; of a kind that is gone, what can be said."""
    known = KINDS.get(kind)
    if known is None:
        return str(_l("有一条消息")), ""
    facts = {name: VALUES[name][2](details[name]) for name in known.values}
    return str(known.title) % facts, str(known.more) % facts
