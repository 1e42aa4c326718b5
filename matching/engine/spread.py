"""Work done by any `concurrent.futures.Executor`: threads, processes, other machines; what they lose is done here."""

import logging
from collections.abc import Callable
from concurrent.futures import Executor
from typing import ParamSpec, TypeVar

__all__ = ["start"]

log = logging.getLogger(__name__)
Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def start(executor: Executor, act: Callable[Given, Answer], *given: Given.args,
          **named: Given.kwargs) -> Callable[[], Answer]:
    """Start `act` on an executor; what is returned waits for the answer.

    When the executor breaks, gives up or loses a worker, the act is done here instead, and the log says so: the answer
    is the same, only later. A fault of the act's own then happens here, where it can be seen.
    """
    def here(error: Exception) -> Answer:
        log.warning("lost by the executor, done here: %r", error)
        return act(*given, **named)

    try:
        waiting = executor.submit(act, *given, **named)
    except Exception as error:  # whatever an executor says when it is broken: they all have words of their own
        lost = error
        return lambda: here(lost)

    def answer() -> Answer:
        try:
            return waiting.result()
        except Exception as error:
            return here(error)

    return answer
