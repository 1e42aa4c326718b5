"""The site with one guard taken out, to prove that the race test would notice: `tests.unguarded:app`.

Units are taken without the condition that enough are left, and nobody is sent away beforehand.
"""

from __future__ import annotations

from sqlalchemy import update

from config import Config
from matching import create_app
from matching.extensions import db
from matching.offers import service as offers
from matching.offers.models import Offer
from matching.pairings import service as pairings


def take_without_looking(offer_id: int, quantity: int) -> bool:
    """Take units, whatever is left."""
    db.session.execute(update(Offer).where(Offer.id == offer_id).values(taken=Offer.taken + quantity))
    return True


offers.take = take_without_looking
pairings.without_room = lambda pairing_ids, actor: []
app = create_app(Config())
