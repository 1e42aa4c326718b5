"""An officer turns a proposal down; the pair is not proposed again."""

from __future__ import annotations

from sqlalchemy import select

from matching.clock import utc_now
from matching.extensions import db
from matching.pairings import service
from matching.pairings.models import Pairing
from tests.factories import make_need, make_offer, make_pairing
from tests.pairings.test_runs import run_now
from tests.people import People


def offered(people: People, state: str = "proposed"):
    offer = make_offer(people.charity.organisation_id)
    return make_pairing(make_need(), offer, state, answer_by_on=offer.starts_on, decided_at=offer.created_at)


def test_return_pairing(client_of, people):
    pairing = offered(people)
    answer = client_of("community").send(f"/pairings/{pairing.id}/return-pairing", reason="情况变了")
    assert answer.status_code == 302
    db.session.refresh(pairing)
    assert pairing.state == "withdrawn"


def test_return_pairing_from_another_state_changes_nothing(client_of, people):
    pairing, client = offered(people), client_of("community")
    form = client.page(f"/pairings/{pairing.id}/return-pairing").form(
        f"/pairings/{pairing.id}/return-pairing"
    )
    pairing.state = "closed"
    db.session.commit()
    answer = client.post(f"/pairings/{pairing.id}/return-pairing", data={**form.values, "reason": "情况变了"})
    assert answer.status_code == 409
    db.session.refresh(pairing)
    assert pairing.state == "closed"


def test_return_pairing_without_a_reason_says_what_is_missing(client_of, people):
    pairing = offered(people)
    answer = client_of("community").send(f"/pairings/{pairing.id}/return-pairing", reason=" ")
    assert answer.status_code == 200
    assert "请写明原因" in answer.get_data(as_text=True)
    db.session.refresh(pairing)
    assert pairing.state == "proposed"


def test_the_next_run_keeps_to_what_was_sent_back_with_its_reason(people):
    refused, free = make_need(urgency=5), make_need(urgency=2)
    offer = make_offer(capacity=1)
    run_now()
    proposal = db.session.scalars(select(Pairing)).one()
    assert proposal.need_id == refused.id
    service.send_back(proposal, "family", "家里不想和这家再打交道", people.county, utc_now())
    run_now()
    again = db.session.scalars(select(Pairing).where(Pairing.state == "proposed")).one()
    assert (again.need_id, again.offer_id) == (free.id, offer.id)
    assert (proposal.state, proposal.reason) == ("withdrawn", "家里不想和这家再打交道")
