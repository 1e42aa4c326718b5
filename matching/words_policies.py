"""The words for policies, for what a rule decided by, and for what becomes of a finding, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString, gettext

from matching.formatting import money, number
from matching.households.forms_choices import HOUSINGS
from matching.language import lazy_gettext as _l
from matching.words import CATEGORIES, URGENCIES

POLICIES: Mapping[str, LazyString] = {
    "dibao": _l("最低生活保障"), "tekun": _l("特困供养"), "living": _l("困难残疾人生活补贴"),
    "nursing": _l("重度残疾人护理补贴"), "school_aid": _l("困难学生助学金"), "orphan": _l("孤儿基本生活费"),
    "defacto": _l("事实无人抚养儿童补贴"), "margin": _l("低保边缘"), "single": _l("单人保"),
    "schooling": _l("分学段助学"), "housing": _l("安居补助"), "medical": _l("医疗救助"),
    "temporary": _l("临时救助"), "limits": _l("审批权限"),
}
AMOUNT_WORDS: Mapping[str, LazyString] = {
    "urban": _l("城镇标准"), "rural": _l("农村标准"), "dibao_a_urban": _l("A 类，城镇，每人"),
    "dibao_a_rural": _l("A 类，农村，每人"), "dibao_b_urban": _l("B 类，城镇，每人"),
    "dibao_b_rural": _l("B 类，农村，每人"), "dibao_c_urban": _l("C 类，城镇，每人"),
    "dibao_c_rural": _l("C 类，农村，每人"), "month": _l("每人每月"), "year": _l("每人每年"),
    "grade_1": _l("一级，每月"), "grade_2": _l("二级，每月"), "grade_3": _l("三级，每月"), "grade_4": _l("四级，每月"),
    "kin": _l("亲属抚养，每月"), "institution": _l("机构养育，每月"), "up_to": _l("每月补到"),
    "town_limit": _l("镇街自己批，最多"), "green_cap": _l("先行救助，最多"),
    "upto_percent": _l("人均收入低于低保标准的"), "head_month": _l("每人每月补助"),
    "income_percent": _l("人均收入低于低保标准的"), "bills_year": _l("一年医药费达到"),
    "nursery_year": _l("幼儿园，每年"), "primary_year": _l("小学，每年"), "junior_year": _l("初中，每年"),
    "senior_year": _l("高中或中专，每年"), "university_year": _l("大学或大专，每年"),
    "cap": _l("最多"), "threshold": _l("一年自付超过"), "institution_percent": _l("机构养育的儿童，补自付的"),
    "tekun_percent": _l("特困供养，补自付的"), "dibao_percent": _l("低保，补自付的"),
    "margin_percent": _l("低保边缘，补自付的"), "none_percent": _l("没有纳入的，补自付的"),
    "illness_ordinary": _l("因病或因残，一般"), "illness_urgent": _l("因病或因残，紧急"),
    "illness_critical": _l("因病或因残，危急"), "disaster_ordinary": _l("因灾，一般"),
    "disaster_urgent": _l("因灾，紧急"), "disaster_critical": _l("因灾，危急"),
    "schooling_ordinary": _l("因学，一般"), "schooling_urgent": _l("因学，紧急"),
    "schooling_critical": _l("因学，危急"), "other_ordinary": _l("其他，一般"), "other_urgent": _l("其他，紧急"),
    "other_critical": _l("其他，危急"),
}
RULES: Mapping[str, LazyString] = {
    "dibao": _l("全家人均月收入低于户籍所在地的标准；符合特困供养的除外。新纳入的补到标准。"),
    "tekun": _l("一个人生活，60 岁以上，没有劳动能力、没有收入、没有义务人。"),
    "living": _l("有残疾，家里属于规定的类别。"),
    "nursing": _l("残疾等级有规定金额的，不论家里属于哪一类。"),
    "school_aid": _l("在读高中或大学，家里属于规定的类别；按年发。"),
    "orphan": _l("不满 18 岁的孤儿，按谁来养分两档。"),
    "defacto": _l("不满 18 岁、事实无人抚养；按人头已领的低保金要减掉，只补差额。"),
    "margin": _l("全家人均月收入不低于低保标准、又低于它的一定比例。纳入后可以享受按类别给的政策。"),
    "single": _l("全家人均收入在低保标准以上、又低于它的一定比例，家里有重度残疾（一、二级，或精神、智力三级）"
                 "或者大病的人，可以一个人纳入；补到标准，本人收入要减掉。"),
    "schooling": _l("在读的学段有金额，家里属于规定的类别；按年发，读几年发几年。"),
    "housing": _l("住房是危房或没有住房，家里属于规定的类别：补助不超过上限，多出的自家出；"
                  "全家都没有劳动能力、建不了房的，全部兜底。"),
    "medical": _l("大病的人，保险报销以后自付的部分，超过起付线的按类别补一定比例，不超过上限；比例是 100% 的全部补，"
                  "不设起付线和上限。"),
    "temporary": _l("有核实过的资金需求：按主要难处和急不急，一次给一笔。紧急是较急和紧急，危急是危急。"),
    "limits": _l("不超过镇街权限的由镇街批，多一分就由区县批。先行救助先发钱、后补材料，不能超过上限。"),
}
REASONS: Mapping[str, LazyString] = {
    "income_below": _l("人均月收入 %(head)s，低于%(residence)s标准 %(standard)s"),
    "income_reaches": _l("人均月收入 %(head)s，不低于%(residence)s标准 %(standard)s"),
    "residence_unknown": _l("没有填户籍是城镇还是农村，算不了"),
    "other_instead": _l("符合%(policy)s，按%(policy)s办"),
    "alone_old_unable": _l("一个人生活，%(age)s 岁，没有劳动能力、没有收入、没有义务人"),
    "not_alone": _l("家里有 %(people)s 个人"), "has_income": _l("每月有收入 %(income)s"),
    "can_work": _l("还有劳动能力"), "has_support": _l("有赡养、抚养义务人"), "too_young": _l("%(age)s 岁，不到 60 岁"),
    "facts_missing": _l("年龄、劳动能力或义务人没有填清楚，判断不了"),
    "not_disabled": _l("没有登记残疾"), "disabled_in_category": _l("有残疾，家里是%(category)s"),
    "category_not_named": _l("家里是%(category)s，不在这项政策的范围里"),
    "grade_unknown": _l("没有填残疾等级，判断不了"), "grade_named": _l("残疾 %(grade)s 级"),
    "grade_not_named": _l("残疾 %(grade)s 级，不在这项政策的范围里"),
    "not_pupil_there": _l("不在读高中或大学"), "pupil_in_category": _l("在读%(stage)s，家里是%(category)s"),
    "not_such_child": _l("没有登记为这类儿童"), "age_unknown": _l("没有填出生日期，判断不了"),
    "orphan": _l("孤儿，%(care)s，%(age)s 岁"), "grown_up": _l("%(age)s 岁，已满 18 岁"),
    "defacto": _l("事实无人抚养，补到 %(up_to)s，已领 %(paid)s"),
    "line_unknown": _l("没有低保标准，或没有填户籍是城镇还是农村，算不了"),
    "above_margin": _l("人均月收入 %(head)s，不低于低保标准 %(standard)s的 %(percent)s%%（%(upto)s）"),
    "dibao_instead": _l("人均月收入 %(head)s，低于标准 %(standard)s，全家可以按低保办"),
    "in_margin": _l("人均月收入 %(head)s，低于低保标准 %(standard)s的 %(percent)s%%（%(upto)s）"),
    "neither_ill_nor_severe": _l("没有登记重度残疾或大病"), "all_guaranteed": _l("全家已经在低保或特困供养里"),
    "own_income_reaches": _l("本人月收入 %(own)s，不低于标准 %(standard)s"),
    "alone_severe": _l("残疾 %(grade)s 级，人均月收入 %(head)s，低于低保标准的 %(percent)s%%（%(upto)s），"
                       "本人收入 %(own)s，补到 %(standard)s"),
    "alone_ill": _l("有大病，人均月收入 %(head)s，低于低保标准的 %(percent)s%%（%(upto)s），本人收入 %(own)s，"
                    "补到 %(standard)s"),
    "alone_bills": _l("一年医药费 %(bills)s，达到 %(least)s；人均月收入 %(head)s，低于低保标准的 %(percent)s%%"
                      "（%(upto)s），本人收入 %(own)s，补到 %(standard)s"),
    "stage_not_named": _l("没有在读，或这个学段没有金额"),
    "housing_unknown": _l("没有填住房情况，判断不了"), "housing_safe": _l("住房：%(housing)s"),
    "housing_capped": _l("住房：%(housing)s，家里是%(category)s；最多 %(cap)s，多出的自家出"),
    "housing_whole": _l("住房：%(housing)s，家里是%(category)s，全家都没有劳动能力，建不了房：全部兜底"),
    "home_capped": _l("住房：%(housing)s，家里是%(category)s；造价 %(cost)s，上限 %(cap)s，自家出 %(own)s"),
    "home_whole": _l("住房：%(housing)s，家里是%(category)s，建不了房：全部兜底，造价 %(cost)s"),
    "not_seriously_ill": _l("没有登记大病"), "class_not_named": _l("%(class)s，不在这项政策的范围里"),
    "medical_share": _l("有大病，%(class)s：自付超过 %(threshold)s的部分补 %(percent)s%%，最多 %(cap)s"),
    "medical_whole": _l("有大病，%(class)s：自付的全部补"),
    "bills_share": _l("%(class)s：自付 %(left)s，超过 %(threshold)s的部分补 %(percent)s%%，最多 %(cap)s"),
    "bills_whole": _l("%(class)s：自付 %(left)s，全部补"),
    "bills_too_small": _l("自付 %(left)s，没有超过 %(threshold)s"),
    "no_emergency": _l("没有核实过的资金需求"), "cell_empty": _l("%(emergency)s，%(severity)s：表里没有金额"),
    "emergency": _l("%(emergency)s，资金需求%(urgency)s，按%(severity)s给"),
    "emergency_said": _l("%(emergency)s，%(severity)s"),
    "still_below": _l("政策都算上，人均每月 %(head)s，还低于标准 %(standard)s"),
}
RESIDENCES: Mapping[str, LazyString] = {"urban": _l("城镇"), "rural": _l("农村")}
STAGES: Mapping[str, LazyString] = {
    "nursery": _l("幼儿园"), "primary": _l("小学"), "junior": _l("初中"), "senior": _l("高中"),
    "university": _l("大学"),
}
EMERGENCIES: Mapping[str, LazyString] = {
    "illness": _l("因病或因残"), "disaster": _l("因灾"), "schooling": _l("因学"), "other": _l("其他原因"),
}
SEVERITIES: Mapping[str, LazyString] = {"ordinary": _l("一般"), "urgent": _l("紧急"), "critical": _l("危急")}
CLASSES: Mapping[str, LazyString] = {
    "institution": _l("机构养育的儿童"), "tekun": _l("特困供养"), "dibao": _l("低保"), "margin": _l("低保边缘"),
    "none": _l("没有纳入"),
}
CARES: Mapping[str, LazyString] = {"kin": _l("亲属抚养"), "institution": _l("机构养育")}
CHECKS: Mapping[str, LazyString] = {
    "waiting": _l("马上开始"), "running": _l("正在查"), "done": _l("查完了"), "failed": _l("没有查成，是我们的问题"),
    "cancelled": _l("已停下"),
}
SOURCES: Mapping[str, LazyString] = {
    "fiscal": _l("财政"), "charity": _l("慈善"), "enterprise": _l("企业"), "organisation": _l("社会组织"),
    "person": _l("个人"), "unknown": _l("来源不详"),
}
PROGRESS: Mapping[str, LazyString] = {
    "building": _l("在建"), "moved_in": _l("已入住"), "looking": _l("求职中"), "opened": _l("已开业"),
}
GRANT_STATES: Mapping[str, LazyString] = {
    "asked": _l("等批准"), "returned": _l("退回补充"), "refused": _l("没有批准"), "approved": _l("已批准"),
    "ended": _l("已停发"), "reclaim": _l("要追回"), "reclaimed": _l("已追回"),
}
GRANT_TAGS: Mapping[str, str] = {
    "asked": "open", "returned": "wait", "approved": "done", "ended": "full", "reclaim": "late", "reclaimed": "full"}
TIERS: Mapping[str, LazyString] = {"town": _l("镇街批"), "county": _l("区县批")}
CHAINS: Mapping[str, LazyString] = {
    "town": _l("镇街批"), "county": _l("区县批"), "town county": _l("镇街先审，区县再批"),
    "county county": _l("区县两个人批"),
}
CHASERS: Mapping[str, LazyString] = {
    "community": _l("村社区在催"), "town": _l("镇街在催"), "county": _l("区县在催"),
}
TIES: Mapping[str, LazyString] = {
    "own": _l("就是我家"), "kin": _l("是我的亲属"), "other": _l("有别的关系，应当回避"),
}
DUE_STATES: Mapping[str, LazyString] = {
    "paid": _l("已发"), "missed": _l("到期没发"), "due": _l("到期了，该发"), "ahead": _l("还没到期"),
}
DUE_TAGS: Mapping[str, str] = {"paid": "done", "missed": "late", "due": "open", "ahead": ""}
SIGNED: Mapping[str, LazyString] = {
    "approve": _l("签了同意"), "return": _l("退回"), "refuse": _l("定了不批"),
}
LINE_STATES: Mapping[str, LazyString] = {"due": _l("还没发"), "paid": _l("已发"), "failed": _l("没发成")}
LINE_TAGS: Mapping[str, str] = {"due": "open", "paid": "done", "failed": "late"}
RHYTHMS: Mapping[str, LazyString] = {"once": _l("一次"), "month": _l("每月"), "year": _l("每年")}
GAP_KINDS: Mapping[str, LazyString] = {
    "gap": _l("应享未享"), "no_longer": _l("不再符合"), "focus": _l("重点关注"),
}
GAP_STATES: Mapping[str, LazyString] = {
    "open": _l("还没处理"), "passed_up": _l("已上报"), "settled": _l("已落实"), "explained": _l("已说明"),
    "reopened": _l("又打开了"),
}
ACTS: Mapping[str, LazyString] = {
    "passed_up": _l("上报，等上级定"), "settled": _l("已经落实"), "explained": _l("不用办，说明原因"),
    "reopened": _l("重新打开"),
}
GAP_TAGS: Mapping[str, str] = {
    "open": "open", "passed_up": "wait", "settled": "done", "explained": "", "reopened": "open"}


def policy_word(policy: str) -> str:
    """最低生活保障, 特困供养, …; the code itself when it is not known here."""
    return str(POLICIES.get(policy, policy))


def of_households() -> Mapping[str, LazyString]:
    """The policies that households can have, with their words."""
    return {code: word for code, word in POLICIES.items() if code != "limits"}


def rule_words(policy: str) -> str:
    """The rule of a policy in one sentence."""
    return str(RULES.get(policy, ""))


def amount_said(amount: int, key: str) -> str:
    """An amount of a policy as it is written: a sum, or a share where the key says so."""
    return f"{amount}%" if key.endswith("_percent") else money(amount)


def amount_word(key: str) -> str:
    """What an amount of a policy is for."""
    return str(AMOUNT_WORDS.get(key, key))


_WORDS_OF_FACTS: Mapping[str, Mapping[str, LazyString]] = {
    "residence": RESIDENCES, "stage": STAGES, "care": CARES, "category": CATEGORIES, "policy": POLICIES,
    "emergency": EMERGENCIES, "severity": SEVERITIES, "class": CLASSES, "housing": HOUSINGS,
    "urgency": {str(level): word for level, word in URGENCIES.items()},
}


def reason_words(why: str, facts: Mapping[str, int | str]) -> str:
    """What a rule decided by, with the values it used. `facts` in fen; a code that is not known is shown as it is."""
    if why not in REASONS:
        return why
    values: dict[str, str | int] = {name.removesuffix("_fen"): money(int(value)) if name.endswith("_fen") else value
                                    for name, value in facts.items()}
    for name, words in _WORDS_OF_FACTS.items():
        values[name] = str(words.get(str(facts.get(name, "")), facts.get(name, "")))
    together, people = int(facts.get("income_fen", 0)), int(facts.get("people", 1))
    values["head"] = money(together // people)
    return str(REASONS[why]) % values


def source_word(source: str) -> str:
    """财政, 慈善, 企业, 社会组织, 个人."""
    return str(SOURCES.get(source, source))


def progress_word(progress: str) -> str:
    """How far the thing has come that was paid for; the register's own word where it has no code."""
    return str(PROGRESS.get(progress, progress))


