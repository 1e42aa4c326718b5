"""The day on which a test runs. A function, never a constant: a run of all tests may pass midnight in Shanghai."""

from __future__ import annotations

from datetime import date, timedelta

from matching.clock import day_of, utc_now


def today(ahead: int = 0) -> date:
    """The day in Asia/Shanghai that is ``ahead`` days from now, or ago if negative."""
    return day_of(utc_now()) + timedelta(days=ahead)
