"""What time it is: instants are UTC, days are calendar days of Asia/Shanghai (field.md)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def utc_now() -> datetime:
    """The present instant, timezone-aware, in UTC."""
    return datetime.now(UTC)


def day_of(instant: datetime) -> date:
    """The calendar day in Asia/Shanghai on which a timezone-aware instant falls."""
    return instant.astimezone(SHANGHAI).date()
