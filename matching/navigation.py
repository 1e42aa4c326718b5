"""What stands in each role's menu: only what that person does all day."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Flask, request, url_for
from flask_babel import LazyString

from matching.access import current_actor
from matching.actor import PROVIDERS, Actor, Role
from matching.language import lazy_gettext as _l
from matching.language import reader_language


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of a menu: where it leads, its word and its icon (`#i-…` in the sprite)."""

    endpoint: str
    label: LazyString
    icon: str


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry as templates show it."""

    label: str
    url: str
    icon: str
    current: bool
    count: int | None = None


TODO = Place("todo.todo", _l("待办"), "todo")
NOTICES = Place("notices.list_notices", _l("消息"), "bell")
HOUSEHOLDS = Place("households.list_households", _l("家庭"), "file")
DESK = Place("pairings.desk", _l("结对"), "pair")
NEEDS = Place("pairings.open_needs", _l("需求"), "ask")
OFFERS = Place("offers.list_offers", _l("资源"), "box")
ORGANISATIONS = Place("organisations.list_organisations", _l("机构"), "org")
ASSISTANCE = Place("assistance.list_gaps", _l("政策"), "cash")
IMPORTS = Place("exchange.list_imports", _l("导入"), "in")
FIGURES = Place("figures.overview", _l("数字"), "chart")
AUDIT = Place("audit.list_entries", _l("查看记录"), "eye")
ACCOUNTS = Place("accounts.list_accounts", _l("账号"), "people")
OUR_PAIRINGS = Place("pairings.our_pairings", _l("结对"), "pair")
OUR_OFFERS = Place("offers.our_offers", _l("我们的资源"), "box")
TRIAGE = Place("intake.triage", _l("求助单"), "ask")
MY_TASKS = Place("intake.my_tasks", _l("我的走访"), "todo")
OUR_REFERRALS = Place("intake.our_referrals", _l("转来的"), "ask")
OUR_MEETINGS = Place("intake.our_meetings", _l("会商"), "people")
MY_REPORTS = Place("intake.my_reports", _l("我报的"), "ask")
MY_CASE = Place("pairings.my_case", _l("我家的帮助"), "pair")
MY_FILE = Place("households.my_file", _l("我家的档案"), "file")

MENUS: dict[Role, tuple[Place, ...]] = {
    Role.ADMIN: (TODO, NOTICES, ACCOUNTS),
    Role.PROVINCE: (TODO, NOTICES, FIGURES),
    Role.COUNTY: (TODO, NOTICES, TRIAGE, HOUSEHOLDS, DESK, NEEDS, OFFERS, ASSISTANCE, ORGANISATIONS, FIGURES,
                  AUDIT, IMPORTS),
    Role.TOWN: (TODO, NOTICES, TRIAGE, HOUSEHOLDS, DESK, NEEDS, OFFERS, ASSISTANCE, FIGURES, IMPORTS),
    Role.COMMUNITY: (TODO, NOTICES, TRIAGE, MY_TASKS, HOUSEHOLDS, DESK, NEEDS, OFFERS, ASSISTANCE, IMPORTS),
    Role.DEPARTMENT: (TODO, NOTICES, OUR_REFERRALS, OUR_MEETINGS, OUR_PAIRINGS, OUR_OFFERS),
    Role.INFORMANT: (TODO, NOTICES, MY_REPORTS),
    Role.SOCIALWORKER: (TODO, NOTICES, MY_TASKS, OUR_PAIRINGS, MY_REPORTS),
    Role.CHARITY: (TODO, NOTICES, OUR_REFERRALS, OUR_MEETINGS, OUR_PAIRINGS, OUR_OFFERS),
    Role.ENTERPRISE: (TODO, NOTICES, OUR_REFERRALS, OUR_MEETINGS, OUR_PAIRINGS, OUR_OFFERS),
    Role.AGENCY: (TODO, NOTICES, OUR_REFERRALS, OUR_MEETINGS, OUR_PAIRINGS, OUR_OFFERS),
    Role.VOLUNTEER: (TODO, NOTICES, OUR_PAIRINGS, OUR_OFFERS),
    Role.HOUSEHOLD: (TODO, NOTICES, MY_CASE, MY_FILE),
    Role.AUDITOR: (TODO, NOTICES, TRIAGE, HOUSEHOLDS, DESK, ASSISTANCE, FIGURES, AUDIT),
}


def shell_of(actor: Actor | None) -> str:
    """Which frame a person's pages have: `officer` (rail), `public` (top bar) or `hand` (one column)."""
    if actor is None or actor.role in PROVIDERS or actor.role is Role.SOCIALWORKER:
        return "public"
    return "hand" if actor.role is Role.HOUSEHOLD else "officer"


def menu_of(actor: Actor | None) -> tuple[NavItem, ...]:
    """The menu of a person on the present page."""
    if actor is None:
        return ()
    return _menu(actor.role, actor.unread, request.endpoint or "", request.script_root, reader_language())


@lru_cache(maxsize=2_000)
def _menu(role: Role, unread: int, endpoint: str, _root: str, _language: str) -> tuple[NavItem, ...]:
    here, places = endpoint.split(".")[0], MENUS[role]
    exact = [place for place in places if place.endpoint in (endpoint, f"{endpoint}s")]
    near = [place for place in places if place.endpoint.split(".")[0] == here]
    current = next(iter(exact or near), None)
    return tuple(NavItem(str(place.label), url_for(place.endpoint), place.icon, place is current,
                         unread if place is NOTICES else None) for place in places)


def register_navigation(app: Flask) -> None:
    """Give every template its frame and its menu."""

    @app.context_processor
    def navigation() -> dict[str, Any]:
        actor = current_actor()
        return {"shell": shell_of(actor), "nav": menu_of(actor)}
