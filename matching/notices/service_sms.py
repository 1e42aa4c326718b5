"""Text messages through a gateway of the operator's choice, in a form of our own that a small adapter can translate.

    POST <JIEDUI_SMS_URL>
    Content-Type: application/json
    X-Jiedui-Key: <JIEDUI_SMS_KEY>
    X-Jiedui-Time: 1795606200
    X-Jiedui-Signature: hexadecimal HMAC-SHA256 of "<time>\\n<path>\\n<body>" under JIEDUI_SMS_SECRET

    {"id": "notice-17-sms", "to": "13900000000", "text": "…"}   →   200 {"id": "the gateway's own number"}

`id` is the same at every try, so that the gateway can drop a double. 408, 425, 429 and 5xx are tried again, any other
answer than 2xx is final.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from matching.notices.service_channels import Message
from matching.notices.service_https import ask

__all__ = ["Sms", "signature"]


class Sms:
    """The channel `sms`. Settings: SMS_URL, SMS_KEY, SMS_SECRET."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._config = config

    def send(self, address: str, message: Message) -> str:
        """Hand a text message to the gateway; returns the gateway's number of it. Raises Temporary or Permanent."""
        url = urlsplit(self._config["SMS_URL"])
        path = (url.path or "/") + (f"?{url.query}" if url.query else "")
        body = json.dumps({"id": message.key, "to": address, "text": _text(message)}, ensure_ascii=False).encode()
        time = str(int(message.sent_at.timestamp()))
        told = ask(self._config["SMS_URL"], path, body, {
            "X-Jiedui-Key": self._config["SMS_KEY"], "X-Jiedui-Time": time,
            "X-Jiedui-Signature": signature(self._config["SMS_SECRET"], time, path, body)})
        return str(told.get("id", ""))

    def close(self) -> None:
        """Nothing stays open between two messages."""


def signature(secret: str, time: str, path: str, body: bytes) -> str:
    """How a request to the gateway is signed."""
    return hmac.digest(secret.encode(), f"{time}\n{path}\n".encode() + body, hashlib.sha256).hex()


def _text(message: Message) -> str:
    return f"{message.text} {message.link}".strip()
