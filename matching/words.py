"""The words for codes, in the reader's language: help types, urgency, states, roles, kinds, conditions.

Each `…_word(code)` gives one word of the field (field.md, "Terms"). A code that is not known here is shown
as it stands, so that a value from elsewhere is never lost; tests compare the tables with the models' codes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel import LazyString, ngettext

from matching import words_needs
from matching.language import lazy_gettext as _l

HELP_TYPES: Mapping[str, LazyString] = {
    "cash": _l("资金"), "goods": _l("物资"), "housing": _l("安居"), "medical": _l("就医"),
    "schooling": _l("助学"), "tutoring": _l("课业辅导"), "job": _l("就业"), "care": _l("照料陪伴"),
    "counselling": _l("心理疏导"), "purchase": _l("消费帮扶"),
}
UNITS: Mapping[str, str] = {
    "cash": "元", "goods": "份", "housing": "户", "medical": "人", "schooling": "人", "tutoring": "课时", "job": "岗",
    "care": "次", "counselling": "次", "purchase": "斤",
}
"""The unit of a type of help where none is written, as registers count it: data, not a word of the page."""
HELP_CHARACTERS: Mapping[str, str] = {
    "cash": "钱", "goods": "物", "housing": "住", "medical": "医", "schooling": "学", "tutoring": "课",
    "job": "工", "care": "照", "counselling": "心", "purchase": "购",
}
URGENCIES: Mapping[int, LazyString] = {
    1: _l("可缓"), 2: _l("一般"), 3: _l("较急"), 4: _l("紧急"), 5: _l("危急"),
}
STATES: Mapping[str, LazyString] = {
    "open": _l("还没有资源"), "proposed": _l("待批准"), "approved": _l("已批准"),
    "offered": _l("等对方答复"), "accepted": _l("等家里同意"), "consented": _l("家里已同意"),
    "under_way": _l("进行中"), "delivered": _l("等家里确认"), "confirmed": _l("家里已确认"),
    "closed": _l("已销号"), "declined": _l("对方没接"), "lapsed": _l("到期没答复"),
    "withdrawn": _l("已撤回"), "failed": _l("没做成"), "reopened": _l("又打开了"),
}
GLYPHS: Mapping[str, str] = {
    "proposed": "prop", "approved": "prop", "offered": "prop", "accepted": "join", "consented": "join",
    "under_way": "join", "delivered": "join", "confirmed": "pin", "closed": "pin", "withdrawn": "apart",
    "failed": "apart",
}
TAGS: Mapping[str, str] = {
    "open": "open", "proposed": "open", "approved": "wait", "offered": "wait", "accepted": "wait",
    "consented": "done", "under_way": "done", "delivered": "wait", "confirmed": "done", "closed": "full",
    "reopened": "open",
}
ROLES: Mapping[str, LazyString] = {
    "admin": _l("系统管理员"), "province": _l("省市民政"), "county": _l("区县民政局"),
    "town": _l("镇街干部"), "community": _l("村社区干部"), "department": _l("部门"),
    "informant": _l("救急难信息员"), "socialworker": _l("社工"), "charity": _l("慈善组织"),
    "enterprise": _l("爱心企业"), "agency": _l("社工机构"), "volunteer": _l("志愿者"),
    "household": _l("求助人"), "auditor": _l("督查"),
}
ORGANISATION_KINDS: Mapping[str, LazyString] = {
    "charity": _l("慈善组织"), "enterprise": _l("爱心企业"), "agency": _l("社工机构"),
    "department": _l("部门"), "volunteer": _l("志愿者"),
}
ORGANISATION_STATUSES: Mapping[str, LazyString] = {
    "waiting": _l("等县里核实"), "vetted": _l("县里核实过"), "refused": _l("没有通过"),
    "suspended": _l("已暂停"),
}
OFFER_STATUSES: Mapping[str, LazyString] = {
    "open": _l("接受结对"), "paused": _l("先停一停"), "closed": _l("已结束"),
}
CONDITIONS: Mapping[str, LazyString] = words_needs.CONDITIONS
PRECISIONS: Mapping[str, LazyString] = {
    "exact": _l("准确位置"), "village": _l("只精确到村"), "town": _l("只精确到镇"),
    "county": _l("只精确到县"),
}
CATEGORIES: Mapping[str, LazyString] = {
    "dibao_a": _l("低保 A 类"), "dibao_b": _l("低保 B 类"), "dibao_c": _l("低保 C 类"),
    "tekun": _l("特困供养"), "margin": _l("低保边缘"), "none": _l("没有纳入"),
}
HOUSEHOLD_STATUSES: Mapping[str, LazyString] = {
    "reported": _l("刚报来"), "screened": _l("已初步筛查"), "surveyed": _l("已入户调查"),
    "verified": _l("已核实"), "archived": _l("已归档"),
}


def glyph_of(state: str) -> str:
    """Which of the five joints stands for a state of a pairing: open, prop, join, pin or apart (look.md)."""
    return GLYPHS.get(state, "open")


def tag_of(state: str) -> str:
    """The kind of tag in which the word of a state stands: open, wait, done, full or plain (empty)."""
    return TAGS.get(state, "")


def counted(value: int, unit: str, figure: str) -> str:
    """`figure` with its unit in the right number; ValueError when the unit is not one of `COUNTED`."""
    if unit not in COUNTED:
        raise ValueError(f"no unit of counting: {unit}")
    return COUNTED[unit](value, figure)


COUNTED: Mapping[str, Callable[[int, str], str]] = {
    "household": lambda n, figure: ngettext("%(n)s 户", "%(n)s 户", n, n=figure),
    "person": lambda n, figure: ngettext("%(n)s 人", "%(n)s 人", n, n=figure),
    "person_time": lambda n, figure: ngettext("%(n)s 人次", "%(n)s 人次", n, n=figure),
    "report": lambda n, figure: ngettext("%(n)s 起", "%(n)s 起", n, n=figure),
    "thing": lambda n, figure: ngettext("%(n)s 件", "%(n)s 件", n, n=figure),
    "place": lambda n, figure: ngettext("%(n)s 个名额", "%(n)s 个名额", n, n=figure),
    "proposal": lambda n, figure: ngettext("%(n)s 条建议", "%(n)s 条建议", n, n=figure),
    "pairing": lambda n, figure: ngettext("%(n)s 个结对", "%(n)s 个结对", n, n=figure),
    "need": lambda n, figure: ngettext("%(n)s 个需求", "%(n)s 个需求", n, n=figure),
    "offer": lambda n, figure: ngettext("%(n)s 份资源", "%(n)s 份资源", n, n=figure),
    "organisation": lambda n, figure: ngettext("%(n)s 家机构", "%(n)s 家机构", n, n=figure),
    "row": lambda n, figure: ngettext("%(n)s 行", "%(n)s 行", n, n=figure),
    "day": lambda n, figure: ngettext("%(n)s 天", "%(n)s 天", n, n=figure),
    "hour": lambda n, figure: ngettext("%(n)s 小时", "%(n)s 小时", n, n=figure),
    "pupil": lambda n, figure: ngettext("%(n)s 名学生", "%(n)s 名学生", n, n=figure),
}


def help_type_word(code: str) -> str:
    """资金, 物资, …"""
    return str(HELP_TYPES.get(code, code))


def help_type_options() -> list[tuple[str, str]]:
    """The options of a filter by help type, "all" first."""
    return [("", str(_l("全部"))), *((code, str(word)) for code, word in HELP_TYPES.items())]


def help_character(code: str) -> str:
    """The one character of the 字印: 钱, 物, …; the first one of an unknown code."""
    return HELP_CHARACTERS.get(code, code[:1])


def urgency_word(level: int) -> str:
    """可缓 to 危急 for 1 to 5."""
    return str(URGENCIES.get(level, level))


def state_word(state: str) -> str:
    """The word of one of the fourteen states of a pairing, or of `open`, a need without an offer."""
    return str(STATES.get(state, state))


def role_word(role: str) -> str:
    """区县民政局, 志愿者, …"""
    return str(ROLES.get(role, role))


def organisation_kind_word(kind: str) -> str:
    """慈善组织, 爱心企业, …"""
    return str(ORGANISATION_KINDS.get(kind, kind))


def organisation_status_word(status: str) -> str:
    """等县里核实, 已核实, …"""
    return str(ORGANISATION_STATUSES.get(status, status))


def offer_status_word(status: str) -> str:
    """接受结对, 先停一停, 已结束."""
    return str(OFFER_STATUSES.get(status, status))


def condition_word(code: str) -> str:
    """在家能做, 60 岁以上, …: what a need asks, an offer provides or is limited to."""
    return str(CONDITIONS.get(code, code))


def precision_word(precision: str | None) -> str:
    """How well a place is known; None: not at all."""
    return str(PRECISIONS.get(precision or "", _l("位置不详")))


def category_word(category: str) -> str:
    """低保 A 类, 特困供养, …: under which guarantee a household stands."""
    return str(CATEGORIES.get(category, category))


def household_status_word(status: str) -> str:
    """How far a household's verification has come."""
    return str(HOUSEHOLD_STATUSES.get(status, status))


FILTERS = (help_type_word, help_character, urgency_word, state_word, role_word, organisation_kind_word,
           organisation_status_word, offer_status_word, condition_word, precision_word, category_word,
           household_status_word, *words_needs.FILTERS)
