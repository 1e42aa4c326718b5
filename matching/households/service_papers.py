"""Adding, opening and removing papers and photos."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select

from matching import vault
from matching.actor import Actor, Right, Role
from matching.audit.service import record
from matching.errors import Conflict, Invalid
from matching.extensions import db
from matching.households.models import Household, Member
from matching.households.models_papers import Paper
from matching.households.service import add_to_timeline
from matching.households.service_images import FIELD, Clean

__all__ = ["REMOVALS", "add_papers", "note_seen", "read_paper", "remove_paper"]

REMOVALS = ("wrong", "blurred", "outdated", "withdrawn")
"""Why a paper is removed: not this household's, unreadable, replaced by a newer one, the household asked for it."""
MOST_PAPERS = 80
MOST_BYTES_A_HOUSEHOLD = 80 * 1024 * 1024
MOST_BYTES_A_DAY = 300 * 1024 * 1024
"""What one person may bring in within 24 hours."""


def add_papers(household: Household, kind: str, member: Member | None, files: Sequence[Clean], actor: Actor,
               now: datetime) -> list[Paper]:
    """Keep papers of one kind; returns those that are new, since the same file twice is one paper.

    Raises Invalid when the household or the person has no room left; then nothing is kept.
    """
    db.session.scalar(select(Household.id).where(Household.id == household.id).with_for_update())
    fresh = _unknown(household, files)
    _check_room(household, fresh, actor, now)
    papers: list[Paper] = []
    try:
        for file, blind in fresh:
            paper = Paper(household_id=household.id, member_id=member.id if member else None, kind=kind,
                          mime=file.mime, size_bytes=len(file.content), content_blind=blind,
                          vault_key=vault.put(file.content), added_at=now, added_by_id=actor.user_id,
                          added_by_name=actor.name, from_household=actor.role is Role.HOUSEHOLD)
            papers.append(paper)
            paper.name = file.name
        db.session.add_all(papers)
        db.session.flush()
    except Exception:
        for paper in papers:
            vault.remove(paper.vault_key or "")
        raise
    if papers:
        household.updated_at = now
        add_to_timeline(household.id, "paper.added", actor, now, paper=kind, quantity=len(papers))
    for paper in papers:
        _record(paper, household, "paper.add", actor, now, {"kind": kind})
    return papers


def read_paper(paper: Paper, household: Household, actor: Actor, now: datetime, why: str) -> bytes:
    """The bytes of a paper; that it was opened is written down. Raises Conflict when it was removed."""
    if paper.vault_key is None:
        raise Conflict(_("这份材料已经删掉了。"))
    _record(paper, household, "paper.open", actor, now, {"kind": paper.kind}, why)
    return vault.get(paper.vault_key)


def note_seen(paper: Paper, actor: Actor, now: datetime) -> None:
    """An officer has opened what the household brought: it waits for nobody any more."""
    if paper.from_household and paper.seen_at is None and actor.may(Right.EDIT_HOUSEHOLDS):
        paper.seen_at = now


def remove_paper(paper: Paper, household: Household, why: str, actor: Actor, now: datetime) -> str:
    """Take a paper away, for one of the reasons `REMOVALS`; its row stays as the record.

    Returns the key of its file: the caller commits and then removes it from the vault. Raises Conflict when it
    was removed before.
    """
    if why not in REMOVALS:
        raise ValueError(f"no such reason: {why!r}")
    locked = db.session.scalar(select(Paper).where(Paper.id == paper.id).with_for_update(),
                               execution_options={"populate_existing": True})
    if locked is None or locked.vault_key is None:
        raise Conflict(_("这份材料已经删掉了。"))
    key = locked.vault_key
    locked.vault_key = locked.content_blind = None
    locked.removed_at, locked.removed_by_name, locked.removed_why = now, actor.name, why
    household.updated_at = now
    add_to_timeline(household.id, "paper.removed", actor, now, paper=paper.kind, reason=why)
    _record(paper, household, "paper.remove", actor, now, {"kind": paper.kind, "reason": why})
    return key


def _unknown(household: Household, files: Sequence[Clean]) -> list[tuple[Clean, str]]:
    """The files that the household does not have yet, each once, with the blind index of its bytes."""
    contents = {file.content: file for file in files}
    blinds = {content: vault.blinds(content) for content in contents}
    wanted = [blind for each in blinds.values() for blind in each]
    known = set(db.session.scalars(select(Paper.content_blind).where(
        Paper.household_id == household.id, Paper.content_blind.in_(wanted))))
    return [(file, blinds[content][0]) for content, file in contents.items() if not known & set(blinds[content])]


def _check_room(household: Household, fresh: Sequence[tuple[Clean, str]], actor: Actor, now: datetime) -> None:
    more = sum(len(file.content) for file, _blind in fresh)
    number, size = db.session.execute(select(func.count(), func.coalesce(func.sum(Paper.size_bytes), 0)).where(
        Paper.household_id == household.id, Paper.vault_key.is_not(None))).one()
    if number + len(fresh) > MOST_PAPERS or size + more > MOST_BYTES_A_HOUSEHOLD:
        raise Invalid(_("这户的材料已经放满了（最多 %(n)s 份、%(mb)s MB），请先删掉不用的。", n=MOST_PAPERS,
                        mb=MOST_BYTES_A_HOUSEHOLD // 1024 ** 2), FIELD)
    today = db.session.scalar(select(func.coalesce(func.sum(Paper.size_bytes), 0)).where(
        Paper.added_by_id == actor.user_id, Paper.added_at > now - timedelta(days=1))) or 0
    if today + more > MOST_BYTES_A_DAY:
        raise Invalid(_("您今天传的材料已经到了上限（%(mb)s MB），请明天再传。",
                        mb=MOST_BYTES_A_DAY // 1024 ** 2), FIELD)


def _record(paper: Paper, household: Household, action: str, actor: Actor, now: datetime, changes: dict[str, str],
            why: str = "") -> None:
    record(actor, action, now, object_type="paper", object_id=paper.id, household_id=household.id,
           area_code=household.area_code, why=why, changes=changes)
