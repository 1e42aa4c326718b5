"""Dated standards as data: the built-in ones, a file in the contract's form, and the versions that counties write.

A `Book` holds versions of every policy. Of those that cover a day the last one counts: a county's word goes before
the built-in one, its newer word before its older one. Nothing is ever changed or deleted, so that a month of long
ago is reckoned today as it was then.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from matching.assistance.models import PolicyVersion
from matching.assistance.service_facts import DIBAO_CLASSES, Standard, Standards, read_names
from matching.assistance.service_kinds import AMOUNTS, CATEGORIES, OF_FILES, is_percent, may_be_empty
from matching.errors import Invalid
from matching.extensions import db

__all__ = ["Book", "Version", "book_of", "built_in", "fen_of", "read_file"]

MOST_FEN, MOST_PERCENT = 10**10, 1_000
_CATEGORY = (("dibao_a", r"低保.*A|^A.*低保"), ("dibao_b", r"低保.*B|^B.*低保"), ("dibao_c", r"低保.*C|^C.*低保"),
             ("margin", "边缘|低收入"), ("tekun", "特困|五保"), ("none", "未|无"))
_ALL_CLASSES = "(城镇|农村|城市)?(低保|最低生活保障)[户家庭]*"
_RESIDENCE = {"城镇": "urban", "农村": "rural", "urban": "urban", "rural": "rural"}
_CARE = {"亲属抚养": "kin", "机构养育": "institution", "kin": "kin", "institution": "institution"}


@dataclass(frozen=True, slots=True)
class Version:
    """A policy from one day to another, both included; `until` None: without end. `id` 0: not a county's own.

    Without any amount it says that there is no such policy in these days.
    """

    policy: str
    starts_on: date
    until: date | None
    amounts: Mapping[str, int]
    categories: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    excluded_by: tuple[str, ...] = ()
    id: int = 0

    def covers(self, day: date) -> bool:
        """Whether this version counts on a day, unless a later word does."""
        return self.starts_on <= day and (self.until is None or day <= self.until)

    @property
    def standard(self) -> Standard:
        """The policy as rules see it."""
        return Standard(self.policy, self.amounts, frozenset(self.categories), read_names(self.names),
                        frozenset(self.excluded_by))


@dataclass(frozen=True, slots=True)
class Book:
    """All versions of all policies, the last word last."""

    versions: tuple[Version, ...]

    def on(self, day: date) -> Standards:
        """The policies in force on a day, in the order of `AMOUNTS`."""
        found = {policy: self.version(policy, day) for policy in AMOUNTS}
        return {policy: version.standard for policy, version in found.items() if version and version.amounts}

    def version(self, policy: str, day: date) -> Version | None:
        """The version of a policy that counts on a day."""
        fitting = [version for version in self.versions if version.policy == policy and version.covers(day)]
        return fitting[-1] if fitting else None

    def with_version(self, version: Version) -> Book:
        """The book after one more word."""
        return Book((*self.versions, version))


@cache
def built_in() -> Book:
    """The standards that count where a county has written none."""
    written = json.loads(files(__package__).joinpath("standards.json").read_text("utf-8"))
    return Book(tuple(_built_in(written)))


def _built_in(written: Mapping[str, Any]) -> Iterator[Version]:
    for policy in AMOUNTS:
        entry = written.get(policy, {"versions": []})
        for version in entry["versions"]:
            yield Version(
                policy, date.fromisoformat(version["from"]),
                date.fromisoformat(version["until"]) if "until" in version else None,
                {key: fen_of(amount) for key, amount in version["yuan"].items()},
                tuple(version.get("categories", ())), tuple(entry.get("names", ())),
                tuple(entry.get("excluded_by", ())))


def book_of(county_code: str) -> Book:
    """The built-in standards and, after them, what a county has written, in the order in which it was written."""
    rows = db.session.scalars(select(PolicyVersion).where(PolicyVersion.county_code == county_code)
                              .order_by(PolicyVersion.id))
    return Book((*built_in().versions, *(of_row(row) for row in rows)))


def of_row(row: PolicyVersion) -> Version:
    """A county's version as a value."""
    return Version(row.policy, row.starts_on, row.until, row.amounts, tuple(row.categories), tuple(row.names),
                   tuple(row.excluded_by), row.id)


def fen_of(yuan: object) -> int:
    """Yuan (text, whole number or Decimal) in whole fen. ValueError for anything that is no such sum."""
    if isinstance(yuan, bool) or not isinstance(yuan, str | int | Decimal):
        raise ValueError(f"not a sum: {yuan!r}")
    try:
        fen = Decimal(yuan) * 100
    except InvalidOperation:
        raise ValueError(f"not a sum: {yuan!r}") from None
    if not fen.is_finite() or fen != fen.to_integral_value() or not 0 <= fen <= MOST_FEN:
        raise ValueError(f"not a sum: {yuan!r}")
    return int(fen)


