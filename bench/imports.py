"""How long a large register takes, and how much memory: `python -m bench.imports [ROWS]` (default 50,000, 500 faults).

Everything as the site does it: the file into the vault, read, rehearsed, confirmed, written in turns, and the
same file again. Prints seconds of the wall and of this process's CPU, and the peaks of this process and of the parser.
Exit status 1 when the first reading and writing took 60 s or more together, or either process 512 MiB or more.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from pathlib import Path

ROWS, FAULTS, SECONDS, MEGABYTES = 50_000, 500, 60.0, 512
PEOPLE_A_HOME = 2.2


def peak(who: int = resource.RUSAGE_SELF) -> int:
    """The peak of resident memory so far, MiB."""
    return resource.getrusage(who).ru_maxrss // 1024


def make(path: Path, rows: int) -> None:
    """Write the register in a process of its own, so that its memory does not count here."""
    homes = int(rows / PEOPLE_A_HOME)
    if os.fork() == 0:
        from tests.exchange import registers

        registers.make(path, "town office", "plain", 1, homes, max(2, rows // FAULTS))
        os._exit(0)
    os.wait()


def main(rows: int) -> int:
    """Run, print, judge."""
    folder = Path(tempfile.mkdtemp(prefix="jiedui-bench-"))
    make(folder / "register.xlsx", rows)
    os.environ["FLASK_RUN_FROM_CLI"] = "true"
    from config import TestConfig
    from matching import create_app
    from matching.startup import make_ready
    from tests.people import populate

    app = create_app(TestConfig(f"sqlite:///{folder / 'bench.sqlite3'}", folder))
    with app.app_context():
        make_ready(app)
        people = populate()
        _add_towns()
        spent = [_import(turn, folder / "register.xlsx", people.county) for turn in ("first", "again")]
    here, parser = peak(), peak(resource.RUSAGE_CHILDREN)
    print(f"peak {here} MiB here, {parser} MiB in the parser")
    return 0 if spent[0] < SECONDS and max(here, parser) < MEGABYTES else 1


def _add_towns() -> None:
    """The towns of the register's county that the known persons lack."""
    from matching.extensions import db
    from matching.places.models import Area
    from tests.exchange.registers import COUNTY

    for code, name in COUNTY.towns.items():
        if db.session.get(Area, code) is None:
            db.session.add(Area(code=code, name=name, level="town", parent_code=COUNTY.code))
    db.session.commit()


def _import(turn: str, path: Path, actor: object) -> float:
    from matching import jobs_imports
    from matching.clock import utc_now
    from matching.exchange import service_imports as imports
    from matching.exchange.models import Import
    from matching.extensions import db

    row = imports.ask_import("households", path.name, path.read_bytes(), actor, utc_now())  # type: ignore[arg-type]
    db.session.commit()
    number, seconds = row.id, 0.0
    for step in ("read", "write"):
        wall, cpu = time.perf_counter(), time.process_time()
        jobs_imports.work_waiting()
        row = db.session.get_one(Import, number)
        db.session.refresh(row)
        used, cpu = time.perf_counter() - wall, time.process_time() - cpu
        seconds += used
        figures = ", ".join(f"{row.report.get(name)} {name}" for name in (
            "rows", "created", "updated", "unchanged", "warned", "rejected"))
        print(f"{turn} {step}: {used:.1f} s ({cpu:.1f} s CPU), {row.state}, {figures}", flush=True)
        if step == "read":
            imports.confirm(row, actor, utc_now())  # type: ignore[arg-type]
            db.session.commit()
    return seconds


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS))
