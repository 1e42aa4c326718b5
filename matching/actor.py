"""Who acts: roles, what each role has the right to do, and the reach of one person. Pure; knows no Flask."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """The people of the field (field.md, "People")."""

    ADMIN = "admin"
    PROVINCE = "province"
    COUNTY = "county"
    TOWN = "town"
    COMMUNITY = "community"
    DEPARTMENT = "department"
    INFORMANT = "informant"
    SOCIALWORKER = "socialworker"
    CHARITY = "charity"
    ENTERPRISE = "enterprise"
    AGENCY = "agency"
    VOLUNTEER = "volunteer"
    HOUSEHOLD = "household"
    AUDITOR = "auditor"


class Right(StrEnum):
    """One thing that can be done; routes name the right they need."""

    READ_HOUSEHOLDS = "read_households"
    EDIT_HOUSEHOLDS = "edit_households"
    IMPORT = "import"
    DISCLOSE = "disclose"
    READ_PAIRINGS = "read_pairings"
    PAIR = "pair"
    RUN_PAIRING = "run_pairing"
    READ_OFFERS = "read_offers"
    MANAGE_OFFERS = "manage_offers"
    VET_ORGANISATIONS = "vet_organisations"
    ANSWER_PAIRINGS = "answer_pairings"
    DELIVER = "deliver"
    OWN_CASE = "own_case"
    READ_ASSISTANCE = "read_assistance"
    DECIDE_GAPS = "decide_gaps"
    CHECK_GAPS = "check_gaps"
    WRITE_POLICIES = "write_policies"
    ASK_GRANTS = "ask_grants"
    DECIDE_GRANTS = "decide_grants"
    REPORT_HARDSHIP = "report_hardship"
    READ_REPORTS = "read_reports"
    HANDLE_REPORTS = "handle_reports"
    VISIT = "visit"
    ANSWER_REFERRALS = "answer_referrals"
    CALL_MEETINGS = "call_meetings"
    READ_FIGURES = "read_figures"
    READ_AUDIT = "read_audit"
    MANAGE_ACCOUNTS = "manage_accounts"
    ERASE = "erase"
    CONFIRM_ERASURE = "confirm_erasure"


_OFFICER = frozenset({
    Right.READ_HOUSEHOLDS, Right.EDIT_HOUSEHOLDS, Right.IMPORT, Right.DISCLOSE, Right.READ_PAIRINGS, Right.PAIR,
    Right.READ_OFFERS, Right.READ_ASSISTANCE, Right.DECIDE_GAPS, Right.ASK_GRANTS,
    Right.REPORT_HARDSHIP, Right.READ_REPORTS, Right.HANDLE_REPORTS, Right.VISIT})
_PROVIDER = frozenset({Right.MANAGE_OFFERS, Right.ANSWER_PAIRINGS, Right.DELIVER})
_STAFFED = _PROVIDER | {Right.ANSWER_REFERRALS}

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ADMIN: frozenset({Right.MANAGE_ACCOUNTS}),
    Role.PROVINCE: frozenset({Right.READ_FIGURES}),
    Role.COUNTY: _OFFICER | {
        Right.RUN_PAIRING, Right.VET_ORGANISATIONS, Right.READ_FIGURES, Right.READ_AUDIT, Right.CHECK_GAPS,
        Right.WRITE_POLICIES, Right.DECIDE_GRANTS, Right.ERASE, Right.CONFIRM_ERASURE,
        Right.CALL_MEETINGS},
    Role.TOWN: _OFFICER | {Right.RUN_PAIRING, Right.READ_FIGURES, Right.CHECK_GAPS, Right.DECIDE_GRANTS,
                           Right.CONFIRM_ERASURE, Right.CALL_MEETINGS},
    Role.COMMUNITY: _OFFICER,
    Role.DEPARTMENT: _STAFFED | {Right.REPORT_HARDSHIP},
    Role.INFORMANT: frozenset({Right.REPORT_HARDSHIP}),
    Role.SOCIALWORKER: frozenset({Right.DELIVER, Right.REPORT_HARDSHIP, Right.VISIT}),
    Role.CHARITY: _STAFFED,
    Role.ENTERPRISE: _STAFFED,
    Role.AGENCY: _STAFFED,
    Role.VOLUNTEER: _PROVIDER,
    Role.HOUSEHOLD: frozenset({Right.OWN_CASE}),
    Role.AUDITOR: frozenset({
        Right.READ_HOUSEHOLDS, Right.DISCLOSE, Right.READ_PAIRINGS, Right.READ_OFFERS, Right.READ_FIGURES,
        Right.READ_AUDIT, Right.READ_ASSISTANCE, Right.READ_REPORTS}),
}

OFFICERS = frozenset({Role.COUNTY, Role.TOWN, Role.COMMUNITY})
PROVIDERS = frozenset({Role.CHARITY, Role.ENTERPRISE, Role.AGENCY, Role.VOLUNTEER, Role.DEPARTMENT})

AREA_LENGTH: dict[Role, tuple[int, ...]] = {
    Role.PROVINCE: (2, 4), Role.COUNTY: (6,), Role.TOWN: (9,), Role.COMMUNITY: (12,)}
"""How many digits the area code of an officer's tier has (province officers may serve a prefecture)."""


@dataclass(frozen=True, slots=True)
class Actor:
    """One signed-in person, as services see them.

    `area_code` is the person's reach: that area and all below it; empty reaches no household.
    `organisation_id` and `household_id` are set for members of an organisation and for households. `unread`: how many
    notices the menu counts.
    """

    user_id: int
    username: str
    name: str
    role: Role
    area_code: str = ""
    organisation_id: int | None = None
    household_id: int | None = None
    locale: str = "zh_Hans"
    unread: int = field(default=0, compare=False)

    def may(self, right: Right) -> bool:
        """Whether this person's role carries a right."""
        return right in RIGHTS[self.role]

    def reaches(self, code: str) -> bool:
        """Whether an area lies in this person's reach (the area itself or any above it)."""
        return bool(self.area_code) and code.startswith(self.area_code)
