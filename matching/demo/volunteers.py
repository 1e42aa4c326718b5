"""Draws the demo's volunteers: each an organisation of one with one offer of time near home."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from matching.demo.givers import Gift, Giver
from matching.demo.names import Names
from matching.demo.places import Country


@dataclass(frozen=True)
class Skill:
    """What volunteers can do. `limits`: to whom, one drawn for each; `sayings`: how they put it."""

    weight: int
    help_type: str
    title: str
    capacity: tuple[int, int]
    sayings: tuple[str, ...]
    limits: tuple[tuple[str, ...], ...] = ((),)


SKILLS = (
    Skill(26, "tutoring", "小学作业辅导", (8, 24), ("退休小学老师，周末都有空。", "师范生，寒暑假和周末在家。"),
          (("primary",),)),
    Skill(14, "tutoring", "初中数理辅导", (8, 24), ("在县里上班，周六下午可以。", "教过十年初中数学。"),
          (("junior",), ("junior", "senior"))),
    Skill(8, "tutoring", "英语口语和作文", (8, 20), ("做外贸，英语用得多，可以视频上课。",),
          (("junior", "senior"), ())),
    Skill(20, "care", "陪老人聊天、买菜", (4, 12), ("住得近，每周二、周五能去。", "骑摩托，送药送菜都行。"),
          (("over60",), ())),
    Skill(12, "care", "理发、打扫、晒被", (4, 10), ("会理发，带自己的工具。", "一个月能去两三次。"),
          (("over60",), ())),
    Skill(10, "counselling", "陪伴和倾听", (4, 10), ("三级心理咨询师，晚上和周末。", "做过妇女主任，会听人说话。"),
          ((), ("female",))),
    Skill(5, "goods", "旧衣旧书整理送货", (1, 4), ("有一辆小货车。",)),
    Skill(5, "medical", "量血压、换药、陪诊", (1, 2), ("村卫生所退休医生。",), (("over60",),)),
)
DEMO_SKILL = Gift("tutoring", "小学和初中功课辅导", 140, "退休老师，周三晚上和周末，十公里内可以上门。", km=14,
                  only_for=("primary", "junior", "maths", "english", "homework", "visit", "wed", "sat", "sun"))


def draw_volunteers(rng: Random, country: Country, county: str, count: int, account: str,
                    home_town: str) -> Iterator[Giver]:
    """`count` volunteers of a county; the first is the one behind the demo account `account`."""
    names = Names(rng)
    yield Giver(names.person("female"), "volunteer", county, home_town, (DEMO_SKILL,), account)
    for _ in range(count - 1):
        skill = rng.choices(SKILLS, [skill.weight for skill in SKILLS])[0]
        gift = Gift(skill.help_type, skill.title, rng.randint(*skill.capacity), rng.choice(skill.sayings),
                    km=float(rng.randint(4, 14)), only_for=rng.choice(skill.limits),
                    days=(rng.randint(20, 200), rng.choice((None, 120, 300))))
        town = rng.choice(country.towns[county])
        yield Giver(names.person(rng.choice(("female", "male"))), "volunteer", county, town, (gift,))
