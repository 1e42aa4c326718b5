"""The words that registers use, read from `words/*.json`; a word that begins with `~` is a regular expression.

Adding a word there is all it takes to read a register that words something differently.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

__all__ = ["NOTHING", "HeaderWords", "Lexicon", "header_words", "is_nothing", "lexicon", "needs", "plain",
           "vague_needs"]

KNOWN_WORDS = 4096
"""Registers say the same words again and again; more than these are not kept."""
LONGEST_NOTHING = 8
_PUNCTUATION = re.compile(r"[\s()\[\]{}<>〈〉《》【】「」\"'“”‘’`,，、。.;；:：·\-—–_*#/\\|~!！?？]+")
NOTHING = frozenset({"", "无", "没有", "暂无", "空", "NA", "NONE", "NULL", "NIL", "未填", "未填写", "不适用"})


@lru_cache(maxsize=KNOWN_WORDS)
def plain(written: str) -> str:
    """How words are compared: full-width folded (NFKC), blanks, brackets and punctuation dropped, upper case."""
    return _PUNCTUATION.sub("", unicodedata.normalize("NFKC", written)).upper()


def is_nothing(written: str) -> bool:
    """Whether a cell says that there is nothing: empty, 无, /, -, …"""
    return not written or (len(written) <= LONGEST_NOTHING and plain(written) in NOTHING)


class Lexicon:
    """Words grouped by their meaning."""

    def __init__(self, groups: Mapping[str, Sequence[str]]) -> None:
        self._exact = {plain(word): code for code, words in groups.items() for word in words if word[0] != "~"}
        self._patterns = [(re.compile(word[1:]), code)
                          for code, words in groups.items() for word in words if word[0] == "~"]
        self._known: dict[str, str | None] = {}

    def exact(self, written: str) -> str | None:
        """The meaning of a word that stands in the list as it is, or None."""
        return self._exact.get(plain(written))

    def find(self, written: str) -> str | None:
        """The meaning of a word: by the list first, then by the patterns in their order, or None."""
        if written not in self._known:
            word = plain(written)
            self._known[written] = self._exact.get(word) or next(
                (code for pattern, code in self._patterns if pattern.search(word)), None)
        return self._known[written]

    def meanings(self, written: str) -> int:
        """How many different meanings the patterns find in a phrase; 1 for a word that stands in the list."""
        if self.exact(written):
            return 1
        return len({code for pattern, code in self._patterns if pattern.search(plain(written))})


@cache
def _file(name: str) -> dict[str, Any]:
    words: dict[str, Any] = json.loads(files(__package__).joinpath("words", f"{name}.json").read_text("utf-8"))
    return words


@cache
def lexicon(field: str) -> Lexicon:
    """The words of one field of `words/values.json`, e.g. `category`."""
    return Lexicon(_file("values")[field])


@cache
def needs() -> Lexicon:
    """The words for the ten help types."""
    return Lexicon(_file("needs")["types"])


@cache
def vague_needs() -> Lexicon:
    """Words that ask for no known kind of help (待定, 其他, 综合服务): they are never guessed."""
    return Lexicon({"vague": _file("needs")["vague"]})


@dataclass(frozen=True, slots=True)
class HeaderWords:
    """How the column of one field is named: whole names, words that such a name never contains, and a pattern."""

    names: tuple[str, ...]
    never: tuple[str, ...]
    pattern: re.Pattern[str] | None


@cache
def header_words(kind: str) -> dict[str, HeaderWords]:
    """Field → how its column is named, for one kind of register."""
    return {field: HeaderWords(
        tuple(plain(name) for name in entry["names"]), tuple(plain(word) for word in entry.get("not", ())),
        re.compile(entry["pattern"]) if "pattern" in entry else None)
        for field, entry in _file("headers")[kind].items()}
