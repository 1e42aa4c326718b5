"""Names of divisions as people write them: with or without suffix, with the district in front, full-width.

`plain` brings writing habits down to one form, `town_core` and `village_core` leave out the suffix,
`match_name` finds the one candidate that a written name means, or none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping

__all__ = ["display_village", "match_name", "plain", "town_core", "village_core", "village_kind"]

# The 55 minorities as townships bear their names (官庄畲族乡).
_MINORITIES = """
蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西
景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安
裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺
"""
_OF_MINORITIES = re.compile(rf"(?:(?:{'|'.join(_MINORITIES.split())})族)+(?=乡$|镇$)")
_TOWN_SUFFIX = re.compile(
    r"(街道办事处|地区办事处|街道办|办事处|街道|地区|人民政府|镇|乡|苏木|垦殖场|农场|林场|牧场|茶场|渔场|种畜场|园艺场)$"
)
_COUNTY_SUFFIX = re.compile(r"(自治区|自治州|自治县|自治旗|新区|林区|特区|地区|省|市|区|县|旗|盟)$")
_VILLAGE_SUFFIX = re.compile(
    r"(社区居民委员会|社区居委会|社区工作站|社区|居民委员会|居委会|村民委员会|村委会|行政村|嘎查村|嘎查|村)$"
)
_COMMITTEES = {"社区居民委员会": "社区", "社区居委会": "社区", "村民委员会": "村", "村委会": "村"}
_BLANK = re.compile(r"\s+")


def plain(written: str) -> str:
    """One form of what was written: full-width folded (NFKC), blanks inside taken out."""
    return _BLANK.sub("", unicodedata.normalize("NFKC", written))


def county_core(name: str) -> str:
    """Name of a county, city or province without its suffix; unchanged when nothing would be left of it."""
    return _without(_COUNTY_SUFFIX, name)


def town_core(name: str) -> str:
    """Name of a town without its suffix and, in minority townships, the minority: 官庄畲族乡 → 官庄."""
    return _without(_TOWN_SUFFIX, _OF_MINORITIES.sub("", name))


def village_core(name: str) -> str:
    """Name of a village or community without its suffix: 玉女村委会 → 玉女."""
    return _without(_VILLAGE_SUFFIX, name)


def village_kind(name: str) -> str:
    """`community` (社区, 居委会), `village` (村, 嘎查) or empty when the name does not say."""
    suffix = _VILLAGE_SUFFIX.search(name)
    if suffix is None:
        return ""
    return "community" if suffix[0].startswith(("社区", "居")) else "village"


def display_village(official: str) -> str:
    """The name that people use of an official committee: 玉女村委会 → 玉女村, 东门社区居委会 → 东门社区."""
    name = plain(official)
    for long, short in _COMMITTEES.items():
        if name.endswith(long) and len(name) > len(long):
            return name.removesuffix(long) + short
    return name


def match_name(
    written: str,
    candidates: Mapping[str, str],
    core: Callable[[str], str],
    *,
    in_front: Iterable[str] = (),
    kind: Callable[[str], str] = lambda name: "",
) -> str | None:
    """Code of the one candidate (code → official name) that `written` means, else None.

    The whole name is tried first, then the name without its suffix (`core`); `in_front` are names of
    areas above, outermost first, that may stand before it, with or without their own suffix. Two
    candidates of different `kind` (a village and a community) are never taken for each other when the
    writing says which is meant. Nothing is guessed: when two candidates fit equally, the answer is None.
    """
    for name in _readings(plain(written), list(in_front)):
        whole = [code for code, official in candidates.items() if plain(official) == name]
        if len(whole) == 1:
            return whole[0]
        alike = [
            code
            for code, official in candidates.items()
            if core(plain(official)) == core(name) and (not kind(name) or kind(official) in ("", kind(name)))
        ]
        if len(alike) == 1:
            return alike[0]
    return None


def _readings(name: str, in_front: list[str]) -> list[str]:
    """`name` itself and what is left of it when names of areas above are taken off its front."""
    readings = [name]
    for above in in_front:
        for start in dict.fromkeys((plain(above), county_core(plain(above)), town_core(plain(above)))):
            for reading in list(readings):
                rest = reading.removeprefix(start)
                if start and rest and rest != reading and rest not in readings:
                    readings.append(rest)
    return [reading for reading in readings if reading]


def _without(suffix: re.Pattern[str], name: str) -> str:
    return suffix.sub("", name) or name
