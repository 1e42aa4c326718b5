"""Rows for tests: plain functions with sensible defaults, any field of the model can be given by name.

Each adds the row to `db.session` and flushes; nothing commits (the test client does before each request).
Places are those of `tests.people`, so call `populate()` (fixture `people`) first.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any, TypeVar

from matching import vault
from matching.accounts.models import User
from matching.actor import Actor
from matching.assistance.models import Gap, GapCheck
from matching.assistance.models_approvals import Substitute
from matching.assistance.models_grants import Grant, GrantPaper
from matching.assistance.models_lists import PaymentList
from matching.clock import day_of, utc_now
from matching.exchange.models import Import
from matching.extensions import db
from matching.households.models import Household, Member, Need
from matching.households.models_doubles import HouseholdMerge
from matching.households.models_papers import Paper
from matching.intake.models import Report, ReportFile
from matching.intake.models_meetings import Meeting, MeetingDecision, MeetingInvitation
from matching.intake.models_work import Referral, Task
from matching.intake.service_codes import new_code
from matching.intake.service_owners import first_asked
from matching.notices.models import Notice
from matching.offers.models import Offer, OfferArea
from matching.organisations.models import Organisation
from matching.pairings.models import HOLDING, Pairing, Run
from matching.pairings.models_ledger import FollowUp, LedgerLine
from matching.pairings.models_life import Duty
from matching.pairings.models_menus import Menu, MenuItem
from matching.pairings.models_voice import Complaint, HouseholdWord
from matching.pairings.service_deadlines import due_on
from tests import people

Row = TypeVar("Row")
_numbers = count(1)


def _save(row: Row) -> Row:
    db.session.add(row)
    db.session.flush()
    return row


def make_household(area_code: str = people.COMMUNITY_A1A, **fields: Any) -> Household:
    """A verified household with one member. Sealed fields are given like any other (`phone="…"`)."""
    now, number = utc_now(), next(_numbers)
    values = {"number": f"H-{number:05}", "county_code": area_code[:6], "area_code": area_code,
              "head_name": f"罗建业{number}", "category": "dibao_b", "status": "verified", "lat": 27.61,
              "lon": 113.91, "precision": "exact", "created_at": now, "updated_at": now, **fields}
    household = _save(Household(**values))
    make_member(household, name=household.head_name)
    return household


def make_member(household: Household, **fields: Any) -> Member:
    """One person of a household; the first is the head."""
    values = {"position": len(household.members) + 1, "name": f"罗小燕{next(_numbers)}", "relation": "本人",
              "sex": "female", **fields}
    member = Member(**values)
    household.members.append(member)
    db.session.flush()
    return member


def make_need(household: Household | None = None, help_type: str = "care", **fields: Any) -> Need:
    """An open need, reported thirty days ago, of a new household unless one is given.

    Of a household that is not verified, a reported one.
    """
    household = household or make_household()
    same = sum(need.help_type == help_type for need in household.needs)
    now = utc_now()
    values = {"help_type": help_type, "sequence": same + 1, "quantity": 1, "urgency": 3,
              "reported_on": day_of(now) - timedelta(days=30), "summary": "需要帮助", "created_at": now,
              "status": "open" if household.status == "verified" else "reported", **fields}
    need = Need(**values)
    household.needs.append(need)
    db.session.flush()
    return need


def make_organisation(area_code: str = people.COUNTY_A, kind: str = "charity", **fields: Any) -> Organisation:
    """A vetted organisation; `status="waiting"` for one that is not."""
    now = utc_now()
    values = {"name": f"帮扶机构{next(_numbers)}", "kind": kind, "area_code": area_code, "status": "vetted",
              "vetted_on": day_of(now), "contact_name": "联络人", "created_at": now, **fields}
    return _save(Organisation(**values))


def make_offer(organisation: Organisation | int | None = None, help_type: str = "care", *,
               areas: tuple[str, ...] = (people.COUNTY_A,), **fields: Any) -> Offer:
    """An open offer of ten units for named `areas`; else say `reach="country"` or `reach="radius"`."""
    if not isinstance(organisation, int):
        organisation = (organisation or make_organisation()).id
    now = utc_now()
    values = {"organisation_id": organisation, "help_type": help_type, "title": f"资源{next(_numbers)}",
              "capacity": 10, "reach": "areas", "area_code": people.TOWN_A1, "lat": 27.612, "lon": 113.914,
              "precision": "exact", "starts_on": day_of(now) - timedelta(days=10), "created_at": now,
              "updated_at": now, **fields}
    offer = _save(Offer(**values))
    if offer.reach == "areas":
        offer.areas = [OfferArea(area_code=code) for code in areas]
        db.session.flush()
    return offer


def make_pairing(need: Need | None = None, offer: Offer | None = None, state: str = "proposed",
                 **fields: Any) -> Pairing:
    """A pairing in any state, as if it had been led there; holding states hold units on both sides.

    For tests of lists and pages. What happens on the way is tested through `pairings.service`.
    """
    need = need or make_need()
    offer = offer or make_offer(help_type=need.help_type)
    now, quantity = utc_now(), fields.get("quantity", 1)
    values = {"need_id": need.id, "offer_id": offer.id, "household_id": need.household_id,
              "organisation_id": offer.organisation_id, "area_code": need.household.area_code,
              "quantity": quantity, "state": state, "score": 100 * need.urgency + 30,
              "urgency_points": 100 * need.urgency, "waiting_points": 30, "proposed_at": now,
              "changed_at": now, **fields}
    entered = day_of(values["changed_at"])
    values.setdefault("due_on", values.get("answer_by_on") if state == "offered" else due_on(
        state, need.urgency, None, entered))
    values.setdefault("delivered", quantity if state in ("delivered", "confirmed", "closed", "reopened") else 0)
    if state in HOLDING:
        need.given += quantity
        offer.taken += quantity
        need.received += quantity if state in ("confirmed", "closed") else 0
        need.closed += quantity if state == "closed" else 0
    return _save(Pairing(**values))


def make_duty(pairing: Pairing, **fields: Any) -> Duty:
    """A monthly duty of a pairing, agreed on a year ago."""
    now = utc_now()
    return _save(Duty(**{"pairing_id": pairing.id, "rhythm": "month", "what": "上门看一次", "made_at": now,
                         "starts_on": day_of(now) - timedelta(days=365), "made_by_name": "何干部", **fields}))


def make_gap_check(area_code: str = people.COUNTY_A, **fields: Any) -> GapCheck:
    """A finished check of an area, reckoned today."""
    now = utc_now()
    report = {"checked": 1, "gap": 1, "no_longer": 0, "focus": 0, "gap_households": 1, "seconds": 0.1}
    return _save(GapCheck(**{"area_code": area_code, "reckoned_on": day_of(now), "state": "done", "asked_at": now,
                             "started_at": now, "finished_at": now, "total": 1, "done": 1, "report": report,
                             **fields}))


def make_gap(household: Household | None = None, check: GapCheck | None = None, **fields: Any) -> Gap:
    """Something that a check found: by default the head's care subsidy that is missing."""
    household = household or make_household()
    check = check or make_gap_check(household.area_code)
    person = household.members[0] if household.members else make_member(household)
    return _save(Gap(**{
        "gap_check_id": check.id, "household_id": household.id, "area_code": household.area_code, "kind": "gap",
        "policy": "nursing", "subject": f"gap:nursing:{person.id}", "person_name": person.name, "amount_fen": 8334,
        "why": "grade_named", "facts": {"grade": 2}, **fields}))


