"""The code proves the address: a wrong one counts, an old one is no good, five wrong ones end it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from matching.clock import utc_now
from matching.extensions import db
from matching.notices.models import NoticeAddress
from matching.notices.service_addresses import TRIES
from tests.conftest import CheckedClient
from tests.people import People

PATH = "/notices/prove-address?channel=sms"


@pytest.fixture
def asked(people: People) -> NoticeAddress:
    """The town officer has asked for a code."""
    row = NoticeAddress(user_id=people.town.user_id, channel="sms", code_until=utc_now() + timedelta(minutes=15))
    row.address, row.code = "13900000001", "042137"
    db.session.add(row)
    db.session.commit()
    return row


def stands() -> NoticeAddress:
    """The address as the database holds it."""
    db.session.rollback()
    return db.session.scalars(select(NoticeAddress).execution_options(populate_existing=True)).one()


def test_the_right_code_proves_it_however_it_is_written(client_of: Callable[[str], CheckedClient],
                                                       asked: NoticeAddress) -> None:
    assert client_of("town").send(PATH, code=" ０42 137 ").location == "/notices/choose-notices"
    assert (stands().confirmed_at is not None, stands().code) == (True, None)


def test_wrong_codes_count_and_then_even_the_right_one_is_no_good(client_of: Callable[[str], CheckedClient],
                                                                 asked: NoticeAddress) -> None:
    client = client_of("town")
    for tried in range(1, TRIES + 1):
        answer = client.send(PATH, code="000000")
        assert answer.status_code == 422
        assert "不是这个码" in answer.get_data(as_text=True)
        assert stands().tries == tried
    assert "请重新要一个" in client.send(PATH, code="042137").get_data(as_text=True)
    assert stands().confirmed_at is None


def test_an_old_code_is_no_good(client_of: Callable[[str], CheckedClient], asked: NoticeAddress) -> None:
    asked.code_until = utc_now() - timedelta(seconds=1)
    assert "请重新要一个" in client_of("town").send(PATH, code="042137").get_data(as_text=True)
    assert stands().confirmed_at is None


def test_nobody_proves_anothers(client_of: Callable[[str], CheckedClient], asked: NoticeAddress) -> None:
    page = client_of("county").page(PATH)
    assert "现在没有要确认的地址。" in page.text
    assert "13900000001" not in page.text
