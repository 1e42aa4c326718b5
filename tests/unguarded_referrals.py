"""The site with the guard of referrals taken out, to prove that their race tests would notice.

Run it as `tests.unguarded_referrals:app`. A referral is moved without a look at how it stands.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from config import Config
from matching import create_app
from matching.extensions import db
from matching.intake import service_referrals
from matching.intake.models_work import Referral


def move_without_looking(referral: Referral, _sources: tuple[str, ...], target: str, **values: Any) -> None:
    """Move a referral, whatever has become of it."""
    db.session.execute(update(Referral).where(Referral.id == referral.id).values(state=target, **values))
    db.session.refresh(referral)


service_referrals._move = move_without_looking
app = create_app(Config())
