"""A report has a code, an owner, a day and a visit from its first moment; every step is taken once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from matching.audit.models import AuditEntry
from matching.clock import utc_now
from matching.errors import Conflict, Invalid
from matching.extensions import db
from matching.households.models import TimelineEntry
from matching.intake import service
from matching.intake.models import OPEN, OUTCOMES, STATES, Report, ReportStep
from matching.intake.models_work import Task
from matching.intake.service_codes import ALPHABET, LENGTH, new_code, plain_code, written_code
from matching.intake.service_owners import first_asked, served_counties
from matching.intake.service_urgency import first_guess
from tests import factories
from tests.people import (
    COMMUNITY_A1A,
    COMMUNITY_A2A,
    COMMUNITY_B1A,
    COUNTY_A,
    COUNTY_B,
    TOWN_A1,
    TOWN_A2,
    People,
)

NOW = datetime(2026, 11, 2, 6, 5, tzinfo=UTC)  # 14:05 in Shanghai


def facts(**changes: Any) -> service.Facts:
    """What the man on dialysis says."""
    return service.Facts(**{"origin": "self", "kinds": ("cash", "medical"), "area_code": COMMUNITY_A1A,
                            "phone": "13900004471", "name": "陈福生", "words": "一周三次，没钱了", **changes})


def test_a_report_is_whole_from_its_first_moment(people: People) -> None:
    report = service.receive(facts(), None, NOW)
    assert (report.owner_id, report.desk_code) == (people.community.user_id, COMMUNITY_A1A)
    assert report.due_at == datetime(2026, 11, 3, 10, 0, tzinfo=UTC), "18:00 of the next day in Shanghai"
    assert report.kinds == ["medical", "cash"]
    task = db.session.scalars(select(Task)).one()
    assert (task.report_id, task.assigned_id, str(task.due_on)) == (report.id, people.community.user_id, "2026-11-03")
    assert [step.kind for step in db.session.scalars(select(ReportStep))] == ["receive"]
    assert db.session.scalars(select(AuditEntry.action)).all() == ["report.receive"]
    assert db.session.scalars(select(TimelineEntry)).all() == []


def test_the_visit_of_a_report_before_midnight_in_shanghai_is_due_on_that_calendars_next_day(people: People) -> None:
    service.receive(facts(), None, datetime(2026, 11, 2, 16, 30, tzinfo=UTC))  # 3 November, 00:30
    assert str(db.session.scalars(select(Task.due_on)).one()) == "2026-11-04"


def test_a_known_household_is_told_in_its_timeline(people: People) -> None:
    report = service.receive(facts(), people.community, NOW, household_id=people.household.household_id)
    entry = db.session.scalars(select(TimelineEntry)).one()
    assert (entry.kind, entry.data) == ("report.receive", {"report_id": report.id})


def test_a_doubtful_report_has_an_owner_and_sends_nobody_out(people: People) -> None:
    report = service.receive(facts(), None, NOW, is_doubtful=True)
    assert report.owner_id == people.community.user_id
    assert db.session.scalar(select(func.count()).select_from(Task)) == 0


@pytest.mark.parametrize(("area", "owner"), [
    (COMMUNITY_A1A, "community"), (COMMUNITY_A2A, "other_town"), (TOWN_A1, "town"), (TOWN_A2, "other_town"),
    (COUNTY_A, "county"), (COMMUNITY_B1A, "community2"), (COUNTY_B, "county2")])
def test_the_first_asked_is_of_the_lowest_tier_of_the_place(people: People, area: str, owner: str) -> None:
    assert first_asked(area).id == people[owner].user_id


def test_of_two_officers_the_one_with_fewer_open_reports_is_asked(people: People) -> None:
    second = factories.make_user("community", COMMUNITY_A1A)
    asked = [service.receive(facts(phone=f"1390000000{n}"), None, NOW).owner_id for n in range(4)]
    assert asked == [people.community.user_id, second.id] * 2
    for report in db.session.scalars(select(Report).where(Report.owner_id == second.id)):
        service.close(report, "withdrawn", None, NOW)
    assert first_asked(COMMUNITY_A1A).id == second.id, "what is closed burdens nobody"


def test_a_disabled_officer_is_not_asked_and_a_place_without_anybody_is_refused(people: People) -> None:
    from matching.accounts.models import User

    db.session.get_one(User, people.community.user_id).is_enabled = False
    assert first_asked(COMMUNITY_A1A).id == people.town.user_id
    with pytest.raises(Invalid):
        first_asked("970103001001")
    assert served_counties() == [COUNTY_A, COUNTY_B]


def test_without_a_kind_nothing_is_written(people: People) -> None:
    with pytest.raises(Invalid):
        service.receive(facts(kinds=("unicorn",)), None, NOW)
    assert db.session.scalar(select(func.count()).select_from(Report)) == 0


def test_what_was_said_is_sealed_and_found_by_code_and_phone_alone(people: People) -> None:
    report = service.receive(facts(), None, NOW)
    db.session.flush()
    row = db.session.execute(select(Report.__table__).where(Report.id == report.id)).one()
    assert not {"13900004471", "陈福生", "一周三次，没钱了", report.code} & {str(value) for value in row}
    assert (report.phone, report.name, report.words) == ("13900004471", "陈福生", "一周三次，没钱了")


@pytest.mark.slow
@pytest.mark.parametrize("action", sorted(service.STEPS))
@pytest.mark.parametrize("state", STATES)
def test_a_step_leads_on_from_its_states_only(people: People, action: str, state: str) -> None:
    closed = {"outcome": "helped", "step": "", "closed_at": utc_now()} if state == "closed" else {}
    report = factories.make_report(state=state, **closed)
    values = {"outcome": "helped"} if action == "close" else {}
    if state in service.STEPS[action].sources:
        service.take_step(report, action, people.community, NOW, **values)
        assert report.state == service.STEPS[action].target
        assert (report.due_at is None) == (report.state == "closed")
    else:
        with pytest.raises(Conflict):
            service.take_step(report, action, people.community, NOW, **values)
        assert report.state == state


@pytest.mark.slow
def test_every_open_report_can_be_closed_with_every_outcome(people: People) -> None:
    first = factories.make_report()
    for state in OPEN:
        for outcome in OUTCOMES:
            report = factories.make_report(state=state)
            service.close(report, outcome, people.community, NOW,
                          joined_to_id=first.id if outcome == "joined" else None)
            assert (report.state, report.outcome, report.step) == ("closed", outcome, "")
    with pytest.raises(ValueError, match="no such outcome"):
        service.close(first, "joined", people.community, NOW)


def test_handing_up_walks_town_and_county_and_keeps_an_owner_at_the_top(people: People) -> None:
    report = service.receive(facts(), None, NOW)
    seen = []
    for minutes in range(1, 4):
        service.hand_up(report, None, NOW + timedelta(minutes=minutes), "nobody_came")
        seen.append((report.owner_id, report.desk_code))
    assert seen == [(people.town.user_id, TOWN_A1), (people.county.user_id, COUNTY_A),
                    (people.county.user_id, COUNTY_A)]
    assert report.due_at == datetime(2026, 11, 2, 10, 0, tzinfo=UTC), "this evening"
    assert db.session.scalars(select(Task.assigned_id)).one() == people.county.user_id


def test_of_two_who_act_at_once_one_wins(people: People) -> None:
    report = service.receive(facts(), None, NOW)
    for act in (lambda: service.hand_up(report, None, NOW, "nobody_came"),
                lambda: service.close(report, "helped", people.community, NOW)):
        db.session.execute(  # somebody else's transaction, which this session has not seen
            update(Report).values(state="closed", outcome="mischief", changed_at=NOW + timedelta(seconds=1)),
            execution_options={"synchronize_session": False})
        with pytest.raises(Conflict):
            act()
        db.session.execute(update(Report).values(state="received", outcome=""))
    assert db.session.scalars(select(ReportStep.kind)).all() == ["receive"]


# --- Codes and urgency -------------------------------------------------------------------------------------------

def test_codes_have_sixty_bits_are_read_leniently_and_shown_in_fours() -> None:
    codes = {new_code() for _ in range(2000)}
    assert len(codes) == 2000
    assert {len(code) for code in codes} == {LENGTH}
    assert set("".join(codes)) == set(ALPHABET)
    assert len(ALPHABET) ** LENGTH == 2 ** 60
    assert written_code("7K4M29QXB3HD") == "7K4M-29QX-B3HD"
    assert plain_code(" 7k4m-29qx b3hd ") == "7K4M29QXB3HD"
    assert plain_code("ilo0") == "1100"


@pytest.mark.parametrize(("kinds", "words", "level"), [
    (("job",), "", 2), (("medical",), "", 3), (("medical", "cash", "care"), "", 4), (("medical",), "透析没钱", 4),
    (("other",), "他说不想活了", 5), (("other",), "He wants to die, he said: I want to die", 5), ((), "", 2)])
def test_the_first_guess_at_urgency(kinds: tuple[str, ...], words: str, level: int) -> None:
    assert first_guess(kinds, words) == level
