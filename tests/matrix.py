"""Who may open which route, said once more and independently of the decorators; and objects near and far.

A new route without a line in `ROUTES` fails `tests/test_access.py`.
"""

from __future__ import annotations

import contextvars
import re
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from matching.accounts.models import User
from matching.actor import Actor, Role
from matching.clock import day_of, utc_now
from matching.extensions import db
from matching.notices.models import Notice
from tests import factories
from tests.people import COMMUNITY_A1A, COMMUNITY_A1B, COMMUNITY_A2A, COMMUNITY_B1A, People

R = Role
EVERYBODY = frozenset(R)
OFFICERS = frozenset({R.COUNTY, R.TOWN, R.COMMUNITY})
READERS = OFFICERS | {R.AUDITOR}
PROVIDERS = frozenset({R.CHARITY, R.ENTERPRISE, R.AGENCY, R.VOLUNTEER, R.DEPARTMENT})
HELPERS = PROVIDERS | {R.SOCIALWORKER}
STAFFED = PROVIDERS - {R.VOLUNTEER}
COUNTY_TOWN = frozenset({R.COUNTY, R.TOWN})
COUNTY = frozenset({R.COUNTY})
HOUSEHOLD = frozenset({R.HOUSEHOLD})
ADMIN = frozenset({R.ADMIN})
FIGURES = frozenset({R.PROVINCE, R.COUNTY, R.TOWN, R.AUDITOR})


@dataclass(frozen=True, slots=True)
class Expected:
    """Which roles a route opens for, and whether strangers may come in too."""

    roles: frozenset[Role]
    strangers: bool = False


