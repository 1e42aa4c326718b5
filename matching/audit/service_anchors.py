"""Heads of the log's chain, written down outside the database.

In a folder: `YYYY-MM.txt`, a line a minute at most while the log grows (`position digest time`), and `head.txt`, the
latest head. When a backup is put back on purpose, a line `restored position digest time` says so: anchors of the part
that was given up by that count no more.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from matching.audit.service_chain import Anchor, Head

__all__ = ["Anchors", "anchor", "note_restored", "read"]

EVERY = timedelta(minutes=1)
HEAD = "head.txt"


@dataclass
class Anchors:
    """What was anchored and still counts, and when the database was put back to a backup, at which position."""

    kept: list[Anchor] = field(default_factory=list)
    restored: list[Anchor] = field(default_factory=list)


def anchor(folder: Path, head: Head, now: datetime) -> None:
    """Write a head down. When this returns it is on disk."""
    line = f"{head.position} {head.digest.hex()} {now.isoformat()}\n"
    month = folder / f"{now:%Y-%m}.txt"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not month.exists() or month.stat().st_mtime < (now - EVERY).timestamp():
        _append(month, line)
    draft = folder / f".{HEAD}.{os.getpid()}"
    _append(draft, line)
    os.replace(draft, folder / HEAD)


def note_restored(folder: Path, head: Head | None, now: datetime) -> None:
    """Write down that the database was put back to a backup whose log ends with this head."""
    position, digest = (head.position, head.digest.hex()) if head else (0, "-")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / HEAD).unlink(missing_ok=True)
    _append(folder / f"{now:%Y-%m}.txt", f"restored {position} {digest} {now.isoformat()}\n")


def read(folder: Path) -> Anchors:
    """All anchors that count, in the order in which they were written. Raises ValueError for a line that is none."""
    found = Anchors()
    months = sorted(folder.glob("????-??.txt")) if folder.is_dir() else []
    for file in [*months, folder / HEAD]:
        for line in file.read_text("ascii").splitlines() if file.exists() else ():
            words = line.split()
            restored = words[:1] == ["restored"]
            position, digest, at = words[1:] if restored else words
            told = Anchor(int(position), b"" if digest == "-" else bytes.fromhex(digest), datetime.fromisoformat(at))
            if restored:
                found.kept = [each for each in found.kept if each.position <= told.position]
                found.restored.append(told)
            else:
                found.kept.append(told)
    return found


def _append(file: Path, line: str) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as out:
        out.write(line)
        out.flush()
        os.fsync(out.fileno())
