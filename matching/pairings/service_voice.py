"""What a household says of its help, signed in, with a code or to an officer; what it is not content with goes to a
person, who answers by a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from matching.actor import Actor
from matching.audit.service import record
from matching.clock import day_of
from matching.crypto import keyring
from matching.errors import Conflict, Invalid
from matching.extensions import db
from matching.households.models import Household, HouseholdAccount
from matching.households.service import add_to_timeline
from matching.intake import service_cases
from matching.intake.models import Report
from matching.intake.service_codes import new_code, plain_code
from matching.notices.queries import nearest_officers
from matching.notices.service import tell_all
from matching.pairings.models import Pairing
from matching.pairings.models_voice import HELPED, WORD_WAYS, Complaint, HouseholdWord

__all__ = ["ANSWER_DAYS", "ASKED_OF", "Answer", "Words", "answer", "ask", "asked", "complain", "household_of_report",
           "is_unhappy", "open_voice", "say", "waiting", "word_of"]

Words = Sequence[HouseholdWord]

ANSWER_DAYS = (10, 7, 5, 3, 2)
"""Days until a person has answered, for needs of urgency 1 to 5."""
ASKED_OF = ("confirmed", "closed")
"""The states of a pairing of which the household is asked how it helped."""
CONTENT = 3
"""Who gives less is not content."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a household said: `helped` of `HELPED`, `score` 1 to 5, `how` it was said, of `WORD_WAYS`."""

    helped: str
    score: int
    how: str
    note: str = ""


def ask(pairing: Pairing, now: datetime) -> HouseholdWord:
    """Ask the household how a pairing helped; the code is what it answers with when it has no account."""
    word = HouseholdWord(pairing_id=pairing.id, need_id=pairing.need_id, household_id=pairing.household_id,
                         area_code=pairing.area_code, asked_at=now)
    word.code = new_code()
    db.session.add(word)
    db.session.flush()
    return word


def asked(pairing: Pairing, now: datetime) -> HouseholdWord:
    """What the household is asked of a pairing; asked now where it was not. Raises Conflict before it has the help."""
    if pairing.state not in ASKED_OF:
        raise Conflict(_("家里确认收到以后，才能说帮得怎么样。"))
    db.session.execute(select(Pairing.id).where(Pairing.id == pairing.id).with_for_update())
    return word_of(pairing.id) or ask(pairing, now)


def word_of(pairing_id: int) -> HouseholdWord | None:
    """What the household was asked of a pairing, if it was."""
    return db.session.scalar(select(HouseholdWord).where(HouseholdWord.pairing_id == pairing_id))


def household_of_report(report_id: int) -> int | None:
    """The household that a report was found to be about."""
    return db.session.scalar(select(Report.household_id).where(Report.id == report_id))


def waiting(household_id: int) -> Words:
    """What a household has not said yet, the oldest first, with its pairings."""
    return db.session.scalars(
        select(HouseholdWord).join(HouseholdWord.pairing).options(
            joinedload(HouseholdWord.pairing).joinedload(Pairing.need),
            joinedload(HouseholdWord.pairing).joinedload(Pairing.organisation))
        .where(HouseholdWord.household_id == household_id, HouseholdWord.answered_at.is_(None),
               Pairing.state.in_(ASKED_OF)).order_by(HouseholdWord.id)).all()


def is_unhappy(said: Answer) -> bool:
    """Whether a person has to see to it."""
    return said.helped == "no" or said.score < CONTENT