PUBLIC = Expected(EVERYBODY, strangers=True)
SIGNED_IN = Expected(EVERYBODY)
ROUTES: dict[str, Expected] = {
    **dict.fromkeys((
        "pages.home", "pages.about", "pages.privacy", "pages.accessibility", "pages.choose_language",
        "pages.choose_size", "pages.choose_theme", "pages.healthz", "pages.robots", "accounts.sign_in",
        "accounts.sign_out", "offers.list_offers", "offers.show_offer",
        "intake.ask", "intake.asked", "intake.case", "intake.leave_case", "intake.add_to_case", "intake.nobody_came",
        "intake.find_places", "pairings.keypad", "pairings.leave_keypad"), PUBLIC),
    **dict.fromkeys(("intake.report_hardship", "intake.my_reports"),
                    Expected(OFFICERS | {R.INFORMANT, R.SOCIALWORKER, R.DEPARTMENT})),
    **dict.fromkeys(("intake.triage", "intake.show_report", "intake.list_referrals",
                     "intake.show_referral", "intake.list_meetings", "intake.show_meeting", "intake.minutes_pdf"),
                    Expected(READERS)),
    **dict.fromkeys((
        "intake.advance_report", "intake.change_urgency", "intake.trust_report", "intake.close_report",
        "intake.reopen_report", "intake.hand_up_report", "intake.hand_over_report", "intake.join_report",
        "intake.link_report", "intake.plan_task", "intake.reassign_task", "intake.poster", "intake.poster_pdf"),
        Expected(OFFICERS)),
    **dict.fromkeys(("intake.my_tasks", "intake.show_task", "pairings.list_follow_ups", "pairings.show_follow_up"),
                    Expected(OFFICERS | {R.SOCIALWORKER})),
    **dict.fromkeys(("intake.call_meeting", "intake.hold_meeting", "intake.decide_meeting", "intake.close_meeting",
                     "intake.cancel_meeting"), Expected(COUNTY_TOWN)),
    "intake.report_file": Expected(READERS | {R.SOCIALWORKER}),
    "intake.carry_out_decision": Expected(OFFICERS | STAFFED),
    **dict.fromkeys(("intake.refer_report", "intake.withdraw_referral", "intake.agree_referral",
                     "intake.note_referral"), Expected(OFFICERS)),
    **dict.fromkeys(("intake.our_referrals", "intake.our_referral", "intake.accept_referral",
                     "intake.refuse_referral", "intake.answer_referral", "intake.our_meetings",
                     "intake.our_meeting", "intake.answer_meeting"), Expected(STAFFED)),
    **dict.fromkeys(("todo.todo", "accounts.change_password", "notices.list_notices", "notices.open_notice",
                     "notices.mark_notice", "notices.mark_notices", "notices.choose_notices", "notices.add_address",
                     "notices.prove_address", "notices.remove_address", "notices.bind_wechat"), SIGNED_IN),
    **dict.fromkeys((
        "households.list_households", "households.search_households", "households.show_household",
        "households.open_household", "households.disclose_household", "households.map_households",
        "households.show_merge", "households.show_need", "households.show_history", "households.household_pdf",
        "pairings.desk", "pairings.show_pairing", "pairings.compare_decisions",
        "pairings.ledger", "pairings.export_ledger", "pairings.show_line", "pairings.list_complaints",
        "pairings.open_needs", "pairings.show_run", "pairings.run_progress", "assistance.list_gaps",
        "assistance.show_gap_check", "assistance.gap_check_progress", "assistance.show_entitlements",
        "assistance.list_policies", "assistance.show_policy", "assistance.reckon_case", "assistance.list_grants",
        "assistance.show_grant", "assistance.list_approval_rules", "pairings.show_menu"),
        Expected(READERS)),
    **dict.fromkeys((
        "households.add_household", "households.edit_household", "households.add_member",
        "households.edit_member", "households.verify_household", "households.create_household_account",
        "households.list_doubles", "households.compare_household", "households.merge_household",
        "households.tell_apart", "households.settle_person", "households.undo_merge",
        "households.add_paper", "households.remove_paper",
        "households.add_need", "households.edit_need", "households.withdraw_need", "households.confirm_need",
        "households.needs_to_confirm", "pairings.approve_pairings",
        "pairings.return_pairing", "pairings.record_consent", "pairings.refuse_consent",
        "pairings.confirm_pairing", "pairings.close_pairing", "pairings.withdraw_pairing",
        "pairings.reopen_pairing", "pairings.pair_by_hand", "assistance.decide_gap", "assistance.ask_grant",
        "assistance.change_grant", "assistance.add_cost", "pairings.draw_menu", "pairings.add_menu_item",
        "pairings.change_menu_item", "pairings.sign_menu", "pairings.review_menu",
        "pairings.approve_above", "pairings.lock_pairings", "pairings.unlock_pairings",
        "pairings.share_need",
        "pairings.sign_line", "pairings.reopen_line", "pairings.add_evidence",
        "pairings.record_word", "pairings.answer_complaint", "pairings.hand_on_follow_up",
        "pairings.change_provider", "pairings.add_duty", "pairings.exempt_duty", "pairings.end_duty"),
        Expected(OFFICERS)),
    "pairings.tick_duty": Expected(OFFICERS | HELPERS),
    **dict.fromkeys(("households.show_paper", "households.paper_content", "pairings.menu_pdf"),
                    Expected(READERS | HOUSEHOLD)),
    **dict.fromkeys((
        "exchange.list_imports", "exchange.add_import", "exchange.show_import", "exchange.import_progress",
        "exchange.confirm_import", "exchange.cancel_import", "exchange.undo_import", "exchange.choose_import_columns",
        "exchange.list_import_faults", "exchange.list_import_doubles", "exchange.list_import_changes",
        "exchange.list_import_leftovers", "exchange.download_import_faults"), Expected(OFFICERS)),
    **dict.fromkeys((
        "pairings.run_pairing", "pairings.cancel_run", "assistance.start_gap_check", "assistance.cancel_gap_check",
        "assistance.decide_grant", "assistance.pay_grant", "assistance.take_paper", "assistance.reclaim_grant",
        "assistance.demand_back", "assistance.end_grant", "assistance.list_substitutes", "assistance.name_substitute",
        "assistance.end_substitute", "assistance.declare_tie", "assistance.fail_payment_lines",
        "assistance.pay_all_payment_lines",
        "assistance.put_back_payment_lines",
        "assistance.list_payment_lists", "assistance.make_payment_list", "assistance.show_payment_list",
        "assistance.freeze_payment_list", "assistance.pay_payment_list", "assistance.export_payment_list",
        "pairings.archive_household", "pairings.erase_household"), Expected(COUNTY_TOWN)),
    **dict.fromkeys(("assistance.change_policy", "assistance.save_policy", "pairings.ask_erasure",
                     "assistance.change_approval_rule"), Expected(COUNTY)),
    **dict.fromkeys(("households.my_file", "households.bring_paper", "pairings.my_case", "pairings.give_consent",
                     "pairings.confirm_receipt", "pairings.say_word", "pairings.complain", "pairings.my_menu",
                     "pairings.sign_my_menu"), Expected(HOUSEHOLD)),
    **dict.fromkeys((
        "pairings.our_pairings", "pairings.our_pairing", "pairings.start_pairing", "pairings.deliver_pairing",
        "pairings.settle_pairing", "pairings.fail_pairing"), Expected(HELPERS)),
    **dict.fromkeys((
        "pairings.accept_pairing", "pairings.decline_pairing", "offers.our_offers", "offers.add_offer",
        "offers.edit_offer", "offers.pause_offer", "offers.resume_offer", "offers.close_offer"),
        Expected(PROVIDERS)),
    "offers.extend_offers": Expected(PROVIDERS | OFFICERS),
    "offers.clear_offer": Expected(COUNTY),
    **dict.fromkeys(("organisations.list_organisations", "organisations.vet_organisation"), Expected(COUNTY)),
    "organisations.show_organisation": Expected(READERS | HELPERS),
    **dict.fromkeys(("figures.overview", "figures.yearly_report", "figures.download_yearly_report",
                     "figures.sources", "figures.download_sources"), Expected(FIGURES)),
    **dict.fromkeys(("figures.yearly_rows", "figures.download_yearly_rows"), Expected(READERS)),
    "audit.list_entries": Expected(COUNTY | {R.AUDITOR}),
    **dict.fromkeys((
        "accounts.list_accounts", "accounts.show_account", "accounts.add_account", "accounts.disable_account",
        "accounts.enable_account", "accounts.reset_password", "accounts.change_role", "notices.show_outbox",
        "notices.retry_notices"), Expected(ADMIN)),
}
OPEN_OBJECTS = {"offers.show_offer"}
"""Routes whose objects are open to the public: no reach applies."""
MISSING = 987654


