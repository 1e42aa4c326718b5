"""Sending what waits in the outbox, one message after another, never inside a request.

Each is claimed and committed, sent outside any transaction, and then marked. A channel that is out of reach is left
alone until the next sweep; the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import structlog
from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from matching.clock import utc_now
from matching.extensions import db, reading
from matching.notices import service_sending as sending
from matching.notices.service_addresses import CODE_MINUTES, finish_binding, take_binding
from matching.notices.service_channels import Channel, Message, Permanent, Temporary
from matching.notices.service_kinds import told
from matching.notices.service_mail import Mail
from matching.notices.service_sending import Claim, Parcel
from matching.notices.service_sms import Sms
from matching.notices.service_wechat import Wechat, openid_of

log = structlog.get_logger()
MAKE: Mapping[str, Callable[[Mapping[str, Any]], Channel]] = {"email": Mail, "sms": Sms, "wechat": Wechat}
CHOOSE = "/notices/choose-notices"


class Round:
    """One sweep: the channels it has opened, and those that turned out to be out of reach."""

    def __init__(self) -> None:
        self._open: dict[str, Channel] = {}
        self.broken: set[str] = set()
        self.counts = {"sent": 0, "later": 0, "failed": 0, "dropped": 0}

    def run(self) -> None:
        """Send until nothing is due; commits after each step of each message."""
        try:
            while True:
                with reading():
                    found = sending.due(utc_now(), self.broken)
                if not found:
                    return
                for number, channel in found:
                    if channel not in self.broken:
                        self._send(number)
        finally:
            for opened in self._open.values():
                opened.close()
            if any(self.counts.values()):
                log.info("notices_sent", **self.counts)

    def _send(self, number: int) -> None:
        claimed = sending.claim(number, utc_now())
        db.session.commit()
        if claimed is None:
            return
        try:
            came = self._hand_over(claimed)
        except Exception as error:  # what cannot be made or opened must not hold up what comes after it
            db.session.rollback()
            log.error("notice_not_sent", error=type(error).__name__)
            sending.try_again(claimed, type(error).__name__[:20], utc_now())
            came = "later"
        db.session.commit()
        self.counts[came] += 1

    def _hand_over(self, claimed: Claim) -> str:
        """Send a message, outside any transaction, and write down what came of it."""
        with reading():
            parcel = sending.parcel_of(claimed)
            message = compose(parcel, utc_now()) if parcel else None
        if parcel is None or message is None:
            sending.drop(claimed, utc_now())
            return "dropped"
        try:
            provider_id = self._channel(parcel.channel).send(parcel.address, message)
        except Temporary as trouble:
            if trouble.whole:
                self.broken.add(parcel.channel)
            sending.try_again(claimed, trouble.reason, utc_now())
            return "later"
        except Permanent as trouble:
            sending.fail(claimed.delivery_id, claimed.attempt, trouble.reason, utc_now())
            return "failed"
        sending.sent(claimed, provider_id, utc_now())
        return "sent"

    def _channel(self, name: str) -> Channel:
        if name not in self._open:
            self._open[name] = MAKE[name](current_app.config)
        return self._open[name]


def bind_wechat() -> None:
    """Ask WeChat who came back with which code; each is asked once, whatever becomes of it."""
    while current_app.config["WECHAT_APP_ID"]:
        taken = take_binding(utc_now())
        db.session.commit()
        if taken is None:
            return
        try:
            openid = openid_of(taken[1], current_app.config) if taken[1] else ""
        except (Temporary, Permanent) as trouble:
            openid = ""
            log.warning("wechat_not_bound", reason=trouble.reason)
        finish_binding(taken[0], openid, utc_now())
        db.session.commit()


def send_waiting() -> dict[str, int]:
    """Send all that is due; returns how many were sent, put off, given up and dropped."""
    bind_wechat()
    sweep = Round()
    sweep.run()
    return sweep.counts


def compose(parcel: Parcel, now: datetime) -> Message:
    """The message of a delivery in its reader's language: for a mailbox, a telephone, WeChat."""
    notice, site = parcel.notice, current_app.config["SITE_URL"]
    with force_locale(notice.language):
        title, more = told(notice.kind, notice.details)
        if parcel.code:
            more = _("确认码是 %(code)s，%(n)s 分钟内有效。不是您要的，就不用管它。", code=parcel.code, n=CODE_MINUTES)
        link = site + notice.details["path"] if site and not parcel.code else ""
        leave = site + CHOOSE if site and notice.user_id else ""
        text, html = _("%(title)s。%(more)s", title=title, more=more), ""
        if parcel.channel == "email":
            text = _plain(title, more, link, leave)
            html = current_app.jinja_env.get_template("emails/notice.html").render(
                title=title, more=more, link=link, leave=leave, language=notice.language)
    key = f"notice-{notice.id}-{notice.created_at:%Y%m%d%H%M%S}-{parcel.channel}"
    return Message(key, title, text, link, notice.language, now, html, leave)


def _plain(title: str, more: str, link: str, leave: str) -> str:
    """A mail for whoever reads no HTML."""
    foot = [_("这是结对自动发的信，请不要直接回复。")]
    if leave:
        foot.append(_("想少收一些，在这里改：%(leave)s", leave=leave))
    return "\n\n".join(part for part in (title, more, link) if part) + "\n\n-- \n" + "\n".join(foot) + "\n"
