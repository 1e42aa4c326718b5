"""The words for what happens to a pairing and a file: for the timeline, for providers, for the household itself."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString

from matching.language import lazy_gettext as _l

TIMELINE: Mapping[str, LazyString] = {
    "pairing.approve": _l("批准结对，请对方答复"), "pairing.return": _l("退回了建议"),
    "pairing.accept": _l("对方接下了"), "pairing.decline": _l("对方没有接"),
    "pairing.lapse": _l("到期没有答复，名额放回"),
    "pairing.consent": _l("家里同意告诉对方怎么联系"), "pairing.refuse": _l("家里没有同意"),
    "pairing.start": _l("开始了"), "pairing.deliver": _l("对方说已经送到"), "pairing.confirm": _l("确认收到"),
    "pairing.dispute": _l("家里说还没有收到"), "pairing.close": _l("销号"), "pairing.withdraw": _l("解除结对"),
    "pairing.part": _l("给到了一部分"), "pairing.settle": _l("剩下的不给了"),
    "duty.add": _l("约好了要办的事"), "duty.tick": _l("约好的事办了一次"), "duty.exempt": _l("约好的事先停一阵"),
    "duty.end": _l("约好的事结束了"),
    "ledger.bring_up": _l("难处解决了，等第二个人签字"), "ledger.sign": _l("第二个人签了字，销了号"),
    "ledger.reopen": _l("难处又有了，台账重新打开"), "ledger.leave": _l("观察期满，没有再来"),
    "follow_up.done": _l("回访过了"), "follow_up.plan": _l("安排了回访"),
    "voice.yes": _l("家里说帮上了"), "voice.partly": _l("家里说帮上一点"), "voice.no": _l("家里说没有帮上"),
    "complaint.make": _l("有意见，等人答复"), "complaint.answer": _l("意见答复了"),
    "gap.passed_up": _l("政策上的事，已上报"), "gap.settled": _l("政策上的事，已落实"),
    "gap.explained": _l("政策上的事，已说明"), "gap.reopened": _l("政策上的事，又打开了"),
    "grant.ask": _l("申请了帮助"), "grant.approve": _l("批准了帮助"), "grant.return": _l("帮助的申请退回补充"),
    "grant.refuse": _l("没有批准帮助"), "grant.pay": _l("发了帮助"), "grant.papers": _l("先行救助的材料补齐了"),
    "grant.reclaim": _l("先行救助的钱追回了"), "grant.reclaim_part": _l("先行救助的钱追回了一部分"),
    "grant.demand": _l("先行救助的材料没有补，要追回"), "grant.sign": _l("签了一步，等下一步批"),
    "grant.paper": _l("收了先行救助的一份材料"), "grant.papers_soon": _l("先行救助的材料快到期"),
    "grant.papers_late": _l("先行救助的材料过了期，上一级来催"),
    "grant.papers_up": _l("先行救助的材料一直没有补，再上一级来催"), "grant.bounce": _l("银行没有发成"),
    "grant.end": _l("停发了帮助"), "grant.cost": _l("记了一笔要花的钱"), "grant.recuse": _l("一位经办人回避这一家"),
    "grant.imported": _l("从台账导入了得到过的帮助"),
    "menu.draw": _l("做了帮扶方案"), "menu.change": _l("改了帮扶方案"), "menu.decline": _l("家里不要方案里的一样"),
    "menu.agree": _l("家里签了帮扶方案"), "menu.review": _l("看了帮扶方案落实得怎么样"),
    "pairing.fail": _l("没有办成"), "pairing.reopen": _l("重新打开"),
    "report.receive": _l("收到求助"), "report.set_out": _l("去看求助的这家"), "report.verify": _l("求助核实了"),
    "report.help": _l("求助开始帮了"), "report.close": _l("求助办结了"), "report.reopen": _l("求助又打开了"),
    "report.hand_up": _l("求助转到上一级"), "report.add": _l("求助补充了话或照片"), "report.look": _l("看了求助"),
    "report.listen": _l("打开了求助的照片或录音"), "report.trust": _l("认定求助是真的"),
    "report.link": _l("求助对上了档案"), "report.urgency": _l("改了求助的急缓"),
    "report.hand_over": _l("求助换了人负责"), "report.plan": _l("求助排了走访"), "report.visited": _l("求助走访过了"),
    "report.late": _l("求助过了日子，没有再上一级"),
    "report.refer": _l("把求助转给一个单位"), "report.refer_accept": _l("单位接下了转来的求助"),
    "report.refer_refuse": _l("单位没有接转来的求助"), "report.refer_answer": _l("单位说了办得怎么样"),
    "report.refer_withdraw": _l("撤回了转出去的求助"), "report.refer_late": _l("单位过了日子没有答复，上一级来催"),
    "report.refer_consent": _l("本人同意让单位看到怎么联系"),
    "report.meet_call": _l("约了几个单位会商"), "report.meet_hold": _l("开了会商"),
    "report.meet_decide": _l("会商定了一件事"), "report.meet_done": _l("会商定的一件事办好了"),
    "report.meet_close": _l("会商定的事都办好了"), "report.meet_cancel": _l("取消了会商"),
    "report.meet_late": _l("会商定的一件事过了日子，上一级来催"), "report.minutes": _l("打印了会商纪要"),
}
PROVIDER_VERBS: Mapping[str, LazyString] = {
    "offered": _l("答复"), "accepted": _l("查看"), "consented": _l("去联系"), "under_way": _l("记录进展"),
    "delivered": _l("查看"), "confirmed": _l("查看"), "closed": _l("查看"),
}
CASE: Mapping[str, LazyString] = {
    "offered": _l("我们找到了能帮忙的单位，正在等他们答复。"),
    "accepted": _l("他们愿意来帮。您同意的话，我们就把您的姓名、电话和地址告诉他们。"),
    "consented": _l("您已同意，他们会来联系您。"), "under_way": _l("正在帮您办。"),
    "delivered": _l("他们说已经送到了。您收到了吗？"), "confirmed": _l("您说收到了。社区会再看一看。"),
    "closed": _l("这件事办好了。"),
}
CASE_STEP: Mapping[str, int] = {"offered": 1, "accepted": 2, "consented": 3, "under_way": 3, "delivered": 4,
                                "confirmed": 5, "closed": 5}
"""The five steps that a household sees: answered, agreed, under way, delivered, done."""

CONSENT_WAYS: Mapping[str, LazyString] = {
    "in_person": _l("当面说的"), "phone": _l("电话里说的"), "paper": _l("签了纸"), "account": _l("自己在网上点的"),
}
OUTCOMES: Mapping[str, LazyString] = {
    "solved": _l("解决了"), "eased": _l("缓解了"), "changed": _l("情况变了，不再需要"), "none": _l("没有起作用"),
}
COURSES: Mapping[str, LazyString] = {
    "followed": _l("照建议批准"), "changed": _l("改了再配"), "refused": _l("退回建议"), "own": _l("没有建议，自己配"),
}
DESK_WHYS: Mapping[str, LazyString] = {
    "situation": _l("情况变了"), "family": _l("家里的意思"), "provider": _l("机构那边的情况"),
    "distance": _l("太远或不方便"), "known": _l("了解到系统不知道的情况"), "other": _l("别的原因"),
}


MENU_SOURCES: Mapping[str, LazyString] = {
    "grant": _l("已经申请或批准"), "gap": _l("应享未享"), "pairing": _l("正在办"), "offer": _l("有合适的资源"),
    "need": _l("还没有资源"), "own": _l("另外加的"),
}
MENU_SOURCE_TAGS: Mapping[str, str] = {
    "grant": "done", "gap": "open", "pairing": "done", "offer": "wait", "need": "late"}
SIGNED_WAYS: Mapping[str, LazyString] = {
    "screen": _l("在手机上签的"), "paper": _l("签在纸上"), "account": _l("自己在网上点的"),
}


def menu_source_word(source: str) -> str:
    """Where an item of an assistance menu comes from."""
    return str(MENU_SOURCES.get(source, source))


def menu_source_tag(source: str) -> str:
    """The kind of tag of where an item comes from."""
    return MENU_SOURCE_TAGS.get(source, "")


def signed_way_word(way: str) -> str:
    """How a household signed."""
    return str(SIGNED_WAYS.get(way, way))


def timeline_word(kind: str) -> str:
    """What happened, in a few words; the code itself when it is not known here."""
    return str(TIMELINE.get(kind, kind))


def provider_verb(state: str) -> str:
    """What a provider does next with a pairing in this state."""
    return str(PROVIDER_VERBS.get(state, _l("查看")))


def case_words(state: str) -> str:
    """Where one help stands, as said to the household."""
    return str(CASE.get(state, ""))


def case_step(state: str) -> str:
    """How far one help has come, as said to the household."""
    return str(_l("第 %(step)s 步，一共 %(all)s 步", step=CASE_STEP[state], all=max(CASE_STEP.values())))


def outcome_word(outcome: str) -> str:
    """What came of a pairing, in a few words."""
    return str(OUTCOMES.get(outcome, outcome))


RHYTHMS: Mapping[str, LazyString] = {
    "once": _l("开始以前办一次"), "week": _l("每周一次"), "month": _l("每月一次"), "year": _l("每年一次"),
}
PROOFS: Mapping[str, LazyString] = {
    "code": _l("家里的收货码"), "photo": _l("照片"), "signature": _l("家里签名"), "words": _l("只写一句"),
}


def duty_rhythm_word(rhythm: str) -> str:
    """How often a duty is owed."""
    return str(RHYTHMS.get(rhythm, rhythm))


def proof_word(proof: str) -> str:
    """How a handover is proven."""
    return str(PROOFS.get(proof, proof))


MENU_FILTERS = (menu_source_word, menu_source_tag, signed_way_word)
