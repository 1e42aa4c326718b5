"""How well a column's header fits a field: by its whole name, by a part of it, never against a forbidden word."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from matching.exchange.vocabulary import header_words, plain

__all__ = ["fit", "header_score", "unit_of_header"]

_BRACKETS = re.compile(r"[(（\[【].*?[)）\]】]")
_MUST = re.compile(r"必填|选填|必选|\*")
SHORTEST_PART = 5
STAFF = re.compile("干部|网格员|包保|包联|包村|责任人|经办|专干|信息员|协管员|联络员|监护|照料.{0,2}人|护理人|"
                   "受理|走访人|代[领办]人|受托人|办理")
"""Columns about somebody else: who works with the household, who looks after a person."""
FORBIDDEN = -1.0
"""Whatever its values look like, the column is not this field: a guardian's telephone is not the child's."""


@cache
def fit(header: str, group: str, field: str, kind: str) -> float:
    """From 0 to 1.1: how well a header (under the heading of its group) names a field; FORBIDDEN: it cannot be this."""
    words = header_words(kind)[field]
    wholes = _readings(header)
    if any(plain(group) + whole in words.names for whole in wholes if group):
        return 1.1
    if any(whole in words.names for whole in wholes):
        return 1.0
    if kind == "households" and field != "staff" and any(STAFF.search(whole) for whole in wholes):
        return FORBIDDEN
    if any(word in whole for whole in wholes for word in words.never):
        return FORBIDDEN
    by_pattern = 0.75 if words.pattern and any(words.pattern.search(whole) for whole in wholes) else 0.0
    return max([by_pattern, *(_partial(whole, name) for whole in wholes for name in words.names)])


def _readings(header: str) -> list[str]:
    """The header without brackets, and with what stands in them, both in plain form."""
    written = _MUST.sub("", unicodedata.normalize("NFKC", header))
    return [reading for reading in dict.fromkeys((plain(_BRACKETS.sub("", written)), plain(written))) if reading]


def _partial(header: str, name: str) -> float:
    if name.isascii() and len(name) < SHORTEST_PART:
        return 0.0  # NO is no part of NOTE
    if len(name) >= 2 and name in header:
        return 0.45 + 0.45 * len(name) / len(header)
    if len(header) >= 2 and header in name:
        return 0.5 * len(header) / len(name)
    return 0.0


@cache
def header_score(header: str, kind: str) -> float:
    """How well a cell would do as a header of any field; long texts are never headers."""
    if not header or len(header) > 30:
        return 0.0
    return max(fit(header, "", field, kind) for field in header_words(kind))


def unit_of_header(header: str) -> tuple[int, int]:
    """(scale, months) that the header of an amount names: 万元 → 10000, 年 → 12 months, else (1, 1)."""
    written = plain(header)
    return 10000 if "万元" in written else 1000 if "千元" in written else 1, 12 if "年" in written else 1
