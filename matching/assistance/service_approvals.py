"""Who signs a request, one after another, and what comes of it.

A county writes chains by kind of help and amount; without a word of its own the town signs up to its limit and the
county one fen above. Every signature is another person's: whoever asked does not sign, nor who signed before in the
same round, nor for its own household, nor in the place of somebody who may not. The county may stand in for a town.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update

from matching.actor import Actor, Role
from matching.assistance.models_approvals import CHAINS, ApprovalRule, Recusal, Substitute
from matching.assistance.models_grants import Grant, GrantDecision
from matching.assistance.service_news import tell_grant
from matching.assistance.service_standards import book_of
from matching.assistance.service_substitutes import in_force, is_kin, standing_in
from matching.audit.service import record
from matching.clock import day_of
from matching.errors import Conflict, Invalid, NotAllowed
from matching.extensions import db
from matching.households.models import Household, HouseholdAccount
from matching.households.service import add_to_timeline
from matching.places.queries import within

__all__ = ["DECISIONS", "Rung", "Standing", "chain_for", "decide_grant", "decided_before", "rungs_for", "standing",
           "tell", "waiting_for", "write_rule"]

DECISIONS = {"approve": "approved", "return": "returned", "refuse": "refused"}


@dataclass(frozen=True, slots=True)
class Rung:
    """Up to which sum in fen (None: any) which tiers sign, one after another."""

    up_to_fen: int | None
    chain: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How an officer stands to a request: for whom it would sign, or why it may not.

    `why_not`: own, kin, signed, tier; empty when it may.
    """

    why_not: str = ""
    acting_for: Substitute | None = None


def rungs_for(county_code: str, help_type: str, on: date) -> tuple[list[Rung], ApprovalRule | None]:
    """What counts for a kind of help on a day, rising, and the word that says so; None: the built-in limits.

    The county's last word on this kind, else on every kind, else the town up to its limit and the county above.
    """
    for kind in dict.fromkeys((help_type, "")):
        rule = db.session.scalar(select(ApprovalRule).where(
            ApprovalRule.county_code == county_code, ApprovalRule.help_type == kind, ApprovalRule.starts_on <= on)
            .order_by(ApprovalRule.id.desc()).limit(1))
        if rule is not None and rule.rungs:
            return [Rung(up_to, chain) for up_to, chain in rule.rungs], rule
    limit = book_of(county_code).on(on)["limits"].amounts["town_limit"]
    return [Rung(limit, "town"), Rung(None, "county")], None


def chain_for(household: Household, help_type: str, total_fen: int, on: date) -> str:
    """Which tiers sign for a sum: those of the first rung that reaches so far."""
    rungs, _rule = rungs_for(household.area_code[:6], help_type, on)
    return next(rung.chain for rung in rungs if rung.up_to_fen is None or total_fen <= rung.up_to_fen)


def write_rule(help_type: str, starts_on: date, rungs: Sequence[Rung], reason: str, actor: Actor,
               now: datetime) -> ApprovalRule:
    """Write down who signs in the actor's county from a day on; no rungs: as for every kind.

    What was asked before keeps its chain. Raises Invalid for sums that do not rise, or a day that is past: a rule
    does not change what was decided under another one.
    """
    if starts_on < day_of(now):
        raise Invalid(_("新规定不能从过去的日子起算。"), "starts_on")
    sums = [rung.up_to_fen for rung in rungs[:-1]]
    if any(one is None for one in sums) or sums != sorted(set(sums), key=lambda one: one or 0):
        raise Invalid(_("金额要一档比一档高。"), "fen_2")
    if any(rung.chain not in CHAINS for rung in rungs) or (rungs and rungs[-1].up_to_fen is not None):
        raise ValueError("the last rung has no end, and every chain is known")
    if not rungs and not help_type:
        raise Invalid(_("请选谁来批。"), "chain_3")
    rule = ApprovalRule(county_code=actor.area_code, help_type=help_type, starts_on=starts_on,
                        rungs=[[rung.up_to_fen, rung.chain] for rung in rungs], reason=reason,
                        written_by_id=actor.user_id, written_by_name=actor.name, written_at=now)
    db.session.add(rule)
    db.session.flush()
    record(actor, "approval_rule.write", now, object_type="approval_rule", object_id=rule.id,
           area_code=actor.area_code, changes={"help_type": help_type, "rungs": len(rungs)})
    return rule


def standing(grant: Grant, actor: Actor, today: date) -> Standing:
    """How an officer stands to a request. In the place of an absent one before the own: so it is written down."""
    why_not = _barred(grant, actor.user_id)
    if why_not:
        return Standing(why_not)
    for one in standing_in(actor, today):
        fits = one.tier == grant.tier and grant.household.area_code.startswith(one.area_code)
        if fits and not _barred(grant, one.absent_id):
            return Standing("", one)
    of_tier = actor.role is Role.COUNTY or (actor.role is Role.TOWN and grant.tier == "town")
    return Standing("" if of_tier and actor.reaches(grant.household.area_code) else "tier")


def _barred(grant: Grant, user_id: int) -> str:
    """Why a person may never sign this request, whatever its tier; empty when nothing speaks against it."""
    if grant.asked_by_id == user_id:
        return "own"
    if is_kin(user_id, grant.household_id):
        return "kin"
    signed = any(user_id in (one.decided_by_id, one.acting_for_id)
                 for one in grant.decisions if one.round == grant.round)
    return "signed" if signed else ""


