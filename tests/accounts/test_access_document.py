"""docs/access.md says of every role what it may do and of every route for whom it opens; this keeps it true.

`python -m tests.accounts.test_access_document` writes its tables anew.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from matching.access import Access, access_of
from matching.actor import RIGHTS, Right, Role

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "access.md"
MARK = "<!-- tables -->\n"


def rights_table() -> str:
    """Role × right, a dot where the role has it."""
    short = {role: str(role) for role in Role}
    head = f"| right | {' | '.join(short.values())} |\n| --- |{' :-: |' * len(short)}\n"
    rows = [f"| `{right}` | {' | '.join('●' if right in RIGHTS[role] else ' ' for role in Role)} |" for right in Right]
    return head + "\n".join(rows) + "\n"


def in_words(access: Access) -> str:
    """An access line as the document writes it."""
    if access.public:
        return "everybody"
    if not access.rights:
        return "who is signed in"
    line = " or ".join(f"`{right}`" for right in sorted(access.rights))
    return f"{line}; the look is recorded" if access.logs else line


def routes_table(app: Flask) -> str:
    """Every route, its methods and its access line, in the order of endpoints."""
    rows = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule)):
        access = access_of(app, rule.endpoint)
        methods = " ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        words = in_words(access) if access else "nobody: it has no access line"
        rows.append(f"| {rule.endpoint} | {methods} `{rule.rule}` | {words} |")
    return "| endpoint | address | opens for |\n| --- | --- | --- |\n" + "\n".join(rows) + "\n"


def tables(app: Flask) -> str:
    """Both tables with their headings."""
    return f"\n## Roles and rights\n\n{rights_table()}\n## Routes\n\n{routes_table(app)}"


@pytest.mark.slow
@pytest.mark.one_database
def test_the_document_is_as_the_application_is(app: Flask) -> None:
    written = DOCUMENT.read_text("utf-8").split(MARK)[1]
    told = "docs/access.md is behind; write it anew: python -m tests.accounts.test_access_document"
    assert written.splitlines() == tables(app).splitlines(), told


@pytest.mark.slow
@pytest.mark.one_database
def test_control_a_route_that_opens_for_others_would_be_noticed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    before = routes_table(app)
    monkeypatch.setattr(app.view_functions["accounts.list_accounts"], "access", Access(public=True))
    assert routes_table(app) != before


def main() -> None:
    """Write the tables of the document anew."""
    import tempfile

    from config import TestConfig
    from matching import create_app

    with tempfile.TemporaryDirectory() as folder:
        made = tables(create_app(TestConfig("sqlite://", Path(folder))))
    head = DOCUMENT.read_text("utf-8").split(MARK)[0]
    DOCUMENT.write_text(head + MARK + made, "utf-8")


if __name__ == "__main__":
    main()
