"""Accounts and their sessions: who may sign in, as what, and how long a browser stays signed in."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog
from flask_babel import gettext as _
from sqlalchemy import Connection, bindparam, column, delete, func, insert, select, table, update
from sqlalchemy.exc import IntegrityError, OperationalError

from matching.accounts.models import SignedInSession, User
from matching.accounts.service_passwords import first_password, hashed, refuse_weak
from matching.actor import AREA_LENGTH, PROVIDERS, Actor, Role
from matching.audit.service import record
from matching.errors import Conflict, Invalid
from matching.extensions import SQLITE_BUSY_MS, UtcDateTime, db, is_sqlite, write_intended
from matching.notices.service import tell
from matching.places.models import Area

log = structlog.get_logger()

SEEN_EVERY = timedelta(minutes=1)
USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
PASSWORD_LENGTH = (10, 200)
BRIEF_MS = 100
AREAS: dict[Role, tuple[int, ...]] = {**AREA_LENGTH, Role.AUDITOR: (2, 4, 6, 9)}
MEMBERS = PROVIDERS | {Role.SOCIALWORKER}
"""The roles that act for an organisation; a social worker for an agency, the others for one of their own kind."""

# Slices above, by the names of their columns only: accounts know nobody above them.
memberships = table("memberships", column("user_id"), column("organisation_id"), column("created_at", UtcDateTime))
household_accounts = table(
    "household_accounts", column("user_id"), column("household_id"), column("created_at", UtcDateTime))
organisations = table("organisations", column("id"), column("name"), column("kind"))
notices = table("notices", column("user_id"), column("read_at", UtcDateTime), column("not_before", UtcDateTime))

_UNREAD = select(func.count()).select_from(notices).where(
    notices.c.user_id == User.id, notices.c.read_at.is_(None),
    notices.c.not_before <= bindparam("now", type_=UtcDateTime)).correlate(User).scalar_subquery()
_FIND_SESSION = (
    select(SignedInSession.id.label("session_id"), SignedInSession.created_at, SignedInSession.seen_at,
           SignedInSession.ended_at, User.id, User.username, User.name, User.role, User.area_code, User.locale,
           User.is_enabled, memberships.c.organisation_id, household_accounts.c.household_id,
           _UNREAD.label("unread"))
    .join(User, User.id == SignedInSession.user_id)
    .outerjoin(memberships, memberships.c.user_id == User.id)
    .outerjoin(household_accounts, household_accounts.c.user_id == User.id)
    .where(SignedInSession.token_hash == bindparam("token_hash"))
)


# --- Sessions ---------------------------------------------------------------------------------------------------

def find_session(token: str, now: datetime, idle: timedelta, hard: timedelta) -> Actor | None:
    """Who holds this token, or None when it is unknown, ended, too long idle, too old, or the account disabled.

    One SELECT, which also counts the notices that lie unread, on a connection of its own, so that the request's
    transaction has not begun yet and may still be a reader or a writer. A session found too old is ended for good:
    turning the clock back revives nothing.
    """
    with own_transaction(writes=False) as connection:
        row = connection.execute(_FIND_SESSION, {"token_hash": _digest(token), "now": now}).one_or_none()
    if row is None or row.ended_at is not None or not row.is_enabled:
        return None
    if now - row.seen_at >= idle or now - row.created_at >= hard:
        _note(row.session_id, ended_at=now)
        return None
    if now - row.seen_at >= SEEN_EVERY:
        _note(row.session_id, seen_at=now)
    return Actor(user_id=row.id, username=row.username, name=row.name, role=Role(row.role),
                 area_code=row.area_code or "", organisation_id=row.organisation_id,
                 household_id=row.household_id, locale=row.locale,
                 unread=row.unread)


def actor_of(user: User) -> Actor:
    """A user as the one who acts, without what it belongs to: for the entry that says it signed in."""
    return Actor(user.id, user.username, user.name, Role(user.role), user.area_code or "", locale=user.locale)


def start_session(user: User, now: datetime) -> str:
    """Open a session for a user and return its token, which is stored nowhere; 256 random bits."""
    token = secrets.token_urlsafe(32)
    db.session.add(SignedInSession(token_hash=_digest(token), user_id=user.id, created_at=now, seen_at=now))
    db.session.flush()
    return token


def end_session(token: str, now: datetime) -> None:
    """End the session of a token; an unknown or ended one is left as it is."""
    db.session.execute(update(SignedInSession).values(ended_at=now).where(
        SignedInSession.token_hash == _digest(token), SignedInSession.ended_at.is_(None)))


def end_sessions(user_id: int, now: datetime, except_token: str | None = None) -> None:
    """End every session of a user, but for the one that keeps `except_token`."""
    ending = update(SignedInSession).values(ended_at=now).where(
        SignedInSession.user_id == user_id, SignedInSession.ended_at.is_(None))
    if except_token is not None:
        ending = ending.where(SignedInSession.token_hash != _digest(except_token))
    db.session.execute(ending)


def forget_old_sessions(now: datetime, keep: timedelta = timedelta(days=30)) -> int:
    """Delete sessions that began longer ago than `keep`; returns how many."""
    gone = db.session.execute(delete(SignedInSession).where(SignedInSession.created_at < now - keep))
    return gone.rowcount  # type: ignore[attr-defined,no-any-return]


@contextmanager
def own_transaction(*, writes: bool, wait_ms: int = SQLITE_BUSY_MS) -> Iterator[Connection]:
    """A short transaction on a connection of its own, committed at the end; nothing of `db.session` is touched.

    `wait_ms`: how long SQLite may wait for another writer before it gives up with OperationalError.
    """
    intended = write_intended.set(writes)
    try:
        with db.engine.connect() as connection, _waiting(connection, wait_ms), connection.begin():
            yield connection
    finally:
        write_intended.reset(intended)


@contextmanager
def _waiting(connection: Connection, wait_ms: int) -> Iterator[None]:
    if wait_ms == SQLITE_BUSY_MS or not is_sqlite(db.engine):
        yield
        return
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={wait_ms:d}")
    try:
        yield
    finally:
        cursor.execute(f"PRAGMA busy_timeout={SQLITE_BUSY_MS:d}")
        cursor.close()


def _note(session_id: int, **values: datetime) -> None:
    """Write to a session's row on the side. A busy or full database is no reason to refuse a reader."""
    noting = update(SignedInSession).values(**values).where(
        SignedInSession.id == session_id, SignedInSession.ended_at.is_(None))
    try:
        with own_transaction(writes=True, wait_ms=BRIEF_MS) as connection:
            connection.execute(noting)
    except OperationalError as trouble:
        log.warning("session_not_noted", kind=type(trouble.orig).__name__)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


