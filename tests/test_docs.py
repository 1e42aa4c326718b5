"""The documents say what is so: every path they name exists, every command they show is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FOLDERS = ("matching/", "templates/", "tests/", "static/", "docs/", "tools/", "migrations/", "translations/", "bench/")
NAMED = re.compile(r"`([\w./-]+)`")
LINKED = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")
TARGET = re.compile(r"`make ([a-z]+)")


def named_paths(text: str) -> list[str]:
    """Paths in backticks that point into the project; patterns with a place-holder are left out."""
    return [path.rstrip("/") for path in NAMED.findall(text) if path.startswith(FOLDERS) and "<" not in path]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_path_that_a_document_names_exists(document: Path) -> None:
    missing = [path for path in named_paths(document.read_text(encoding="utf-8")) if not (ROOT / path).exists()]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    links = LINKED.findall(document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_make_target_that_a_document_shows_is_there(document: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(TARGET.findall(document.read_text(encoding="utf-8"))) <= targets


def test_every_decision_is_listed() -> None:
    listed = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    pages = [page.name for page in (ROOT / "docs/decisions").glob("0*.md")]
    assert [page for page in pages if page not in listed] == []


def test_control_a_wrong_path_would_be_noticed() -> None:
    assert named_paths("see `matching/nowhere.py` and `make run`") == ["matching/nowhere.py"]
    assert not (ROOT / "matching/nowhere.py").exists()
