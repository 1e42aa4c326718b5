"""What set-up says: a few calm lines, Chinese and English, and one sentence when something is in the way."""

from __future__ import annotations

import errno
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

__all__ = ["Stop", "main", "say", "step"]


class Stop(Exception):
    """Set-up cannot go on; `chinese` and `english` say why and what to do next."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(english)
        self.chinese = chinese
        self.english = english


def say(text: str = "") -> None:
    """Print one line at once, also into a pipe."""
    print(text, flush=True)


@contextmanager
def step(chinese: str, english: str) -> Iterator[Callable[[int, int], None]]:
    """Announce a step and how long it took; yields `progress(done, of)`, which shows on a terminal only."""
    started = time.monotonic()
    label = f"  {chinese} / {english}"
    live = sys.stdout.isatty()
    say(f"{label} …") if not live else print(f"{label} …", end="", flush=True)

    def progress(done: int, of: int) -> None:
        if live:
            print(f"\r{label} … {min(done, of)}/{of}", end="", flush=True)

    yield progress
    seconds = time.monotonic() - started
    if live:
        print(f"\r{label} … {seconds:.0f} s     ", flush=True)


def main(work: Callable[[], int]) -> NoReturn:
    """Run `work`; turn what is in the way into two sentences and exit status 1."""
    try:
        sys.exit(work())
    except Stop as stop:
        chinese, english = stop.chinese, stop.english
    except KeyboardInterrupt:
        chinese, english = "已停下；下次会接着做。", "Stopped; the next try goes on from here."
    except OSError as error:
        if error.errno == errno.ENOSPC:
            chinese, english = NO_SPACE
        elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            chinese = f"这里不许写：{error.filename}。请换一个自己能写的目录，或改它的权限。"
            english = f"Not allowed to write: {error.filename}. Use a folder of your own, or change its permissions."
        else:
            raise
    print(f"\n{chinese}\n{english}", file=sys.stderr, flush=True)
    sys.exit(1)


NO_SPACE = (
    "磁盘满了。请腾出约 2 GB，再运行一次。",
    "The disk is full. Free about 2 GB and run this again.",
)
