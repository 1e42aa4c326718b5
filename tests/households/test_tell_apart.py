"""Two households that only look alike."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from matching.extensions import db
from matching.households.models_doubles import ToldApart
from tests.households.doubles import two_files


@pytest.mark.slow
def test_the_pair_is_shown_no_more(client_of, people):
    left, right = two_files()
    client = client_of("county")
    page = f"/households/{left.id}/compare-household?other_id={right.id}"
    for _ in range(2):
        answer = client.send(page, action=f"/households/{left.id}/tell-apart")
    assert answer.location == "/households/list-doubles"
    assert "没有找到重复的档案" in client.page(answer.location).text
    assert "这是两户人家" in client.page(page).text
    assert db.session.scalar(select(func.count()).select_from(ToldApart)) == 1
    assert db.session.scalars(select(ToldApart.by_id)).one() == people.county.user_id
    turned = f"/households/{right.id}/compare-household?other_id={left.id}"
    client.send(turned, action=f"/households/{right.id}/tell-apart")
    assert db.session.scalar(select(func.count()).select_from(ToldApart)) == 1
