"""Which kinds of needs and offers suit each other.

Needs with equal conditions are of one kind, and so are offers; whether two kinds suit each other is
decided once, in a table, however many pairs there are.
"""

from collections.abc import Hashable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.engine.arrays import Rows

__all__ = ["Codes", "fits_lists", "fits_sets", "kinds"]

Codes = frozenset[str]
Kind = TypeVar("Kind", bound=Hashable)


def kinds(given: Sequence[Kind]) -> tuple[Rows, list[Kind]]:
    """Number equal things alike: the number of each, and the thing of each number."""
    number: dict[Kind, int] = {}
    rows = np.array([number.setdefault(x, len(number)) for x in given], dtype=np.int32)
    return rows, list(number)


def fits_sets(needs: Sequence[tuple[Codes, Codes]], offers: Sequence[tuple[Codes, Codes]]) -> NDArray[np.bool_]:
    """Table [need, offer] of kinds ``(asks, traits)`` and ``(provides, only_for)``.

    An offer suits a need when it provides all that the need asks, and when in each group that it is only
    for, the need's known traits include one that it names; traits are written ``group:code``, and a
    group of which nothing is known forbids nothing.
    """
    table = np.zeros((len(needs), len(offers)), np.bool_)
    groups = [_by_group(only_for) for _, only_for in offers]
    for i, (asks, traits) in enumerate(needs):
        known = _by_group(traits)
        for j, (provides, _) in enumerate(offers):
            table[i, j] = asks <= provides and all(
                known[group] & codes for group, codes in groups[j].items() if group in known)
    return table


def fits_lists(attrs: Sequence[str], lists: Sequence[str]) -> NDArray[np.bool_]:
    """Table [attr, list] of the file form: nothing asked, anything accepted, or the one in the other."""
    table = np.zeros((len(attrs), len(lists)), np.bool_)
    place = {attr: i for i, attr in enumerate(attrs)}
    for j, accepts in enumerate(lists):
        found = [place[code] for code in accepts.split(";") if code in place]
        table[found, j] = True
        table[:, j] |= not accepts
    if "" in place:
        table[place[""], :] = True
    return table


def _by_group(codes: Codes) -> dict[str, set[str]]:
    groups: dict[str, set[str]] = {}
    for code in codes:
        groups.setdefault(code.partition(":")[0], set()).add(code)
    return groups
