"""The green channel: help first, papers afterwards. Papers are debts, money may come back.

Who asked owes the papers first. When they are late the next tier runs after them, and the county when they stay
late; every step is told once, however often the job looks and whichever way the clock is set.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from matching.actor import Actor, Role
from matching.assistance.models_grants import Grant, GrantDecision, GrantPaper, Repayment
from matching.assistance.service_approvals import tell
from matching.assistance.service_news import tell_papers
from matching.clock import day_of
from matching.errors import Conflict, Invalid, NotAllowed
from matching.extensions import db
from matching.formatting import money

__all__ = ["demand_back", "owe_papers", "reclaim_grant", "run_after_papers", "take_paper"]

PAPERS_DAYS = 10
SOON_DAYS = 3
"""So many days before the day the first reminder comes."""
STAYS_LATE_DAYS = 5
"""So many days after the day the matter goes up once more."""
LADDER = ("community", "town", "county")
SOON, LATE, STAYS_LATE = 1, 2, 3
TOLD = {SOON: "papers_soon", LATE: "papers_late", STAYS_LATE: "papers_up"}


def owe_papers(grant: Grant, names: tuple[str, ...], actor: Actor, today: date) -> None:
    """Let a grant owe papers from a day on; asked for again it owes what is not in. None without the green channel."""
    if not grant.is_green:
        grant.papers, grant.papers_due_on, grant.papers_tier = [], None, ""
        return
    due_on = today + timedelta(days=PAPERS_DAYS)
    kept = [paper for paper in grant.papers if paper.in_on is not None or paper.name in names]
    there = {paper.name for paper in kept}
    new = [GrantPaper(name=name, due_on=due_on, taken_by_name="") for name in dict.fromkeys(names) if name not in there]
    grant.papers = [*kept, *new]
    if not grant.papers:
        raise Invalid(_("请写欠哪些材料。"), "papers")
    grant.papers_tier = grant.papers_tier or (str(actor.role) if str(actor.role) in LADDER else LADDER[-1])
    _settle(grant, today)


def take_paper(paper: GrantPaper, grant: Grant, actor: Actor, now: datetime) -> None:
    """Note that one owed paper is in; with the last one the help is regular. Raises Conflict when it was in before."""
    taken = db.session.execute(update(GrantPaper).where(GrantPaper.id == paper.id, GrantPaper.in_on.is_(None))
                               .values(in_on=day_of(now), taken_by_name=actor.name)
                               .execution_options(synchronize_session=False))
    db.session.refresh(paper)
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("这份材料已经收过了。"))
    db.session.refresh(grant, ["papers"])
    _settle(grant, day_of(now))
    tell(grant, "paper", actor, now)
    if grant.papers_in_on is not None:
        tell(grant, "papers", actor, now)


def _settle(grant: Grant, today: date) -> None:
    """What the papers of a grant come to: the next day that one is due, or the day when all were in."""
    open_ = [paper.due_on for paper in grant.papers if paper.in_on is None]
    if open_:
        grant.papers_due_on, grant.papers_in_on = min(open_), None
    else:
        grant.papers_in_on = today
    db.session.flush()


def run_after_papers(now: datetime) -> int:
    """Remind of papers that are soon due, late, or stay late; returns how many reminders were written.

    Each grant goes up one level at most once, by a conditional UPDATE: a second run, or a clock set back, finds
    nothing to do, and one that was set forward goes to the level of that day at once.
    """
    today, told = day_of(now), 0
    waiting = db.session.scalars(select(Grant).options(joinedload(Grant.household)).where(
        Grant.is_green, Grant.papers_in_on.is_(None), Grant.reclaim == "",
        Grant.state.in_(("asked", "returned", "approved")), Grant.reminded < STAYS_LATE,
        Grant.papers_due_on <= today + timedelta(days=SOON_DAYS)).order_by(Grant.id)).all()
    for grant in waiting:
        level = _level(grant, today)
        raised = db.session.execute(update(Grant).where(
            Grant.id == grant.id, Grant.reminded < level, Grant.papers_in_on.is_(None))
            .values(reminded=level, papers_tier=_up(grant.papers_tier, level, grant.reminded))
            .execution_options(synchronize_session=False))
        if raised.rowcount == 1:  # type: ignore[attr-defined]
            db.session.refresh(grant)
            tell(grant, TOLD[level], None, now, tier=grant.papers_tier)
            tell_papers(grant, grant.papers_due_on or today, is_late=level > SOON, now=now)
            told += 1
    return told


def _level(grant: Grant, today: date) -> int:
    late_days = (today - (grant.papers_due_on or today)).days
    return STAYS_LATE if late_days > STAYS_LATE_DAYS else LATE if late_days > 0 else SOON


def _up(tier: str, level: int, before: int) -> str:
    """Who runs after the papers at a level: one tier up for each level of lateness that is new."""
    steps = max(level, SOON) - max(before, SOON)
    at = LADDER.index(tier) if tier in LADDER else 0
    return LADDER[min(at + steps, len(LADDER) - 1)]


def demand_back(grant: Grant, words: str, actor: Actor, now: datetime) -> None:
    """Ask for the money back, since the papers have not come in time: the help is refused and to be reclaimed.

    Raises Conflict when no papers are late or nothing was paid.
    """
    moved = db.session.execute(update(Grant).where(
        Grant.id == grant.id, Grant.is_green, Grant.reclaim == "", Grant.papers_in_on.is_(None),
        Grant.papers_due_on < day_of(now), Grant.state.in_(("asked", "returned", "approved"))).values(
            reclaim="due", state="refused", decision=words, decided_by_id=actor.user_id, decided_by_name=actor.name,
            decided_at=now).execution_options(synchronize_session=False))
    db.session.refresh(grant)
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("这份帮助没有过了期的材料。"))
    if not grant.payments:
        raise Conflict(_("还没有发过钱，没有什么要追回。"))
    grant.decisions.append(GrantDecision(
        round=grant.round, tier=grant.tier, decision="refuse", words=words, decided_by_id=actor.user_id,
        decided_by_name=actor.name, acting_for_name="", decided_at=now))
    tell(grant, "demand", actor, now)


def reclaim_grant(grant: Grant, amount_fen: int, back_on: date, words: str, actor: Actor, now: datetime, *,
                  waive: bool = False) -> None:
    """Note money that came back, all or part; `waive`: the county writes off the rest, with a why.

    Raises Conflict when nothing is to be reclaimed, Invalid for more than is still out or a day ahead.
    """
    if back_on > day_of(now):
        raise Invalid(_("日子不能在今天以后。"), "back_on")
    if waive and actor.role is not Role.COUNTY:
        raise NotAllowed(_("余下的不再追回，要由区县来定。"))
    if waive and not words:
        raise Invalid(_("请写清楚余下的为什么不追回。"), "words")
    held = db.session.execute(update(Grant).where(Grant.id == grant.id, Grant.reclaim == "due").values(
        reclaim="due").execution_options(synchronize_session=False))
    db.session.refresh(grant)
    if held.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_("这份帮助没有要追回的钱。"))
    out = grant.paid_fen - grant.back_fen
    if amount_fen > out or (amount_fen <= 0 and not waive):
        raise Invalid(_("还没有追回的是 %(sum)s，请写不超过它的金额。", sum=money(out)), "amount")
    parts = [(amount_fen, False), *([(out - amount_fen, True)] if waive else [])]
    grant.repayments += [Repayment(amount_fen=fen, back_on=back_on, is_waived=waived, words=words,
                                   recorded_by_name=actor.name, recorded_at=now) for fen, waived in parts if fen > 0]
    if grant.back_fen == grant.paid_fen:
        grant.reclaim = "done"
    db.session.flush()
    tell(grant, "reclaim" if grant.reclaim == "done" else "reclaim_part", actor, now, fen=amount_fen)