def waiting_for(actor: Actor, today: date) -> ColumnElement[bool]:
    """SQL condition on grants joined to households: this officer is to sign next, by its own tier or for another.

    A county sees what waits for the county, though it may stand in for a town.
    """
    stands_in = exists().where(
        Substitute.substitute_id == actor.user_id, in_force(today), Substitute.tier == Grant.tier,
        func.substr(Household.area_code, 1, func.length(Substitute.area_code)) == Substitute.area_code,
        or_(Grant.asked_by_id.is_(None), Substitute.absent_id != Grant.asked_by_id))
    own = and_(Grant.tier == str(actor.role), within(Household.area_code, actor.area_code))
    return and_(
        Grant.state == "asked", Grant.asked_at.is_not(None), or_(own, stands_in),
        or_(Grant.asked_by_id.is_(None), Grant.asked_by_id != actor.user_id),
        ~exists().where(Recusal.user_id == actor.user_id, Recusal.household_id == Grant.household_id),
        ~exists().where(HouseholdAccount.user_id == actor.user_id,
                        HouseholdAccount.household_id == Grant.household_id),
        ~exists().where(GrantDecision.grant_id == Grant.id, GrantDecision.round == Grant.round,
                        or_(GrantDecision.decided_by_id == actor.user_id,
                            GrantDecision.acting_for_id == actor.user_id)))


def decide_grant(grant: Grant, decision: str, words: str, actor: Actor, now: datetime, stage: str = "") -> None:
    """Sign, return or refuse what was asked, by one of `DECISIONS`; the last signature of the chain approves.

    `stage`: which signature the actor was shown. What was paid before and is refused is to come back. Raises NotAllowed
    for who may not sign (`Standing`), Invalid for a return or refusal without a why, Conflict for who comes second.
    """
    if grant.state != "asked" or (stage and stage != grant.stage):
        raise Conflict(decided_before(grant))
    read, stands = grant.stage, standing(grant, actor, day_of(now))
    if stands.why_not:
        db.session.refresh(grant)  # "signed" may be a click of this moment, which came first
        if (grant.state, grant.stage) != ("asked", read):
            raise Conflict(decided_before(grant))
        raise NotAllowed(why_not_words(stands.why_not))
    if decision != "approve" and not words:
        raise Invalid(_("退回或不批要写明原因。"), "words")
    if not _sign(grant, decision, words, stands, actor, now):
        raise Conflict(decided_before(grant))
    if grant.state == "refused" and grant.payments:  # only now: a payment holds the row until it is written
        db.session.execute(update(Grant).where(Grant.id == grant.id, Grant.reclaim == "").values(reclaim="due")
                           .execution_options(synchronize_session=False))
        db.session.refresh(grant)
    tell(grant, "sign" if grant.state == "asked" else decision, actor, now,
         acting_for=stands.acting_for.absent_name if stands.acting_for else "")


def _sign(grant: Grant, decision: str, words: str, stands: Standing, actor: Actor, now: datetime) -> bool:
    """Write one signature, if the request still stands where it was read: one conditional UPDATE decides."""
    tiers = (grant.chain or grant.tier).split()
    following = tiers[grant.step + 1] if decision == "approve" and grant.step + 1 < len(tiers) else ""
    values = {"step": grant.step + 1, "tier": following} if following else {"state": DECISIONS[decision]}
    values |= {"decided_by_id": actor.user_id, "decided_by_name": actor.name, "decided_at": now, "decision": words}
    number, tier = (grant.round, grant.step), grant.tier
    if not _move(grant, number, **values):
        return False
    other = stands.acting_for
    grant.decisions.append(GrantDecision(
        round=number[0], tier=tier, decision=decision, words=words, decided_by_id=actor.user_id,
        decided_by_name=actor.name, acting_for_id=other.absent_id if other else None,
        acting_for_name=other.absent_name if other else "", decided_at=now))
    db.session.flush()
    return True


def _move(grant: Grant, number: tuple[int, int], **values: object) -> bool:
    moved = db.session.execute(update(Grant).where(
        Grant.id == grant.id, Grant.state == "asked", Grant.round == number[0], Grant.step == number[1])
        .values(**values).execution_options(synchronize_session=False))
    db.session.refresh(grant)
    return bool(moved.rowcount == 1)  # type: ignore[attr-defined]


def decided_before(grant: Grant) -> str:
    """Who was quicker and what that person did, for whoever comes second."""
    db.session.refresh(grant)
    if not grant.decided_at:
        return _("这份申请刚才有人处理过了。")
    said = {"approved": _("%(name)s刚才已经批准了。", name=grant.decided_by_name),
            "returned": _("%(name)s刚才已经退回了。", name=grant.decided_by_name),
            "refused": _("%(name)s刚才已经定了不批。", name=grant.decided_by_name),
            "asked": _("%(name)s刚才已经签了这一步，下一步由别人来批。", name=grant.decided_by_name)}
    return said.get(grant.state, _("这份申请刚才有人处理过了。"))


def why_not_words(why_not: str) -> str:
    """Why an officer may not sign, in one sentence."""
    return {"own": _("这是您自己提的，要换一个人来批。"), "kin": _("这是您家或您要回避的一家，要换一个人来批。"),
            "signed": _("这一份您已经签过一步，下一步要换一个人。")}.get(
        why_not, _("超过镇街的权限，要由区县来批。"))


def tell(grant: Grant, what: str, actor: Actor | None, now: datetime, **more: Any) -> None:
    """Write what happened to a grant into the household's story and the audit log."""
    home = grant.household
    add_to_timeline(home.id, f"grant.{what}", actor, now, help_type=grant.help_type,
                    **{name: value for name, value in more.items() if value})
    record(actor, f"grant.{what}", now, object_type="grant", object_id=grant.id, household_id=home.id,
           area_code=home.area_code, changes={
               "state": grant.stands, "fen": grant.amount_fen,
               **({"for": "substitute"} if more.get("acting_for") else {})})
    if actor is not None:
        tell_grant(grant, home.area_code, what, actor, now)

