"""Canary strings: one in every sensitive field, so that wherever one is seen something has leaked."""

from __future__ import annotations

from dataclasses import dataclass

from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.households import service_changes as changes
from matching.households.models import Household
from matching.intake.models import Report
from matching.intake.models_meetings import MEETING_STATES
from matching.intake.models_work import REFERRAL_STATES
from matching.offers.models import HELP_TYPES
from matching.organisations.models import Organisation
from matching.pairings.models import STATES, Pairing
from tests import factories
from tests.people import People

HOUSEHOLD = {"address": "坳下村七里塘十四组二号", "phone": "13900007351", "bank_account": "6230580990007352",
             "note": "与前夫的官司还没有了结七三五三"}
MEMBER = {"identity_number": "990825199001017354", "certificate": "99082519900101735543",
          "phone": "13900007356", "illness": "慢性肾功能衰竭七三五七"}
REPORT = {"name": "求助人七三六一", "phone": "13900007362", "words": "好几天没有米下锅了七三六三",
          "address": "坳下村老祠堂后面第三家七三六四"}
TASK = {"result_note": "屋里没有火也没有米七三六五"}
REFERRAL = {"question": "请看看能不能先垫住院押金七三七一", "answer": "下周二派人去看七三七二",
            "did": "垫了三千元押金七三七三"}
MEETING = {"facts": "透析的费用和接送没有着落七三七四", "summary": "都同意分头去办七三七五",
           "why": "医院已经免了费用七三七六"}
OTHERS_DECISION = "镇里去问住院押金七三七九"
DECISION = {"words": "先报这个月的药费七三七七", "done_note": "药费报好了七三七八"}
LOOK = {"note": "灶台冷了，药也断了七三八一"}
WORD = {"note": "送来的轮椅坐不稳七三八二"}
COMPLAINT = {"words": "说好的护工一直没有来七三八三", "answer": "约了后天上午带人去七三八四"}
CONTACT_PHONE = "13900007358"
PAPER = "罗家七三五九号诊断书"
NAMES = ("罗金丝雀", "罗小金丝雀")
SEALED = {**{f"household.{name}": value for name, value in HOUSEHOLD.items()},
          **{f"member.{name}": value for name, value in MEMBER.items()}, "contact_phone": CONTACT_PHONE,
          "paper.name": PAPER, **{f"report.{name}": value for name, value in REPORT.items()},
          **{f"task.{name}": value for name, value in TASK.items()},
          **{f"referral.{name}": value for name, value in REFERRAL.items()},
          **{f"meeting.{name}": value for name, value in MEETING.items()},
          **{f"decision.{name}": value for name, value in DECISION.items()}, "decision.of_others": OTHERS_DECISION,
          "look.note": LOOK["note"], "word.note": WORD["note"],
          **{f"complaint.{name}": value for name, value in COMPLAINT.items()}}
"""Every canary of a sealed field, by the field's name."""


@dataclass(frozen=True, slots=True)
class Aviary:
    """The household with the canaries, and the organisation paired with it in every state."""

    household_id: int
    member_id: int
    organisation_id: int


def hatch(people: People) -> Aviary:
    """Put the canaries into the known household of county A and lead it, with the charity, through all states."""
    household = db.session.get_one(Household, people.household.household_id)
    was = changes.state(household)
    household.head_name = NAMES[0]
    for name, value in HOUSEHOLD.items():
        setattr(household, name, value)
    changes.keep(household, was, people.town, utc_now(), why="换了手机")
    member = factories.make_member(household, name=NAMES[1], **MEMBER)
    changes.keep_new(member, people.town, utc_now())
    factories.make_paper(household, PAPER.encode(), name=PAPER, member_id=member.id)
    charity = db.session.get_one(Organisation, people.charity.organisation_id)
    charity.contact_phone = CONTACT_PHONE
    _hatch_report(factories.make_report(household_id=household.id, **REPORT), charity)
    offer, now = factories.make_offer(charity.id, capacity=50), utc_now()
    for step in STATES:
        need = factories.make_need(household, summary="要人陪护")
        decided = {} if step == "proposed" else {"decided_at": now, "answer_by_on": day_of(now)}
        pairing = factories.make_pairing(need, offer, step, **decided)
        if step in ("confirmed", "closed"):
            _hatch_voice(pairing)
    db.session.commit()
    return Aviary(household.id, member.id, charity.id)


def _hatch_voice(pairing: Pairing) -> None:
    """What a follow-up found, what the household said of its help, and a complaint with its answer."""
    now = utc_now()
    factories.make_follow_up(pairing, done_at=now, result="partly", **LOOK)
    factories.make_follow_up(pairing)
    factories.make_word(pairing, helped="partly", **WORD)
    factories.make_complaint(pairing, answered_at=now, **COMPLAINT)
    factories.make_complaint(pairing, words=COMPLAINT["words"])
    factories.make_line(pairing.need)


def _hatch_report(report: Report, charity: Organisation) -> None:
    """What was found at a visit, referrals to the charity in every state, one of them with the person's yes, and
    joint meetings in every state to which it is invited, with a decision that is its own and one that is not.
    """
    now = utc_now()
    factories.make_task(report, done_at=now, result="hardship", **TASK)
    for state, help_type in zip(REFERRAL_STATES, HELP_TYPES, strict=False):
        factories.make_referral(report, charity.id, state=state, help_type=help_type, act_by_on=day_of(now),
                                answered_at=now, done_at=now, **REFERRAL)
    factories.make_referral(report, charity.id, state="accepted", help_type="care", act_by_on=day_of(now),
                            answered_at=now, consented_at=now, **REFERRAL)
    for state in MEETING_STATES:
        meeting = factories.make_meeting(report, charity.id, state=state, **MEETING)
        factories.make_decision(meeting, organisation_id=charity.id, done_at=now, **DECISION)
        factories.make_decision(meeting, owner_id=report.owner_id, words=OTHERS_DECISION)


def found_in(text: str) -> set[str]:
    """Names of the canaries in a text, written forwards or backwards."""
    return {name for name, value in SEALED.items() if value in text or value[::-1] in text}


def names_in(text: str) -> set[str]:
    """The people's names that stand in a text."""
    return {name for name in NAMES if name in text}


def encoded() -> dict[str, bytes]:
    """Every canary as bytes in the encodings in which a database or a dump may hold it, and reversed."""
    return {f"{name} {encoding}{' reversed' if step < 0 else ''}": value[::step].encode(encoding)
            for name, value in SEALED.items() for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
            for step in (1, -1)}
