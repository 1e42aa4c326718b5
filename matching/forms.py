"""The base of all forms: trimmed text, our words for faults, and a key that makes a second sending harmless."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, SelectChoice  # type: ignore[attr-defined]  # the stubs are behind
from wtforms.validators import DataRequired, Length, ValidationError

from matching.errors import Invalid
from matching.once import new_key


def trimmed(value: Any) -> Any:
    """Text without surrounding blanks (full-width ones too) and without NUL."""
    return value.replace("\x00", "").strip().strip("\u3000") if isinstance(value, str) else value


class BaseForm(FlaskForm):  # type: ignore[misc]
    """Every form: text is trimmed, faults are worded by us."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def bind_field(self, form: FlaskForm, unbound_field: Any, options: dict[str, Any]) -> Field:
            """Trim the text of every field; pairs of code and word are choices."""
            given = unbound_field.kwargs
            if given.get("choices"):
                options["choices"] = [SelectChoice(*choice) if isinstance(choice, tuple) else choice
                                      for choice in given["choices"]]
            filters = [*given.get("filters", ()), trimmed]
            bound: Field = unbound_field.bind(form=form, filters=filters, **options)
            return bound

        def render_field(self, field: Field, render_kw: dict[str, Any]) -> Any:
            """Let assistive technology know which field has a fault and where its words are."""
            if field.errors:
                render_kw = {**render_kw, "aria-invalid": "true"}
            return super().render_field(field, render_kw)

    def take_fault(self, fault: Invalid) -> None:
        """Show what a service refused: at the field that it names, else above the whole form."""
        if fault.field in self:
            self[fault.field].errors = [*self[fault.field].errors, fault.message]
        else:
            self.form_errors.append(fault.message)


class CreatingForm(BaseForm):
    """A form that creates something: sent twice, it creates once (see `matching.once`)."""

    submission_key = HiddenField(default=new_key)

    @property
    def key(self) -> str:
        """The key of this form, for `once`."""
        return str(self.submission_key.data or "")


def required(message: str | None = None) -> DataRequired:
    """The field must be filled; says so in our words."""
    return DataRequired(message or _l("这一项要填。"))


def at_most(characters: int) -> Length:
    """Not longer than this; says how long it may be."""
    return Length(max=characters, message=_l("最多 %(n)s 个字。", n=characters))


class OneOf:
    """The value is one of the known codes."""

    def __init__(self, codes: tuple[str, ...], message: str | None = None) -> None:
        self.codes = codes
        self.message = message or _l("请从列表里选一个。")

    def __call__(self, _form: Any, field: Field) -> None:
        if field.data not in self.codes:
            raise ValidationError(self.message)
