"""The code that an asker keeps: long enough that nobody guesses one, plain enough to be read out on the telephone."""

from __future__ import annotations

import secrets
import unicodedata

from matching.crypto import normalised

__all__ = ["ALPHABET", "LENGTH", "digits", "new_code", "plain_code", "written_code"]

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O and U, which are mistaken for 1, 1, 0 and V."""
LENGTH = 12
"""60 random bits."""
_MISREAD = str.maketrans("ILO", "110")


def new_code() -> str:
    """A fresh code of `LENGTH` characters."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def plain_code(written: str) -> str:
    """A code as somebody typed it: blanks and hyphens dropped, capitals, I and L read as 1, O as 0."""
    return normalised(written).translate(_MISREAD)


def digits(written: str | None) -> str:
    """The last digits of a telephone as a machine writes them, full-width ones folded."""
    return unicodedata.normalize("NFKC", written or "").strip()


def written_code(code: str) -> str:
    """A code as it is shown: 7K4M-29QX-B3HD."""
    return "-".join(code[start:start + 4] for start in range(0, len(code), 4))
