"""What the first demo county has written itself: kinds of policy beyond the contract's, each after its preview."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select

from matching import jobs_gaps
from matching.actor import Actor
from matching.assistance import service_policies as policies
from matching.assistance.models import PolicyVersion
from matching.assistance.service_standards import Version
from matching.clock import day_of
from matching.extensions import db

POOREST = ("dibao_a", "tekun")
KINDS: tuple[tuple[str, dict[str, int], tuple[str, ...]], ...] = (  # policy, yuan or percent, categories
    ("margin", {"upto_percent": 150}, ()),
    ("single", {"income_percent": 200, "bills_year": 50_000}, ()),
    ("schooling", {"nursery_year": 1_000, "junior_year": 1_250}, POOREST),
    ("housing", {"cap": 80_000}, (*POOREST, "dibao_b")),
    ("medical", {"threshold": 2_000, "cap": 50_000, "institution_percent": 100, "tekun_percent": 100,
                 "dibao_percent": 70, "margin_percent": 60}, ()),
    ("temporary", {"illness_ordinary": 1_000, "illness_urgent": 3_000, "illness_critical": 4_000,
                   "disaster_urgent": 3_000, "disaster_critical": 5_000, "schooling_ordinary": 1_000,
                   "schooling_urgent": 2_000, "other_ordinary": 500, "other_urgent": 1_000}, ()))
WRITTEN_DAYS_AGO = 90


def is_played() -> bool:
    """Whether the county has written anything before."""
    return db.session.scalar(select(PolicyVersion.id).limit(1)) is not None


def play(county: Actor, now: datetime) -> None:
    """Write each kind as an officer does: preview whom it touches, then save it. Commits."""
    written = now - timedelta(days=WRITTEN_DAYS_AGO)
    first = date(day_of(written).year, 1, 1)
    for number, (policy, amounts, categories) in enumerate(KINDS, 1):
        fen = {key: amount if key.endswith("_percent") else amount * 100 for key, amount in amounts.items()}
        preview = policies.preview_policy(Version(policy, first, None, fen, categories), county, written)
        db.session.commit()
        if jobs_gaps.claim(preview.id, written):
            policies.save_policy(jobs_gaps.work(preview.id), county, written, f"区民政〔{first.year}〕{number} 号")
            db.session.commit()
