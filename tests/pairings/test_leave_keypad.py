"""Whoever lent somebody a telephone closes the answers again."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matching.extensions import db
from matching.pairings.models_voice import HouseholdWord
from tests.pairings.closing import helped

pytestmark = pytest.mark.one_database


def test_leave_keypad(client, people):
    helped(people)
    code = db.session.scalars(select(HouseholdWord)).one().code
    client.send("/pairings/keypad", code=code, last_four="1234")
    assert client.send("/pairings/keypad", "/pairings/leave-keypad").location == "/pairings/keypad"
    assert "写上凭码和电话后四位" in client.page("/pairings/keypad").text
