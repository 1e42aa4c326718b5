"""Counts of villages, and of files that share something, are brought up to date, with commits of their own."""

from __future__ import annotations

from matching.extensions import db, reading
from matching.figures import service_counts

__all__ = ["keep_all"]


def keep_all() -> int:
    """Count anew what is marked now; returns how many marks are gone. What is marked meanwhile waits for the next."""
    done, many = 0, service_counts.MOST
    while many == service_counts.MOST:
        with reading():
            counted = service_counts.count_anew()
        if counted is None or not service_counts.keep(counted):
            break
        db.session.commit()
        many = len(counted.marks)
        done += many
    db.session.rollback()
    return done
