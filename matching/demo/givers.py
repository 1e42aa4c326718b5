"""The demo's organisations and what they offer. All invented but the names of government bodies. Plain data."""

from __future__ import annotations

from dataclasses import dataclass

from matching.demo.places import FIRST, FIRST_TOWN, SECOND, SECOND_TOWN


@dataclass(frozen=True)
class Gift:
    """One offer. Reach: `km` around its place, else the named `areas`, else the county; `country`: everywhere."""

    help_type: str
    title: str
    capacity: int
    about: str = ""
    km: float | None = None
    areas: tuple[str, ...] = ()
    country: bool = False
    provides: tuple[str, ...] = ()
    only_for: tuple[str, ...] = ()
    days: tuple[int, int | None] = (120, 240)


@dataclass(frozen=True)
class Giver:
    """One organisation, registered in `county`, at home in `town`; `account` is the demo account that acts for it."""

    name: str
    kind: str
    county: str
    town: str
    gifts: tuple[Gift, ...]
    account: str = ""
    vetted: bool = True


CREDIT_KINDS = {"charity": "53", "agency": "52", "enterprise": "91", "department": "11"}
SEAT, SECOND_SEAT = "350823101", "350824106"
SOUTH = (FIRST_TOWN, "350823103", "350823104", "350823102", "350823115")
NORTH = ("350823107", "350823108", "350823114", "350823110", "350823212", "350823211")
EAST = ("350823106", "350823109", "350823105", "350823112")

