"""An officer lets a locked pairing go: the next run may change it again."""

from __future__ import annotations

from matching.clock import utc_now
from matching.extensions import db
from tests.factories import make_pairing


def test_unlock_pairings(client_of):
    pairing = make_pairing(locked_at=utc_now(), locked_by_name="别人")
    client = client_of("community")
    answer = client.send(f"/pairings/{pairing.id}/show-pairing", "/pairings/unlock-pairings")
    assert answer.location == f"/pairings/{pairing.id}/show-pairing"
    db.session.refresh(pairing)
    assert (pairing.locked_at, pairing.locked_by_name) == (None, "")
    assert "锁定这一条" in client.page(answer.location).text
