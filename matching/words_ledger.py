"""The words of the closing ledger, of follow-ups, and of what households say of their help."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString

from matching.language import lazy_gettext as _l

Words = Mapping[str, LazyString]

LINE_STATES: Words = {
    "open": _l("没有解决"), "to_sign": _l("等签字"), "watched": _l("观察中"), "closed": _l("已销号"),
    "reopened": _l("又打开的"),
}
LINE_KINDS = {"open": "open", "to_sign": "wait", "watched": "full", "closed": "done", "reopened": "late"}
"""The look of each state's tag."""
FOLLOW_UP_WAYS: Words = {"visit": _l("上门看看"), "call": _l("打电话问问")}
FOLLOW_UP_KINDS: Words = {"after": _l("看帮得怎么样"), "watch": _l("销号以后再看看")}
FOLLOW_UP_RESULTS: Words = {
    "solved": _l("难处解决了"), "partly": _l("好一些，还差一点"), "back": _l("难处还在，或者又回来了"),
    "other": _l("这件好了，又有别的难处"), "not_home": _l("没有见到人"), "dropped": _l("不用再看"),
}
HELPED: Words = {"yes": _l("帮上了"), "partly": _l("帮上一点"), "no": _l("没有帮上")}
SCORES: Mapping[int, LazyString] = {
    5: _l("很满意"), 4: _l("满意"), 3: _l("还可以"), 2: _l("不满意"), 1: _l("很不满意")}
WORD_WAYS: Words = {"account": _l("自己登录说的"), "keypad": _l("自己凭码说的"), "phone": _l("电话里说的"),
                    "met": _l("当面说的")}
COMPLAINT_KINDS: Words = {
    "unhappy": _l("家里对帮助不满意"), "refusal": _l("家里没有同意这个结对"), "objection": _l("家里对结对有意见"),
    "finding": _l("回访发现没有帮好"),
}


def line_state_word(code: str) -> str:
    """Where a difficulty stands on the closing ledger."""
    return str(LINE_STATES.get(code, code))


def line_state_kind(code: str) -> str:
    """The look of a state's tag."""
    return LINE_KINDS.get(code, "")


def follow_up_way_word(code: str) -> str:
    """How somebody looks: `visit` or `call`."""
    return str(FOLLOW_UP_WAYS.get(code, code))


def follow_up_kind_word(code: str) -> str:
    """Why somebody looks."""
    return str(FOLLOW_UP_KINDS.get(code, code))


def follow_up_result_word(code: str) -> str:
    """What a follow-up found."""
    return str(FOLLOW_UP_RESULTS.get(code, code))


def helped_word(code: str) -> str:
    """Whether it helped, as the household said."""
    return str(HELPED.get(code, code))


def score_word(score: int | None) -> str:
    """How content the household is; empty when it did not say."""
    return str(SCORES[score]) if score else ""


def word_way_word(code: str) -> str:
    """How the household said it."""
    return str(WORD_WAYS.get(code, code))


def complaint_kind_word(code: str) -> str:
    """What goes to a person."""
    return str(COMPLAINT_KINDS.get(code, code))
