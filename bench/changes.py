"""A night's changes, settled from the last prices and from the beginning, side by side on the same rows.

`python -m bench.changes [--sizes 10k 100k 1m] [--share 0.01]`: a share of the needs move and get another urgency, a
share of the offers reach otherwise. Reading files is left out, all else is in. Each is done several times in turn.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from bench.county import write_county
from matching.engine.files import NeedFile, OfferFile, read_needs, read_offers
from matching.engine.pairing import solve_files
from matching.engine.standing_files import stand_files

SIZES = {"10k": (10_000, 2_000), "100k": (100_000, 20_000), "1m": (1_000_000, 200_000)}
TIMES = 5
File = TypeVar("File", NeedFile, OfferFile)
Answer = TypeVar("Answer")


def main() -> None:
    """Make the files, change them, print a table."""
    parser = argparse.ArgumentParser(prog="python -m bench.changes", description=__doc__)
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--share", type=float, default=0.01)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    print("\n| size | changed | from the beginning, s (processor s) | from the last prices | times as fast | gap |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for size in args.sizes:
        _compare(size, args.share, args.seed)


def _compare(size: str, share: float, seed: int) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        paths = write_county(Path(folder), *SIZES[size], seed)
        needs, offers = read_needs(paths[0]), read_offers(paths[1])
    rng = np.random.default_rng(seed)
    gone = (rng.choice(len(needs.ids), int(share * len(needs.ids)), replace=False),
            rng.choice(len(offers.ids), int(share * len(offers.ids)), replace=False))
    come_n, come_o = _moved(rng, needs, gone[0]), _reaching_otherwise(rng, offers, gone[1])
    changed = _joined(needs, gone[0], come_n), _joined(offers, gone[1], come_o)
    standing = stand_files(needs, offers)
    anew, again = [], []
    for _ in range(TIMES + 1):
        plan, *took = _timed(lambda: solve_files(*changed))
        anew.append(took)
        after, *took = _timed(lambda: standing.after(come_n, come_o, *gone))
        again.append(took)
        if not after.weight == plan.weight == after.upper_bound:
            raise SystemExit("the plans are not worth the same")
    one, two = ([statistics.median(column) for column in zip(*runs[1:], strict=True)] for runs in (anew, again))
    gap = (after.upper_bound - after.weight) / max(after.upper_bound, 1)
    print(f"| {size} | {share:.1%} | {one[0]:.3f} ({one[1]:.3f}) | {two[0]:.3f} ({two[1]:.3f}) | "
          f"{one[0] / two[0]:.1f} ({one[1] / two[1]:.1f}) | {gap:.4%} |", flush=True)


def _moved(rng: np.random.Generator, needs: NeedFile, rows: np.ndarray) -> NeedFile:
    some, steps = _taken(needs, rows), rng.normal(0, 0.02, (2, len(rows)))
    return replace(some, lat=some.lat + steps[0], lon=some.lon + steps[1],
                   urgency=rng.integers(1, 6, len(rows)).astype(np.int32))


def _reaching_otherwise(rng: np.random.Generator, offers: OfferFile, rows: np.ndarray) -> OfferFile:
    some = _taken(offers, rows)
    return replace(some, radius_km=some.radius_km * rng.uniform(0.5, 1.5, len(rows)))


def _taken(file: File, rows: np.ndarray) -> File:
    return replace(file, **{name: column[rows] for name, column in _columns(file).items()})


def _joined(file: File, gone: np.ndarray, come: File) -> File:
    kept = np.delete(np.arange(len(file.ids)), gone)
    return replace(file, **{name: np.concatenate((column[kept], _columns(come)[name]))
                            for name, column in _columns(file).items()})


def _columns(file: NeedFile | OfferFile) -> dict[str, np.ndarray]:
    return {f.name: getattr(file, f.name) for f in fields(file) if isinstance(getattr(file, f.name), np.ndarray)}


def _timed(act: Callable[[], Answer]) -> tuple[Answer, float, float]:
    wall, processor = time.perf_counter(), time.process_time()
    answer = act()
    return answer, time.perf_counter() - wall, time.process_time() - processor


if __name__ == "__main__":
    main()
