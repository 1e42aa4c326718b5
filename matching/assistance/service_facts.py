"""What rules look at and what they answer: a household's facts, the standards of a day, an answer with its why.

Pure values, shared by the rules of the contract (`service_rules`) and those that a county adds (`service_rules_own`).
Money is whole fen throughout.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from matching.crypto import normalised

__all__ = ["ADULT_FROM", "DIBAO_CLASSES", "GUARANTEED", "LASTING", "UNPRICED", "Answer", "Facts", "Home", "Person",
           "Standard", "Standards", "age_on", "class_fen", "gets", "read_names"]

DIBAO_CLASSES = ("dibao_a", "dibao_b", "dibao_c")
GUARANTEED = (*DIBAO_CLASSES, "tekun")
ADULT_FROM = 18
LASTING = frozenset({"month", "year", "status"})
"""What is received until something changes; help that is given once is not taken back by a later fact."""
UNPRICED = frozenset({"whole", "status"})
"""Due without a sum of its own: the whole cost, or a standing that opens other help."""
Facts = Mapping[str, int | str]


@dataclass(frozen=True, slots=True)
class Person:
    """One member, as far as rules look. `income_fen` a month; None is not known and counts as 0.

    `receives`: codes, or words in normalised form, of what the register says this person gets already.
    """

    id: int
    name: str
    born_on: date | None = None
    is_disabled: bool = False
    disability_grade: int | None = None
    work_ability: str = ""
    school_stage: str = ""
    child_kind: str = ""
    income_fen: int | None = None
    receives: frozenset[str] = frozenset()
    health: str = ""
    disability_kind: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    """One household with its members in the order of its file.

    `urgency`: of its most urgent open need of money, 0 without one. `granted`: (policy, member id or 0 for all) of what
    has been approved here; registers say what is received in `Person.receives`.
    """

    id: int
    number: str
    area_code: str
    category: str
    residence: str
    support: str
    people: tuple[Person, ...]
    housing: str = ""
    cause: str = ""
    urgency: int = 0
    granted: frozenset[tuple[str, int]] = frozenset()

    @property
    def income_fen(self) -> int:
        """What all members together earn in a month."""
        return sum(person.income_fen or 0 for person in self.people)


@dataclass(frozen=True, slots=True)
class Standard:
    """A policy as it stands on one day. `amounts`: fen, or whole percent, by the keys of `service_kinds.AMOUNTS`."""

    policy: str
    amounts: Mapping[str, int]
    categories: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    excluded_by: frozenset[str] = frozenset()


Standards = Mapping[str, Standard]
"""The policies in force on one day, by code."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a rule says of a household or of one of its people.

    `is_entitled` None: a fact that the rule needs is not known. `amount_fen` is what is due when entitled: each `month`
    or `year`, `once`, `upto` by the real cost; `whole` is the whole cost and `status` a standing, both without a sum.
    `why` and `facts` are what it was decided by; sums among the facts end in `_fen`.
    """

    policy: str
    person: Person
    is_entitled: bool | None
    receives: bool
    amount_fen: int = 0
    per: str = "month"
    why: str = ""
    facts: Facts = field(default_factory=dict)

    @property
    def is_due(self) -> bool:
        """Whether something is to be given, a sum or what has none."""
        return self.is_entitled is True and (self.amount_fen > 0 or self.per in UNPRICED)


def read_names(written: Iterable[str]) -> frozenset[str]:
    """Names of policies as they are compared: full-width folded, blanks dropped, upper case."""
    return frozenset(normalised(name) for name in written)


def age_on(born_on: date, day: date) -> int:
    """Full years of age on a day; who is born on 29 February grows older on 1 March of a common year."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def class_fen(home: Home, standards: Standards) -> int:
    """The class amount of the minimum living guarantee that each member is paid; 0 outside the classes."""
    dibao = standards.get("dibao")
    return dibao.amounts.get(f"{home.category}_{home.residence}", 0) if dibao else 0


def gets(home: Home, person: Person, standard: Standard) -> bool:
    """Whether a person receives a policy: by its code or a name in the register, or by what was approved here."""
    return (standard.policy in person.receives or not standard.names.isdisjoint(person.receives)
            or (standard.policy, person.id) in home.granted or (standard.policy, 0) in home.granted)
