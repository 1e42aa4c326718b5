"""Identity numbers, certificates, credit codes and telephones: read, checked, never guessed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.exchange.cells import Cell
from matching.exchange.identity import (
    birth_on,
    credit_code_fits,
    identity_fits,
    masked,
    read_credit_code,
    read_identity,
    read_phone,
    sex_of,
)
from tests.exchange.registers import identity

GOOD = identity("360302", "19660611", 990)


@pytest.mark.parametrize("written", [
    GOOD, f" {GOOD} ", f"{GOOD[:6]} {GOOD[6:14]} {GOOD[14:]}",
    GOOD.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    f"'{GOOD}", f"{GOOD[:6]}-{GOOD[6:14]}-{GOOD[14:]}"])
def test_blanks_full_width_and_hyphens_do_no_harm(written: str) -> None:
    assert read_identity(written).number == GOOD
    assert not read_identity(written).fault


def test_a_small_x_is_a_check_digit() -> None:
    with_x = next(number for n in range(1, 29) if (number := identity("360302", f"196606{n:02}", 991)).endswith("X"))
    assert read_identity(with_x.lower()).number == read_identity(with_x.replace("X", "Ｘ")).number == with_x


def test_a_certificate_holds_the_number() -> None:
    reading = read_identity(f"{GOOD}42")
    assert (reading.number, reading.certificate, reading.fault) == (GOOD, f"{GOOD}42", "")
    assert read_identity(f"{GOOD}92").fault == "id_long"  # there is no ninth kind of disability


@pytest.mark.parametrize(("written", "fault"), [
    ("", "id_missing"), ("无", "id_missing"), ("/", "id_missing"), (3.60302197407279e17, "id_float"),
    ("3.60302E+17", "id_float"), (f"{GOOD[:15]}000", "id_float"), (GOOD[:9] + GOOD[10:], "id_short"),
    ("362421680512123", "id_short"), (GOOD[:10] + "1345" + GOOD[14:], "id_bad_date"),
    (GOOD[:17] + ("1" if GOOD[17] != "1" else "2"), "id_checksum"), (GOOD + "1", "id_long")])
def test_faulty_numbers_are_left_empty(written: Cell, fault: str) -> None:
    reading = read_identity(written)
    assert (reading.number, reading.certificate, reading.fault) == (None, None, fault)


def test_a_letter_is_repaired_only_when_the_number_then_fits() -> None:
    reading = read_identity(GOOD.replace("0", "O", 1))
    assert (reading.number, reading.fault, reading.repaired) == (GOOD, "id_letter_o", True)
    wrong = (GOOD[:17] + ("1" if GOOD[17] != "1" else "2")).replace("0", "O", 1)
    assert (read_identity(wrong).number, read_identity(wrong).fault) == (None, "id_letter_o")


@pytest.mark.slow
@given(st.dates(date(1930, 1, 1), date(2025, 1, 1)), st.integers(990, 999), st.integers(0, 16), st.integers(1, 9))
def test_any_one_wrong_digit_is_noticed(born: date, sequence: int, place: int, shift: int) -> None:
    good = identity("360302", born.strftime("%Y%m%d"), sequence)
    assert identity_fits(good)
    assert birth_on(good) == born
    assert sex_of(good) == ("male" if sequence % 2 else "female")
    wrong = good[:place] + str((int(good[place]) + shift) % 10) + good[place + 1:]
    assert read_identity(wrong).number is None


@pytest.mark.parametrize(("written", "number", "kind"), [
    ("13700002383", "13700002383", "mobile"), (13700002383.0, "13700002383", "mobile"),
    ("+8613700002383", "13700002383", "mobile"), ("0086-137 0000 2383", "13700002383", "mobile"),
    ("１３７００００２３８３", "13700002383", "mobile"), ("137-0000-2383", "13700002383", "mobile"),
    ("0799-6002794", "0799-6002794", "landline"), ("(0799)6002794", "0799-6002794", "landline"),
    ("0595 60007848", "0595-60007848", "landline"), ("6002794", "6002794", "landline"),
    ("13700002383/13700002384", "13700002383", "mobile"), ("", None, ""), ("无", None, ""), ("/", None, "")])
def test_telephones_in_every_notation(written: Cell, number: str | None, kind: str) -> None:
    reading = read_phone(written)
    assert (reading.number, reading.kind, reading.fault) == (number, kind, "")


@pytest.mark.parametrize(("written", "number", "fault"), [
    ("1370000238", None, "phone_short"), ("137O0002383", "13700002383", "phone_letter"),
    ("137000023833", None, "phone_unknown"), ("打村里电话", None, "phone_unknown"), ("12", None, "phone_short")])
def test_faulty_telephones(written: str, number: str | None, fault: str) -> None:
    assert (read_phone(written).number, read_phone(written).fault) == (number, fault)


def test_credit_codes() -> None:
    assert credit_code_fits("53360302MX9902297W")
    assert read_credit_code(" 53360302mx9902297w") == ("53360302MX9902297W", "")
    assert read_credit_code("53360302MX9902297A") == (None, "credit_code_invalid")
    assert read_credit_code("53360302MX99022") == (None, "credit_code_invalid")
    assert read_credit_code("") == (None, "")


@pytest.mark.slow
@given(st.text(max_size=30))
def test_a_mask_shows_at_most_the_last_four(value: str) -> None:
    shown = masked(value)
    assert len(shown) == len(value)
    hidden = len(value) - min(4, len(value) // 3)
    assert shown[:hidden] == "*" * hidden
