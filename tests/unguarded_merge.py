"""The site without the claim on a file that is merged, to prove that the race test would notice."""

from __future__ import annotations

from config import Config
from matching import create_app
from matching.households import service_doubles
from matching.households.models import Household


def claim_without_looking(_kept: Household, dropped: Household) -> str:
    """Archive the dropped file, whatever has become of it."""
    status, dropped.status = dropped.status, "archived"
    return status


service_doubles.claim = claim_without_looking
app = create_app(Config())
