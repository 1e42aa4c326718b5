"""Finished values for the pages of pairings: words, distances and links, so that templates run no query."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from sqlalchemy import select

from matching import formatting, words, words_needs, words_steps
from matching.clock import day_of
from matching.conditions import GROUPS, of_group, provided
from matching.extensions import db
from matching.households.models import Household, Need, TimelineEntry
from matching.offers.models import Offer
from matching.pairings.models import Pairing, Run
from matching.pairings.queries_needs import Sought
from matching.pairings.service import Approval
from matching.pairings.service_hand import Choice
from matching.places.queries import area_names, area_paths, child_names

Card = dict[str, Any]
LIST_TEXT = 40
"""Characters of a need's text in a list of many; its own page has all of it."""
OTHERS = 3
"""How many other offers the page of a proposal compares."""
REFUSALS = {
    "decided": lambda n: ngettext("%(num)s 条别人已经先办了", "%(num)s 条别人已经先办了", n),
    "offer_full": lambda n: ngettext("%(num)s 条的资源名额已满", "%(num)s 条的资源名额已满", n),
    "need_met": lambda n: ngettext("%(num)s 条的需求已经有人管了", "%(num)s 条的需求已经有人管了", n),
    "offer_closed": lambda n: ngettext("%(num)s 条的资源已停或已到期", "%(num)s 条的资源已停或已到期", n),
    "not_vetted": lambda n: ngettext("%(num)s 条的机构还没有审核", "%(num)s 条的机构还没有审核", n),
    "need_closed": lambda n: ngettext("%(num)s 条的需求已结束", "%(num)s 条的需求已结束", n),
}


def paths(codes: Iterable[str]) -> dict[str, str]:
    """Town and village names of many areas in the reader's language, in one SELECT at most."""
    return area_paths(set(codes), str(get_locale()))


def summary_of(need: Need, most: int = 300) -> str:
    """What is needed, in a few words: the officer's summary, cut to `most` characters, else type and quantity."""
    if len(need.summary) > most:
        return need.summary[:most - 1] + "…"
    amount = formatting.amount(need.quantity, need.unit)
    return need.summary or _("%(type)s，%(amount)s", type=words.help_type_word(need.help_type), amount=amount)


def waited_days(need: Need, today: date) -> int:
    """Whole days since the need was reported, 0 for one dated in the future."""
    return max(0, (today - need.reported_on).days)


def offer_left(offer: Offer) -> str:
    """How much of an offer is left, with its unit."""
    left = formatting.amount(offer.capacity - offer.taken, offer.unit)
    return _("剩 %(left)s", left=left)


def desk_rows(pairings: Sequence[Pairing]) -> list[Card]:
    """Rows of the desk; each knows the town it belongs under."""
    names = area_names({p.area_code for p in pairings} | {p.area_code[:9] for p in pairings})
    return [{
        "id": p.id, "state": p.state, "type": p.need.help_type, "urgency": p.need.urgency, "score": p.score,
        "need": _("%(name)s家", name=p.household.head_name),
        "need_url": url_for("households.show_household", household_id=p.household_id, why="pairing"),
        "place": names.get(p.area_code, p.area_code), "town": names.get(p.area_code[:9], ""),
        "town_code": p.area_code[:9], "detail": summary_of(p.need, LIST_TEXT), "offer": p.organisation.name,
        "offer_url": url_for("offers.show_offer", offer_id=p.offer_id),
        "offer_detail": f"{p.offer.title} · {offer_left(p.offer)}", "distance_m": p.distance_m,
        "url": url_for("pairings.show_pairing", pairing_id=p.id), "parts": score_names(p), "next": next_best(p),
    } for p in pairings]


def town_choices(counted: Sequence[tuple[str, int]]) -> list[tuple[str, str]]:
    """Options of the town filter with the number of proposals in each."""
    names = area_names(code for code, _count in counted)
    return [(code, f"{names.get(code, code)} {count}") for code, count in counted]


