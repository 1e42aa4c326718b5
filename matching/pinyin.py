"""Under which letters a name is looked for: itself, its pinyin in full and its initials.

Readings are those of single characters from `pypinyin`, which knows the rare ones of all planes. A surname is read
as a surname (单 shan, not dan); a character of a given name may be read in two ways. ü is written v, and u as well.
"""

from __future__ import annotations

import os
import re
import unicodedata
from functools import cache, lru_cache
from itertools import islice, product

__all__ = ["LONGEST", "folded", "name_terms", "readings"]

LONGEST = 60
"""So many characters of a term are kept."""
_HAN = re.compile("[\u4e00-\u9fff]{1,60}")
_READINGS_A_CHARACTER, _READINGS_A_NAME = 2, 4
SURNAMES: dict[str, tuple[str, ...]] = {
    "尉迟": ("yuchi",), "万俟": ("moqi",), "单于": ("chanyu",), "长孙": ("zhangsun",), "澹台": ("tantai",),
    "令狐": ("linghu",), "鲜于": ("xianyu",), "皇甫": ("huangfu",), "夏侯": ("xiahou",), "宰父": ("zaifu",),
    "单": ("shan",), "曾": ("zeng",), "仇": ("qiu",), "查": ("zha",), "解": ("xie",), "任": ("ren",), "区": ("ou",),
    "朴": ("piao",), "翟": ("zhai",), "盖": ("ge", "gai"), "尉": ("wei", "yu"), "缪": ("miao",), "乐": ("yue", "le"),
    "覃": ("qin", "tan"), "冼": ("xian",), "员": ("yun",), "种": ("chong",), "繁": ("po",), "召": ("shao",),
    "折": ("she",), "黑": ("he", "hei"), "秘": ("bi",), "祭": ("zhai",), "谌": ("chen", "shen"), "隗": ("wei", "kui"),
    "逄": ("pang",), "郇": ("xun", "huan"), "佴": ("nai",), "么": ("yao",), "晟": ("cheng",), "洗": ("xian",),
    "长": ("zhang",), "车": ("che",), "万": ("wan",), "宁": ("ning",), "华": ("hua",), "牟": ("mou", "mu"),
    "柏": ("bai", "bo"), "葛": ("ge",), "燕": ("yan",), "应": ("ying",), "那": ("na",), "殷": ("yin",), "沈": ("shen",),
    "石": ("shi",), "阿": ("a",), "贾": ("jia",), "卜": ("bu",), "洪": ("hong",), "瞿": ("qu",), "干": ("gan",),
    "重": ("chong",), "哈": ("ha",), "系": ("xi",), "钭": ("tou",), "强": ("qiang",), "观": ("guan",),
    "吕": ("lv", "lu"), "闾": ("lv", "lu"),
}
"""Surnames that are read otherwise than their characters; any other surname has its first reading only."""


def folded(text: str) -> str:
    """How names and file numbers are compared: width and case folded, tones, blanks and signs dropped.

    `Wáng Xiù-lán` → `wangxiulan`; ü → v; at most `LONGEST` characters. Empty when only signs were written.
    """
    if _HAN.fullmatch(text):
        return text
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold()).replace("u\u0308", "v")
    kept = "".join(character for character in plain if character.isalnum())
    return kept.replace("lyu", "lv").replace("nyu", "nv")[:LONGEST]


@lru_cache(maxsize=20_000)
def name_terms(name: str) -> frozenset[str]:
    """All terms under which a person's name is found: the name, each full pinyin, each row of initials."""
    whole = folded(name)
    terms = {whole}
    for syllables in readings(whole):
        terms.add("".join(syllables)[:LONGEST])
        terms.add("".join(syllable[0] for syllable in syllables)[:LONGEST])
    return frozenset(term for term in terms if term)


def readings(name: str) -> list[tuple[str, ...]]:
    """The ways a folded name is read, as syllables without tones; at most four. Empty for a name without Han."""
    if not any(_syllables(character) for character in name):
        return []
    surname = next((known for known in (name[:2], name[:1]) if known in SURNAMES), name[:1])
    front = _spelt(surname) if surname in SURNAMES else (_syllables(surname) or (surname,))[:1]
    ways = [_syllables(character) or (character,) for character in name[len(surname):]]
    return [(*first.split(" "), *rest) for first, *rest in islice(product(front, *ways), _READINGS_A_NAME)]


def _spelt(surname: str) -> tuple[str, ...]:
    """The readings of a surname; those of two characters with a blank between their syllables."""
    if len(surname) == 1:
        return SURNAMES[surname]
    second = _syllables(surname[1])
    return tuple(" ".join(_cut(way, (*second, *SURNAMES.get(surname[1], ())))) for way in SURNAMES[surname])


def _cut(way: str, endings: tuple[str, ...]) -> tuple[str, str]:
    """`yuchi` → `yu`, `chi`: cut before a reading of the second character, else in the middle."""
    end = next((ending for ending in endings if way.endswith(ending)), way[len(way) // 2:])
    return way[:-len(end)], end



@lru_cache(maxsize=20_000)
def _syllables(character: str) -> tuple[str, ...]:
    """The first two readings of a character, without tones; none for what is not Han."""
    ways = (_toneless(way) for way in _dictionary().get(ord(character), "").split(",") if way)
    both = [spelling for way in ways for spelling in ((way, way.replace("v", "u")) if "v" in way else (way,))]
    return tuple(dict.fromkeys(both))[:_READINGS_A_CHARACTER]


def _toneless(reading: str) -> str:
    plain = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    return "".join(letter for letter in plain if letter.isalpha() and letter.isascii())


@cache
def _dictionary() -> dict[int, str]:
    """Code point → its readings with tones. Loaded with the first name that is written, never by a search."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")  # names need no phrases: a tenth of the time and memory
    from pypinyin.pinyin_dict import pinyin_dict

    return pinyin_dict
