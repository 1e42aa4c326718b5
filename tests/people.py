"""Known persons in a small invented province: one of each role in county A, and their twins in county B.

    97 province Qiyun
      9701 city
        970101 county A
          970101001 town A1:  970101001001 community A1a,  970101001002 community A1b
          970101002 town A2:  970101002001 community A2a
        970102 county B
          970102001 town B1:  970102001001 community B1a

`populate()` (fixture `people`) writes areas, users, memberships, vetted organisations and two household files
with an account, commits, and returns `People`: `people.county`, `people.town2`, `people["charity"]` are
`Actor`s. `sign_in(client, people.county)` signs in without the form.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from flask.testing import FlaskClient

from matching.accounts import service as accounts
from matching.accounts.models import User
from matching.actor import Actor, Role
from matching.clock import utc_now
from matching.extensions import db
from matching.households.models import Household, HouseholdAccount
from matching.organisations.models import Membership, Organisation
from matching.places.models import Area

Client = TypeVar("Client", bound=FlaskClient)
PASSWORD = "correct horse battery"
LONG_AGO = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)

PROVINCE, CITY = "97", "9701"
COUNTY_A, COUNTY_B = "970101", "970102"
TOWN_A1, TOWN_A2, TOWN_B1 = "970101001", "970101002", "970102001"
COMMUNITY_A1A, COMMUNITY_A1B = "970101001001", "970101001002"
COMMUNITY_A2A, COMMUNITY_B1A = "970101002001", "970102001001"

AREAS = (  # code, name, level, lat, lon
    (PROVINCE, "栖云省", "province", 27.6, 113.9),
    (CITY, "临溪市", "city", 27.6, 113.9),
    (COUNTY_A, "青禾县", "county", 27.60, 113.90),
    (COUNTY_B, "白石县", "county", 27.90, 114.40),
    (TOWN_A1, "双溪镇", "town", 27.61, 113.91),
    (TOWN_A2, "石桥镇", "town", 27.66, 113.98),
    (TOWN_B1, "枫林镇", "town", 27.91, 114.41),
    (COMMUNITY_A1A, "坳下村", "village", 27.612, 113.912),
    (COMMUNITY_A1B, "上湾村", "village", 27.618, 113.921),
    (COMMUNITY_A2A, "桥头村", "village", 27.664, 113.985),
    (COMMUNITY_B1A, "枫树村", "village", 27.912, 114.412),
)

USERS = (  # username, role, area, organisation
    ("admin", Role.ADMIN, "", ""),
    ("province", Role.PROVINCE, PROVINCE, ""),
    ("county", Role.COUNTY, COUNTY_A, ""),
    ("town", Role.TOWN, TOWN_A1, ""),
    ("other_town", Role.TOWN, TOWN_A2, ""),
    ("community", Role.COMMUNITY, COMMUNITY_A1A, ""),
    ("other_community", Role.COMMUNITY, COMMUNITY_A1B, ""),
    ("department", Role.DEPARTMENT, COUNTY_A, "department"),
    ("informant", Role.INFORMANT, COUNTY_A, ""),
    ("socialworker", Role.SOCIALWORKER, COUNTY_A, "agency"),
    ("charity", Role.CHARITY, COUNTY_A, "charity"),
    ("enterprise", Role.ENTERPRISE, COUNTY_A, "enterprise"),
    ("agency", Role.AGENCY, COUNTY_A, "agency"),
    ("volunteer", Role.VOLUNTEER, COUNTY_A, "volunteer"),
    ("household", Role.HOUSEHOLD, COUNTY_A, ""),
    ("auditor", Role.AUDITOR, COUNTY_A, ""),
    ("county2", Role.COUNTY, COUNTY_B, ""),
    ("town2", Role.TOWN, TOWN_B1, ""),
    ("community2", Role.COMMUNITY, COMMUNITY_B1A, ""),
    ("department2", Role.DEPARTMENT, COUNTY_B, "department2"),
    ("informant2", Role.INFORMANT, COUNTY_B, ""),
    ("socialworker2", Role.SOCIALWORKER, COUNTY_B, "agency2"),
    ("charity2", Role.CHARITY, COUNTY_B, "charity2"),
    ("enterprise2", Role.ENTERPRISE, COUNTY_B, "enterprise2"),
    ("agency2", Role.AGENCY, COUNTY_B, "agency2"),
    ("volunteer2", Role.VOLUNTEER, COUNTY_B, "volunteer2"),
    ("household2", Role.HOUSEHOLD, COUNTY_B, ""),
    ("auditor2", Role.AUDITOR, COUNTY_B, ""),
)

ORGANISATIONS = {"charity": "慈善会", "enterprise": "电子厂", "agency": "社工服务中心",
                 "department": "医保局", "volunteer": "志愿者柳青"}  # kind, name after its county
HOMES = {"household": (COUNTY_A, COMMUNITY_A1A, "QH-0001"),
         "household2": (COUNTY_B, COMMUNITY_B1A, "BS-0001")}


@dataclass(frozen=True, slots=True)
class People:
    """All known persons by user name."""

    by_name: dict[str, Actor]

    def __getitem__(self, username: str) -> Actor:
        return self.by_name[username]

    def __getattr__(self, username: str) -> Actor:
        try:
            return self.by_name[username]
        except KeyError:
            raise AttributeError(username) from None

    def of_each_role(self) -> list[Actor]:
        """One person of each of the fourteen roles, all of county A."""
        return [self.by_name[str(role)] for role in Role]


@cache
def cheap_hash() -> str:
    """A valid argon2 hash of PASSWORD that costs next to nothing."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def populate() -> People:
    """Write all known persons and what they belong to; commit; return them as actors."""
    _add_areas()
    organisations = _add_organisations()
    homes = _add_homes()
    people = People({name: _add_user(name, role, area, organisations.get(organisation), homes.get(name))
                     for name, role, area, organisation in USERS})
    db.session.commit()
    return people


