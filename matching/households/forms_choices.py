"""The codes of a file's fields with their words: what selects offer and what pages show.

The codes are those that the importer writes. A value that is no code here is shown as it stands, so that
nothing a register said is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import LazyString, get_locale

from matching import words
from matching.formatting import mask_account, mask_identity, mask_phone, money_plain
from matching.language import lazy_gettext as _l
from matching.words_needs import NEED_STATE_CHOICES, WAITS

Words = Mapping[str, LazyString]
Choices = list[tuple[str, LazyString | str]]

NOT_KNOWN = _l("不清楚")

RELATIONS: Words = {
    "head": _l("户主"), "spouse": _l("配偶"), "son": _l("儿子"), "daughter": _l("女儿"), "child": _l("子女"),
    "father": _l("父亲"), "mother": _l("母亲"), "parent_in_law": _l("公婆或岳父母"), "child_in_law": _l("儿媳或女婿"),
    "grandson": _l("孙子"), "granddaughter": _l("孙女"), "grandchild": _l("孙辈"),
    "grandparent": _l("祖父母或外祖父母"), "sibling": _l("兄弟姐妹"), "relative": _l("其他亲属"),
}
CAUSES: Words = {
    "illness": _l("因病"), "disability": _l("因残"), "schooling": _l("因学"), "disaster": _l("因灾"),
    "old_age": _l("年老"), "single_parent": _l("单亲"), "no_labour": _l("缺劳动力"), "no_skill": _l("缺技术"),
    "no_funds": _l("缺资金"), "no_work": _l("没有工作"), "other": _l("其他原因"),
}
HOUSINGS: Words = {
    "grade_a": _l("A 级，安全"), "grade_b": _l("B 级，基本安全"), "grade_c": _l("C 级，局部危房"),
    "grade_d": _l("D 级，整体危房"), "public_rental": _l("公租房"), "rented": _l("租住"), "lent": _l("借住"),
    "own": _l("自有住房"), "none": _l("没有住房"),
}
RESIDENCES: Words = {"urban": _l("城镇"), "rural": _l("农村")}
SUPPORTS: Words = {"yes": _l("有义务人"), "no": _l("没有义务人"), "unable": _l("义务人没有能力")}
SEXES: Words = {"female": _l("女"), "male": _l("男")}
HEALTHS: Words = {
    "healthy": _l("健康"), "chronic": _l("慢性病"), "serious": _l("大病"), "disabled": _l("残疾"), "weak": _l("体弱"),
}
DISABILITIES: Words = {
    "sight": _l("视力"), "hearing": _l("听力"), "speech": _l("言语"), "limb": _l("肢体"), "intellect": _l("智力"),
    "mental": _l("精神"), "multiple": _l("多重"),
}
WORK_ABILITIES: Words = {"full": _l("有劳动能力"), "partial": _l("部分劳动能力"), "none": _l("没有劳动能力")}
EMPLOYMENTS: Words = {
    "farming": _l("务农"), "migrant": _l("务工"), "flexible": _l("灵活就业"), "public_post": _l("公益性岗位"),
    "employed": _l("在职"), "self_employed": _l("个体经营"), "pension": _l("领养老金"), "pupil": _l("上学"),
    "none": _l("没有工作"),
}
STAGES: Words = {
    "nursery": _l("幼儿园"), "primary": _l("小学"), "junior": _l("初中"), "senior": _l("高中或中专"),
    "university": _l("大学或大专"),
}
CHILD_KINDS: Words = {
    "orphan_institution": _l("孤儿（机构）"), "orphan_kin": _l("孤儿（亲属）"), "defacto": _l("事实无人抚养"),
    "hardship": _l("困境儿童"), "left_behind": _l("留守儿童"),
}
POLICIES: Words = {
    "dibao": _l("低保"), "tekun": _l("特困供养"), "living": _l("残疾人生活补贴"), "nursing": _l("残疾人护理补贴"),
    "orphan": _l("孤儿基本生活费"), "defacto": _l("事实无人抚养补贴"), "school_aid": _l("助学金"),
    "single": _l("单人保"), "schooling": _l("分学段助学"),
    "old_age": _l("高龄津贴"), "insurance": _l("医保代缴"), "pension_paid": _l("养老保险代缴"),
    "temporary": _l("临时救助"), "medical": _l("医疗救助"), "housing": _l("住房补助"),
}
WITHDRAWN: Words = {
    "settled": _l("在别处解决了"), "not_needed": _l("已经不需要了"), "moved": _l("搬走了"), "mistake": _l("登记错了"),
}
PAPERS: Words = {
    "identity": _l("身份证或户口本"), "disability": _l("残疾证"), "diagnosis": _l("诊断书或病历"),
    "bill": _l("费用单据"), "house": _l("房屋照片"), "consent": _l("同意书"), "other": _l("其他材料"),
}
REMOVED: Words = {
    "wrong": _l("传错了"), "blurred": _l("看不清，重新拍"), "outdated": _l("过期了，有新的"),
    "withdrawn": _l("这家人要求删掉"),
}

FIELDS: Mapping[str, Words] = {
    "relation": RELATIONS, "cause": CAUSES, "housing": HOUSINGS, "residence": RESIDENCES, "support": SUPPORTS,
    "sex": SEXES, "health": HEALTHS, "disability_kind": DISABILITIES, "work_ability": WORK_ABILITIES,
    "employment": EMPLOYMENTS, "school_stage": STAGES, "child_kind": CHILD_KINDS, "policy": POLICIES,
    "withdrawn": WITHDRAWN, "paper": PAPERS, "removed": REMOVED,
}


def file_word(code: str | None, field: str) -> str:
    """The word of one field's code: `file_word("illness", "cause")` → 因病; empty stays empty."""
    return str(FIELDS[field].get(code or "", code or ""))


