"""Forms of assistance: a check, a decision about a finding, the standards of a policy."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    DecimalField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, NumberRange, ValidationError
from wtforms.validators import Optional as MayBeEmpty
from wtforms.widgets import CheckboxInput, ListWidget

from matching.assistance.service_standards import AMOUNTS, OPTIONAL, WITH_CATEGORIES, Version
from matching.forms import BaseForm, CreatingForm, at_most, required
from matching.words import CATEGORIES
from matching.words_policies import ACTS, AMOUNT_WORDS

FEN_PER_YUAN = 100
NAMED = ("living", "nursing", "school_aid", "orphan", "defacto")


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


class PolicyForm(CreatingForm):
    """The standards of one policy from a day on; its amounts are made by `policy_form`."""

    starts_on = DateField(_l("从哪一天起"), [required(_l("请写从哪一天起。"))])
    until = DateField(_l("到哪一天止"), [MayBeEmpty()])
    categories = SelectMultipleField(_l("哪些类别的家庭"), choices=[(code, word) for code, word in CATEGORIES.items()],
                                     option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False))
    names = TextAreaField(_l("台账里怎么写"), [MayBeEmpty(), at_most(400)])

    @property
    def amounts(self) -> list[Any]:
        """The fields of the amounts, in their order."""
        return [field for field in self if field.name.startswith("fen_")]

    def version(self, policy: str) -> Version:
        """What was written."""
        amounts = {field.name.removeprefix("fen_"): int(field.data * FEN_PER_YUAN)
                   for field in self.amounts if field.data is not None}
        words = tuple(word for word in re.split(r"[\s、,，;；]+", (self.names and self.names.data) or "") if word)
        return Version(policy, self.starts_on.data or date.min, self.until.data, amounts,
                       tuple(self.categories.data or ()) if policy in WITH_CATEGORIES else (), words)


def policy_form(policy: str, standing: Version, today: date) -> PolicyForm:
    """The form of one policy, filled with what counts now."""
    fields: dict[str, Any] = {}
    for key in AMOUNTS[policy]:
        first = MayBeEmpty() if key in OPTIONAL else InputRequired(_l("请写金额。"))
        fields[f"fen_{key}"] = DecimalField(AMOUNT_WORDS[key], [
            first, NumberRange(0, 1_000_000, message=_l("金额要在 0 到 1,000,000 元之间。")), WholeFen()], places=2)
    fields["categories"] = PolicyForm.categories if policy in WITH_CATEGORIES else None
    fields["names"] = PolicyForm.names if policy in NAMED else None
    form = type("OnePolicyForm", (PolicyForm,), fields)
    values = {f"fen_{key}": Decimal(fen) / FEN_PER_YUAN for key, fen in standing.amounts.items()}
    made: PolicyForm = form(data={**values, "starts_on": today, "categories": list(standing.categories),
                                  "names": "、".join(standing.names)})
    return made


