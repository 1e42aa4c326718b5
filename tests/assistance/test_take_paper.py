"""Papers of the green channel: owed one by one until they are in, each once; the last one makes the help regular."""

from __future__ import annotations

import pytest

from matching.clock import day_of, utc_now
from tests.assistance.asking import ask, newest
from tests.assistance.breaking import told
from tests.factories import make_grant, make_household


@pytest.mark.slow
def test_papers_come_in_one_by_one_each_once(client_of):
    ask(client_of("community"), make_household().id, is_green="y", papers="住院证明\n收入证明、身份证")
    grant, client = newest(), client_of("town")
    assert [paper.name for paper in grant.papers] == ["住院证明", "收入证明", "身份证"]
    numbers = [paper.id for paper in grant.papers]
    for number in numbers:
        assert newest().papers_in_on is None
        path = f"/assistance/{number}/take-paper"
        token = client.page(f"/assistance/{grant.id}/show-grant").form(path).values
        assert client.post(path, data=token).status_code == 302
        assert client.post(path, data=token | {"submission_key": "again"}).status_code == 409
    assert newest().papers_in_on == day_of(utc_now())
    assert not newest().owes_papers
    assert (told("grant.paper"), told("grant.papers")) == (3, 1)


def test_in_the_green_channel_papers_are_named(client_of):
    answer = ask(client_of("community"), make_household().id, is_green="y", papers="")
    assert answer.status_code == 422
    assert "请写欠哪些材料" in answer.get_data(as_text=True)


def test_another_towns_paper_is_not_there(client_of):
    grant = make_grant(is_green=True)
    path = f"/assistance/{grant.papers[0].id}/take-paper"
    client = client_of("other_town")
    assert client.post(path, data=client.page("/assistance/list-grants").forms[0].values).status_code == 404
