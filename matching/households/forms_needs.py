"""The forms of needs and of verification."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, NumberRange
from wtforms.validators import Optional as MayBeEmpty
from wtforms.widgets import CheckboxInput, ListWidget

from matching.forms import BaseForm, CreatingForm, at_most, required
from matching.households.forms_choices import HELP_TYPE_CHOICES, URGENCY_CHOICES, WITHDRAWN
from matching.households.models import Household
from matching.households.service_needs import ASKS, NeedFacts, traits_of
from matching.words import CONDITIONS, HELP_TYPES

MOST = 10_000_000
EVERYBODY, AS_BEFORE = "all", ""


class NeedForm(CreatingForm):
    """One thing that a household lacks."""

    help_type = SelectField(_l("要哪种帮助"), [required()], choices=[("", _l("请选一个")), *HELP_TYPE_CHOICES])
    member = SelectField(_l("给谁"))
    quantity = IntegerField(_l("要多少"), [
        InputRequired(_l("请写一个整数，例如 1。")), NumberRange(1, MOST, _l("请写 1 以上的整数。"))], default=1)
    unit = StringField(_l("按什么算"), [MayBeEmpty(), at_most(20)])
    urgency = RadioField(_l("急不急"), [InputRequired(_l("请选一个。"))], coerce=int, choices=URGENCY_CHOICES,
                         default=2)
    summary = StringField(_l("一句话说清楚"), [required(), at_most(120)])
    asks = SelectMultipleField(
        _l("只能是"), choices=[(code, CONDITIONS[code]) for code in ASKS], widget=ListWidget(),
        option_widget=CheckboxInput())
    reported_on = DateField(_l("哪天提出的"), [InputRequired(_l("请写日期，例如 2026-11-22。"))])

    def keep_type(self, help_type: str) -> None:
        """A need that exists keeps its type."""
        self.help_type.choices = [(help_type, HELP_TYPES[help_type])]

    REQUIRED = ("help_type", "quantity", "urgency", "summary", "reported_on")

    def offer_members(self, household: Household, *, editing: bool) -> None:
        """Let the form ask for whom of the household the help is. Call before validating."""
        people = [(str(member.id), member.name) for member in household.members]
        first = [(AS_BEFORE, _l("和原来一样"))] if editing else []
        self.member.choices = [*first, (EVERYBODY, _l("全家")), *people]

    def facts(self, household: Household) -> NeedFacts:
        """What was written; `traits` None leaves them as they were."""
        chosen = next((m for m in household.members if str(m.id) == self.member.data), None)
        traits = None if self.member.data == AS_BEFORE else traits_of(chosen, self.reported_on.data)
        written: dict[str, Any] = {name: self[name].data for name in self.REQUIRED}
        return NeedFacts(**written, unit=self.unit.data or "", asks=tuple(self.asks.data or ()), traits=traits)


class WithdrawForm(BaseForm):
    """Why a need is taken back."""

    reason = RadioField(_l("为什么撤回"), [InputRequired(_l("请选一个原因。"))], choices=list(WITHDRAWN.items()))


class StepForm(BaseForm):
    """A step that needs no words, only the click."""


class AccountForm(CreatingForm):
    """Make a household its sign-in."""