def make_grant(household: Household | None = None, **fields: Any) -> Grant:
    """Help that was asked for and waits; of 2,000 yuan, for the town to decide."""
    now, household = utc_now(), household or make_household()
    return _save(Grant(**{
        "household_id": household.id, "help_type": "cash", "purpose": "临时救助", "source": "fiscal", "giver": "镇政府",
        "amount_fen": 200_000, "starts_on": day_of(now) - timedelta(days=400), "state": "asked", "tier": "town",
        "asked_at": now, "asked_by_name": "雷小凤", "created_at": now, "papers_tier": "community",
        **({"papers_due_on": day_of(now)} if fields.get("is_green") else {}),
        "papers": [GrantPaper(name="住院证明", due_on=fields.get("papers_due_on", day_of(now)))]
        if fields.get("is_green") else [], **fields}))


def make_payment_list(area_code: str = people.COUNTY_A, **fields: Any) -> PaymentList:
    """An open list of a month of its own, with nothing on it."""
    number = next(_numbers)
    return _save(PaymentList(**{"area_code": area_code, "period": f"20{number % 90 + 10}-01", "made_at": utc_now(),
                                **fields}))


def make_substitute(area_code: str = people.TOWN_A1, **fields: Any) -> Substitute:
    """Two new officers of an area, one of whom signs for the other from yesterday until tomorrow."""
    role = {6: "county", 9: "town"}.get(len(area_code), "town")
    away, other = make_user(role, area_code), make_user(role, area_code)
    today = day_of(utc_now())
    return _save(Substitute(**{
        "absent_id": away.id, "absent_name": away.name, "substitute_id": other.id, "substitute_name": other.name,
        "area_code": area_code, "tier": role, "starts_on": today - timedelta(days=1),
        "until": today + timedelta(days=1), "named_at": utc_now(), **fields}))


