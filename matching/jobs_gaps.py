"""Working the checks of entitlements that officers have asked for, with progress that their pages can show."""

from __future__ import annotations

import time
from collections import Counter
from datetime import datetime
from typing import Any

from matching.assistance import service_checks as checks
from matching.assistance.models import GapCheck
from matching.assistance.service_facts import Home, Standards
from matching.assistance.service_gaps import Finding, find, read_homes, standards_for
from matching.assistance.service_preview import Touched, compare, from_json
from matching.assistance.service_standards import book_of
from matching.clock import utc_now
from matching.extensions import db, reading

LISTED = 500
"""How many of those whom a change touches are kept by name; the count is of all."""


def claim(check_id: int, now: datetime) -> bool:
    """Claim a check for this process; commits, so that of several exactly one works it."""
    mine = checks.claim(check_id, now)
    db.session.commit()
    return mine


def work(check_id: int) -> GapCheck:
    """Work a claimed check to its end; commits after each batch.

    Each batch is read in a transaction that only reads, so that nobody waits; what it brought is written in one
    of its own, unless somebody has stopped the check meanwhile.
    """
    worker = _Worker(db.session.get_one(GapCheck, check_id))
    db.session.rollback()
    after_id, done = 0, 0
    while True:
        with reading():
            homes = read_homes(worker.area_code, worker.on, after_id)
            found = [finding for home in homes for finding in worker.look(home)]
        if not homes:
            break
        after_id, done = homes[-1].id, done + len(homes)
        mine = checks.advance(check_id, found, done, utc_now())
        db.session.commit()
        if not mine:
            return db.session.get_one(GapCheck, check_id)
    checks.finish(check_id, worker.report(done), utc_now())
    db.session.commit()
    return db.session.get_one(GapCheck, check_id)


def fail(check_id: int, now: datetime, kind: str) -> None:
    """Give a check up after a fault; commits."""
    db.session.rollback()
    checks.mark_failed(check_id, now, kind)
    db.session.commit()


class _Worker:
    """What one check remembers from batch to batch."""

    def __init__(self, check: GapCheck) -> None:
        self.area_code, self.on = check.area_code, check.reckoned_on
        self.proposal = from_json(check.proposal) if check.proposal else None
        self.standards: dict[str, Standards] = {}
        self.proposed: dict[str, Standards] = {}
        self.started = time.perf_counter()
        self.counts = Counter[str]()
        self.homes: dict[str, set[int]] = {"gap": set(), "touched": set()}
        self.listed: list[dict[str, Any]] = []

    def look(self, home: Home) -> list[Finding]:
        """What a check finds about a household; a preview keeps whom it touches instead and finds nothing."""
        before = standards_for(home, self.on, self.standards)
        if self.proposal is None:
            found = find(home, before, self.on)
            self.counts.update(finding.kind for finding in found)
            if any(finding.kind == "gap" for finding in found):
                self.homes["gap"].add(home.id)
            return found
        county = home.area_code[:6]
        if county not in self.proposed:
            self.proposed[county] = book_of(county).with_version(self.proposal).on(self.on)
        for touched in compare(home, before, self.proposed[county], self.on):
            self._touch(touched)
        return []

    def _touch(self, touched: Touched) -> None:
        self.counts[touched.how] += 1
        self.homes["touched"].add(touched.home.id)
        if len(self.listed) < LISTED:
            self.listed.append({
                "household_id": touched.home.id, "number": touched.home.number, "person": touched.person,
                "policy": touched.policy, "before_fen": touched.before_fen, "before_per": touched.before_per,
                "after_fen": touched.after_fen, "after_per": touched.after_per, "how": touched.how,
                "receives": touched.receives})

    def report(self, done: int) -> dict[str, Any]:
        """The figures of the check."""
        whole = {"checked": done, "seconds": round(time.perf_counter() - self.started, 1)}
        if self.proposal is None:
            return whole | {"gap": self.counts["gap"], "no_longer": self.counts["no_longer"],
                            "focus": self.counts["focus"], "gap_households": len(self.homes["gap"])}
        return whole | {"touched_households": len(self.homes["touched"]), "newly": self.counts["newly"],
                        "no_longer": self.counts["no_longer"], "amount": self.counts["amount"], "listed": self.listed}