def sign_in(client: Client, actor: Actor) -> Client:
    """Sign a person in on a client, through the real session table, without the form. Returns the client."""
    token = accounts.start_session(db.session.get_one(User, actor.user_id), utc_now())
    db.session.commit()
    with client.session_transaction() as session:
        session.clear()
        session["_user_id"] = token
        session["_fresh"] = True
    return client


def _add_areas() -> None:
    for code, name, level, lat, lon in AREAS:
        parent = code[:{"city": 2, "county": 4, "town": 6, "village": 9}.get(level, 0)] or None
        precision = "town" if level == "town" else "village" if level == "village" else "county"
        db.session.add(Area(code=code, name=name, level=level, parent_code=parent, lat=lat, lon=lon,
                            precision=precision))
        db.session.flush()


def _add_organisations() -> dict[str, int]:
    ids = {}
    for suffix, area, place in (("", COUNTY_A, "青禾"), ("2", COUNTY_B, "白石")):
        for kind, name in ORGANISATIONS.items():
            row = Organisation(name=place + name, kind=kind, area_code=area,
                               contact_name="联络人", status="vetted", vetted_on=LONG_AGO.date(),
                               created_at=LONG_AGO)
            db.session.add(row)
            db.session.flush()
            ids[f"{kind}{suffix}"] = row.id
    return ids


def _add_homes() -> dict[str, int]:
    ids = {}
    for name, (county, area, number) in HOMES.items():
        row = Household(number=number, county_code=county, area_code=area, head_name="何秀英",
                        category="dibao_a", status="verified", created_at=LONG_AGO, updated_at=LONG_AGO)
        db.session.add(row)
        db.session.flush()
        ids[name] = row.id
    return ids


def _add_user(username: str, role: Role, area: str, organisation_id: int | None,
              household_id: int | None) -> Actor:
    user = User(username=username, name=f"{username} 的姓名", role=str(role), area_code=area or None,
                password_hash=cheap_hash(), password_changed_at=LONG_AGO, created_at=LONG_AGO)
    db.session.add(user)
    db.session.flush()
    if organisation_id:
        db.session.add(Membership(user_id=user.id, organisation_id=organisation_id, created_at=LONG_AGO))
    if household_id:
        db.session.add(HouseholdAccount(user_id=user.id, household_id=household_id, created_at=LONG_AGO))
    return Actor(user.id, username, user.name, role, area, organisation_id, household_id)