FIRST_GIVERS: tuple[Giver, ...] = (
    Giver("上杭县山茶慈善会", "charity", FIRST, SEAT, (
        Gift("medical", "大病自付部分补助", 34, "医保报销以后自付的部分，每人最多 5,000 元，凭发票。"),
        Gift("cash", "急难家庭应急金", 26000, "失火、重病、意外，三天内到账。"),
        Gift("goods", "山茶过冬礼包", 24, "棉被、棉衣和一袋米。", areas=SOUTH),
        Gift("schooling", "山茶助学金", 30, "每人每年 2,500 元，可连续四年。", only_for=("senior", "university")),
    ), "charity"),
    Giver("上杭县禾坪电子有限公司", "enterprise", FIRST, FIRST_TOWN, (
        Gift("job", "居家来料加工（耳机线绕扎）", 16, "每周送料、收货，每月约 1,000 元，不用出门。", areas=SOUTH,
             provides=("home_based", "disabled_ok"), only_for=("handwork", "assembly")),
        Gift("job", "车间装配工", 14, "早八晚五，有食堂，残疾人可以坐着做。", km=18, provides=("disabled_ok",),
             only_for=("assembly", "morning", "afternoon")),
        Gift("purchase", "食堂采购农产品", 1600, "每月两次，按市价收。", km=25),
    ), "enterprise"),
    Giver("上杭县榕荫社会工作服务中心", "agency", FIRST, SEAT, (
        Gift("care", "上门助浴和照护", 150, "两名护理员带移动浴床上门。", km=20,
             only_for=("bathing", "chores", "company", "respite", "visit")),
        Gift("counselling", "入户心理疏导", 140, "持证社工，每周一次，八次一个疗程。"),
        Gift("tutoring", "四点半课堂上门辅导", 90, km=15,
             only_for=("primary", "homework", "maths", "chinese", "visit", "afternoon", "evening")),
    ), "agency"),
    Giver("上杭县医疗保障局", "department", FIRST, "350823100", (
        Gift("medical", "门诊慢特病二次报销", 22, "凭病历和发票，窗口一次办结。"),
    ), "department"),
    Giver("上杭县住房和城乡建设局", "department", FIRST, "350823100", (
        Gift("housing", "农村危房改造补助", 18, "C 级修缮、D 级重建，验收后拨付。"),
    )),
    Giver("上杭县教育局", "department", FIRST, "350823100", (
        Gift("schooling", "义务教育阶段生活补助", 40, only_for=("primary", "junior")),
        Gift("tutoring", "退休教师结对辅导", 120, areas=(SEAT, "350823100", "350823111"),
             only_for=("junior", "senior")),
    )),
    Giver("上杭县残疾人联合会", "department", FIRST, "350823100", (
        Gift("goods", "轮椅和辅助器具", 16, "坐便椅、防滑扶手、轮椅，上门量尺寸。", only_for=("mobility_aid",)),
        Gift("housing", "家庭无障碍改造", 8, "坡道、扶手、低位灶台。", only_for=("barrier_free", "kitchen_bath")),
    )),
    Giver("上杭县映坡红公益基金会", "charity", FIRST, SEAT, (
        Gift("housing", "安居小修缮", 9, "屋面、门窗、线路。", areas=NORTH, only_for=("roof", "wiring", "tidying")),
        Gift("goods", "过冬物资包", 40, "棉被、棉鞋和取暖器。", only_for=("bedding", "clothing", "heating")),
    )),
    Giver("上杭县汀江帮困慈善会", "charity", FIRST, "350823110", (
        Gift("cash", "汀江暖心金", 9000, areas=NORTH),
        Gift("medical", "透析患者交通补助", 12, "每月 300 元车费。", km=30, only_for=("kidney", "travel")),
    )),
    Giver("上杭县穗满坡粮油有限公司", "enterprise", FIRST, "350823104", (
        Gift("goods", "米油月月送", 36, "每份大米 10 公斤、油 5 升。", areas=SOUTH, only_for=("grain_oil",)),
        Gift("purchase", "收购稻谷和干货", 2200, km=30, only_for=("grain", "dried")),
    )),
    Giver("上杭县蓝岭农业专业合作社", "enterprise", FIRST, "350823211", (
        Gift("purchase", "合作社代销土鸡和蜂蜜", 1200, "上门过秤，当日结账。", km=22,
             only_for=("poultry", "honey", "eggs")),
        Gift("job", "脐橙园季节工", 10, "采摘和包装，十一月到次年二月。", km=15),
    )),
    Giver("上杭县石溪竹木制品有限公司", "enterprise", FIRST, "350823112", (
        Gift("job", "竹篮编制（可在家做）", 8, "先到厂里学三天。", areas=EAST, provides=("home_based",)),
    )),
    Giver("上杭县针脚服装厂", "enterprise", FIRST, "350823109", (
        Gift("job", "缝纫工", 9, "计件，熟手每月 3,500 元左右。", km=16, only_for=("female",)),
    )),
    Giver("上杭县榕须酒店管理有限公司", "enterprise", FIRST, "350823106", (
        Gift("job", "客房和后厨", 7, "包午餐，班车到镇。", km=14, only_for=("cleaning", "kitchen")),
        Gift("purchase", "餐厅收购鲜菜和鸡蛋", 900, km=14, only_for=("vegetables", "eggs", "poultry")),
    )),
    Giver("上杭县捎一程物流有限公司", "enterprise", FIRST, SEAT, (
        Gift("job", "送货司机和分拣", 8, "要驾照，分拣不要。", only_for=("driving", "work_other")),
        Gift("goods", "旧家具和家电免费运送", 20, "捐的人出货，我们出车。"),
    )),
    Giver("上杭县灶火暖居家养老服务中心", "agency", FIRST, "350823107", (
        Gift("care", "每周上门照料", 110, "打扫、买菜、陪诊。", areas=NORTH,
             only_for=("over60", "chores", "errands", "escort", "visit")),
    )),
    Giver("上杭县萤坡社会工作服务中心", "agency", FIRST, "350823105", (
        Gift("care", "日间陪伴和代办", 80, areas=EAST),
        Gift("counselling", "儿童陪伴小组", 60, areas=EAST, only_for=("primary", "junior")),
    )),
    Giver("上杭县慢灯教育咨询有限公司", "enterprise", FIRST, "350823100", (
        Gift("tutoring", "线上一对一辅导", 160, "平板和流量卡由公司出。", only_for=("primary", "junior", "senior")),
    )),
    Giver("上杭县石榴籽医疗志愿队", "agency", FIRST, SEAT, (
        Gift("medical", "白内障免费手术", 10, "术前检查和接送都包。", only_for=("over60", "eye", "surgery")),
        Gift("care", "乡村巡诊", 40, km=25),
    )),
    Giver("上杭县小水滴助学促进会", "charity", FIRST, "350823100", (
        Gift("schooling", "大学新生路费和行装", 16, only_for=("university",)),
        Gift("tutoring", "大学生寒暑假支教", 80, areas=(*NORTH, *EAST), only_for=("primary", "junior")),
    )),
    Giver("上杭县云脚下公益服务中心", "agency", FIRST, "350823108", (
        Gift("counselling", "精神障碍家庭支持", 70, "每两周入户，带着复诊。", only_for=("mental_care", "carer_strain")),
    )),
    Giver("上杭县丘氏建筑工程队", "enterprise", FIRST, "350823111", (
        Gift("housing", "捐工修屋", 5, "材料自备或由慈善会出，我们出工。", km=20),
    )),
    Giver("上杭县远山慈善超市", "charity", FIRST, "350823107", (
        Gift("goods", "衣被和日用品", 30, km=18, days=(200, -5)),
    )),
    Giver("上杭县人力资源和社会保障局", "department", FIRST, "350823100", (
        Gift("job", "公益性岗位", 12, "保洁、护林、图书室管理。", provides=("disabled_ok",)),
    )),
    Giver("闽西好收成电子商务有限公司", "enterprise", FIRST, SEAT, (
        Gift("purchase", "网店代销", 3000, "出照片、包装和运费。", country=True),
    )),
    Giver("上杭县搭把手互助会", "charity", FIRST, "350823103", (
        Gift("care", "邻里陪伴", 60, areas=SOUTH, only_for=("over60",)),
        Gift("goods", "护理床垫和坐便椅", 10, areas=SOUTH),
    )),
    Giver("上杭县小檐灯心理咨询工作室", "enterprise", FIRST, "350823100", (
        Gift("counselling", "周末咨询（线上）", 50, only_for=("online", "sat", "sun")),
    )),
    Giver("上杭县护林员之家", "charity", FIRST, "350823116", (
        Gift("cash", "山区急用金", 4000, areas=("350823116", "350823113", "350823206")),
    )),
    Giver("上杭县云岭茶业有限公司", "enterprise", FIRST, "350823113", (
        Gift("job", "采茶和拣茶", 6, km=10),
    ), vetted=False),
    Giver("上杭县稻灯青年志愿服务队", "charity", FIRST, "350823114", (
        Gift("tutoring", "周末作业辅导", 60, km=12, only_for=("primary",)),
        Gift("goods", "二手书和文具", 25),
    ), vetted=False),
)

