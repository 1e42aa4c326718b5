"""Forms of assistance: a check, a decision about a finding, the standards of a policy."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, ValidationError

from matching.forms import BaseForm, CreatingForm, at_most, required
from matching.words_policies import ACTS

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
