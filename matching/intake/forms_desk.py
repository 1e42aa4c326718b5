"""The forms of the desk and of visits; each act says why where somebody may ask later."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired
from wtforms.validators import Optional as MayBeEmpty
from wtforms.widgets import HiddenInput

from matching.accounts.models import User
from matching.forms import CreatingForm, at_most, required
from matching.intake.models import OUTCOMES
from matching.intake.service_desk import KNOWN_BY
from matching.intake.service_tasks import RESULTS
from matching.words import ROLES, URGENCIES
from matching.words_reports import KNOWN_BY as KNOWN_WORDS
from matching.words_reports import OUTCOMES as OUTCOME_WORDS
from matching.words_reports import TASK_RESULTS, TASKS

__all__ = ["AdvanceForm", "CloseForm", "FinishForm", "GiveForm", "JoinForm", "LinkForm", "NoteForm", "PlanForm",
           "ReassignForm", "UrgencyForm", "WhyForm", "people_choices"]

NOTE, WHY = 500, 300


def people_choices(people: Iterable[User]) -> list[tuple[int, str]]:
    """Name and role of those who can be chosen."""
    return [(user.id, f"{user.name} · {ROLES[user.role]}") for user in people]


class NoteForm(CreatingForm):
    """A word about it, if wished."""

    note = TextAreaField(_l("说明"), [MayBeEmpty(), at_most(NOTE)])


class WhyForm(CreatingForm):
    """An act that must say why."""

    why = TextAreaField(_l("为什么"), [required(_l("请写为什么。")), at_most(WHY)])


class UrgencyForm(WhyForm):
    """How urgent it is."""

    level = SelectField(_l("急不急"), [InputRequired()], coerce=int, choices=list(URGENCIES.items()))


class AdvanceForm(NoteForm):
    """The next step, and by which day what follows is due."""

    action = HiddenField()
    due_on = DateField(_l("下一步哪天前办"), [MayBeEmpty()])


class CloseForm(NoteForm):
    """What came of a report."""

    outcome = RadioField(_l("结果"), [InputRequired(_l("请选一样结果。"))], choices=[
        (code, OUTCOME_WORDS[code]) for code in OUTCOMES if code != "joined"])


class GiveForm(WhyForm):
    """Who answers for it from now on, and who did when the page was read."""

    owner_id = SelectField(_l("交给谁"), [InputRequired()], coerce=int)
    from_id = IntegerField(validators=[MayBeEmpty()], widget=HiddenInput())


class JoinForm(CreatingForm):
    """The report that this one follows from now on."""

    first_id = RadioField(_l("和哪一件是同一件事"), [InputRequired(_l("请选一件。"))], coerce=int)


class LinkForm(CreatingForm):
    """Whose file it is, and how that is known."""

    household_id = IntegerField(_l("哪一户"), [InputRequired(_l("请选一户。"))])
    known_by = RadioField(_l("怎么知道是这一户"), [InputRequired(_l("请选一样。"))], choices=[
        (code, KNOWN_WORDS[code]) for code in KNOWN_BY])


class ReassignForm(CreatingForm):
    """Who goes there, on which day."""

    assigned_id = SelectField(_l("谁去"), [InputRequired()], coerce=int)
    due_on = DateField(_l("哪天前去"), [required(_l("请写哪一天。"))])

    def offer(self, people: Iterable[User]) -> None:
        """Who can be sent there."""
        self.assigned_id.choices = people_choices(people)

    def day(self) -> date:
        """The day that was written."""
        return self.due_on.data or date.min


class PlanForm(ReassignForm):
    """A visit, another one, or a call."""

    kind = SelectField(_l("去做什么"), [InputRequired()], choices=list(TASKS.items()))
    note = TextAreaField(_l("说明"), [MayBeEmpty(), at_most(NOTE)])


class FinishForm(CreatingForm):
    """What came of a visit."""

    result = RadioField(_l("结果怎么样"), [InputRequired(_l("请选一样结果。"))])
    note = TextAreaField(_l("看到了什么"), [MayBeEmpty(), at_most(1000)])

    def offer(self, kind: str) -> None:
        """What can come of this kind of task."""
        self.result.choices = [(code, TASK_RESULTS[code]) for code in RESULTS[kind]]
