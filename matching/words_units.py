"""The units in which needs, offers and products are counted, in the reader's language.

A unit is data: registers and forms write it as free text, in Chinese. Those that registers use are said in the reader's
language wherever a quantity is shown; any other stands as it was written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel import npgettext

__all__ = ["SAID", "unit_word"]

SAID: Mapping[str, Callable[[int], str]] = {
    "元": lambda n: npgettext("unit", "元", "元", n), "份": lambda n: npgettext("unit", "份", "份", n),
    "户": lambda n: npgettext("unit", "户", "户", n), "人": lambda n: npgettext("unit", "人", "人", n),
    "名": lambda n: npgettext("unit", "名", "名", n), "人次": lambda n: npgettext("unit", "人次", "人次", n),
    "课时": lambda n: npgettext("unit", "课时", "课时", n), "小时": lambda n: npgettext("unit", "小时", "小时", n),
    "天": lambda n: npgettext("unit", "天", "天", n), "岗": lambda n: npgettext("unit", "岗", "岗", n),
    "个": lambda n: npgettext("unit", "个", "个", n), "次": lambda n: npgettext("unit", "次", "次", n),
    "斤": lambda n: npgettext("unit", "斤", "斤", n), "公斤": lambda n: npgettext("unit", "公斤", "公斤", n),
    "千克": lambda n: npgettext("unit", "千克", "千克", n), "件": lambda n: npgettext("unit", "件", "件", n),
    "套": lambda n: npgettext("unit", "套", "套", n), "台": lambda n: npgettext("unit", "台", "台", n),
    "箱": lambda n: npgettext("unit", "箱", "箱", n), "袋": lambda n: npgettext("unit", "袋", "袋", n),
    "瓶": lambda n: npgettext("unit", "瓶", "瓶", n), "盒": lambda n: npgettext("unit", "盒", "盒", n),
    "枚": lambda n: npgettext("unit", "枚", "枚", n), "只": lambda n: npgettext("unit", "只", "只", n),
    "尾": lambda n: npgettext("unit", "尾", "尾", n), "条": lambda n: npgettext("unit", "条", "条", n),
    "头": lambda n: npgettext("unit", "头", "头", n), "桶": lambda n: npgettext("unit", "桶", "桶", n),
    "张": lambda n: npgettext("unit", "张", "张", n), "间": lambda n: npgettext("unit", "间", "间", n),
    "处": lambda n: npgettext("unit", "处", "处", n),
}
MANY = 2


def unit_word(unit: str | None, n: object = MANY) -> str:
    """The unit of a quantity: 次, or "visit" and "visits"; what is not known here as it was written."""
    said = SAID.get(unit or "")
    return (unit or "") if said is None else said(n if isinstance(n, int) else MANY)
