"""English is complete: every sentence has its English, with the same placeholders; nothing stale is kept."""

from __future__ import annotations

import re

from babel.messages.catalog import Catalog, Message

from tools.translations import english, said

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def sentences(catalogue: Catalog) -> dict[tuple[str, ...], Message]:
    """The messages of a catalogue by context and what is said, without the header."""
    return {(m.context or "", *forms(m.id)): m for m in catalogue if m.id}


def forms(text: object) -> list[str]:
    """Singular and plural of a message, or its one form."""
    return list(text) if isinstance(text, (list, tuple)) else [str(text)]


def test_every_sentence_has_its_english_and_nothing_stale_is_kept() -> None:
    assert sentences(english()).keys() == sentences(said()).keys(), "run: python -m tools.translations"
    lacking = [key for key, message in sentences(english()).items() if not all(forms(message.string))]
    assert lacking == []


def test_english_keeps_every_placeholder() -> None:
    def placeholders(text: object) -> set[str]:
        return set(PLACEHOLDER.findall("".join(forms(text))))

    wrong = [message.id for message in sentences(english()).values()
             if placeholders(message.id) != placeholders(message.string)]
    assert wrong == []


def test_english_is_english() -> None:
    chinese = [message.string for message in sentences(english()).values()
               if re.search(r"[\u4e00-\u9fff]", "".join(forms(message.string)))]
    assert chinese == []
