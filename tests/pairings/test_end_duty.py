"""An officer ends something agreed."""

from __future__ import annotations

from matching.extensions import db
from tests.days import today
from tests.factories import make_duty
from tests.pairings.test_duties import paired


def test_end_duty(client_of, people):
    duty = make_duty(paired(people))
    client, page = client_of("community"), f"/pairings/{duty.pairing_id}/show-pairing"
    assert client.send(page, f"/pairings/{duty.id}/end-duty").status_code == 302
    db.session.expire_all()
    assert duty.ends_on == today()
    assert f"/pairings/{duty.id}/end-duty" not in client.get(page).text, "it has ended"
