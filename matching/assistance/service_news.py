"""Who hears of which step of help that is asked for: those who decide, and whoever asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from matching.actor import Actor, Role
from matching.assistance.models_grants import Grant
from matching.notices.queries import officers_at
from matching.notices.service import tell_all

__all__ = ["tell_grant"]

ANSWERS: Mapping[str, str] = {"approve": "grant_approved", "return": "grant_returned", "refuse": "grant_refused",
                              "pay": "grant_paid"}


def tell_grant(grant: Grant, area_code: str, what: str, actor: Actor, now: datetime) -> None:
    """Tell of a step that was just taken, but not whoever took it; `area_code` is where the household lives."""
    values, key = {"path": f"/assistance/{grant.id}/show-grant"}, f"{grant.id}:{now.isoformat()}"
    if what in ("ask", "sign"):
        tier = Role.TOWN if grant.tier == "town" else Role.COUNTY
        tell_all(officers_at(area_code, tier), "grant_waiting", values, now, key=key, by=actor)
    elif what in ANSWERS and grant.asked_by_id:
        tell_all([grant.asked_by_id], ANSWERS[what], values, now, key=key, by=actor)
