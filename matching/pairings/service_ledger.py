"""The closing ledger: a difficulty whose units are all signed off waits for the signature of a second person, is
watched, and leaves the ledger when the watch is over; whatever comes back is open again, and counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import exists, select, update

from matching.actor import Actor, Role
from matching.audit.service import record
from matching.clock import day_of
from matching.errors import Conflict, Invalid
from matching.extensions import db, insert_if_absent
from matching.households.models import Household, Need
from matching.households.models_papers import Paper
from matching.households.service import add_to_timeline
from matching.households.service_images import Clean
from matching.households.service_papers import add_papers
from matching.notices.queries import nearest_officers, officers_at
from matching.notices.service import tell_all
from matching.pairings.models import Pairing
from matching.pairings.models_ledger import FollowUp, LedgerLine
from matching.pairings.models_life import Handover
from matching.pairings.models_voice import HouseholdWord
from matching.pairings.service_watch import drop_follow_ups, line_of, lock_pairings, plan_watch

__all__ = ["Evidence", "add_evidence", "bring_missing", "bring_up", "evidence_of", "leave_watch",
           "note_reopened", "sign"]

PROVING = ("code", "photo", "signature")
MOST = 500
"""So many lines leave the watch, or come up, in one run of the daily job; the rest the next day."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a difficulty being solved.

    `handovers`: proven by more than words, `visits`: follow-ups that found it solved, `papers`: what was brought for
    it; `words`: what the household said, `by_code`: it gave its receipt code. `writers`: who wrote any of it down, or
    delivered; they do not sign.
    """

    handovers: list[Handover]
    visits: list[FollowUp]
    papers: list[Paper]
    words: list[HouseholdWord]
    by_code: bool
    writers: frozenset[int]

    @property
    def is_proven(self) -> bool:
        """Whether there is a receipt, a photo or a visit."""
        return bool(self.handovers or self.visits or self.papers)

    @property
    def has_word(self) -> bool:
        """Whether the household itself has said that it was helped."""
        return self.by_code or any(word.helped != "no" for word in self.words)


def bring_up(need: Need, actor: Actor | None, now: datetime) -> None:
    """All units of a need are signed off: it waits for a second person's signature."""
    household = need.household
    values: dict[str, Any] = {
        "state": "to_sign", "recorded_at": now, "recorded_by_id": actor.user_id if actor else None,
        "recorded_by_name": actor.name if actor else "", "changed_at": now}
    made = insert_if_absent(LedgerLine, need_id=need.id, household_id=need.household_id,
                            area_code=household.area_code, help_type=need.help_type, signed_by_name="",
                            times_reopened=0, reason="", **values)
    if not made and not _turn(need.id, ("reopened",), **values, signed_at=None, signed_by_id=None, signed_by_name="",
                              paper_id=None, watch_until=None, ended_at=None):
        return
    _tell(need.id, "bring_up", actor, now, ["open" if made else "reopened", "to_sign"])
    tell_all(_signers(household.area_code, actor), "ledger_to_sign", {"path": f"/pairings/{need.id}/show-line"}, now,
             key=f"ledger:{need.id}:{now.isoformat()}", by=actor)


def _signers(area_code: str, recorder: Actor | None) -> set[int]:
    """Who may sign and hears of it: the nearest officers but for the recorder; else those of the town and county."""
    nearest = set(nearest_officers(area_code)) - ({recorder.user_id} if recorder else set())
    return nearest or set(db.session.scalars(officers_at(area_code, Role.TOWN, Role.COUNTY)))


def add_evidence(line: LedgerLine, sheet: Clean | None, actor: Actor, now: datetime) -> None:
    """Bring a receipt or a photo for a line that is to be signed; the newest one counts, all stay in the file.

    Raises Invalid without one, or with one that the file has already; Conflict when the line is signed or reopened.
    """
    if sheet is None:
        raise Invalid(_("请拍一张照片，或者选一张收据的图。"), "photo")
    household = db.session.get_one(Household, line.household_id)
    kept = add_papers(household, "other", None, [sheet], actor, now)
    if not kept:
        raise Invalid(_("这张照片以前用过，请拍一张这次的。"), "photo")
    if not _turn(line.need_id, ("to_sign",), paper_id=kept[0].id):
        raise Conflict(_("别人已经先办了这一条，现在的状态不同了。请看一下最新情况。"))
    record(actor, "ledger.prove", now, object_type="need", object_id=line.need_id, household_id=line.household_id,
           area_code=line.area_code, changes={"paper_id": kept[0].id})


