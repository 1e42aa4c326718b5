"""Somebody else looks, or on another day."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matching.extensions import db
from matching.notices.models import Notice
from tests.days import today
from tests.factories import make_follow_up
from tests.people import People

pytestmark = pytest.mark.one_database


def test_hand_on_follow_up(client_of, people: People):
    look = make_follow_up(reminded="late")
    path, page = f"/pairings/{look.id}/hand-on-follow-up", f"/pairings/{look.id}/show-follow-up"
    client = client_of("community")
    answer = client.send(page, path, assigned_id=str(people.socialworker.user_id), due_on=today(5).isoformat())
    assert answer.location == page
    db.session.refresh(look)
    assert (look.assigned_id, look.due_on, look.reminded) == (people.socialworker.user_id, today(5), "")
    told = db.session.scalars(select(Notice).where(Notice.kind == "follow_up_given")).one()
    assert told.user_id == people.socialworker.user_id
    for wrong in ({"due_on": today(-1).isoformat()}, {"assigned_id": str(people.county2.user_id)}):
        assert client.send(page, path, **wrong).status_code == 422
