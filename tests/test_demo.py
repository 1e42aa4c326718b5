"""The demo county: invented numbers that nobody can have, loaded whole and once, with something to do for each role."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from random import Random

import pytest
from flask import Flask
from sqlalchemy import func, select

from matching.accounts.models import User
from matching.accounts.service_passwords import matches
from matching.assistance.models_grants import SOURCES, Grant
from matching.assistance.models_lists import PaymentLine, PaymentList
from matching.assistance.models_reckonings import GrantReckoning
from matching.audit.models import AuditEntry
from matching.clock import day_of, utc_now
from matching.demo import base, history, papers
from matching.demo.accounts import USERNAMES, cast, demo_password, keep_password
from matching.demo.identity import Numbers
from matching.demo.places import FIRST, FIRST_TOWN, FIRST_VILLAGE, SECOND
from matching.exchange.identity import credit_code_fits, identity_fits
from matching.extensions import Base, db
from matching.households.models import Household, Member, Need
from matching.households.service_details import check_public
from matching.intake import service_clocks
from matching.intake.models import OUTCOMES, STATES, Report
from matching.intake.models_meetings import Meeting, MeetingDecision
from matching.intake.models_work import Referral, Task
from matching.offers.models import HELP_TYPES, Offer, OfferClearance
from matching.organisations.models import Organisation
from matching.pairings.models import Pairing, Run
from matching.pairings.models_menus import Menu
from matching.places.divisions import BROUGHT_BY_SET_UP, Division, read_divisions
from matching.places.gazetteer import Point, county_outlines, county_points, is_inside, town_points
from matching.places.queries import within
from matching.places.service import load_divisions
from tests.people import PASSWORD, People

TODAY = date(2026, 3, 2)
needs_places = pytest.mark.skipif(
    not (BROUGHT_BY_SET_UP / "villages.csv").exists(), reason="vendor-data/ is missing: `make test` brings it")


def test_invented_numbers_pass_their_checks_and_can_be_nobodys() -> None:
    numbers = Numbers(Random(1))
    people = [numbers.identity(FIRST, date(1970, 5, 1), sex) for sex in ("male", "female") for _ in range(12)]
    assert all(identity_fits(identity) and 990 <= int(identity[14:17]) <= 999 for identity, _ in people)
    assert all(identity[6:14] == f"{born_on:%Y%m%d}" for identity, born_on in people)
    assert [int(identity[16]) % 2 for identity, _ in people] == [1] * 12 + [0] * 12
    assert len({identity for identity, _ in people}) == 24
    assert all(re.fullmatch(r"1\d{2}0000\d{4}", numbers.mobile()) for _ in range(50))
    codes = {numbers.credit_code("53", FIRST) for _ in range(50)}
    assert len(codes) == 50
    assert all(credit_code_fits(code) and code[8:12] == "MX99" for code in codes)


@cache
def _places() -> tuple[list[Division], dict[str, Point]]:
    divisions = list(read_divisions(BROUGHT_BY_SET_UP, villages_of=(FIRST, SECOND), under=("3508",)))
    towns = {d.code: d.name for d in divisions if d.level == "town"}
    return divisions, {**county_points(), **town_points(towns)}


@pytest.fixture
def places(app: Flask) -> None:
    """The country to its counties, the demo's prefecture to its towns, the demo's counties to their villages."""
    load_divisions(*_places(), utc_now())
    db.session.commit()


@needs_places
@pytest.mark.one_database
@pytest.mark.slow
def test_the_same_day_draws_the_same_demo(places: None) -> None:
    first, again = base.draw(TODAY), base.draw(TODAY)
    assert first.homes == again.homes
    assert first.givers == again.givers
    later = base.draw(date(2026, 3, 3))
    assert [home.household["head_name"] for home in later.homes] == [h.household["head_name"] for h in first.homes]


@needs_places
@pytest.mark.one_database
@pytest.mark.slow
def test_every_town_has_a_point_and_every_house_stands_in_its_county(places: None) -> None:
    draft = base.draw(TODAY)
    outlines = county_outlines()
    for towns in draft.country.towns.values():
        assert all(is_inside(outlines[town[:6]], spot.lat, spot.lon)
                   for town in towns for spot in [draft.country.town_spot(town)])
    houses = [home.household for home in draft.homes if home.household["lat"] is not None]
    assert all(is_inside(outlines[house["county_code"]], house["lat"], house["lon"]) for house in houses)
    assert Counter(home.household["precision"] for home in draft.homes).keys() == {
        "exact", "village", "town", "county", None}


@needs_places
@pytest.mark.one_database
@pytest.mark.slow
def test_the_demo_holds_the_names_and_telephones_that_real_files_hold(places: None) -> None:
    draft = base.draw(TODAY)
    names = {member["name"] for home in draft.homes for member in home.members}
    letters = "".join(names)
    assert {"䶮", "㛃", "𫖯"} & set(letters)
    assert any(len(name) >= 8 and "·" in name for name in names)
    phones = [home.household["phone"] for home in draft.homes]
    assert None in phones
    assert any(phone and phone.startswith("0597-") for phone in phones)


def _rows() -> dict[str, list[str]]:
    """Every row of every table, in one order."""
    return {name: sorted(repr(tuple(row)) for row in db.session.execute(select(table)))
            for name, table in Base.metadata.tables.items()}


@needs_places
@pytest.mark.slow
def test_the_demo_is_loaded_once_and_everybody_has_something_to_do(app: Flask, places: None) -> None:
    load = _loader(app)
    assert "380 户" in load()
    for check in (_check_figures, _check_words, _check_accounts, _check_states, _check_home, _check_waiting,
                  _check_reports, _check_referrals, _check_order, _check_runs, _check_money):
        check()
    before = _rows()
    assert "没有要做的" in load()
    assert _rows() == before


@needs_places
@pytest.mark.slow
@pytest.mark.one_database
def test_drawn_papers_are_pictures_that_say_that_they_are_invented() -> None:
    for paper in (papers.house(0), papers.house(1), papers.bill()):
        assert (paper.mime, paper.content[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    assert papers.house(0).content != papers.house(1).content


@needs_places
@pytest.mark.slow
def test_a_load_that_was_interrupted_is_taken_up_where_it_stopped(app: Flask, places: None) -> None:
    now = utc_now()
    base.write_base(base.draw(day_of(now)), app.config["DEMO_PASSWORD"], now)
    db.session.commit()
    history.first_run(now)
    assert not history.is_played()
    assert "结对已在办" in _loader(app)()
    _check_states()


@pytest.mark.one_database
def test_the_password_is_made_once_and_may_be_given(app: Flask, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("instance")
    made = demo_password(folder, "")
    assert len(made) > 12
    assert demo_password(folder, "") == made
    assert (folder / "demo_password").stat().st_mode & 0o077 == 0
    assert demo_password(folder, "given by the environment") == "given by the environment"


@pytest.mark.one_database
def test_another_password_at_the_next_start_is_given_to_all_demo_accounts(people: People) -> None:
    now = datetime(2026, 1, 6, tzinfo=UTC)
    assert keep_password(PASSWORD, now) == 0
    assert keep_password("quite another one", now) == len(USERNAMES)
    hashes = dict(db.session.execute(select(User.username, User.password_hash)).all())
    assert all(matches(hashes[name], "quite another one") for name in ("admin", "charity2", "household"))
    assert matches(hashes["other_town"], PASSWORD), "accounts that people made keep theirs"
    assert keep_password("quite another one", now) == 0


def _loader(app: Flask) -> Callable[[], str]:
    """`flask demo load`, answering with what it printed."""
    def load() -> str:
        db.session.commit()
        result = app.test_cli_runner().invoke(args=["demo", "load"], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    return load


def _count(*wanted: object) -> int:
    return db.session.scalar(select(func.count()).select_from(Household).where(*wanted)) or 0  # type: ignore[arg-type]


def _check_figures() -> None:
    assert (_count(Household.county_code == FIRST), _count(Household.county_code == SECOND)) == (320, 60)
    needs = dict(db.session.execute(select(Need.help_type, func.count()).group_by(Need.help_type)).all())
    assert needs.keys() == set(HELP_TYPES)
    assert 550 <= sum(needs.values()) <= 800
    offers = set(db.session.execute(select(Offer.help_type).join(Organisation).where(
        Organisation.area_code == FIRST, Organisation.status == "vetted").distinct()).scalars())
    assert offers == set(HELP_TYPES)
    kinds = Counter(db.session.scalars(select(Organisation.kind)))
    assert kinds["volunteer"] >= 100
    assert 30 <= kinds.total() - kinds["volunteer"] <= 45
    assert set(db.session.scalars(select(Offer.reach))) == {"radius", "areas", "country"}


def _check_money() -> None:
    assert set(db.session.scalars(select(Grant.state))) == {"asked", "returned", "refused", "approved", "ended"}
    assert set(db.session.scalars(select(Grant.source))) == set(SOURCES) - {"unknown"}
    assert db.session.scalar(select(func.count()).select_from(GrantReckoning)) == 1
    late = select(func.count()).where(Grant.papers_in_on.is_(None), Grant.reminded >= 2, Grant.state == "asked")
    assert db.session.scalar(late) == 1
    assert db.session.scalars(select(Grant.reclaim).where(Grant.reclaim != "")).all() == ["due"]
    assert sorted(db.session.scalars(select(PaymentList.state))) == ["frozen", "frozen", "open"]
    assert set(db.session.scalars(select(PaymentLine.state))) == {"due", "paid", "failed"}
    assert sorted(db.session.scalars(select(Menu.state))) == ["agreed", "discussed"]


def _check_reports() -> None:
    reports = list(db.session.scalars(select(Report)))
    assert {report.state for report in reports} == set(STATES) - {"reopened"}
    assert {report.outcome for report in reports} == {"", *OUTCOMES}
    late = [report for report in reports if report.due_at is not None and report.due_at < utc_now()]
    assert [(report.alarm, len(report.desk_code)) for report in late] == [("late", 6)], "late at the top: nobody above"
    people = cast()
    tiers = Counter(len(report.desk_code) for report in reports if report.state != "closed")
    assert set(tiers) == {6, 9, 12}, "gone up from village to town and county"
    assert [report.words for report in reports if report.is_doubtful] == ["1111111"]
    visits = Counter(db.session.scalars(select(Task.assigned_id).where(Task.done_at.is_(None))))
    assert visits[people["socialworker"].user_id] == 2
    assert visits[people["community"].user_id] >= 2
    assert service_clocks.ownerless() == []
    assert Counter(report.reporter_id for report in reports)[people["informant"].user_id] == 3
    assert [report.origin for report in reports if report.household_id == people["household"].household_id] == ["self"]


def _check_referrals() -> None:
    """Waiting (one late, gone up to the town), accepted, refused and unread, answered; meetings in three states."""
    referrals = db.session.scalars(select(Referral)).all()
    assert Counter(referral.state for referral in referrals) == {
        "waiting": 2, "accepted": 1, "refused": 1, "answered": 1}
    late = [referral for referral in referrals if referral.chaser_id is not None]
    assert [referral.chaser_id for referral in late] == [cast()["town"].user_id]
    assert [referral.state for referral in referrals if referral.opens_contact] == ["accepted"]
    assert Counter(db.session.scalars(select(Meeting.state))) == {"called": 1, "held": 1, "closed": 1}
    decisions = db.session.scalars(select(MeetingDecision)).all()
    assert Counter(one.done_at is not None for one in decisions) == {True: 4, False: 2}


def _check_words() -> None:
    for household in db.session.scalars(select(Household)):
        for need in household.needs:
            check_public(household, need.summary, "summary")
    identities = [member.identity_number for member in db.session.scalars(select(Member))]
    assert len(set(identities)) == len(identities)
    assert all(identity and identity_fits(identity) for identity in identities)


def _check_accounts() -> None:
    assert set(db.session.scalars(select(User.username))) == set(USERNAMES)
    assert len(USERNAMES) == 26
    people = cast()
    assert people["admin"].area_code == ""
    assert people["town"].area_code == FIRST_TOWN
    assert all(people[name].organisation_id for name in ("charity", "enterprise", "agency", "volunteer2"))
    assert people["socialworker"].organisation_id == people["agency"].organisation_id
    assert people["household"].household_id


def _states(*wanted: object) -> Counter[str]:
    return Counter(db.session.scalars(select(Pairing.state).where(*wanted)))  # type: ignore[arg-type]


def _check_states() -> None:
    everywhere = _states()
    assert everywhere.keys() >= {"proposed", "offered", "accepted", "consented", "under_way", "delivered", "confirmed",
                                 "closed", "declined", "withdrawn"}
    assert _states(within(Pairing.area_code, FIRST_TOWN))["proposed"] >= 20
    community = _states(Pairing.area_code == FIRST_VILLAGE)
    assert min(community[state] for state in ("proposed", "accepted", "delivered", "under_way")) >= 1
    people = cast()
    for account in ("charity", "enterprise", "agency", "volunteer", "department", "charity2", "agency2"):
        assert _states(Pairing.organisation_id == people[account].organisation_id)["offered"] >= 1, account
    assert _states(Pairing.organisation_id == people["socialworker"].organisation_id)["under_way"] >= 1
    late = Pairing.answer_by_on < day_of(utc_now())
    assert _states(late, within(Pairing.area_code, FIRST))["offered"] >= 1


def _check_home() -> None:
    people = cast()
    for account in ("household", "household2"):
        of_home = select(Need.help_type, Pairing.state).join(Pairing, Pairing.need_id == Need.id).where(
            Pairing.household_id == people[account].household_id)
        assert dict(db.session.execute(of_home).all()) == {
            "job": "under_way", "care": "delivered", "medical": "accepted", "tutoring": "offered"}


def _check_waiting() -> None:
    waiting = select(func.count()).select_from(Organisation).where(Organisation.status == "waiting")
    assert db.session.scalar(waiting) == 2
    questions = db.session.execute(select(OfferClearance.county_code, func.count()).where(
        OfferClearance.status == "waiting").group_by(OfferClearance.county_code)).all()
    assert dict(questions) == {FIRST: 1, SECOND: 1}
    half_way = Counter(db.session.scalars(select(Household.status).where(Household.area_code == FIRST_VILLAGE)))
    assert half_way.keys() == {"verified", "reported", "screened", "surveyed"}


def _check_order() -> None:
    moments = list(db.session.scalars(select(AuditEntry.at).order_by(AuditEntry.id)))
    assert moments == sorted(moments)
    assert moments[-1] <= utc_now()


def _check_runs() -> None:
    runs = db.session.scalars(select(Run)).all()
    assert Counter(run.area_code for run in runs) == {FIRST: 2, SECOND: 2}
    assert all(run.state == "done" and run.weight == run.upper_bound for run in runs)
    served = {run.area_code: run.report["needs_served"] / run.needs for run in runs}
    assert all(0.5 < share < 0.95 for share in served.values()), "some needs are served, some kinds of help are scarce"
