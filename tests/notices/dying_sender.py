"""A sender in a process of its own that is killed between handing a mail over and writing that down."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from config import TestConfig
from matching import create_app, jobs_notices
from matching.notices import service_sending


def main(database_url: str, instance: str, port: str) -> None:
    """Send what is due and die."""
    app = create_app(TestConfig(database_url, Path(instance)))
    app.config.update(MAIL_HOST="127.0.0.1", MAIL_PORT=int(port), MAIL_SECURITY="none",
                      MAIL_FROM="notices@jiedui.example")
    service_sending.sent = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment,return-value]
    with app.app_context():
        jobs_notices.send_waiting()


if __name__ == "__main__":
    main(*sys.argv[1:])