def area_choices(code: str) -> list[tuple[str, str]]:
    """Options of an area filter: the areas right below."""
    return list(child_names(code).items()) if code else []


def need_filter_words(sought: Sought) -> dict[str, tuple[str, str]]:
    """What a list of needs is filtered by, in words: parameter → label and word."""
    return {"area": (_("地区"), area_names([sought.area_code]).get(sought.area_code, sought.area_code)),
            "help_type": (_("帮扶类型"), words.help_type_word(sought.help_type)),
            "state": (_("办到哪一步"), words_needs.need_state_word(sought.state)),
            "lonely": (_("结对建议"), _("连建议都没有的"))}


def need_row(need: Need, today: date) -> Card:
    """One open need for officers."""
    return need_rows([need], today)[0]


def need_rows(needs: Sequence[Need], today: date) -> list[Card]:
    """Open needs for officers, with household and place."""
    places = paths(need.household.area_code for need in needs)
    return [{
        "id": need.id, "type": need.help_type, "urgency": need.urgency, "title": summary_of(need, LIST_TEXT),
        "name": _("%(name)s家", name=need.household.head_name), "place": places[need.household.area_code],
        "household_url": url_for("households.show_household", household_id=need.household_id, why="pairing"),
        "waited": waited_days(need, today), "wanted_by": need.wanted_by,
        "wanted": need.quantity, "lacks": need.quantity - need.given,
        "can_pair": need.state in ("open", "partly_paired", "reopened") and need.household.status == "verified",
        "unit": need.unit, "asks": [words.condition_word(code) for code in need.asks],
        "pair_url": url_for("pairings.pair_by_hand", need_id=need.id),
    } for need in needs]


def score_names(pairing: Pairing) -> list[Card]:
    """The parts of a score, shortly; they add up to it (contract.md)."""
    return [{"name": _("急"), "points": pairing.urgency_points}, {"name": _("等"), "points": pairing.waiting_points},
            {"name": _("近"), "points": pairing.closeness_points}]


