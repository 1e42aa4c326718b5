"""The forms of asking and of following a case. What somebody typed stays in them until it is whole."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from wtforms import (
    BooleanField,
    FileField,
    HiddenField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import Optional as MayBeEmpty
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput

from matching.errors import Invalid
from matching.forms import BaseForm, CreatingForm, at_most, required
from matching.intake.service_codes import LENGTH, digits, plain_code
from matching.intake.service_limits import stamp
from matching.intake.service_urgency import KINDS
from matching.words_reports import TILES

__all__ = ["AddForm", "AskForm", "CaseForm", "FormWithFiles", "plain_phone"]

MOBILE = 11


def plain_phone(written: str) -> str:
    """A number as it is dialled: full-width folded, blanks, signs and the country's code dropped."""
    digits = re.sub(r"[^\d+]", "", unicodedata.normalize("NFKC", written))
    return re.sub(r"^(\+|00)86", "", digits)


class ReachablePhone:
    """A mobile number, or a landline with its area; says how many digits are missing."""

    def __call__(self, _form: Any, field: Any) -> None:
        number = plain_phone(field.data or "")
        if not number.isascii() or not number.isdigit():
            raise ValidationError(_("电话只写数字。"))
        if number.startswith("1") and len(number) > 6:
            if len(number) < MOBILE:
                raise ValidationError(_("少 %(n)s 位，手机号应为 11 位。", n=MOBILE - len(number)))
            if len(number) > MOBILE:
                raise ValidationError(_("多 %(n)s 位，手机号应为 11 位。", n=len(number) - MOBILE))
        elif not 7 <= len(number) <= 12:
            raise ValidationError(_("座机请连区号一起写，比如 0799 3321456。"))


class FormWithFiles(CreatingForm):
    """A form that may bring a photo and a spoken message; `kept` names those that are in the vault already."""

    words = TextAreaField(_l("想说的话"), [MayBeEmpty(), at_most(1000)])
    photo = FileField(_l("照片"))
    voice = FileField(_l("录音"))
    kept = HiddenField()

    def sent(self, name: str) -> FileStorage | None:
        """A file that was chosen or recorded."""
        file = self[name].data
        return file if isinstance(file, FileStorage) and file.filename else None


class AskForm(FormWithFiles):
    """Three questions; the rest may be left out. `website` is seen by machines only; `shown` says since when."""

    kinds = SelectMultipleField(_l("哪里有难处"), [required(_l("点一样，或者几样。"))],
                                choices=[(kind, TILES[kind]) for kind in KINDS], option_widget=CheckboxInput())
    place = StringField(_l("哪个村"), [MayBeEmpty(), at_most(60)])
    place_code = HiddenField(validators=[at_most(12)])
    phone = TelField(_l("电话"), [required(), at_most(30), ReachablePhone()])
    is_for_other = BooleanField(_l("我替别人说"))
    name = StringField(_l("怎么称呼"), [MayBeEmpty(), at_most(40)])
    address = StringField(_l("住在哪里，怎么找"), [MayBeEmpty(), at_most(120)])
    lat = HiddenField()
    lon = HiddenField()
    website = StringField(validators=[MayBeEmpty()])
    shown = HiddenField(default=stamp)
    sum_note = HiddenField()
    sum_answer = StringField(_l("答数"), [MayBeEmpty(), at_most(4)])

    def point(self) -> tuple[float, float] | None:
        """Where the phone says it is, WGS-84 degrees; None when it did not say, or nonsense."""
        try:
            lat, lon = float(self.lat.data or ""), float(self.lon.data or "")
        except ValueError:
            return None
        return (lat, lon) if -90 <= lat <= 90 and -180 <= lon <= 180 else None

    def take_fault(self, fault: Invalid) -> None:
        """The question about the place takes the faults of its parts."""
        super().take_fault(Invalid(fault.message, "place") if fault.field == "place_code" else fault)


class AddForm(FormWithFiles):
    """A word, a photo or a spoken message, later."""


class CaseForm(BaseForm):
    """The code that was given, and the last digits of the phone for whoever wants to see names and sums."""

    code = StringField(_l("凭码"), [required(_l("请写上凭码，12 个字。"))])
    last_four = StringField(_l("电话后四位"), [MayBeEmpty()])
    sum_note = HiddenField()
    sum_answer = StringField(_l("答数"), [MayBeEmpty(), at_most(4)])

    def validate_code(self, field: Any) -> None:
        """Says how many characters are missing before anything is looked up."""
        missing = LENGTH - len(plain_code(field.data or ""))
        if missing > 0:
            raise ValidationError(_("少 %(n)s 个字，凭码是 12 个字。", n=missing))
        if missing < 0:
            raise ValidationError(_("多 %(n)s 个字，凭码是 12 个字。", n=-missing))

    def validate_last_four(self, field: Any) -> None:
        """Four digits, or nothing."""
        if not re.fullmatch(r"\d{4}", digits(field.data)):
            raise ValidationError(_("写电话的最后 4 个数字。"))
