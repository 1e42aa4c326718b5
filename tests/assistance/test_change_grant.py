"""What was returned is completed and asked for again."""

from __future__ import annotations

import pytest

from tests.assistance.asking import ask, decide, newest
from tests.factories import make_household


@pytest.mark.slow
def test_returned_help_is_asked_for_again_with_what_was_missing(client_of):
    community, town = client_of("community"), client_of("town")
    ask(community, make_household().id, amount="5000.01", purpose="押金")
    decide(client_of("county"), newest(), "return", "金额再核一下")
    path = f"/assistance/{newest().id}/change-grant"
    assert "金额再核一下" in community.page(path).text
    community.send(path, amount="5000", purpose="押金，有票据")
    assert (newest().state, newest().tier, newest().purpose) == ("asked", "town", "押金，有票据")
    decide(town, newest())
    assert newest().state == "approved"


def test_what_is_not_returned_stays(client_of):
    community = client_of("community")
    ask(community, make_household().id)
    answer = community.send(f"/assistance/{newest().id}/change-grant", amount="1")
    assert answer.status_code == 409
    assert newest().amount_fen == 300_000
