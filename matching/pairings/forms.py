"""The forms of pairings: approving, reasons, consent, delivery, closing, pairing by hand."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, NumberRange
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from matching.forms import CreatingForm, at_most, required
from matching.pairings.service import CONSENT_WAYS, OUTCOMES
from matching.words_steps import CONSENT_WAYS as CONSENT_WORDS
from matching.words_steps import DESK_WHYS
from matching.words_steps import OUTCOMES as OUTCOME_WORDS

REASON_LENGTH = 300


class ErasureForm(CreatingForm):
    """Why a file is to be erased."""

    reason = RadioField(_l("为什么删除"), [InputRequired(_l("请选一个原因。"))], choices=[
        ("asked", _l("这家人要求删除")), ("mistake", _l("建错了，本来就不该有")), ("retention", _l("保存期满"))])


class StepForm(CreatingForm):
    """A step that needs no words, only the click."""


class ApproveForm(CreatingForm):
    """Which proposals to approve."""

    pairing_ids = SelectMultipleField(coerce=int, validate_choice=False, widget=ListWidget(),
                                      option_widget=CheckboxInput())


class AboveForm(CreatingForm):
    """Approve all proposals from a score up, as many as were `seen`."""

    score = IntegerField(_l("多少分以上"), [InputRequired(_l("请填分数。")), NumberRange(
        min=1, max=1000, message=_l("分数在 1 和 1,000 之间。"))])
    seen = IntegerField(validators=[InputRequired()], widget=HiddenInput())


class ReasonForm(CreatingForm):
    """A step that has to say why."""

    reason = TextAreaField(_l("原因"), [required(_l("请写明原因。")), at_most(REASON_LENGTH)])

    @property
    def text(self) -> str:
        """The reason as written, trimmed."""
        return str(self.reason.data or "")


class ReturnForm(ReasonForm):
    """Why a proposal is sent back: one of the usual reasons, and what happened."""

    why = SelectField(_l("是哪一类原因"), [InputRequired(_l("请选一个原因。"))], choices=list(DESK_WHYS.items()),
                      default="other")


class ConsentForm(CreatingForm):
    """How the household agreed."""

    how = RadioField(_l("是怎样同意的"), [InputRequired(_l("请选一种。"))],
                     choices=[(way, CONSENT_WORDS[way]) for way in CONSENT_WAYS if way != "account"])


class ClosingForm(CreatingForm):
    """What came of it."""

    outcome = RadioField(_l("结果"), [InputRequired(_l("请选一个结果。"))],
                         choices=[(code, OUTCOME_WORDS[code]) for code in OUTCOMES])

    note = TextAreaField(_l("依据"), [required(_l("请写明依据，如走访看到了什么。")), at_most(REASON_LENGTH)])

    @property
    def text(self) -> str:
        """The evidence as written, trimmed."""
        return str(self.note.data or "")


class HandForm(CreatingForm):
    """Pair this need with this offer, for so many units."""

    offer_id = RadioField(_l("和哪个资源结对"), [InputRequired(_l("请选一个资源。"))], coerce=int,
                          validate_choice=False)
    quantity = IntegerField(_l("数量"), [InputRequired(_l("请填数量。")), NumberRange(min=1, message=_l("至少是 1。"))])
    why = SelectField(_l("为什么这样配"), [InputRequired(_l("请选一个原因。"))], choices=list(DESK_WHYS.items()),
                      default="other")


class ShareForm(CreatingForm):
    """Share a need out: `quantities` stand in the order of `offer_ids`."""

    offer_ids = SelectMultipleField(coerce=int, validate_choice=False, widget=HiddenInput())
    quantities = SelectMultipleField(coerce=int, validate_choice=False)
    why = SelectField(_l("为什么这样配"), [InputRequired(_l("请选一个原因。"))], choices=list(DESK_WHYS.items()),
                      default="other")

    @property
    def shares(self) -> list[tuple[int, int]]:
        """Offer and units, where units were asked of it."""
        return [(offer, units) for offer, units in zip(
            self.offer_ids.data or [], self.quantities.data or [], strict=False) if units]
