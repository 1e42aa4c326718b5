"""One policy: all its versions; what was written is never taken back."""

from __future__ import annotations


def test_both_built_in_versions_stand_with_their_days(client_of):
    page = client_of("town").page("/assistance/show-policy?policy=tekun")
    assert "2018-01-01 到 2020-08-31" in page.text
    assert "每人每月 754 元" in page.text
    assert "每人每月 806 元" in page.text
    assert not [href for href, _text in page.links if "change-policy" in href], "a town writes no standards"


def test_a_policy_that_is_none_is_not_there(client_of):
    assert client_of("county").get("/assistance/show-policy?policy=rent").status_code == 404
