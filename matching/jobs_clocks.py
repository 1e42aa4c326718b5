"""The clocks of reports, once a minute: found by a reading transaction, said one by one, each with its own commit.

Two runs at once, or one that was killed halfway and is run again, say everything once: see `service_clocks`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime

import structlog

from matching.errors import JieduiError
from matching.extensions import db, reading
from matching.intake import service_clocks as clocks
from matching.intake import service_meetings, service_referrals

__all__ = ["run", "run_after_others"]

log = structlog.get_logger()


def run(now: datetime) -> Counter[str]:
    """Let every clock speak; returns how often each did. Commits."""
    said: Counter[str] = Counter()
    with reading():
        ownerless = clocks.ownerless()
    for number in ownerless:
        said["owner"] += _committed(lambda number=number: clocks.keep_owned(number, None, now))  # type: ignore[misc]
    with reading():
        found = clocks.what_is_due(now)
    speak = {"late": clocks.late, "soon": clocks.remind, "due": clocks.remind, "task_due": clocks.remind_task}
    for one in found:
        said[one.kind] += _committed(lambda one=one: speak[one.kind](one, now))  # type: ignore[misc]
    if said := +said:
        log.info("clocks_said", **said)
    return said


def run_after_others(now: datetime) -> None:
    """Once a day: remind those whom an officer has asked, and pass up what is late. The caller commits."""
    service_referrals.run_after_referrals(now)
    service_meetings.run_after_decisions(now)


def _committed(act: Callable[[], bool]) -> bool:
    """Do one thing in a transaction of its own; one that fails must not hold up the others."""
    try:
        done = act()
        db.session.commit()
    except JieduiError as refusal:
        db.session.rollback()
        log.info("clock_was_overtaken", reason=type(refusal).__name__)
        return False
    return done
