"""Help that was given, for the yearly report."""

from __future__ import annotations

from datetime import date

from matching.assistance.models_grants import Grant, Payment
from matching.clock import utc_now
from matching.extensions import db
from matching.households.models import Household


def give(home: Household, help_type: str, fen: int, *days: date, person: str = "何秀英", source: str = "fiscal",
         progress: str = "", purpose: str = "补助", giver: str = "县民政局") -> Grant:
    """A grant of one giver with a payment on each day."""
    grant = Grant(household_id=home.id, person_name=person, help_type=help_type, purpose=purpose, source=source,
                  giver=giver, amount_fen=fen, starts_on=days[0], created_at=utc_now())
    grant.payments = [Payment(household_id=home.id, amount_fen=fen, paid_on=day, period=day.isoformat(),
                              progress=progress, recorded_at=utc_now()) for day in days]
    db.session.add(grant)
    db.session.flush()
    return grant
