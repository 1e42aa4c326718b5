"""Two files side by side."""

from __future__ import annotations

from sqlalchemy import select

from matching.audit.models import AuditEntry
from matching.extensions import db
from tests.factories import make_household
from tests.households.doubles import NUMBER, two_files
from tests.statements import selects


def path(left, right=None):
    return f"/households/{left.id}/compare-household" + (f"?other_id={right.id}" if right else "")


def test_it_shows_what_differs_and_no_hidden_value(client_of, people):
    left, right = two_files()
    left.phone, left.address = "13700008124", "坳下路 7 号"
    page = client_of("county").page(path(left, right))
    for told in ("钟桂香家和钟桂香家，是不是一户", "身份证号一样：钟桂香", "双溪镇坳下村", "石桥镇桥头村", "钟小龙",
                 "没有这个人", "两份不一样", "2025-03-01", "照料陪伴 3", f"****{NUMBER[-4:]}"):
        assert told in page.text
    for hidden in ("13700008124", "13700008123", "8124", "坳下路", NUMBER):
        assert hidden not in page.text
    looks = db.session.execute(select(AuditEntry.household_id, AuditEntry.why).where(
        AuditEntry.action == "household.open", AuditEntry.actor_id == people.county.user_id)).all()
    assert set(looks) == {(left.id, "check"), (right.id, "check")}


def test_it_stays_within_the_budget_of_a_file(client_of):
    left, right = two_files()
    client = client_of("county")
    client.get(path(left, right))
    with selects() as seen:
        client.get(path(left, right))
    assert len(seen) <= 12, seen


def test_without_a_second_file_it_names_those_that_are_like_it(client_of):
    left, right = two_files()
    client = client_of("county")
    page = client.page(path(left))
    assert path(left, right) in [href for href, _words in page.links]
    assert "没有像这户的档案" in client_of("town").page(path(left)).text
    assert "没有像这户的档案" in client.page(path(make_household())).text


def test_the_same_file_twice_or_a_missing_one_is_refused(client_of):
    left, _right = two_files()
    client = client_of("county")
    assert client.get(path(left, left)).status_code == 422
    assert client.get(f"/households/{left.id}/compare-household?other_id=987654").status_code == 404
    assert client.get(f"/households/{left.id}/compare-household?other_id=9{'0' * 30}").status_code == 404
