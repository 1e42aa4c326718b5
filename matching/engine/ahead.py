"""What a unit of each offer is likely to be worth to those who come: drawn from the needs that a register was told."""

import numpy as np

from matching.engine.arrays import Floats
from matching.engine.geometry import closeness
from matching.engine.planning import allowed_pairs
from matching.engine.reserve import Needs, drawn, likely_worth
from matching.engine.scores import need_points
from matching.engine.tables import NeedTable, OfferTable

__all__ = ["weighed", "worth_ahead"]


def weighed(needs: NeedTable, offers: OfferTable) -> Needs:
    """Needs with every allowed pair and its score."""
    n, o, metres = allowed_pairs(needs, offers)
    score = need_points(needs.urgency, needs.waiting_days)[n] + closeness(metres)
    return Needs(n.astype(np.int64), o.astype(np.int64), score, needs.quantity)


def worth_ahead(told: NeedTable, offers: OfferTable, expected: int, *, samples: int = 8, seed: int = 0) -> Floats:
    """What a unit of each offer is likely to be worth to the `expected` next needs, in points.

    `told` are needs of the past, whole and as on the day when they were told. Each of the `samples` draws so many of
    them (any one several times); the same `seed` draws the same ones. 0 where nobody is likely to want the unit.
    """
    past = weighed(told, offers)
    rng = np.random.default_rng(seed)
    several = [rng.integers(0, len(told.quantity), expected) for _ in range(samples if len(told.quantity) else 0)]
    return likely_worth(offers.capacity, [drawn(past, rows) for rows in several])
