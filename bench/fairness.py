"""What the worst-served town gains for how much of the best sum: `python -m bench.fairness [--sizes 10k 100k 1m]`.

On the demo county and on the invented counties of `bench`. Each plan is the fairest of all that give up no more, so
"no plan above" is the same up to the last unit. Towns that cannot have more of the offers there are do not hold up the
others; both worst shares are shown. Without --sizes BENCH_SIZES says which (docs/configuration.md).
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from bench.county import write_county
from bench.demo import demo_tables
from matching.engine import pair_files, plan

SIZES = {"10k": (10_000, 2_000), "100k": (100_000, 20_000), "1m": (1_000_000, 200_000)}
GIVE_UP = (0.005, 0.02, 0.05)
LARGE = "1m"
"""Where only the first share is tried: a plan takes a minute."""


def main() -> None:
    """Make the markets, plan each with each share that may be given up, print a table."""
    parser = argparse.ArgumentParser(prog="python -m bench.fairness", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    given = [size for size in os.environ.get("BENCH_SIZES", " ".join(SIZES)).split() if size in SIZES]
    parser.add_argument("--sizes", nargs="*", choices=SIZES, default=given)
    sizes = parser.parse_args().sizes
    print("\n| market | may give up | gives up | worst town, before | after | no plan above "
          "| towns that cannot have more | worst of the others, after | processor s |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    needs, offers = demo_tables()

    def on_the_demo(share: float) -> Mapping[str, Any]:
        made = plan(needs, offers, fairness=share)
        return {**made.fairness, "weight": made.weight}

    _print(f"demo county, {len(needs.quantity)} needs", on_the_demo, GIVE_UP)
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        for size in sizes:
            folder = Path(scratch) / size
            files = write_county(folder, *SIZES[size], seed=1)
            _print(f"{SIZES[size][0]:,} needs", partial(_of_files, *files), GIVE_UP[:1] if size == LARGE else GIVE_UP)


def _of_files(needs: Path, offers: Path, share: float) -> Mapping[str, Any]:
    return pair_files(needs, offers, needs.with_name("pairs.csv"), fairness=share)


def _print(market: str, made: Callable[[float], Mapping[str, Any]], shares: Sequence[float]) -> None:
    for share in shares:
        began = time.process_time()
        said = made(share)
        took, towns = time.process_time() - began, len(said["areas_at_most"])
        others = f"{said['others_worst_share']:.1%}" if said["others_worst_share"] < 1 else "none left"
        print(f"| {market} | {share:.1%} | {1 - said['weight'] / max(said['best_weight'], 1):.2%} | "
              f"{said['worst_share_before']:.1%} | {said['worst_share']:.1%} | {said['worst_share_bound']:.1%} | "
              f"{towns} | {others} | {took:.1f} |", flush=True)


if __name__ == "__main__":
    main()
