"""Several people in one cell: 王桂（妻）3603…；李强（子）, or only 王桂、李强."""

from __future__ import annotations

import re

from matching.exchange.vocabulary import lexicon

__all__ = ["is_list_of_people", "listed_people"]

_PARTED = re.compile(r"[;；\n。|]+")
_LISTED = re.compile(r"[、,，\s]+")
_WORD = re.compile(r"[㐀-鿿\U00020000-\U0003134f·]+")
_NUMBER = re.compile(r"\d{15,17}[\dXx]?")


def listed_people(written: str) -> list[tuple[str, str, str]]:
    """(name, code of the relation, number as written) of each person that a cell names."""
    parts = [part for part in _PARTED.split(written) if part.strip()]
    if len(parts) == 1 and len(_NUMBER.findall(written)) != 1:
        parts = [part for part in _LISTED.split(written) if part.strip()]
    found = []
    for part in parts:
        number, words = _NUMBER.search(part), _WORD.findall(part)
        relation = next((code for word in words if (code := lexicon("rel").exact(word))), "")
        names = [word for word in words if not lexicon("rel").exact(word) and 2 <= len(word) <= 12]
        if names:
            found.append((names[0], relation, number[0] if number else ""))
    return found


def is_list_of_people(written: str) -> bool:
    """Whether a cell names several people, or one with relation or number."""
    found = listed_people(written)
    return len(found) > 1 or any(relation or number for _, relation, number in found)
