"""A county writes its own standards: first whom they would touch, then the new version; nothing is taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from matching.actor import Actor
from matching.assistance.models import GapCheck, PolicyVersion
from matching.assistance.service_checks import ask_check
from matching.assistance.service_kinds import AMOUNTS
from matching.assistance.service_preview import as_json, from_json
from matching.assistance.service_standards import Version, book_of, built_in, check
from matching.audit.service import record
from matching.clock import day_of
from matching.errors import Conflict, Invalid, NotThere
from matching.extensions import db

__all__ = ["NEVER_ENDED", "current", "preview_policy", "save_policy"]

NEVER_ENDED = frozenset({"dibao", "limits"})
"""What every reckoning leans on: it can be changed, but never be left out."""


def current(county_code: str, policy: str, on: date) -> Version:
    """The version of a policy that counts in a county on a day, else the newest built-in one, else an empty one.

    Raises NotThere for no policy.
    """
    if policy not in AMOUNTS:
        raise NotThere
    found = book_of(county_code).version(policy, on)
    known = [version for version in built_in().versions if version.policy == policy]
    return found or (known[-1] if known else Version(policy, on, None, {}))


def preview_policy(version: Version, actor: Actor, now: datetime) -> GapCheck:
    """Ask whom a version would touch in the actor's county; nothing changes until `save_policy`.

    It is reckoned on the version's first day, or today when that lies behind. What the form does not ask (which policy
    takes the place of another) stays as it is. Raises Invalid for a version that no rule could use.
    """
    if version.until is not None and version.until < version.starts_on:
        raise Invalid(_("结束的日子不能早于开始的日子。"), "until")
    standing = current(actor.area_code, version.policy, version.starts_on)
    version = replace(version, excluded_by=standing.excluded_by)
    try:
        if not version.amounts and version.policy in NEVER_ENDED:
            raise ValueError("this one must be said")
        check(version)
    except ValueError:
        raise Invalid(_("标准没有填全。")) from None
    on = max(version.starts_on, day_of(now))
    if version.until is not None and version.until < on:
        on = version.starts_on
    return ask_check(actor.area_code, on, actor, now, proposal=as_json(version))


def save_policy(preview: GapCheck, actor: Actor, now: datetime, reason: str) -> PolicyVersion:
    """Put the version of a finished preview in force for the actor's county. Raises Conflict when that was done, or
    when the preview has not come to its end.
    """
    if preview.proposal is None or preview.area_code != actor.area_code:
        raise NotThere
    if preview.state != "done":
        raise Conflict(_("影响还没有算完，算完再保存。"))
    version = from_json(preview.proposal)
    row = PolicyVersion(
        county_code=preview.area_code, policy=version.policy, starts_on=version.starts_on, until=version.until,
        amounts=dict(version.amounts), categories=list(version.categories), names=list(version.names),
        excluded_by=list(version.excluded_by), reason=reason, written_by_id=actor.user_id,
        written_by_name=actor.name, written_at=now, gap_check_id=preview.id)
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        raise Conflict(_("这份标准已经保存过了。")) from None
    record(actor, "policy.write", now, object_type="policy_version", object_id=row.id, area_code=row.county_code,
           changes={"policy": row.policy, "starts_on": row.starts_on.isoformat()})
    return row
