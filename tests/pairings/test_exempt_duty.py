"""An officer lets something agreed rest until a day."""

from __future__ import annotations

from matching.extensions import db
from tests.days import today
from tests.factories import make_duty
from tests.pairings.test_duties import paired


def test_exempt_duty(client_of, people):
    duty = make_duty(paired(people))
    path = f"/pairings/{duty.id}/exempt-duty"
    assert client_of("community").send(path, until="2020-01-01", why="放假").status_code == 422
    assert client_of("community").send(path, until=today(60).isoformat(), why="放假").status_code == 302
    db.session.expire_all()
    assert [(one.until, one.why) for one in duty.exemptions] == [(today(60), "放假")]
    assert "放假" in client_of("charity").page(f"/pairings/{duty.pairing_id}/our-pairing").text
