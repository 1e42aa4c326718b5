"""The forms of needs and of verification."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    DecimalField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, NumberRange
from wtforms.validators import Optional as MayBeEmpty
from wtforms.widgets import CheckboxInput, ListWidget

from matching.conditions import asked
from matching.forms import BaseForm, CreatingForm, at_most, required
from matching.households.forms_choices import URGENCY_CHOICES, WITHDRAWN, Words
from matching.households.models import Household, Need
from matching.households.service_details import DETAILS, EITHER, TEXT_LENGTH, Detail, details_of
from matching.households.service_needs import NeedFacts, traits_of
from matching.words import CONDITIONS, HELP_TYPES
from matching.words_needs import DETAILS as LABELS
from matching.words_needs import PLACES_OF_WORK

MOST = 10_000_000
FEN_PER_YUAN = 100
EVERYBODY, AS_BEFORE = "all", ""


class NeedForm(CreatingForm):
    """One thing that a household lacks. `need_form(help_type)` adds what is asked about that type."""

    help_type = SelectField(_l("要哪种帮助"), [required()])
    member = SelectField(_l("给谁"))
    quantity = IntegerField(_l("要多少"), [
        InputRequired(_l("请写一个整数，例如 1。")), NumberRange(1, MOST, _l("请写 1 以上的整数。"))], default=1)
    unit = StringField(_l("按什么算"), [MayBeEmpty(), at_most(20)])
    urgency = RadioField(_l("急不急"), [InputRequired(_l("请选一个。"))], coerce=int, choices=URGENCY_CHOICES,
                         default=2)
    wanted_by = DateField(_l("最晚哪天要"), [MayBeEmpty()])
    summary = StringField(_l("一句话说清楚"), [MayBeEmpty(), at_most(120)])
    reported_on = DateField(_l("哪天提出的"), [InputRequired(_l("请写日期，例如 2026-11-22。"))])
    why = StringField(_l("为什么改"), [MayBeEmpty(), at_most(100)])

    PLAIN = ("help_type", "quantity", "urgency", "reported_on", "wanted_by")
    details: tuple[Detail, ...] = ()

    def offer_members(self, household: Household, *, editing: bool) -> None:
        """Let the form ask for whom of the household the help is. Call before validating."""
        people = [(str(member.id), member.name) for member in household.members]
        first = [(AS_BEFORE, _l("和原来一样"))] if editing else []
        self.member.choices = [*first, (EVERYBODY, _l("全家")), *people]

    @classmethod
    def present(cls, need: Need) -> dict[str, Any]:
        """What the form shows of a need that exists."""
        told = details_of(need)
        shown = {detail.name: Decimal(told[detail.name]) / FEN_PER_YUAN if detail.kind == "money" else told[detail.name]
                 for detail in cls.details if detail.name in told}
        return shown | {name: getattr(need, name) for name in (*cls.PLAIN, "unit", "summary")}

    def facts(self, household: Household, need: Need | None = None) -> NeedFacts:
        """What was written; of `need`, which it changes, the conditions that no form asks about stay."""
        chosen = next((m for m in household.members if str(m.id) == self.member.data), None)
        traits = None if self.member.data == AS_BEFORE else traits_of(chosen, self.reported_on.data)
        written: dict[str, Any] = {name: self[name].data for name in self.PLAIN}
        further = tuple(code for code in (need.asks if need else ()) if code not in asked(written["help_type"]))
        return NeedFacts(**written, unit=self.unit.data or "", summary=self.summary.data or "", traits=traits,
                         asks=further, details={detail.name: self._written(detail) for detail in self.details})

    def _written(self, detail: Detail) -> Any:
        value = self[detail.name].data
        return round(value * FEN_PER_YUAN) if detail.kind == "money" and value is not None else value


def boxes(label: Any, codes: tuple[str, ...], words: Words) -> SelectMultipleField:
    """A group of boxes with the words of their codes."""
    return SelectMultipleField(label, choices=[(code, words[code]) for code in codes], widget=ListWidget(),
                               option_widget=CheckboxInput())


def detail_field(detail: Detail) -> Field:
    """The field that asks for one detail."""
    label: Any = LABELS[detail.name]
    match detail.kind:
        case "text":
            return StringField(label, [MayBeEmpty(), at_most(TEXT_LENGTH)])
        case "number":
            return IntegerField(label, [MayBeEmpty(), NumberRange(1, detail.most, _l("请写 1 到 %(n)s 之间的整数。",
                                                                                   n=detail.most))])
        case "money":
            most = detail.most // FEN_PER_YUAN
            return DecimalField(label, [MayBeEmpty(), NumberRange(Decimal("0.01"), most, _l(
                "请写 %(n)s 以内的数，例如 800。", n=f"{most:,}"))], places=2)
        case "workplace":
            return RadioField(label, [MayBeEmpty()], choices=list(PLACES_OF_WORK.items()), default=EITHER)
        case "one":
            return SelectField(label, choices=[("", _l("不填")), *((code, CONDITIONS[code]) for code in detail.codes)])
        case "ability":
            return boxes(label, detail.codes, {"disabled_ok": _l("要残疾人能做的")})
    return boxes(label, detail.codes, CONDITIONS)


@cache
def need_form(help_type: str) -> type[NeedForm]:
    """The form of one help type. KeyError for one that is not known."""
    details = DETAILS[help_type]
    fields = {detail.name: detail_field(detail) for detail in details}
    own = SelectField(_l("要哪种帮助"), [required()], choices=[(help_type, HELP_TYPES[help_type])], default=help_type)
    return type(f"NeedForm_{help_type}", (NeedForm,), {"details": details, "help_type": own, **fields})


class WithdrawForm(BaseForm):
    """Why a need is taken back."""

    reason = RadioField(_l("为什么撤回"), [InputRequired(_l("请选一个原因。"))], choices=list(WITHDRAWN.items()))


class StepForm(BaseForm):
    """A step that needs no words, only the click."""


class AccountForm(CreatingForm):
    """Make a household its sign-in."""
