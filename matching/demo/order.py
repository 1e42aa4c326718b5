"""The demo's people act in the order in which their rooms were built; log and stories read in the order of time."""

from __future__ import annotations

from sqlalchemy import case, select, update

from matching.audit.models import AuditEntry, AuditLink
from matching.extensions import db
from matching.households.models import TimelineEntry


def put_in_order() -> None:
    """Number the entries of log and timelines by their moments, unless the log is chained. The caller commits."""
    if db.session.scalar(select(AuditLink.position).limit(1)) is not None:
        return
    for model in (AuditEntry, TimelineEntry):
        found = list(db.session.scalars(select(model.id).order_by(model.at, model.id)))
        moved = {old: new for old, new in zip(found, sorted(found), strict=True) if old != new}
        for start in range(0, len(moved), 500):
            some = dict(list(moved.items())[start:start + 500])
            db.session.execute(update(model).where(model.id.in_(some)).values(id=-case(some, value=model.id))
                               .execution_options(synchronize_session=False))
        db.session.execute(update(model).where(model.id < 0).values(id=-model.id)
                           .execution_options(synchronize_session=False))