def make_menu(household: Household, **fields: Any) -> Menu:
    """A menu of one item that the household looks at again in a month, agreed and signed by its own account."""
    now = utc_now()
    menu = Menu(**{"household_id": household.id, "state": "agreed", "version": 1, "drawn_at": now, "agreed_at": now,
                   "signed_way": "account", "signer_name": household.head_name, "drawn_by_name": "何干部",
                   "review_on": day_of(now) + timedelta(days=30), **fields})
    menu.items = [MenuItem(source="own", help_type="care", what="每周上门一次", giver="县社工站")]
    return _save(menu)


def make_paper(household: Household, content: bytes = b"%PDF-1.4 invented %%EOF", **fields: Any) -> Paper:
    """A paper of a household with its bytes in the vault; a PDF unless `mime` says otherwise."""
    values = {"household_id": household.id, "kind": "diagnosis", "mime": "application/pdf", "name": "材料.pdf",
              "size_bytes": len(content), "vault_key": vault.put(content), "added_at": utc_now(),
              "added_by_name": "何干部", **fields}
    return _save(Paper(**values))


def make_user(role: str, area_code: str = "", **fields: Any) -> User:
    """An enabled account with the password of `tests.people`."""
    now, number = utc_now(), next(_numbers)
    values = {"username": f"user{number}", "name": f"账号{number}", "role": role, "area_code": area_code or None,
              "password_hash": people.cheap_hash(), "password_changed_at": now, "created_at": now, **fields}
    return _save(User(**values))


def make_merge(kept: Household, **fields: Any) -> HouseholdMerge:
    """A merge in force of an empty file into another."""
    dropped = make_household(kept.area_code, status="archived")
    moved = {"status": "verified", "learnt": {"household": {}}, "people": [],
             "rows": {"members.household_id": [], "needs.household_id": []}}
    return _save(HouseholdMerge(**{
        "kept_id": kept.id, "dropped_id": dropped.id, "area_code": kept.area_code, "made_at": utc_now(),
        "made_by_id": 1, "made_by_name": "经办人", "moved": moved, **fields}))


def make_follow_up(pairing: Pairing | None = None, **fields: Any) -> FollowUp:
    """A visit that is due tomorrow, to see how a pairing's help works. `note` is given like others."""
    pairing, now = pairing or make_pairing(state="confirmed"), utc_now()
    return _save(FollowUp(**{
        "pairing_id": pairing.id, "need_id": pairing.need_id, "household_id": pairing.household_id,
        "area_code": pairing.area_code, "kind": "after", "how": "visit", "due_on": day_of(now) + timedelta(days=1),
        "made_at": now, **fields}))


def make_complaint(pairing: Pairing | None = None, **fields: Any) -> Complaint:
    """A household is not content with a pairing. `words` and `answer` are given like others."""
    pairing, now = pairing or make_pairing(state="confirmed"), utc_now()
    return _save(Complaint(**{
        "pairing_id": pairing.id, "household_id": pairing.household_id, "area_code": pairing.area_code,
        "kind": "unhappy", "made_at": now, "due_on": day_of(now) + timedelta(days=5), **fields}))


def make_word(pairing: Pairing | None = None, **fields: Any) -> HouseholdWord:
    """The household is asked how a pairing helped; with `helped` it has said so, to the keypad."""
    pairing, now = pairing or make_pairing(state="confirmed"), utc_now()
    said = {"answered_at": now, "score": 5, "how": "keypad"} if fields.get("helped") else {}
    return _save(HouseholdWord(**{
        "pairing_id": pairing.id, "need_id": pairing.need_id, "household_id": pairing.household_id,
        "area_code": pairing.area_code, "asked_at": now, "code": new_code(), **said, **fields}))


def make_line(need: Need | None = None, **fields: Any) -> LedgerLine:
    """A difficulty that waits on the ledger for a second person's signature."""
    need, now = need or make_need(), utc_now()
    return _save(LedgerLine(**{
        "need_id": need.id, "household_id": need.household_id, "area_code": need.household.area_code,
        "help_type": need.help_type, "recorded_at": now, "changed_at": now, **fields}))


