"""What a policy was reckoned to pay goes into the request that is made of it, and stays with its decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from flask_babel import gettext as _

from matching.assistance.models_grants import Grant
from matching.assistance.models_reckonings import GrantReckoning
from matching.assistance.service_answers import OF_HOUSEHOLDS
from matching.assistance.service_approvals import chain_for
from matching.assistance.service_facts import Answer
from matching.errors import Invalid
from matching.formatting import money
from matching.households.models import Household
from matching.words_policies import policy_word, rhythm_word

__all__ = ["ASKABLE", "MONTHS_A_YEAR", "Reckoned", "keep_reckoning", "who_signs"]

ASKABLE = frozenset({"once", "month", "year"})
"""Answers that come to a sum which can be asked for."""
MONTHS_A_YEAR = 12
HELPS: Mapping[str, str] = {"housing": "housing", "medical": "medical", "school_aid": "schooling",
                            "schooling": "schooling"}
"""The kind of help of the policies that help with something of their own; all others give money."""


@dataclass(frozen=True, slots=True)
class Reckoned:
    """The answer of a policy by the standards of a day, and what was told of the case (`GrantReckoning.asked`)."""

    answer: Answer
    on: date
    asked: Mapping[str, str] = field(default_factory=dict)

    @property
    def member_id(self) -> int:
        """Whom it is about; 0: the whole household."""
        return 0 if self.answer.policy in OF_HOUSEHOLDS else self.answer.person.id

    @property
    def help_type(self) -> str:
        """The kind of help that its policy is."""
        return HELPS.get(self.answer.policy, "cash")

    @property
    def is_askable(self) -> bool:
        """Whether it comes to a sum for which help can be asked."""
        return self.answer.is_due and self.answer.amount_fen > 0 and self.answer.per in ASKABLE


def who_signs(household: Household, reckoned: Reckoned | None, on: date) -> str:
    """Which tiers sign a request for what was reckoned, without an end to it; empty when nothing can be asked for."""
    if reckoned is None or not reckoned.is_askable:
        return ""
    times = MONTHS_A_YEAR if reckoned.answer.per == "month" else 1
    return chain_for(household, reckoned.help_type, reckoned.answer.amount_fen * times, on)


def keep_reckoning(grant: Grant, reckoned: Reckoned | None) -> None:
    """Keep with a request what its policy was reckoned to pay, and hold the request to it; None: nothing new.

    Raises Invalid for a request of another policy or person, in another rhythm, or for more than was reckoned.
    """
    if reckoned is not None:
        if grant.policy != reckoned.answer.policy:
            raise Invalid(_("这是按%(policy)s算的。换一项政策，请重新算。",
                            policy=policy_word(reckoned.answer.policy)), "policy")
        if reckoned.member_id and grant.member_id != reckoned.member_id:
            raise Invalid(_("这是给%(name)s算的。换一个人，请重新算。", name=reckoned.answer.person.name), "member_id")
        grant.reckonings.append(_kept(reckoned, grant.round))
    kept = grant.reckoned
    if kept is None:
        return
    if grant.rhythm != kept.per:
        raise Invalid(_("按政策算出来的是%(rhythm)s给。", rhythm=rhythm_word(kept.per)), "rhythm")
    if grant.amount_fen > kept.amount_fen:
        raise Invalid(_("按政策算出来是 %(sum)s，不能申请得更多。", sum=money(kept.amount_fen)), "amount")


def _kept(reckoned: Reckoned, number: int) -> GrantReckoning:
    answer = reckoned.answer
    return GrantReckoning(round=number, policy=answer.policy, member_id=reckoned.member_id, reckoned_on=reckoned.on,
                          amount_fen=answer.amount_fen, per=answer.per, why=answer.why, facts=dict(answer.facts),
                          asked=dict(reckoned.asked))
