"""The words for what a register's columns and a file's fields hold, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString

from matching.language import lazy_gettext as _l

COLUMNS: Mapping[str, LazyString] = {
    "seq": _l("序号"), "no": _l("户编号"), "head": _l("户主"), "head_id": _l("户主身份证号"), "name": _l("姓名"),
    "others": _l("其他家庭成员"), "persons": _l("家庭人口"), "town": _l("镇街"), "village": _l("村社区"),
    "addr": _l("住址"), "hukou": _l("户籍"), "category": _l("救助类型"), "cause": _l("致困原因"),
    "gets": _l("已享受政策"), "aid": _l("救助金额"), "registered": _l("建档时间"), "house": _l("住房"),
    "health": _l("健康"), "illness": _l("所患疾病"), "distype": _l("残疾类型"), "disgrade": _l("残疾等级"),
    "stage": _l("在读阶段"), "child": _l("儿童保障"), "need": _l("需求"), "qty": _l("数量"), "urgent": _l("紧急程度"),
    "note": _l("备注"), "need_on": _l("需求日期"), "id": _l("身份证号"), "rel": _l("与户主关系"),
    "income": _l("月收入"), "work": _l("劳动能力"), "job": _l("就业"), "phone": _l("电话"), "support": _l("义务人"),
    "certificate": _l("残疾证号"),
    "sex": _l("性别"), "birth": _l("出生日期"), "bank": _l("银行账号"), "staff": _l("包保干部"),
    "org": _l("单位名称"), "otype": _l("单位性质"), "code": _l("信用代码"), "project": _l("项目"),
    "type": _l("帮扶类型"), "unit": _l("单位"), "area": _l("服务区域"), "radius": _l("服务半径"), "lat": _l("纬度"),
    "lon": _l("经度"), "cond": _l("条件"), "start": _l("开始日期"), "end": _l("结束日期"), "contact": _l("联系人"),
    "town_code": _l("镇街代码"), "amount": _l("金额"), "day": _l("发放日期"), "source": _l("资金来源"),
    "provider": _l("发放单位"), "status": _l("进展"),
}
FIELDS: Mapping[str, LazyString] = {
    "number": _l("户编号"), "area_code": _l("地点"), "head_name": _l("户主"), "address": _l("住址"),
    "phone": _l("电话"), "bank_account": _l("银行账号"), "note": _l("备注"), "category": _l("救助类型"),
    "residence": _l("户籍"),
    "cause": _l("致困原因"), "housing": _l("住房"), "support": _l("义务人"), "registered_on": _l("建档时间"),
    "status": _l("状态"), "name": _l("姓名"), "position": _l("次序"), "relation": _l("与户主关系"),
    "identity_number": _l("身份证号"), "certificate": _l("残疾证号"), "illness": _l("所患疾病"),
    "born_on": _l("出生日期"), "sex": _l("性别"), "health": _l("健康"), "disability_kind": _l("残疾类型"),
    "disability_grade": _l("残疾等级"), "work_ability": _l("劳动能力"), "employment": _l("就业"),
    "school_stage": _l("在读阶段"), "child_kind": _l("儿童保障"), "monthly_income_fen": _l("月收入"),
    "policies": _l("已享受政策"), "household": _l("转到这一户"), "help_type": _l("帮扶类型"), "quantity": _l("数量"),
    "urgency": _l("紧急程度"), "reported_on": _l("需求日期"), "asks": _l("条件"), "traits": _l("对象特点"),
    "unit": _l("单位"), "summary": _l("说明"), "sequence": _l("次序"),
}
KINDS: Mapping[str, LazyString] = {"households": _l("家庭台账"), "aid": _l("救助发放台账"),
                                   "offers": _l("帮扶资源表"), "places": _l("镇村坐标表")}
STATES: Mapping[str, LazyString] = {
    "waiting": _l("排队等着读"), "reading": _l("正在读"), "ready": _l("等您确认"), "confirmed": _l("排队等着写入"),
    "applying": _l("正在写入"), "done": _l("已导入"), "undoing": _l("正在撤回"), "undone": _l("已撤回"),
    "refused": _l("不能导入"), "failed": _l("没有做成"), "cancelled": _l("已取消"),
}
TAGS: Mapping[str, str] = {"ready": "open", "done": "done", "refused": "late", "failed": "late", "waiting": "wait",
                           "reading": "wait", "confirmed": "wait", "applying": "wait", "undoing": "wait"}


def column_word(field: str) -> str:
    """What a column of a register holds."""
    return str(COLUMNS.get(field, field))


def field_word(field: str) -> str:
    """A field of a household's file."""
    return str(FIELDS.get(field, field))
