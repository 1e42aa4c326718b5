"""The sign of life of a job at work, from a thread of its own."""

from __future__ import annotations

import threading
from datetime import datetime

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from matching.clock import utc_now
from matching.extensions import db
from matching.jobs_slots import beat

RENEW_SECONDS = 5.0


class Heart(threading.Thread):
    """Beats for a slot, from a thread and a connection of its own, while its work goes on.

    On SQLite the beat waits for the work's write lock; so does anybody who would take the slot over.
    """

    def __init__(self, name: str, slot_at: datetime, runner: str, app: Flask) -> None:
        super().__init__(name=f"heart of {name}", daemon=True)
        self._slot = (name, slot_at, runner)
        self._app = app
        self._stop_now = threading.Event()

    def run(self) -> None:
        """Beat until the work is done."""
        while not self._stop_now.wait(RENEW_SECONDS):
            with self._app.app_context():
                try:
                    beat(*self._slot, utc_now())
                except SQLAlchemyError:
                    db.session.rollback()

    def __enter__(self) -> None:
        self.start()

    def __exit__(self, *_: object) -> None:
        self._stop_now.set()
