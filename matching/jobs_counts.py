"""Counts of villages, and pairs of files that share something, are brought up to date, with commits of their own."""

from __future__ import annotations

from matching.extensions import db, reading
from matching.figures import service_counts

__all__ = ["keep_all"]


def keep_all() -> int:
    """Count anew what is marked now; returns how many marks are gone. What is marked meanwhile waits for the next."""
    with reading():
        portions = service_counts.marked()
    done = 0
    for portion in portions:
        with reading():
            counted = service_counts.count_anew(portion)
        if not service_counts.keep(counted):
            db.session.rollback()
            break
        db.session.commit()
        done += len(counted.marks)
    return done
