"""Following a case with its code. Guesses are counted; unknown and known codes answer alike.

A code has 60 bits, so what has to be guarded is the last four digits of the phone of somebody who knows a code: after
`TESTED_PER_CODE` wrong answers an hour no further one is tested, whether that code exists or not. Many failures from
one address, or everywhere, cost a sum each; nobody is refused for the address that a village shares.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from matching.audit.service import record
from matching.crypto import keyring
from matching.errors import Conflict, Invalid
from matching.extensions import db
from matching.intake import service_limits
from matching.intake import service_news as news
from matching.intake.models import Report
from matching.intake.service import add_step, hand_up, tell
from matching.intake.service_asking import first_of
from matching.intake.service_codes import plain_code
from matching.intake.service_files import Kept, attach
from matching.intake.service_limits import SumForm, address_bucket, bucket, note_try, tries

__all__ = ["TESTED_PER_CODE", "add_to_case", "asks_sum", "fits", "has_answered", "may_complain", "nobody_came",
           "open_case"]

TESTED_PER_CODE = 10
FAILED_PER_ADDRESS, FAILED_EVERYWHERE = 10, 300
"""Failures in a quarter of an hour after which a sum is asked."""
QUARTER = timedelta(minutes=15)
EVERYWHERE = "everywhere"


def asks_sum(address: str, now: datetime) -> bool:
    """Whether so many failed lately, from this address or everywhere, that the next one answers a sum first."""
    return (tries(address_bucket("case", address), now, QUARTER) >= FAILED_PER_ADDRESS
            or tries(bucket("case", EVERYWHERE), now, QUARTER) >= FAILED_EVERYWHERE)


def has_answered(form: SumForm, now: datetime) -> bool:
    """Whether the sum was answered that is asked before the next try; else the form says so."""
    return service_limits.has_answered(form, now, _("试的人很多。答对下面这道题再看。"))


def open_case(code: str, last_four: str, address: str, now: datetime) -> tuple[Report, bool] | None:
    """The report of a code, and whether names and sums may be shown; None, and counted, when either is wrong.

    Without digits the code alone opens the steps. The caller commits, also after None. Raises Invalid as `fits`.
    """
    code = plain_code(code)
    found = db.session.execute(select(Report.id, Report.seal, Report.phone_sealed).where(
        Report.code_blind.in_(keyring().blinds(code)))).one_or_none()
    phone = Report.phone.opened(found.phone_sealed, found) if found is not None and found.phone_sealed else None
    right = fits(code, phone, last_four, address, now) if found is None or last_four else True
    if found is None or not right:
        return None
    report = db.session.get_one(Report, found.id)
    record(None, "report.look", now, object_type="report", object_id=report.id, household_id=report.household_id,
           area_code=report.area_code, changes={"by": "code", "full": bool(last_four)})
    return report, bool(last_four)


def fits(code: str, phone: str | None, last_four: str, address: str, now: datetime) -> bool:
    """Whether these are the last four digits of the telephone that belongs to a code; a wrong guess is counted.

    `phone` None: there is no such code, or it has no telephone; that answers as a wrong guess does, and as slowly.
    Raises Invalid (field `last_four`) when the digits of this code were wrong too often.
    """
    mine = bucket("case code", code)
    if last_four and tries(mine, now) >= TESTED_PER_CODE:
        raise Invalid(_("后四位试错太多次了。过一小时再试，或者只凭码看。"), "last_four")
    known = (phone if phone is not None else _as_slow()) or ""
    if hmac.compare_digest(known[-4:].encode(), last_four.encode()) and len(known) >= 4:
        return True
    for name in (mine, address_bucket("case", address), bucket("case", EVERYWHERE)):
        note_try(name, now)
    return False


def add_to_case(report: Report, words: str, files: list[Kept], now: datetime) -> None:
    """Somebody adds a word, a photo or a message to what it said; it stands in the first report of the same trouble."""
    case = first_of(report)
    if case.state == "closed":
        raise Conflict(_("这件事已经办结了。又有难处，请再说一次。"))
    if not words and not files:
        raise Invalid(_("写一句话，或者加一张照片。"), "words")
    attach(case, files, now)
    case.changed_at = now
    tell(case, "add", None, now, note=words, data={"files": len(files)})
    news.tell_added(case, now)


def may_complain(report: Report, now: datetime) -> bool:
    """Whether the day has passed on which something was due."""
    case = first_of(report)
    return case.state != "closed" and case.due_at is not None and case.due_at < now


def nobody_came(report: Report, now: datetime) -> None:
    """The day is past and nobody came: the next tier has it the same day. Raises Conflict before that day."""
    case = first_of(report)
    if not may_complain(case, now):
        raise Conflict(_("还没有到日子。到了日子没有人来，再点这里。"))
    add_step(case, "nobody_came", None, now)
    hand_up(case, None, now, "nobody_came")


def _as_slow() -> str:
    """What opening a phone number costs, for a code that does not exist."""
    ring = keyring()
    return ring.open(ring.seal("none", b"case"), b"case")[:0]
