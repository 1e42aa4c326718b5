"""The answer was read: it leaves the to-do list of who asked and of the owner."""

from __future__ import annotations

import pytest

from tests.days import today
from tests.intake.referring import newest, referral_for


@pytest.mark.slow
def test_the_answer_waits_on_the_to_do_list_until_it_was_read(client_of, people):
    referral = referral_for(people)
    assert "转出去的事的答复" not in client_of("community").page("/todo").text
    client_of("department").send(f"/intake/{referral.id}/refuse-referral", reason="not_ours", words="要找残联")
    client = client_of("community")
    todo = client.page("/todo")
    assert (f"/intake/{referral.id}/show-referral", "看 1 件转出去的事的答复") in todo.links
    assert "转出去的事的答复" not in client_of("town").page("/todo").text
    client.send(f"/intake/{referral.id}/show-referral", f"/intake/{referral.id}/note-referral")
    assert newest().seen_at is not None
    assert "转出去的事的答复" not in client.page("/todo").text


def test_a_further_answer_waits_again(client_of, people):
    referral, client = referral_for(people), client_of("community")
    department = client_of("department")
    department.send(f"/intake/{referral.id}/accept-referral", act_by_on=today(3).isoformat())
    client.send(f"/intake/{referral.id}/show-referral", f"/intake/{referral.id}/note-referral")
    assert "转出去的事的答复" not in client.page("/todo").text
    department.send(f"/intake/{referral.id}/answer-referral", words="报了四千元")
    assert "看 1 件转出去的事的答复" in client.page("/todo").text


def test_of_others_it_changes_nothing(client_of, people):
    referral = referral_for(people, state="refused", reason="other")
    town = client_of("town")
    form = town.page(f"/intake/{referral.id}/show-referral")
    assert not any("note" in one.action for one in form.forms)
    key = town.page("/todo")
    values = next(one.values for one in key.forms if "csrf_token" in one.values)
    town.post(f"/intake/{referral.id}/note-referral", data={**values, "submission_key": "x"})
    assert newest().seen_at is None
