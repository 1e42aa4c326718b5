"""A difficulty that is back is opened again."""

from __future__ import annotations

from matching.extensions import db
from tests.factories import make_pairing


def test_reopening_needs_a_reason_and_opens_the_need_again(client_of):
    pairing = make_pairing(state="closed")
    pairing.need.status = "met"
    client = client_of("community")
    path = f"/pairings/{pairing.id}/reopen-pairing"
    assert "请写明原因" in client.send(path, reason="").get_data(as_text=True)
    assert client.send(path, reason="又断粮了").status_code == 302
    db.session.expire_all()
    assert pairing.state == "reopened"
    assert (pairing.need.status, pairing.need.given) == ("open", 0)
    assert pairing.offer.taken == 1, "what was given stays given"
