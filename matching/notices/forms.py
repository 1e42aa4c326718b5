"""How one wants to be told, and where."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from matching.forms import BaseForm, CreatingForm, at_most, required
from matching.notices.service_kinds import GROUPS

HOURS = tuple((str(hour), f"{hour}:00") for hour in range(24))


class ChoosingForm(BaseForm):
    """For each group of kinds the channels that shall be used, and the hours without text messages."""

    pairing, money, asking, work, account = (
        SelectMultipleField(GROUPS[group], option_widget=CheckboxInput(), widget=ListWidget(), validate_choice=False)
        for group in ("pairing", "money", "asking", "work", "account"))
    quiet_from = SelectField(_l("晚上几点起不发短信"), [required()], choices=HOURS)
    quiet_until = SelectField(_l("早上几点起又可以发"), [required()], choices=HOURS)


class AddressForm(CreatingForm):
    """An e-mail address or a mobile number."""

    address = StringField(_l("地址"), [required(_l("请填写。")), at_most(120)])


class BindForm(BaseForm):
    """What WeChat sent along when it led back here."""

    code, state = HiddenField(), HiddenField()


class CodeForm(BaseForm):
    """The code that came."""

    code = StringField(_l("确认码"), [required(_l("请填写收到的 6 位数字。")), at_most(20)])
