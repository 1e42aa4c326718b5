"""How the engine's inner loops are compiled: by Numba, without the interpreter's lock, kept on disk.

A kernel allocates nothing: it works on the arrays that it is handed, and whoever calls it makes them. So Numba need not
count references to arrays (`_nrt=False`); that counting took ten times as long as the loops themselves.

Numba notices a change of the file a kernel stands in, but not of the kernels that it calls: kernels
that call each other therefore stand in one file.
"""

import sys
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

__all__ = ["kernel", "part_of_kernel"]

if "scipy.linalg" not in sys.modules:
    # Before its first kernel Numba looks whether SciPy's linear algebra is there, and loading that takes a
    # third of the start. No kernel here uses it, so for that moment it is not there.
    sys.modules["scipy.linalg"] = None  # type: ignore[assignment]
    import numba.np.arraymath

    del sys.modules["scipy.linalg"]

Function = TypeVar("Function", bound=Callable[..., Any])


def kernel(function: Function) -> Function:
    """Compile a function at its first call; later processes load it from the cache."""
    return _compiled(function, woven=False)


def part_of_kernel(function: Function) -> Function:
    """The same for a small piece of a hot loop: woven into whoever calls it, so that a call costs nothing."""
    return _compiled(function, woven=True)


def _compiled(function: Function, woven: bool) -> Function:
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False, "forceinline": woven}

    def compile_it(keep: bool) -> Any:
        return numba.njit(cache=keep, **options)(function)

    try:
        return cast(Function, compile_it(keep=True))
    except RuntimeError:  # nowhere to keep it: neither beside the file nor in the user's folder
        return cast(Function, compile_it(keep=False))
