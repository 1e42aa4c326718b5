"""What a unit on a pair is worth: ``100 * urgency + min(waiting_days, 300) + closeness``.

A level of urgency weighs as much as 100 days of waiting or 15 km; closeness is in `geometry`.
"""

from dataclasses import dataclass

import numpy as np

from matching.engine.arrays import Ints, Rows

__all__ = ["URGENCY_POINTS", "Weights", "need_points", "waiting_points"]

URGENCY_POINTS = 100
LONGEST_WAIT_DAYS = 300


@dataclass(frozen=True)
class Weights:
    """Other points, to ask "what if": whole numbers from 0 to 10,000 for a level of urgency, for a day of waiting (300
    days at most), and for 150 metres nearer (within 30 km). Without arguments they are those in force."""

    urgency: int = URGENCY_POINTS
    waiting: int = 1
    closeness: int = 1

    def need_points(self, urgency: Rows | Ints, waiting_days: Rows | Ints) -> Ints:
        """The part of the score that does not depend on the offer."""
        return self.urgency * urgency.astype(np.int64) + self.waiting * waiting_points(waiting_days)


def waiting_points(waiting_days: Rows | Ints) -> Ints:
    """One point a day, at most 300."""
    return np.minimum(waiting_days, LONGEST_WAIT_DAYS).astype(np.int64)


def need_points(urgency: Rows | Ints, waiting_days: Rows | Ints) -> Ints:
    """The part of the score that does not depend on the offer."""
    return URGENCY_POINTS * urgency + waiting_points(waiting_days)
