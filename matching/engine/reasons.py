"""All reasons of a plan together: `explain_files` behind `match explain`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from matching.engine.arrays import Ints
from matching.engine.explain import (
    LeftOver,
    NearMiss,
    PairReason,
    StillOpen,
    Typed,
    left_over,
    near_misses,
    pair_reasons,
    still_open,
    typed,
)
from matching.engine.faults import FileFault
from matching.engine.files import FilePath, NeedFile, OfferFile, read_needs, read_offers
from matching.engine.pairing import pairs_file

__all__ = ["Reasons", "explain_files"]


@dataclass
class Reasons:
    """Why the best plan of two files is as it is; the files, so that rows can be named."""

    needs: NeedFile
    offers: OfferFile
    pairs: list[PairReason] = field(default_factory=list)
    open: list[StillOpen] = field(default_factory=list)
    misses: list[NearMiss] = field(default_factory=list)
    left: list[LeftOver] = field(default_factory=list)


def explain_files(needs_path: FilePath, offers_path: FilePath, pairs_path: FilePath, *,
                  near: int = 0, near_ids: Sequence[str] = ()) -> Reasons:
    """Explain the plan that `match solve` wrote for two files.

    Near misses, each of which is solved again, are looked for at the `near` open needs of the highest urgency and
    longest waiting, and at those named in `near_ids`. Raises FileFault when a file cannot be used, or when
    pairs.csv is not the best plan of these files (`other_plan`): only that one has these reasons.
    """
    needs, offers = read_needs(needs_path), read_offers(offers_path)
    markets = list(typed(needs, offers))
    if Path(pairs_path).read_bytes() != pairs_file(needs, offers, *_plan(markets)):
        raise FileFault(str(pairs_path), 0, "", "other_plan")
    found = Reasons(needs, offers)
    asked = _asked(needs, markets, near, near_ids)
    for market in markets:
        found.pairs += pair_reasons(market, needs)
        for n in np.flatnonzero(market.open).tolist():
            found.open.append(still_open(market, needs, offers, n))
            if market.needs[n] in asked:
                found.misses += near_misses(market, needs, offers, n)
        found.left += [left_over(market, offers, o) for o in np.flatnonzero(market.free).tolist()]
    found.open += [StillOpen(n, int(needs.quantity[n]), "no_offer")
                   for n in _unsolved(len(needs.ids), [m.needs for m in markets])]
    found.left += [LeftOver(o, int(offers.capacity[o]), "no_need")
                   for o in _unsolved(len(offers.ids), [m.offers for m in markets])]
    return found


def _plan(markets: Sequence[Typed]) -> tuple[Ints, Ints, Ints]:
    """Rows of needs and offers and the units of each pair, in the order of `match solve`."""
    none = [np.zeros(0, np.int64)]
    return (np.concatenate([m.needs[m.solved.given.need] for m in markets] or none),
            np.concatenate([m.offers[m.solved.given.offer] for m in markets] or none),
            np.concatenate([m.solved.given.units for m in markets] or none))


def _unsolved(size: int, rows: Sequence[Ints]) -> list[int]:
    """Rows of types that only one side knows."""
    rest = np.ones(size, np.bool_)
    for some in rows:
        rest[some] = False
    return np.flatnonzero(rest).tolist()


def _asked(needs: NeedFile, markets: Sequence[Typed], near: int, near_ids: Sequence[str]) -> set[int]:
    """Rows of the open needs whose near misses are looked for."""
    lacking = np.concatenate([m.needs[m.open > 0] for m in markets] or [np.zeros(0, np.int64)])
    ranked = lacking[np.lexsort((needs.ids[lacking], -needs.waiting_days[lacking], -needs.urgency[lacking]))]
    named = np.flatnonzero(np.isin(needs.ids, np.array([x.encode() for x in near_ids], np.bytes_)))
    return {*ranked[:near].tolist(), *named.tolist()}
