"""Who lends somebody a phone has nothing of the case left in it."""

from __future__ import annotations

from tests import factories
from tests.conftest import CheckedClient
from tests.people import People


def test_leaving_closes_the_case_and_the_slip(client: CheckedClient, people: People) -> None:
    report = factories.make_report()
    client.send("/case", code=report.code or "")
    client.send("/case", action="/intake/leave-case")
    assert client.page("/case").headings[0] == (1, "看办到哪一步")
    assert client.get("/intake/asked").location == "/ask"
