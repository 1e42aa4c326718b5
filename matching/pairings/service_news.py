"""Who hears of which step of a pairing: the organisation's members, the officers it concerns, the household."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from matching.actor import Actor
from matching.clock import day_of
from matching.households.models import HouseholdAccount
from matching.notices.queries import nearest_officers
from matching.notices.service import Users, tell_all
from matching.organisations.models import Membership
from matching.pairings.models import Pairing

__all__ = ["tell_approved", "tell_step"]

MEMBERS, OFFICERS, HOUSEHOLD = "members", "officers", "household"
HEARERS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "accept": ((OFFICERS, "pairing_accepted"), (HOUSEHOLD, "consent_asked")),
    "decline": ((OFFICERS, "pairing_declined"),),
    "lapse": ((OFFICERS, "pairing_lapsed"), (MEMBERS, "pairing_missed")),
    "consent": ((OFFICERS, "pairing_answered"), (MEMBERS, "pairing_consented")),
    "refuse": ((OFFICERS, "pairing_unwanted"), (MEMBERS, "pairing_refused")),
    "deliver": ((OFFICERS, "pairing_delivered"), (HOUSEHOLD, "receipt_asked")),
    "confirm": ((OFFICERS, "pairing_received"), (MEMBERS, "pairing_confirmed")),
    "dispute": ((MEMBERS, "pairing_disputed"),),
    "close": ((MEMBERS, "pairing_finished"), (HOUSEHOLD, "case_closed")),
    "withdraw": ((MEMBERS, "pairing_withdrawn"), (HOUSEHOLD, "case_withdrawn")),
    "fail": ((OFFICERS, "pairing_failed"), (HOUSEHOLD, "case_withdrawn")),
    "reopen": ((OFFICERS, "pairing_reopened"), (HOUSEHOLD, "case_reopened")),
}
"""For each step who hears of it, as which kind. Approving: `tell_approved`. Of what is returned nobody knew."""
PAGES = {MEMBERS: "our-pairing", OFFICERS: "show-pairing"}
LISTS = {MEMBERS: "our-pairings", OFFICERS: "desk", HOUSEHOLD: "my-case"}


def tell_step(pairing: Pairing, action: str, before: str, actor: Actor | None, now: datetime) -> None:
    """Tell of a step that was just taken, but not whoever took it.

    `before` is the state it led out of: a household that has not been asked yet is not told that an offer fell through.
    What lapses in one night is one notice to each, however much it is: its key is the day.
    """
    night = action == "lapse"
    for who, kind in HEARERS.get(action, ()):
        if who == HOUSEHOLD and before == "offered" and action == "withdraw":
            continue
        path = f"/pairings/{LISTS[who]}" if night or who == HOUSEHOLD else f"/pairings/{pairing.id}/{PAGES[who]}"
        tell_all(_users(pairing, who), kind, {"path": path}, now, by=actor,
                 key=f"{day_of(now)}" if night else f"{pairing.id}:{now.isoformat()}")


def tell_approved(pairings: Collection[Pairing], actor: Actor, now: datetime) -> None:
    """Tell each organisation of what it is asked, in one notice however much it is."""
    by_organisation: dict[int, list[Pairing]] = defaultdict(list)
    for pairing in pairings:
        by_organisation[pairing.organisation_id].append(pairing)
    for asked in by_organisation.values():
        first = asked[0]
        values: dict[str, Any] = {"by": first.answer_by_on}
        if len(asked) == 1:
            kind, values["path"] = "pairing_offered", f"/pairings/{first.id}/our-pairing"
        else:
            kind, values["path"], values["count"] = "pairings_offered", "/pairings/our-pairings", len(asked)
        tell_all(_users(first, MEMBERS), kind, values, now, key=f"{first.id}:{now.isoformat()}", by=actor)


def _users(pairing: Pairing, who: str) -> Users:
    """Those who hear: of the officers the nearest to the household and whoever approved the pairing."""
    if who == MEMBERS:
        return select(Membership.user_id).where(Membership.organisation_id == pairing.organisation_id)
    if who == HOUSEHOLD:
        return select(HouseholdAccount.user_id).where(HouseholdAccount.household_id == pairing.household_id)
    nearest: Sequence[int] = nearest_officers(pairing.area_code)
    return {*nearest, *([pairing.decided_by_id] if pairing.decided_by_id else [])}