def make_run(area_code: str = people.COUNTY_A, **fields: Any) -> Run:
    """A finished run of an empty area, with its proof."""
    now = utc_now()
    report = {"needs_served": 0, "needs_without_offer": 0, "allowed_pairs": 0, "gap": 0.0, "seconds": 0.1}
    return _save(Run(**{"area_code": area_code, "state": "done", "asked_at": now, "started_at": now,
                        "finished_at": now, "report": report, **fields}))


def make_import(area_code: str, user: User, **fields: Any) -> Import:
    """A preview of a register that waits to be confirmed."""
    report = {"rows": 3, "created": 2, "updated": 0, "unchanged": 0, "warned": 1, "rejected": 1, "households": 2,
              "people": 2, "households_created": 2, "households_updated": 0, "sheets": ["台账"], "sheets_left_out": [],
              "new_places": []}
    return _save(Import(**{"kind": "households", "area_code": area_code, "file_name": "台账.xlsx", "state": "ready",
                           "asked_at": utc_now(), "asked_by_id": user.id, "report": report,
                           "columns": [["台账", "A", "姓名", "姓名", "name"]], **fields}))


def make_notice(user_id: int, kind: str = "import_done", **fields: Any) -> Notice:
    """A notice to an account that it has not seen."""
    now, number = utc_now(), next(_numbers)
    return _save(Notice(**{
        "kind": kind, "key": f"made:{number}", "recipient": f"user:{user_id}", "user_id": user_id,
        "details": {"path": "/todo"}, "language": "zh_Hans", "created_at": now, "not_before": now, **fields}))


def make_report(area_code: str = people.COMMUNITY_A1A, **fields: Any) -> Report:
    """A report that was just received, held by the lowest officer of its place. Sealed fields are given like others."""
    now, owner = utc_now(), fields.pop("owner", None) or first_asked(area_code)
    values = {"origin": "self", "kinds": ["medical"], "area_code": area_code, "urgency": 3, "state": "received",
              "desk_code": owner.area_code, "owner_id": owner.id, "due_at": now + timedelta(days=1),
              "created_at": now, "changed_at": now, "code": new_code(), "phone": f"139{next(_numbers):08}", **fields}
    return _save(Report(**values))


def owner_of(actor: Actor) -> User:
    """The account of a known person, to own a report."""
    return db.session.get_one(User, actor.user_id)


def make_task(report: Report | None = None, **fields: Any) -> Task:
    """A visit of a report's owner that is due tomorrow; `result_note` is given like others."""
    report, now = report or make_report(), utc_now()
    return _save(Task(**{"report_id": report.id, "assigned_id": report.owner_id,
                         "due_on": day_of(now) + timedelta(days=1), "created_at": now, **fields}))


def make_referral(report: Report | None = None, organisation_id: int | None = None, **fields: Any) -> Referral:
    """A referral that waits for an organisation's answer, asked by the report's owner."""
    report, now = report or make_report(), utc_now()
    values = {"report_id": report.id, "organisation_id": organisation_id or make_organisation(kind="department").id,
              "help_type": "medical", "question": "请看看能不能补一部分医药费", "asked_at": now,
              "asked_by_id": report.owner_id, "asked_by_name": "何干部",
              "answer_due_on": day_of(now) + timedelta(days=5), **fields}
    return _save(Referral(**values))


def make_meeting(report: Report | None = None, *organisation_ids: int, **fields: Any) -> Meeting:
    """A meeting called for next week by the report's owner, and who is invited."""
    report, now = report or make_report(), utc_now()
    meeting = _save(Meeting(**{
        "report_id": report.id, "area_code": report.area_code, "held_at": now + timedelta(days=7),
        "place": "镇政府二楼", "facts": "三种病的费用都有", "called_by_id": report.owner_id, "called_by_name": "何干部",
        "created_at": now, "changed_at": now, **fields}))
    for number in organisation_ids:
        _save(MeetingInvitation(meeting_id=meeting.id, organisation_id=number))
    return meeting


def make_decision(meeting: Meeting, **fields: Any) -> MeetingDecision:
    """A decision of a meeting; whose it is has to be given."""
    return _save(MeetingDecision(**{"meeting_id": meeting.id, "words": "先垫住院押金",
                                    "due_on": day_of(utc_now()) + timedelta(days=5), **fields}))


def make_report_file(report: Report, content: bytes = b"OggS invented", **fields: Any) -> ReportFile:
    """A spoken message of a report with its bytes in the vault."""
    return _save(ReportFile(**{"report_id": report.id, "kind": "voice", "mime": "audio/ogg", "size_bytes": len(content),
                               "vault_key": vault.put(content), "added_at": utc_now(), **fields}))
