"""The words of hardship reports: for officers, and for those who asked."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

__all__ = ["FILTERS", "ORIGINS", "OUTCOMES", "STATES", "TILES", "origin_word", "report_outcome_word",
           "report_state_word", "tile_word"]

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


FILTERS = (origin_word, report_outcome_word, report_state_word, tile_word)
