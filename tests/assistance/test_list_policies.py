"""The standards that count today."""

from __future__ import annotations


def test_every_policy_with_its_amounts(client_of):
    page = client_of("community").page("/assistance/list-policies")
    for words in ("最低生活保障", "城镇标准 620 元", "二级，每月 83.34 元", "事实无人抚养儿童补贴", "系统自带"):
        assert words in page.text
    assert "/assistance/show-policy?policy=orphan" in [href for href, _text in page.links]
    assert client_of("charity").get("/assistance/list-policies").status_code == 403
