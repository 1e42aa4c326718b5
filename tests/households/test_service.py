"""Units of needs, numbers and ages."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.errors import Invalid
from matching.extensions import db
from matching.households.service import give_back_need, take_need
from matching.households.service_files import age_on, identity_number, sex_of, telephone
from tests.factories import make_need
from tests.households.numbers import identity


def test_units_are_held_up_to_the_quantity_and_given_back(people):
    need = make_need(quantity=3)
    assert take_need(need.id, 2)
    assert not take_need(need.id, 2)
    assert need.given == 2
    assert take_need(need.id, 1)
    assert need.given == 3
    assert not give_back_need(need.id, 4)
    assert give_back_need(need.id, 3)
    assert need.given == 0
    assert not take_need(0, 1)


def test_a_need_that_is_not_open_is_not_given(people):
    assert not take_need(make_need(status="withdrawn").id, 1)


def test_giving_back_opens_a_met_need_and_leaves_a_withdrawn_one(people):
    met, withdrawn = make_need(given=1, status="met"), make_need(given=1, status="withdrawn")
    assert give_back_need(met.id, 1)
    assert give_back_need(withdrawn.id, 1)
    assert (met.status, withdrawn.status) == ("open", "withdrawn")


def take_at_once(app, take, row_id: int, askers: int) -> int:
    """Let `askers` threads take one unit each at the same moment; how many got one."""
    start, taken = threading.Barrier(askers), []

    def ask() -> None:
        with app.app_context():
            start.wait()
            taken.append(take(row_id))
            db.session.commit()

    threads = [threading.Thread(target=ask) for _ in range(askers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(taken)


def test_of_twelve_who_ask_at_once_five_get_a_unit(app, people):
    need = make_need(quantity=5)
    need_id = need.id
    db.session.commit()
    assert take_at_once(app, lambda row_id: take_need(row_id, 1), need_id, 12) == 5
    db.session.expire_all()
    assert need.given == 5


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(990, 999))
@pytest.mark.slow
def test_every_well_made_number_is_read(born, sequence):
    number = identity(f"{born:%Y%m%d}", str(sequence))
    assert identity_number(f" {number.lower()} ") == number
    assert sex_of(number) == ("male" if sequence % 2 else "female")


def test_one_wrong_digit_is_always_noticed(app):
    number = identity()
    with app.test_request_context():
        for position in range(17):
            for shift in range(1, 10):
                wrong = number[:position] + str((int(number[position]) + shift) % 10) + number[position + 1:]
                with pytest.raises(Invalid):
                    identity_number(wrong)


@pytest.mark.parametrize(("written", "read"), [
    ("137 0000 8123", "13700008123"), ("+86 137-0000-8123", "13700008123"), ("０７９５-３５６１２３４", "07953561234"),
    ("010 6552 1234", "01065521234")])
def test_telephones_have_one_form(written, read):
    assert telephone(written) == read


def test_a_birthday_counts_on_its_day():
    assert age_on(date(1966, 11, 23), date(2026, 11, 22)) == 59
    assert age_on(date(1966, 11, 22), date(2026, 11, 22)) == 60
    assert age_on(None, date(2026, 11, 22)) is None
