"""PDF by typst: data go in as JSON, never as markup, and every character has its glyph or the file is not made.

The font is Noto Sans CJK, which the package `noto-cjk-sans-otc` brings: it holds the characters of rare names
(䶮 㛃 𫖯 𬭎 㵘), and no font of the machine is used, so that a PDF looks the same everywhere.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst
from flask_babel import gettext as _
from fontTools.ttLib import TTCollection

from matching.errors import Invalid

__all__ = ["font_file", "missing_characters", "pdf"]

FORMS = Path(__file__).resolve().parent / "typst"
FAMILY = "Noto Sans CJK SC"
BLANK = frozenset("\n\r\t\u200b\u200c\u200d\ufe0e\ufe0f")


def pdf(form: str, data: dict[str, Any]) -> bytes:
    """The PDF of a form of `matching/typst/` filled with data (what JSON can hold).

    Raises Invalid that names the characters for which the font has no picture: better no file than a silent box.
    """
    if lacking := missing_characters(data):
        raise Invalid(_("这些字打印不出来，字体里没有：%(characters)s。请换一种写法，或请管理员加字体。",
                        characters=" ".join(f"{character} U+{ord(character):04X}" for character in lacking)))
    made: bytes = typst.compile(str(FORMS / f"{form}.typ"), root=str(FORMS), font_paths=[str(font_file().parent)],
                                ignore_system_fonts=True, format="pdf",
                                sys_inputs={"data": json.dumps(data, ensure_ascii=False)})
    return made


def missing_characters(data: Any) -> list[str]:
    """The characters in all texts of some data that the font cannot draw, each once, in order."""
    known = _drawn()
    return list(dict.fromkeys(
        character for text in _texts(data) for character in text
        if ord(character) not in known and character not in BLANK and unicodedata.category(character) != "Zs"))


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from _texts(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _texts(value)


def font_file() -> Path:
    """Where the font lies."""
    return Path(str(files("noto_cjk_sans_otc"))) / "NotoSansCJK-Regular.ttc"


@cache
def _drawn() -> frozenset[int]:
    """The code points of the font."""
    with TTCollection(str(font_file()), lazy=True) as collection:
        for font in collection.fonts:
            if font["name"].getDebugName(1) == FAMILY:
                return frozenset(font.getBestCmap())
    raise RuntimeError(f"the font {FAMILY} is not where it should be")
