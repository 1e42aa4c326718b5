"""Which conditions pair, by help type: the one table for needs, offers, registers, the engine's input and words.

A need *asks* for codes that an offer must *provide*: who cannot leave the house asks for work at home. What is
known of a need are its *traits*; an offer is *only for* some codes, group by group: of each group that it names
one code must be among the traits. A group of which nothing is known forbids nothing, and the card says that
nobody has checked. Hours are two groups, days and parts of a day: both overlap exactly when an hour does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

GROUPS: Mapping[str, tuple[str, ...]] = {
    "stage": ("nursery", "primary", "junior", "senior", "university"),
    "age": ("over60", "under60"),
    "sex": ("female", "male"),
    "purpose": ("living", "bills", "school_fees", "relief", "funeral", "turnover", "purpose_other"),
    "item": ("grain_oil", "bedding", "clothing", "appliance", "furniture", "mobility_aid", "baby", "school_things",
             "daily_goods", "heating", "item_other"),
    "repair": ("roof", "wall", "rebuilding", "kitchen_bath", "barrier_free", "wiring", "tidying", "renting"),
    "illness": ("kidney", "cancer", "heart_brain", "mental_illness", "lung", "eye", "injury", "chronic_illness",
                "rare_illness", "illness_other"),
    "cost": ("inpatient", "surgery", "medicine", "rehab", "supplies", "travel"),
    "school_cost": ("tuition", "boarding", "school_living", "books", "journey"),
    "subject": ("chinese", "maths", "english", "physics", "chemistry", "homework", "talents"),
    "work": ("handwork", "sewing", "assembly", "cleaning", "kitchen", "shop_work", "driving", "farm_work",
             "office_work", "guard", "work_other"),
    "task": ("meals", "bathing", "chores", "errands", "company", "health_check", "escort", "night_watch", "respite"),
    "topic": ("grief", "own_illness", "child_mood", "family", "low_mood", "despair", "mental_care", "carer_strain"),
    "product": ("poultry", "eggs", "livestock", "fish", "fruit", "vegetables", "grain", "honey", "tea", "dried",
                "craft", "product_other"),
    "venue": ("visit", "centre", "online"),
    "day": ("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
    "part": ("morning", "afternoon", "evening", "night"),
}
"""The codes of each group. Every code belongs to one group only."""

PERSON = ("stage", "age", "sex")
"""The groups that speak of the person to be helped; an offer of any type can be limited by them."""

BY_TYPE: Mapping[str, tuple[str, ...]] = {
    "cash": ("purpose",), "goods": ("item",), "housing": ("repair",), "medical": ("illness", "cost"),
    "schooling": ("school_cost",), "tutoring": ("subject", "venue", "day", "part"), "job": ("work", "day", "part"),
    "care": ("task", "venue", "day", "part"), "counselling": ("topic", "venue", "day", "part"),
    "purchase": ("product",),
}
"""The groups in which needs and offers of a help type are compared, besides those of the person."""

ASKED: Mapping[str, tuple[str, ...]] = {"job": ("home_based", "on_site", "disabled_ok")}
"""What a need of a help type can ask for and an offer can provide."""

WORKPLACES = ("home_based", "on_site")
GROUP_OF: Mapping[str, str] = {code: group for group, codes in GROUPS.items() for code in codes}
CODES = frozenset(GROUP_OF) | {code for codes in ASKED.values() for code in codes}


def asked(help_type: str) -> tuple[str, ...]:
    """The codes that needs of a type can ask for and its offers provide."""
    return ASKED.get(help_type, ())


def groups(help_type: str) -> tuple[str, ...]:
    """The groups in which needs and offers of a type are compared, those of the person last."""
    return BY_TYPE.get(help_type, ()) + PERSON


def provided(help_type: str, provides: Iterable[str]) -> frozenset[str]:
    """What an offer provides. A job of which no place is told is done on the employer's site (settled reading)."""
    told = frozenset(provides)
    return told | {"on_site"} if help_type == "job" and not told & set(WORKPLACES) else told


def grouped(codes: Iterable[str]) -> frozenset[str]:
    """Codes as the engine takes them, `group:code`; one that is not known here is a group of its own."""
    return frozenset(f"{GROUP_OF.get(code, code)}:{code}" for code in codes)


def of_group(codes: Iterable[str], group: str) -> list[str]:
    """Those codes that belong to a group, in their order."""
    return [code for code in codes if GROUP_OF.get(code) == group]


def without(codes: Iterable[str], groups: Collection[str]) -> list[str]:
    """Those codes that belong to none of the groups, in their order."""
    return [code for code in codes if GROUP_OF.get(code) not in groups]
