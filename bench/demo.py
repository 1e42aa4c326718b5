"""The demo county as the engine sees it."""

from __future__ import annotations

import logging
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from matching.engine import NeedTable, OfferTable

NOW = datetime(2026, 11, 1, 2, tzinfo=UTC)


def demo_tables() -> tuple[NeedTable, OfferTable]:
    """The demo county as it stands before its first run, in a database of its own; nobody has waited yet."""
    from flask_migrate import upgrade

    from config import TestConfig
    from matching import create_app, startup
    from matching.clock import day_of
    from matching.demo import base
    from matching.demo.cli import ensure_places
    from matching.demo.places import FIRST
    from matching.extensions import db
    from matching.pairings.bridge import load_market, tables

    print("… demo county", file=sys.stderr, flush=True)
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        app = create_app(TestConfig(f"sqlite:///{folder}/demo.sqlite3", Path(folder), TESTING=True))
        with app.app_context():
            upgrade()
            startup.check_field_keys(app)
            ensure_places()
            base.write_base(base.draw(day_of(NOW)), "bench-only-password", NOW)
            db.session.flush()
            market = load_market(FIRST, day_of(NOW))
            found = tables(replace(market, needs=[replace(need, waiting_days=0) for need in market.needs]))
            db.session.rollback()
    return found
