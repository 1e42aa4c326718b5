"""The demo county's money: help of every source in every state, papers that are late, lists that differ, two menus."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from matching.actor import Actor
from matching.assistance import service_approvals as approvals
from matching.assistance import service_grants as grants
from matching.assistance import service_green as green
from matching.assistance import service_lines as lines
from matching.assistance import service_lists as lists
from matching.assistance.models_grants import Grant
from matching.assistance.models_lists import PaymentLine
from matching.assistance.queries import reckoned_case
from matching.assistance.service_approvals import Rung
from matching.assistance.service_cases import Case
from matching.assistance.service_grants import GrantFacts
from matching.clock import day_of
from matching.demo.places import FIRST_VILLAGE
from matching.extensions import db
from matching.households.models import Household
from matching.pairings import service_menus as menus
from matching.words_policies import reason_words

What = tuple[str, str, int, str, str]
"""Purpose, kind, fen each time, rhythm, giver."""
ALLOWANCE: What = ("困难家庭生活补助", "cash", 77_500, "month", "区民政局")
GIVEN: tuple[tuple[str, What], ...] = (  # one giver of each source
    ("charity", ("寒窗助学金", "schooling", 300_000, "once", "区慈善总会")),
    ("enterprise", ("过冬棉被和取暖费", "goods", 120_000, "once", "同帆电子厂")),
    ("organisation", ("康复器材", "medical", 260_000, "once", "志愿者协会")),
    ("person", ("每月买药", "medical", 40_000, "month", "热心人王先生")))
SCHOOLING: What = ("四年助学", "schooling", 250_000, "year", "区教育局")
YEARS_PAID, A_YEAR = (3, 1, 0), 365
"""Years ago that the yearly aid was paid; the one between was missed."""
SHORT = timedelta(days=1)


def is_played() -> bool:
    """Whether money was played before."""
    return db.session.scalar(select(Grant.id).where(Grant.asked_at.is_not(None)).limit(1)) is not None


def play(cast: dict[str, Actor], now: datetime) -> None:
    """Ask, sign, pay, freeze and agree as the people of the demo would; the caller commits."""
    community, town, county = (cast[name] for name in ("community", "town", "county"))
    homes = db.session.scalars(select(Household).where(
        Household.area_code == FIRST_VILLAGE, Household.status == "verified").order_by(Household.id).limit(12)).all()
    if len(homes) < 9:
        return
    early = now - 75 * SHORT
    approvals.write_rule("housing", day_of(early), [Rung(2_000_000, "town county"), Rung(None, "county county")],
                         "区民政 2026 年 3 号", county, early)
    for home in homes[:3]:
        approved(home, ALLOWANCE, community, county, now - timedelta(days=75))
    for home in homes[3:5]:
        approved(home, ALLOWANCE, community, county, now - timedelta(days=40))
    _given(homes, community, town, county, now)
    _waiting(homes, community, town, county, now)
    _green(homes, community, town, county, now)
    _reckoned(homes, community, now)
    _lists(town, now)
    _menus(homes, community, now)


def ask(home: Household, what: What, actor: Actor, now: datetime, *, source: str = "fiscal",
        papers: tuple[str, ...] = ()) -> Grant:
    """Ask for help as a form would."""
    purpose, kind, fen, rhythm, giver = what
    return grants.ask_grant(home, GrantFacts(
        kind, purpose, source, giver, rhythm, fen, day_of(now), None, "家里一时拿不出这笔钱", is_green=bool(papers),
        papers=papers, member_id=home.members[0].id if home.members else 0), actor, now)


def approved(home: Household, what: What, asker: Actor, signer: Actor, now: datetime, source: str = "fiscal") -> Grant:
    """Help that was asked for and signed a day later."""
    grant = ask(home, what, asker, now, source=source)
    approvals.decide_grant(grant, "approve", "情况属实", signer, now + SHORT, grant.stage)
    return grant


def _given(homes: Sequence[Household], community: Actor, town: Actor, county: Actor, now: datetime) -> None:
    """Help from every source, paid; one that ended last month; a yearly promise one year of which was missed."""
    for home, (source, what), ago in zip(homes, GIVEN, (55, 48, 33, 70), strict=False):
        grant = approved(home, what, community, county, now - ago * SHORT, source=source)
        grants.pay_grant(grant, day_of(now - (ago - 3) * SHORT), town, now - (ago - 3) * SHORT)
    ended = approved(homes[5], ALLOWANCE, community, county, now - 70 * SHORT)
    last_of_month = day_of(now).replace(day=1) - SHORT
    grants.end_grant(ended, last_of_month.replace(day=1) - SHORT, "孩子参加工作，收入够了", county, now - 40 * SHORT)
    start = now - 3 * A_YEAR * SHORT - 20 * SHORT
    yearly = approved(homes[6], SCHOOLING, community, county, start)
    for years in YEARS_PAID:
        then = now - (years * A_YEAR + 10) * SHORT
        grants.pay_grant(yearly, day_of(then), county, then, f"{day_of(then).year}")


def _reckoned(homes: Sequence[Household], community: Actor, now: datetime) -> None:
    """A request that was made from a reckoning: an illness for which the county's table has a sum."""
    day, home = day_of(now - SHORT), homes[8]
    said = reckoned_case(home, Case("temporary", cause="illness", severity="urgent"), day, {
        "policy": "temporary", "on": day.isoformat(), "cause": "illness", "severity": "urgent"})
    if said is not None and said.is_askable:
        grants.ask_grant(home, GrantFacts(
            said.help_type, "临时救助", "fiscal", "镇政府", "once", said.answer.amount_fen, day, None,
            reason_words(said.answer.why, said.answer.facts), "temporary"), community, now - SHORT, said)


