"""What an officer is to do about money, as lines of the to-do page."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from matching.todo.queries_money import MoneyChores
from matching.todo.service_tasks import Link, Task, one_or_all

GRANTS, GRANT = "assistance.list_grants", "assistance.show_grant"
LISTS, LIST = "assistance.list_payment_lists", "assistance.show_payment_list"


def money_tasks(waits: MoneyChores) -> list[Task]:
    """Signatures, what came back, papers with their day, money to come back, payment lists; one line each."""
    found = []
    if waits.signs:
        found.append(Task(
            ngettext("批 %(num)s 份帮助", "批 %(num)s 份帮助", waits.signs), _("去批"),
            one_or_all(waits.signs, Link("assistance.decide_grant", {"grant_id": waits.sign_id or 0}),
                       Link(GRANTS, {"group": "mine"})),
            _("等您签字，替人代班的也在里面。")))
    if waits.returned:
        found.append(Task(
            ngettext("补充 %(num)s 份退回来的申请", "补充 %(num)s 份退回来的申请", waits.returned), _("去补充"),
            one_or_all(waits.returned, Link("assistance.change_grant", {"grant_id": waits.returned_id or 0}),
                       Link(GRANTS, {"group": "returned"})),
            _("上面写了要补什么。")))
    if waits.papers:
        found.append(Task(
            ngettext("催 %(num)s 份先行救助的材料", "催 %(num)s 份先行救助的材料", waits.papers), _("去看看"),
            one_or_all(waits.papers, Link(GRANT, {"grant_id": waits.paper_id or 0}),
                       Link(GRANTS, {"group": "papers"})),
            _("钱先发了，材料还没有补齐。"), None,
            waits.papers_due))
    if waits.reclaims:
        found.append(Task(
            ngettext("追回 %(num)s 笔先发的钱", "追回 %(num)s 笔先发的钱", waits.reclaims), _("去看看"),
            Link(GRANTS, {"group": "reclaim"}), _("先发了，后来没有批准。")))
    return [*found, *_lists(waits), *_menus(waits)]


def _lists(waits: MoneyChores) -> list[Task]:
    found = []
    if waits.open_lists:
        found.append(Task(
            ngettext("把 %(num)s 份发放名单定下来", "把 %(num)s 份发放名单定下来", waits.open_lists), _("去看看"),
            one_or_all(waits.open_lists, Link(LIST, {"payment_list_id": waits.open_id or 0}),
                       Link(LISTS)),
            _("定下来以后才能导出给银行。")))
    if waits.frozen_lists:
        found.append(Task(
            ngettext("记 %(num)s 份名单发了没有", "记 %(num)s 份名单发了没有", waits.frozen_lists), _("去记"),
            one_or_all(waits.frozen_lists, Link(LIST, {"payment_list_id": waits.frozen_id or 0, "state": "due"}),
                       Link(LISTS)),
            _("名单定了，还有没记发放的。")))
    return found


def _menus(waits: MoneyChores) -> list[Task]:
    found = []
    if waits.reviews:
        found.append(Task(
            ngettext("看 %(num)s 份帮扶方案落实得怎么样", "看 %(num)s 份帮扶方案落实得怎么样", waits.reviews),
            _("去看看"),
            Link("pairings.show_menu", {"household_id": waits.review_id or 0}), _("签的时候说好这天再看。"), None,
            waits.review_on))
    if waits.discussed:
        found.append(Task(
            ngettext("和 %(num)s 户商量帮扶方案", "和 %(num)s 户商量帮扶方案", waits.discussed), _("去商量"),
            Link("pairings.show_menu", {"household_id": waits.discussed_id or 0}), _("商量好了，请他们签字。")))
    return found
