"""What everybody can do without an account: ask for help, and follow a case with its code."""

from __future__ import annotations

from matching.intake import (  # noqa: F401  the tables of the room
    blueprint,
    models_meetings,
    models_tries,
    service,
)

__all__ = ["blueprint"]
