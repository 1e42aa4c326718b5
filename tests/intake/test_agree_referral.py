"""The person agrees: from then on, and only while it acts, the organisation sees whom it is about."""

from __future__ import annotations

from matching.clock import utc_now
from tests.days import today
from tests.intake.referring import newest, referral_for, steps, told


def agree(client, referral, how="phone"):
    return client.send(f"/intake/{referral.id}/show-referral", f"/intake/{referral.id}/agree-referral",
                       consent_how=how)


def test_noted_by_an_officer_it_opens_the_contact_and_tells_the_organisation(client_of, people):
    referral = referral_for(people, state="accepted", act_by_on=today(3))
    assert "13900005678" not in client_of("department").page(f"/intake/{referral.id}/our-referral").text
    agree(client_of("community"), referral)
    assert newest().consent_how == "phone"
    assert told("referral_opened") == [people.department.user_id]
    assert steps(referral.report_id) == ["refer_consent"]
    page = client_of("department").page(f"/intake/{referral.id}/our-referral")
    assert "求助人罗三" in page.text
    assert "13900005678" in page.text


def test_before_its_yes_the_organisation_hears_nothing(client_of, people):
    referral = referral_for(people)
    agree(client_of("community"), referral)
    assert told("referral_opened") == []
    assert "13900005678" not in client_of("department").page(f"/intake/{referral.id}/our-referral").text


def test_it_is_noted_once_and_needs_to_say_how(client_of, people):
    referral, client = referral_for(people), client_of("community")
    assert agree(client, referral, "").status_code == 422
    form = client.page(f"/intake/{referral.id}/show-referral").form(f"/intake/{referral.id}/agree-referral")
    agree(client, referral)
    assert client.post(form.action, data={**form.values, "consent_how": "paper"}).status_code == 409
    assert newest().consent_how == "phone"


def test_of_what_has_ended_nothing_is_noted(client_of, people):
    referral = referral_for(people, state="answered", answered_at=utc_now(), done_at=utc_now())
    page = client_of("community").page(f"/intake/{referral.id}/show-referral")
    assert not any("agree" in form.action for form in page.forms)
