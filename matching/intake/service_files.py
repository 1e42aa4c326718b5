"""Photos and spoken messages of a report: what is accepted, and where it is kept until the form is whole.

A photo is drawn anew (`households.service_images`), a message is told by its first bytes. When a form comes back with
a fault, what was sent lies in the vault already and the form carries a signed list of it; what nobody sends again is
a stray and goes after a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import select

from matching import vault
from matching.actor import Actor
from matching.audit.service import record
from matching.errors import Conflict, Invalid
from matching.extensions import db
from matching.households.service_images import clean
from matching.intake.models import Report, ReportFile

__all__ = ["MOST_SECONDS", "Kept", "attach", "keep_photo", "keep_voice", "kept_files", "read_file", "signed"]

MOST_SECONDS = 60
MOST_VOICE_BYTES = 3 * 1024 * 1024
"""A minute in any of the three forms that browsers record."""
MOST_FILES = 12
"""What one report may hold, so that nobody fills the vault with a code."""
KEPT_FOR = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that lies in the vault and has no row yet."""

    kind: str
    mime: str
    size_bytes: int
    vault_key: str


def keep_photo(content: bytes, name: str) -> Kept:
    """Draw a photo anew, without place and other traces, and keep it. Raises Invalid (field `photo`)."""
    try:
        photo = clean(content, name)
    except Invalid as fault:
        raise Invalid(fault.message, "photo") from None
    if photo.mime != "image/jpeg":
        raise Invalid(_("这里只收照片。"), "photo")
    return Kept("photo", photo.mime, len(photo.content), vault.put(photo.content))


def keep_voice(content: bytes) -> Kept:
    """Keep a spoken message that is what browsers record: WebM, Ogg or MP4. Raises Invalid (field `voice`)."""
    mime = _voice_mime(content)
    if not mime:
        raise Invalid(_("这不是录音，或者没有录完整。请再录一次。"), "voice")
    if len(content) > MOST_VOICE_BYTES:
        raise Invalid(_("录音太长了，最多 %(n)s 秒。", n=MOST_SECONDS), "voice")
    return Kept("voice", mime, len(content), vault.put(content))


def signed(files: Sequence[Kept]) -> str:
    """What a form carries of files that are kept already."""
    return _signer().dumps([[one.kind, one.mime, one.size_bytes, one.vault_key] for one in files]) if files else ""


def kept_files(token: str) -> list[Kept]:
    """The files of a form's signed list; none when it is too old, changed, or not ours."""
    try:
        return [Kept(*one) for one in _signer().loads(token, max_age=int(KEPT_FOR.total_seconds()))]
    except (BadData, TypeError, ValueError):
        return []


def attach(report: Report, files: Sequence[Kept], now: datetime) -> int:
    """Give kept files to a report, each to one report only; returns how many. Raises Invalid when it has too many."""
    keys = [one.vault_key for one in files]
    taken = set(db.session.scalars(select(ReportFile.vault_key).where(ReportFile.vault_key.in_(keys))))
    fresh = [one for one in files if one.vault_key not in taken]
    there = len(db.session.scalars(select(ReportFile.id).where(ReportFile.report_id == report.id)).all())
    if there + len(fresh) > MOST_FILES:
        raise Invalid(_("照片和录音已经够多了（最多 %(n)s 个）。上门时当面给我们看。", n=MOST_FILES), "photo")
    db.session.add_all(ReportFile(report_id=report.id, kind=one.kind, mime=one.mime, size_bytes=one.size_bytes,
                                  vault_key=one.vault_key, added_at=now) for one in fresh)
    db.session.flush()
    return len(fresh)


def read_file(file: ReportFile, report: Report, actor: Actor, now: datetime) -> bytes:
    """The bytes of a photo or message; that it was opened is written down. Raises Conflict when it is gone."""
    if file.vault_key is None:
        raise Conflict(_("这份材料已经删掉了。"))
    record(actor, "report.listen", now, object_type="report", object_id=report.id, household_id=report.household_id,
           area_code=report.area_code, changes={"kind": file.kind})
    return vault.get(file.vault_key)


def _voice_mime(content: bytes) -> str:
    if content.startswith(b"\x1a\x45\xdf\xa3"):
        return "audio/webm"
    if content.startswith(b"OggS"):
        return "audio/ogg"
    return "audio/mp4" if content[4:8] == b"ftyp" else ""


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="kept files")
