"""The county's decision on an organisation."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField

from matching.forms import BaseForm, OneOf, at_most, required
from matching.organisations.service import REASON_LENGTH


class VettingForm(BaseForm):
    """Yes, or no with the reason."""

    decision = RadioField(_l("核实的结果"), [required(_l("请选一个结果。")), OneOf(("yes", "no"))],
                          validate_choice=False, choices=[
                              ("yes", _l("可以参加结对")), ("no", _l("不参加结对"))])
    reason = TextAreaField(_l("原因"), [at_most(REASON_LENGTH)])
