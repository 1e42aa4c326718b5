"""Identity numbers, disability certificates, credit codes and telephone numbers: read, checked, never guessed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import mul

from matching.exchange.cells import Cell, text
from matching.exchange.vocabulary import is_nothing

__all__ = ["IdentityReading", "PhoneReading", "birth_on", "credit_code_fits", "identity_fits", "masked",
           "read_credit_code", "read_identity", "read_phone", "sex_of"]

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_SCIENTIFIC = re.compile(r"^\d(?:\.\d+)?E\+?\d{2}$")
_MARKS = re.compile(r"[\s\-·.'‘’`\"​]+")
_SHAPE = re.compile(r"\d{17}[\dX]")
_MISREAD = re.compile("[OIL]")
_CERTIFICATE = re.compile(r"^(\d{17}[\dX])([1-7])([1-4])(?:B\d)?$")
_MOBILE = re.compile(r"^1[3-9]\d{9}$")
_LANDLINE = re.compile(r"^(0\d{2,3})?-?([2-8]\d{6,7})(?:(?:-|转|EXT)\d{1,6})?$")


@dataclass(frozen=True, slots=True)
class IdentityReading:
    """What an identity cell holds. `repaired`: `number` is certain although the cell had `fault`."""

    number: str | None = None
    certificate: str | None = None
    fault: str = ""
    repaired: bool = False


@dataclass(frozen=True, slots=True)
class PhoneReading:
    """A telephone number; `kind` is `mobile`, `landline` or empty."""

    number: str | None = None
    kind: str = ""
    fault: str = ""
    repaired: bool = False


def identity_fits(number: str) -> bool:
    """Whether the check digit of an 18-character identity number is right (GB 11643-1999)."""
    return number[17] == _CHECK[sum(map(mul, map(int, number[:17]), _WEIGHTS)) % 11]


def birth_on(number: str) -> date | None:
    """The birthday in an identity number, or None when there is no such day."""
    try:
        day = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return day if 1880 <= day.year <= 2100 else None


def sex_of(number: str) -> str:
    """`male` or `female`, as the seventeenth digit of an identity number says."""
    return "male" if int(number[16]) % 2 else "female"


@lru_cache(maxsize=8)  # a row asks for its own several times
def read_identity(cell: Cell) -> IdentityReading:
    """Read an identity number or a disability certificate (identity number + kind + grade).

    Faults: id_missing, id_float (digits lost in a number cell), id_letter_o (repaired when the repaired
    number fits), id_short, id_long, id_bad_date, id_checksum.
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= 1e15:
        return IdentityReading(fault="id_float")
    told = text(cell).upper()
    written = _MARKS.sub("", told)
    if is_nothing(written):
        return IdentityReading(fault="id_missing")
    if "E" in told and _SCIENTIFIC.match(re.sub(r"\s+", "", told)):
        return IdentityReading(fault="id_float")
    if _MISREAD.search(written):
        repaired = _checked(written.translate(str.maketrans("OIL", "011")))
        if repaired.number and not repaired.fault:
            return IdentityReading(repaired.number, repaired.certificate, "id_letter_o", True)
        return IdentityReading(fault="id_letter_o")
    return _checked(written)


def _checked(written: str) -> IdentityReading:
    certificate = None
    if match := _CERTIFICATE.match(written):
        written, certificate = match[1], match[0]
    if not _SHAPE.fullmatch(written):
        return IdentityReading(fault="id_long" if len(written) > 18 else "id_short")
    if birth_on(written) is None:
        return IdentityReading(fault="id_bad_date")
    if not identity_fits(written):
        lost_digits = written.endswith("000") and certificate is None
        return IdentityReading(fault="id_float" if lost_digits else "id_checksum")
    return IdentityReading(written, certificate)


def read_phone(cell: Cell) -> PhoneReading:
    """Read a mobile or landline number; +86, blanks, hyphens and full-width digits are fine.

    Faults: phone_letter (repaired when the repaired number fits), phone_short, phone_unknown.
    """
    first = re.split(r"[/、,，;；|\n]| 或 ", text(cell))[0]
    written = re.sub(r"[\s()]+", "", unicodedata.normalize("NFKC", first)).upper()
    if is_nothing(written):
        return PhoneReading()
    if _MISREAD.search(written):
        repaired = _phone(written.translate(str.maketrans("OIL", "011")))
        if repaired.kind:
            return PhoneReading(repaired.number, repaired.kind, "phone_letter", True)
    return _phone(written)


def _phone(written: str) -> PhoneReading:
    bare = re.sub(r"^(?:\+|00)?86-?(?=[01])", "", written)
    compact = bare.replace("-", "").removeprefix("0") if re.match(r"^0?1[3-9]", bare) else bare.replace("-", "")
    if _MOBILE.match(compact):
        return PhoneReading(compact, "mobile")
    if match := _LANDLINE.match(bare):
        return PhoneReading(f"{match[1]}-{match[2]}" if match[1] else match[2], "landline")
    digits = re.sub(r"\D", "", bare)
    return PhoneReading(fault="phone_short" if digits and len(digits) < 11 else "phone_unknown")


def credit_code_fits(code: str) -> bool:
    """Whether a unified social credit code has the right form and check character (GB 32100-2015)."""
    if not re.fullmatch(f"[{_CREDIT}]{{18}}", code):
        return False
    total = sum(_CREDIT.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17]))
    return code[17] == _CREDIT[(31 - total % 31) % 31]


def read_credit_code(cell: Cell) -> tuple[str | None, str]:
    """A credit code and an empty fault, or None and `credit_code_invalid`; both empty for an empty cell."""
    written = re.sub(r"[\s\-]+", "", text(cell)).upper()
    if is_nothing(written):
        return None, ""
    return (written, "") if credit_code_fits(written) else (None, "credit_code_invalid")


def masked(value: str) -> str:
    """A personal value as messages may show it: at most the last four characters, never half of a short one."""
    kept = min(4, len(value) // 3)
    return "*" * (len(value) - kept) + value[len(value) - kept:]
