"""Follow-ups and complaints are reminded of, once for each level, and handed up; watches end by themselves."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from sqlalchemy import select

from matching import jobs
from matching.clock import utc_now
from matching.extensions import db
from matching.notices.models import Notice
from matching.pairings import service_followups, service_ledger, service_reminders
from matching.pairings.models_ledger import FollowUp
from tests.days import today
from tests.factories import make_complaint, make_follow_up, make_need
from tests.pairings.closing import closed, line_for

DAY = timedelta(days=1)


def told() -> Counter[tuple[str, int]]:
    """Who was told of what, as often as that was."""
    return Counter((kind, user_id) for kind, user_id in db.session.execute(
        select(Notice.kind, Notice.user_id).where(Notice.kind.in_([
            f"{name}_{level}" for name in ("follow_ups", "complaints") for level in ("due", "late")]))))


def test_the_day_before_and_late_and_then_the_tier_above(people):
    make_follow_up(due_on=today(1))
    make_complaint(due_on=today(1))
    now, me, town = utc_now(), people.community.user_id, people.town.user_id
    expected = Counter()
    for after, kinds, hearers in ((0, "due", [me]), (2, "late", [me]), (5, "late", [me, town])):
        assert service_reminders.remind(now + after * DAY) == 2
        assert service_reminders.remind(now + after * DAY) == 0, "once"
        expected.update((f"{name}_{kinds}", who) for name in ("follow_ups", "complaints") for who in hearers)
        assert told() == expected


def test_a_social_worker_is_reminded_of_its_own(people):
    make_follow_up(due_on=today(), assigned_id=people.socialworker.user_id)
    service_reminders.remind(utc_now())
    assert told() == {("follow_ups_due", people.socialworker.user_id): 1}


def test_the_watch_ends_once_its_looks_are_made(people):
    pairing = closed(people, help_type="goods", urgency=2)
    service_ledger.sign(line_for(pairing), people.town, utc_now())
    over = utc_now() + 31 * DAY
    jobs.remind_of_pairings(over)
    assert line_for(pairing).state == "watched", "nobody has looked yet"
    look = db.session.scalars(select(FollowUp).where(FollowUp.done_at.is_(None))).one()
    service_followups.finish(look, "solved", "", "", people.community, over)
    jobs.remind_of_pairings(utc_now() + 29 * DAY)
    assert line_for(pairing).state == "watched", "not over yet"
    jobs.remind_of_pairings(over)
    assert (line_for(pairing).state, line_for(pairing).ended_at is not None) == ("closed", True)


def test_a_need_that_was_made_smaller_comes_up_too(people):
    need = make_need(status="met", given=1, received=1, closed=1)
    jobs.remind_of_pairings(utc_now())
    from matching.pairings.service_watch import line_of
    line = line_of(need.id)
    assert line is not None
    assert (line.state, line.recorded_by_id) == ("to_sign", None)
