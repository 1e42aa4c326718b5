"""The words of hardship reports: for officers, and for those who asked."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from matching.words_steps import TIMELINE

__all__ = ["ASKS", "FILTERS", "KNOWN_BY", "ORIGINS", "OUTCOMES", "STATES", "STEPS", "TASKS", "TASK_RESULTS", "TILES",
           "ask_word", "due_step_word", "known_by_word", "origin_word", "report_event_word", "report_outcome_word",
           "report_state_word", "report_tag", "task_result_word", "task_word", "tile_word"]

STATES: Mapping[str, LazyString] = {
    "received": _l("刚收到"), "visiting": _l("去看了"), "verified": _l("核实了"), "helping": _l("在帮"),
    "closed": _l("办结"), "reopened": _l("又打开"),
}
OUTCOMES: Mapping[str, LazyString] = {
    "helped": _l("帮上了"), "not_qualified": _l("这次不符合"), "joined": _l("并到同一件事"),
    "withdrawn": _l("自己撤回"), "unreachable": _l("找不到人"), "mischief": _l("不是真事"),
}
ORIGINS: Mapping[str, LazyString] = {
    "self": _l("自己求助"), "neighbour": _l("别人代报"), "informant": _l("信息员"), "officer": _l("干部发现"),
    "socialworker": _l("社工"), "department": _l("部门转来"),
}
STEPS: Mapping[str, LazyString] = {
    "visit": _l("上门看"), "assess": _l("定怎么帮"), "help": _l("把帮助送到"), "follow_up": _l("回访"),
    "": _l("没有要办的了"),
}
"""What is to be done next, for officers."""
TASKS: Mapping[str, LazyString] = {"visit": _l("上门走访"), "revisit": _l("回访"), "call": _l("打电话问")}
TASK_RESULTS: Mapping[str, LazyString] = {
    "hardship": _l("确实有难处，要帮"), "urgent": _l("很急，今天就要帮"), "managing": _l("自己能过得去"),
    "declined": _l("说不用了"), "settled": _l("帮助到位了"), "still_hard": _l("还有难处"),
    "not_home": _l("没有找到人，改天再去"), "dropped": _l("不用去了"),
}
KNOWN_BY: Mapping[str, LazyString] = {
    "met": _l("上门见到了本人"), "papers": _l("看过身份证件"), "known": _l("本来就认识这家"),
}
"""How an officer knows that a report is about a file."""
ASKS: Mapping[str, LazyString] = {
    "all": _l("家里几口人，谁在挣钱，这几天怎么过的"), "medical": _l("什么病，在哪里看，欠多少，医保报了没有"),
    "cash": _l("等着用多少钱，哪天要用，亲戚帮得上吗"), "goods": _l("米油被褥药还够几天"),
    "housing": _l("房子哪里坏了，住着危不危险，有没有地方先住"), "schooling": _l("谁在上学，欠什么钱，有没有停学"),
    "job": _l("谁能干活，会做什么，能不能离家"), "care": _l("谁要人照顾，现在谁在照顾，晚上有没有人"),
    "counselling": _l("吃睡怎么样，有没有说过不想活；有就马上打电话，别让人一个人待着"),
    "other": _l("到底难在哪里，最想先办哪一样"),
}
"""What a visitor finds out, by kind of trouble; `all` is asked everywhere."""
TAGS: Mapping[str, str] = {"received": "open", "reopened": "open", "closed": "done"}
TILES: Mapping[str, LazyString] = {
    "medical": _l("看病"), "cash": _l("急用钱"), "goods": _l("吃的用的"), "housing": _l("房子"),
    "schooling": _l("孩子上学"), "job": _l("找活干"), "care": _l("没人照顾"), "counselling": _l("心里难受"),
    "other": _l("别的"),
}
"""The nine tiles of /ask, in the words of those who ask."""


def report_state_word(state: str) -> str:
    """Where a report stands, in a word for officers."""
    return str(STATES.get(state, state))


def report_outcome_word(outcome: str) -> str:
    """What came of a report."""
    return str(OUTCOMES.get(outcome, outcome))


def origin_word(origin: str) -> str:
    """Who reported."""
    return str(ORIGINS.get(origin, origin))


def tile_word(kind: str) -> str:
    """A kind of trouble as people say it; short enough for a tile."""
    return str(TILES.get(kind, kind))


def due_step_word(step: str) -> str:
    """What a report waits for."""
    return str(STEPS.get(step, step))


def task_word(kind: str) -> str:
    """What somebody goes there for."""
    return str(TASKS.get(kind, kind))


def task_result_word(result: str) -> str:
    """What came of a visit; an older code as an outcome."""
    return str(TASK_RESULTS.get(result, "")) or report_outcome_word(result)


def ask_word(kind: str) -> str:
    """What a visitor finds out about one kind of trouble."""
    return str(ASKS.get(kind, ""))


def known_by_word(code: str) -> str:
    """How it is known whose file a report is about."""
    return str(KNOWN_BY.get(code, code))


def report_event_word(kind: str) -> str:
    """One step in a report's history, for officers."""
    return str(TIMELINE.get(f"report.{kind}", "")) or str(_l("求助的人说没有人来") if kind == "nobody_came" else kind)


def report_tag(state: str) -> str:
    """The tag of a state: open, done or wait."""
    return TAGS.get(state, "wait")


FILTERS = (ask_word, due_step_word, known_by_word, origin_word, report_event_word, report_outcome_word,
           report_state_word, report_tag, task_result_word, task_word, tile_word)
