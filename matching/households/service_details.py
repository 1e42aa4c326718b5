"""The details of needs by help type: what each form asks, what of it pairs, and the sentence that providers read.

A detail is kept under its name in `Need.details`: one code, a list of codes, a short text, a whole number, or
money in whole fen. Which codes there are stands in `matching.conditions`; only what was written is kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from flask_babel import force_locale
from flask_babel import gettext as _

from matching import formatting, words
from matching.conditions import BY_TYPE, GROUP_OF, GROUPS, WORKPLACES, asked, of_group, without
from matching.errors import Invalid
from matching.households.models import Household, Need
from matching.places import queries as places
from matching.words_needs import PLACES_OF_WORK, detail_word

Kind = Literal["one", "some", "text", "number", "money", "workplace", "ability"]
TEXT_LENGTH = 40
EITHER = "either"
_SEPARATORS = re.compile(r"[\s\-–—._·()]")
_NUMBERS = re.compile(r"\d{15,}|1[3-9]\d{9}|0\d{2,3}\d{7,8}")
_DOORS = re.compile(r"\d+ ?(?:组|号楼|栋|幢|单元|室|弄)|[路街巷村弄组] ?\d+ ?号")


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing that a form asks. `most` is the largest number that is taken."""

    name: str
    kind: Kind
    most: int = 0

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes to choose from; a group of conditions has the detail's name."""
        if self.kind == "workplace":
            return (EITHER, *WORKPLACES)
        return ("disabled_ok",) if self.kind == "ability" else GROUPS.get(self.name, ())


HOURS = (Detail("day", "some"), Detail("part", "some"))
DETAILS: Mapping[str, tuple[Detail, ...]] = {
    "cash": (Detail("purpose", "one"),),
    "goods": (Detail("item", "one"), Detail("size", "text")),
    "housing": (Detail("repair", "some"), Detail("area_m2", "number", 2_000)),
    "medical": (Detail("illness", "one"), Detail("cost", "some"), Detail("self_paid_fen", "money", 1_000_000_000)),
    "schooling": (Detail("stage", "one"), Detail("school_cost", "some"), Detail("years", "number", 12)),
    "tutoring": (Detail("stage", "one"), Detail("grade", "number", 9), Detail("subject", "some"),
                 Detail("venue", "some"), *HOURS),
    "job": (Detail("workplace", "workplace"), Detail("work", "some"), Detail("disabled_ok", "ability"), *HOURS,
            Detail("hours", "number", 84)),
    "care": (Detail("task", "some"), Detail("venue", "some"), *HOURS, Detail("hours", "number", 84)),
    "counselling": (Detail("topic", "some"), Detail("venue", "some"), *HOURS),
    "purchase": (Detail("product", "one"), Detail("product_name", "text"), Detail("price_fen", "money", 100_000_000)),
}
"""What the form of each help type asks, in its order."""


