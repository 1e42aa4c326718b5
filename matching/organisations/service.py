"""What is done with organisations: entering them, and their county's yes or no."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from matching.actor import Actor, Right
from matching.audit.service import record
from matching.clock import day_of
from matching.errors import Conflict, Invalid, NotAllowed, NotThere
from matching.extensions import db
from matching.notices.service import tell_all
from matching.organisations.models import KINDS, Membership, Organisation

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
REASON_LENGTH = 200


def normal_credit_code(written: str) -> str:
    """A unified social credit code as it is stored: half-width, upper case, no blanks."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", written)).upper()


def credit_check_character(first_17: str) -> str:
    """The 18th character of a unified social credit code (GB 32100-2015, 5.5): weights 3^i modulo 31.

    Raises ValueError when the 17 before it are not of the code's alphabet.
    """
    total = sum(CREDIT_ALPHABET.index(letter) * pow(3, place, 31) for place, letter in enumerate(first_17))
    return CREDIT_ALPHABET[-total % 31]


def is_credit_code(code: str) -> bool:
    """Whether a normalised code has 18 characters of the right alphabet and a right check character."""
    return (len(code) == 18 and all(letter in CREDIT_ALPHABET for letter in code)
            and credit_check_character(code[:17]) == code[17])


def find_by_credit_code(written: str) -> Organisation | None:
    """The organisation of a unified social credit code, however it is written, or None."""
    return db.session.scalar(select(Organisation).where(Organisation.credit_code == normal_credit_code(written)))


def register_organisation(name: str, kind: str, area_code: str, actor: Actor | None, now: datetime, *,
                          credit_code: str | None = None, address: str = "", contact_name: str = "",
                          contact_phone: str = "", lat: float | None = None, lon: float | None = None,
                          precision: str | None = None) -> Organisation:
    """Enter an organisation; it waits for the yes of the county in which it is registered.

    `kind` is one of `models.KINDS`; `lat`, `lon` are WGS-84 degrees with their `precision`. Raises Invalid for
    a wrong credit code or name, Conflict when the code is already entered. `actor` None: an import or the demo.
    """
    if kind not in KINDS:
        raise ValueError(f"no such kind of organisation: {kind!r}")
    if not name.strip():
        raise Invalid(_("请填写机构名称。"), field="name")
    code = normal_credit_code(credit_code or "") or None
    if code is not None and not is_credit_code(code):
        raise Invalid(_("统一社会信用代码不对，请对照证照再看一遍。"), field="credit_code")
    organisation = Organisation(
        name=name.strip(), kind=kind, credit_code=code, area_code=area_code, address=address, lat=lat, lon=lon,
        precision=precision, contact_name=contact_name, status="waiting", created_at=now)
    organisation.contact_phone = contact_phone
    try:
        with db.session.begin_nested():
            db.session.add(organisation)
    except IntegrityError:
        raise Conflict(_("这个统一社会信用代码已经登记过了。")) from None
    _record(actor, "organisation.register", organisation, now)
    return organisation


def vet(organisation: Organisation, yes: bool, reason: str, actor: Actor | None, now: datetime) -> bool:
    """The county's yes or no; a no to one that was vetted suspends it. True when that changed something.

    Only the county where the organisation is registered decides (field.md); a no needs its reason, which the
    organisation reads. Raises NotThere, NotAllowed, Invalid, or Conflict when a colleague was quicker.
    `actor` None: an import by the county itself, or the demo.
    """
    if actor is not None and not actor.reaches(organisation.area_code):
        raise NotThere
    if actor is not None and not actor.may(Right.VET_ORGANISATIONS):
        raise NotAllowed(_("只有机构登记地的县民政局能核实它。"))
    before = organisation.status
    reason = "" if yes else reason.strip()
    after = "vetted" if yes else "suspended" if before in ("vetted", "suspended") else "refused"
    if not yes and not reason:
        raise Invalid(_("请写明原因，机构会看到。"), field="reason")
    if after == before:
        return False
    decided = update(Organisation).where(Organisation.id == organisation.id, Organisation.status == before).values(
        status=after, vetted_on=day_of(now) if yes else None, vetted_by_id=actor.user_id if actor else None,
        refusal_reason=reason[:REASON_LENGTH])
    if not db.session.execute(decided).rowcount:  # type: ignore[attr-defined]
        raise Conflict(_("另一位同事刚刚对这家机构作了决定，请看看现在的情况。"))
    db.session.refresh(organisation)
    _record(actor, f"organisation.{after}", organisation, now)
    tell_all(select(Membership.user_id).where(Membership.organisation_id == organisation.id),
             "organisation_vetted" if yes else "organisation_returned",
             {"path": f"/organisations/{organisation.id}/show-organisation"}, now,
             key=f"{organisation.id}:{now.isoformat()}", by=actor)
    return True


def note_look(organisation: Organisation, actor: Actor, now: datetime) -> None:
    """Write down that somebody from outside opened an organisation's page, with its telephone number."""
    if actor.organisation_id != organisation.id:
        _record(actor, "organisation.open", organisation, now)


def _record(actor: Actor | None, action: str, organisation: Organisation, now: datetime) -> None:
    record(actor, action, now, object_type="organisation", object_id=organisation.id,
           organisation_id=organisation.id, area_code=organisation.area_code)
