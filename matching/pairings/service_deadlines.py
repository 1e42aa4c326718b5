"""Until when a step of a pairing is to be taken, by step and urgency; reminding of it, and what has lapsed.

The field sets no days for these steps; ours stand in `DAYS`. A need that is wanted by an earlier day shortens them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update

from matching.clock import day_of
from matching.extensions import db
from matching.households.models import HouseholdAccount
from matching.notices.queries import nearest_officers
from matching.notices.service import tell_all
from matching.organisations.models import Membership
from matching.pairings.models import Pairing

__all__ = ["DAYS", "LAPSE_AFTER", "due_on", "has_lapsed", "mark", "remind"]

DAYS: Mapping[str, tuple[int, ...]] = {
    "offered": (10, 7, 5, 3, 1), "accepted": (7, 5, 3, 2, 1), "consented": (14, 10, 7, 3, 2),
    "under_way": (60, 45, 30, 14, 7), "delivered": (14, 10, 7, 5, 3), "confirmed": (21, 14, 7, 5, 3)}
"""Days from the day on which a pairing came into a state, for needs of urgency 1 to 5."""
LAPSE_AFTER = (20, 14, 9, 5, 2)
"""So many days after the answer was due an offer that nobody answered lapses, for urgency 1 to 5."""
GIVING = ("offered", "accepted", "consented", "under_way")
"""The states before the help is there: the day by which it is wanted counts."""
WAITED_FOR: Mapping[str, tuple[str, ...]] = {
    "offered": ("members",), "accepted": ("officers", "household"), "consented": ("members",),
    "under_way": ("members",), "delivered": ("officers", "household"), "confirmed": ("officers",)}
"""Who has to take the next step. Of what is late the officers hear in any case."""
PAGES = {"members": "/pairings/our-pairings", "officers": "/pairings/desk", "household": "/pairings/my-case"}


def due_on(state: str, urgency: int, wanted_by: date | None, today: date) -> date | None:
    """The last day for the step that leads out of a state entered today; None where nobody has to act."""
    if state not in DAYS:
        return None
    due = today + timedelta(days=DAYS[state][urgency - 1])
    if wanted_by is None or state not in GIVING:
        return due
    return min(due, max(wanted_by, today + timedelta(days=1)))


def has_lapsed(today: date) -> ColumnElement[bool]:
    """SQL condition: offered, and not answered long after the answer was due; the sooner the more urgent it is.

    What an officer has locked never lapses by itself."""
    late = [and_(Pairing.urgency_points == 100 * (at + 1), Pairing.answer_by_on < today - timedelta(days=days))
            for at, days in enumerate(LAPSE_AFTER)]
    return and_(Pairing.state == "offered", Pairing.locked_at.is_(None), or_(*late))


def remind(now: datetime) -> int:
    """Remind of steps that are due by tomorrow, and of those that are late; each once. Returns how many.

    One conditional UPDATE marks what is told of, so that two runs at once tell once. Each hears of all of a day's in
    one notice.
    """
    today = day_of(now)
    soon = _mark("soon", Pairing.due_on.between(today, today + timedelta(days=1)), Pairing.reminded == "")
    late = _mark("late", Pairing.due_on < today, Pairing.reminded != "late")
    for kind, rows in (("due", soon), ("late", late)):
        _tell(kind, rows, now)
    return len(soon) + len(late)


def mark(model: Any, level: str, *which: ColumnElement[bool], tells: Sequence[Any]) -> list[Any]:
    """Mark what falls under the conditions as reminded of, up to a level; returns its columns `tells`.

    One conditional UPDATE: of two runs at once each row falls to one.
    """
    marked = update(model).where(*which).values(reminded=level).returning(*tells)
    return list(db.session.execute(marked.execution_options(synchronize_session=False)))


def _mark(level: str, *which: ColumnElement[bool]) -> list[Any]:
    return mark(Pairing, level, Pairing.state.in_(DAYS), *which, tells=(
        Pairing.state, Pairing.organisation_id, Pairing.household_id, Pairing.area_code))


def _tell(kind: str, rows: list[Any], now: datetime) -> None:
    key, counts = f"{kind}:{day_of(now)}", Counter[tuple[str, int | str]]()
    for row in rows:
        hearers = {*WAITED_FOR[row.state], *(("officers",) if kind == "late" else ())}
        for who in hearers:
            counts[who, {"members": row.organisation_id, "household": row.household_id}.get(who, row.area_code)] += 1
    officers: Counter[int] = Counter()
    for (who, whose), many in sorted(counts.items(), key=str):
        if who == "officers":
            officers.update(dict.fromkeys(nearest_officers(str(whose)), many))
        elif who == "members":
            tell_all(select(Membership.user_id).where(Membership.organisation_id == whose), f"pairings_{kind}",
                     {"count": many, "path": PAGES[who]}, now, key=key)
        else:
            tell_all(select(HouseholdAccount.user_id).where(HouseholdAccount.household_id == whose), "answer_due",
                     {"path": PAGES[who]}, now, key=key)
    for user_id, many in sorted(officers.items()):
        tell_all([user_id], f"pairings_{kind}", {"count": many, "path": PAGES["officers"]}, now, key=key)
