"""Of two who act on one referral at once, one counts and the other hears why: over HTTP, four server processes."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from matching.accounts.models import User
from matching.clock import utc_now
from matching.extensions import db
from matching.intake.models import ReportStep
from matching.intake.models_work import Referral
from matching.organisations.models import Membership
from tests import factories
from tests.days import today
from tests.intake.referring import referral_for
from tests.pairings.test_races import click_all, visit

ROUNDS = 12


def race(app, people, real_server, **served):
    """Each referral is accepted by one member, refused by another, and withdrawn by who asked, all at once."""
    second = factories.make_user("department", "970101", username="department_b")
    db.session.add(Membership(user_id=second.id, organisation_id=people.department.organisation_id,
                              created_at=utc_now()))
    made = [referral_for(people).id for _ in range(ROUNDS)]
    db.session.commit()
    server = real_server(workers=4, **served)
    names = ("department", "department_b", "community")
    visitors = [visit(app, server, name) for name in names]
    calls = [call for number in made for call in (
        (f"/intake/{number}/accept-referral", {"act_by_on": today(5).isoformat(), "submission_key": f"a{number}"}),
        (f"/intake/{number}/refuse-referral", {"reason": "other", "words": "x", "submission_key": f"b{number}"}),
        (f"/intake/{number}/withdraw-referral", {"submission_key": f"c{number}"}))]
    codes = click_all(visitors, calls, at_once=3)
    db.session.rollback()
    events = dict(db.session.execute(select(ReportStep.report_id, func.count()).where(
        ReportStep.kind.in_(("refer_accept", "refer_refuse", "refer_withdraw"))).group_by(ReportStep.report_id)).all())
    return codes, events


@pytest.mark.slow
def test_one_answer_or_withdrawal_counts_and_the_others_hear_why(app, people, real_server):
    codes, events = race(app, people, real_server)
    ended = db.session.scalar(select(func.count()).select_from(Referral).where(Referral.state != "waiting"))
    accepted_first = sum(many == 2 for many in events.values())
    assert ended == ROUNDS
    assert set(events.values()) <= {1, 2}, "an accepted one may be refused or withdrawn afterwards, once"
    assert codes == {302: ROUNDS + accepted_first, 409: 2 * ROUNDS - accepted_first}


@pytest.mark.slow
@pytest.mark.one_database
def test_control_without_the_guard_all_of_them_count(app, people, real_server):
    codes, events = race(app, people, real_server, application="tests.unguarded_referrals:app")
    assert codes == {302: 3 * ROUNDS}
    assert set(events.values()) == {3}
    assert db.session.scalar(select(func.count()).select_from(User)) is not None
