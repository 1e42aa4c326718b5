"""docs/engine.md teaches what the engine really does: its example runs."""

import doctest
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_worked_example_runs():
    done = doctest.testfile(str(DOCS / "engine.md"), module_relative=False)
    assert done.attempted >= 5
    assert done.failed == 0
