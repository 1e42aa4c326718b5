"""What was referred to one's organisation: by its day, without names."""

from __future__ import annotations

from matching.clock import utc_now
from tests.days import today
from tests.intake.referring import referral_for


def test_what_waits_for_an_answer_comes_first_and_names_nobody(client_of, people):
    referral_for(people, answer_due_on=today(-1), consented_at=utc_now())
    referral_for(people)
    referral_for(people, state="accepted", act_by_on=today(4), consented_at=utc_now())
    page = client_of("department").page("/intake/our-referrals")
    assert page.headings[0] == (1, "2 件转来的事等你们答复")
    assert "双溪镇" in page.text
    for secret in ("罗三", "13900005678", "坳下村"):
        assert secret not in page.text


def test_others_see_nothing_of_it(client_of, people):
    referral_for(people)
    for name in ("charity", "department2"):
        page = client_of(name).page("/intake/our-referrals")
        assert "这里现在是空的" in page.text
    assert client_of("volunteer").get("/intake/our-referrals").status_code == 403


def test_the_first_page_lists_each_with_its_day(client_of, people):
    referral = referral_for(people, answer_due_on=today(-1))
    other = referral_for(people, state="accepted", act_by_on=today())
    todo = client_of("department").page("/todo")
    assert (f"/intake/{referral.id}/our-referral", "答复一件转来的事：就医，双溪镇") in todo.links
    assert (f"/intake/{other.id}/our-referral", "办一件转来的事：就医，双溪镇") in todo.links
    assert todo.headings[0][1] == "今天要办 2 件，1 件已超期"
    assert "罗三" not in todo.text