@dataclass(frozen=True, slots=True)
class Thing:
    """One object that a route's parameter can name, and whom it belongs to."""

    id: int
    area_code: str
    organisation_id: int | None = None
    household_id: int | None = None
    reader_id: int | None = None


def make_things(people: People) -> dict[str, list[Thing]]:
    """For every parameter objects in the own community, the next one, another town and another county.

    Those of communities A1a and A2a belong to the known household, charity, enterprise, agency, department and
    volunteer of county A in turn, those of B1a to their twins: every member has own and foreign ones.
    """
    made: dict[str, list[Thing]] = {}
    owners = [(COMMUNITY_A1A, people[name], people.household) for name in (
        "charity", "enterprise", "agency", "department", "volunteer")]
    owners += [(COMMUNITY_A1B, people.charity, None), (COMMUNITY_A2A, people.charity, None),
               (COMMUNITY_B1A, people.charity2, people.household2)]
    for area, provider, household in owners:
        _make_things(made, area, provider.organisation_id or 0, household)
    return made


def _make_things(made: dict[str, list[Thing]], area: str, organisation: int, household: Actor | None) -> None:
    now = utc_now()
    if household is not None:
        home = db.session.get_one(factories.Household, household.household_id)
    else:
        home = factories.make_household(area)
    reach = {"reach": "country"} if area == COMMUNITY_B1A else {"areas": (area[:6],)}
    need, offer = factories.make_need(home), factories.make_offer(organisation, area_code=area, **reach)
    pairing = factories.make_pairing(need, offer, "offered", decided_at=now, answer_by_on=day_of(now))
    member = factories.make_member(home)
    user = factories.make_user("informant", area)
    mine, run = factories.make_organisation(area), factories.make_run(area)
    gap, merge, paper = factories.make_gap(home), factories.make_merge(home), factories.make_paper(home)
    grant = factories.make_grant(home, is_green=True)
    bill, menu = factories.make_payment_list(area), factories.make_menu(home)
    report = factories.make_report(area)
    photo, task = factories.make_report_file(report), factories.make_task(report)
    meeting = factories.make_meeting(report, organisation, state="held")
    notice = factories.make_notice(household.user_id if household else user.id)
    rows = {"notice_id": notice, "payment_list_id": bill, "grant_id": grant, "grant_paper_id": grant.papers[0],
            "substitute_id": _substitute(area), "menu_id": menu, "menu_item_id": menu.items[0],
            "gap_id": gap, "gap_check_id": gap.check,
            "household_id": home, "member_id": member, "need_id": need, "offer_id": offer, "pairing_id": pairing,
            "run_id": run, "user_id": user, "organisation_id": mine, "merge_id": merge, "paper_id": paper,
            "import_id": factories.make_import(area, user), "file_id": photo, "report_id": report, "task_id": task,
            "referral_id": factories.make_referral(report, organisation), "meeting_id": meeting,
            "meeting_decision_id": factories.make_decision(meeting, organisation_id=organisation),
            "duty_id": factories.make_duty(pairing), "follow_up_id": factories.make_follow_up(pairing),
            "complaint_id": factories.make_complaint(pairing)}
    for name, row in rows.items():
        owner = organisation if name in (
            "offer_id", "pairing_id", "duty_id", "referral_id", "meeting_id", "meeting_decision_id") else None
        holder = home.id if name in ("pairing_id", "household_id", "member_id", "need_id", "paper_id",
                                     "menu_id") else None
        reader = row.user_id if isinstance(row, Notice) else None
        made.setdefault(name, []).append(Thing(row.id, area, owner, holder, reader))


