"""The first guess at how urgent a report is: from the kinds of trouble and from words of danger. Pure.

Whoever handles the report may change it; the guess only orders the desk until somebody has looked.
"""

from __future__ import annotations

from collections.abc import Collection

__all__ = ["KINDS", "LIFE", "SOON", "first_guess"]

KINDS = ("medical", "cash", "goods", "housing", "schooling", "job", "care", "counselling", "other")
"""The nine tiles of /ask, in their order: help types, and `other`."""
_BY_KIND = {"medical": 3, "care": 3, "counselling": 3, "cash": 3, "housing": 3, "goods": 3, "schooling": 2, "job": 2,
            "other": 2}
LIFE = ("自杀", "不想活", "想死", "活不下去", "轻生", "农药", "快不行", "要死", "没命", "昏迷", "吐血", "大出血",
        "家暴", "着火", "suicide", "kill myself", "want to die", "bleeding", "unconscious", "violence")
"""Words that mean danger to life."""
SOON = ("断粮", "没饭吃", "饿", "塌", "透析", "癌", "白血病", "starving", "no food", "collapsed", "dialysis", "cancer",
        "leukaemia", "leukemia")
"""Words of what must not wait."""


def first_guess(kinds: Collection[str], words: str = "") -> int:
    """Urgency 1 to 5: danger to life 5, other words of danger or three kinds at once 4, else by the kinds."""
    said = words.casefold()
    if any(word in said for word in LIFE):
        return 5
    if any(word in said for word in SOON) or len(set(kinds)) >= 3:
        return 4
    return max((_BY_KIND[kind] for kind in kinds), default=2)