def grant_state_word(state: str) -> str:
    """等批准, 已批准, 退回补充, …"""
    return str(GRANT_STATES.get(state, state))


def grant_tag(state: str) -> str:
    """The kind of tag of a grant's state."""
    return GRANT_TAGS.get(state, "")


def tier_word(tier: str) -> str:
    """镇街批, 区县批."""
    return str(TIERS.get(tier, tier))


def chain_word(chain: str) -> str:
    """Who signs, one after another."""
    return str(CHAINS.get(chain, chain))


def chaser_word(tier: str) -> str:
    """Who runs after papers that are owed."""
    return str(CHASERS.get(tier, tier))


def tie_word(tie: str) -> str:
    """How an officer stands to a household from which it keeps away."""
    return str(TIES.get(tie, tie))


def due_word(state: str) -> str:
    """How one payment of a promise stands."""
    return str(DUE_STATES.get(state, state))


def due_tag(state: str) -> str:
    """The kind of tag of a payment's state."""
    return DUE_TAGS.get(state, "")


def signed_word(decision: str) -> str:
    """What somebody did with a request."""
    return str(SIGNED.get(decision, decision))


def line_word(state: str) -> str:
    """How a line of a payment list stands."""
    return str(LINE_STATES.get(state, state))


def line_tag(state: str) -> str:
    """The kind of tag of a line's state."""
    return LINE_TAGS.get(state, "")


def rhythm_word(rhythm: str) -> str:
    """一次, 每月, 每年."""
    return str(RHYTHMS.get(rhythm, rhythm))


def gap_kind_word(kind: str) -> str:
    """应享未享, 不再符合, 重点关注."""
    return str(GAP_KINDS.get(kind, kind))


def gap_state_word(state: str) -> str:
    """How far a finding has been dealt with."""
    return str(GAP_STATES.get(state, state))


def gap_tag(state: str) -> str:
    """The kind of tag of a finding's state."""
    return GAP_TAGS.get(state, "")


def check_words(state: str, done: int, total: int) -> str:
    """How far a check has come, in one sentence."""
    if state == "running" and total:
        return gettext("正在查，%(done)s / %(total)s 户", done=number(done), total=number(total))
    return str(CHECKS.get(state, state))


FILTERS = (policy_word, rule_words, reason_words, amount_word, amount_said, source_word, progress_word, rhythm_word,
           gap_kind_word, grant_state_word, grant_tag, tier_word, gap_state_word, gap_tag, chain_word, chaser_word,
           tie_word, due_word, due_tag, signed_word, line_word, line_tag)