# --- Accounts ---------------------------------------------------------------------------------------------------

def create_user(username: str, name: str, role: Role, password: str, now: datetime, *, actor: Actor | None = None,
                area_code: str = "", organisation_id: int | None = None, household_id: int | None = None,
                department: str = "") -> User:
    """Create an account that may sign in at once; `actor` None: made by the command line or the demo.

    Officers and auditors have an area (`AREAS` says how many digits), others may have one; members of an
    organisation have its number, a household's account its household's. Raises Invalid, naming the form
    field, when one does not fit.
    """
    username = normal_username(username)
    if not USERNAME.fullmatch(username):
        raise Invalid(_("账号用 2 到 40 个小写字母、数字、点、横线，以字母或数字开头。"), field="username")
    if not name.strip():
        raise Invalid(_("请填写姓名。"), field="name")
    refuse_weak(password, username)
    _check_binding(role, area_code, organisation_id, household_id)
    user = User(username=username, name=name.strip(), role=str(role), area_code=area_code or None,
                department=department or None, password_hash=hashed(password), password_changed_at=now,
                is_enabled=True, created_at=now)
    try:
        with db.session.begin_nested():
            db.session.add(user)
    except IntegrityError:
        raise Invalid(_("这个账号已经有人用了，请换一个。"), field="username") from None
    _bind(user.id, organisation_id, household_id, now)
    _record(actor, "account.create", user, now, {"role": str(role)})
    tell(user.id, "account_made", {"path": "/notices/choose-notices"}, now, key="made")
    return user


def create_household_user(household_id: int, name: str, key: str, actor: Actor, now: datetime) -> User:
    """An account for a household that the actor has already been allowed to open.

    Its user name is random and says nothing of the household; its first password is
    `first_password(actor.user_id, key)`, to be shown once. `key` is the form's submission key.
    """
    return create_user(f"h{secrets.randbelow(10**8):08d}", name, Role.HOUSEHOLD, first_password(actor.user_id, key),
                       now, actor=actor, household_id=household_id)


