"""How the writing of an import takes turns with everybody else's.

Commands and the site (`jobs_imports`) look without holding anybody up and write in many short transactions, each of
which stands or falls as a whole.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

from matching.extensions import reading

__all__ = ["REHEARSAL", "Turns"]


class Turns:
    """Everything in the caller's transaction. `apart`: looking and writing are transactions of their own."""

    apart = False

    def reading(self) -> AbstractContextManager[None]:
        """A stretch that only looks."""
        return nullcontext()

    def writing(self, share: float) -> AbstractContextManager[None]:
        """A stretch that writes, after which this share of the work is done."""
        return nullcontext()

    def told(self, share: float) -> None:
        """Hear how far it is, outside of any stretch."""


class _Rehearsal(Turns):
    apart = True

    def reading(self) -> AbstractContextManager[None]:
        return reading()


REHEARSAL = _Rehearsal()
