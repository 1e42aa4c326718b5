"""Pairings as tasks: how each state reads to an officer, a provider and a household.

Each pairing knows the last day for its next step (`matching.pairings.service_deadlines`); what is only proposed is to
be decided within `DECIDE_WITHIN`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from babel.lists import format_list
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from matching.places.queries import area_names, area_paths
from matching.todo.queries import SHOWN_EACH, TOWN_DIGITS, Waiting
from matching.todo.service_tasks import Link, Task
from matching.words import help_type_word

DECIDE_WITHIN = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Words:
    """How one state reads as a task: the sentence, its detail, the verb, and the line for those not shown.

    `act`: the endpoint where the verb is done, when it is not the pairing's own page.
    """

    what: Callable[[dict[str, str]], str]
    detail: Callable[[dict[str, str]], str]
    verb: Callable[[], str]
    more: Callable[[int], str]
    act: str = ""


@dataclass(frozen=True, slots=True)
class Pages:
    """Where a reader finds pairings: the endpoint of one, of the list, and the list's group of each state."""

    one: str
    many: str
    groups: dict[str, str]

    def of(self, row: Waiting) -> Link:
        """The page of one pairing."""
        return Link(self.one, {"pairing_id": row.id})


DESK = Pages("pairings.show_pairing", "pairings.desk",
             {"offered": "waiting", "accepted": "waiting", "consented": "under_way", "under_way": "under_way",
              "delivered": "under_way", "confirmed": "under_way"})
OURS = Pages("pairings.our_pairing", "pairings.our_pairings",
             {"offered": "answer", "consented": "do", "under_way": "do"})


OFFICER_WORDS = {
    "offered": Words(
        lambda f: _("催 %(organisation)s 答复", **f),
        lambda f: _("%(place)s %(name)s家，%(type)s", **f), lambda: _("去催"),
        lambda n: ngettext("另有 %(num)s 个结对过了答复的日子", "另有 %(num)s 个结对过了答复的日子", n)),
    "consented": Words(
        lambda f: _("催 %(organisation)s 去联系 %(name)s家", **f),
        lambda f: _("%(type)s，%(place)s，家里早就同意了", **f), lambda: _("去催"),
        lambda n: ngettext("另有 %(num)s 个结对过了开始的日子", "另有 %(num)s 个结对过了开始的日子", n)),
    "under_way": Words(
        lambda f: _("催 %(organisation)s 把 %(name)s家 的事办完", **f),
        lambda f: _("%(type)s，%(place)s", **f), lambda: _("去催"),
        lambda n: ngettext("另有 %(num)s 个结对过了送到的日子", "另有 %(num)s 个结对过了送到的日子", n)),
    "accepted": Words(
        lambda f: _("问 %(name)s家 是否同意", **f),
        lambda f: _("%(organisation)s 愿意帮忙：%(type)s，%(place)s", **f), lambda: _("记录同意"),
        lambda n: ngettext("另有 %(num)s 户等着问是否同意", "另有 %(num)s 户等着问是否同意", n),
        "pairings.record_consent"),
    "delivered": Words(
        lambda f: _("确认 %(name)s家 收到了帮助", **f),
        lambda f: _("%(organisation)s 说已送到：%(type)s，%(place)s", **f), lambda: _("去确认"),
        lambda n: ngettext("另有 %(num)s 个结对等着确认收到", "另有 %(num)s 个结对等着确认收到", n)),
    "confirmed": Words(
        lambda f: _("复核后销号：%(name)s家", **f),
        lambda f: _("%(organisation)s 的%(type)s，家里已确认收到", **f), lambda: _("复核"),
        lambda n: ngettext("另有 %(num)s 个结对可以销号", "另有 %(num)s 个结对可以销号", n),
        "pairings.close_pairing"),
}
PROVIDER_WORDS = {
    "offered": Words(
        lambda f: _("答复一个需求：%(summary)s", **f),
        lambda f: _("%(type)s，%(town)s", **f), lambda: _("去答复"),
        lambda n: ngettext("另有 %(num)s 个需求等您答复", "另有 %(num)s 个需求等您答复", n)),
    "consented": Words(
        lambda f: _("联系 %(name)s家，开始帮忙", **f),
        lambda f: _("%(type)s，%(place)s，家里已同意", **f), lambda: _("开始"),
        lambda n: ngettext("另有 %(num)s 户已同意，等您开始", "另有 %(num)s 户已同意，等您开始", n)),
    "under_way": Words(
        lambda f: _("正在帮 %(name)s家：%(type)s", **f),
        lambda f: _("%(place)s，送到以后请记一笔", **f), lambda: _("记录送到"),
        lambda n: ngettext("另有 %(num)s 个结对正在进行", "另有 %(num)s 个结对正在进行", n),
        "pairings.deliver_pairing"),
}
HOUSEHOLD_WORDS = {
    "accepted": Words(
        lambda f: _("%(organisation)s 愿意来帮忙，您同意吗", **f),
        lambda f: _("%(type)s。您同意以后，对方才知道您的姓名和电话。", **f), lambda: _("去回答"),
        lambda n: ngettext("另有 %(num)s 件等您回答", "另有 %(num)s 件等您回答", n)),
    "delivered": Words(
        lambda f: _("%(organisation)s 说已经送到，您收到了吗", **f),
        lambda f: f["type"], lambda: _("去确认"),
        lambda n: ngettext("另有 %(num)s 件等您确认", "另有 %(num)s 件等您确认", n)),
}


def pairing_tasks(waiting: list[Waiting], words: dict[str, Words], pages: Pages) -> list[Task]:
    """A task for each pairing shown, and one line for those of a state that are not shown."""
    places = area_paths({row.area_code for row in waiting}, str(get_locale()))
    towns = area_names({row.area_code[:TOWN_DIGITS] for row in waiting})
    tasks = [_pairing_task(row, words[row.state], pages, places[row.area_code],
                           towns.get(row.area_code[:TOWN_DIGITS], ""))
             for row in waiting if row.state in words]
    totals = {row.state: row.of for row in waiting if row.state in words}
    for state, many in totals.items():
        if many > SHOWN_EACH:
            tasks.append(Task(words[state].more(many - SHOWN_EACH), _("看全部"),
                              Link(pages.many, {"group": pages.groups[state]}), "", state))
    return tasks


def _pairing_task(row: Waiting, words: Words, pages: Pages, place: str, town: str) -> Task:
    facts = {"name": row.head_name, "organisation": row.organisation, "type": help_type_word(row.help_type),
             "place": place, "town": town, "summary": row.summary or help_type_word(row.help_type)}
    link = pages.of(row)
    return Task(words.what(facts), words.verb(), link, words.detail(facts), row.state, row.due_on,
                Link(words.act, link.values) if words.act else None)


def listed(parts: list[str]) -> str:
    """Parts as one enumeration in the reader's language."""
    return format_list(parts, locale=get_locale())
