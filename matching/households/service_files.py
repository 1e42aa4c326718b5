"""Writing household files: the household, its members, its verification, its account."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import phonenumbers
from flask_babel import gettext as _
from sqlalchemy import bindparam, func, select
from sqlalchemy.exc import IntegrityError

from matching.accounts import service as accounts
from matching.accounts.models import User
from matching.actor import Actor, Role
from matching.audit.models import AuditEntry
from matching.audit.service import record
from matching.crypto import keyring, normalised
from matching.errors import Conflict, Invalid, NotThere
from matching.extensions import db
from matching.households.models import Household, HouseholdAccount, Member, TimelineEntry
from matching.households.service import add_to_timeline, advance_needs
from matching.households.service_changes import keep, keep_new, state
from matching.places import queries as places

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
STEPS = {"reported": "screened", "screened": "surveyed", "surveyed": "verified"}
"""The three steps of verification (field.md): from which status to which."""

ACCOUNT = select(User.username).join(HouseholdAccount, HouseholdAccount.user_id == User.id).where(
    HouseholdAccount.household_id == bindparam("household_id")).order_by(HouseholdAccount.id).limit(1)
"""The query for a household's user name."""

STATE_WHY = "household.state_why"
STATED = timedelta(minutes=30)
"""How long a stated reason lets a checker open a file again without asking anew."""


@dataclass(frozen=True, slots=True)
class HouseholdFacts:
    """What a form says of a household. Hidden fields: None leaves the value, empty takes it away."""

    area_code: str
    head_name: str
    number: str = ""
    category: str = "none"
    cause: str = ""
    residence: str = ""
    housing: str = ""
    support: str = ""
    phone: str | None = None
    address: str | None = None
    bank_account: str | None = None
    note: str | None = None
    identity_number: str | None = None


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """What a form says of a person. Hidden fields as in `HouseholdFacts`."""

    name: str
    relation: str = ""
    sex: str = ""
    born_on: date | None = None
    health: str = ""
    disability_kind: str = ""
    disability_grade: int | None = None
    work_ability: str = ""
    employment: str = ""
    school_stage: str = ""
    monthly_income_fen: int | None = None
    identity_number: str | None = None
    phone: str | None = None
    illness: str | None = None


def identity_number(written: str, field: str = "identity_number") -> str:
    """An identity number in one form: 18 characters, a day that exists, the right check digit (GB 11643-1999).

    Raises Invalid that says which of these is wrong.
    """
    number = normalised(written)
    if len(number) != 18:
        missing = 18 - len(number)
        raise Invalid(_("身份证号少 %(n)s 位，应为 18 位。", n=missing) if missing > 0
                      else _("身份证号多 %(n)s 位，应为 18 位。", n=-missing), field)
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise Invalid(_("身份证号前 17 位应是数字，最后一位是数字或 X。"), field)
    if born_on_of(number) is None:
        raise Invalid(_("身份证号里的出生日期不存在，请再对一遍。"), field)
    if _CHECK[sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False)) % 11] != number[17]:
        raise Invalid(_("身份证号最后一位对不上，请再对一遍。"), field)
    return number


