"""Joint meetings in the own area, and how much of what they decided is open."""

from __future__ import annotations

from tests import factories
from tests.intake.meeting import held, meeting_of
from tests.people import COMMUNITY_A2A


def test_the_list_says_how_much_is_open_and_names_nobody(client_of, people):
    factories.make_decision(held(people), owner_id=people.town.user_id)
    meeting_of(people)
    page = client_of("community").page("/intake/list-meetings")
    assert page.headings[0] == (1, "会商定的事还有 1 件没办好")
    assert "青禾医保局" in page.text
    assert "罗三" not in page.text


def test_only_what_lies_in_reach_is_listed(client_of, people):
    meeting_of(people, report=factories.make_report(COMMUNITY_A2A))
    assert "还没有会商" in client_of("community").page("/intake/list-meetings").text
    assert "还没有会商" not in client_of("auditor").page("/intake/list-meetings").text
