"""Where and how an account wants to be told: addresses, used only once they are proven, and what is silenced."""

from __future__ import annotations

import hmac
import re
import secrets
import unicodedata
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from matching.accounts.models import User
from matching.actor import Actor
from matching.audit.service import record
from matching.errors import Invalid
from matching.extensions import db
from matching.notices.models import Delivery, Notice, NoticeAddress, NoticePreference
from matching.notices.service_channels import configured

__all__ = ["CODE_MINUTES", "ask_code", "bind_wechat", "choose", "finish_binding", "normal_address", "prove",
           "remove_address", "take_binding"]

CODE_MINUTES = 15
CODES_A_DAY = 6
TRIES = 5
EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}")
WECHAT_CODE = re.compile(r"[A-Za-z0-9_-]{8,128}")
MOBILE = re.compile(r"1[3-9]\d{9}")


def normal_address(channel: str, written: str) -> str:
    """An address as it is used: half-width, no blanks; a mobile number without +86. Raises Invalid for what is none."""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", written))
    if channel == "email" and len(text) <= 120 and EMAIL.fullmatch(text):
        return text
    mobile = re.sub(r"^(?:\+|00)86", "", text.replace("-", ""))
    if channel == "sms" and MOBILE.fullmatch(mobile):
        return mobile
    raise Invalid(_("邮箱写得不对，比如 name@example.com。") if channel == "email" else
                  _("手机号写得不对，应是 11 位，以 1 开头。"), field="address")


def ask_code(channel: str, written: str, actor: Actor, now: datetime) -> None:
    """Give an account an address and send a code there; until the code comes back nothing else is sent to it.

    Raises Invalid (field `address`) for a wrong one, when too many codes were asked for in a day, or when the channel
    is not switched on.
    """
    if channel not in configured(current_app.config) - {"wechat"}:
        raise Invalid(_("现在不能用这种方式通知。"), field="address")
    address = normal_address(channel, written)
    db.session.execute(select(User.id).where(User.id == actor.user_id).with_for_update())
    asked = db.session.scalar(select(func.count()).select_from(Notice).where(
        Notice.user_id == actor.user_id, Notice.kind == "address_code", Notice.created_at > now - timedelta(days=1)))
    if (asked or 0) >= CODES_A_DAY:
        raise Invalid(_("今天要的确认码太多了，请明天再试。"), field="address")
    row = _own(actor, channel) or NoticeAddress(user_id=actor.user_id, channel=channel)
    row.address, row.code, row.confirmed_at = address, f"{secrets.randbelow(10**6):06}", None
    row.code_until, row.tries = now + timedelta(minutes=CODE_MINUTES), 0
    notice = Notice(kind="address_code", key=f"{channel}:{now.isoformat()}", recipient=f"user:{actor.user_id}",
                    user_id=actor.user_id, details={"path": "/notices/choose-notices"}, language=actor.locale,
                    created_at=now, not_before=now, read_at=now)
    db.session.add_all([row, notice])
    db.session.flush()
    db.session.add(Delivery(notice_id=notice.id, channel=channel, next_try_at=now))
    _record(actor, "account.ask_code", channel, now)


def prove(channel: str, written: str, actor: Actor, now: datetime) -> bool:
    """Whether the code is the one that was sent; then the address is used from now on.

    A wrong one counts, so the caller commits either way. Raises Invalid (field `code`) when there is nothing to prove
    any more: the code is too old, or was guessed at too often.
    """
    row = _own(actor, channel)
    if row is None or row.code is None or row.code_until is None or row.code_until < now or row.tries >= TRIES:
        raise Invalid(_("这个确认码不能用了，请重新要一个。"), field="code")
    if not hmac.compare_digest(row.code.encode(), re.sub(r"\D", "", unicodedata.normalize("NFKC", written)).encode()):
        row.tries += 1
        return False
    row.code, row.code_until, row.confirmed_at = None, None, now
    _record(actor, "account.prove_address", channel, now)
    return True


def bind_wechat(code: str, actor: Actor, now: datetime) -> None:
    """Keep the code with which an account came back from WeChat; `jobs_notices` asks WeChat whose it is.

    Raises Invalid (field `code`) for what is no code.
    """
    if not WECHAT_CODE.fullmatch(code):
        raise Invalid(_("微信没有带回来要用的东西，请再试一次。"), field="code")
    row = _own(actor, "wechat") or NoticeAddress(user_id=actor.user_id, channel="wechat")
    row.address, row.code, row.confirmed_at = None, code, None
    row.code_until, row.tries = now + timedelta(minutes=5), 0
    db.session.add(row)
    _record(actor, "account.ask_code", "wechat", now)


def take_binding(now: datetime) -> tuple[int, str] | None:
    """(number, code) of a binding to WeChat that waits; the code is taken away, since it is good for one question."""
    row = db.session.scalar(select(NoticeAddress).where(
        NoticeAddress.channel == "wechat", NoticeAddress.code_sealed.is_not(None)).limit(1).with_for_update())
    if row is None or row.code is None:
        return None
    code, in_time = row.code, row.code_until is not None and row.code_until > now
    row.code, row.code_until = None, None
    return row.id, code if in_time else ""


def finish_binding(address_id: int, openid: str, now: datetime) -> None:
    """Use an openid from now on; an empty one: WeChat did not know the code, and nothing is bound."""
    row = db.session.get(NoticeAddress, address_id)
    if row is not None and row.code is None and row.confirmed_at is None:
        if openid:
            row.address, row.confirmed_at = openid, now
        else:
            db.session.delete(row)


def remove_address(channel: str, actor: Actor, now: datetime) -> None:
    """Forget an address; what is on its way there is dropped when its turn comes."""
    db.session.execute(delete(NoticeAddress).where(
        NoticeAddress.user_id == actor.user_id, NoticeAddress.channel == channel))
    _record(actor, "account.forget_address", channel, now)


def choose(silenced: Mapping[str, Collection[str]], quiet: tuple[int, int], actor: Actor, now: datetime) -> None:
    """Keep what an account has silenced, by group of kinds, and its quiet hours."""
    kept = {group: sorted(channels) for group, channels in silenced.items() if channels}
    row = db.session.get(NoticePreference, actor.user_id) or NoticePreference(user_id=actor.user_id)
    row.silenced, (row.quiet_from, row.quiet_until) = kept, quiet
    db.session.add(row)
    record(actor, "account.choose_notices", now, object_type="user", object_id=actor.user_id, area_code=actor.area_code,
           changes={"silenced": kept})


def _own(actor: Actor, channel: str) -> NoticeAddress | None:
    return db.session.scalar(select(NoticeAddress).where(
        NoticeAddress.user_id == actor.user_id, NoticeAddress.channel == channel).with_for_update())


def _record(actor: Actor, action: str, channel: str, now: datetime) -> None:
    record(actor, action, now, object_type="user", object_id=actor.user_id, area_code=actor.area_code,
           changes={"channel": channel})
