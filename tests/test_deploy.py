"""docs/deploy.md is kept true where a machine can tell."""

from __future__ import annotations

import re
from pathlib import Path

from matching.clock import SHANGHAI, utc_now
from matching.jobs import JOBS

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")


def test_the_table_of_scheduled_work_is_the_registry() -> None:
    now = utc_now()
    calendar = sorted(job.trigger.get_next_fire_time(None, now).astimezone(SHANGHAI).strftime("%H:%M")
                      for job in JOBS.values() if job.cron)
    intervals = [f"every {job.every_seconds} seconds" for job in JOBS.values() if job.every_seconds]
    assert re.findall(r"^\| (\d\d:\d\d) \|", DOCUMENT, re.MULTILINE) == calendar
    assert re.findall(r"^\| (every \d+ seconds) \|", DOCUMENT, re.MULTILINE) == intervals