def say(word: HouseholdWord, said: Answer, actor: Actor | None, now: datetime) -> Complaint | None:
    """The household says how it was helped, once. Who is not content is answered by a person: returns that complaint.

    `actor`: the household's account, the officer whom it told, or None when it used its code. Raises Invalid for an
    answer that cannot be, Conflict when it had said.
    """
    if said.helped not in HELPED or not 1 <= said.score <= 5 or said.how not in WORD_WAYS:
        raise Invalid(_("请点一个答案。"), "score")
    listener = actor if said.how in ("phone", "met") else None
    changed = db.session.execute(
        update(HouseholdWord).where(HouseholdWord.id == word.id, HouseholdWord.answered_at.is_(None)).values(
            answered_at=now, helped=said.helped, score=said.score, how=said.how,
            said_to_id=listener.user_id if listener else None, said_to_name=listener.name if listener else "")
        .execution_options(synchronize_session=False))
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("这件事已经说过了，谢谢。"))
    db.session.refresh(word)
    word.note = said.note
    pairing = db.session.get_one(Pairing, word.pairing_id)
    add_to_timeline(word.household_id, f"voice.{said.helped}", actor, now, pairing_id=pairing.id)
    record(actor, "voice.say", now, object_type="pairing", object_id=pairing.id, household_id=word.household_id,
           organisation_id=pairing.organisation_id, area_code=word.area_code, changes={"how": said.how})
    return complain(pairing, "unhappy", said.note, actor, now) if is_unhappy(said) else None


def complain(pairing: Pairing, kind: str, words: str, actor: Actor | None, now: datetime) -> Complaint:
    """Something goes to a person, who answers by a day; the officers nearest to the household hear of it at once."""
    due = day_of(now) + timedelta(days=ANSWER_DAYS[pairing.need.urgency - 1])
    made = Complaint(pairing_id=pairing.id, household_id=pairing.household_id, area_code=pairing.area_code, kind=kind,
                     made_at=now, due_on=due)
    made.words = words
    db.session.add(made)
    db.session.flush()
    _tell(made, "make", actor, now)
    tell_all(nearest_officers(made.area_code), "complaint_received", {
        "path": f"/pairings/{made.id}/answer-complaint", "by": due}, now, key=f"complaint:{made.id}", by=actor)
    return made


def answer(complaint: Complaint, words: str, actor: Actor, now: datetime) -> None:
    """A person has answered. Raises Conflict when another one had."""
    changed = db.session.execute(
        update(Complaint).where(Complaint.id == complaint.id, Complaint.answered_at.is_(None)).values(
            answered_at=now, answered_by_id=actor.user_id, answered_by_name=actor.name)
        .execution_options(synchronize_session=False))
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("别人已经答复过了。"))
    db.session.refresh(complaint)
    complaint.answer = words
    _tell(complaint, "answer", actor, now)
    tell_all(select(HouseholdAccount.user_id).where(HouseholdAccount.household_id == complaint.household_id),
             "complaint_answered", {"path": "/pairings/my-case"}, now, key=f"complaint:{complaint.id}")


def open_voice(code: str, last_four: str, address: str, now: datetime) -> int | None:
    """The household of a case's code, or of a code handed out for this, with the last four digits of the telephone.

    None, and counted, when either is wrong; guesses are held up as those of a case are (`intake.service_cases`).
    The caller commits, also after None. Raises Invalid (field `last_four`) after too many wrong digits.
    """
    code = plain_code(code)
    blinds = keyring().blinds(code)
    report = db.session.scalars(select(Report).where(Report.code_blind.in_(blinds))).one_or_none()
    word = db.session.scalars(select(HouseholdWord).where(HouseholdWord.code_blind.in_(blinds))).one_or_none()
    household_id = report.household_id if report is not None else word.household_id if word is not None else None
    phone = report.phone if report is not None else _phone(household_id)
    if not service_cases.fits(code, phone, last_four, address, now) or household_id is None:
        return None
    record(None, "voice.open", now, object_type="household", object_id=household_id, household_id=household_id,
           changes={"by": "code"})
    return household_id


def _phone(household_id: int | None) -> str | None:
    household = db.session.get(Household, household_id) if household_id is not None else None
    return household.phone if household is not None else None


def _tell(made: Complaint, what: str, actor: Actor | None, now: datetime) -> None:
    add_to_timeline(made.household_id, f"complaint.{what}", actor, now, pairing_id=made.pairing_id)
    record(actor, f"complaint.{what}", now, object_type="pairing", object_id=made.pairing_id,
           household_id=made.household_id, area_code=made.area_code, changes={"kind": made.kind})