def choices(table: Words, empty: LazyString | None = NOT_KNOWN) -> Choices:
    """What a select offers: every code with its word, before them an empty choice unless `empty` is None."""
    return [*([("", empty)] if empty is not None else []), *table.items()]


def choices_with(table: Words, present: str | None) -> Choices:
    """The choices, and what the file says now when that is no code of ours."""
    kept = [] if not present or present in table else [(present, present)]
    return [*choices(table), *kept]


def words_of(codes: Iterable[str], field: str) -> str:
    """The words of several codes as a list is written in the reader's language."""
    return (", " if str(get_locale()) == "en" else "、").join(file_word(code, field) for code in codes)


CATEGORY_CHOICES: Choices = list(words.CATEGORIES.items())
HELP_TYPE_CHOICES: Choices = list(words.HELP_TYPES.items())
URGENCY_CHOICES: list[tuple[int, LazyString]] = list(words.URGENCIES.items())

LIST_CHOICES: Mapping[str, tuple[LazyString, Words]] = {
    "help_type": (_l("需要哪种帮助"), {"": _l("不按需求选"), "any": _l("任何一种"), **words.HELP_TYPES}),
    "need_state": (_l("这项需求办到哪一步"), NEED_STATE_CHOICES),
    "waited": (_l("等了多久"), WAITS), "category": (_l("低保或特困类别"), words.CATEGORIES),
    "status": (_l("这户核实到哪一步"), words.HOUSEHOLD_STATUSES),
}
"""What the list of households can be filtered by: name of the filter → its label and its choices."""


def chosen_words(asked: Mapping[str, str], areas: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """The filters of the list of households that are set, in words: name → label and what was chosen."""
    area = asked["area_code"]
    told = {"written": (_l("找的是"), asked["written"]), "area_code": (_l("地点"), areas.get(area, area)),
            **{name: (label, table.get(asked[name], asked[name])) for name, (label, table) in LIST_CHOICES.items()}}
    return {name: (str(label), str(word)) for name, (label, word) in told.items() if word and asked[name]}


FIELD_WORDS: Words = {
    "number": _l("户号"), "area_code": _l("地点"), "head_name": _l("户主姓名"), "address": _l("门牌地址"),
    "phone": _l("电话"), "bank_account": _l("银行账号"), "note": _l("备注"), "category": _l("低保或特困类别"),
    "residence": _l("户籍"), "cause": _l("主要难处"), "housing": _l("住房"), "support": _l("赡养抚养义务人"),
    "registered_on": _l("建档"), "status": _l("状态"), "position": _l("排序"), "name": _l("姓名"),
    "relation": _l("和户主的关系"), "identity_number": _l("身份证号"), "certificate": _l("残疾证号"),
    "illness": _l("病情"), "born_on": _l("出生日期"), "sex": _l("性别"), "health": _l("身体"),
    "disability_kind": _l("残疾类别"), "disability_grade": _l("残疾等级"), "work_ability": _l("劳动能力"),
    "employment": _l("做什么"), "school_stage": _l("在读"), "child_kind": _l("儿童类别"),
    "monthly_income_fen": _l("每月收入（元）"), "policies": _l("在领的政策"), "household_id": _l("属于哪一户"),
    "help_type": _l("要哪种帮助"), "quantity": _l("要多少"), "unit": _l("按什么算"), "urgency": _l("急不急"),
    "reported_on": _l("哪天提出的"), "asks": _l("只能是"), "traits": _l("给什么样的人"), "summary": _l("一句话说清楚"),
    "archived_on": _l("归档的日子"), "sequence": _l("第几项"),
}
HIDDEN_FIELDS = ("phone", "address", "bank_account", "note", "identity_number", "certificate", "illness")
_TABLES: Mapping[str, Mapping[Any, LazyString]] = {
    **FIELDS, "category": words.CATEGORIES, "help_type": words.HELP_TYPES, "urgency": words.URGENCIES,
    "status": {**words.HOUSEHOLD_STATUSES, "open": _l("待帮"), "met": _l("已办好"), "withdrawn": _l("已撤回")},
}
_LISTS: Mapping[str, Mapping[str, LazyString]] = {
    "policies": POLICIES, "asks": words.CONDITIONS, "traits": words.CONDITIONS}


def field_word(name: str) -> str:
    """What a field is called on forms and in the history; its own name where there is no word."""
    return str(FIELD_WORDS.get(name, name))


def value_word(value: Any, name: str) -> str:
    """A field's value in words: `value_word("illness", "cause")` → 因病; sums in yuan; nothing → empty."""
    if value in (None, "", []):
        return ""
    if isinstance(value, list):
        table = _LISTS.get(name, {})
        return ("、" if str(get_locale()) != "en" else ", ").join(str(table.get(code, code)) for code in value)
    if name.endswith("_fen"):
        return money_plain(value)
    return str(_TABLES.get(name, {}).get(value, value))


def masked_word(value: Any, name: str) -> str:
    """A hidden field's value as a page shows it before it is disclosed: last four at most."""
    if value in (None, "", []):
        return ""
    mask = {"phone": mask_phone, "identity_number": mask_identity, "certificate": mask_identity,
            "bank_account": mask_account}.get(name)
    return mask(value) if mask else str(_l("已隐藏"))


WHYS: Words = {"undo": _l("撤回了一次改动"), **WITHDRAWN}


def why_word(why: str) -> str:
    """Why a change was made: the words of a code, or what a person wrote."""
    return str(WHYS.get(why, why))
