"""Joint meetings to which one's organisation is invited."""

from __future__ import annotations

from tests.intake.meeting import meeting_of


def test_an_invitation_is_listed_and_stands_on_the_first_page(client_of, people):
    meeting = meeting_of(people)
    client = client_of("department")
    page = client.page("/intake/our-meetings")
    assert "还没有答复" in page.text
    for secret in ("罗三", "坳下村"):
        assert secret not in page.text
    todo = client.page("/todo")
    assert any(href == f"/intake/{meeting.id}/our-meeting" and "来不来会商" in words for href, words in todo.links)


def test_others_are_not_invited(client_of, people):
    meeting_of(people)
    for name in ("agency", "department2"):
        assert "没有请我们去的会商" in client_of(name).page("/intake/our-meetings").text
