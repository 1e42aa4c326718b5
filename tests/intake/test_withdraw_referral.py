"""Taking a referral back: the owner or who asked; the organisation hears of it and sees no contact any more."""

from __future__ import annotations

from matching.clock import utc_now
from tests.intake.referring import newest, referral_for, steps, told


def withdraw(client, referral):
    return client.send(f"/intake/{referral.id}/show-referral", f"/intake/{referral.id}/withdraw-referral")


def test_who_asked_takes_it_back_and_the_organisation_is_told(client_of, people):
    referral = referral_for(people, state="accepted", consented_at=utc_now(), consent_how="phone")
    assert withdraw(client_of("community"), referral).status_code == 302
    assert newest().state == "withdrawn"
    assert told("referral_withdrawn") == [people.department.user_id]
    assert steps(referral.report_id) == ["refer_withdraw"]
    page = client_of("department").page(f"/intake/{referral.id}/our-referral")
    assert "13900005678" not in page.text
    assert "撤回了，不用再办" in page.text


def test_another_officer_sees_no_button_and_cannot(client_of, people):
    referral = referral_for(people)
    client = client_of("town")
    page = client.page(f"/intake/{referral.id}/show-referral")
    assert not any("withdraw" in form.action for form in page.forms)
    form = page.form(f"/intake/{referral.id}/agree-referral")
    answer = client.post(f"/intake/{referral.id}/withdraw-referral", data=form.values)
    assert answer.status_code == 409
    assert newest().state == "waiting"


def test_what_was_answered_is_not_taken_back(client_of, people):
    referral = referral_for(people)
    client = client_of("community")
    form = client.page(f"/intake/{referral.id}/show-referral").form(f"/intake/{referral.id}/withdraw-referral")
    client_of("department").send(f"/intake/{referral.id}/refuse-referral", reason="not_ours", words="要找残联")
    assert client.post(form.action, data=form.values).status_code == 409
    assert newest().state == "refused"
