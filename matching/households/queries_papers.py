"""Reads of papers, always within the reach of who asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select

from matching.actor import Actor, Role
from matching.errors import NotThere
from matching.extensions import db, read
from matching.households.models import Household
from matching.households.models_papers import Paper

_PAPERS_OF = select(*Paper.__table__.c).where(Paper.household_id == bindparam("household_id")).order_by(
    Paper.removed_at.is_not(None), Paper.id.desc())


def papers_of(household_id: int) -> Sequence[Any]:
    """All papers of a file as rows of Paper, removed ones last, each group newest first."""
    return read(_PAPERS_OF, {"household_id": household_id})


def paper_or_404(paper_id: int, actor: Actor) -> tuple[Paper, Household]:
    """A paper with its household: of the actor's reach, or of the household that the actor signs in for."""
    found = db.session.execute(select(Paper, Household).join(Household, Household.id == Paper.household_id).where(
        Paper.id == paper_id)).one_or_none()
    if found is None:
        raise NotThere
    paper, household = found
    mine = actor.household_id == household.id if actor.role is Role.HOUSEHOLD else actor.reaches(household.area_code)
    if not mine:
        raise NotThere
    return paper, household
