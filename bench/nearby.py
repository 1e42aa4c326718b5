"""While the asker is on the phone: the ten best offers for one new need, among 200,000: `python -m bench.nearby`.

On a land of 600 by 600 km, half of the offers in twenty crowded towns; each asks a little beside an offer. Processor
time of single calls, index built beforehand.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator

import numpy as np

from matching.engine import OfferFile, OfferIndex

TYPES = tuple("abcdefghij")
WARM = 100


def main() -> None:
    """Build the index, ask, print."""
    parser = argparse.ArgumentParser(prog="python -m bench.nearby", description=__doc__)
    parser.add_argument("--offers", type=int, default=200_000)
    parser.add_argument("--asked", type=int, default=5_000)
    args = parser.parse_args()
    offers, began = crowded(args.offers), time.process_time()
    index = OfferIndex(offers)
    built = time.process_time() - began
    took = np.array(list(asked(index, offers, args.asked))) * 1000
    print("\n| offers | index, processor s | calls | p50 ms | p95 ms | p99 ms |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |")
    parts = " | ".join(f"{np.percentile(took, part):.3f}" for part in (50, 95, 99))
    print(f"| {args.offers:,} | {built:.1f} | {len(took):,} | {parts} |", flush=True)


def crowded(size: int, seed: int = 3) -> OfferFile:
    """Offers that reach 1 to 30 km, most of them little."""
    rng = np.random.default_rng(seed)
    towns = (rng.random((20, 2)) * 6)[rng.integers(0, 20, size)] + rng.normal(size=(size, 2)) * 0.05
    places = np.where(rng.random((size, 1)) < 0.5, rng.random((size, 2)) * 6, towns)
    kind, capacity, accepts = (rng.integers(low, high, size).astype(np.int32)
                               for low, high in ((0, len(TYPES)), (1, 4), (-1, 2)))
    radius = np.round(1 / rng.uniform(1 / 30, 1, size), 1)
    return OfferFile(np.arange(size).astype("S7"), kind, TYPES, 28 + places[:, 0], 112 + places[:, 1], radius, capacity,
                     accepts, ("a", "b;c"))


def asked(index: OfferIndex, offers: OfferFile, times: int) -> Iterator[float]:
    """Processor seconds of each call, after some that warm up."""
    for i in range(times + WARM):
        began = time.thread_time()
        index.best(TYPES[i % len(TYPES)], offers.lat[i] + 0.001, offers.lon[i], "b")
        if i >= WARM:
            yield time.thread_time() - began


if __name__ == "__main__":
    main()
