"""The chain over the audit log grows, and its head is anchored outside the database."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import structlog
from flask import current_app

from matching.audit import service_anchors, service_chain
from matching.extensions import db, reading

__all__ = ["anchors_folder", "link_and_anchor"]

log = structlog.get_logger()


def anchors_folder() -> Path:
    """Where heads are written down."""
    return Path(current_app.config["AUDIT_ANCHORS"])


def link_and_anchor(now: datetime) -> int:
    """Link all entries that wait, with commits of its own, and anchor the head; returns how many were linked."""
    with reading():
        before, waits = service_chain.head(), service_chain.anything_waits(now)
    head = None
    while waits and (found := service_chain.link_waiting(now)):
        db.session.commit()
        head = found
    db.session.rollback()
    if head is None:
        return 0
    service_anchors.anchor(anchors_folder(), head, now)
    log.info("audit_anchor", position=head.position, digest=head.digest.hex())
    return head.position - (before.position if before else 0)
