"""Ways out of the house: what a channel is, what can go wrong with it, and which ones the settings switch on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

__all__ = ["CHANNEL_WORDS", "Channel", "Message", "Permanent", "Temporary", "configured"]

SWITCHES = {"email": "MAIL_HOST", "sms": "SMS_URL", "wechat": "WECHAT_APP_ID"}
"""A channel is offered when this setting is made."""

CHANNEL_WORDS: Mapping[str, LazyString] = {
    "site": _l("网站里"), "email": _l("邮件"), "sms": _l("短信"), "wechat": _l("微信")}


@dataclass(frozen=True, slots=True)
class Message:
    """What goes out, finished, in its reader's language. `key` is the same at every try, so that doubles show."""

    key: str
    subject: str
    text: str
    link: str
    language: str
    sent_at: datetime
    html: str = ""
    leave: str = ""


class Channel(Protocol):
    """One way out. It is opened for a stretch of sending and closed after it."""

    def send(self, address: str, message: Message) -> str:
        """Hand a message over; returns the provider's own number of it. Raises Temporary or Permanent."""

    def close(self) -> None:
        """Let go of what was opened."""


class Trouble(Exception):
    """Not handed over. `reason` is a short code: what is shown to an administrator and kept; never an address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason[:20]


class Temporary(Trouble):
    """Worth another try later. `whole`: the channel itself is out of reach, so the next message would fail as well."""

    def __init__(self, reason: str, *, whole: bool = False) -> None:
        super().__init__(reason)
        self.whole = whole


class Permanent(Trouble):
    """No use trying again: the address is refused, or the message is."""


def configured(config: Mapping[str, Any]) -> set[str]:
    """The channels that the settings switch on."""
    return {channel for channel, setting in SWITCHES.items() if config[setting]}
