"""Whom another version of a policy would touch: what each household gets or should get, before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from matching.assistance.service_answers import answers
from matching.assistance.service_facts import DIBAO_CLASSES, Answer, Home, Standards, class_fen
from matching.assistance.service_standards import Version

__all__ = ["Touched", "as_json", "compare", "from_json"]


@dataclass(frozen=True, slots=True)
class Touched:
    """One person or household that a change touches. `before_per`, `after_per`: as `Answer.per`, empty for nothing."""

    home: Home
    policy: str
    person: str
    before_fen: int
    before_per: str
    after_fen: int
    after_per: str
    receives: bool

    @property
    def how(self) -> str:
        """newly, no_longer or amount."""
        if self.before_per and self.after_per:
            return "amount"
        return "newly" if self.after_per else "no_longer"


@dataclass(frozen=True, slots=True)
class _Worth:
    """What one policy is worth to a person: fen, how it is given, and whether it is received already."""

    fen: int = 0
    per: str = ""
    receives: bool = False


def compare(home: Home, before: Standards, after: Standards, on: date) -> Iterator[Touched]:
    """What differs for one household between two sets of standards on a day."""
    old, new = _worth(home, before, on), _worth(home, after, on)
    for key in dict.fromkeys((*old, *new)):
        was, will = old.get(key, _Worth()), new.get(key, _Worth())
        if (was.fen, was.per) != (will.fen, will.per):
            policy, person_id = key
            person = next(one for one in home.people if one.id == person_id)
            yield Touched(home, policy, person.name, was.fen, was.per, will.fen, will.per,
                          was.receives or will.receives)


def _worth(home: Home, standards: Standards, on: date) -> dict[tuple[str, int], _Worth]:
    """(policy, person) → what is paid or due; without those to whom nothing is."""
    found = {}
    for answer in answers(home, standards, on):
        worth = _of(home, answer, standards)
        if worth.per:
            found[answer.policy, answer.person.id] = worth
    return found


def _of(home: Home, answer: Answer, standards: Standards) -> _Worth:
    """What one policy is worth: the class amounts where the guarantee is paid, else what is due to the entitled."""
    if answer.policy == "dibao" and home.category in DIBAO_CLASSES:
        paid = class_fen(home, standards) * len(home.people)
        return _Worth(paid, "month", True) if paid and answer.is_entitled is not False else _Worth()
    if answer.policy == "dibao" and answer.receives:
        return _Worth()  # in extremely poor support
    return _Worth(answer.amount_fen, answer.per, answer.receives) if answer.is_due else _Worth()


def as_json(version: Version) -> dict[str, Any]:
    """A version as a check keeps it until it is saved."""
    return {"policy": version.policy, "starts_on": version.starts_on.isoformat(),
            "until": version.until.isoformat() if version.until else None, "amounts": dict(version.amounts),
            "categories": list(version.categories), "names": list(version.names),
            "excluded_by": list(version.excluded_by)}


def from_json(written: Mapping[str, Any]) -> Version:
    """The version that a check keeps."""
    return Version(
        written["policy"], date.fromisoformat(written["starts_on"]),
        date.fromisoformat(written["until"]) if written["until"] else None, dict(written["amounts"]),
        tuple(written["categories"]), tuple(written["names"]), tuple(written["excluded_by"]))
