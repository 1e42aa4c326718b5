"""The county that a register belongs to, as far as reading needs it: its towns and how people write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from matching.exchange.vocabulary import plain
from matching.places.names import match_name, town_core

__all__ = ["County"]


@dataclass(frozen=True, slots=True)
class County:
    """A county with its towns (9-digit code → official name); `above`: province and city, outermost first.

    `own`: the area that rows belong to which name no town: the reach of the officer who brings the register.
    """

    code: str
    name: str
    towns: Mapping[str, str]
    above: tuple[str, ...] = ()
    own: str = ""
    _known: dict[str, str | None] = field(default_factory=dict, compare=False, repr=False)
    _plain: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    def town(self, written: str) -> str | None:
        """Code of the one town that a name or a code means, else None."""
        if written not in self._known:
            self._known[written] = self._find(written)
        return self._known[written]

    def _find(self, written: str) -> str | None:
        if re.fullmatch(r"\d{9}(\d{3})?", written):
            return written[:9] if written[:9] in self.towns else None
        if not plain(written):
            return None
        return match_name(written, self.towns, town_core, in_front=(*self.above, self.name))

    def town_in(self, address: str) -> str | None:
        """Code of the town that an address names, else None; the longest name wins, a tie is no answer."""
        return self.parted(address)[0]

    def parted(self, written: str) -> tuple[str | None, str]:
        """(town, what follows its name) of 双溪镇坳下村3组; (None, written) when no town is named."""
        if not self._plain:
            self._plain.update({code: plain(name) for code, name in self.towns.items()})
        folded = plain(written)
        found = sorted(((len(name), code) for code, name in self._plain.items() if name in folded), reverse=True)
        if not found or (len(found) > 1 and found[0][0] == found[1][0]):
            return None, folded
        return found[0][1], folded.partition(self._plain[found[0][1]])[2]