def evidence_of(line: LedgerLine) -> Evidence:
    """All that speaks for a line, of the pairings that are signed off; five SELECTs."""
    pairings = db.session.execute(select(Pairing.id, Pairing.closed_by_id).where(
        Pairing.need_id == line.need_id, Pairing.state == "closed")).all()
    numbers = [number for number, _by in pairings]
    given = db.session.scalars(select(Handover).where(
        Handover.pairing_id.in_(numbers), Handover.disputed_at.is_(None)).order_by(Handover.id)).all()
    visits = db.session.scalars(select(FollowUp).where(
        FollowUp.pairing_id.in_(numbers), FollowUp.result == "solved").order_by(FollowUp.id)).all()
    words = db.session.scalars(select(HouseholdWord).where(
        HouseholdWord.pairing_id.in_(numbers), HouseholdWord.answered_at.is_not(None))
        .order_by(HouseholdWord.id)).all()
    papers = db.session.scalars(select(Paper).where(Paper.id == line.paper_id, Paper.vault_key.is_not(None))).all()
    writers = {line.recorded_by_id, *(by for _number, by in pairings), *(one.recorded_by_id for one in given),
               *(one.done_by_id for one in visits), *(one.said_to_id for one in words),
               *(one.added_by_id for one in papers)}
    return Evidence([one for one in given if one.proof in PROVING], list(visits), list(papers), list(words),
                    any(one.proof == "code" for one in given), frozenset(one for one in writers if one is not None))


def sign(line: LedgerLine, actor: Actor, now: datetime) -> None:
    """A second person has looked at the evidence: the difficulty is solved, and watched from now on.

    Raises Conflict when it is no longer to be signed, when the actor delivered or wrote down any of the evidence,
    and while evidence or the household's word is missing.
    """
    lock_pairings(line.need_id)
    db.session.refresh(line, with_for_update=True)
    found = evidence_of(line)
    if actor.user_id in found.writers:
        raise Conflict(_("是您记的或者送的，要换一个人来签。"))
    if not found.is_proven:
        raise Conflict(_("还没有凭据：要有收据、照片，或者有人去看过。"))
    if not found.has_word:
        raise Conflict(_("还没有家里的话：请先问一问家里帮上了没有。"))
    if not _turn(line.need_id, ("to_sign",), state="watched", signed_at=now, signed_by_id=actor.user_id,
                 signed_by_name=actor.name, changed_at=now):
        raise Conflict(_("别人已经先办了这一条，现在的状态不同了。请看一下最新情况。"))
    last = db.session.scalars(select(Pairing).where(Pairing.need_id == line.need_id, Pairing.state == "closed")
                              .order_by(Pairing.id.desc()).limit(1)).one()
    db.session.refresh(line)
    line.watch_until = plan_watch(line, last, now)
    _tell(line.need_id, "sign", actor, now, ["to_sign", "watched"])


def note_reopened(need_id: int, reason: str, actor: Actor | None, now: datetime) -> bool:
    """The difficulty is back: its line stands open again, and that is counted once. False when it did already."""
    line = line_of(need_id)
    if line is None or not _turn(need_id, ("to_sign", "watched", "closed"), state="reopened", reopened_at=now,
                                 times_reopened=LedgerLine.times_reopened + 1, reason=reason, changed_at=now):
        return False
    drop_follow_ups(need_id, now)
    _tell(need_id, "reopen", actor, now, [line.state, "reopened"])
    return True


def leave_watch(now: datetime) -> int:
    """Lines whose watch is over and whose looks are all made leave the ledger; returns how many. For the daily job.

    While a look is still to be made the line is watched on.
    """
    looks = exists().where(FollowUp.need_id == LedgerLine.need_id, FollowUp.done_at.is_(None))
    over = (LedgerLine.state == "watched", LedgerLine.watch_until <= day_of(now), ~looks)
    found = db.session.scalars(select(LedgerLine.need_id).where(*over).order_by(LedgerLine.id).limit(MOST)).all()
    left = 0
    for need_id in found:
        if _turn(need_id, ("watched",), state="closed", ended_at=now, changed_at=now):
            _tell(need_id, "leave", None, now, ["watched", "closed"])
            left += 1
    return left


def bring_missing(now: datetime) -> int:
    """Needs that are met but stand on no line come up to be signed: less was wanted than before. For the daily job."""
    lines = exists().where(LedgerLine.need_id == Need.id, LedgerLine.state != "reopened")
    found = db.session.scalars(select(Need).where(Need.status == "met", ~lines).order_by(Need.id).limit(MOST)).all()
    for need in found:
        bring_up(need, None, now)
    return len(found)


def _turn(need_id: int, sources: tuple[str, ...], **values: Any) -> bool:
    """Whether one conditional UPDATE found the line in one of the states."""
    changed = db.session.execute(
        update(LedgerLine).where(LedgerLine.need_id == need_id, LedgerLine.state.in_(sources)).values(**values)
        .execution_options(synchronize_session=False))
    return changed.rowcount == 1  # type: ignore[attr-defined, no-any-return]


def _tell(need_id: int, what: str, actor: Actor | None, now: datetime, state: list[str]) -> None:
    """Tell the household's timeline and the audit log."""
    line = line_of(need_id)
    if line is None:
        return
    add_to_timeline(line.household_id, f"ledger.{what}", actor, now, need_id=need_id, help_type=line.help_type,
                    times=line.times_reopened)
    record(actor, f"ledger.{what}", now, object_type="need", object_id=need_id, household_id=line.household_id,
           area_code=line.area_code, changes={"state": state, "times_reopened": line.times_reopened})
