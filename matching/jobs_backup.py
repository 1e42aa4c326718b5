"""The nightly backup."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app

from matching import backup
from matching.audit.service import record
from matching.clock import day_of


def back_up(now: datetime) -> None:
    """Write the day's backup where JIEDUI_BACKUPS says, unless it is there, and throw away those past their day."""
    if not current_app.config["BACKUPS"]:
        return
    folder = Path(current_app.config["BACKUPS"])
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / f"jiedui-{day_of(now)}.backup"
    if not file.exists():
        written = backup.back_up(file, now)
        record(None, "site.backup", now, changes={"rows": written.rows, "files": written.files})
    backup.age_out(folder, timedelta(days=current_app.config["BACKUP_DAYS"]), now)
