"""Nothing sits without an owner: accounts are closed and moved, reports closed and reopened, and each has somebody."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from matching import jobs_clocks
from matching.accounts import service as accounts
from matching.accounts.models import User
from matching.actor import Actor, Role
from matching.clock import utc_now
from matching.errors import Conflict, JieduiError
from matching.extensions import db
from matching.intake import service, service_clocks, service_desk
from matching.intake.models import OPEN, Report
from matching.intake.models_work import Task
from matching.notices.models import Notice
from tests import factories
from tests.conftest import CheckedClient
from tests.intake.desk import kinds
from tests.intake.test_service import facts
from tests.people import COMMUNITY_A1A, COMMUNITY_A1B, COMMUNITY_A2A, TOWN_A1, TOWN_A2, People

Client = Callable[[str], CheckedClient]


def unowned() -> list[int]:
    """Open reports without an enabled officer of their place, or with a visit of somebody who is gone."""
    db.session.flush()
    bad = []
    for report in db.session.scalars(select(Report).where(Report.state.in_(OPEN))):
        owner = db.session.get_one(User, report.owner_id)
        goes = db.session.scalars(select(User).join(Task, Task.assigned_id == User.id).where(
            Task.report_id == report.id, Task.done_at.is_(None))).all()
        able = owner.is_enabled and owner.role in ("community", "town", "county")
        if not able or not report.area_code.startswith(owner.area_code or "-") or not all(
                user.is_enabled for user in goes):
            bad.append(report.id)
    return bad


def test_an_account_that_is_disabled_hands_on_what_it_held(client_of: Client, people: People) -> None:
    report, now = service.receive(facts(), None, utc_now()), utc_now()
    closed = service.receive(facts(phone="13900000001"), None, now)
    service.close(closed, "withdrawn", None, now)
    answer = client_of("admin").send(f"/accounts/{people.community.user_id}/show-account",
                                     f"/accounts/{people.community.user_id}/disable-account")
    assert answer.status_code == 302
    db.session.expire_all()
    report = db.session.get_one(Report, report.id)
    assert (report.owner_id, report.desk_code) == (people.town.user_id, TOWN_A1)
    assert db.session.scalars(select(Task.assigned_id).where(Task.done_at.is_(None))).one() == people.town.user_id
    assert kinds(report) == ["receive", "hand_over"]
    assert people.town.user_id in db.session.scalars(select(Notice.user_id).where(Notice.kind == "report_given"))
    assert db.session.get_one(Report, closed.id).owner_id == people.community.user_id, "history stays as it was"


def test_a_colleague_of_the_same_tier_takes_it_first(people: People) -> None:
    report, colleague = service.receive(facts(), None, utc_now()), factories.make_user("community", COMMUNITY_A1A)
    accounts.set_enabled(factories.owner_of(people.community), False, people.admin, utc_now())
    assert service_clocks.hand_on(factories.owner_of(people.community), people.admin, utc_now()) == 1
    assert report.owner_id == colleague.id


@pytest.mark.slow
def test_an_officer_who_moves_to_another_area_or_role_hands_on(client_of: Client, people: People) -> None:
    for area, role in ((COMMUNITY_A1B, "community"), ("", "informant")):
        user = factories.make_user("community", COMMUNITY_A1A)
        report = factories.make_report(owner=user)
        answer = client_of("admin").send(f"/accounts/{user.id}/change-role", role=role, area_code=area, organisation="")
        assert answer.status_code == 302
        db.session.expire_all()
        assert db.session.get_one(Report, report.id).owner_id == people.community.user_id


def test_the_visits_of_a_social_worker_who_leaves_go_to_the_owner(client_of: Client, people: People) -> None:
    task = factories.make_task(assigned_id=people.socialworker.user_id)
    client_of("admin").send(f"/accounts/{people.socialworker.user_id}/show-account",
                            f"/accounts/{people.socialworker.user_id}/disable-account")
    db.session.expire_all()
    assert db.session.get_one(Task, task.id).assigned_id == people.community.user_id


def test_the_last_officer_of_a_county_stays_until_somebody_can_take_over(client_of: Client, people: People) -> None:
    for name in ("town", "other_town", "community", "other_community"):
        factories.owner_of(people[name]).is_enabled = False
    report = service.receive(facts(), None, utc_now())
    assert report.owner_id == people.county.user_id
    answer = client_of("admin").send(f"/accounts/{people.county.user_id}/show-account",
                                     f"/accounts/{people.county.user_id}/disable-account")
    assert answer.status_code == 409
    assert "没有别的干部能接" in answer.get_data(as_text=True)
    db.session.expire_all()
    assert factories.owner_of(people.county).is_enabled
    assert unowned() == []


def test_what_lost_its_owner_in_another_way_is_found_within_a_minute(people: People) -> None:
    report = service.receive(facts(), None, utc_now())
    factories.owner_of(people.community).is_enabled = False  # for instance by hand in the database
    assert unowned() == [report.id]
    db.session.commit()
    assert jobs_clocks.run(utc_now()) == Counter(owner=1)
    assert jobs_clocks.run(utc_now()) == Counter()
    assert unowned() == []


@pytest.mark.slow
def test_whatever_happens_each_open_report_has_an_owner(people: People) -> None:
    """A hundred and fifty acts in a random order, the clock moved by hours; after each of them nothing is unowned."""
    dice, now = random.Random(7), utc_now()
    pool = [factories.make_user(role, area) for role, area in (
        ("community", COMMUNITY_A1A), ("community", COMMUNITY_A1A), ("town", TOWN_A1), ("town", TOWN_A2),
        ("county", people.county.area_code))]
    pool += [factories.owner_of(people[name]) for name in ("community", "other_community", "town", "other_town")]
    for number in range(12):
        service.receive(facts(phone=f"139000001{number:02}", area_code=dice.choice(
            (COMMUNITY_A1A, COMMUNITY_A1B, COMMUNITY_A2A, TOWN_A1))), None, now)
    for _act in range(150):
        now += timedelta(hours=dice.choice((1, 3, 9)))
        _act_at_random(dice, pool, people, now)
        assert unowned() == []


def _act_at_random(dice: random.Random, pool: list[User], people: People, now: object) -> None:
    user, admin = dice.choice(pool), people.admin
    reports = list(db.session.scalars(select(Report)))
    report: Report = dice.choice(reports)
    actor: Actor = people.county
    acts: tuple[Callable[[], object], ...] = (
        lambda: (accounts.set_enabled(user, not user.is_enabled, admin, now),  # type: ignore[arg-type]
                 service_clocks.hand_on(user, admin, now)),  # type: ignore[arg-type]
        lambda: (accounts.change_role(user, Role.COMMUNITY, admin, now,  # type: ignore[arg-type]
                                      area_code=dice.choice((COMMUNITY_A1A, COMMUNITY_A1B, COMMUNITY_A2A))),
                 service_clocks.hand_on(user, admin, now)),  # type: ignore[arg-type]
        lambda: service_desk.close_report(report, "unreachable", "找不到", actor, now),  # type: ignore[arg-type]
        lambda: service_desk.reopen(report, "又来了", actor, now),  # type: ignore[arg-type]
        lambda: service_desk.hand_over(  # type: ignore[arg-type]
            report, user.id, "换人", actor, now, from_id=report.owner_id),
        lambda: service_desk.hand_up(report, "要上面管", actor, now),  # type: ignore[arg-type]
        lambda: jobs_clocks.run(now))  # type: ignore[arg-type]
    db.session.commit()
    try:
        dice.choice(acts)()
    except Conflict:
        db.session.rollback()
    except JieduiError:
        db.session.rollback()
    db.session.commit()
