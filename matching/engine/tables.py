"""Needs and offers as the database knows them, and the plan that `plan` makes of them.

Beside the radius of the file form there are named areas, reach over the whole country, several conditions at
once, and places known only to the village, town or county: there the distance is not known, the pair is
allowed by area only, and it gets no points for closeness.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from matching.engine.arrays import Floats, Ints, Rows, Texts
from matching.engine.conditions import Codes

__all__ = ["NeedTable", "OfferTable", "Plan", "plan"]


@dataclass(frozen=True)
class NeedTable:
    """Needs, one a row, in the order of their ids (which decides between equals).

    `type` help type; `quantity` whole units > 0 still wanted; `urgency` 1-5; `waiting_days` >= 0; `lat`,
    `lon` WGS-84 degrees or NaN; `precision` "exact" where the point is the household's own, anything
    else where it is not; `area` the division code as far as it is known (2 to 12 digits, or "");
    `asks` codes that an offer must provide; `traits` what is known of the person as `group:code`.
    """

    type: Texts
    quantity: Ints
    urgency: Ints
    waiting_days: Ints
    lat: Floats
    lon: Floats
    precision: Texts
    area: Texts
    asks: Sequence[Codes]
    traits: Sequence[Codes]


@dataclass(frozen=True)
class OfferTable:
    """Offers, one a row, in the order of their ids.

    `capacity` whole units >= 0 still free; `radius_km` NaN where the offer does not reach by distance;
    `areas` division codes it names, each with all below it; `countrywide`; `provides` codes; `only_for`
    codes `group:code` (see `conditions.fits_sets`); the others as in `NeedTable`.
    """

    type: Texts
    capacity: Ints
    lat: Floats
    lon: Floats
    precision: Texts
    radius_km: Floats
    areas: Sequence[Sequence[str]]
    countrywide: NDArray[np.bool_]
    provides: Sequence[Codes]
    only_for: Sequence[Codes]


@dataclass(frozen=True)
class Plan:
    """The best plan, by pair (rows of `need`, then `offer`, rising), and what a card says about each.

    `need`, `offer` rows; `quantity` units; the score of a unit as `urgency_points` + `waiting_points` +
    `closeness_points`; `distance_m` metres, NaN where not known; `other_offer` the best scored other offer
    allowed for the need (-1: none) and `other_score` its score. By need: `allowed_offers`, how many were
    possible. By offer: `price`, the proof. `weight` <= any plan's best <= `upper_bound`; `gap` between them
    as a share of the bound (0: proven best, unless something was given up on purpose); `allowed_pairs` how many pairs
    were weighed; `fairness` what `fairness.py` says of the areas' shares, where it was asked for.
    """

    need: Rows
    offer: Rows
    quantity: Ints
    urgency_points: Ints
    waiting_points: Ints
    closeness_points: Ints
    distance_m: Floats
    other_offer: Rows
    other_score: Ints
    allowed_offers: Ints
    price: Ints
    weight: int
    upper_bound: int
    allowed_pairs: int
    fairness: dict[str, object] = field(default_factory=dict)

    @property
    def gap(self) -> float:
        return (self.upper_bound - self.weight) / max(self.upper_bound, 1)


def plan(needs: NeedTable, offers: OfferTable, excluded: tuple[Rows, Rows] | None = None, *,
         fairness: float | None = None, worth: Floats | None = None) -> Plan:
    """Find the best plan for needs and offers; `excluded` are rows (need, offer) that must not pair.

    `fairness`: the share (0 to 1) of the best sum that may be given up so that the town that is served worst is served
    better (a town: the first 9 digits of `area`; needs known less exactly have none). `worth`: what a unit of each
    offer is likely to be worth to those who come later; tonight it is given for no less (`reserve.py`). Prices and
    upper bound are those of the best plan without either. Raises ValueError for both at once.
    """
    from matching.engine.planning import best_plan  # here, so that the site starts without the compiler

    return best_plan(needs, offers, excluded, fairness, worth)
