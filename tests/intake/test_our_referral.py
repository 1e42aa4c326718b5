"""One referral as the organisation sees it: only what it needs, and whom it is about only once it is entitled."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matching.audit.models import AuditEntry
from matching.clock import utc_now
from matching.extensions import db
from tests import factories
from tests.days import today
from tests.intake.referring import referral_for

SECRETS = ("求助人罗三", "13900005678", "坳下村老井边")


def one(people, **fields):
    report = factories.make_report(name=SECRETS[0], phone=SECRETS[1], address=SECRETS[2], words="求助的原话")
    return referral_for(people, report=report, **fields)


@pytest.mark.slow
@pytest.mark.parametrize(("fields", "opens"), [
    ({}, False), ({"consented": True}, False), ({"state": "accepted"}, False),
    ({"state": "accepted", "consented": True}, True), ({"state": "refused", "consented": True}, False),
    ({"state": "answered", "consented": True}, False), ({"state": "withdrawn", "consented": True}, False)])
def test_name_and_telephone_are_open_only_after_both_said_yes_and_until_it_is_done(client_of, people, fields, opens):
    given = {name: value for name, value in fields.items() if name != "consented"}
    if fields.get("consented"):
        given["consented_at"] = utc_now()
    if given.get("state") == "answered":
        given |= {"done_at": utc_now(), "answered_at": utc_now()}
    referral = one(people, act_by_on=today(3), **given)
    text = client_of("department").page(f"/intake/{referral.id}/our-referral").text
    assert [secret in text for secret in SECRETS] == [opens] * 3
    assert "求助的原话" not in text
    assert ("坳下村" in text) is opens, "before that the town must do"
    look = db.session.scalars(select(AuditEntry).where(AuditEntry.object_type == "referral")).one()
    assert look.action == ("household.contact" if opens else "report.look")
    assert look.organisation_id == people.department.organisation_id


@pytest.mark.parametrize("username", ["charity", "department2"])
def test_another_organisation_finds_nothing(client_of, people, username):
    assert client_of(username).get(f"/intake/{referral_for(people).id}/our-referral").status_code == 404
