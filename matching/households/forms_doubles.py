"""The forms of files that look alike: one household or two, which file stays, where a person belongs."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField
from wtforms.validators import InputRequired, NumberRange

from matching.forms import BaseForm, CreatingForm

_MOST = 2**31 - 1
THIS, OTHER = "this", "other"


class OtherForm(BaseForm):
    """A step about this file and another one; needs no words, only the click."""

    other_id = IntegerField(validators=[InputRequired(), NumberRange(1, _MOST)])

    @property
    def other(self) -> int:
        """The other one's number."""
        return int(self.other_id.data or 0)


class PersonForm(OtherForm, CreatingForm):
    """The entry of this person in another file is to go."""


class MergeForm(OtherForm, CreatingForm):
    """Which of two files stays; everything of the other goes into it."""

    keep = RadioField(_l("留下哪一份"), [InputRequired(_l("请选一份。"))], choices=[(THIS, ""), (OTHER, "")])


class UndoForm(BaseForm):
    """Take a merge back: needs no words, only the click."""
