"""The to-do pages of those who watch: administrators, auditors, the province, departments' informants."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from matching.actor import Actor
from matching.clock import SHANGHAI
from matching.figures.queries import figures_of
from matching.intake.queries_mine import became
from matching.todo import queries
from matching.todo.service_tasks import Agenda, Fact, Link, Task

NIGHTLY = "nightly pairing"
WEEK = timedelta(days=7)


def admin_agenda(_actor: Actor, today: date, now: datetime) -> Agenda:
    """Accounts that lead nowhere, a scheduler that stands still, a night without a pairing run."""
    room = queries.engine_room(NIGHTLY)
    accounts, tasks = Link("accounts.list_accounts"), []
    if room.unbound:
        tasks.append(Task(
            ngettext("%(num)s 个账号还没有连到机构", "%(num)s 个账号还没有连到机构", room.unbound), _("去看"),
            accounts, _("没有连上机构的人登录后什么也做不了。")))
    if room.lease_until is None or room.lease_until < now:
        tasks.append(Task(_("定时任务没有在运行"), _("再看一次"), Link("todo.todo"),
                          _("夜里的结对不会自动跑。请检查服务器进程。"), None, today))
    if room.unsent:
        tasks.append(Task(
            ngettext("%(num)s 条消息没有发出去", "%(num)s 条消息没有发出去", room.unsent), _("去看"),
            Link("notices.show_outbox"), _("看看原因，改好设置以后再试一次。")))
    facts = [Fact(_("能登录的账号"), str(room.enabled), accounts),
             Fact(_("停用的账号"), str(room.disabled), accounts),
             Fact(_("上一次夜里结对"), _nightly(room.run_at, room.run_finished_at)),
             Fact(_("没发出去的消息"), str(room.unsent), Link("notices.show_outbox"))]
    return Agenda(today, tasks, _("账号和定时任务有事要您处理时，会列在这里。"), [(_("看账号"), accounts)],
                  _("系统"), facts)


def _nightly(run_at: datetime | None, finished_at: datetime | None) -> str:
    if run_at is None:
        return str(_("还没有跑过"))
    moment = run_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    if finished_at is None:
        return str(_("%(moment)s，没有跑完", moment=moment))
    return str(_("%(moment)s，已跑完", moment=moment))


def auditor_agenda(actor: Actor, today: date, now: datetime) -> Agenda:
    """Nobody assigns an auditor work yet: how much was looked at and changed, and where to read it."""
    entries = Link("audit.list_entries")
    facts = []
    if actor.area_code:
        facts = [Fact(_("最近七天的记录"), str(queries.looks_since(actor.area_code, now - WEEK)), entries)]
    return Agenda(today, [], _("督查由您自己开始：看谁打开过哪一户、改过什么，或者打开一户核对。"),
                  [(_("看记录"), entries), (_("看家庭"), Link("households.list_households"))],
                  _("本地区"), facts)


def province_agenda(actor: Actor, today: date, _now: datetime) -> Agenda:
    """The areas below at a glance; every figure opens its page."""
    rows = figures_of(actor.area_code).areas if actor.area_code else []
    facts = [Fact(row.name, _("%(open)s 个需求没满足，%(going)s 个结对在进行", open=row.needs_open,
                              going=row.waiting + row.under_way),
                  Link("figures.overview", {"area": row.code})) for row in rows]
    return Agenda(today, [], _("各县的需求和结对每天都在变，数字里能一层层看到镇。"),
                  [(_("看数字"), Link("figures.overview"))], _("各地一览"), facts)


def informant_agenda(actor: Actor, today: date, _now: datetime) -> Agenda:
    """Nothing is assigned to an informant: what became of its reports stands there, and where to make another."""
    mine, link = became(actor), Link("intake.my_reports")
    facts = [Fact(_("报了"), str(mine["total"]), link), Fact(_("帮上了"), str(mine["helped"]), link),
             Fact(_("还在办"), str(mine["open"]), link)] if mine["total"] else []
    return Agenda(today, [], _("看见谁家有难处，就报上来；报过的办到哪一步，这里看得到。"),
                  [(_("报一户难处"), Link("intake.report_hardship")),
                   (_("看能提供的帮助"), Link("offers.list_offers"))],
                  _("我报的"), facts)
