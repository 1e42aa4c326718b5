"""The to-do page of officers: proposals to approve, pairings that stand still, files, organisations, offers."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from matching.actor import Actor, Right
from matching.clock import day_of
from matching.places.queries import area_names, area_paths
from matching.todo import queries
from matching.todo.service_follow import follow_tasks
from matching.todo.service_money import money_tasks
from matching.todo.service_pairings import DECIDE_WITHIN, DESK, OFFICER_WORDS, listed, pairing_tasks
from matching.todo.service_referrals import referral_tasks
from matching.todo.service_reports import report_tasks
from matching.todo.service_tasks import Agenda, Fact, Link, Task
from matching.words import help_type_word
from matching.words_needs import need_state_word

SHOWN_TOWNS = 3
SOON = timedelta(days=7)
"""So long before the day by which a need is wanted it comes onto the list."""


def officer_agenda(actor: Actor, today: date, now: datetime) -> Agenda:
    code = actor.area_code
    waiting = queries.waiting_in_area(code, today)
    counts = queries.chores_of_area(actor, today, now)
    tasks = [*report_tasks(counts.reports, now), *referral_tasks(counts.referrals), *follow_tasks(counts.follow),
             *_previews(counts), *money_tasks(counts.money), *_proposals(code),
             *pairing_tasks(waiting, OFFICER_WORDS, DESK),
             *_wanted(code, today), *_chores(actor, counts)]
    lacks = queries.needs_without_offer(code, counts.stale.split(",") if counts.stale else ())
    needs = sum(lack.needs for lack in lacks)
    facts = [Fact(help_type_word(lack.help_type),
                  ngettext("%(num)s 个需求", "%(num)s 个需求", lack.needs),
                  Link("pairings.open_needs", {"help_type": lack.help_type, "lonely": 1})) for lack in lacks]
    title = ngettext("%(num)s 个需求还没有资源", "%(num)s 个需求还没有资源", needs) if needs else ""
    return Agenda(today, tasks, _("夜里会自动再配一次。新的建议、到期的答复和要记录的事都会列在这里。"),
                  [(_("看家庭"), Link("households.list_households")), (_("看需求"), Link("pairings.open_needs"))],
                  title, facts)


def _previews(counts: queries.AreaChores) -> list[Task]:
    """Registers that this person brought and that were read: nothing is written before a yes."""
    many = counts.previews
    if not many:
        return []
    link = Link("exchange.list_imports")
    if many == 1:
        link = Link("exchange.show_import", {"import_id": counts.preview_id or 0})
    return [Task(ngettext("确认导入 %(num)s 份表格", "确认导入 %(num)s 份表格", many), _("去确认"), link,
                 _("已经读好，确认以后才写入。"))]


def _proposals(code: str) -> list[Task]:
    towns = queries.proposals_by_town(code)
    if not towns:
        return []
    many = sum(number for _town, number, _since in towns)
    names = area_names(town for town, _number, _since in towns)
    parts = [ngettext("%(town)s %(num)s 条", "%(town)s %(num)s 条", number, town=names.get(town, town))
             for town, number, _since in towns[:SHOWN_TOWNS]]
    if rest := max(0, len(towns) - SHOWN_TOWNS):
        parts.append(ngettext("另外 %(num)s 个镇", "另外 %(num)s 个镇", rest))
    oldest = min(since for _town, _number, since in towns)
    return [Task(ngettext("批准 %(num)s 条结对建议", "批准 %(num)s 条结对建议", many), _("去批准"),
                 Link("pairings.desk"), listed(parts), "proposed", day_of(oldest) + DECIDE_WITHIN)]


def _wanted(code: str, today: date) -> list[Task]:
    """Needs whose last day is near or past, one by one, and one line for those that are not shown."""
    rows = queries.wanted_soon(code, today + SOON)
    places = area_paths({row.area_code for row in rows}, str(get_locale()))
    tasks = [Task(_("%(name)s家等着：%(summary)s", name=row.head_name,
                    summary=row.summary or help_type_word(row.help_type)), _("去看看"),
                  Link("households.show_need", {"need_id": row.id}),
                  _("%(type)s，%(place)s，%(state)s", type=help_type_word(row.help_type), place=places[row.area_code],
                    state=need_state_word(row.state)), None, row.wanted_by) for row in rows]
    if rows and (rest := rows[0].of - len(rows)):
        tasks.append(Task(ngettext("另有 %(num)s 项需求快到最晚的日子", "另有 %(num)s 项需求快到最晚的日子", rest),
                          _("看全部"), Link("pairings.open_needs"), "", None, rows[-1].wanted_by))
    return tasks


def _chores(actor: Actor, counts: queries.AreaChores) -> list[Task]:
    steps = (
        ("reported", counts.reported, _("去筛查"),
         ngettext("初步筛查 %(num)s 户", "初步筛查 %(num)s 户", counts.reported)),
        ("screened", counts.screened, _("去调查"),
         ngettext("入户调查 %(num)s 户", "入户调查 %(num)s 户", counts.screened)),
        ("surveyed", counts.surveyed, _("去核查"),
         ngettext("组织核查 %(num)s 户", "组织核查 %(num)s 户", counts.surveyed)))
    tasks = [Task(what, verb, Link("households.list_households", {"status": status}),
                  _("核实以后，这些家庭的需求才能结对。"))
             for status, number, verb, what in steps if number]
    if counts.needs:
        tasks.append(Task(
            ngettext("核实 %(num)s 项新登记的需求", "核实 %(num)s 项新登记的需求", counts.needs), _("去核实"),
            Link("households.needs_to_confirm"), _("登记的人以外再有一个人看过，这些需求才能结对。")))
    if counts.papers:
        tasks.append(Task(
            ngettext("看 %(num)s 份家庭自己传来的材料", "看 %(num)s 份家庭自己传来的材料", counts.papers), _("去看"),
            Link("households.show_household", {"household_id": counts.papers_household_id or 0, "why": "todo",
                                               "_anchor": "papers"}),
            _("先看等得最久的一户。打开要写明原因。")))
    if counts.missed:
        tasks.append(Task(
            ngettext("问 %(num)s 件约好没办的事", "问 %(num)s 件约好没办的事", counts.missed), _("去问"),
            Link("pairings.show_pairing", {"pairing_id": counts.missed_id or 0}),
            _("先看拖得最久的一件。补上了，或者写明先停一阵，就不再列出。")))
    if actor.may(Right.VET_ORGANISATIONS):
        tasks += _county_chores(counts.unvetted, counts.clearances)
    if counts.erasures and actor.may(Right.CONFIRM_ERASURE):
        tasks.append(Task(
            ngettext("答复 %(num)s 份删除档案的申请", "答复 %(num)s 份删除档案的申请", counts.erasures), _("去答复"),
            Link("pairings.erase_household", {"household_id": counts.erasure_id or 0}),
            _("另一个人提出的，要您同意才会删除。")))
    if counts.ended:
        tasks.append(Task(
            ngettext("处理 %(num)s 份到期的资源", "处理 %(num)s 份到期的资源", counts.ended), _("去处理"),
            Link("offers.list_offers", {"show": "ended"}), _("到期的资源不再参加结对。可以延长，也可以结束。")))
    return tasks


def _county_chores(unvetted: int, clearances: int) -> list[Task]:
    tasks = []
    if unvetted:
        tasks.append(Task(
            ngettext("核实 %(num)s 家新登记的机构", "核实 %(num)s 家新登记的机构", unvetted), _("去核实"),
            Link("organisations.list_organisations"), _("核实以后，它们的资源才参加结对。")))
    if clearances:
        tasks.append(Task(
            ngettext("答复 %(num)s 份外县来的资源", "答复 %(num)s 份外县来的资源", clearances), _("去答复"),
            Link("offers.list_offers", {"show": "waiting"}), _("县里同意以后，才和本县的需求结对。")))
    return tasks
