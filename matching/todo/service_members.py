"""The to-do pages of those who help and of those who are helped: organisations, social workers, households."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from matching.actor import Actor, Right
from matching.todo import queries
from matching.todo.queries_follow import follow_ups_of
from matching.todo.queries_reports import visits_of
from matching.todo.service_follow import look_tasks
from matching.todo.service_pairings import HOUSEHOLD_WORDS, OURS, PROVIDER_WORDS, Pages, pairing_tasks
from matching.todo.service_referrals import asked_tasks, meeting_tasks
from matching.todo.service_reports import visit_tasks
from matching.todo.service_tasks import Agenda, Link, Task

MINE = Pages("pairings.my_case", "pairings.my_case", {"accepted": "", "delivered": ""})


def provider_agenda(actor: Actor, today: date, _now: datetime) -> Agenda:
    offers = Link("offers.our_offers")
    if actor.organisation_id is None:
        return Agenda(today, [], _("您的账号还没有连到机构。请找系统管理员连上。"), [])
    tasks = pairing_tasks(queries.waiting_for_organisation(actor.organisation_id, tuple(PROVIDER_WORDS)),
                           PROVIDER_WORDS, OURS)
    if actor.may(Right.ANSWER_REFERRALS):
        tasks += asked_tasks(actor.organisation_id) + meeting_tasks(actor.organisation_id)
    counts = queries.chores_of_organisation(actor.organisation_id, today)
    if counts.missed:
        tasks.append(Task(
            ngettext("补办 %(num)s 件约好的事", "补办 %(num)s 件约好的事", counts.missed), _("去补上"),
            Link("pairings.our_pairing", {"pairing_id": counts.missed_id or 0}), _("先看拖得最久的一件。")))
    if counts.ended:
        tasks.append(Task(
            ngettext("处理 %(num)s 份到期的资源", "处理 %(num)s 份到期的资源", counts.ended), _("去处理"), offers,
            _("到期的资源不再参加结对。可以延长，也可以结束。")))
    if not counts.offers:
        tasks.append(Task(_("登记第一份资源"), _("去登记"), Link("offers.add_offer"),
                          _("写明能帮什么、多少份、到哪里，夜里就会和需求结对。")))
    if counts.status != "vetted":
        lead = _("县里还在核实您的机构。核实以后，您的资源才参加结对。")
    else:
        lead = _("有需求和您的资源配上、县里批准以后，会列在这里等您答复。")
    return Agenda(today, tasks, lead, [(_("看我们的资源"), offers)])


def socialworker_agenda(actor: Actor, today: date, _now: datetime) -> Agenda:
    visits = visit_tasks(*visits_of(actor)) + look_tasks(*follow_ups_of(actor))
    if actor.organisation_id is None:
        return Agenda(today, visits, _("您的账号还没有连到机构。请找系统管理员连上。"), [])
    words = {state: PROVIDER_WORDS[state] for state in ("consented", "under_way")}
    tasks = pairing_tasks(queries.waiting_for_organisation(actor.organisation_id, tuple(words)), words, OURS)
    return Agenda(today, [*visits, *tasks], _("派给您的走访，和家里同意以后要上门的事，都会列在这里。"),
                  [(_("看结对"), Link("pairings.our_pairings"))])


def household_agenda(actor: Actor, today: date, _now: datetime) -> Agenda:
    mine = Link("pairings.my_case")
    waiting = [] if actor.household_id is None else queries.waiting_for_household(actor.household_id)
    tasks = [replace(task, link=mine, due_on=None)
             for task in pairing_tasks(waiting, HOUSEHOLD_WORDS, MINE)]
    if actor.household_id is not None and queries.menu_to_sign(actor.household_id):
        tasks.append(Task(_("有一份帮扶方案等您看"), _("去看看"), Link("pairings.my_menu"), _("都合适就点同意。")))
    going_on = sum({row.state: row.of for row in waiting if row.state not in HOUSEHOLD_WORDS}.values())
    if going_on:
        lead = ngettext("有 %(num)s 件帮助正在办。要您点头的时候，会列在这里。",
                        "有 %(num)s 件帮助正在办。要您点头的时候，会列在这里。", going_on)
    else:
        lead = _("有人愿意来帮忙、要您点头的时候，会列在这里。")
    title = ngettext("有 %(num)s 件事要您点头", "有 %(num)s 件事要您点头", len(tasks))
    return Agenda(today, tasks, lead, [(_("看我家的帮助"), mine)], title=title)
