"""Write down who looked at and changed what; open a file's sensitive fields for a while."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from flask_babel import LazyString
from flask_babel import gettext as _
from sqlalchemy import BindParameter, Row, bindparam, delete, insert, select

from matching.actor import Actor, Right, Role
from matching.audit.models import AuditEntry, Disclosure
from matching.errors import Invalid, NotAllowed, NotThere
from matching.extensions import UtcDateTime, db, read
from matching.language import lazy_gettext as _l

WHYS = ("list", "search", "pairing", "visit", "contact", "check", "todo", "own", "audit")
"""Why a file is opened: from a list, a search, for a pairing, a visit, to contact, to check facts, own file, audit."""

WHY_WORDS: Mapping[str, LazyString] = {
    "list": _l("从名单打开"), "search": _l("查找"), "pairing": _l("办理结对"), "visit": _l("走访"),
    "contact": _l("联系这家人"), "check": _l("核对情况"), "todo": _l("办待办"), "own": _l("看自己的档案"),
    "audit": _l("督查"),
}
DISCLOSURE = timedelta(minutes=10)
NOTE_LENGTH = 200

_ENTRY = insert(AuditEntry.__table__)  # type: ignore[arg-type]
_NOW: BindParameter[datetime] = bindparam("now", type_=UtcDateTime)
_ACTIVE = select(Disclosure.why, Disclosure.ends_at).order_by(Disclosure.ends_at.desc()).limit(1).where(
    Disclosure.user_id == bindparam("user_id"), Disclosure.household_id == bindparam("household_id"),
    Disclosure.opened_at <= _NOW, Disclosure.ends_at > _NOW)


class Filed(Protocol):
    """What the log has to know of a household file, which lives in a slice above."""

    @property
    def id(self) -> int:
        """Its row."""

    @property
    def area_code(self) -> str:
        """Where the household lives."""


def record(actor: Actor | None, action: str, now: datetime, *, object_type: str = "", object_id: int | None = None,
           household_id: int | None = None, organisation_id: int | None = None, area_code: str = "",
           why: str = "", note: str = "", changes: dict[str, Any] | None = None) -> None:
    """Add one entry to the audit log in the present transaction.

    `changes` holds field names and codes, never a sensitive value. `actor` None: the system itself. A household
    is named by its number alone, since the log outlives an erased file.
    """
    db.session.connection().execute(_ENTRY, {
        "at": now, "actor_id": actor.user_id if actor else None,
        "actor_name": "" if actor is None or actor.role is Role.HOUSEHOLD else actor.name,
        "actor_role": str(actor.role) if actor else "system", "action": action, "object_type": object_type,
        "object_id": object_id, "household_id": household_id, "organisation_id": organisation_id,
        "area_code": area_code, "county_code": area_code[:6] if len(area_code) >= 6 else "",
        "why": why if why in WHYS else "", "note": note[:NOTE_LENGTH], "changes": changes or {}})


def forget_disclosures(household_ids: Sequence[int]) -> None:
    """Forget what was once disclosed of files that are erased; the log keeps that it was."""
    db.session.execute(delete(Disclosure).where(Disclosure.household_id.in_(household_ids)))


def disclose(actor: Actor, household: Filed, why: str, note: str, now: datetime) -> Disclosure:
    """Let an actor see a household's sensitive fields in full for ten minutes, and write that down.

    `note` stays with the disclosure and goes with the file: the log holds no words of a person.

    Raises NotThere out of the actor's reach, NotAllowed without the
    right, Invalid (field `why`) without a known reason.
    """
    if not actor.reaches(household.area_code):
        raise NotThere
    if not actor.may(Right.DISCLOSE):
        raise NotAllowed(_("您的角色不能查看完整信息。"))
    if why not in WHYS:
        raise Invalid(_("请选一个原因。"), field="why")
    disclosure = Disclosure(user_id=actor.user_id, household_id=household.id, why=why, note=note[:NOTE_LENGTH],
                            opened_at=now, ends_at=now + DISCLOSURE)
    db.session.add(disclosure)
    db.session.flush()
    record(actor, "household.disclose", now, object_type="household", object_id=household.id,
           household_id=household.id, area_code=household.area_code, why=why)
    return disclosure


def active_disclosure(actor: Actor, household_id: int, now: datetime) -> Row[tuple[str, datetime]] | None:
    """The actor's own disclosure of a household that has not ended yet, the latest one: `why`, `ends_at`; else None.

    One whose beginning lies ahead (the clock was turned back) does not count.
    """
    found = read(_ACTIVE, {"user_id": actor.user_id, "household_id": household_id, "now": now})
    return found[0] if found else None
