"""How gunicorn serves the site; `docs/deploy.md` explains the choices. Every value can be given by environment."""

import os
import re
from typing import Any

from gunicorn.glogging import Logger

PERSONAL = re.compile(r"\d{7,}|[^\x20-\x7e]+")


class QuietLogger(Logger):
    """Access lines in which no path names a person: long numbers and names that somebody typed are left out."""

    def atoms(self, *args: Any) -> dict[str, Any]:
        """The parts of one line, the path without anything personal."""
        atoms: dict[str, Any] = super().atoms(*args)
        return {**atoms, "U": PERSONAL.sub("…", atoms["U"] or "")}


logger_class = QuietLogger
bind = os.environ.get("BIND", f"127.0.0.1:{os.environ.get('PORT', '5000')}")
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "4"))
umask = 0o077  # what the site writes, its owner alone reads
timeout = 60
graceful_timeout = 20
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
# Request lines are short here; long ones are refused before they cost anything.
limit_request_line = 4094
limit_request_fields = 60
# Forwarded headers are believed only as far as JIEDUI_TRUSTED_PROXIES says, by the application itself.
secure_scheme_headers: dict[str, str] = {}
# No address of a visitor, no query string, no user agent: nothing in here names a person.
accesslog = os.environ.get("ACCESS_LOG", "-")
access_log_format = '{"at":"%(t)s","method":"%(m)s","path":"%(U)s","status":%(s)s,"bytes":"%(B)s","ms":%(M)s}'
errorlog = "-"
loglevel = os.environ.get("GUNICORN_LOG_LEVEL", "warning")
# Heartbeats in memory: on a slow disk they would stop a healthy worker.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") and os.access("/dev/shm", os.W_OK) else None  # noqa: S108  # nosec B108  # gunicorn makes an unlinked file there
control_socket_disable = True
