"""Signing in, one's own password, and the accounts that an administrator makes."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import Field, PasswordField, SelectField, StringField
from wtforms.validators import EqualTo

from matching.actor import Role
from matching.forms import BaseForm, CreatingForm, OneOf, at_most, required
from matching.words import ROLES

NAME_LENGTH, USERNAME_LENGTH, PASSWORD_LENGTH = 60, 40, 200
CHOOSABLE = tuple(str(role) for role in Role if role is not Role.HOUSEHOLD)
"""Roles that an administrator may give; a household's account comes from its file."""


class SignInForm(BaseForm):
    """Who it is, and the proof. Too long is simply wrong, so nothing here limits the length."""

    username = StringField(_l("账号"), [required(_l("请填写账号。"))])
    password = PasswordField(_l("密码"), [required(_l("请填写密码。"))])


class PasswordForm(BaseForm):
    """The old password, and twice the new one."""

    current = PasswordField(_l("现在的密码"), [required(_l("请填写现在的密码。"))])
    password = PasswordField(_l("新密码"), [required(_l("请填写新密码。")), at_most(PASSWORD_LENGTH)])
    again = PasswordField(_l("再填一遍新密码"), [EqualTo("password", _l("两遍填的不一样。"))])


class RoleForm(CreatingForm):
    """As what somebody works, and where: an area for officers, an organisation for its members."""

    role = SelectField(_l("角色"), [required(_l("请选一个角色。")), OneOf(CHOOSABLE)], validate_choice=False,
                       choices=[("", _l("请选一个")), *((role, ROLES[role]) for role in CHOOSABLE)])
    area_code = StringField(_l("区划代码"))
    organisation = StringField(_l("机构"))


class AccountForm(RoleForm):
    """A new account."""

    username = StringField(_l("账号"), [required(_l("请填写账号。")), at_most(USERNAME_LENGTH)])
    name = StringField(_l("姓名"), [required(_l("请填写姓名。")), at_most(NAME_LENGTH)])
    department = StringField(_l("单位"), [at_most(NAME_LENGTH)])


class ActForm(CreatingForm):
    """A step that needs no words, only the click."""


def text_of(field: Field) -> str:
    """What was written in a field of text; empty when it was not sent."""
    return field.data or ""
