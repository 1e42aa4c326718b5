"""No sensitive value is seen where it is not granted: in no page of any role, in no list, in no file.

Granted are: an officer's own disclosure (ten minutes, recorded); a provider's contact after the household
agreed, until closing; the household's own pages. Every page that shows a file is in the audit log.
"""

from __future__ import annotations

import itertools
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from psycopg import sql
from sqlalchemy import LargeBinary, func, select
from sqlalchemy.engine import make_url

from matching.actor import Role
from matching.audit.models import AuditEntry
from matching.cli_pages import answering
from matching.clock import utc_now
from matching.crypto import CannotOpen, Sealed
from matching.extensions import Model, db
from matching.households.models import Household, Member
from matching.intake.models_work import Referral
from matching.organisations.models import Organisation
from matching.pairings.models import Pairing
from tests import canaries, factories
from tests.canaries import Aviary
from tests.databases import TestDatabase
from tests.matrix import OFFICERS, READERS, Visitor
from tests.people import People, sign_in
from tests.servers import RealServer

LISTS = ("/households/list-households", "/pairings/desk", "/pairings/open-needs", "/pairings/our-pairings",
         "/offers", "/offers/our-offers", "/organisations/list-organisations", "/audit/list-entries",
         "/figures/overview", "/accounts/list-accounts", "/todo", "/intake/triage", "/intake/my-tasks",
         "/pairings/ledger", "/pairings/list-follow-ups", "/pairings/list-complaints", "/intake/list-referrals",
         "/intake/our-referrals", "/intake/list-meetings", "/intake/our-meetings")
CONTACT = {"household.phone", "household.address"}
OWN = CONTACT | {"member.illness"}
"""What a household's own file shows it of what is sealed; whole numbers it knows by heart."""
SAID = {f"report.{name}" for name in canaries.REPORT}
FOUND = {f"task.{name}" for name in canaries.TASK}
"""What was said and what a visit found: on the report's own page."""
REFERRED = {f"referral.{name}" for name in canaries.REFERRAL}
COMPLAINT = {f"complaint.{name}" for name in canaries.COMPLAINT}
FOLLOWED: tuple[tuple[str, frozenset[Role], set[str]], ...] = (
    ("/show-line", READERS, {"look.note", "word.note"}), ("/show-follow-up", OFFICERS, CONTACT | {"look.note"}),
    ("/answer-complaint", OFFICERS, CONTACT | COMPLAINT), ("/complain", frozenset({Role.HOUSEHOLD}), COMPLAINT))
"""What is looked at again and what households say: each page that shows it records the look, or is its own."""
ASKER = {"report.name", "report.phone", "report.address"}
REFERRAL_PAGES = ("/show-referral", "/our-referral", "/accept-referral", "/refuse-referral", "/answer-referral")
MET = {f"meeting.{name}" for name in canaries.MEETING} | {f"decision.{name}" for name in (
    *canaries.DECISION, "of_others")}
INVITED = MET - {"meeting.summary", "decision.of_others"}
"""An organisation reads what it was told before, why a meeting was called off, and its own decisions."""
MEETING_PAGES = ("/show-meeting", "/our-meeting", "/hold-meeting", "/decide-meeting", "/cancel-meeting",
                 "/carry-out-decision")
AFTER_CONSENT = ("consented", "under_way", "delivered", "confirmed")


@pytest.fixture
def aviary(people: People) -> Aviary:
    """The household with the canaries."""
    return canaries.hatch(people)


def visitor_of(app: Flask, people: People, username: str) -> Visitor:
    """A signed-in browser."""
    visitor = Visitor(app)
    sign_in(visitor.client, people[username])
    return visitor


def walk(app: Flask, people: People, username: str) -> dict[str, str]:
    """Every page that answers this person, one for each state of each kind of object, with what it says."""
    visitor = visitor_of(app, people, username)
    db.session.commit()
    paths = list(answering(app, visitor.client, people[username], each_state=True))
    assert "/todo" in paths, "the walk was not signed in"
    return {path: visitor.send("GET", path).get_data(as_text=True) for path in paths}


def granted(app: Flask, people: People, username: str, path: str) -> set[str]:
    """Which canaries a page may show to a person."""
    actor = people[username]
    if path.endswith("/our-pairing") and actor.organisation_id == people.charity.organisation_id:
        number = int(path.split("/")[2])
        state = db.session.scalar(select(Pairing.state).where(Pairing.id == number))
        return CONTACT if state in AFTER_CONSENT else set()
    if path.endswith(REFERRAL_PAGES):
        return _granted_of_referral(int(path.split("/")[2]), path)
    if path.endswith(MEETING_PAGES):
        inside = actor.organisation_id is None
        return MET if inside else INVITED
    if path.endswith("/show-organisation"):
        return {"contact_phone"}
    if path.endswith("/show-report") and actor.role in OFFICERS:  # a look that is recorded
        return SAID | FOUND
    if path.endswith("/show-report") and actor.role is Role.AUDITOR:
        return SAID - {"report.phone"} | FOUND
    if path.endswith("/show-task") and actor.role in OFFICERS:
        return SAID | FOUND
    for page, roles, shown in FOLLOWED:
        if path.endswith(page) and actor.role in roles:
            return shown
    if path.endswith("/my-file") and username == "household":
        return OWN
    return set()


