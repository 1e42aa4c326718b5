"""Help that runs is ended with a last day: what was due before is still owed, nothing after it."""

from __future__ import annotations

from datetime import date

from matching.assistance import service_grants as grants
from matching.clock import utc_now
from tests.assistance.asking import newest
from tests.assistance.breaking import told
from tests.factories import make_grant


def test_after_its_last_day_nothing_is_due(client_of):
    grant = make_grant(state="approved", rhythm="month", starts_on=date(2026, 1, 15))
    path = f"/assistance/{grant.id}/end-grant"
    client_of("town").send(path, last_on="2026-03-10", words="收入超过标准")
    assert (newest().state, newest().until, told("grant.end")) == ("ended", date(2026, 3, 10), 1)
    assert [due.period for due in grants.payable(newest(), utc_now().date())] == ["2026-01", "2026-02", "2026-03"]
    text = client_of("community").page(f"/assistance/{grant.id}/show-grant").text
    assert "已停发" in text
    assert client_of("town").send(path, last_on="2026-04-10", words="再停").status_code == 409


def test_it_does_not_end_before_it_began(client_of):
    grant = make_grant(state="approved", rhythm="month", starts_on=date(2026, 1, 15))
    answer = client_of("town").send(f"/assistance/{grant.id}/end-grant", last_on="2026-01-01", words="x")
    assert answer.status_code == 422
    assert newest().state == "approved"
