"""What is written down of looks and changes, and how long a disclosure lasts."""

from __future__ import annotations

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from matching.assistance.models import DECISIONS
from matching.assistance.service_approvals import DECISIONS as GRANT_DECISIONS
from matching.audit import service
from matching.audit.models import AuditEntry, Disclosure
from matching.audit.queries import ACTIONS, KINDS, LOOKS, OBJECTS
from matching.audit.service import DISCLOSURE, WHY_WORDS, WHYS
from matching.errors import Invalid, NotAllowed, NotThere
from matching.extensions import db
from matching.households.service_needs import TOLD
from matching.intake.service import EVENTS
from matching.organisations.models import STATUSES
from matching.pairings.service import STEPS
from tests import factories
from tests.people import COMMUNITY_A1A, COMMUNITY_B1A, People

ROOT = Path(__file__).resolve().parents[2] / "matching"
NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)
COMPOSED = {  # f"offer.{target}": every value of the part in braces
    "need": set(TOLD), "pairing": {*STEPS, "approve", "part", "settle"}, "organisation": {*STATUSES} - {"waiting"},
    "offer": {"open", "paused", "closed", "allowed", "refused"}, "gap": set(DECISIONS),
    "report": {*EVENTS}, "duty": {"add", "tick", "exempt", "end"}, "follow_up": {"done", "plan"},
    "ledger": {"bring_up", "sign", "reopen", "leave"}, "complaint": {"make", "answer"},
    "menu": {"draw", "change", "decline", "agree", "review"},
    "grant": {*GRANT_DECISIONS, "ask", "pay", "papers", "reclaim", "sign", "bounce", "end",
              *(f"papers_{step}" for step in ("soon", "late", "up")), "paper", "demand", "reclaim_part",
              "cost", "recuse"},
}


def test_an_entry_says_who_what_where_and_why(people: People) -> None:
    service.record(people.town, "household.open", NOW, object_type="household", object_id=7, household_id=7,
                   area_code=COMMUNITY_A1A, why="visit", note="家里有人", changes={"fields": ["phone"]})
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.at, entry.actor_id, entry.actor_name, entry.actor_role) == (
        NOW, people.town.user_id, people.town.name, "town")
    assert (entry.area_code, entry.county_code) == (COMMUNITY_A1A, "970101")
    assert (entry.why, entry.note, entry.changes) == ("visit", "家里有人", {"fields": ["phone"]})


def test_the_system_itself_is_named_so_and_an_unknown_reason_is_left_out(people: People) -> None:
    service.record(None, "run.done", NOW, area_code="97", why="curiosity")
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.actor_id, entry.actor_role, entry.county_code, entry.why) == (None, "system", "", "")


# --- Seeing a file in full ---------------------------------------------------------------------------------------

def test_a_disclosure_lasts_ten_minutes_and_is_written_down(people: People) -> None:
    household = factories.make_household()
    service.disclose(people.town, household, "visit", "", NOW)
    assert service.active_disclosure(people.town, household.id, NOW + DISCLOSURE - timedelta(seconds=1))
    assert service.active_disclosure(people.town, household.id, NOW + DISCLOSURE) is None
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.household_id, entry.why) == ("household.disclose", household.id, "visit")


def test_it_is_for_one_person_and_one_household_only(people: People) -> None:
    household, other = factories.make_household(), factories.make_household()
    service.disclose(people.town, household, "visit", "", NOW)
    assert service.active_disclosure(people.county, household.id, NOW) is None
    assert service.active_disclosure(people.town, other.id, NOW) is None


def test_turning_the_clock_back_does_not_prolong_it(people: People) -> None:
    household = factories.make_household()
    service.disclose(people.town, household, "visit", "", NOW)
    assert service.active_disclosure(people.town, household.id, NOW - timedelta(seconds=1)) is None


@pytest.mark.parametrize(("username", "area", "why", "refusal"), [
    ("town", COMMUNITY_B1A, "visit", NotThere), ("charity", COMMUNITY_A1A, "visit", NotAllowed),
    ("admin", COMMUNITY_A1A, "visit", NotThere), ("town", COMMUNITY_A1A, "", Invalid),
    ("town", COMMUNITY_A1A, "curiosity", Invalid), ("town2", COMMUNITY_A1A, "visit", NotThere),
])
def test_out_of_reach_without_right_or_without_reason_nothing_opens(people: People, username: str, area: str, why: str,
                                                                   refusal: type[Exception]) -> None:
    household = factories.make_household(area)
    with pytest.raises(refusal):
        service.disclose(people[username], household, why, "", NOW)
    assert db.session.scalars(select(Disclosure)).all() == []
    assert db.session.scalars(select(AuditEntry)).all() == []


# --- Every action has its words ----------------------------------------------------------------------------------

def recorded_actions() -> set[str]:
    """Every action that the code writes down: the second argument of `record`, or one handed to a `_record`."""
    found: set[str] = set()
    for path in ROOT.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        named = {ast.unparse(node.targets[0]): node.value for node in tree.body if isinstance(node, ast.Assign)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("record", "_record"):
                given = (named.get(ast.unparse(argument), argument) for argument in node.args)
                found.update(action for argument in given for action in _actions_in(argument))
    return found


def _actions_in(argument: ast.expr) -> set[str]:
    if isinstance(argument, ast.IfExp):
        return _actions_in(argument.body) | _actions_in(argument.orelse)
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and "." in argument.value:
        return {argument.value}
    if isinstance(argument, ast.JoinedStr):
        prefix = str(argument.values[0].value) if isinstance(argument.values[0], ast.Constant) else ""
        return {prefix + value for value in COMPOSED[prefix.rstrip(".")]}
    return set()


@pytest.mark.slow
def test_every_action_that_is_written_down_has_its_words() -> None:
    assert recorded_actions() - ACTIONS.keys() == set()


@pytest.mark.slow
def test_no_words_are_kept_for_what_is_never_written_down() -> None:
    assert ACTIONS.keys() - recorded_actions() == set()


def test_every_action_is_found_by_a_kind_and_every_reason_has_its_words() -> None:
    by_kind = {action for action in ACTIONS for prefixes in OBJECTS.values() if action.startswith(prefixes)}
    assert ACTIONS.keys() - by_kind - set(LOOKS) == set()
    assert KINDS.keys() == {"look", *OBJECTS}
    assert WHY_WORDS.keys() == set(WHYS)
