"""The site with a page that fails and says somebody's secret in its error: `tests.failing:app`, to see the logs."""

from __future__ import annotations

from config import Config
from matching import create_app
from matching.access import public

app = create_app(Config())


@app.get("/fail/<word>")
@public
def fail(word: str) -> str:
    """Fail with what was asked for in the message."""
    raise RuntimeError(word)
