"""Runs of the engine over an area: asked for, claimed, finished whole or not at all. `jobs_runs` works them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, column, delete, exists, insert, or_, select, table, update

from matching.actor import Actor
from matching.audit.service import record
from matching.clock import day_of
from matching.errors import Invalid
from matching.extensions import db
from matching.households.models import Household
from matching.pairings import bridge
from matching.pairings.models import Pairing, Run
from matching.places.models import Area
from matching.places.queries import hold_county, same_county, within

STALE_AFTER = timedelta(minutes=10)
"""A run that has worked so long without an end was left behind by a process that died."""

# A slice above, by the names of its columns only.
imports = table("imports", column("state"), column("area_code"))


def ask_run(area_code: str, actor: Actor | None, now: datetime) -> Run:
    """Ask for a run over a county or an area in it; the scheduler works it within seconds.

    A run of the same area that is still waiting is returned instead of a second one.
    """
    if len(area_code) < 6 or db.session.get(Area, area_code) is None:
        raise Invalid(_("配对按县、镇或村来算，请给出区县以下的地区代码。"))
    waiting = db.session.scalar(select(Run).where(Run.area_code == area_code, Run.state == "waiting"))
    if waiting is not None:
        return waiting
    run = Run(area_code=area_code, asked_at=now, asked_by_id=actor.user_id if actor else None)
    db.session.add(run)
    db.session.flush()
    record(actor, "run.ask", now, object_type="run", object_id=run.id, area_code=area_code)
    return run


def next_waiting(now: datetime) -> int | None:
    """The oldest run that may begin, or was left behind by a process that died; None when there is none."""
    return db.session.scalar(select(Run.id).where(_waits(now), ~_HELD_UP).order_by(Run.id).limit(1))


_HELD_UP = exists().where(imports.c.state.in_(("applying", "undoing")), same_county(imports.c.area_code, Run.area_code))
"""A register of the county is half written: what a run would read is not so."""


def _waits(now: datetime) -> ColumnElement[bool]:
    return or_(Run.state == "waiting", and_(Run.state == "running", Run.started_at < now - STALE_AFTER))


def is_held_up(run_id: int) -> bool:
    """Whether a run waits for a register that is just being written, or taken back."""
    return db.session.scalar(select(Run.id).where(Run.id == run_id, Run.state == "waiting", _HELD_UP)) is not None


def is_working(area_code: Any, now: datetime) -> ColumnElement[bool]:
    """SQL condition: a run of the county of an area (a column or a code) is at work."""
    return exists().where(Run.state == "running", Run.started_at >= now - STALE_AFTER,
                          same_county(Run.area_code, area_code))


def claim(run_id: int, now: datetime) -> bool:
    """Claim a waiting or left-behind run; of several processes that try, one gets True once it commits.

    None does while a register of the county is being written (`exchange.service_imports` looks the other way).
    """
    hold_county(db.session.scalar(select(Run.area_code).where(Run.id == run_id)) or "")
    claimed = db.session.execute(
        update(Run).where(Run.id == run_id, _waits(now), ~_HELD_UP)
        .values(state="running", started_at=now, stage="read", progress=5)
        .execution_options(synchronize_session=False))
    return claimed.rowcount == 1  # type: ignore[attr-defined, no-any-return]


def advance(run_id: int, stage: str, progress: int) -> None:
    """Note how far a working run has come; `progress` in per cent."""
    db.session.execute(update(Run).where(Run.id == run_id, Run.state == "running")
                       .values(stage=stage, progress=progress).execution_options(synchronize_session=False))


def finish(run_id: int, market: bridge.Market, solution: bridge.Solution, now: datetime, facts: dict[str, Any]) -> None:
    """Close a working run and replace its area's undecided proposals by the new ones, in one transaction.

    A run that was cancelled meanwhile stays cancelled, and the old proposals stay. `facts` join the report.
    """
    finished = db.session.execute(
        update(Run).where(Run.id == run_id, Run.state == "running")
        .values(state="done", stage="", progress=100, finished_at=now, needs=len(market.needs),
                offers=len(market.offers), proposals=len(solution.proposals), weight=solution.weight,
                upper_bound=solution.upper_bound, report=report_of(market, solution) | facts)
        .execution_options(synchronize_session=False))
    if finished.rowcount != 1:  # type: ignore[attr-defined]
        return
    area_code = db.session.scalars(select(Run.area_code).where(Run.id == run_id)).one()
    save(run_id, area_code, solution.proposals, now, market.locked)
    record(None, "run.done", now, object_type="run", object_id=run_id, area_code=area_code,
           changes={"proposals": len(solution.proposals), "weight": solution.weight,
                    "upper_bound": solution.upper_bound})


def run_within(area_code: str, now: datetime) -> Run:
    """Ask for a run and work it at once inside the present transaction, without showing progress."""
    run = ask_run(area_code, None, now)
    claim(run.id, now)
    market = bridge.load_market(area_code, day_of(now))
    finish(run.id, market, bridge.solve(market), now, {"on": day_of(now).isoformat()})
    db.session.refresh(run)
    return run


def mark_failed(run_id: int, now: datetime, kind: str) -> None:
    """Mark a working run as failed with the kind of the fault; the old proposals stay."""
    db.session.execute(update(Run).where(Run.id == run_id, Run.state == "running")
                       .values(state="failed", stage="", finished_at=now, report={"fault": kind}))


def cancel(run: Run, actor: Actor, now: datetime) -> bool:
    """Stop a run that waits or works; False when it had ended already."""
    stopped = db.session.execute(
        update(Run).where(Run.id == run.id, Run.state.in_(("waiting", "running")))
        .values(state="cancelled", stage="", finished_at=now).execution_options(synchronize_session=False))
    if stopped.rowcount != 1:  # type: ignore[attr-defined]
        return False
    db.session.refresh(run)
    record(actor, "run.cancel", now, object_type="run", object_id=run.id, area_code=run.area_code)
    return True


def save(run_id: int, area_code: str, proposals: list[bridge.Proposal], now: datetime,
         locked: Sequence[int] = ()) -> None:
    """Replace the undecided proposals of an area by new ones (same transaction as the run's end).

    `locked`: those that the run counted as taken. They stay, and so do those that were locked while it worked.
    """
    db.session.execute(delete(Pairing).where(
        Pairing.state == "proposed", Pairing.proposed_by == "engine", Pairing.locked_at.is_(None),
        Pairing.id.not_in(locked), within(Pairing.area_code, area_code)))
    late = db.session.execute(select(Pairing.need_id, Pairing.offer_id, Pairing.quantity).where(
        Pairing.locked_at.is_not(None), Pairing.state == "proposed", Pairing.id.not_in(locked))).all()
    proposals = beside(proposals, late) if late else proposals
    rows = [row_of(p, now) | {"run_id": run_id, "proposed_by": "engine", "state": "proposed"} for p in proposals]
    if rows:
        db.session.execute(insert(Pairing), rows)


def beside(proposals: Sequence[bridge.Proposal], late: Sequence[Any]) -> list[bridge.Proposal]:
    """The proposals that fit beside those locked meanwhile (rows of need, offer, quantity); each goes or stays."""
    taken = Counter[tuple[str, int]]()
    for row in late:
        taken["need", row.need_id] += row.quantity
        taken["offer", row.offer_id] += row.quantity
    pairs, fitting = {(row.need_id, row.offer_id) for row in late}, []
    for p in proposals:
        need, offer = ("need", p.need.id), ("offer", p.offer.id)
        room = min(p.need.lacks - taken[need], p.offer.left - taken[offer])
        if (p.need.id, p.offer.id) not in pairs and p.quantity <= room:
            taken.update({need: p.quantity, offer: p.quantity})
            fitting.append(p)
    return fitting


def row_of(p: bridge.Proposal, now: datetime) -> dict[str, Any]:
    """The columns of a pairing that a proposal fills."""
    return {
        "need_id": p.need.id, "offer_id": p.offer.id, "household_id": p.need.household_id,
        "organisation_id": p.offer.organisation_id, "area_code": p.need.area_code, "quantity": p.quantity,
        "score": p.score, "urgency_points": p.urgency_points, "waiting_points": p.waiting_points,
        "closeness_points": p.closeness_points, "distance_m": p.distance_m,
        "distance_is_about": p.need.about or p.offer.about, "options": p.options, "next_offer_id": p.next_offer_id,
        "next_score": p.next_score, "unchecked": p.unchecked, "proposed_at": now, "changed_at": now,
    }


def report_of(market: bridge.Market, solution: bridge.Solution) -> dict[str, Any]:
    """The facts of a plan as the command and the run's page show them (keys of contract.md)."""
    wanted: dict[str, list[int]] = {}
    for need in market.needs:
        wanted.setdefault(need.area_code[:9], [0, 0])[1] += need.lacks
    for p in solution.proposals:
        wanted[p.need.area_code[:9]][0] += p.quantity
    facts = [(n.id, n.lacks, n.urgency, n.waiting_days, sorted(n.asks), sorted(n.traits), n.lat, n.lon)
             for n in market.needs], [(o.id, o.left, o.radius_km, o.areas, o.lat, o.lon) for o in market.offers]
    return {
        "weight": solution.weight, "upper_bound": solution.upper_bound, "gap": solution.gap,
        "units": sum(p.quantity for p in solution.proposals), "needs": len(market.needs), "offers": len(market.offers),
        "needs_served": len({p.need.id for p in solution.proposals}), "allowed_pairs": solution.allowed_pairs,
        "needs_without_offer": solution.lonely, "offers_ended": market.ended,
        "locked": len(market.locked),
        "areas": {code: {"given": given, "wanted": total} for code, (given, total) in sorted(wanted.items())},
        **solution.fairness, "fingerprint": hashlib.sha256(repr(facts).encode()).hexdigest(),
    }


def counties_with_households() -> list[str]:
    """The counties that have verified households, by code: each gets its nightly run."""
    return list(db.session.scalars(select(Household.county_code).where(Household.status == "verified")
                                   .group_by(Household.county_code).order_by(Household.county_code)))


def ask_all(now: datetime) -> int:
    """Ask for a run of every county with households; returns how many. For the nightly job."""
    counties = counties_with_households()
    for county in counties:
        ask_run(county, None, now)
    return len(counties)
