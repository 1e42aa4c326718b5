"""Changing an open need."""

from __future__ import annotations

from sqlalchemy import select

from matching.audit.models import AuditEntry
from matching.extensions import db
from tests.factories import make_need


def path(need):
    return f"/households/{need.id}/edit-need"


def test_a_need_changes_and_says_which_fields(client_of):
    need = make_need(help_type="job", traits=["female"], asks=["home_based"])
    client = client_of("community")
    assert client.page(path(need)).form(path(need)).values["workplace"] == "home_based"
    assert client.send(path(need), quantity="3", urgency="5").status_code == 302
    db.session.expire_all()
    assert (need.quantity, need.urgency, need.traits, need.asks) == (3, 5, ["female"], ["home_based"])
    [entry] = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "need.edit"))
    assert entry.changes == {"fields": ["details", "quantity", "urgency"]}


def test_the_reason_is_kept_with_what_was_before(client_of):
    need = make_need(urgency=2)
    client = client_of("community")
    assert client.send(path(need), urgency="5", why="病情加重了").status_code == 302
    page = client.get(f"/households/{need.household_id}/show-history").get_data(as_text=True)
    assert "原因：病情加重了" in page


def test_the_type_stays(client_of):
    need = make_need(help_type="job")
    assert client_of("community").send(path(need), help_type="cash").status_code == 422
    db.session.expire_all()
    assert need.help_type == "job"


def test_it_never_wants_less_than_pairings_hold(client_of):
    need = make_need(quantity=5, given=3, unit="次")
    answer = client_of("community").send(path(need), quantity="2")
    assert answer.status_code == 422
    assert "已经结对了 3 次" in answer.get_data(as_text=True)
    assert client_of("community").send(path(need), quantity="3").status_code == 302
    db.session.expire_all()
    assert (need.quantity, need.given) == (3, 3)


def test_a_need_that_is_no_longer_open_stays_as_it_is(client_of):
    need = make_need(status="withdrawn")
    assert client_of("community").send(path(need), urgency="5").status_code == 409


def test_out_of_reach_is_not_there(client_of):
    assert client_of("community2").get(path(make_need())).status_code == 404
