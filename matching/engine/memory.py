"""Large blocks of memory go back to the system as soon as they are free."""

import ctypes
import resource
from contextlib import suppress

__all__ = ["give_back_blocks", "peak_mb"]

M_MMAP_THRESHOLD = -3
BLOCK_BYTES = 1 << 20


def give_back_blocks() -> None:
    """Tell glibc to map blocks of a megabyte and more one by one; other C libraries need no telling.

    By itself it soon keeps blocks of up to 32 MB for later, which costs a third of a large run's memory.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, BLOCK_BYTES)


def peak_mb() -> int:
    """The most memory that this process has had, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
