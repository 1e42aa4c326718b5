"""Bring the catalogues up to date with what code and templates say: `python -m tools.translations`.

Collects every sentence marked with `_`, `_l`, `ngettext` …, adds new ones to `translations/en` with an empty
English, marks none as fuzzy and drops what is no longer said. Chinese needs no catalogue: it is the source.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
ENGLISH = ROOT / "translations" / "en" / "LC_MESSAGES" / "messages.po"
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2),
            "lazy_ngettext": (1, 2), "ngettext_lazy": (1, 2), "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3)}


def said() -> Catalog:
    """A catalogue of all that code and templates say now."""
    with (ROOT / "translations" / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    catalogue = Catalog(project="Jiedui", charset="utf-8")
    for folder in ("matching", "templates"):
        found = extract_from_dir(str(ROOT / folder), [(m.split("/", 1)[1], how) for m, how in methods
                                                      if m.startswith(folder)],
                                 {name.split("/", 1)[1]: values for name, values in options.items()}, KEYWORDS)
        for name, line, message, comments, context in found:
            catalogue.add(message, None, [(f"{folder}/{name}", line)], auto_comments=comments, context=context)
    return catalogue


def english() -> Catalog:
    """The English catalogue as it stands."""
    if not ENGLISH.exists():
        return Catalog(locale="en", project="Jiedui", charset="utf-8")
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def update() -> tuple[int, int]:
    """Rewrite the English catalogue; how many sentences there are and how many still lack their English."""
    catalogue = english()
    catalogue.update(said(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.fuzzy = False
    catalogue.header_comment = "# English of Jiedui. Brought up to date by: python -m tools.translations"
    catalogue.creation_date = catalogue.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    ENGLISH.parent.mkdir(parents=True, exist_ok=True)
    with ENGLISH.open("wb") as file:
        write_po(file, catalogue, width=0, sort_output=True, include_lineno=False, ignore_obsolete=True)
    messages = [message for message in catalogue if message.id]
    lacking = [m for m in messages if not (all(m.string) if isinstance(m.string, (tuple, list)) else m.string)]
    return len(messages), len(lacking)


if __name__ == "__main__":
    total, lacking = update()
    print(f"{total} sentences, {lacking} still without English")
