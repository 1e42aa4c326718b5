"""The words for conditions, for the details of needs and for the states of a need (tables as in `matching.words`)."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString

from matching.language import lazy_gettext as _l

Words = Mapping[str, LazyString]

NEED_STATES: Words = {
    "reported": _l("待核实"), "verified": _l("已核实，等全户核查"), "open": _l("等结对"),
    "partly_paired": _l("部分结对"), "paired": _l("已全部结对"), "fulfilled": _l("已全部收到"),
    "closed": _l("已了结"),
    "reopened": _l("重新打开"), "withdrawn": _l("不再需要"),
}
NEED_STATE_CHOICES: Words = {
    "": _l("还没着落的（等结对、部分结对）"),
    **{state: word for state, word in NEED_STATES.items() if state != "reopened"}, "any": _l("不论办到哪一步"),
}
"""What a filter by where needs stand offers; the empty choice first: what is shown when nobody has chosen."""
WAITS: Words = {
    "7": _l("一周以上"), "30": _l("一个月以上"), "90": _l("三个月以上"), "180": _l("半年以上"), "365": _l("一年以上"),
}
"""How many days a need has waited at least, as a filter offers it."""
NEED_TAGS: Mapping[str, str] = {
    "reported": "wait", "verified": "wait", "open": "open", "partly_paired": "open", "paired": "done",
    "fulfilled": "done", "closed": "full", "reopened": "open",
}
NEED_STEPS: Words = {
    "report": _l("报来"), "confirm": _l("另一个人核实"), "pair": _l("结对"), "receive": _l("家里收到"),
    "close": _l("了结"),
}
CONDITIONS: Words = {
    "home_based": _l("在家能做"), "on_site": _l("到工坊或单位做"), "disabled_ok": _l("残疾人可"),
    "nursery": _l("幼儿园"), "primary": _l("小学"), "junior": _l("初中"), "senior": _l("高中"),
    "university": _l("大学"),
    "over60": _l("60 岁以上"), "under60": _l("不满 60 岁"), "female": _l("女性"), "male": _l("男性"),
    "living": _l("眼前的生活"), "bills": _l("看病欠的账"), "school_fees": _l("上学费用"), "relief": _l("灾后恢复"),
    "funeral": _l("办丧事"), "turnover": _l("生产周转"), "purpose_other": _l("其他用处"),
    "grain_oil": _l("米面油"), "bedding": _l("被褥"), "clothing": _l("衣服鞋帽"), "appliance": _l("家用电器"),
    "furniture": _l("家具"), "mobility_aid": _l("轮椅和辅具"), "baby": _l("奶粉尿布"), "school_things": _l("学习用品"),
    "daily_goods": _l("日用品"), "heating": _l("取暖用品"), "item_other": _l("其他物品"),
    "roof": _l("屋顶"), "wall": _l("墙体加固"), "rebuilding": _l("整屋重建"), "kitchen_bath": _l("厨房厕所"),
    "barrier_free": _l("无障碍改造"), "wiring": _l("水电线路"), "tidying": _l("收拾打理"), "renting": _l("租房"),
    "kidney": _l("肾病"), "cancer": _l("肿瘤"), "heart_brain": _l("心脑血管病"), "mental_illness": _l("精神疾病"),
    "lung": _l("呼吸系统病"), "eye": _l("眼病"), "injury": _l("外伤骨折"), "chronic_illness": _l("慢性病"),
    "rare_illness": _l("罕见病"), "illness_other": _l("其他疾病"),
    "inpatient": _l("住院"), "surgery": _l("手术"), "medicine": _l("门诊和药费"), "rehab": _l("康复"),
    "supplies": _l("护理耗材"), "travel": _l("看病的路费住宿"),
    "tuition": _l("学费"), "boarding": _l("住宿费"), "school_living": _l("在校生活费"), "books": _l("书本校服"),
    "journey": _l("报到路费"),
    "chinese": _l("语文"), "maths": _l("数学"), "english": _l("英语"), "physics": _l("物理"), "chemistry": _l("化学"),
    "homework": _l("各科作业"), "talents": _l("音体美"),
    "handwork": _l("手工编织"), "sewing": _l("缝纫"), "assembly": _l("组装加工"), "cleaning": _l("保洁"),
    "kitchen": _l("后厨帮工"), "shop_work": _l("收银店员"), "driving": _l("开车送货"), "farm_work": _l("种养采摘"),
    "office_work": _l("文员客服"), "guard": _l("门卫看护"), "work_other": _l("其他活计"),
    "meals": _l("做饭送饭"), "bathing": _l("助浴"), "chores": _l("打扫洗晒"), "errands": _l("买菜跑腿"),
    "company": _l("陪伴说话"), "health_check": _l("量血压、看药"), "escort": _l("陪着看病"),
    "night_watch": _l("夜里看护"), "respite": _l("替家人半天"),
    "grief": _l("亲人离世"), "own_illness": _l("生病的心情"), "child_mood": _l("孩子的心情"),
    "family": _l("家里的关系"), "low_mood": _l("睡不好、提不起劲"), "despair": _l("想不开"),
    "mental_care": _l("精神康复"), "carer_strain": _l("照顾人太累"),
    "poultry": _l("鸡鸭鹅"), "eggs": _l("蛋"), "livestock": _l("猪牛羊"), "fish": _l("水产"), "fruit": _l("水果"),
    "vegetables": _l("蔬菜"), "grain": _l("粮食"), "honey": _l("蜂蜜"), "tea": _l("茶叶"), "dried": _l("干货腊味"),
    "craft": _l("手工艺品"), "product_other": _l("其他产品"),
    "visit": _l("上门"), "centre": _l("到服务点"), "online": _l("线上"),
    "mon": _l("周一"), "tue": _l("周二"), "wed": _l("周三"), "thu": _l("周四"), "fri": _l("周五"), "sat": _l("周六"),
    "sun": _l("周日"),
    "morning": _l("上午"), "afternoon": _l("下午"), "evening": _l("晚上"), "night": _l("夜里"),
}
GROUP_WORDS: Words = {
    "stage": _l("学段"), "age": _l("年龄"), "sex": _l("性别"), "purpose": _l("用途"), "item": _l("物品"),
    "repair": _l("修缮"), "illness": _l("病种"), "cost": _l("费用"), "school_cost": _l("上学的哪项费用"),
    "subject": _l("科目"), "work": _l("活计"), "task": _l("照料内容"), "topic": _l("话题"), "product": _l("产品"),
    "venue": _l("在哪里帮"), "day": _l("哪几天"), "part": _l("什么时段"),
}
DETAILS: Words = {
    "purpose": _l("钱做什么用"), "item": _l("要什么东西"), "size": _l("尺寸或型号"), "repair": _l("修哪里"),
    "area_m2": _l("大约多大"), "illness": _l("哪一类病"), "cost": _l("哪些费用"),
    "self_paid_fen": _l("自己要付多少"), "stage": _l("读哪一段"), "school_cost": _l("缺哪些费用"),
    "years": _l("要帮几年"), "grade": _l("几年级"), "subject": _l("补哪几门"), "venue": _l("在哪里方便"),
    "day": _l("哪几天方便"), "part": _l("什么时候方便"), "hours": _l("每周几小时"), "workplace": _l("在哪里做"),
    "work": _l("想做什么活"), "disabled_ok": _l("身体情况"), "task": _l("要帮着做什么"), "topic": _l("想聊什么"),
    "product": _l("卖什么"), "product_name": _l("产品叫什么"), "price_fen": _l("想卖什么价"),
}
PLACES_OF_WORK: Words = {
    "either": _l("在家、出门都行"), "home_based": _l("只能在家做"), "on_site": _l("想出门去做"),
}


def need_state_word(state: str) -> str:
    """Where a need stands: 待核实, 等结对, …"""
    return str(NEED_STATES.get(state, state))


def need_tag_of(state: str) -> str:
    """The kind of tag in which the word of a need's state stands."""
    return NEED_TAGS.get(state, "")


def need_step_word(step: str) -> str:
    """One step of a need's way: 报来, 结对, …"""
    return str(NEED_STEPS.get(step, step))


def group_word(group: str) -> str:
    """What a group of conditions speaks of: 学段, 科目, …"""
    return str(GROUP_WORDS.get(group, group))


def detail_word(name: str) -> str:
    """What one detail of a need is called."""
    return str(DETAILS.get(name, name))


FILTERS = (need_state_word, need_tag_of, need_step_word, group_word, detail_word)