def score_rows(pairing: Pairing) -> list[Card]:
    """The parts of a score in words; they add up to it. Waiting counts to the day of the proposal."""
    proposed_on = day_of(pairing.proposed_at)
    waited = formatting.waited(waited_days(pairing.need, proposed_on))
    if pairing.distance_m is None:
        far, near = _("不详"), _("地点只知道到县里，不计远近")
    elif pairing.distance_is_about:
        far, near = formatting.distance_about(pairing.distance_m), _("按村镇的位置算；每近 150 米 1 分，30 公里外 0 分")
    else:
        far, near = formatting.distance(pairing.distance_m), _("每近 150 米 1 分，30 公里外 0 分")
    return [
        {"name": _("有多急"), "this": _("%(level)s 级，%(word)s", level=pairing.urgency_points // 100,
                                     word=words.urgency_word(pairing.urgency_points // 100)),
         "how": _("每一级 100 分"), "points": pairing.urgency_points},
        {"name": _("等了多久"), "this": waited, "points": pairing.waiting_points,
         "how": _("一天 1 分，最多 300 分；算到提出建议的 %(day)s", day=formatting.day_short(proposed_on))},
        {"name": _("有多近"), "this": far, "how": near, "points": pairing.closeness_points},
    ]


def conditions(pairing: Pairing) -> list[Card]:
    """Which conditions of the need and of the offer hold, and which nobody has checked yet."""
    need, offer = pairing.need, pairing.offer
    items = [{"ok": True, "text": _("类型相同：%(type)s", type=words.help_type_word(need.help_type)), "detail": ""}]
    items.append({"ok": True, "text": reach_words(offer), "detail": ""})
    provides = provided(offer.help_type, offer.provides)
    items += [{"ok": code in provides, "text": _("家里要：%(what)s", what=words.condition_word(code)),
               "detail": ""} for code in need.asks]
    known = [code for code in offer.only_for if code not in pairing.unchecked]
    items += [{"ok": True, "detail": "", "text": _("%(what)s对得上：%(which)s", what=words_needs.group_word(group),
               which=_named(code for code in codes if code in need.traits) or _named(codes))}
              for group in GROUPS if (codes := of_group(known, group))]
    items += [{"ok": False, "text": _("还没核对%(what)s：%(which)s", what=words_needs.group_word(group),
               which=_named(codes)), "detail": _("档案里没有写，批准前请问一声。")}
              for group in GROUPS if (codes := of_group(pairing.unchecked, group))]
    return items


def _named(codes: Iterable[str]) -> str:
    return _("、").join(words.condition_word(code) for code in codes)


def reach_words(offer: Offer) -> str:
    """Where an offer reaches, in words."""
    if offer.reach == "radius":
        return _("在服务范围 %(km)s 以内", km=formatting.distance((offer.radius_km or 0) * 1000))
    if offer.reach == "country":
        return _("全国都去")
    names = area_names(area.area_code for area in offer.areas)
    return _("在服务地区内：%(areas)s", areas=_("、").join(names[area.area_code] for area in offer.areas))


def whole_card(pairing: Pairing, today: date) -> Card:
    """Everything about one pairing for officers: both halves, parts of the score, conditions, next best."""
    waited = waited_days(pairing.need, today)
    return {
        "need": {"title": _("%(name)s家", name=pairing.household.head_name), "type": pairing.need.help_type,
                 "url": url_for("households.show_household", household_id=pairing.household_id, why="pairing"),
                 "about": f"{paths([pairing.area_code])[pairing.area_code]} · {formatting.waited(waited)}",
                 "urgency": pairing.need.urgency, "text": summary_of(pairing.need), "eyebrow": _("要什么")},
        "offer": {"title": pairing.organisation.name, "type": pairing.need.help_type,
                  "url": url_for("offers.show_offer", offer_id=pairing.offer_id),
                  "about": f"{words.organisation_kind_word(pairing.organisation.kind)} · {offer_left(pairing.offer)}",
                  "text": pairing.offer.title, "eyebrow": _("谁来帮")},
        "parts": score_rows(pairing), "conditions": conditions(pairing),
        "next": next_best(pairing), "history": history(pairing), "waited": waited,
        "amount": formatting.amount(pairing.quantity, pairing.need.unit or pairing.offer.unit),
    }


def next_best(pairing: Pairing) -> str:
    """What else was possible for this need, in one sentence."""
    if pairing.options <= 1 or pairing.next_offer is None:
        return _("这个需求只有这一个资源够得着。")
    difference = pairing.score - (pairing.next_score or 0)
    values = {"n": pairing.options, "name": pairing.next_offer.organisation.name, "points": abs(difference)}
    if difference > 0:
        return _("一共有 %(n)s 个资源够得着。下一个合适的是%(name)s，少 %(points)s 分。", **values)
    if difference < 0:
        return _("一共有 %(n)s 个资源够得着。%(name)s对这一家还高 %(points)s 分，"
                 "但那里的名额留给了别的人家，大家合起来更好。",
                 **values)
    return _("一共有 %(n)s 个资源够得着。%(name)s得分相同。", **values)


def other_rows(pairing: Pairing, choices: Sequence[Choice]) -> list[Card]:
    """The next best offers for the need of a proposal, compared with the one proposed."""
    return [{**row, "difference": row["score"] - pairing.score}
            for row in choice_rows([c for c in choices if c.offer.id != pairing.offer_id][:OTHERS])]


def history(pairing: Pairing) -> list[Card]:
    """What happened to this pairing, newest first."""
    entries = db.session.scalars(select(TimelineEntry).where(TimelineEntry.pairing_id == pairing.id)
                                 .order_by(TimelineEntry.id.desc())).all()
    return [{"title": words_steps.timeline_word(entry.kind), "when": formatting.moment(entry.at), "knot": "done",
             "detail": " · ".join(part for part in (entry.actor_name, entry.data.get("reason")) if part)}
            for entry in entries]


def our_card(pairing: Pairing, today: date) -> Card:
    """One pairing as its provider sees it: no name, the town only, the distance in whole kilometres."""
    return our_rows([pairing], today)[0]


def our_rows(pairings: Sequence[Pairing], today: date) -> list[Card]:
    """Anonymous cards for a provider."""
    names = area_names(p.area_code[:9] for p in pairings)
    return [{
        "id": p.id, "number": f"J-{p.id:05d}", "state": p.state, "type": p.need.help_type, "title": summary_of(p.need),
        "place": names.get(p.area_code[:9], ""), "distance_m": p.distance_m, "about": True,
        "waited_days": waited_days(p.need, today), "urgency": p.need.urgency, "offer": p.offer.title,
        "detail": _("、").join(str(words.condition_word(code)) for code in p.need.asks),
        "amount": formatting.amount(p.quantity, p.offer.unit), "due_on": p.due_on,
        "url": url_for("pairings.our_pairing", pairing_id=p.id), "verb": words_steps.provider_verb(p.state),
        "reason": p.reason, "delivered_note": p.delivered_note, "outcome": p.outcome,
    } for p in pairings]


def contact(household: Household) -> list[tuple[str, str]]:
    """A household's contact for the provider it agreed to: name, phone, address."""
    return [(_("姓名"), household.head_name), (_("电话"), household.phone or _("没有留电话，请问社区")),
            (_("地址"), household.address or paths([household.area_code])[household.area_code])]


def case_cards(household: Household, pairings: Sequence[Pairing], today: date) -> list[Card]:
    """A household's needs with what is being done for each, in its own words; first what it is asked about."""
    by_need: dict[int, list[Pairing]] = {}
    for pairing in pairings:
        by_need.setdefault(pairing.need_id, []).append(pairing)
    cards = [{
        "type": need.help_type, "title": summary_of(need), "waited": waited_days(need, today), "status": need.status,
        "asks": any(p.state in ("accepted", "delivered") for p in by_need.get(need.id, [])),
        "steps": [{"id": p.id, "state": p.state, "organisation": p.organisation.name, "until": p.due_on,
                   "code": p.receipt_code if p.state in ("consented", "under_way") else "",
                   "text": words_steps.case_words(p.state), "step": words_steps.case_step(p.state),
                   "note": p.delivered_note} for p in by_need.get(need.id, [])],
    } for need in household.needs if need.status != "withdrawn"]
    return sorted(cards, key=lambda card: not card["asks"])


def choice_rows(choices: Sequence[Choice]) -> list[Card]:
    """The offers that could serve one need, best first, for pairing by hand."""
    return [{"offer_id": c.offer.id, "organisation": c.offer.organisation.name, "title": c.offer.title,
             "url": url_for("offers.show_offer", offer_id=c.offer.id), "left": offer_left(c.offer), "score": c.score,
             "distance_m": c.distance_m, "reach": reach_words(c.offer),
             "unchecked": [words.condition_word(code) for code in c.unchecked]}
            for c in choices]


def approval_words(result: Approval) -> list[tuple[str, str]]:
    """What a bulk approval did, as sentences with their category."""
    said = []
    if result.approved:
        said.append((ngettext("批准了 %(num)s 条，已请对方答复。", "批准了 %(num)s 条，已请对方答复。",
                              len(result.approved)), "message"))
    codes = list(result.refused.values())
    for code in sorted(set(codes)):
        said.append((_("没有批准：%(why)s。", why=REFUSALS[code](codes.count(code))), "fault"))
    return said


def run_words(run: Run, held_up: bool = False) -> str:
    """Where a run stands, in one sentence. `held_up`: it waits for a register that is just being written."""
    if held_up:
        return _("有一份台账正在写入，写完马上开始。")
    return {
        "waiting": _("排队等着，马上开始。"), "running": _("正在给每个需求找最合适的资源。"),
        "done": _("算好了：%(n)s 条建议。", n=run.proposals), "failed": _("没有算成，是我们的问题。原来的建议都还在。"),
        "cancelled": _("已停下。原来的建议都还在。"),
    }[run.state]
