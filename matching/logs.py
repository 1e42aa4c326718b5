"""Logs as JSON lines. They name endpoints, kinds and counts, never a person, a query string or a value."""

from __future__ import annotations

import logging
import sys

import structlog


def start_logs(level: str) -> None:
    """Write structured lines to standard error from the given level on."""
    logging.basicConfig(format="%(message)s", stream=sys.stderr, level=level)
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)  # it prints whole errors; jobs log their kind
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, structlog.processors.add_log_level,
                    structlog.processors.TimeStamper(fmt="iso", utc=True),
                    structlog.processors.JSONRenderer(ensure_ascii=False)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr), cache_logger_on_first_use=True)