def erase_users(user_ids: Sequence[int]) -> None:
    """Erase accounts with their sessions: those of a household whose file is erased."""
    db.session.execute(delete(User).where(User.id.in_(user_ids), User.role == Role.HOUSEHOLD))


def change_password(user: User, password: str, now: datetime, keep_token: str | None = None) -> None:
    """Set a new password; all sessions end at once, but for `keep_token`'s. Raises Invalid for a weak one."""
    refuse_weak(password, user.username)
    user.password_hash, user.password_changed_at = hashed(password), now
    end_sessions(user.id, now, except_token=keep_token)


def reset_password(user: User, key: str, actor: Actor, now: datetime) -> None:
    """Give an account the password `first_password(actor.user_id, key)`, to be shown once; its sessions end."""
    _refuse_self(user, actor)
    change_password(user, first_password(actor.user_id, key), now)
    _record(actor, "account.reset_password", user, now)


def set_enabled(user: User, enabled: bool, actor: Actor | None, now: datetime) -> bool:
    """Let an account sign in, or no longer: then its sessions end at once. True when that changed something."""
    _refuse_self(user, actor)
    if user.is_enabled == enabled:
        return False
    user.is_enabled = enabled
    end_sessions(user.id, now)
    _record(actor, "account.enable" if enabled else "account.disable", user, now)
    return True


def choose_language(user_id: int, locale: str) -> None:
    """Remember in which language an account reads and is told."""
    db.session.execute(update(User).where(User.id == user_id).values(locale=locale))


def change_role(user: User, role: Role, actor: Actor | None, now: datetime, *, area_code: str = "",
                organisation_id: int | None = None) -> None:
    """Give an account another role, area or organisation; its sessions end at once. Raises Invalid as `create_user`.

    Household accounts stay what they are: their file makes them.
    """
    _refuse_self(user, actor)
    if Role.HOUSEHOLD in (user.role, role):
        raise Conflict(_("求助人的账号只能从这户的档案里开，也不能改成别的角色。"))
    _check_binding(role, area_code, organisation_id, None)
    before = {"role": user.role, "area_code": user.area_code or ""}
    user.role, user.area_code = str(role), area_code or None
    db.session.execute(delete(memberships).where(memberships.c.user_id == user.id))
    _bind(user.id, organisation_id, None, now)
    end_sessions(user.id, now)
    _record(actor, "account.change_role", user, now, {"from": before, "role": str(role)})


def normal_username(written: str) -> str:
    """How a user name is compared: full-width folded, lower case, no blanks around it."""
    return unicodedata.normalize("NFKC", written).strip().lower()


def _check_binding(role: Role, area_code: str, organisation_id: int | None, household_id: int | None) -> None:
    lengths = AREAS.get(role, ())
    if lengths and len(area_code) not in lengths:
        raise Invalid(_("这个角色的区划代码应是 %(n)s 位。", n=" / ".join(map(str, lengths))), field="area_code")
    if area_code and db.session.get(Area, area_code) is None:
        raise Invalid(_("没有这个区划代码。"), field="area_code")
    if (role in MEMBERS) != (organisation_id is not None):
        raise Invalid(_("机构人员要选机构，其他角色不选。"), field="organisation_id")
    if organisation_id is not None:
        kind = db.session.scalar(select(organisations.c.kind).where(organisations.c.id == organisation_id))
        if kind != ("agency" if role is Role.SOCIALWORKER else role):
            raise Invalid(_("没有这家机构，或者它不是这一类。"), field="organisation_id")
    if (role is Role.HOUSEHOLD) != (household_id is not None):
        raise Invalid(_("求助人的账号从这户的档案里开。"), field="role")


def _bind(user_id: int, organisation_id: int | None, household_id: int | None, now: datetime) -> None:
    if organisation_id is not None:
        db.session.execute(insert(memberships).values(
            user_id=user_id, organisation_id=organisation_id, created_at=now))
    if household_id is not None:
        db.session.execute(insert(household_accounts).values(
            user_id=user_id, household_id=household_id, created_at=now))


def _refuse_self(user: User, actor: Actor | None) -> None:
    if actor is not None and actor.user_id == user.id:
        raise Conflict(_("自己的账号请另一位管理员来管；自己的密码在“改密码”里改。"))


def _record(actor: Actor | None, action: str, user: User, now: datetime, changes: dict[str, object] | None = None
            ) -> None:
    record(actor, action, now, object_type="user", object_id=user.id, area_code=user.area_code or "",
           changes={"username": user.username, **(changes or {})})
