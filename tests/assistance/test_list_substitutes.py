"""The list of who signs for whom."""

from __future__ import annotations

from tests.assistance.test_decide_grant import absent
from tests.days import today


def test_it_says_who_for_whom_and_until_when(client_of, people):
    assert "还没有人代班" in client_of("town").page("/assistance/list-substitutes").text
    absent(people)
    absent(people, first=today(5), last=today(6))
    text = client_of("county").page("/assistance/list-substitutes").text
    for words in ("town 的姓名", "other_town 的姓名", "正在代", "还没开始", "双溪镇"):
        assert words in text
    assert "还没有人代班" in client_of("county2").page("/assistance/list-substitutes").text
