"""Forms of policies: a standard with its days, amounts and whom it is for; and a case that is reckoned by it."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.validators import InputRequired, NumberRange
from wtforms.validators import Optional as MayBeEmpty
from wtforms.widgets import CheckboxInput, ListWidget

from matching.assistance.forms import FEN_PER_YUAN, WholeFen
from matching.assistance.service_cases import Case
from matching.assistance.service_kinds import AMOUNTS, NAMED, WITH_CATEGORIES, is_percent, may_be_empty
from matching.assistance.service_policies import NEVER_ENDED
from matching.assistance.service_standards import MOST_PERCENT, Version
from matching.forms import BaseForm, CreatingForm, at_most, required
from matching.households.models import Household
from matching.words import CATEGORIES
from matching.words_policies import AMOUNT_WORDS, EMERGENCIES, SEVERITIES


class PolicyForm(CreatingForm):
    """The standards of one policy from a day on; its amounts are made by `policy_form`.

    With `ends` there is no such policy from that day on, and no amounts are asked.
    """

    policy = ""
    starts_on = DateField(_l("从哪一天起"), [required(_l("请写从哪一天起。"))])
    until = DateField(_l("到哪一天止"), [MayBeEmpty()])
    categories = SelectMultipleField(_l("哪些类别的家庭"), choices=[(code, word) for code, word in CATEGORIES.items()],
                                     option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False))
    names = TextAreaField(_l("台账里怎么写"), [MayBeEmpty(), at_most(400)])
    ends = BooleanField(_l("这些日子没有这项政策"))

    @property
    def amounts(self) -> list[Any]:
        """The fields of the amounts, in their order."""
        return [field for field in self if field.name.startswith("fen_")]

    @property
    def is_ending(self) -> bool:
        """Whether the policy is to end."""
        return bool(self.ends and self.ends.data)

    def validate(self, extra_validators: Any = None) -> bool:
        """With `ends` no amounts are asked; else at least one must be there, and a category where these count."""
        if self.is_ending:
            for field in self.amounts:
                field.validators = [MayBeEmpty()]
            return bool(super().validate(extra_validators))
        fine = bool(super().validate(extra_validators))
        if all(field.data is None and not field.errors for field in self.amounts):
            self.amounts[0].errors = [_l("至少要写一个金额。")]
            fine = False
        if self.categories and not self.categories.data:
            self.categories.errors = [_l("请至少选一类。")]
            fine = False
        return fine

    def version(self) -> Version:
        """What was written."""
        amounts = {} if self.is_ending else {
            key: int(field.data if is_percent(key) else field.data * FEN_PER_YUAN)
            for field in self.amounts if field.data is not None for key in (field.name.removeprefix("fen_"),)}
        words = tuple(word for word in re.split(r"[\s、,，;；]+", (self.names and self.names.data) or "") if word)
        return Version(self.policy, self.starts_on.data or date.min, self.until.data, amounts,
                       tuple(self.categories.data or ()) if self.policy in WITH_CATEGORIES else (), words)


def policy_form(policy: str, standing: Version, today: date) -> PolicyForm:
    """The form of one policy, filled with what counts now."""
    fields: dict[str, Any] = {f"fen_{key}": _amount(policy, key) for key in AMOUNTS[policy]}
    fields |= {"policy": policy, "categories": PolicyForm.categories if policy in WITH_CATEGORIES else None,
               "names": PolicyForm.names if policy in NAMED else None,
               "ends": None if policy in NEVER_ENDED else PolicyForm.ends}
    form = type("OnePolicyForm", (PolicyForm,), fields)
    values = {f"fen_{key}": amount if is_percent(key) else Decimal(amount) / FEN_PER_YUAN
              for key, amount in standing.amounts.items()}
    made: PolicyForm = form(data={**values, "starts_on": today, "categories": list(standing.categories),
                                  "names": "、".join(standing.names)})
    return made


def _amount(policy: str, key: str) -> Any:
    """The field of one amount: yuan with fen, or a whole percent."""
    word = AMOUNT_WORDS[key]
    if is_percent(key):
        first: Any = MayBeEmpty() if may_be_empty(policy, key) else InputRequired(_l("请写比例。"))
        return IntegerField(word, [first, NumberRange(
            1, MOST_PERCENT, message=_l("比例要在百分之 1 到百分之 1000 之间。"))])
    first = MayBeEmpty() if may_be_empty(policy, key) else InputRequired(_l("请写金额。"))
    return DecimalField(word, [first, NumberRange(0, 1_000_000, message=_l("金额要在 0 到 1,000,000 元之间。")),
                               WholeFen()], places=2)


class CaseForm(BaseForm):
    """A case to be reckoned: only what its policy asks. It changes nothing, so the answers stand in the address."""

    class Meta(BaseForm.Meta):
        csrf = False

    on = DateField(_l("按哪一天的标准算"), [required(_l("请选一个日子。"))])
    person_id = SelectField(_l("谁"), [InputRequired()], coerce=int, choices=[])
    cost = DecimalField(_l("多少钱"), [InputRequired(_l("请写金额。")), NumberRange(
        0, 10_000_000, message=_l("金额要在 0 到 10,000,000 元之间。")), WholeFen()], places=2)
    helpless = BooleanField(_l("这家人自己建不了"))
    cause = SelectField(_l("因为什么"), [InputRequired()], choices=list(EMERGENCIES.items()))
    severity = RadioField(_l("有多急"), [InputRequired(_l("请选有多急。"))], choices=list(SEVERITIES.items()))

    def told(self, policy: str) -> dict[str, str]:
        """What was written, as the address carries it."""
        return {"policy": policy, **{field.name: field.data.isoformat() if field is self.on else str(field.data)
                                     for field in self if field.data not in (None, False, "")}}

    def case(self, policy: str) -> Case:
        """What was written."""
        cost = (self.cost.data or 0) * FEN_PER_YUAN if self.cost else 0
        return Case(policy, (self.person_id and self.person_id.data) or 0, int(cost),
                    bool(self.helpless and self.helpless.data), (self.cause and self.cause.data) or "other",
                    (self.severity and self.severity.data) or "ordinary")


_ASKED = {"housing": ("cost", "helpless"), "medical": ("person_id", "cost"), "single": ("person_id", "cost"),
          "temporary": ("cause", "severity")}
_COSTS = {"housing": _l("造价或修缮费用"), "medical": _l("一年里保险报销以后自付多少"),
          "single": _l("一年医药费一共多少")}


def case_form(policy: str, household: Household, written: MultiDict[str, str], today: date) -> CaseForm:
    """The form of one policy's case for a household, with what was written in the address."""
    left = {name: None for name in ("person_id", "cost", "helpless", "cause", "severity") if name not in _ASKED[policy]}
    form: CaseForm = type("OneCaseForm", (CaseForm,), left)(
        formdata=written if "on" in written else None, data={"on": today})
    if form.person_id:
        form.person_id.choices = [(one.id, one.name) for one in household.members]
    if form.cost:
        form.cost.label.text = _COSTS[policy]
    return form
