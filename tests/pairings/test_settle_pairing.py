"""The organisation cannot give the rest."""

from __future__ import annotations

from matching.extensions import db
from tests.pairings.test_handovers import under_way


def test_settle_pairing(client_of, people):
    pairing = under_way(people, 5, delivered=2)
    answer = client_of("charity").send(f"/pairings/{pairing.id}/settle-pairing", reason="货不够了")
    assert answer.status_code == 302
    db.session.refresh(pairing)
    assert (pairing.state, pairing.quantity) == ("delivered", 2)
    assert "家里" in client_of("charity").page(f"/pairings/{pairing.id}/our-pairing").text


def test_settle_pairing_of_which_nothing_was_given_changes_nothing(client_of, people):
    pairing = under_way(people, 5)
    answer = client_of("charity").send(f"/pairings/{pairing.id}/settle-pairing", reason="货不够了")
    assert answer.status_code == 409
    db.session.refresh(pairing)
    assert (pairing.state, pairing.quantity) == ("under_way", 5)
