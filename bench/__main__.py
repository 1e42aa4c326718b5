"""Run the engine and its rivals on the same files, each in a process of its own, and print a table.

Seconds are from the start of the process to its end. On a busy machine read the processor seconds, or the ratios.
Without arguments BENCH_SIZES and BENCH_RIVALS say what is run (docs/configuration.md).
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.county import write_county

ROOT = Path(__file__).resolve().parent.parent
SIZES = {"10k": (10_000, 2_000, False), "100k": (100_000, 20_000, False), "1m": (1_000_000, 200_000, False),
         "dense": (1_000_000, 200_000, True)}
RIVALS = ("flow", "nearest", "greedy", "clerk")
ALONE = ("dense",)
"""Where no rival runs: hundreds of millions of arcs take min-cost flow more memory than most machines have."""
SOLVE = "import sys; from matching.cli_match import match; match(['solve', *sys.argv[1:]])"



@dataclass
class Run:
    """One contender on one pair of files: wall and processor seconds, memory, and what it reached."""

    name: str
    seconds: float
    cpu: float
    mb: int
    weight: int
    gap: float | None
    pairs: int


def main() -> None:
    """Make the files, run the contenders, print the table."""
    args = _arguments()
    engine: dict[str, Run] = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        for size in args.sizes:
            needs, offers, dense = SIZES[size]
            folder = Path(scratch) / size
            paths = write_county(folder, needs, offers, args.seed, dense=dense)
            rivals = [] if size in ALONE else args.rivals
            runs = list(_runs(folder, paths, rivals, args.yardstick))
            engine[size] = runs[0]
            _print_table(size, needs, offers, runs)
        if {"100k", "1m"} <= set(engine):
            start = _measured("start", _engine(write_county(Path(scratch), 0, 10, args.seed), Path(scratch)),
                              Path(scratch) / "report.json")
            _print_growth(start.cpu, engine["100k"], engine["1m"])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    sizes = os.environ.get("BENCH_SIZES", " ".join(SIZES)).split()
    rivals = os.environ.get("BENCH_RIVALS", " ".join(RIVALS)).split()
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=sizes)
    parser.add_argument("--rivals", nargs="*", choices=RIVALS, default=rivals)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--yardstick", type=Path, help="folder of baseline_ortools.py, run beside the others")
    return parser.parse_args()


def _engine(paths: tuple[Path, Path], folder: Path, *options: str) -> list[str]:
    """The command that solves two files; its report is report.json."""
    return [sys.executable, "-c", SOLVE, *map(str, paths), str(folder / "pairs.csv"), "--report",
            str(folder / "report.json"), *options]


def _runs(folder: Path, paths: tuple[Path, Path], rivals: list[str], yardstick: Path | None) -> Iterator[Run]:
    """The engine first (once more beforehand, so that its kernels are compiled), then the rivals."""
    ours, files = _engine(paths, folder), [str(path) for path in paths]
    subprocess.run(ours, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    yield _measured("engine", ours, folder / "report.json")
    for way in rivals:
        yield _measured(way, [sys.executable, "-m", "bench.rivals", way, *files])
    if yardstick:
        yield _measured("yardstick", [sys.executable, str(yardstick / "baseline_ortools.py"), *files,
                                      str(folder / "yardstick.csv")])


def _measured(name: str, command: list[str], report: Path | None = None) -> Run:
    """Run a command; its result is the last line that it prints, or the report that it writes."""
    print(f"… {name}", file=sys.stderr, flush=True)
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    said = process.stdout.read() if process.stdout else ""
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    if status:
        raise SystemExit(f"{name} ended with {os.waitstatus_to_exitcode(status)}")
    result = json.loads(report.read_text() if report else said.splitlines()[-1])
    return Run(name, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024, result["weight"],
               result.get("gap"), result.get("allowed_pairs", 0))


def _print_table(size: str, needs: int, offers: int, runs: list[Run]) -> None:
    ours = runs[0]
    print(f"\n{size}: {needs:,} needs x {offers:,} offers, {ours.pairs:,} allowed pairs\n")
    print("| contender | seconds | processor s | x engine | MB | weight | of the best | proven gap |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for run in runs:
        gap = "none" if run.gap is None else f"{run.gap:.4%}"
        print(f"| {run.name} | {run.seconds:.2f} | {run.cpu:.2f} | {run.seconds / ours.seconds:.1f} | {run.mb} | "
              f"{run.weight} | {run.weight / max(ours.weight, 1):.2%} | {gap} |", flush=True)


def _print_growth(start: float, small: Run, large: Run) -> None:
    """How the engine's processor time grows with the number of pairs, the start of the process taken off."""
    pairs, work = large.pairs / small.pairs, (large.cpu - start) / (small.cpu - start)
    print(f"\n100k to 1m: {pairs:.1f} times the pairs, {work:.1f} times the processor time without "
          f"the start ({start:.2f} s) = pairs^{math.log(work) / math.log(pairs):.2f}")


if __name__ == "__main__":
    main()
