"""The forms of referrals: asking an organisation, and its answers."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired
from wtforms.validators import Optional as MayBeEmpty

from matching.forms import CreatingForm, at_most, required
from matching.words_referrals import REASONS
from matching.words_steps import CONSENT_WAYS

__all__ = ["AcceptForm", "AnswerForm", "ConsentForm", "ReferForm", "RefuseForm", "StepForm"]

WORDS = 500
WAYS = [(code, word) for code, word in CONSENT_WAYS.items() if code != "account"]


class StepForm(CreatingForm):
    """A step that needs no words, only the click."""


class ReferForm(CreatingForm):
    """Of whom something is asked, in which words, until when."""

    help_type = HiddenField()
    organisation_id = SelectField(_l("转给哪个单位"), [InputRequired(_l("请从列表里选一个单位。"))], coerce=int,
                                  validate_choice=False)
    question = TextAreaField(_l("请它做什么"), [required(_l("请写清楚请它做什么。")), at_most(WORDS)])
    answer_due_on = DateField(_l("哪天之前答复"), [required(_l("请写哪天之前答复。"))])
    consent_how = RadioField(_l("本人同意把姓名和电话告诉它吗"), [MayBeEmpty()], default="",
                             choices=[("", _l("还没有问，问过再记")), *WAYS])


class ConsentForm(CreatingForm):
    """How the person agreed."""

    consent_how = RadioField(_l("本人怎么同意的"), [InputRequired(_l("请选本人怎么同意的。"))], choices=WAYS)


class AcceptForm(CreatingForm):
    """Yes, and by which day."""

    act_by_on = DateField(_l("哪天之前办好"), [required(_l("请写哪天之前办好。"))])
    words = TextAreaField(_l("打算怎么办"), [MayBeEmpty(), at_most(WORDS)])


class RefuseForm(CreatingForm):
    """No, and why."""

    reason = RadioField(_l("为什么不能接"), [InputRequired(_l("请选一个原因。"))], choices=list(REASONS.items()))
    words = TextAreaField(_l("再说清楚一点"), [required(_l("请写一句，好另想办法。")), at_most(WORDS)])


class AnswerForm(CreatingForm):
    """What was done."""

    words = TextAreaField(_l("做了什么"), [required(_l("请写做了什么。")), at_most(WORDS)])
