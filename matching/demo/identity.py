"""Invented numbers that nobody can have: identity numbers, telephone numbers, credit codes, bank accounts.

Identity numbers pass the checksum of GB 11643 but carry a sequence from 990 to 999; mobile numbers have
0000 in the middle; organisation codes begin with MX99. So nothing here can be a real person's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from matching.organisations.service import credit_check_character

_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_CHECK = "10X98765432"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SEQUENCES = {"male": (991, 993, 995, 997, 999), "female": (990, 992, 994, 996, 998)}
_PREFIXES = ("135", "136", "138", "139", "150", "158", "177", "187")


def identity_check(seventeen: str) -> str:
    """The check character of an identity number's first 17 digits (GB 11643)."""
    total = sum(int(digit) * weight for digit, weight in zip(seventeen, _IDENTITY_WEIGHTS, strict=True))
    return _IDENTITY_CHECK[total % 11]


def organisation_check(eight: str) -> str:
    """The check character after the eight of an organisation code (GB 11714)."""
    values = (_ORGANISATION_LETTERS.index(letter) for letter in eight)
    rest = 11 - sum(value * weight for value, weight in zip(values, _ORGANISATION_WEIGHTS, strict=True)) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


class Numbers:
    """Hands out invented numbers, none of them twice."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._used: set[str] = set()

    def identity(self, county_code: str, born_on: date, sex: str) -> tuple[str, date]:
        """An identity number and its day of birth, moved on by some days when that day's numbers are used up."""
        for later in range(366):
            day = born_on + timedelta(days=later)
            for sequence in self._rng.sample(_SEQUENCES[sex], k=5):
                seventeen = f"{county_code}{day:%Y%m%d}{sequence}"
                if seventeen not in self._used:
                    self._used.add(seventeen)
                    return seventeen + identity_check(seventeen), day
        raise ValueError("all invented identity numbers of a year are used")

    def mobile(self) -> str:
        """A mobile number with 0000 in the middle."""
        return self._new(lambda: f"{self._rng.choice(_PREFIXES)}0000{self._rng.randrange(10_000):04}")

    def landline(self) -> str:
        """A landline with the area code of Longyan."""
        return self._new(lambda: f"0597-6000{self._rng.randrange(1000):03}")

    def bank_account(self) -> str:
        """An account number of 19 digits that begins like no bank's."""
        return self._new(lambda: "0000" + "".join(str(self._rng.randrange(10)) for _ in range(15)))

    def credit_code(self, kind: str, county_code: str) -> str:
        """A unified social credit code; `kind`: its first two characters (53 foundation, 91 enterprise, …)."""
        return self._new(lambda: self._credit_code(kind, county_code))

    def _credit_code(self, kind: str, county_code: str) -> str:
        eight = f"MX99{self._rng.randrange(10_000):04}"
        seventeen = kind + county_code + eight + organisation_check(eight)
        return seventeen + credit_check_character(seventeen)

    def _new(self, draw: Callable[[], str]) -> str:
        for _ in range(10_000):
            number = draw()
            if number not in self._used:
                self._used.add(number)
                return number
        raise ValueError("all invented numbers of this kind are used")