def _substitute(area: str) -> factories.Substitute:
    """Somebody who stands in for the town's own officer, if it has one: only who is away, or the county, may end it."""
    town = db.session.scalar(select(User.id).where(User.role == "town", User.area_code == area[:9]).order_by(User.id))
    return factories.make_substitute(area, **({"absent_id": town} if town else {}))


def sees(actor: Actor, endpoint: str, parameter: str, thing: Thing) -> bool:
    """Whether an object is there for a person whose role opens the route."""
    if endpoint in OPEN_OBJECTS or parameter == "user_id":
        return True
    if parameter == "notice_id":  # whosever it is, and nobody else's
        return thing.reader_id == actor.user_id
    if actor.role is Role.HOUSEHOLD:
        return thing.household_id == actor.household_id
    if parameter == "follow_up_id" and actor.role in HELPERS:  # whoever it was given to
        return thing.reader_id == actor.user_id
    if actor.role in HELPERS:
        return thing.organisation_id == actor.organisation_id
    if endpoint == "offers.clear_offer":  # those from elsewhere that reach here
        return not actor.reaches(thing.area_code)
    if parameter == "organisation_id" and endpoint == "organisations.show_organisation":
        return thing.area_code.startswith(actor.area_code[:6])  # the whole county's
    return actor.reaches(thing.area_code)


class Visitor:
    """A client whose every request runs in a context of its own; nothing is checked but what the test checks."""

    def __init__(self, app: Flask) -> None:
        self.client = FlaskClient(app, app.response_class)

    def send(self, method: str, path: str, **rest: Any) -> TestResponse:
        """One request, after what the test has written so far is committed."""
        db.session.commit()
        return contextvars.Context().run(self.client.open, path, method=method, buffered=True, **rest)


SECRETS = re.compile(rb'(nonce|value)="[^"]{16,}"|nonce-[A-Za-z0-9_-]+')


def same_bytes(answer: TestResponse, path: str) -> bytes:
    """A page without what differs each time: nonces, tokens, keys of forms, and its own address."""
    return SECRETS.sub(b"", answer.data.replace(path.encode(), b"PATH"))
