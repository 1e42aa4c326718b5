"""What each person is to do next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from matching.actor import OFFICERS, PROVIDERS, Actor, Role
from matching.clock import day_of
from matching.todo.service_members import household_agenda, provider_agenda, socialworker_agenda
from matching.todo.service_officers import officer_agenda
from matching.todo.service_overseers import admin_agenda, auditor_agenda, informant_agenda, province_agenda
from matching.todo.service_tasks import Agenda

_BY_ROLE: dict[Role, Callable[[Actor, date, datetime], Agenda]] = {
    **dict.fromkeys(OFFICERS, officer_agenda),
    **dict.fromkeys(PROVIDERS, provider_agenda),
    Role.SOCIALWORKER: socialworker_agenda,
    Role.HOUSEHOLD: household_agenda,
    Role.ADMIN: admin_agenda,
    Role.AUDITOR: auditor_agenda,
    Role.PROVINCE: province_agenda,
    Role.INFORMANT: informant_agenda,
}


def agenda_of(actor: Actor, now: datetime) -> Agenda:
    """The to-do page of one person at one instant: tasks by day, those without a day last."""
    today = day_of(now)
    made = _BY_ROLE[actor.role](actor, today, now)
    made.tasks.sort(key=lambda task: (task.due_on is None, task.due_on or today))
    return made
