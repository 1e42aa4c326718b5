"""What the forms would have asked about the demo's needs: typed details to each sentence of `kinds`."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

DAY, PART = ("mon", "tue", "wed", "thu", "fri", "sat", "sun"), ("morning", "afternoon", "evening")
AT_HOME = {"venue": ["visit"]}
YUAN = 100

SAID: Mapping[str, Mapping[str, Any]] = {
    # care
    "独居老人，走路不稳，想有人每周来看看，帮着买菜、打扫。": {
        "task": ["chores", "errands"], "hours": 3, **AT_HOME},
    "老人独自住，夜里怕摔，想有人隔几天上门陪一会儿。": {
        "task": ["company"], "part": ["evening"], "hours": 4, **AT_HOME},
    "老人眼睛看不清，想有人每周来量血压、读药盒。": {
        "task": ["health_check"], "part": ["morning"], "hours": 1, **AT_HOME},
    "老母亲和腿脚不便的儿女相互照应，想有人每周来帮洗晒。": {"task": ["chores"], "hours": 2, **AT_HOME},
    "卧床的人要助浴和翻身，想有人每周来搭把手。": {"task": ["bathing"], "hours": 2, **AT_HOME},
    "想有人替她半天，好去一趟县城。": {"task": ["respite"], "part": ["morning"], "hours": 4, **AT_HOME},
    "冬天上坡挑水吃力，想有人每周来帮一次。": {"task": ["chores"], "hours": 1, **AT_HOME},
    "家人外出做工时，想有人来看一看、做顿饭。": {
        "task": ["meals", "company"], "part": ["morning"], "hours": 5, **AT_HOME},
    "白天上工，想有人中午给老人热个饭。": {"task": ["meals"], "day": list(DAY[:5]), "hours": 5, **AT_HOME},
    # goods
    "冬天的棉被和取暖器。": {"item": "bedding", "size": "双人被"},
    "米、油和一台电热水壶。": {"item": "grain_oil"},
    "一张护理床垫。": {"item": "mobility_aid", "size": "0.9 米宽，防褥疮"},
    "一把轮椅，旧的轮子坏了。": {"item": "mobility_aid", "size": "座宽 45 厘米"},
    "洗澡用的防滑椅和扶手。": {"item": "mobility_aid"},
    "两个孩子过冬的鞋和棉衣。": {"item": "clothing", "size": "身高 125 和 155，鞋 34 和 38 码"},
    "一张书桌和一盏台灯。": {"item": "school_things"},
    "被褥、锅碗和一家人的换洗衣服。": {"item": "bedding", "size": "三个人的"},
    "米、油和一台旧冰箱也好。": {"item": "grain_oil"},
    "一张床和一台电饭煲。": {"item": "furniture", "size": "1.5 米床"},
    # counselling
    "老伴走后话少了，想有人常来聊聊。": {"topic": ["grief"], **AT_HOME},
    "家里顶梁柱病倒，夫妻俩都睡不好，想找人说说。": {"topic": ["carer_strain"], **AT_HOME},
    "孩子不爱说话，想请社工聊几次。": {"topic": ["child_mood"], "part": ["evening"]},
    "父母不在身边，孩子夜里哭，想请人陪着聊聊。": {"topic": ["child_mood"], **AT_HOME},
    "孩子受了惊吓，夜里不敢一个人睡。": {"topic": ["child_mood"], **AT_HOME},
    "家里有精神障碍的成年子女，家人照看多年，想要社工定期上门。": {
        "topic": ["mental_care", "carer_strain"], **AT_HOME},
    "出院不久，想有人帮着按时吃药和复诊。": {"topic": ["mental_care"], **AT_HOME},
    # medical
    "白内障手术，医保报后自己还要出一部分。": {
        "illness": "eye", "cost": ["surgery"], "self_paid_fen": 1800 * YUAN},
    "长期吃药，村卫生所配不齐。": {
        "illness": "chronic_illness", "cost": ["medicine"], "self_paid_fen": 260 * YUAN},
    "哮喘的喷雾剂每个月要自己买两支。": {
        "illness": "lung", "cost": ["medicine"], "self_paid_fen": 240 * YUAN},
    "装假牙和助听器的钱还没有着落。": {
        "illness": "illness_other", "cost": ["supplies"], "self_paid_fen": 2400 * YUAN},
    "每周透析三次，路远，自付部分拖了两个月。": {"illness": "kidney", "cost": ["inpatient", "travel"],
                                                  "self_paid_fen": 1900 * YUAN},
    "手术后要复查和吃药，自付的钱还差一截。": {"illness": "cancer", "cost": ["surgery", "medicine"],
                                                "self_paid_fen": 6500 * YUAN},
    "靶向药不在报销里，每个月要自己出一部分。": {
        "illness": "cancer", "cost": ["medicine"], "self_paid_fen": 3200 * YUAN},
    "导尿和褥疮护理的耗材每个月都要自己买。": {
        "illness": "injury", "cost": ["supplies"], "self_paid_fen": 380 * YUAN},
    "复诊的车费和门诊自付部分。": {
        "illness": "mental_illness", "cost": ["travel", "medicine"], "self_paid_fen": 420 * YUAN},
    # cash
    "住院押金和一家人这个月的生活费。": {"purpose": "bills"},
    "看病借了钱，这两个月接不上。": {"purpose": "living"},
    "鸡苗和饲料的周转。": {"purpose": "turnover"},
    "家里失火，先过这个月。": {"purpose": "relief"},
    "男人做工摔伤，赔偿还没下来，先接上生活。": {"purpose": "living"},
    "山洪进屋，粮食和被褥都没了。": {"purpose": "relief"},
    "找到工作之前两个月的生活费。": {"purpose": "living"},
    # schooling
    "孩子这学期的住宿费和生活费。": {"school_cost": ["boarding", "school_living"]},
    "孩子的校服、课本和午餐费。": {"school_cost": ["books", "school_living"]},
    "大学生，学费贷了款，生活费每月还差一些。": {
        "stage": "university", "school_cost": ["tuition", "school_living"],
        "years": 3},
    "考上了大学，报到的路费和被褥还没有着落。": {
        "stage": "university", "school_cost": ["journey", "school_living"]},
    "高中住校，生活费和资料费。": {"stage": "senior", "school_cost": ["boarding", "books"], "years": 2},
    "两个孩子的生活费和课外书。": {"school_cost": ["school_living", "books"]},
    # tutoring
    "小学生，数学跟不上，家里没人能教。": {"subject": ["maths"]},
    "小学生，英语刚起步，想有人每周教一次。": {"subject": ["english"]},
    "初中生，数学和英语落下了，想有人每周辅导。": {"subject": ["maths", "english"]},
    "小学生放学后没人看作业。": {"subject": ["homework"], "part": ["afternoon", "evening"]},
    "跟着爷爷奶奶过，作业没人能看，想有人每周来教一次。": {"subject": ["homework"], **AT_HOME},
    # job
    "照看病人走不开，想要能带回家做的活。": {"work": ["handwork", "assembly"], "hours": 25},
    "左腿不方便，手很巧，想做坐着的活。": {"work": ["handwork", "sewing", "assembly"]},
    "会用电脑，出门要轮椅，想找客服或录入一类的事。": {"work": ["office_work"]},
    "丈夫卧床，她走不开，想找能拿回家做的活。": {"work": ["handwork", "assembly"], "hours": 30},
    "家里有人要翻身喂饭，只能做居家的手工活。": {"work": ["handwork"], "hours": 20},
    "一个人带两个孩子，想找能接送孩子的班次。": {"work": ["shop_work", "cleaning", "kitchen", "assembly"],
                                                "part": ["morning", "afternoon"]},
    "会做面点，想在镇上找份工。": {"workplace": "on_site", "work": ["kitchen"]},
    "腰不好，干不了重活，想在附近找轻一点的工。": {"work": ["guard", "shop_work", "handwork", "assembly"]},
    "农闲的时候想打几个月零工。": {"workplace": "on_site", "work": ["farm_work", "work_other"]},
    "在外面做过电子厂，回乡照顾老人，想在县里找工。": {"workplace": "on_site", "work": ["assembly"]},
    "有驾照，想找开车或送货的活。": {"workplace": "on_site", "work": ["driving"]},
    "做过保洁，早出晚归都行。": {"workplace": "on_site", "work": ["cleaning"]},
    # housing
    "门口三级台阶和厕所要改成无障碍的。": {"repair": ["barrier_free", "kitchen_bath"]},
    "后墙塌了半边，要修了才能住。": {"repair": ["wall"], "area_m2": 70},
    "屋顶烧了，雨季前要盖上。": {"repair": ["roof"], "area_m2": 60},
    "老土墙屋，去年鉴定过要加固。": {"repair": ["wall"], "area_m2": 85},
    "瓦面漏雨，梁也糟了，想翻修。": {"repair": ["roof"], "area_m2": 80},
    "住在坡脚，想搬到村里的空屋，要简单收拾。": {"repair": ["tidying"], "area_m2": 55},
    # purchase
    "自家养的河田鸡，一直喂谷子。": {"product": "poultry", "product_name": "河田鸡", "price_fen": 28 * YUAN},
    "今年的脐橙收了，路远没人来拉。": {"product": "fruit", "product_name": "脐橙", "price_fen": 3 * YUAN},
    "自家晒的地瓜干和笋干。": {"product": "dried", "product_name": "地瓜干、笋干", "price_fen": 18 * YUAN},
    "散养的土鸡蛋，每周能出两筐。": {"product": "eggs", "product_name": "土鸡蛋", "price_fen": 12 * YUAN},
    "山上的蜂蜜，割了两桶。": {"product": "honey", "product_name": "土蜂蜜", "price_fen": 45 * YUAN},
    "槐猪年底出栏，想找单位订。": {"product": "livestock", "product_name": "槐猪肉", "price_fen": 26 * YUAN},
}


def details_of(facts: Mapping[str, Any], whose: Mapping[str, Any], age: int) -> dict[str, Any]:
    """The details of a drawn need: what its sentence says, and of whom it is for. The same need, the same details."""
    told = dict(SAID[facts["summary"]])
    drawn = Random(f"{facts['summary']} {facts['quantity']} {facts['reported_on']:%j}")  # nosec B311  # invented people
    if facts["help_type"] == "job":
        told = {"workplace": "home_based" if "home_based" in facts["asks"] else "either", **told}
        told |= {"disabled_ok": ["disabled_ok"]} if "disabled_ok" in facts["asks"] else {}
    if facts["help_type"] in ("tutoring", "schooling"):
        told = ({"stage": whose["school_stage"]} if whose["school_stage"] else {}) | told
    if facts["help_type"] == "tutoring":
        told |= {"grade": min(max(age - 6, 1), 9)} if told.get("stage") in ("primary", "junior") else {}
        if drawn.random() < 0.6:
            told |= {"day": sorted(drawn.sample(DAY[5:], drawn.randint(1, 2)), key=DAY.index)}
    if facts["help_type"] == "care" and "day" not in told and drawn.random() < 0.5:
        told |= {"day": sorted(drawn.sample(DAY[:5], drawn.randint(1, 3)), key=DAY.index)}
    return told
