"""Pages by keyset: every row once, both ways, in orders that run one way or several."""

from __future__ import annotations

from time import monotonic

import pytest
from sqlalchemy import select

from matching.extensions import db
from matching.households.models import Need
from matching.keyset import (
    FAR,
    NEAR,
    REMEMBERED_S,
    Asked,
    Key,
    Order,
    count_to_cap,
    plain,
    read_position,
    whole,
    written_position,
)
from tests.factories import make_household, make_need
from tests.statements import selects

SIZE = 3
UP = Order(Key(Need.urgency, whole), Key(Need.id, whole))
DOWN = Order(Key(Need.urgency, whole, falls=True), Key(Need.id, whole, falls=True))
MIXED = Order(Key(Need.urgency, whole, falls=True), Key(Need.quantity, whole), Key(Need.id, whole))
POSITIONS = {UP: lambda need: (need.urgency, need.id), DOWN: lambda need: (need.urgency, need.id),
             MIXED: lambda need: (need.urgency, need.quantity, need.id)}


def page_of(order, asked):
    rows = db.session.scalars(order.take(select(Need), asked, SIZE)).all()
    return order.page(rows, asked, SIZE, POSITIONS[order])


@pytest.mark.parametrize("order", list(POSITIONS), ids=["up", "down", "mixed"])
def test_every_row_is_shown_once_there_and_back(people, order):
    home = make_household()
    for number in range(11):
        make_need(home, "care", urgency=1 + number % 3, quantity=1 + number % 2)
    pages, asked = [], Asked()
    while True:
        page = page_of(order, asked)
        pages.append([need.id for need in page.rows])
        if page.after is None:
            break
        asked = Asked(after=page.after)
    keys = [tuple(-value if key.falls else value for key, value in zip(order.keys, POSITIONS[order](need), strict=True))
            for need in (db.session.get_one(Need, number) for shown in pages for number in shown)]
    assert len(keys) == 11
    assert keys == sorted(keys)
    back = [pages[-1]]
    while page.before is not None:
        page = page_of(order, Asked(before=page.before))
        back.append([need.id for need in page.rows])
    assert back[::-1] == pages


def test_the_first_page_has_nothing_before_it_and_a_short_list_nothing_after(people):
    make_need()
    page = page_of(UP, Asked())
    assert (page.before, page.after, len(page.rows)) == (None, None, 1)


@pytest.mark.slow
@pytest.mark.one_database
@pytest.mark.parametrize("text", ["", "x", "🙂", "W10", "bnVsbA", "WyJhIiwxXQ", "WzFd", "WzEsMiwzXQ", "W3RydWUsMV0"])
def test_nonsense_is_the_first_page(people, text):
    make_need()
    for asked in (Asked(after=text), Asked(before=text)):
        assert len(page_of(UP, asked).rows) == 1


@pytest.mark.one_database
def test_positions_survive_an_address():
    values = ["临城镇~\"'", 2**40, None]
    assert read_position(written_position(values)) == values
    for value in (2**31, -2**63, 1.5, True, "1", None):
        with pytest.raises(ValueError, match=r".*"):
            whole(value)
    for text in ("a\x00b", "\ud800", 3):
        with pytest.raises(ValueError, match=r".*"):
            plain(text)


def test_counting_stops_at_the_cap(people):
    for _ in range(7):
        make_need()
    found = count_to_cap(select(Need.id).order_by(Need.id), cap=4)
    assert (found, found.more) == (4, True)
    found = count_to_cap(select(Need.id), cap=7)
    assert (found, found.more) == (7, False)
    assert count_to_cap(select(Need.id).where(Need.quantity > 1)) == 0
    assert (NEAR, FAR) == (1_000, 10_000)


def test_only_more_than_the_cap_is_remembered_and_for_a_minute(people, monkeypatch):
    def count() -> tuple[int, bool, int]:
        with selects() as seen:
            found = count_to_cap(select(Need.id), cap=4, key="needs")
        return found, found.more, len(seen)

    make_need()
    assert count() == count() == (1, False, 1)
    for _ in range(4):
        make_need()
    assert count() == (4, True, 1)
    assert count() == (4, True, 0)
    monkeypatch.setattr("matching.keyset.monotonic", lambda: monotonic() + REMEMBERED_S + 1)
    assert count() == (4, True, 1)