def born_on_of(number: str) -> date | None:
    """The day of birth in an identity number of 18 characters, None when there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex_of(number: str) -> str:
    """`male` or `female` by the 17th digit of an identity number."""
    return "male" if int(number[16]) % 2 else "female"


def telephone(written: str, field: str = "phone") -> str:
    """A Chinese telephone number, mobile or landline, as digits. Raises Invalid when there is none like it."""
    try:
        number = phonenumbers.parse(normalised(written), "CN")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or number.country_code != 86 or not phonenumbers.is_valid_number(number):
        raise Invalid(_("电话不对：手机应为 11 位，座机要带区号。"), field)
    return "".join(filter(str.isdigit, phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)))


def add_household(facts: HouseholdFacts, actor: Actor, now: datetime) -> Household:
    """Open a file with its head as first member; its status is `reported` until it is verified.

    Raises NotThere for a place out of reach, Invalid for a number that is taken or a wrong identity number.
    """
    household = Household(number=secrets.token_hex(8), county_code="", area_code="", head_name=facts.head_name,
                          status="reported", created_at=now, updated_at=now)
    _place(household, facts.area_code, actor)
    _write(household, facts)
    db.session.add(household)
    db.session.flush()
    household.number = facts.number or f"JD-{household.id:06d}"
    _write_down(household)
    keep_new(household, actor, now)
    add_member(household, MemberFacts(facts.head_name, "head", identity_number=facts.identity_number), actor, now,
               silent=True)
    add_to_timeline(household.id, "household.added", actor, now)
    _record(actor, "household.add", household, now)
    return household


def edit_household(household: Household, facts: HouseholdFacts, actor: Actor, now: datetime,
                   why: str = "") -> list[str]:
    """Bring a file to what was written; returns the names of the fields that changed.

    Raises as `add_household`. The head's name changes on the file and on the member who is the head.
    """
    before = state(household)
    _place(household, facts.area_code, actor)
    head = next((member for member in household.members if member.name == household.head_name), None)
    _write(household, facts)
    household.number = facts.number or household.number
    _write_down(household)
    changed = keep(household, before, actor, now, why=why)
    if head is not None:
        before = state(head)
        head.name = facts.head_name
        _identify(head, facts.identity_number, household, actor)
        changed += [name for name in keep(head, before, actor, now, why=why) if name == "identity_number"]
    if changed:
        household.updated_at = now
        add_to_timeline(household.id, "household.edited", actor, now, fields=changed)
        _record(actor, "household.edit", household, now, changes={"fields": changed})
    return changed


def add_member(household: Household, facts: MemberFacts, actor: Actor, now: datetime, *,
               silent: bool = False) -> Member:
    """Add a person to a household. Raises Invalid for a wrong number, or one that another file in reach has.

    `silent`: no entry of its own in the story, the household's own says it.
    """
    member = Member(position=max((m.position for m in household.members), default=0) + 1, name=facts.name)
    _write_member(member, facts, household, actor)
    household.members.append(member)
    db.session.flush()
    keep_new(member, actor, now)
    if not silent:
        household.updated_at = now
        add_to_timeline(household.id, "member.added", actor, now, relation=member.relation)
        _record(actor, "member.add", household, now, "member", member.id)
    return member


def edit_member(member: Member, facts: MemberFacts, actor: Actor, now: datetime, why: str = "") -> list[str]:
    """Bring a person's entry to what was written; returns the names of the fields that changed."""
    household, before = member.household, state(member)
    if member.name == household.head_name:
        named = state(household)
        household.head_name = facts.name
        keep(household, named, actor, now, why=why)
    _write_member(member, facts, household, actor)
    changed = keep(member, before, actor, now, why=why)
    if changed:
        household.updated_at = now
        add_to_timeline(household.id, "member.edited", actor, now, relation=member.relation)
        _record(actor, "member.edit", household, now, "member", member.id, changes={"fields": changed})
    return changed


def verify_household(household: Household, actor: Actor, now: datetime) -> str:
    """Take the next of the three steps of verification; returns the new status.

    The steps are done by different people (field.md). Raises Conflict when there is none left, or when the
    actor has done an earlier one.
    """
    following = STEPS.get(household.status)
    if following is None:
        raise Conflict(_("这户的核实已经做完了。"))
    if actor.user_id in verifiers(household.id).values():
        raise Conflict(_("前一步是您做的，这一步要换一个人来做。"))
    before = state(household)
    household.status, household.updated_at = following, now
    keep(household, before, actor, now)
    db.session.flush()
    needs = advance_needs(household, following, actor)
    add_to_timeline(household.id, f"household.{following}", actor, now, user_id=actor.user_id, needs=needs)
    _record(actor, "household.verify", household, now, changes={"status": following, "needs": needs})
    return following


def verifiers(household_id: int) -> dict[str, int]:
    """Who has done which step of a household's verification since it was last taken out of the archive.

    Step → user id.
    """
    since = select(func.coalesce(func.max(TimelineEntry.id), 0)).where(
        TimelineEntry.household_id == household_id, TimelineEntry.kind == "household.reopened").scalar_subquery()
    rows = db.session.execute(select(TimelineEntry.kind, TimelineEntry.data).where(
        TimelineEntry.household_id == household_id, TimelineEntry.id > since,
        TimelineEntry.kind.in_([f"household.{step}" for step in STEPS.values()])))
    return {kind.removeprefix("household."): data["user_id"] for kind, data in rows if "user_id" in data}


def create_household_account(household: Household, key: str, actor: Actor, now: datetime) -> str:
    """Make the household a sign-in; returns its user name.

    Its first password is `accounts.first_password(actor.user_id, key)`, `key` being the form's submission key.
    Raises Conflict when it has a sign-in already.
    """
    if account_of(household.id):
        raise Conflict(_("这户已经有账号了。"))
    user = accounts.create_household_user(household.id, household.head_name, key, actor, now)
    add_to_timeline(household.id, "household.account_made", actor, now)
    _record(actor, "household.account", household, now, "user", user.id)
    return user.username


def account_of(household_id: int) -> str:
    """The user name under which this household signs in, empty when it has none."""
    return db.session.scalar(ACCOUNT, {"household_id": household_id}) or ""


