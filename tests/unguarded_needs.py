"""The site with one guard taken out, to prove that the race test would notice: `tests.unguarded_needs:app`.

Needs are changed without the condition on their present status.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from config import Config
from matching import create_app
from matching.extensions import db
from matching.households import service_needs
from matching.households.models import Need


def change_without_looking(need: Need, values: dict[str, Any], *_conditions: Any) -> bool:
    """Change a need, whatever has become of it."""
    db.session.execute(update(Need).where(Need.id == need.id).values(**values))
    db.session.refresh(need)
    return True


service_needs._change = change_without_looking
app = create_app(Config())
