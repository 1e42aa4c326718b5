"""The demo accounts of the contract: who they are, where they serve, and their one password."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from matching.accounts import service as accounts
from matching.accounts.models import User
from matching.accounts.service_passwords import matches, one_time_password
from matching.actor import Actor, Role
from matching.demo.places import (
    FIRST,
    FIRST_TOWN,
    FIRST_VILLAGE,
    PROVINCE,
    SECOND,
    SECOND_TOWN,
    SECOND_VILLAGE,
)
from matching.extensions import db
from matching.households.models import Household, HouseholdAccount
from matching.organisations.models import Membership

OFFICERS = (  # username, name, area
    ("admin", "饶志远", ""),
    ("province", "林书瑶", PROVINCE),
    ("county", "丘文岚", FIRST), ("county2", "钟启明", SECOND),
    ("town", "蓝永健", FIRST_TOWN), ("town2", "方惠兰", SECOND_TOWN),
    ("community", "雷小凤", FIRST_VILLAGE), ("community2", "石凤鸣", SECOND_VILLAGE),
    ("informant", "包水清", ""), ("informant2", "谢冬妹", ""),
    ("auditor", "温守正", FIRST), ("auditor2", "何清平", SECOND),
)
MEMBERS = (  # username, name, account of the organisation
    ("department", "江敏", "department"), ("department2", "修志华", "department2"),
    ("socialworker", "吴晴", "agency"), ("socialworker2", "邱丹", "agency2"),
    ("charity", "傅玉梅", "charity"), ("charity2", "赖光明", "charity2"),
    ("enterprise", "黄立群", "enterprise"), ("enterprise2", "王秋生", "enterprise2"),
    ("agency", "范思齐", "agency"), ("agency2", "童雅琴", "agency2"),
    ("volunteer", "", "volunteer"), ("volunteer2", "", "volunteer2"),
)
HOUSEHOLDS = ("household", "household2")
USERNAMES = (*(name for name, *_ in (*OFFICERS, *MEMBERS)), *HOUSEHOLDS)


def demo_password(instance: Path, given: str) -> str:
    """The demo's password: what was given, else one that is made once and kept in `instance/demo_password`."""
    if given:
        return given
    kept = instance / "demo_password"
    if not kept.exists():
        instance.mkdir(parents=True, exist_ok=True)
        draft = kept.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(one_time_password() + "\n")
        os.replace(draft, kept)
    return kept.read_text().strip()


def create_accounts(organisations: dict[str, tuple[int, str]], households: dict[str, Household], password: str,
                    now: datetime) -> None:
    """Create all demo accounts. `organisations`: account → number and contact; `households`: account → its file."""
    def create(username: str, name: str, area: str = "", organisation_id: int | None = None,
               household_id: int | None = None) -> None:
        accounts.create_user(username, name, Role(username.rstrip("2")), password, now, area_code=area,
                             organisation_id=organisation_id, household_id=household_id)

    for username, name, area in OFFICERS:
        create(username, name, area)
    for username, name, account in MEMBERS:
        organisation_id, contact = organisations[account]
        create(username, name or contact, organisation_id=organisation_id)
    for username in HOUSEHOLDS:
        create(username, households[username].head_name, household_id=households[username].id)


def keep_password(password: str, now: datetime) -> int:
    """Let the demo accounts have this password where they have another; returns how many were changed."""
    users = list(db.session.scalars(select(User).where(User.username.in_(USERNAMES)).order_by(User.id)))
    if not users or matches(users[0].password_hash, password):
        return 0
    for user in users:
        accounts.change_password(user, password, now)
    return len(users)


def cast() -> dict[str, Actor]:
    """All demo accounts by user name, as services see them."""
    rows = db.session.execute(
        select(User, Membership.organisation_id, HouseholdAccount.household_id)
        .outerjoin(Membership, Membership.user_id == User.id)
        .outerjoin(HouseholdAccount, HouseholdAccount.user_id == User.id).where(User.username.in_(USERNAMES)))
    return {user.username: Actor(user.id, user.username, user.name, Role(user.role), user.area_code or "",
                                 organisation_id, household_id, user.locale)
            for user, organisation_id, household_id in rows}
