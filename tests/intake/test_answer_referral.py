"""Having accepted, the organisation says what it did; that ends the referral, not the owner's duty."""

from __future__ import annotations

from matching.clock import utc_now
from matching.extensions import db
from matching.intake.models import Report
from tests.days import today
from tests.intake.referring import newest, referral_for, steps, told

DID = "这次住院报了四千二百元"


def test_what_was_done_comes_back_and_shuts_the_contact(client_of, people):
    referral = referral_for(people, state="accepted", act_by_on=today(3), consented_at=utc_now())
    owner = referral.report.owner_id
    client = client_of("department")
    assert "13900005678" in client.page(f"/intake/{referral.id}/our-referral").text
    client.send(f"/intake/{referral.id}/answer-referral", words=DID)
    row = newest()
    assert (row.state, row.did, row.done_by_name) == ("answered", DID, people.department.name)
    assert told("referral_answered") == [people.community.user_id]
    assert steps(referral.report_id) == ["refer_answer"]
    assert db.session.get_one(Report, referral.report_id).owner_id == owner
    page = client.page(f"/intake/{referral.id}/our-referral")
    assert DID in page.text
    assert "13900005678" not in page.text


def test_before_the_yes_nothing_can_have_been_done(client_of, people):
    referral = referral_for(people)
    assert client_of("department").send(f"/intake/{referral.id}/answer-referral", words=DID).status_code == 409
    assert client_of("department").send(f"/intake/{referral.id}/answer-referral", words="").status_code == 422