def read_file(path: Path) -> Book:
    """The standards of a file in the contract's form (`policies.json`). Raises Invalid that says what is wrong."""
    try:
        content = json.loads(path.read_text("utf-8-sig"), parse_float=Decimal)
        policies = content["policies"]
    except (OSError, UnicodeDecodeError):
        raise Invalid(_("打不开政策文件。")) from None
    except (ValueError, KeyError, TypeError):
        raise Invalid(_("政策文件不是约定的 JSON 格式。")) from None
    if not isinstance(policies, list):
        raise Invalid(_("政策文件不是约定的 JSON 格式。"))
    return Book(tuple(version for entry in policies for version in _entry(entry)))


def _entry(entry: Any) -> Sequence[Version]:
    """The versions of one policy of a file, by their first day."""
    if not isinstance(entry, Mapping) or entry.get("code") not in OF_FILES:
        code = entry.get("code") if isinstance(entry, Mapping) else entry
        raise Invalid(_("不认识的政策代码：%(code)s", code=str(code)))
    policy = str(entry["code"])
    try:
        found = [_version(policy, entry, version) for version in entry["versions"]]
    except KeyError as lacking:
        raise Invalid(_("政策 %(code)s 的标准缺少“%(key)s”，或者不认识它。", code=policy,
                        key=lacking.args[0])) from None
    except (ValueError, TypeError, AttributeError) as fault:
        raise Invalid(_("政策 %(code)s 的标准写得不对：日期、金额或类别看不懂（%(what)s）。", code=policy,
                        what=fault)) from None
    return sorted(found, key=lambda version: version.starts_on)


def _version(policy: str, entry: Mapping[str, Any], written: Mapping[str, Any]) -> Version:
    until = date.fromisoformat(written["to"]) if written.get("to") else None
    version = Version(
        policy, date.fromisoformat(written["from"]), until, dict(_amounts(policy, written)),
        tuple(code for word in _texts(written.get("categories", ())) for code in _categories(word)),
        _texts(entry.get("names", ())), _texts(entry.get("excluded_by", ())))
    check(version, may_lack=True)
    if not version.amounts:
        raise ValueError("no amount")
    return version


def _amounts(policy: str, written: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """The amounts of a version by our keys."""
    if policy == "dibao":
        for residence, amount in written["standard"].items():
            yield _RESIDENCE[residence], fen_of(amount)
        for word, by_residence in written.get("class_amount_per_head", {}).items():
            for residence, amount in by_residence.items():
                for part in _categories(word):
                    yield f"{part}_{_RESIDENCE[residence]}", fen_of(amount)
    elif policy == "nursing":
        for grade, amount in written["month_by_grade"].items():
            yield f"grade_{int(grade)}", fen_of(amount)
    elif policy == "orphan":
        for care, amount in written["month_by_care"].items():
            yield _CARE[care], fen_of(amount)
    else:
        name = {"school_aid": "year", "defacto": "month_up_to"}.get(policy, "month")
        yield AMOUNTS[policy][0], fen_of(written[name])


def _texts(written: object) -> tuple[str, ...]:
    if not isinstance(written, list | tuple) or not all(isinstance(word, str) for word in written):
        raise TypeError("not a list of words")
    return tuple(written)


def _categories(written: str) -> tuple[str, ...]:
    """The categories that a word or a code names; 低保 without a class names all three. ValueError for none."""
    if written in CATEGORIES:
        return (written,)
    word = re.sub(r"\s", "", written).upper()
    for code, pattern in _CATEGORY:
        if re.search(pattern, word):
            return (code,)
    if re.fullmatch(_ALL_CLASSES, word):
        return DIBAO_CLASSES
    raise ValueError(f"no category: {written}")


def check(version: Version, *, may_lack: bool = False) -> None:
    """ValueError for a version that no rule could use: unknown or missing amounts, an end before its start.

    `may_lack`: amounts may be missing, as in a file of a district that has no such class; whom they would be for gets
    nothing, or has no line.
    """
    known, given = set(AMOUNTS[version.policy]), set(version.amounts)
    lacking = {key for key in known - given if not may_be_empty(version.policy, key)}
    if not given <= known or (given and lacking and not may_lack):
        raise ValueError("amounts are missing or unknown")
    if any(is_percent(key) and not 0 < value <= MOST_PERCENT for key, value in version.amounts.items()):
        raise ValueError("no such share")
    if version.until is not None and version.until < version.starts_on:
        raise ValueError("ends before it starts")
    if not set(version.categories) <= set(CATEGORIES) or not set(version.excluded_by) <= set(AMOUNTS):
        raise ValueError("unknown category or policy")
