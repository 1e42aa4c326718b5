"""Invented names, of the kind one meets in the west of Fujian: Hakka, She, and people who married in."""

from __future__ import annotations

from random import Random

_SURNAMES = "丘蓝雷赖罗江廖邱郭谢包游阙袁温华范邹饶薛钟林陈黄李刘张王曾傅涂卢巫童"
_MALE = """
永福 金生 水旺 福林 文斌 建华 春荣 德光 志强 国平 天养 火旺 庆丰 继忠 荣辉 家明 长兴 石养 善禄 伟 俊杰 浩然
子轩 宇航 启源 炳坤 新发 耀祥 汝金 万年 树生 兆麟
"""
_FEMALE = """
秀英 桂香 玉兰 春花 莲娣 招娣 美玲 红梅 丽华 冬秀 银凤 月娥 彩云 素珍 金莲 小燕 雪芳 慧敏 欣怡 梓涵 诗雅 婷 莉
七妹 满秀 兰香 秋菊 爱珠 润英 佳怡 火招 凤娇
"""
_GIVEN = {"male": _MALE.split(), "female": _FEMALE.split()}
_UNUSUAL = {
    "male": ("丘䶮", "钟㛃生", "罗𫖯", "蓝𬭎", "欧阳㵘林", "艾力·买买提江", "吉克阿木"),
    "female": ("雷㛃", "赖䶮香", "上官𫖯兰", "古丽米热·阿卜杜热合曼", "阿依古丽·买买提", "吉克阿依莫", "龙阿榜"),
}
UNUSUAL_SHARE = 0.04


class Names:
    """Draws names."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng

    def surname(self) -> str:
        """A family's name."""
        return self._rng.choice(_SURNAMES)

    def person(self, sex: str, surname: str = "") -> str:
        """A person's whole name; now and then with rare characters, a double surname or of a minority."""
        if not surname and self._rng.random() < UNUSUAL_SHARE:
            return self._rng.choice(_UNUSUAL[sex])
        return (surname or self.surname()) + self._rng.choice(_GIVEN[sex])