SECOND_GIVERS: tuple[Giver, ...] = (
    Giver("武平县梁野慈善会", "charity", SECOND, SECOND_SEAT, (
        Gift("medical", "大病自付部分补助", 8),
        Gift("cash", "急难家庭应急金", 8000),
        Gift("schooling", "梁野助学金", 8, only_for=("senior", "university")),
    ), "charity2"),
    Giver("武平县松涧电子科技有限公司", "enterprise", SECOND, SECOND_TOWN, (
        Gift("job", "居家串珠和绕线", 8, provides=("home_based", "disabled_ok")),
        Gift("job", "车间质检", 5, km=20, provides=("disabled_ok",)),
    ), "enterprise2"),
    Giver("武平县溪声社会工作服务中心", "agency", SECOND, SECOND_SEAT, (
        Gift("care", "上门照护", 60),
        Gift("counselling", "入户心理疏导", 40),
        Gift("tutoring", "课后上门辅导", 50, only_for=("primary", "junior")),
    ), "agency2"),
    Giver("武平县医疗保障局", "department", SECOND, "350824001", (
        Gift("medical", "门诊慢特病二次报销", 6),
    ), "department2"),
    Giver("武平县住房和城乡建设局", "department", SECOND, "350824001", (
        Gift("housing", "农村危房改造补助", 6),
    )),
    Giver("武平县百家香农产品有限公司", "enterprise", SECOND, "350824102", (
        Gift("purchase", "上门收购农产品", 900, km=25),
        Gift("purchase", "跨县收购土鸡和笋干", 800, "冷链车每周到镇。", areas=(SECOND, FIRST)),
    )),
    Giver("武平县檐下慈善超市", "charity", SECOND, "350824001", (
        Gift("goods", "米油和衣被", 24),
    )),
    Giver("武平县缓步康复护理中心", "agency", SECOND, "350824108", (
        Gift("care", "居家康复指导", 30, "护理师每两周上门。", areas=(SECOND, "350823111", "350823212")),
    )),
)
