"""What each kind of policy is made of: the keys of its amounts, which may stay empty, what else its form asks.

The codes of `OF_FILES` and their rules are the contract's; `OWN` are policies that a county adds by writing a
standard for them; `limits` is no policy of households: up to which sum a town decides, and up to which help is paid
before it is decided. Amounts are whole fen, or whole percent where the key ends in `_percent`.
"""

from __future__ import annotations

from collections.abc import Mapping

from matching.assistance.service_facts import DIBAO_CLASSES

__all__ = ["AMOUNTS", "CATEGORIES", "EMERGENCIES", "NAMED", "OF_FILES", "OWN", "RESIDENCES", "SEVERITIES", "STAGES",
           "WITH_CATEGORIES", "is_percent", "may_be_empty"]

CATEGORIES = (*DIBAO_CLASSES, "tekun", "margin", "none")
RESIDENCES = ("urban", "rural")
STAGES = ("nursery", "primary", "junior", "senior", "university")
CLASSES = ("institution", "tekun", "dibao", "margin", "none")
EMERGENCIES = ("illness", "disaster", "schooling", "other")
SEVERITIES = ("ordinary", "urgent", "critical")
AMOUNTS: Mapping[str, tuple[str, ...]] = {
    "dibao": (*RESIDENCES, *(f"{part}_{residence}" for part in DIBAO_CLASSES for residence in RESIDENCES)),
    "tekun": ("month",), "living": ("month",), "nursing": ("grade_1", "grade_2", "grade_3", "grade_4"),
    "school_aid": ("year",), "orphan": ("kin", "institution"), "defacto": ("up_to",),
    "margin": ("upto_percent", "head_month"), "single": ("income_percent", "bills_year"),
    "schooling": tuple(f"{stage}_year" for stage in STAGES), "housing": ("cap",),
    "medical": ("threshold", "cap", *(f"{kind}_percent" for kind in CLASSES)),
    "temporary": tuple(f"{cause}_{severity}" for cause in EMERGENCIES for severity in SEVERITIES),
    "limits": ("town_limit", "green_cap"),
}
"""The policies and the keys of their amounts, in the order of forms and pages."""
OF_FILES = ("dibao", "tekun", "living", "nursing", "school_aid", "orphan", "defacto")
OWN = ("margin", "single", "schooling", "housing", "medical", "temporary")
WITH_CATEGORIES = frozenset({"living", "school_aid", "schooling", "housing"})
NAMED = frozenset({"living", "nursing", "school_aid", "orphan", "defacto", *OWN} - {"margin"})
"""Policies that registers write in the column of what a person receives; the others follow from the category."""
_EMPTY_IN = frozenset({"nursing", "schooling", "temporary"})
_EMPTY = frozenset({("margin", "head_month"), ("single", "bills_year"), *(("medical", f"{kind}_percent")
                                                                       for kind in CLASSES)})


def is_percent(key: str) -> bool:
    """Whether an amount is a share in whole percent, not a sum."""
    return key.endswith("_percent")


def may_be_empty(policy: str, key: str) -> bool:
    """Whether a policy can do without this amount: who falls under it gets nothing."""
    return policy in _EMPTY_IN or (policy, key) in _EMPTY
