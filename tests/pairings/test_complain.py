"""Something about a pairing is not right: a person answers, and the household reads it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matching.extensions import db
from matching.pairings.models_voice import Complaint
from tests.days import today
from tests.factories import make_need, make_pairing
from tests.pairings.closing import own_household

pytestmark = pytest.mark.one_database


def test_complain(client_of, people):
    pairing = make_pairing(make_need(own_household(people)), state="accepted", answer_by_on=today())
    client, path = client_of("household"), f"/pairings/{pairing.id}/complain"
    assert client.send(path, words="").status_code == 422
    form = client.page(path).form(path)
    for _twice in range(2):
        assert client.post(path, data={**form.values, "words": "我不想要这一家"}).location == path
    complaint = db.session.scalars(select(Complaint)).one()
    assert (complaint.kind, complaint.words) == ("objection", "我不想要这一家")
    assert "我不想要这一家" in client.page(path).text


def test_a_refused_proposal_goes_to_a_person(client_of, people):
    pairing = make_pairing(make_need(own_household(people)), state="accepted", answer_by_on=today())
    client_of("household").send("/pairings/my-case", f"/pairings/{pairing.id}/give-consent", answer="no")
    assert db.session.scalars(select(Complaint.kind)).all() == ["refusal"]
    assert "家里没有同意这个结对" in client_of("community").page("/pairings/list-complaints").text
