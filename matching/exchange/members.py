"""Turns one person's row into a MemberRow."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from matching.exchange.cells import Cell, amount_fen, read_date, split, squeezed, text
from matching.exchange.headers import unit_of_header
from matching.exchange.identity import IdentityReading, birth_on, masked, read_identity, read_phone, sex_of
from matching.exchange.listed import listed_people
from matching.exchange.register import Faults, MemberRow
from matching.exchange.sheets import Column, Row
from matching.exchange.vocabulary import is_nothing, lexicon

__all__ = ["code_or_text", "identity_of", "read_member", "read_others"]

CERTIFICATE_KINDS = {"1": "sight", "2": "hearing", "3": "speech", "4": "limb", "5": "intellect", "6": "mental",
                     "7": "multiple"}


def read_others(row: Row, column: Column | None, faults: Faults) -> list[MemberRow]:
    """Further people of a household who stand in one cell: 王桂（妻）3603…；李强（子） or 王桂、李强."""
    written = text(row.at(column))
    if column is None or is_nothing(written):
        return []
    people = []
    for name, relation, number in listed_people(written):
        identity = read_identity(number) if number else IdentityReading()
        if identity.fault:
            faults.warn(row.number, "others", identity.fault, masked(number))
        known = identity.number
        people.append(MemberRow(
            row=row.number, name=name, relation=relation, identity_number=known, certificate=identity.certificate,
            born_on=birth_on(known) if known else None, sex=sex_of(known) if known else ""))
    return people


def code_or_text(field: str, cell: Cell) -> str:
    """The code of a word, the word itself where no code is known, empty for nothing."""
    written = text(cell)
    found = lexicon(field).find(written)
    return found or ("" if is_nothing(written) else written)


def identity_of(row: Row, columns: Mapping[str, Column]) -> IdentityReading:
    """The identity number or certificate of a row; nothing and no fault when the register has no such column."""
    return read_identity(row.at(columns["id"])) if "id" in columns else IdentityReading()


def read_member(row: Row, columns: Mapping[str, Column], faults: Faults) -> MemberRow:
    """One person; every value that is left empty or repaired is noted in `faults`."""
    at = {field: row.at(column) for field, column in columns.items()}
    identity = identity_of(row, columns)
    if identity.fault:
        faults.warn(row.number, "id", identity.fault, masked(text(at["id"])))
    name = squeezed(at.get("name"))
    if not name:
        faults.warn(row.number, "name", "name_missing")
    if "phone" in columns and columns["phone"].index in row.inherited:
        at["phone"] = None  # one number for several people is the household's: whoever stands first has it
    phone = read_phone(at.get("phone"))
    if phone.fault:
        faults.warn(row.number, "phone", phone.fault, masked(text(at["phone"])))
    number = identity.number
    certificate = identity.certificate or _certificate(at.get("certificate"), number)
    grade = lexicon("level").find(text(at.get("disgrade")))
    kind = code_or_text("distype", at.get("distype"))
    return MemberRow(
        row=row.number, name=name, relation=code_or_text("rel", at.get("rel")), identity_number=number,
        certificate=certificate, phone=phone.number, phone_kind=phone.kind,
        illness="" if is_nothing(text(at.get("illness"))) else text(at.get("illness")),
        born_on=birth_on(number) if number else _birthday(at.get("birth")),
        sex=sex_of(number) if number else lexicon("sex").find(text(at.get("sex"))) or "",
        health=code_or_text("health", at.get("health")),
        disability_kind=kind or (CERTIFICATE_KINDS[certificate[18]] if certificate else ""),
        disability_grade=int(grade) if grade else int(certificate[19]) if certificate else None,
        work_ability=_work(at.get("work")), employment=code_or_text("job", at.get("job")),
        school_stage=code_or_text("stage", at.get("stage")), child_kind=code_or_text("child", at.get("child")),
        monthly_income_fen=_income(row, columns, faults), policies=policies(at.get("gets")),
        bank_account=squeezed(at.get("bank")))


def _certificate(cell: Cell, number: str | None) -> str | None:
    """The disability certificate of a column of its own, when it is this person's."""
    reading = read_identity(cell)
    return reading.certificate if number is None or reading.number == number else None


def _work(cell: Cell) -> str:
    """Ability to work; here 无 is a word of its own: none."""
    return lexicon("work").find(text(cell)) or text(cell)


def _birthday(cell: Cell) -> date | None:
    reading = read_date(cell)
    return reading.on if reading.has_day else None


def _income(row: Row, columns: Mapping[str, Column], faults: Faults) -> int | None:
    """Monthly income in fen; 无 is 0, an empty cell is None, an unreadable one None with a warning."""
    column = columns.get("income")
    written = text(row.at(column))
    if column is None or (is_nothing(written) and written not in ("无", "没有", "暂无")):
        return None
    if is_nothing(written):
        return 0
    scale, months = unit_of_header(column.header)
    amount = amount_fen(row.at(column), scale=scale, months=months)
    if amount is None:
        faults.warn(row.number, "income", "income_unknown", written)
    return amount


def policies(cell: Cell) -> tuple[str, ...]:
    """Codes of the policies that a person receives, in the order of the cell, each once."""
    codes = [code for part in split(text(cell)) if not is_nothing(part)
             for code in (lexicon("policy").find(part) or part).split("+")]
    return tuple(dict.fromkeys(codes))
