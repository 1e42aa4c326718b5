"""The demo county's standing with policies: one check of each county, and what one family was given by four givers."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from matching import jobs_gaps
from matching.assistance import service_checks as checks
from matching.assistance.models import GapCheck
from matching.assistance.models_grants import Grant, Payment
from matching.clock import day_of, utc_now
from matching.demo.places import FIRST, SECOND
from matching.extensions import db
from matching.households.models import Household, Need
from matching.places.queries import within

GIVEN = (  # purpose, source, giver, yuan, days ago
    ("临时救助", "fiscal", "镇政府", 4_000, 22), ("大病医疗救助", "fiscal", "县医保局", 16_200, 16),
    ("志愿者协会募捐", "organisation", "县志愿者协会", 4_000, 13), ("慈善大病救助", "charity", "县慈善总会", 16_000, 9))
YEARS_AGO = (3, 2, 0)
"""A schooling promise by the year, one year of which was missed."""


def is_played() -> bool:
    """Whether the demo has been checked before."""
    return db.session.scalar(select(GapCheck.id).where(GapCheck.proposal.is_(None)).limit(1)) is not None


def play(now: datetime) -> None:
    """Check both counties and note what two families were given; commits."""
    home, other = _families("medical"), _families("schooling")
    if home is not None:
        for purpose, source, giver, yuan, ago in GIVEN:
            _give(home, ("medical", purpose, source, giver), yuan * 100, [now - timedelta(days=ago)], "once", now)
    if other is not None:
        days = [now - timedelta(days=365 * ago + 20) for ago in YEARS_AGO]
        _give(other, ("schooling", "年度助学金", "fiscal", "县教育局"), 250_000, days, "year", now)
    db.session.commit()
    for county in (FIRST, SECOND):
        asked_at = utc_now()  # the check of the other county has ended meanwhile
        check = checks.ask_check(county, day_of(now), None, asked_at)
        db.session.commit()
        if jobs_gaps.claim(check.id, asked_at):
            jobs_gaps.work(check.id)


def _families(help_type: str) -> Household | None:
    """The first family of the demo county that asked for a kind of help."""
    return db.session.scalar(select(Household).join(Household.needs).where(
        within(Household.area_code, FIRST), Need.help_type == help_type).order_by(Household.id).limit(1))


def _give(home: Household, what: tuple[str, str, str, str], fen: int, days: list[datetime], rhythm: str,
          now: datetime) -> None:
    help_type, purpose, source, giver = what
    member = home.members[-1]
    grant = Grant(household_id=home.id, member_id=member.id, person_name=member.name, help_type=help_type,
                  purpose=purpose, source=source, giver=giver, rhythm=rhythm, amount_fen=fen,
                  starts_on=day_of(min(days)), created_at=now)
    grant.payments = [Payment(household_id=home.id, amount_fen=fen, paid_on=day_of(day),
                              period=day_of(day).isoformat(), recorded_at=now) for day in days]
    db.session.add(grant)
