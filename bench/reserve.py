"""A year of needs on the demo county, one night after the other: `python -m bench.reserve [--years 3] [--samples 8]`.

The demo's own needs are the register. A year's arrivals are drawn from it, each on a day of its own; what is not given
within a month lapses. Stock is the demo's and does not grow; units are worth urgency and closeness, as in the contract.

* first-come: who comes is given the best that is left, at once;
* nightly: the best plan of each night by itself;
* reserve: each night's best plan, units given only for more than they are likely to be worth to those who come until
  the year ends, as samples from the register say (`matching/engine/reserve.py`);
* hindsight: the best plan of the whole year, known beforehand. Nobody can do better.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.demo import demo_tables
from matching.engine import NeedTable, OfferTable, assign
from matching.engine.ahead import weighed
from matching.engine.reserve import Needs, drawn, likely_worth, with_reserve

Ints = NDArray[np.int64]
DAYS, PATIENCE, URGENT = 365, 30, 4


class Register(NamedTuple):
    """Needs of the demo county with their allowed pairs, the urgency of each, and the stock of each offer."""

    needs: Needs
    urgency: Ints
    have: Ints


class Year(NamedTuple):
    """Who comes on which day: rows of the register, days rising."""

    row: Ints
    day: Ints


Night = Callable[[int, Needs, Ints], Ints]
"""Units by pair: the day, who is waiting in the order of coming, what is left."""


def main() -> None:
    """Draw the register and years, play each in each way, print shares of the hindsight optimum."""
    args = _arguments()
    register = _register(*demo_tables())
    needs, have = register.needs, register.have
    print(f"\n{len(needs.want)} needs in the register, {len(have)} offers; {args.years} years each, "
          f"{args.samples} samples a night\n")
    print("| come, times the register | way | of the hindsight optimum | urgent needs' part of it | processor s |")
    print("| ---: | --- | ---: | ---: | ---: |")
    for pressure in args.pressure:
        size = int(pressure * len(needs.want))
        sums: dict[str, NDArray[np.float64]] = {}
        for year in range(args.years):
            for way, *found in _played(register, size, args.samples, args.seed + year):
                sums[way] = sums.get(way, np.zeros(3)) + found
        for way, (worth, urgent, took) in sums.items():
            best = sums["hindsight"]
            shares = f"{worth / best[0]:.2%} | {urgent / best[1]:.2%}"
            print(f"| {pressure:g} | {way} | {shares} | {took / args.years:.1f} |", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.reserve", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--years", type=int, default=3)
    parser.add_argument("--samples", type=int, default=8)
    parser.add_argument("--pressure", type=float, nargs="+", default=[1.0, 2.0, 4.0])
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _played(register: Register, size: int, samples: int, seed: int) -> list[tuple[str, int, int, float]]:
    """Each way's worth, that of urgent needs, and processor seconds, in one year."""
    rng = np.random.default_rng(seed)
    year = _year(rng, register, size, 0)
    every = drawn(register.needs, year.row)

    def nightly(_day: int, tonight: Needs, left: Ints) -> Ints:
        return assign(*tonight, left).quantity

    def reserve(day: int, tonight: Needs, left: Ints) -> Ints:
        to_come = [_year(rng, register, size * (DAYS - 1 - day) // DAYS, day + 1).row for _ in range(samples)]
        worth = likely_worth(left, [drawn(register.needs, rows) for rows in to_come])
        return with_reserve(tonight, left, worth).quantity

    found = []
    ways: dict[str, Night | None] = {"first-come": _in_turn, "nightly": nightly, "reserve": reserve, "hindsight": None}
    for way, night in ways.items():
        began = time.process_time()
        units = assign(*every, register.have).quantity if night is None else _nights(register, year, every, night)
        worth = units * every.score
        urgent = register.urgency[year.row][every.need] >= URGENT
        found.append((way, int(worth.sum()), int(worth[urgent].sum()), time.process_time() - began))
    return found


def _year(rng: np.random.Generator, register: Register, size: int, first: int) -> Year:
    """So many needs from the register, on days from `first` on."""
    days = np.sort(rng.integers(first, DAYS, size)) if size else np.zeros(0, np.int64)
    return Year(rng.integers(0, len(register.needs.want), size), days)


def _nights(register: Register, year: Year, every: Needs, night: Night) -> Ints:
    """Units by pair of the whole year when each night is planned in its turn."""
    left, lacks = register.have.copy(), every.want.copy()
    units = np.zeros(len(every.need), np.int64)
    for day in range(DAYS):
        there = (year.day <= day) & (year.day > day - PATIENCE) & (lacks > 0)
        pairs = np.flatnonzero(there[every.need])
        if not len(pairs):
            continue
        row = np.cumsum(there) - 1
        given = night(day, Needs(row[every.need[pairs]], every.offer[pairs], every.score[pairs], lacks[there]), left)
        units[pairs] += given
        np.subtract.at(left, every.offer[pairs], given)
        np.subtract.at(lacks, every.need[pairs], given)
    return units


def _in_turn(_day: int, tonight: Needs, left: Ints) -> Ints:
    """Who came first takes the best scored offers that are left."""
    units, lacks, rest = np.zeros(len(tonight.need), np.int64), tonight.want.copy(), left.copy()
    for k in np.lexsort((-tonight.score, tonight.need)).tolist():
        units[k] = min(lacks[tonight.need[k]], rest[tonight.offer[k]])
        lacks[tonight.need[k]] -= units[k]
        rest[tonight.offer[k]] -= units[k]
    return units


def _register(needs: NeedTable, offers: OfferTable) -> Register:
    return Register(weighed(needs, offers), needs.urgency, offers.capacity)


if __name__ == "__main__":
    main()
