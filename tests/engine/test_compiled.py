"""Kernels compile where their cache can be kept, and where it cannot."""

import numba

from matching.engine.compiled import kernel


def test_without_a_place_for_the_cache_a_kernel_still_compiles(monkeypatch):
    compile_it, asked = numba.njit, []

    def nowhere(cache=False, **options):
        asked.append(cache)
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return compile_it(**options)

    with monkeypatch.context() as patch:
        patch.setattr(numba, "njit", nowhere)

        @kernel
        def doubled(x):
            return 2 * x

    assert doubled(21) == 42
    assert asked == [True, False]