def _granted_of_referral(number: int, path: str) -> set[str]:
    """What was asked and answered; to the organisation whom it is about, once both have said yes and until it acted."""
    referral = db.session.get_one(Referral, number)
    opens = path.endswith("/our-referral") and referral.state == "accepted" and referral.consented_at is not None
    return REFERRED | (ASKER if opens else set())


@pytest.mark.parametrize("username", [*map(str, Role), "other_town", "other_community", "county2", "town2",
                                      "community2", "charity2", "household2", "auditor2"])
@pytest.mark.slow
@pytest.mark.one_database
def test_no_page_of_anybody_shows_what_is_not_granted(app: Flask, people: People, aviary: Aviary,
                                                      username: str) -> None:
    actor = people[username]
    near = actor.role in READERS and actor.reaches(people.household.area_code + "001001")
    for path, text in walk(app, people, username).items():
        allowed = granted(app, people, username, path)
        assert canaries.found_in(text) <= allowed, path
        if not near and username != "household" and "household.phone" not in allowed:
            assert canaries.names_in(text) == set() or _told_after_consent(actor.organisation_id, people, path), path


def _told_after_consent(organisation_id: int | None, people: People, path: str) -> bool:
    """The to-do list and the list of pairings name the household to the organisation it agreed to."""
    return organisation_id == people.charity.organisation_id and path in ("/todo", "/pairings/our-pairings")


@pytest.mark.slow
@pytest.mark.one_database
def test_the_walk_sees_the_pages_that_matter(app: Flask, people: People, aviary: Aviary) -> None:
    county = walk(app, people, "county")
    assert len(county) > 40
    assert canaries.names_in(county[f"/households/{aviary.household_id}/show-household"]) == set(canaries.NAMES)
    charity = walk(app, people, "charity")
    opened = [path for path, text in charity.items() if canaries.found_in(text) >= CONTACT]
    assert len(opened) == len(AFTER_CONSENT)


def test_a_stranger_sees_nothing(app: Flask, people: People, aviary: Aviary) -> None:
    visitor = Visitor(app)
    paths = list(answering(app, visitor.client, None, each_state=True))
    assert "/sign-in" in paths
    for path in paths:
        text = visitor.send("GET", path).get_data(as_text=True)
        assert canaries.found_in(text) | canaries.names_in(text) == set(), path


@pytest.mark.parametrize("username", ["county", "town", "community", "auditor", "charity", "admin"])
def test_no_list_shows_more_than_the_last_four(app: Flask, people: People, aviary: Aviary, username: str) -> None:
    visitor = visitor_of(app, people, username)
    lasts = {value[-5:] for name, value in canaries.SEALED.items() if value.isdigit()}
    for path in LISTS:
        text = visitor.send("GET", path, follow_redirects=True).get_data(as_text=True)
        assert canaries.found_in(text) == set(), path
        assert not any(last in text for last in lasts), path


