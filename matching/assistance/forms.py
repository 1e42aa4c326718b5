"""Forms of assistance: a check, a decision about a finding, the standards of a policy."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, NumberRange, ValidationError
from wtforms.validators import Optional as MayBeEmpty
from wtforms.widgets import CheckboxInput, ListWidget

from matching.assistance.service_grants import GrantFacts
from matching.forms import BaseForm, CreatingForm, at_most, required
from matching.households.models import Household
from matching.words import HELP_TYPES
from matching.words_policies import ACTS, POLICIES, RHYTHMS, SOURCES

FEN_PER_YUAN = 100


class WholeFen:
    """No part of a fen."""

    def __call__(self, _form: BaseForm, field: Any) -> None:
        if field.data is not None and field.data * FEN_PER_YUAN != int(field.data * FEN_PER_YUAN):
            raise ValidationError(_l("最多两位小数。"))


class CheckForm(CreatingForm):
    """Ask for a check, reckoned with the standards of a day."""

    on = DateField(_l("按哪一天的标准算"), [required(_l("请选一个日子。"))])


class StepForm(CreatingForm):
    """A step that needs no words, only the click."""


class DecideForm(CreatingForm):
    """What becomes of a finding."""

    state = RadioField(_l("怎么处理"), [InputRequired(_l("请选一种处理。"))], choices=[])
    reason = TextAreaField(_l("怎么回事"), [required(_l("请写清楚怎么处理的。")), at_most(300)])

    def offer(self, states: tuple[str, ...]) -> None:
        """The steps that are possible now."""
        self.state.choices = [(code, ACTS[code]) for code in states]


class SaveForm(CreatingForm):
    """Put a previewed standard in force."""

    reason = StringField(_l("依据哪份文件"), [required(_l("请写依据，例如文号。")), at_most(200)])


class GrantForm(CreatingForm):
    """Help that is asked for."""

    help_type = SelectField(_l("什么帮助"), [InputRequired()], choices=list(HELP_TYPES.items()))
    purpose = StringField(_l("做什么用"), [required(_l("请写做什么用。")), at_most(80)])
    member_id = SelectField(_l("给谁"), [InputRequired()], coerce=int)
    policy = SelectField(_l("按哪项政策"), [MayBeEmpty()], choices=[
        ("", _l("不按政策")), *((code, word) for code, word in POLICIES.items() if code != "limits")])
    source = RadioField(_l("钱从哪里来"), [InputRequired(_l("请选钱从哪里来。"))], choices=[
        (code, word) for code, word in SOURCES.items() if code != "unknown"])
    giver = StringField(_l("谁出"), [required(_l("请写谁出。")), at_most(80)])
    rhythm = RadioField(_l("怎么给"), [InputRequired(_l("请选怎么给。"))], choices=list(RHYTHMS.items()))
    amount = DecimalField(_l("每次多少"), [InputRequired(_l("请写金额。")), NumberRange(
        0, 1_000_000, message=_l("金额要在 0 到 1,000,000 元之间。")), WholeFen()], places=2)
    starts_on = DateField(_l("从哪一天起"), [required(_l("请写从哪一天起。"))])
    until = DateField(_l("到哪一天止"), [MayBeEmpty()])
    reason = TextAreaField(_l("为什么要帮"), [required(_l("请写为什么要帮。")), at_most(300)])
    is_green = BooleanField(_l("来不及等：先行救助，先发后批"))

    def offer(self, household: Household) -> None:
        """Whom of the household it can be for."""
        self.member_id.choices = [(0, _l("全家")), *((one.id, one.name) for one in household.members)]

    def facts(self) -> GrantFacts:
        """What was written."""
        words = {name: self[name].data or "" for name in (
            "help_type", "purpose", "source", "giver", "rhythm", "reason", "policy")}
        return GrantFacts(**words, amount_fen=int((self.amount.data or 0) * FEN_PER_YUAN), until=self.until.data,
                          starts_on=self.starts_on.data or date.min, member_id=self.member_id.data or 0,
                          is_green=bool(self.is_green.data))


class DecideGrantForm(CreatingForm):
    """Approve, return or refuse what was asked."""

    decision = RadioField(_l("怎么定"), [InputRequired(_l("请选一种处理。"))], choices=[
        ("approve", _l("批准")), ("return", _l("退回，要补情况")), ("refuse", _l("不批"))])
    words = TextAreaField(_l("原因"), [MayBeEmpty(), at_most(300)])


class PayForm(CreatingForm):
    """Note that help was given."""

    paid_on = DateField(_l("哪天发的"), [required(_l("请写哪天发的。"))])


class ListForm(CreatingForm):
    """Make the payment list of a month."""

    period = StringField(_l("哪个月"), [required(_l("请写哪个月，例如 2026-11。")), at_most(7)])


class PayListForm(CreatingForm):
    """Which lines of a list were paid, and when."""

    line_ids = SelectMultipleField(coerce=int, validate_choice=False, widget=ListWidget(),
                                   option_widget=CheckboxInput())
    paid_on = DateField(_l("哪天发的"), [required(_l("请写哪天发的。"))])
