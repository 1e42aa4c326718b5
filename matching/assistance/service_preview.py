"""Whom another version of a policy would touch: what each household gets or should get, before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from matching.assistance.service_rules import DIBAO_CLASSES, Answer, Home, Standards, answers
from matching.assistance.service_standards import Version

__all__ = ["Touched", "as_json", "compare", "from_json"]


@dataclass(frozen=True, slots=True)
class Touched:
    """One person or household that a change touches. `how`: newly entitled, no longer, or another amount."""

    home: Home
    policy: str
    person: str
    before_fen: int
    after_fen: int
    per: str
    receives: bool

    @property
    def how(self) -> str:
        """newly, no_longer or amount."""
        if self.before_fen and self.after_fen:
            return "amount"
        return "newly" if self.after_fen else "no_longer"


def compare(home: Home, before: Standards, after: Standards, on: date) -> Iterator[Touched]:
    """What differs for one household between two sets of standards on a day."""
    old, new = _worth(home, before, on), _worth(home, after, on)
    for key in dict.fromkeys((*old, *new)):
        (was, receives), (will, receives_too) = old.get(key, (0, False)), new.get(key, (0, False))
        if was != will:
            policy, person_id = key
            person = next(one for one in home.people if one.id == person_id)
            per = "year" if policy == "school_aid" else "month"
            yield Touched(home, policy, person.name, was, will, per, receives or receives_too)


def _worth(home: Home, standards: Standards, on: date) -> dict[tuple[str, int], tuple[int, bool]]:
    """(policy, person) → (fen that are paid or due, whether received already)."""
    found = {}
    for answer in answers(home, standards, on):
        fen = _fen(home, answer, standards)
        if fen:
            found[answer.policy, answer.person.id] = fen, answer.receives
    return found


def _fen(home: Home, answer: Answer, standards: Standards) -> int:
    """What one policy is worth: the class amounts where the guarantee is paid, else what is due to the entitled."""
    if answer.policy == "dibao" and home.category in DIBAO_CLASSES:
        paid = standards["dibao"].amounts.get(f"{home.category}_{home.residence}", 0) * len(home.people)
        return paid if answer.is_entitled is not False else 0
    if answer.policy == "dibao" and answer.receives:
        return 0  # in extremely poor support
    return answer.amount_fen if answer.is_entitled else 0


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