def test_searching_by_a_number_finds_the_file_and_shows_no_number(app: Flask, people: People, aviary: Aviary,
                                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    visitor = visitor_of(app, people, "county")
    for field in ("household.phone", "member.identity_number"):
        number = canaries.SEALED[field]
        answer = visitor.send("POST", "/households/search-households", data={"asked": number})
        text = answer.get_data(as_text=True)
        assert canaries.NAMES[0] in text
        assert number not in text
        assert number not in str(answer.headers)


def test_a_disclosure_opens_the_file_for_its_officer_alone(app: Flask, people: People, aviary: Aviary,
                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    path = f"/households/{aviary.household_id}/show-household"
    town, community = visitor_of(app, people, "town"), visitor_of(app, people, "community")
    assert canaries.found_in(town.send("GET", path).get_data(as_text=True)) == set()
    town.send("POST", f"/households/{aviary.household_id}/disclose-household", data={"why": "contact"})
    opened = canaries.found_in(town.send("GET", path).get_data(as_text=True))
    assert opened >= {"household.phone", "household.address", "member.identity_number", "member.illness"}
    assert canaries.found_in(community.send("GET", path).get_data(as_text=True)) == set()
    history = f"/households/{aviary.household_id}/show-history"
    assert canaries.found_in(town.send("GET", history).get_data(as_text=True)) >= {
        "household.phone", "household.address", "member.identity_number", "member.illness"}
    assert canaries.found_in(community.send("GET", history).get_data(as_text=True)) == set()
    assert "household.disclose" in actions_of(people.town.user_id)


def actions_of(user_id: int) -> list[str]:
    """What the audit log says a person did."""
    found = list(db.session.scalars(select(AuditEntry.action).where(AuditEntry.actor_id == user_id)))
    db.session.rollback()
    return found


@pytest.mark.parametrize("username", ["county", "community", "auditor", "charity", "socialworker", "household"])
def test_every_look_at_a_file_or_contact_is_in_the_audit_log(app: Flask, people: People, aviary: Aviary,
                                                            username: str) -> None:
    visitor = visitor_of(app, people, username)
    looks = [f"/households/{aviary.household_id}/{page}" for page in (
        "show-household", "show-history", "household-pdf")] + ["/households/my-file", "/pairings/my-case"]
    looks += [f"/pairings/{number}/our-pairing" for number in db.session.scalars(
        select(Pairing.id).where(Pairing.state.in_(AFTER_CONSENT)))]
    for path in looks:
        before = _looks_at(aviary, people[username].user_id)
        answer = visitor.send("GET", path)
        if answer.status_code == 200:
            assert _looks_at(aviary, people[username].user_id) == before + 1, path


def _looks_at(aviary: Aviary, user_id: int) -> int:
    found = db.session.scalar(select(func.count()).select_from(AuditEntry).where(
        AuditEntry.actor_id == user_id, AuditEntry.household_id == aviary.household_id)) or 0
    db.session.rollback()
    return found


@pytest.mark.slow
def test_the_audit_log_and_the_timeline_hold_no_value(app: Flask, people: People, aviary: Aviary) -> None:
    walk(app, people, "county")
    for name in ("audit_entries", "timeline_entries", "disclosures", "submissions"):
        rows = db.session.execute(select(db.metadata.tables[name])).all()
        assert canaries.found_in(repr(rows)) == set(), name


# --- at rest ------------------------------------------------------------------------------------------------

def dump(database: TestDatabase) -> bytes:
    """All bytes in which the database keeps its rows: SQLite's files, or every row of every table."""
    if database.kind == "sqlite":
        file = Path(make_url(database.url).database or "")
        return b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*"))
    plain = make_url(database.url).set(drivername="postgresql").render_as_string(hide_password=False)
    parts: list[bytes] = []
    with psycopg.connect(plain) as connection:
        for table in db.metadata.sorted_tables:
            rows = connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table.name))).fetchall()
            parts += [bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                      for row in rows for value in row]
            with connection.cursor().copy(
                    sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table.name))) as copy:
                parts += [bytes(block) for block in copy]
    return b"\n".join(parts)


@pytest.mark.slow
def test_the_database_holds_no_canary_in_any_encoding(app: Flask, people: People, aviary: Aviary,
                                                     database: TestDatabase) -> None:
    household = db.session.get_one(Household, aviary.household_id)
    household.phone, household.address = "13900009999", "搬走了"  # the old values must not stay in free pages
    db.session.commit()
    household.phone, household.address = canaries.HOUSEHOLD["phone"], canaries.HOUSEHOLD["address"]
    db.session.commit()
    walk(app, people, "county")
    db.session.commit()
    kept = dump(database)
    assert canaries.NAMES[0].encode() in kept, "the dump does not hold the rows"
    assert [name for name, value in canaries.encoded().items() if value in kept] == []


def test_control_an_open_value_is_found_in_the_dump(app: Flask, aviary: Aviary, database: TestDatabase) -> None:
    household = db.session.get_one(Household, aviary.household_id)
    household.cause = canaries.HOUSEHOLD["phone"]
    db.session.commit()
    assert canaries.encoded()["household.phone utf-8"] in dump(database)


def sealed_columns() -> list[tuple[type[Model], str]]:
    """(model, field) of every sealed field there is."""
    found = [(mapper.class_, name) for mapper in Model.registry.mappers
             for name, field in vars(mapper.class_).items() if isinstance(field, Sealed)]
    assert len(found) >= 9
    return found