def _waiting(homes: Sequence[Household], community: Actor, town: Actor, county: Actor, now: datetime) -> None:
    """Requests that wait for the town, the county or a second signature; one returned, one refused."""
    ask(homes[0], ("临时救助", "cash", 200_000, "once", "镇政府"), community, now - 2 * SHORT)
    illness = ("大病救助", "medical", 1_200_000, "once", "区慈善总会")
    ask(homes[1], illness, community, now - 3 * SHORT, source="charity")
    house = ask(homes[2], ("修屋顶", "housing", 1_500_000, "once", "区住建局"), community, now - 5 * SHORT)
    approvals.decide_grant(house, "approve", "入户看过", town, now - 4 * SHORT, house.stage)
    back = ask(homes[3], ("学费", "schooling", 300_000, "once", "镇政府"), community, now - 6 * SHORT)
    approvals.decide_grant(back, "return", "请附学校的缴费通知", town, now - 5 * SHORT, back.stage)
    no = ask(homes[4], ("买电动车", "cash", 250_000, "once", "镇政府"), community, now - 9 * SHORT)
    approvals.decide_grant(no, "refuse", "不在救助范围", town, now - 8 * SHORT, no.stage)


def _green(homes: Sequence[Household], community: Actor, town: Actor, county: Actor, now: datetime) -> None:
    """The green channel: papers due, papers late, money to come back, and a bill that several givers pay."""
    fast = ("住院押金", "medical", 300_000, "once", "镇政府")
    for home, ago in ((homes[5], 4), (homes[6], 13), (homes[7], 30)):
        grant = ask(home, fast, community, now - ago * SHORT, papers=("住院证明", "收入证明"))
        grants.pay_grant(grant, day_of(now - (ago - 1) * SHORT), town, now - (ago - 1) * SHORT)
    for ago in (20, 12, 2):
        green.run_after_papers(now - ago * SHORT)
    green.demand_back(grant, "材料一直没有补，人也联系不上", town, now - SHORT)
    green.reclaim_grant(grant, 100_000, day_of(now), "先还一部分", town, now)
    grants.add_cost(homes[1], "肾病透析一年的费用", 5_200_000, day_of(now - 20 * SHORT), community, now - 20 * SHORT)


def _lists(town: Actor, now: datetime) -> None:
    """The list before last is frozen and paid, last month's frozen and partly paid, this month's still open."""
    last_month = day_of(now).replace(day=1) - SHORT
    before = lists.make_list(f"{last_month.replace(day=1) - SHORT:%Y-%m}", town, now - 38 * SHORT)
    lists.freeze_list(before, town, now - 38 * SHORT)
    lines.pay_list(before, (), day_of(now - 37 * SHORT), town, now - 37 * SHORT, everything=True)
    made = lists.make_list(f"{last_month:%Y-%m}", town, now - 10 * SHORT)
    lists.freeze_list(made, town, now - 10 * SHORT)
    numbers = db.session.scalars(select(PaymentLine.id).where(
        PaymentLine.payment_list_id == made.id).order_by(PaymentLine.id)).all()
    lines.pay_list(made, numbers[:-1], day_of(now - 9 * SHORT), town, now - 9 * SHORT)
    lines.fail_lines(made, numbers[:1], "账号和户名对不上", town, now - 8 * SHORT)
    lists.make_list(f"{day_of(now):%Y-%m}", town, now)


def _menus(homes: Sequence[Household], community: Actor, now: datetime) -> None:
    """One menu agreed a while ago and due to be looked at, one being discussed, with something declined."""
    agreed = menus.draw_menu(homes[0], community, now - 80 * SHORT)
    if not agreed.kept:
        menus.add_item(agreed, "care", "每周上门看一次", "村委会", 0, "once", community, now - 80 * SHORT)
    menus.sign_menu(agreed, agreed.version, "account", homes[0].head_name, day_of(now - SHORT), community,
                    now - 79 * SHORT)
    talked = menus.draw_menu(homes[1], community, now - SHORT)
    extra = menus.add_item(talked, "tutoring", "孩子每周补一次数学", "返乡大学生志愿者", 0, "once", community, now)
    menus.change_item(extra, talked, community, now, what=extra.what, giver=extra.giver, amount_fen=0, per="once",
                      is_declined=True, reason="孩子住校，周末才回来")
