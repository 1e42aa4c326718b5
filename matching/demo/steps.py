"""One step of a demo pairing, taken by the one whose step it is through the pairings' own service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from matching.actor import Actor
from matching.clock import day_of
from matching.extensions import db
from matching.households.models import Need
from matching.offers.models import Offer
from matching.pairings import (
    service,
    service_duties,
    service_followups,
    service_hand,
    service_handovers,
    service_ledger,
    service_voice,
)
from matching.pairings.models import Pairing
from matching.pairings.models_ledger import FollowUp
from matching.pairings.service_watch import line_of

GIVEN = {
    "cash": "钱已经转到户主的社保卡上。", "goods": "东西送到了家里，当面点过。",
    "housing": "工程队进场，屋面已经换好。", "medical": "票据审过，补助已经打到卡上。",
    "schooling": "这学期的助学金发到了学校账户。", "tutoring": "已经上了四次课，孩子跟得上。",
    "job": "第一批料送到家，教会了，已经交了两回货。", "care": "这个月上门四次，助浴、换药都做了。",
    "counselling": "聊了三次，情绪稳了一些。", "purchase": "按市价收了，钱当天结清。",
}
AGREED = {"tutoring": (("once", "先到家里见个面"), ("week", "上一次课")), "care": (("month", "上门看一次"),),
          "schooling": (("year", "付这一年的助学金"),)}
"""What is usually agreed when help of a type starts: how often, and what."""
CLOSINGS = (("solved", "走访看过，难处已经解决。"), ("eased", "走访看过，缓解了，过三个月再去看看。"))
NO = ("这个月人手排满了，下个月才有空。", "路太远，我们到不了。")
KEEP = ("家里说先自己想办法，暂时不用。", "家里不想让外面的人知道。")




@dataclass
class Case:
    """One pairing with those who take its steps: the officer nearest to the household, the organisation's member
    and who does the work, the household itself where it has an account. `serial` varies the words. `signer`: the
    county's officer, who signs what another one has recorded.

    A case paired by hand begins without a pairing: with its need and the offer that the officer chooses.
    """

    officer: Actor
    member: Actor
    worker: Actor
    household: Actor | None
    serial: int
    signer: Actor | None = None
    pairing: Pairing | None = None
    by_hand: tuple[Need, Offer] | None = None


def take(step: str, case: Case, now: datetime) -> None:
    """Take one step; a story ends where an earlier step was not possible (units gone, need changed)."""
    if case.pairing is None:
        _pair_by_hand(case, now)
    elif case.pairing.state in _sources(step):
        _STEPS[step](case.pairing, case, now)


def _sources(step: str) -> tuple[str, ...]:
    """The states of a pairing in which a step can be taken."""
    found = {"approve": ("proposed",), "part": ("under_way",), "say": ("confirmed",), "say_no": ("confirmed",),
             "look": ("confirmed",), "sign": ("closed",), "reopen": ("closed",)}
    return found.get(step) or service.STEPS[step].sources


def _pair_by_hand(case: Case, now: datetime) -> None:
    if case.by_hand is None:
        raise ValueError("a case needs a pairing, or a need and an offer")
    need, offer = case.by_hand
    units = min(need.quantity - need.given, offer.capacity - offer.taken)
    case.pairing = service_hand.pair(need, offer.id, units, case.officer, now)


def _approve(pairing: Pairing, case: Case, now: datetime) -> None:
    service.approve([pairing.id], case.officer, now)


def _accept(pairing: Pairing, case: Case, now: datetime) -> None:
    service.accept(pairing, case.member, now)


def _decline(pairing: Pairing, case: Case, now: datetime) -> None:
    service.decline(pairing, NO[case.serial % len(NO)], case.member, now)


def _consent(pairing: Pairing, case: Case, now: datetime) -> None:
    how = "account" if case.household else ("phone", "in_person")[case.serial % 2]
    service.record_consent(pairing, how, case.household or case.officer, now)


def _refuse(pairing: Pairing, case: Case, now: datetime) -> None:
    service.refuse_consent(pairing, KEEP[case.serial % len(KEEP)], case.household or case.officer, now)


def _start(pairing: Pairing, case: Case, now: datetime) -> None:
    for rhythm, what in AGREED.get(pairing.need.help_type, ()):
        duty = service_duties.add_duty(pairing, rhythm, what, day_of(now), None, case.officer, now)
        if rhythm == "once":
            service_duties.tick_duty(duty, pairing, day_of(now), day_of(now), "", case.officer, now)
    service.take_step(pairing, "start", case.worker, now)


def _deliver(pairing: Pairing, case: Case, now: datetime) -> None:
    service_handovers.deliver(pairing, GIVEN[pairing.need.help_type], case.worker, now)


def _confirm(pairing: Pairing, case: Case, now: datetime) -> None:
    service.take_step(pairing, "confirm", case.household or case.officer, now)


def _close(pairing: Pairing, case: Case, now: datetime) -> None:
    outcome, note = CLOSINGS[case.serial % len(CLOSINGS)]
    service.close(pairing, outcome, note, case.officer, now)


def _part(pairing: Pairing, case: Case, now: datetime) -> None:
    if pairing.quantity > 1:
        half = service_handovers.Handing(pairing.quantity // 2, day_of(now), "先给了一半，剩下的下个月给。")
        service_handovers.hand_over(pairing, half, case.worker, now)


def _say(pairing: Pairing, case: Case, now: datetime) -> None:
    how = "keypad" if case.serial % 2 else "phone"
    said = service_voice.Answer("yes", 5 - case.serial % 2, how, "来得及时，帮了大忙。")
    service_voice.say(service_voice.asked(pairing, now), said, case.officer if how == "phone" else None, now)


def _say_no(pairing: Pairing, case: Case, now: datetime) -> None:
    said = service_voice.Answer("partly", 2, "keypad", "给的和说好的不一样。")
    service_voice.say(service_voice.asked(pairing, now), said, None, now)


def _look(pairing: Pairing, case: Case, now: datetime) -> None:
    look = db.session.scalars(select(FollowUp).where(
        FollowUp.need_id == pairing.need_id, FollowUp.done_at.is_(None)).limit(1)).one_or_none()
    if look is not None:
        service_followups.finish(look, "solved", "去家里看过，用上了，这件难处没有了。", "", case.officer, now)


def _sign(pairing: Pairing, case: Case, now: datetime) -> None:
    line = line_of(pairing.need_id)
    if line is not None and line.state == "to_sign" and case.signer is not None and case.signer != case.officer:
        service_ledger.sign(line, case.signer, now)


def _reopen(pairing: Pairing, case: Case, now: datetime) -> None:
    service_followups.reopen_line(pairing.need, "上门看到又缺了，要再找人帮。", case.officer, now)


_STEPS: dict[str, Callable[[Pairing, Case, datetime], None]] = {
    "approve": _approve, "accept": _accept, "decline": _decline, "consent": _consent, "refuse": _refuse,
    "start": _start, "deliver": _deliver, "confirm": _confirm, "close": _close,
    "part": _part, "say": _say, "say_no": _say_no, "look": _look, "sign": _sign, "reopen": _reopen,
}
