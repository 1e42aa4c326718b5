"""The kinds of hardship that the demo's households are in: who lives there, what they live on, what they lack.

Plain data. `Person.ages` are years, `income_yuan` a month (None: not known), `Want.quantity` in the unit of
the help type. `Want.whose` is the place of the person in `people` whom the help is for. The summaries are
what providers read: no name, no place, no number that belongs to a person.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Range = tuple[int, int]

@dataclass(frozen=True)
class Person:
    """One member of a household, by ranges to draw from."""

    relation: str
    ages: Range
    sex: str = ""
    health: str = "healthy"
    illnesses: tuple[str, ...] = ()
    disability: tuple[str, int] | None = None
    ability: str = "full"
    employment: str = "none"
    income_yuan: Range | None = (0, 0)
    child: str = ""
    policies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Want:
    """One thing that such a household may lack, with the chance that it does."""

    help_type: str
    chance: float
    quantity: Range
    urgencies: tuple[int, ...]
    summaries: tuple[str, ...]
    whose: int = 0
    asks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """One kind of hardship. `weight` is its share among the households."""

    weight: int
    cause: str
    categories: tuple[str, ...]
    people: tuple[Person, ...]
    wants: tuple[Want, ...]
    housings: tuple[str, ...] = ("own", "grade_b", "grade_a")
    support: str = "yes"
    notes: tuple[str, ...] = field(default=("",))


ELDER = Person("head", (70, 91), health="chronic", illnesses=("高血压", "糖尿病", "风湿性关节炎", "慢阻肺", "白内障"),
               ability="none", employment="pension", income_yuan=(155, 260), policies=("old_age", "insurance"))

KINDS: tuple[Kind, ...] = (
    Kind(14, "old_age", ("tekun", "dibao_a", "dibao_a", "dibao_b"), (ELDER,), (
        Want("care", 0.8, (4, 12), (2, 3, 4), (
            "独居老人，走路不稳，想有人每周来看看，帮着买菜、打扫。",
            "老人独自住，夜里怕摔，想有人隔几天上门陪一会儿。",
            "老人眼睛看不清，想有人每周来量血压、读药盒。")),
        Want("goods", 0.35, (1, 3), (1, 2, 3), ("冬天的棉被和取暖器。", "米、油和一台电热水壶。", "一张护理床垫。")),
        Want("counselling", 0.2, (3, 6), (2, 3), ("老伴走后话少了，想有人常来聊聊。",)),
        Want("medical", 0.25, (1, 1), (3, 4), (
            "白内障手术，医保报后自己还要出一部分。", "长期吃药，村卫生所配不齐。",
            "哮喘的喷雾剂每个月要自己买两支。", "装假牙和助听器的钱还没有着落。")),
    ), ("own", "grade_c", "grade_b"), "no"),
    Kind(12, "illness", ("dibao_b", "dibao_b", "dibao_c", "margin"), (
        Person("head", (38, 62), health="serious", illnesses=("尿毒症", "胃癌术后", "肝硬化", "乳腺癌", "脑梗后遗症"),
               ability="none", income_yuan=(0, 120)),
        Person("spouse", (36, 60), ability="partial", employment="farming", income_yuan=(300, 900)),
        Person("child", (9, 17), employment="pupil"),
    ), (
        Want("medical", 0.85, (1, 1), (3, 4, 5), (
            "每周透析三次，路远，自付部分拖了两个月。",
            "手术后要复查和吃药，自付的钱还差一截。",
            "靶向药不在报销里，每个月要自己出一部分。")),
        Want("cash", 0.45, (1000, 4000), (3, 4, 5), (
            "住院押金和一家人这个月的生活费。", "看病借了钱，这两个月接不上。")),
        Want("schooling", 0.3, (1, 1), (2, 3), ("孩子这学期的住宿费和生活费。",), whose=2),
        Want("counselling", 0.2, (3, 8), (3, 4), ("家里顶梁柱病倒，夫妻俩都睡不好，想找人说说。",), whose=1),
        Want("job", 0.25, (1, 1), (3,), ("照看病人走不开，想要能带回家做的活。",), whose=1, asks=("home_based",)),
    )),
    Kind(11, "disability", ("dibao_a", "dibao_b", "dibao_c"), (
        Person("head", (28, 56), health="disabled", disability=("limb", 2), ability="partial",
               income_yuan=(0, 400), policies=("living", "nursing")),
        Person("mother", (60, 80), sex="female", health="chronic", illnesses=("高血压", "类风湿"), ability="none",
               employment="pension", income_yuan=(155, 220)),
    ), (
        Want("job", 0.7, (1, 1), (2, 3, 4), (
            "左腿不方便，手很巧，想做坐着的活。",
            "会用电脑，出门要轮椅，想找客服或录入一类的事。"), asks=("disabled_ok",)),
        Want("goods", 0.3, (1, 2), (2, 3), ("一把轮椅，旧的轮子坏了。", "洗澡用的防滑椅和扶手。")),
        Want("care", 0.4, (4, 8), (3, 4), ("老母亲和腿脚不便的儿女相互照应，想有人每周来帮洗晒。",), whose=1),
        Want("housing", 0.15, (1, 1), (3,), ("门口三级台阶和厕所要改成无障碍的。",)),
    )),
    Kind(9, "disability", ("dibao_a", "dibao_b", "margin"), (
        Person("head", (35, 58), sex="female", ability="full", income_yuan=(0, 300)),
        Person("spouse", (38, 62), sex="male", health="disabled", illnesses=("高位截瘫", "植物人状态", "重度脑瘫"),
               disability=("multiple", 1), ability="none", policies=("living", "nursing")),
        Person("child", (6, 12), employment="pupil"),
    ), (
        Want("job", 0.85, (1, 1), (3, 4), (
            "丈夫卧床，她走不开，想找能拿回家做的活。",
            "家里有人要翻身喂饭，只能做居家的手工活。"), asks=("home_based",)),
        Want("care", 0.6, (6, 12), (4, 5), (
            "卧床的人要助浴和翻身，想有人每周来搭把手。", "想有人替她半天，好去一趟县城。"), whose=1),
        Want("tutoring", 0.45, (8, 24), (1, 2, 3), (
            "小学生，数学跟不上，家里没人能教。", "小学生，英语刚起步，想有人每周教一次。"), whose=2),
        Want("medical", 0.3, (1, 1), (3, 4), ("导尿和褥疮护理的耗材每个月都要自己买。",), whose=1),
    )),
    Kind(9, "single_parent", ("dibao_b", "dibao_c", "margin"), (
        Person("head", (29, 47), sex="female", employment="flexible", income_yuan=(400, 1300)),
        Person("child", (7, 12), employment="pupil", child="hardship"),
        Person("child", (13, 15), employment="pupil", child="hardship"),
    ), (
        Want("tutoring", 0.65, (8, 30), (2, 3), ("初中生，数学和英语落下了，想有人每周辅导。",), whose=2),
        Want("tutoring", 0.35, (8, 24), (1, 2), ("小学生放学后没人看作业。",), whose=1),
        Want("job", 0.55, (1, 1), (2, 3), ("一个人带两个孩子，想找能接送孩子的班次。", "会做面点，想在镇上找份工。")),
        Want("schooling", 0.3, (1, 2), (2, 3), ("孩子的校服、课本和午餐费。",), whose=1),
        Want("counselling", 0.25, (4, 8), (2, 3), ("孩子不爱说话，想请社工聊几次。",), whose=2),
    ), ("rented", "own", "lent", "public_rental")),
    Kind(8, "schooling", ("dibao_c", "margin", "margin", "none"), (
        Person("head", (42, 56), sex="male", employment="migrant", income_yuan=(900, 1900)),
        Person("spouse", (40, 54), sex="female", health="chronic", illnesses=("腰椎间盘突出", "甲状腺结节"),
               ability="partial", employment="farming", income_yuan=(200, 500)),
        Person("child", (19, 22), employment="pupil"),
        Person("child", (16, 18), employment="pupil"),
    ), (
        Want("schooling", 0.9, (1, 1), (2, 3, 4), (
            "大学生，学费贷了款，生活费每月还差一些。", "考上了大学，报到的路费和被褥还没有着落。"), whose=2),
        Want("schooling", 0.5, (1, 1), (2, 3), ("高中住校，生活费和资料费。",), whose=3),
        Want("job", 0.3, (1, 1), (2, 3), ("腰不好，干不了重活，想在附近找轻一点的工。",), whose=1),
    )),
    Kind(8, "no_labour", ("dibao_a", "dibao_b"), (
        Person("head", (62, 76), health="chronic", illnesses=("高血压", "慢性胃炎"), ability="partial",
               employment="farming", income_yuan=(155, 400)),
        Person("spouse", (60, 75), health="weak", ability="none", employment="pension", income_yuan=(155, 200)),
        Person("grandchild", (7, 12), employment="pupil", child="defacto", policies=("defacto",)),
        Person("grandchild", (13, 15), employment="pupil", child="defacto", policies=("defacto",)),
    ), (
        Want("tutoring", 0.7, (10, 30), (2, 3, 4), ("跟着爷爷奶奶过，作业没人能看，想有人每周来教一次。",), whose=2),
        Want("schooling", 0.6, (1, 2), (2, 3), ("两个孩子的生活费和课外书。",), whose=3),
        Want("counselling", 0.5, (4, 8), (3, 4), ("父母不在身边，孩子夜里哭，想请人陪着聊聊。",), whose=2),
        Want("goods", 0.35, (1, 2), (1, 2), ("两个孩子过冬的鞋和棉衣。", "一张书桌和一盏台灯。")),
    ), ("own", "grade_b", "grade_c"), "unable"),
    Kind(9, "no_funds", ("dibao_c", "margin", "none"), (
        Person("head", (45, 66), sex="male", employment="farming", income_yuan=(500, 1300)),
        Person("spouse", (43, 64), sex="female", employment="farming", income_yuan=(200, 600)),
    ), (
        Want("purchase", 0.95, (60, 600), (1, 2, 3), (
            "自家养的河田鸡，一直喂谷子。", "今年的脐橙收了，路远没人来拉。", "自家晒的地瓜干和笋干。",
            "散养的土鸡蛋，每周能出两筐。",
            "山上的蜂蜜，割了两桶。", "槐猪年底出栏，想找单位订。")),
        Want("job", 0.25, (1, 1), (1, 2), ("农闲的时候想打几个月零工。",)),
        Want("cash", 0.15, (800, 2000), (2, 3), ("鸡苗和饲料的周转。",)),
    )),
    Kind(6, "disaster", ("none", "margin", "dibao_c"), (
        Person("head", (34, 60), employment="flexible", income_yuan=(300, 1200)),
        Person("spouse", (33, 58), employment="farming", income_yuan=(200, 600)),
        Person("child", (8, 16), employment="pupil"),
    ), (
        Want("cash", 0.9, (1500, 5000), (4, 5), (
            "家里失火，先过这个月。", "男人做工摔伤，赔偿还没下来，先接上生活。", "山洪进屋，粮食和被褥都没了。")),
        Want("goods", 0.7, (1, 4), (3, 4, 5), ("被褥、锅碗和一家人的换洗衣服。", "米、油和一台旧冰箱也好。")),
        Want("housing", 0.5, (1, 1), (4, 5), ("后墙塌了半边，要修了才能住。", "屋顶烧了，雨季前要盖上。")),
        Want("counselling", 0.2, (3, 6), (3, 4), ("孩子受了惊吓，夜里不敢一个人睡。",), whose=2),
    ), ("grade_d", "grade_c", "lent")),
    Kind(6, "no_funds", ("dibao_a", "dibao_b", "tekun"), (
        Person("head", (55, 74), ability="partial", employment="farming", income_yuan=(155, 500)),
        Person("spouse", (53, 72), health="chronic", illnesses=("高血压", "骨质疏松"), ability="none",
               employment="pension", income_yuan=(155, 200)),
    ), (
        Want("housing", 0.9, (1, 1), (3, 4), (
            "老土墙屋，去年鉴定过要加固。", "瓦面漏雨，梁也糟了，想翻修。",
            "住在坡脚，想搬到村里的空屋，要简单收拾。")),
        Want("goods", 0.25, (1, 2), (1, 2), ("一张床和一台电饭煲。",)),
        Want("care", 0.2, (2, 6), (2, 3), ("冬天上坡挑水吃力，想有人每周来帮一次。",)),
    ), ("grade_c", "grade_d")),
    Kind(5, "illness", ("dibao_a", "dibao_b"), (
        Person("head", (44, 68), employment="farming", ability="partial", income_yuan=(300, 800)),
        Person("child", (20, 38), health="disabled", illnesses=(
            "精神分裂症", "双相情感障碍"), disability=("mental", 2),
               ability="none", policies=("living", "nursing")),
    ), (
        Want("counselling", 0.85, (5, 12), (3, 4, 5), (
            "家里有精神障碍的成年子女，家人照看多年，想要社工定期上门。",
            "出院不久，想有人帮着按时吃药和复诊。"), whose=1),
        Want("care", 0.4, (4, 8), (3, 4), ("家人外出做工时，想有人来看一看、做顿饭。",), whose=1),
        Want("medical", 0.4, (1, 1), (3, 4), ("复诊的车费和门诊自付部分。",), whose=1),
    )),
    Kind(5, "no_work", ("margin", "none", "dibao_c"), (
        Person("head", (27, 49), employment="none", income_yuan=(0, 300)),
        Person("mother", (58, 74), sex="female", health="chronic", illnesses=("糖尿病",), ability="none",
               employment="pension", income_yuan=(155, 180)),
    ), (
        Want("job", 0.95, (1, 1), (2, 3), (
            "在外面做过电子厂，回乡照顾老人，想在县里找工。", "有驾照，想找开车或送货的活。",
            "做过保洁，早出晚归都行。")),
        Want("cash", 0.2, (600, 1500), (2, 3), ("找到工作之前两个月的生活费。",)),
        Want("care", 0.2, (2, 6), (2,), ("白天上工，想有人中午给老人热个饭。",), whose=1),
    )),
)