def test_every_canary_covers_a_field_and_every_field_has_its_canary() -> None:
    of_others = {("KeyCheck", "word"), ("RetiredKey", "secret"), ("Paper", "name"), ("Notice", "phone"),
                  ("Notice", "email"), ("NoticeAddress", "address"), ("NoticeAddress", "code"),  # tests/notices
                 *(("FileChange", name) for name in ("why", "before", "after")),
                 ("Report", "code"), ("HouseholdWord", "code"), ("ReportStep", "note")}
    fields = {(model.__name__, name) for model, name in sealed_columns()} - of_others
    assert fields == {*(("Household", name) for name in canaries.HOUSEHOLD),
                      *(("Member", name) for name in canaries.MEMBER),
                      *(("Report", name) for name in canaries.REPORT), *(("Task", name) for name in canaries.TASK),
                      *(("Referral", name) for name in canaries.REFERRAL),
                      *(("Meeting", name) for name in canaries.MEETING),
                      *(("MeetingDecision", name) for name in canaries.DECISION), ("Organisation", "contact_phone"),
                      ("FollowUp", "note"), ("HouseholdWord", "note"),
                      *(("Complaint", name) for name in canaries.COMPLAINT)}
    for model, name in sealed_columns():
        assert isinstance(model.__table__.c[f"{name}_sealed"].type, LargeBinary)
        assert name not in model.__table__.c


def test_each_value_has_a_nonce_of_its_own(app: Flask, people: People) -> None:
    for _ in range(20):
        household = factories.make_household(phone="13900000001", address="同一个地址")
        factories.make_member(household, phone="13900000001")
    nonces = [bytes(value)[5:17] for model, name in sealed_columns() for value in db.session.scalars(
        select(model.__table__.c[f"{name}_sealed"])) if value is not None]
    assert len(nonces) >= 60
    assert len(set(nonces)) == len(nonces)


def test_a_ciphertext_moved_to_another_row_or_field_does_not_open(app: Flask, aviary: Aviary) -> None:
    other = factories.make_household(**canaries.HOUSEHOLD)
    mine = db.session.get_one(Household, aviary.household_id)
    for name in canaries.HOUSEHOLD:
        assert getattr(other, name) == getattr(mine, name)
        setattr(other, f"{name}_sealed", getattr(mine, f"{name}_sealed"))
        with pytest.raises(CannotOpen):
            getattr(other, name)
    for one, two in itertools.permutations(canaries.HOUSEHOLD, 2):
        sealed = getattr(mine, f"{one}_sealed")
        kept = getattr(mine, f"{two}_sealed")
        setattr(mine, f"{two}_sealed", sealed)
        with pytest.raises(CannotOpen):
            getattr(mine, two)
        setattr(mine, f"{two}_sealed", kept)
    db.session.rollback()


def test_one_changed_byte_does_not_open(app: Flask, aviary: Aviary) -> None:
    member = db.session.get_one(Member, aviary.member_id)
    sealed = bytes(member.identity_number_sealed or b"")
    for place in range(len(sealed)):
        member.identity_number_sealed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1:]
        with pytest.raises(CannotOpen):
            _ = member.identity_number
    db.session.rollback()


def test_the_contact_of_an_organisation_is_sealed_too(app: Flask, aviary: Aviary) -> None:
    charity = db.session.get_one(Organisation, aviary.organisation_id)
    assert charity.contact_phone == canaries.CONTACT_PHONE
    assert canaries.CONTACT_PHONE.encode() not in bytes(charity.contact_phone_sealed or b"")


# --- in the logs --------------------------------------------------------------------------------------------

@pytest.mark.slow
def test_the_logs_of_a_real_server_hold_no_personal_data(aviary: Aviary, real_server: Callable[..., RealServer],
                                                        app: Flask) -> None:
    db.session.commit()
    server = real_server(workers=1)
    for value in (*canaries.SEALED.values(), *canaries.NAMES):
        word = urllib.parse.quote(value)
        for path in (f"/offers?written={word}", f"/households/list-households?written={word}", f"/{word}",
                     f"/sign-in?next=/{word}"):
            try:
                urllib.request.urlopen(server.url + path, timeout=10).close()
            except urllib.error.HTTPError as refusal:
                refusal.close()
    server.stop()
    log = urllib.parse.unquote(server.log)
    assert len(log) > 0
    assert canaries.found_in(log) | canaries.names_in(log) == set()
    assert utc_now().strftime("%Y") in log


@pytest.mark.slow
@pytest.mark.one_database
def test_the_logs_of_a_fault_do_not_repeat_what_it_says(aviary: Aviary, real_server: Callable[..., RealServer],
                                                       app: Flask) -> None:
    db.session.commit()
    server = real_server(workers=1, application="tests.failing:app")
    for value in (*canaries.SEALED.values(), *canaries.NAMES):
        with pytest.raises(urllib.error.HTTPError, match="500") as fault:
            urllib.request.urlopen(f"{server.url}/fail/{urllib.parse.quote(value)}", timeout=10)
        fault.value.close()
    server.stop()
    log = urllib.parse.unquote(server.log)
    assert log.count("unexpected_fault") == len(canaries.SEALED) + len(canaries.NAMES)
    assert canaries.found_in(log) | canaries.names_in(log) == set()
