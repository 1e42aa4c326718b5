"""Taking a need back."""

from __future__ import annotations

from sqlalchemy import select

from matching.extensions import db
from matching.households.models import TimelineEntry
from tests.factories import make_need


def path(need):
    return f"/households/{need.id}/withdraw-need"


def test_it_is_withdrawn_with_a_reason(client_of):
    need = make_need()
    answer = client_of("community").send(path(need), reason="settled")
    assert answer.status_code == 302
    db.session.expire_all()
    assert need.status == "withdrawn"
    [event] = db.session.scalars(select(TimelineEntry).where(TimelineEntry.household_id == need.household_id))
    assert (event.kind, event.data["reason"]) == ("need.withdrawn", "settled")
    page = client_of("community").page(answer.location)
    assert "撤回了需求" in page.text


def test_without_a_reason_it_stays(client_of):
    need = make_need()
    assert client_of("community").send(path(need)).status_code == 422
    db.session.expire_all()
    assert need.status == "open"


def test_while_a_pairing_holds_a_part_it_stays(client_of):
    need = make_need(quantity=2, given=1)
    assert client_of("community").send(path(need), reason="settled").status_code == 409
    db.session.expire_all()
    assert need.status == "open"


def test_out_of_reach_is_not_there(client_of):
    assert client_of("other_town").get(path(make_need())).status_code == 404
