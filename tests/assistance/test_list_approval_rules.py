"""Who signs what: everybody who works with money can read it."""

from __future__ import annotations

from matching.clock import utc_now
from tests.assistance.test_decide_grant import rule


def test_without_a_word_of_its_own_a_county_goes_by_the_limits(client_of):
    text = client_of("community").page("/assistance/list-approval-rules").text
    for words in ("5,000 元 以内：镇街批", "多一分就：区县批", "没有单独定"):
        assert words in text


def test_what_the_county_wrote_stands_there_and_in_the_form_that_asks(client_of, people):
    rule(people, (100_000, "town"), (None, "county county"), kind="medical", now=utc_now())
    for name in ("county", "town", "community", "auditor"):
        text = client_of(name).page("/assistance/list-approval-rules").text
        assert "1,000 元 以内：镇街批" in text
        assert "多一分就：区县两个人批" in text
    assert "1,000 元" not in client_of("county2").page("/assistance/list-approval-rules").text