def record_look(household: Household, actor: Actor, now: datetime, why: str) -> None:
    """Write down that somebody opened this file, and why."""
    record(actor, "household.open", now, object_type="household", object_id=household.id,
           household_id=household.id, area_code=household.area_code, why=why)


def record_history(household: Household, actor: Actor, now: datetime, why: str) -> None:
    """Write down that somebody read this file's earlier versions, and why."""
    record(actor, "household.history", now, object_type="household", object_id=household.id,
           household_id=household.id, area_code=household.area_code, why=why)


def record_print(household: Household, actor: Actor, now: datetime, why: str) -> None:
    """Write down that somebody made this file's printed form, and why."""
    record(actor, "household.print", now, object_type="household", object_id=household.id,
           household_id=household.id, area_code=household.area_code, why=why)


def record_search(actor: Actor, now: datetime, found: int) -> None:
    """Write down a search by a number: how many files were found, never the number."""
    record(actor, "household.search", now, area_code=actor.area_code, why="search", changes={"found": found})


def state_why(household: Household, actor: Actor, now: datetime, why: str) -> None:
    """Write down why somebody who checks is about to open this file."""
    record(actor, STATE_WHY, now, object_type="household", object_id=household.id, household_id=household.id,
           area_code=household.area_code, why=why)


def must_state_why(household_id: int, actor: Actor, now: datetime) -> bool:
    """Whether the actor has to say first why it opens this file: an auditor that has not done so lately."""
    return actor.role is Role.AUDITOR and db.session.scalar(select(AuditEntry.id).limit(1).where(
        AuditEntry.household_id == household_id, AuditEntry.actor_id == actor.user_id,
        AuditEntry.action == STATE_WHY, AuditEntry.at <= now, AuditEntry.at > now - STATED)) is None


def _place(household: Household, area_code: str, actor: Actor) -> None:
    """Put a household into a village or town in reach, with the nearest point that is known."""
    if len(area_code) < 9 or not actor.reaches(area_code) or places.area(area_code) is None:
        raise NotThere
    if household.area_code == area_code:
        return
    household.area_code, household.county_code = area_code, places.county_of(area_code)
    point = places.nearest_point(area_code)
    household.lat, household.lon, household.precision = point or (None, None, None)


def _write(household: Household, facts: HouseholdFacts) -> None:
    for name in ("head_name", "category", "cause", "residence", "housing", "support"):
        setattr(household, name, getattr(facts, name))
    if facts.phone is not None:
        household.phone = telephone(facts.phone) if facts.phone else None
    for name in ("address", "bank_account", "note"):
        if (value := getattr(facts, name)) is not None:
            setattr(household, name, value)


def _write_member(member: Member, facts: MemberFacts, household: Household, actor: Actor) -> None:
    for name in ("name", "relation", "sex", "born_on", "health", "disability_kind", "disability_grade",
                 "work_ability", "employment", "school_stage", "monthly_income_fen"):
        setattr(member, name, getattr(facts, name))
    if facts.phone is not None:
        member.phone = telephone(facts.phone) if facts.phone else None
    if facts.illness is not None:
        member.illness = facts.illness
    _identify(member, facts.identity_number, household, actor)


def _identify(member: Member, written: str | None, household: Household, actor: Actor) -> None:
    """Give a person an identity number, and what it says of birth and sex."""
    if written is None:
        return
    if not written:
        member.identity_number = None
        return
    number = identity_number(written)
    if (elsewhere := file_of(number, actor)) is not None and elsewhere.id != household.id:
        raise Invalid(_("这个身份证号已经在户号 %(number)s 的档案里。", number=elsewhere.number), "identity_number")
    member.identity_number = number
    member.born_on, member.sex = born_on_of(number), sex_of(number)


def file_of(number: str, actor: Actor) -> Household | None:
    """The household in the actor's reach that has a person of this identity number, or None."""
    return db.session.scalar(
        select(Household).join(Member).where(
            Member.identity_number_blind.in_(keyring().blinds(number)),
            places.within(Household.area_code, actor.area_code)).order_by(Household.id).limit(1))


def _write_down(household: Household) -> None:
    """Write the file; its number is unique in the county, and the database decides."""
    try:
        db.session.flush()
    except IntegrityError:
        raise Invalid(_("这个户号已经有了，请换一个。"), "number") from None


def _record(actor: Actor, action: str, household: Household, now: datetime, object_type: str = "household",
            object_id: int | None = None, changes: dict[str, Any] | None = None) -> None:
    record(actor, action, now, object_type=object_type, object_id=object_id or household.id,
           household_id=household.id, area_code=household.area_code, changes=changes)


def age_on(born_on: date | None, today: date) -> int | None:
    """Full years of age on a day, None when the day of birth is not known."""
    if born_on is None:
        return None
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))