def kept(help_type: str, written: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of written details: those of the type that say something.

    Raises Invalid, with the detail as field, for a code that is not in its list, a text that is too long, or a
    number out of its range.
    """
    found: dict[str, Any] = {}
    for detail in DETAILS.get(help_type, ()):
        value = written.get(detail.name)
        if value in (None, "", [], ()):
            continue
        found[detail.name] = _checked(detail, value)
    return found


def _checked(detail: Detail, value: Any) -> Any:
    match detail.kind:
        case "text":
            if len(value) > TEXT_LENGTH:
                raise Invalid(_("最多 %(n)s 个字。", n=TEXT_LENGTH), detail.name)
            return value
        case "number" | "money":
            if not 1 <= value <= detail.most:
                raise Invalid(_("数字太大或太小。"), detail.name)
            return int(value)
        case "some" | "ability":
            if set(value) - set(detail.codes):
                raise Invalid(_("请从列表里选一个。"), detail.name)
            return [code for code in detail.codes if code in value]
        case _:
            if value not in detail.codes:
                raise Invalid(_("请从列表里选一个。"), detail.name)
            return value


def asks_of(help_type: str, details: Mapping[str, Any], further: Sequence[str] = ()) -> list[str]:
    """The codes that an offer must provide: what the details say, and `further` ones that they do not ask about."""
    told = {details.get("workplace", ""), *details.get("disabled_ok", ()), *further}
    return [*(code for code in asked(help_type) if code in told),
            *(code for code in further if code not in asked(help_type))]


def traits_by(help_type: str, details: Mapping[str, Any], person: Sequence[str]) -> list[str]:
    """What is known of a need: of the person what the details do not say themselves, and the details' codes."""
    codes = [code for detail in DETAILS.get(help_type, ()) if detail.kind in ("one", "some")
             for code in _codes(details.get(detail.name))]
    told = {GROUP_OF[code] for code in codes}
    return [*without(person, told.union(BY_TYPE.get(help_type, ()))), *codes]


def _codes(value: Any) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else list(value)


def details_of(need: Need) -> dict[str, Any]:
    """A need's details; where it has none yet, what its conditions say (it came from a register)."""
    if need.details:
        return dict(need.details)
    found: dict[str, Any] = {}
    for detail in DETAILS.get(need.help_type, ()):
        known = of_group(need.traits, detail.name)
        if detail.kind == "one" and known:
            found[detail.name] = known[0]
        elif detail.kind == "some" and known:
            found[detail.name] = known
        elif detail.kind == "ability" and "disabled_ok" in need.asks:
            found[detail.name] = ["disabled_ok"]
        elif detail.kind == "workplace":
            found[detail.name] = next((code for code in WORKPLACES if code in need.asks), EITHER)
    return found


def rows(help_type: str, details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The details in the reader's words: what each is called, and what was written."""
    return [(detail_word(detail.name), said(detail, details[detail.name]))
            for detail in DETAILS.get(help_type, ()) if detail.name in details]


def said(detail: Detail, value: Any) -> str:
    """One detail's value in the reader's words."""
    match detail.kind:
        case "some" | "ability":
            return (", " if formatting.english() else "、").join(words.condition_word(code) for code in value)
        case "one":
            return words.condition_word(value)
        case "workplace":
            return str(PLACES_OF_WORK.get(value, value))
        case "money":
            return formatting.money(value)
        case "number":
            return formatting.number(value)
    return str(value)


def drawn(help_type: str, details: Mapping[str, Any], amount: str) -> str:
    """The sentence that providers read, drawn from the details: codes and numbers, nothing that names anybody.

    Written in Chinese whoever draws it, as data that all read. Without details it is empty.
    """
    with force_locale("zh_Hans"):
        parts = [_phrase(detail, details[detail.name]) for detail in DETAILS.get(help_type, ())
                 if detail.name in details and details[detail.name] != EITHER]
        return "，".join([*parts, amount]) if parts else ""


def _phrase(detail: Detail, value: Any) -> str:
    """One detail as a part of the sentence."""
    match detail.name:
        case "area_m2":
            return _("约 %(n)s 平方米", n=formatting.number(value))
        case "self_paid_fen":
            return _("自己要付约 %(sum)s", sum=formatting.money(value))
        case "price_fen":
            return _("想卖 %(sum)s", sum=formatting.money(value))
        case "years":
            return _("帮 %(n)s 年", n=value)
        case "grade":
            return _("%(n)s 年级", n=value)
        case "hours":
            return _("每周约 %(n)s 小时", n=value)
    return said(detail, value)


def check_public(household: Household, text: str, field: str) -> None:
    """Raise Invalid when words that providers will read give away who is meant.

    Looked for: telephone and identity numbers, also with blanks or dots inside and in full-width digits; the names
    of the household's people; its file number; its village; doors and groups of an address.
    """
    plain = unicodedata.normalize("NFKC", text)
    if _NUMBERS.search(_SEPARATORS.sub("", plain)):
        raise Invalid(_("这句话别人会看到，不要写电话或身份证号。"), field)
    names = {household.head_name, *(member.name for member in household.members)}
    if any(len(name) > 1 and name in plain for name in names):
        raise Invalid(_("这句话别人会看到，不要写家里人的名字。"), field)
    village = places.area_name(household.area_code) if len(household.area_code) == 12 else ""
    if (village and village in plain) or household.number in plain or _DOORS.search(plain):
        raise Invalid(_("这句话别人会看到，不要写村名、门牌和户号。"), field)
