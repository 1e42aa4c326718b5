"""A person answers a complaint, once; the household reads the answer."""

from __future__ import annotations

import pytest

from matching.extensions import db
from tests.days import today
from tests.factories import make_complaint, make_need, make_pairing
from tests.pairings.closing import own_household

pytestmark = pytest.mark.one_database


def test_answer_complaint(client_of, people):
    pairing = make_pairing(make_need(own_household(people)), state="under_way", answer_by_on=today())
    complaint = make_complaint(pairing, kind="objection", words="一直没有人来")
    client, path = client_of("community"), f"/pairings/{complaint.id}/answer-complaint"
    page = client.page(path)
    assert "一直没有人来" in page.text
    assert client.send(path, answer="").status_code == 422
    assert client.send(path, answer="约了明天上午来").location == "/pairings/list-complaints"
    again = client.post(path, data={**page.form(path).values, "answer": "又答一次"})
    assert again.status_code == 409
    db.session.refresh(complaint)
    assert (complaint.answer, complaint.answered_by_id) == ("约了明天上午来", people.community.user_id)
    assert "约了明天上午来" in client_of("household").page(f"/pairings/{pairing.id}/complain").text
    assert "看给您的答复" in client_of("household").page("/pairings/my-case").text
