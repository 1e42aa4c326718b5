"""Referrals and joint meetings as lines of the to-do page."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from matching.clock import day_of
from matching.formatting import moment
from matching.places.queries import area_names
from matching.todo.queries import TOWN_DIGITS
from matching.todo.queries_referrals import ReferralChores, asked_of, meetings_of
from matching.todo.service_tasks import Link, Task, one_or_all
from matching.words import help_type_word

LIST, ONE = "intake.list_referrals", "intake.show_referral"
OURS, OUR = "intake.our_referrals", "intake.our_referral"


def referral_tasks(waits: ReferralChores) -> list[Task]:
    """An officer's: answers that came back, and referrals without one past their day."""
    found = []
    if waits.answers:
        found.append(Task(
            ngettext("看 %(num)s 件转出去的事的答复", "看 %(num)s 件转出去的事的答复", waits.answers), _("去看"),
            one_or_all(waits.answers, Link(ONE, {"referral_id": waits.answer_id or 0}),
                       Link(LIST, {"group": "ended"})),
            _("单位答复了。事情还是您负责。")))
    if waits.late:
        found.append(Task(
            ngettext("催 %(num)s 件转出去的事", "催 %(num)s 件转出去的事", waits.late), _("去催"),
            one_or_all(waits.late, Link(ONE, {"referral_id": waits.late_id or 0}),
                       Link(LIST, {"group": "late"})),
            _("过了日子，单位还没有回音。"), None,
            waits.late_on))
    if waits.decisions:
        found.append(Task(
            ngettext("办 %(num)s 件会商定下的事", "办 %(num)s 件会商定下的事", waits.decisions), _("去办"),
            one_or_all(waits.decisions,
                       Link("intake.carry_out_decision", {"meeting_decision_id": waits.decision_id or 0}),
                       Link("intake.list_meetings")),
            _("办好以后写一句怎么办的。"), None,
            waits.decision_on))
    if waits.meetings:
        found.append(Task(
            ngettext("记下 %(num)s 次会商的结果", "记下 %(num)s 次会商的结果", waits.meetings), _("去记"),
            one_or_all(waits.meetings, Link("intake.hold_meeting", {"meeting_id": waits.meeting_id or 0}),
                       Link("intake.list_meetings")),
            _("谁来了，定了什么，谁到哪天办好。")))
    return found


def asked_tasks(organisation_id: int) -> list[Task]:
    """An organisation's: each referral to answer or to act on, without names, and one line for those not shown."""
    rows = asked_of(organisation_id)
    towns = area_names({row.area_code[:TOWN_DIGITS] for row in rows})
    tasks = []
    for row in rows:
        facts = {"help": help_type_word(row.help_type), "town": towns.get(row.area_code[:TOWN_DIGITS], "")}
        link = Link(OUR, {"referral_id": row.id})
        what, verb, detail = (
            (_("答复一件转来的事：%(help)s，%(town)s", **facts), _("去答复"), _("接还是不接，说一声。"))
            if row.state == "waiting" else
            (_("办一件转来的事：%(help)s，%(town)s", **facts), _("去看看"), _("办过以后写一句做了什么。")))
        tasks.append(Task(what, verb, link, detail, None, row.due_on))
    rest = sum({row.state: row.of for row in rows}.values()) - len(rows)
    if rest > 0:
        tasks.append(Task(ngettext("另有 %(num)s 件转来的事", "另有 %(num)s 件转来的事", rest), _("看全部"),
                          Link(OURS)))
    return tasks


def meeting_tasks(organisation_id: int) -> list[Task]:
    """An organisation's: invitations to answer, and what meetings gave it to do."""
    tasks = []
    for row in meetings_of(organisation_id):
        link = Link("intake.our_meeting", {"meeting_id": row.meeting_id})
        if row.decision_id is None:
            tasks.append(Task(_("答复来不来会商：%(when)s", when=moment(row.held_at)), _("去答复"), link,
                              _("几个单位一起商量一件难办的事。"), None, day_of(row.held_at)))
        else:
            tasks.append(Task(_("办会商定下的一件事"), _("去看看"), link, _("办好以后写一句怎么办的。"), None,
                              row.due_on))
    return tasks
