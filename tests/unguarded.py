"""The site with one guard taken out, to prove that the race test would notice: `tests.unguarded:app`.

Units are taken without the condition that enough are left.
"""

from __future__ import annotations

from sqlalchemy import update

from config import Config
from matching import create_app
from matching.extensions import db
from matching.offers import service as offers
from matching.offers.models import Offer


def take_without_looking(offer_id: int, quantity: int) -> bool:
    """Take units, whatever is left."""
    db.session.execute(update(Offer).where(Offer.id == offer_id).values(taken=Offer.taken + quantity))
    return True


offers.take = take_without_looking
app = create_app(Config())
