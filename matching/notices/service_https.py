"""One JSON question to one host that the settings name: no redirect is followed, no proxy asked, little read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from matching.notices.service_channels import Permanent, Temporary

__all__ = ["ask"]

SECONDS = 15.0
MOST_BYTES = 65_536
AGAIN = (408, 425, 429)


def ask(base: str, path: str, content: bytes | None, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """POST JSON to `path` at the host of `base` (GET without content) and return the JSON object of its answer.

    Plain http is for gateways on the same machine; `matching.startup` refuses it elsewhere. Raises Temporary when the
    host is out of reach or says so, Permanent for any other refusal. A redirect is a refusal.
    """
    target = urlsplit(base)
    kind = HTTPSConnection if target.scheme == "https" else HTTPConnection
    try:
        connection = kind(target.hostname or "", target.port, timeout=SECONDS)
        try:
            connection.request("GET" if content is None else "POST", path, content,
                               {"Content-Type": "application/json", **(headers or {})})
            answer = connection.getresponse()
            status, told = answer.status, answer.read(MOST_BYTES)
        finally:
            connection.close()
    except (OSError, HTTPException, ValueError):
        raise Temporary("connection", whole=True) from None
    if status >= 500 or status in AGAIN:
        raise Temporary(f"http_{status}", whole=status == 429)
    if not 200 <= status < 300:
        raise Permanent(f"http_{status}")
    try:
        found = json.loads(told)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Permanent("answer")
    return found
