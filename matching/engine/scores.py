"""What a unit on a pair is worth: ``100 * urgency + min(waiting_days, 300) + closeness``.

A level of urgency weighs as much as 100 days of waiting or 15 km; closeness is in `geometry`.
"""

import numpy as np

from matching.engine.arrays import Ints, Rows

__all__ = ["URGENCY_POINTS", "need_points", "waiting_points"]

URGENCY_POINTS = 100
LONGEST_WAIT_DAYS = 300


def waiting_points(waiting_days: Rows | Ints) -> Ints:
    """One point a day, at most 300."""
    return np.minimum(waiting_days, LONGEST_WAIT_DAYS).astype(np.int64)


def need_points(urgency: Rows | Ints, waiting_days: Rows | Ints) -> Ints:
    """The part of the score that does not depend on the offer."""
    return URGENCY_POINTS * urgency + waiting_points(waiting_days)
