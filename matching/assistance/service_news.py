"""Who hears of which step of help that is asked for: those who decide, whoever asked, whoever runs after papers or has
a list to freeze.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from matching.actor import Actor, Role
from matching.assistance.models_grants import Grant
from matching.assistance.models_lists import PaymentList
from matching.notices.queries import officers_at
from matching.notices.service import tell_all

__all__ = ["tell_grant", "tell_list", "tell_papers"]

ANSWERS: Mapping[str, str] = {"approve": "grant_approved", "return": "grant_returned", "refuse": "grant_refused",
                              "pay": "grant_paid", "demand": "grant_refused"}
COUNTY_DIGITS = 6
TIERS = {role.value: role for role in (Role.COMMUNITY, Role.TOWN, Role.COUNTY)}


def tell_grant(grant: Grant, area_code: str, what: str, actor: Actor, now: datetime) -> None:
    """Tell of a step that was just taken, but not whoever took it; `area_code` is where the household lives."""
    values, key = {"path": f"/assistance/{grant.id}/show-grant"}, f"{grant.id}:{now.isoformat()}"
    if what in ("ask", "sign"):
        tier = Role.TOWN if grant.tier == "town" else Role.COUNTY
        tell_all(officers_at(area_code, tier), "grant_waiting", values, now, key=key, by=actor)
    elif what in ANSWERS and grant.asked_by_id:
        tell_all([grant.asked_by_id], ANSWERS[what], values, now, key=key, by=actor)


def tell_papers(grant: Grant, due_on: date, *, is_late: bool, now: datetime) -> None:
    """Tell of owed papers: whoever asked for the help and, once they are late, the tier that runs after them now.

    Each level of reminding is told once (`Grant.reminded`).
    """
    values, key = {"path": f"/assistance/{grant.id}/show-grant", "by": due_on}, f"{grant.id}:{grant.reminded}"
    kind = "papers_overdue" if is_late else "papers_due"
    if grant.asked_by_id:
        tell_all([grant.asked_by_id], kind, values, now, key=key)
    if is_late:
        tell_all(officers_at(grant.household.area_code, TIERS[grant.papers_tier]), kind, values, now, key=key)


def tell_list(made: PaymentList, actor: Actor | None, now: datetime, *, is_over: bool = False) -> int:
    """Tell those who can freeze a list that it waits for them: once when it is made, once when its month is over."""
    role = Role.COUNTY if len(made.area_code) <= COUNTY_DIGITS else Role.TOWN
    return tell_all(officers_at(made.area_code, role), "list_to_freeze",
                    {"path": f"/assistance/{made.id}/show-payment-list"}, now,
                    key=f"{made.id}:over" if is_over else f"{made.id}", by=actor)
